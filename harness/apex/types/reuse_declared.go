package types

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// declarations is what a program declares, as one number for each word: the sum
// over everything of that name, with its type and all that is above its type. A file
// whose words have the same numbers in two versions means the same in both.
type declarations struct {
	program *Program
	cache   *Cache
	base    uint64   // what no word names: the features of the org
	names   []uint64 // by word
	buf     []byte

	heads    map[*Class]uint64
	objects  map[*schema.Object]uint64
	surfaces map[*Class]uint64
}

var declaredSeed = maphash.MakeSeed()

// newDeclarations sums up namespaces, objects and the heads of classes, then their
// members: those are bound where the first sums show that a signature may mean
// something else than in the version before.
func (p *Program) newDeclarations() *declarations {
	d := &declarations{program: p, cache: p.cache, heads: make(map[*Class]uint64, len(p.all)), objects: map[*schema.Object]uint64{},
		surfaces: make(map[*Class]uint64, len(p.all))}
	for ns := range p.spaces {
		d.add(ns, 1)
	}
	for ns := range p.absent {
		d.add(ns, 2)
	}
	for _, c := range p.all {
		d.add(c.Name, d.head(c))
	}
	if p.schema != nil {
		d.schema(p.schema)
	}
	d.members()
	return d
}

// add counts something under a word.
func (d *declarations) add(name string, sum uint64) { d.count(addition{d.word(name), sum}) }

func (d *declarations) word(name string) wordID {
	h, _ := wordHash(name)
	d.cache.mu.Lock()
	defer d.cache.mu.Unlock()
	return d.cache.wordOf(h)
}

// addition is something that is counted under a word.
type addition struct {
	word wordID
	sum  uint64
}

func (d *declarations) count(a addition) {
	if n := int(a.word) + 1; n > len(d.names) {
		d.names = append(d.names, make([]uint64, n-len(d.names))...)
	}
	d.names[a.word] += a.sum
}

// addCustom counts something under its API name and, where that has a
// namespace, under the name without, which code of the namespace may use.
func (d *declarations) addCustom(name string, sum uint64) {
	d.add(name, sum)
	if first, rest, ok := strings.Cut(name, "__"); ok && first != "" && strings.Contains(rest, "__") {
		d.add(rest, sum)
	}
}

// of is the number of what is declared, as a file sees it.
func (d *declarations) of(u *unitCheck) uint64 {
	sum := d.seen(u.unit)
	for _, c := range u.classes {
		for up := range ancestors(c) {
			sum += d.surfaces[up] + d.heads[up]
		}
	}
	return sum
}

