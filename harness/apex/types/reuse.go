package types

import (
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// Cache keeps what a full check found in each file, so that the check of
// another version looks only at what changed and at what depends on it. What a
// file depends on is found by name: its result holds for as long as everything
// that the program declares under a word of the file stays the same, and all
// that its classes inherit (reuse_declared.go). That is more than what the check did look
// up, never less.
//
// A Cache may be used by several Programs at once, of one set of files with one
// answer to what labels and pages there are not: those are asked anew. It needs
// the same *syntax.Unit for the same file, as syntax.Cache gives it.
type Cache struct {
	mu      sync.Mutex
	words   map[uint64]wordID // by hash
	units   map[*syntax.Unit][]wordID
	shapes  map[*syntax.Unit]*shape
	results map[*syntax.Unit]*result
	reused  int
	checked int
}

// result is what one file gave, with the number of what was declared then.
type result struct {
	declared uint64
	list     diag.List
	asked    []question
	notes    []ledger.Entry
}

// question is a label or page that was looked up, and the answer.
type question struct {
	page     bool
	ns, name string
	known    bool
}

// NewCache makes an empty cache.
func NewCache() *Cache {
	return &Cache{words: map[uint64]wordID{}, units: map[*syntax.Unit][]wordID{}, shapes: map[*syntax.Unit]*shape{}, results: map[*syntax.Unit]*result{}}
}

// Counts tells how many files have been checked so far and how many results
// were taken over.
func (c *Cache) Counts() (checked, reused int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.checked, c.reused
}

// wordID is the number of a word in a Cache, from 0. Two words of the same hash
// count as one, which can only make a result hold less often.
type wordID uint32

// wordOf numbers a word; its case does not matter. The caller holds the lock.
func (c *Cache) wordOf(hash uint64) wordID {
	n, ok := c.words[hash]
	if !ok {
		n = wordID(len(c.words))
		c.words[hash] = n
	}
	return n
}

// wordsOf are the words of a file, each once, in no order.
func (c *Cache) wordsOf(u *syntax.Unit) []wordID {
	c.mu.Lock()
	list, ok := c.units[u]
	c.mu.Unlock()
	if ok {
		return list
	}
	seen := make(map[uint64]bool, 512)
	var take func(d string)
	take = func(d string) {
		h, custom := wordHash(d)
		if seen[h] {
			return
		}
		seen[h] = true
		if custom {
			for _, x := range implied(strings.ToLower(d)) {
				take(x)
			}
		}
	}
	syntax.Names(string(u.File.Src), func(d string) {
		if d[0] > '9' {
			take(d)
		}
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	list = make([]wordID, 0, len(seen))
	for h := range seen {
		list = append(list, c.wordOf(h))
	}
	c.units[u] = list
	return list
}

// wordHash is the FNV-1a hash of a word without its case, and whether two
// underscores make it a custom name.
func wordHash(d string) (h uint64, custom bool) {
	h = 14695981039346656037
	var last byte
	for i := range len(d) {
		c := d[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		custom = custom || c == '_' && last == '_'
		last = c
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h, custom
}

// companions are the endings of names that belong to something whose own name
// ends otherwise.
var companions = [][2]string{{"__share", "__c"}, {"__history", "__c"}, {"__feed", "__c"}, {"__changeevent", "__c"},
	{"__latitude__s", "__c"}, {"__longitude__s", "__c"}, {"__pc", "__c"}, {"__pr", "__r"}, {"__r", "__c"}}

// implied are the words that a custom name brings along: its namespace, and the
// name that a companion belongs to.
func implied(key string) (list []string) {
	if first, rest, ok := strings.Cut(key, "__"); ok && strings.Contains(rest, "__") {
		list = append(list, first)
	}
	for _, c := range companions {
		if base, ok := strings.CutSuffix(key, c[0]); ok {
			list = append(list, base+c[1])
		}
	}
	return list
}

// unitCheck is the check of one file of a program: its classes, or its trigger.
type unitCheck struct {
	unit     *syntax.Unit
	classes  []*Class
	triggers []*Trigger

	mu    sync.Mutex
	asked []question
	notes []ledger.Entry
}

func (u *unitCheck) run() diag.List {
	var list diag.List
	for _, c := range u.classes {
		list = append(list, c.check()...)
	}
	for _, t := range u.triggers {
		list = append(list, t.check()...)
	}
	return list
}

// recheck gives the result of a file as the program declares things now, from the cache
// where it still holds.
func (p *Program) recheck(c *Cache, d *declarations, u *unitCheck) diag.List {
	key := d.of(u)
	c.mu.Lock()
	have := c.results[u.unit]
	c.mu.Unlock()
	if have != nil && have.declared == key && p.stillAnswered(have.asked) {
		for _, n := range have.notes {
			p.env.Ledger.Note(n.Status, n.Area, n.Name, n.Note, n.Where)
		}
		c.mu.Lock()
		c.reused++
		c.mu.Unlock()
		return have.list
	}
	list := u.run()
	u.mu.Lock()
	r := &result{declared: key, list: slices.Clip(list), asked: u.asked, notes: u.notes}
	u.mu.Unlock()
	c.mu.Lock()
	c.results[u.unit] = r
	c.checked++
	c.mu.Unlock()
	return r.list
}

func (p *Program) stillAnswered(asked []question) bool {
	for _, q := range asked {
		know := p.env.Label
		if q.page {
			know = p.env.Page
		}
		if (know == nil || know(q.ns, q.name)) != q.known {
			return false
		}
	}
	return true
}

// ask looks up a label or page for a file.
func (p *Program) ask(u *syntax.Unit, page bool, ns, name string) bool {
	know := p.env.Label
	if page {
		know = p.env.Page
	}
	known := know == nil || know(ns, name)
	if x := p.underCheck(u); x != nil {
		x.mu.Lock()
		x.asked = append(x.asked, question{page, ns, name, known})
		x.mu.Unlock()
	}
	return known
}

// noted puts an entry into the ledger, and into the result of the file that it
// comes from.
func (p *Program) noted(e ledger.Entry) {
	e.Status, e.Area, e.Count = ledger.Unsupported, "apex", 1
	p.env.Ledger.Note(e.Status, e.Area, e.Name, e.Note, e.Where)
	file, _, _ := strings.Cut(e.Where, ":")
	if x := p.underCheck(file); x != nil {
		x.mu.Lock()
		x.notes = append(x.notes, e)
		x.mu.Unlock()
	}
}

// underCheck is the check that a file is in, by its unit or its name.
func (p *Program) underCheck(key any) *unitCheck {
	x, _ := p.checks.Load(key)
	u, _ := x.(*unitCheck)
	return u
}
