package source

import (
	"crypto/sha256"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Cache lets reads of several versions of a package share the components whose
// files are the same in each; most are, from one version to the next. It needs
// git, whose ids say which files are the same. A Cache may be used by several
// reads at once. It only grows, so it should live as long as the packages do.
type Cache struct {
	mu    sync.Mutex
	units map[[sha256.Size]byte]parsed
}

// NewCache makes an empty cache.
func NewCache() *Cache { return &Cache{units: map[[sha256.Size]byte]parsed{}} }

// parsed is what the files of one unit gave.
type parsed struct {
	made  []*metadata.Component
	diags diag.List
	// unpacked is what the unit adds to the bytes of all static resources.
	unpacked int64
}

func (c *Cache) get(key [sha256.Size]byte) (parsed, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.units[key]
	return p, ok
}

func (c *Cache) put(key [sha256.Size]byte, p parsed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.units[key] = p
}

// signature is everything that the components of a unit depend on; ok is false
// when the content of a file is not known by its id.
func (b *builder) signature(u *unit) (key [sha256.Size]byte, ok bool) {
	text := append(make([]byte, 0, 512), b.tokens.prefix...)
	text = append(text, 0)
	text = append(text, b.loc.head.Namespace...)
	if b.markup {
		text = append(text, " markup"...)
	}
	add := func(name, path, blob string) {
		ok = ok && blob != ""
		for _, s := range []string{name, path, blob} {
			text = append(append(text, 0), s...)
		}
	}
	ok = true
	add(u.name, u.parent, string(u.kind)+" ")
	if u.hasProps {
		add("props", u.props.path, u.props.blob)
	}
	if u.hasBody {
		add("body", u.body.path, u.body.blob)
	}
	for _, p := range u.pieces {
		add(p.property, p.file.path, p.file.blob)
	}
	for i, part := range u.parts {
		add(part.Path, u.partPaths[i], part.Blob)
	}
	return sha256.Sum256(text), ok
}

// recall fills in the units that the cache knows and takes their files off the
// list of wanted ones.
func (b *builder) recall() {
	if b.cache == nil {
		return
	}
	known := map[*unit]bool{}
	for _, u := range b.units {
		key, ok := b.signature(u)
		if !ok {
			continue
		}
		u.key, u.hasKey = key, true
		if p, ok := b.cache.get(key); ok {
			u.made, u.diags, u.unpacked, u.recalled = p.made, p.diags, p.unpacked, true
			known[u] = true
		}
	}
	if len(known) == 0 {
		return
	}
	n := 0
	for i, use := range b.uses {
		if !known[use.unit] {
			b.want[n], b.uses[n] = b.want[i], use
			n++
		}
	}
	b.want, b.uses = b.want[:n], b.uses[:n]
}