// seen is the number of what a file's words name.
func (d *declarations) seen(u *syntax.Unit) uint64 {
	sum := d.base
	for _, n := range d.cache.wordsOf(u) {
		if int(n) < len(d.names) {
			sum += d.names[n] * spread(uint64(n))
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

func (d *declarations) text(s string) {
	d.buf = append(append(d.buf, s...), 0)
}

func (d *declarations) flags(list ...bool) {
	for _, f := range list {
		if f {
			d.buf = append(d.buf, 1)
		} else {
			d.buf = append(d.buf, 0)
		}
	}
}

func (d *declarations) number(n uint64) { d.buf = binary.LittleEndian.AppendUint64(d.buf, n) }

// sum is the hash of what parts writes. Parts may nest.
func (d *declarations) sum(parts func()) uint64 {
	start := len(d.buf)
	parts()
	h := maphash.Bytes(declaredSeed, d.buf[start:])
	d.buf = d.buf[:start]
	return h
}

// head is the hash of what a class is, apart from its members: also of all
// classes above and around it.
func (d *declarations) head(c *Class) uint64 {
	if h, ok := d.heads[c]; ok {
		return h
	}
	d.heads[c] = 0 // a circle of classes ends here
	h := d.sum(func() {
		d.text(c.typ.Name)
		d.flags(c.Abstract, c.Virtual, c.Test, c.Unit != nil && c.Unit.Bad, c.unknownAbove, c.head.super == Invalid)
		d.buf = append(d.buf, byte(c.Kind), byte(c.Access))
		if decl, ok := c.Decl.(syntax.TypeDecl); ok {
			d.flags(testVisible(decl.TypeModifiers()))
			for _, a := range decl.TypeModifiers().Annotations {
				d.text(a.Name.Key())
			}
		}
		d.typ(c.Super())
		for _, i := range c.Interfaces() {
			d.typ(i)
		}
		if c.Outer != nil {
			d.number(d.head(c.Outer))
		}
	})
	d.heads[c] = h
	return h
}

// typ writes a type with what is above it.
func (d *declarations) typ(t *Type) {
	if t == nil {
		d.text("")
		return
	}
	d.buf = append(d.buf, byte(t.Kind))
	d.text(t.Name)
	switch {
	case t.SObject != nil:
		d.number(d.object(t.SObject))
	case t.Class != nil && !t.Class.Lib:
		d.number(d.head(t.Class))
	}
	for _, a := range t.Args {
		d.typ(a)
	}
}

func (d *declarations) field(f *Field) uint64 {
	return d.sum(func() {
		d.number(d.head(f.Class))
		d.text(f.Name)
		d.typ(f.Type)
		d.flags(f.Static, f.Final, f.TestVisible, f.Property, f.CanGet, f.CanSet, f.Get != nil, f.Set != nil)
		d.buf = append(d.buf, byte(f.Access), byte(f.SetAccess), byte(f.GetAccess))
		for _, a := range f.Annotations {
			d.text(a.Name.Key())
		}
	})
}

func (d *declarations) method(m *Method) uint64 {
	return d.sum(func() {
		d.number(d.head(m.Class))
		d.text(m.Name)
		d.typ(m.Returns)
		for _, p := range m.Params {
			d.typ(p.Type)
		}
		d.flags(m.Static, m.Abstract, m.Virtual, m.Override, m.TestVisible, m.Test, m.Decl == nil)
		d.buf = append(d.buf, byte(m.Access))
		for _, a := range m.Annotations {
			d.text(a.Name.Key())
		}
	})
}

// schema counts the objects and fields that components define or change. What
// is standard depends on the features alone.
func (d *declarations) schema(s *schema.Schema) {
	for _, f := range s.Features() {
		d.base += d.sum(func() { d.text(string(f)) })
	}
	for _, o := range s.Custom() {
		sum := d.object(o)
		d.addCustom(o.Name, sum)
		for _, f := range o.Fields {
			if f.Custom || o.IsCustom() {
				d.schemaField(f)
			}
		}
		for _, c := range o.Children {
			if c.Name != "" {
				d.addCustom(c.Name, d.sum(func() { d.number(sum); d.text(c.Child); d.text(c.Field) }))
			}
		}
		for _, f := range o.FieldSets {
			d.addCustom(f.Name, sum)
		}
	}
}

func (d *declarations) schemaField(f *schema.Field) {
	sum := d.sum(func() {
		d.number(d.object(f.Object))
		d.text(f.Name)
		d.buf = append(d.buf, byte(f.Type))
		d.flags(f.Createable, f.Updateable, f.ExternalID, f.IDLookup, f.Unique, f.Calculated, f.NameField, f.Filterable, f.Groupable,
			f.Sortable, f.Aggregatable, f.Encrypted, f.MasterDetail, f.AutoNumber, f.Nillable)
		d.text(f.RelationshipName)
		d.text(f.ChildRelationshipName)
		for _, r := range f.ReferenceTo {
			d.text(r)
			if o := d.program.schema.Object(r); o != nil {
				d.number(d.object(o))
			}
		}
	})
	for _, name := range slices.Compact([]string{f.Name, f.RelationshipName}) {
		if name != "" {
			d.addCustom(name, sum)
		}
	}
}

// object is the hash of what an object is, apart from its fields.
func (d *declarations) object(o *schema.Object) uint64 {
	if h, ok := d.objects[o]; ok {
		return h
	}
	h := d.sum(func() {
		d.text(o.Name)
		d.flags(o.Createable, o.Updateable, o.Deletable, o.Undeletable, o.Queryable, o.Searchable, o.Triggerable, o.Mergeable, o.Protected)
		d.buf = append(d.buf, byte(o.Kind))
	})
	d.objects[o] = h
	return h
}
