package syntax

import (
	"bytes"
	"hash/maphash"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Cache keeps parsed files by their name and content, so that versions of a
// package share the trees of what did not change. A nil Cache keeps nothing.
// It may be used by several goroutines; it only grows, and should live as long
// as the versions that share it.
type Cache struct {
	seed    maphash.Seed
	mu      sync.Mutex
	entries map[cacheKey]*Parsed
}

type cacheKey struct {
	name    string
	content uint64 // hash; the bytes are compared as well
	options Options
}

// Parsed is what Parse gives for one file.
type Parsed struct {
	Unit   *Unit
	Errors diag.List
}

// NewCache makes an empty cache.
func NewCache() *Cache { return &Cache{seed: maphash.MakeSeed(), entries: map[cacheKey]*Parsed{}} }

// Parse is the function Parse, through the cache.
func (c *Cache) Parse(name string, src []byte, opt Options) Parsed {
	if c == nil {
		u, errs := Parse(diag.NewFile(name, src), opt)
		return Parsed{u, errs}
	}
	key := cacheKey{name, maphash.Bytes(c.seed, src), opt}
	c.mu.Lock()
	have := c.entries[key]
	c.mu.Unlock()
	if have != nil && bytes.Equal(have.Unit.File.Src, src) {
		return *have
	}
	u, errs := Parse(diag.NewFile(name, src), opt)
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.entries[key]; other != nil && other != have {
		return *other // two goroutines parsed it at once: all share the first tree
	}
	c.entries[key] = &Parsed{u, errs}
	return Parsed{u, errs}
}

// Source is one file to parse.
type Source struct {
	Name    string
	Src     []byte
	Options Options
}

// ParseAll parses files on all cores, through a cache or with nil without; the
// results are in the order of the files.
func ParseAll(files []Source, c *Cache) []Parsed {
	out := make([]Parsed, len(files))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				out[i] = c.Parse(files[i].Name, files[i].Src, files[i].Options)
			}
		})
	}
	wait.Wait()
	return out
}
