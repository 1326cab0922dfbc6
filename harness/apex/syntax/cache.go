package syntax

import (
	"bytes"
	linked "container/list"
	"hash/maphash"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Cache keeps parsed files by their name and content, so that versions of a
// package share the trees of what did not change. A nil Cache keeps nothing.
// It may be used by several goroutines. What goes over its bound is forgotten,
// least recently used first; trees in use stay with those who use them.
type Cache struct {
	seed maphash.Seed
	most int // bytes of source; 0: no bound

	mu      sync.Mutex
	size    int
	entries map[cacheKey]*linked.Element // of recent
	recent  linked.List                  // of *cached, the most recently used first
}

type cacheKey struct {
	name    string
	content uint64 // hash; the bytes are compared as well
	options Options
}

// cached is one file in a cache.
type cached struct {
	key    cacheKey
	parsed Parsed
}

// Parsed is what Parse gives for one file.
type Parsed struct {
	Unit   *Unit
	Errors diag.List
}

// NewCache makes an empty cache that only grows: it should live as long as the
// versions that share it.
func NewCache() *Cache { return NewCacheOf(0) }

// NewCacheOf makes an empty cache for so many bytes of source; the trees take
// some twenty times as much.
func NewCacheOf(bytes int) *Cache {
	return &Cache{seed: maphash.MakeSeed(), most: bytes, entries: map[cacheKey]*linked.Element{}}
}

// Parse is the function Parse, through the cache.
func (c *Cache) Parse(name string, src []byte, opt Options) Parsed {
	if c == nil {
		u, errs := Parse(diag.NewFile(name, src), opt)
		return Parsed{u, errs}
	}
	key := cacheKey{name, maphash.Bytes(c.seed, src), opt}
	if have, ok := c.get(key, src); ok {
		return have
	}
	u, errs := Parse(diag.NewFile(name, src), opt)
	return c.put(key, Parsed{u, errs})
}

func (c *Cache) get(key cacheKey, src []byte) (Parsed, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.entries[key]
	if at == nil {
		return Parsed{}, false
	}
	have := at.Value.(*cached).parsed
	if !bytes.Equal(have.Unit.File.Src, src) {
		return Parsed{}, false
	}
	c.recent.MoveToFront(at)
	return have, true
}

// put keeps a file and gives what is kept of it: when two goroutines parsed it
// at once, all share the first tree.
func (c *Cache) put(key cacheKey, made Parsed) Parsed {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := c.entries[key]; at != nil {
		have := at.Value.(*cached).parsed
		if bytes.Equal(have.Unit.File.Src, made.Unit.File.Src) {
			return have
		}
		c.drop(at) // another text of the same hash
	}
	c.entries[key] = c.recent.PushFront(&cached{key, made})
	c.size += len(made.Unit.File.Src)
	for c.most > 0 && c.size > c.most && c.recent.Len() > 1 {
		c.drop(c.recent.Back())
	}
	return made
}

func (c *Cache) drop(at *linked.Element) {
	old := c.recent.Remove(at).(*cached)
	delete(c.entries, old.key)
	c.size -= len(old.parsed.Unit.File.Src)
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
