package types

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// world is what a program declares, as one number for each word: the sum over
// everything of that name, with its type and all that is above its type. A file
// whose words have the same numbers in two worlds means the same in both.
type world struct {
	program *Program
	cache   *Cache
	base    uint64   // what no word names: the features of the org
	names   []uint64 // by word
	buf     []byte

	heads    map[*Class]uint64
	objects  map[*schema.Object]uint64
	surfaces map[*Class]uint64
}

var worldSeed = maphash.MakeSeed()

// newWorld sums up namespaces, objects and the heads of classes, then their
// members: those are bound where the first sums show that a signature may mean
// something else than in the version before.
func (p *Program) newWorld() *world {
	w := &world{program: p, cache: p.cache, heads: make(map[*Class]uint64, len(p.all)), objects: map[*schema.Object]uint64{},
		surfaces: make(map[*Class]uint64, len(p.all))}
	for ns := range p.spaces {
		w.add(ns, 1)
	}
	for ns := range p.absent {
		w.add(ns, 2)
	}
	for _, c := range p.all {
		w.add(c.Name, w.head(c))
	}
	if p.schema != nil {
		w.schema(p.schema)
	}
	w.members()
	return w
}

// add counts something under a word.
func (w *world) add(name string, sum uint64) { w.count(addition{w.word(name), sum}) }

func (w *world) word(name string) wordID {
	h, _ := wordHash(name)
	w.cache.mu.Lock()
	defer w.cache.mu.Unlock()
	return w.cache.wordOf(h)
}

// addition is something that is counted under a word.
type addition struct {
	word wordID
	sum  uint64
}

func (w *world) count(a addition) {
	if n := int(a.word) + 1; n > len(w.names) {
		w.names = append(w.names, make([]uint64, n-len(w.names))...)
	}
	w.names[a.word] += a.sum
}

// addCustom counts something under its API name and, where that has a
// namespace, under the name without, which code of the namespace may use.
func (w *world) addCustom(name string, sum uint64) {
	w.add(name, sum)
	if first, rest, ok := strings.Cut(name, "__"); ok && first != "" && strings.Contains(rest, "__") {
		w.add(rest, sum)
	}
}

// of is the number of the world as a file sees it.
func (w *world) of(u *unitCheck) uint64 {
	sum := w.seen(u.unit)
	for _, c := range u.classes {
		for up := range ancestors(c) {
			sum += w.surfaces[up] + w.heads[up]
		}
	}
	return sum
}

// seen is the number of what a file's words name.
func (w *world) seen(u *syntax.Unit) uint64 {
	sum := w.base
	for _, n := range w.cache.wordsOf(u) {
		if int(n) < len(w.names) {
			sum += w.names[n] * spread(uint64(n))
		}
	}
	return sum
}

// spread makes a factor of a number, so that what is counted under one number
// is not the same under another.
func spread(n uint64) uint64 { return n*0x9e3779b97f4a7c15 | 1 }

// ancestors are the classes and interfaces above a class, itself left out.
func ancestors(c *Class) map[*Class]bool {
	seen := map[*Class]bool{}
	var walk func(*Class)
	walk = func(x *Class) {
		for _, t := range append([]*Type{x.Super()}, x.Interfaces()...) {
			if t != nil && t.Class != nil && !t.Class.Lib && !seen[t.Class] {
				seen[t.Class] = true
				walk(t.Class)
			}
		}
	}
	walk(c)
	return seen
}

// The parts of a hash: they are written one after the other and summed.

func (w *world) text(s string) {
	w.buf = append(append(w.buf, s...), 0)
}

func (w *world) flags(list ...bool) {
	for _, f := range list {
		if f {
			w.buf = append(w.buf, 1)
		} else {
			w.buf = append(w.buf, 0)
		}
	}
}

func (w *world) number(n uint64) { w.buf = binary.LittleEndian.AppendUint64(w.buf, n) }

// sum is the hash of what parts writes. Parts may nest.
func (w *world) sum(parts func()) uint64 {
	start := len(w.buf)
	parts()
	h := maphash.Bytes(worldSeed, w.buf[start:])
	w.buf = w.buf[:start]
	return h
}

// head is the hash of what a class is, apart from its members: also of all
// classes above and around it.
func (w *world) head(c *Class) uint64 {
	if h, ok := w.heads[c]; ok {
		return h
	}
	w.heads[c] = 0 // a circle of classes ends here
	h := w.sum(func() {
		w.text(c.typ.Name)
		w.flags(c.Abstract, c.Virtual, c.Test, c.Unit != nil && c.Unit.Bad, c.unknownAbove, c.head.super == Invalid)
		w.buf = append(w.buf, byte(c.Kind), byte(c.Access))
		if d, ok := c.Decl.(syntax.TypeDecl); ok {
			w.flags(testVisible(d.TypeModifiers()))
			for _, a := range d.TypeModifiers().Annotations {
				w.text(a.Name.Key())
			}
		}
		w.typ(c.Super())
		for _, i := range c.Interfaces() {
			w.typ(i)
		}
		if c.Outer != nil {
			w.number(w.head(c.Outer))
		}
	})
	w.heads[c] = h
	return h
}

// typ writes a type with what is above it.
func (w *world) typ(t *Type) {
	if t == nil {
		w.text("")
		return
	}
	w.buf = append(w.buf, byte(t.Kind))
	w.text(t.Name)
	switch {
	case t.SObject != nil:
		w.number(w.object(t.SObject))
	case t.Class != nil && !t.Class.Lib:
		w.number(w.head(t.Class))
	}
	for _, a := range t.Args {
		w.typ(a)
	}
}

func (w *world) field(f *Field) uint64 {
	return w.sum(func() {
		w.number(w.head(f.Class))
		w.text(f.Name)
		w.typ(f.Type)
		w.flags(f.Static, f.Final, f.TestVisible, f.Property, f.CanGet, f.CanSet, f.Get != nil, f.Set != nil)
		w.buf = append(w.buf, byte(f.Access), byte(f.SetAccess), byte(f.GetAccess))
		for _, a := range f.Annotations {
			w.text(a.Name.Key())
		}
	})
}

func (w *world) method(m *Method) uint64 {
	return w.sum(func() {
		w.number(w.head(m.Class))
		w.text(m.Name)
		w.typ(m.Returns)
		for _, p := range m.Params {
			w.typ(p.Type)
		}
		w.flags(m.Static, m.Abstract, m.Virtual, m.Override, m.TestVisible, m.Test, m.Decl == nil)
		w.buf = append(w.buf, byte(m.Access))
		for _, a := range m.Annotations {
			w.text(a.Name.Key())
		}
	})
}

// schema counts the objects and fields that components define or change. What
// is standard depends on the features alone.
func (w *world) schema(s *schema.Schema) {
	for _, f := range s.Features() {
		w.base += w.sum(func() { w.text(string(f)) })
	}
	for _, o := range s.Custom() {
		sum := w.object(o)
		w.addCustom(o.Name, sum)
		for _, f := range o.Fields {
			if f.Custom || o.IsCustom() {
				w.schemaField(f)
			}
		}
		for _, c := range o.Children {
			if c.Name != "" {
				w.addCustom(c.Name, w.sum(func() { w.number(sum); w.text(c.Child); w.text(c.Field) }))
			}
		}
		for _, f := range o.FieldSets {
			w.addCustom(f.Name, sum)
		}
	}
}

func (w *world) schemaField(f *schema.Field) {
	sum := w.sum(func() {
		w.number(w.object(f.Object))
		w.text(f.Name)
		w.buf = append(w.buf, byte(f.Type))
		w.flags(f.Createable, f.Updateable, f.ExternalID, f.IDLookup, f.Unique, f.Calculated, f.NameField, f.Filterable, f.Groupable,
			f.Sortable, f.Aggregatable, f.Encrypted, f.MasterDetail, f.AutoNumber, f.Nillable)
		w.text(f.RelationshipName)
		w.text(f.ChildRelationshipName)
		for _, r := range f.ReferenceTo {
			w.text(r)
			if o := w.program.schema.Object(r); o != nil {
				w.number(w.object(o))
			}
		}
	})
	for _, name := range slices.Compact([]string{f.Name, f.RelationshipName}) {
		if name != "" {
			w.addCustom(name, sum)
		}
	}
}

// object is the hash of what an object is, apart from its fields.
func (w *world) object(o *schema.Object) uint64 {
	if h, ok := w.objects[o]; ok {
		return h
	}
	h := w.sum(func() {
		w.text(o.Name)
		w.flags(o.Createable, o.Updateable, o.Deletable, o.Undeletable, o.Queryable, o.Searchable, o.Triggerable, o.Mergeable, o.Protected)
		w.buf = append(w.buf, byte(o.Kind))
	})
	w.objects[o] = h
	return h
}
