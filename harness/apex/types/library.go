package types

import (
	_ "embed" // the table of the library
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/once"
)

// libraryTable is made by genlib from the index of signatures.
//
//go:embed library.txt
var libraryTable string

// extrasTable is what the index lacks, kept by hand.
//
//go:embed extras.txt
var extrasTable string

// connectTable describes types of ConnectApi, whose members the index does not
// have.
//
//go:embed connectapi.txt
var connectTable string

//go:generate go run ./genlib -index ../../facts/apex-stdlib-index.md -out library.txt

// library is the standard library: where each class stands in the tables, and
// the classes that have been asked for.
type library struct {
	once  once.Once
	index map[string]*libEntry // by lower-case full name
	order []*libEntry          // in table order
}

// libEntry is a class of the library before and after it is declared.
type libEntry struct {
	name   string // "System.List"
	params []string
	kind   byte
	opaque bool // members are not all known
	supers string
	blocks []string // its lines, in the order they are merged

	class *Class
}

var lib library

func (l *library) load() {
	l.once.Do(func() {
		l.index = make(map[string]*libEntry, 3000)
		l.scan(libraryTable)
		l.scan(extrasTable)
		l.scan(connectTable)
		for _, e := range l.order {
			e.class = e.declare()
		}
		for _, e := range l.order {
			e.nest(l)
		}
	})
}

// scan cuts a table into entries; lines of members are only kept.
func (l *library) scan(table string) {
	var cur *libEntry
	start := 0
	flush := func(end int) {
		if cur != nil && end > start {
			cur.blocks = append(cur.blocks, table[start:end])
		}
	}
	for i := 0; i < len(table); {
		end := i + strings.IndexByte(table[i:], '\n')
		line := table[i:end]
		if line != "" && line[0] != ' ' && line[0] != '#' {
			flush(i)
			cur = l.head(line)
			start = end + 1
		} else if cur == nil {
			start = end + 1
		}
		i = end + 1
	}
	flush(len(table))
}

// head reads "C! Ns.Name<T> : Super,Interface" and finds or makes its entry.
func (l *library) head(line string) *libEntry {
	kind, rest, _ := strings.Cut(line, " ")
	name, supers, _ := strings.Cut(rest, " : ")
	name, opaque := strings.CutSuffix(name, "*")
	name, params, generic := strings.Cut(name, "<")
	key := strings.ToLower(name)
	e := l.index[key]
	if e == nil {
		e = &libEntry{name: name}
		l.index[key] = e
		l.order = append(l.order, e)
	} else if strings.HasSuffix(kind, "!") {
		e.blocks = nil
	}
	e.kind = kind[0]
	if e.kind == 'N' {
		e.opaque = true
	}
	e.opaque = e.opaque || opaque
	if supers != "" {
		e.supers = supers
	}
	if generic {
		e.params = strings.Split(strings.TrimSuffix(params, ">"), ",")
	}
	return e
}

var libKinds = map[string]*Type{
	"system.boolean": Boolean, "system.integer": Integer, "system.long": Long, "system.double": Double,
	"system.decimal": Decimal, "system.string": String, "system.id": ID, "system.blob": Blob, "system.date": Date,
	"system.datetime": Datetime, "system.time": Time, "system.object": Object, "system.sobject": SObject,
	"system.aggregateresult": AggregateResult,
}

var libCollections = map[string]Kind{"system.list": KindList, "system.set": KindSet, "system.map": KindMap}

func (e *libEntry) declare() *Class {
	dot := strings.IndexByte(e.name, '.')
	c := &Class{Namespace: e.name[:dot], Name: e.name[dot+1:], Lib: true, Access: Global, lib: e, Params: len(e.params)}
	c.Name = c.Name[strings.LastIndexByte(c.Name, '.')+1:]
	c.Virtual, c.Abstract = e.kind == 'V' || e.kind == 'A', e.kind == 'A'
	switch e.kind {
	case 'I':
		c.Kind = KindInterface
	case 'E':
		c.Kind = KindEnum
	default:
		c.Kind = KindClass
	}
	if e.kind == 'E' {
		c.Enum = e.constants()
	}
	key := strings.ToLower(e.name)
	switch {
	case libKinds[key] != nil:
		t := libKinds[key]
		t.Class, c.typ, c.Kind = c, t, t.Kind
	case len(e.params) > 0:
		vars := make([]*Type, len(e.params))
		for i, p := range e.params {
			vars[i] = &Type{Kind: KindVar, Name: p, Index: i, universal: true}
		}
		if k, ok := libCollections[key]; ok {
			c.Kind = k
		}
		c.typ = generic(c.Kind, c, vars...)
	default:
		c.typ = &Type{Kind: c.Kind, Name: "", Class: c, universal: true}
	}
	return c
}

// constants are the names after = in the lines of an enum.
func (e *libEntry) constants() []string {
	var list []string
	for _, block := range e.blocks {
		for line := range strings.SplitSeq(block, "\n") {
			if names, ok := strings.CutPrefix(line, " = "); ok {
				for v := range strings.SplitSeq(names, "|") {
					list = append(list, strings.TrimSpace(v))
				}
			}
		}
	}
	return list
}

// nest ties an inner class of the library to its outer one, and names types.
func (e *libEntry) nest(l *library) {
	if i := strings.LastIndexByte(e.name, '.'); strings.Count(e.name, ".") > 1 {
		if outer := l.index[strings.ToLower(e.name[:i])]; outer != nil {
			e.class.Outer = outer.class
			outer.class.Inner = append(outer.class.Inner, e.class)
		}
	}
	if e.class.typ.Name == "" {
		e.class.typ.Name = e.class.FullName()
	}
}

// Library finds a class of the standard library by its name with namespace
// ("Database.SaveResult") or, for those of System, without; nil when there is
// none.
func Library(name string) *Class {
	lib.load()
	key := strings.ToLower(name)
	if e := lib.index[key]; e != nil {
		return e.class
	}
	if e := lib.index["system."+key]; e != nil {
		return e.class
	}
	return nil
}

// libraryClass finds a class by its lower-case full name.
func libraryClass(key string) *Class {
	lib.load()
	if e := lib.index[key]; e != nil {
		return e.class
	}
	return nil
}

// libraryType is the type of a class that the tables are known to have.
func libraryType(key string) *Type {
	if c := libraryClass(key); c != nil {
		return c.typ
	}
	return Object
}

// libraryNamespace reports whether the library has classes in a namespace.
func libraryNamespace(name string) bool {
	lib.load()
	return libNamespaces()[strings.ToLower(name)]
}

var libNamespaces = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, e := range lib.order {
		ns, _, _ := strings.Cut(e.name, ".")
		m[strings.ToLower(ns)] = true
	}
	return m
})

// LibraryKeys are the LibKeys of all library methods, constructors and
// properties, sorted.
func LibraryKeys() []string {
	lib.load()
	var keys []string
	for _, e := range lib.order {
		m := e.class.loadMembers()
		for _, f := range m.fields {
			keys = append(keys, f.LibKey)
		}
		for _, list := range [][]*Method{m.methods, m.constructors} {
			for _, method := range list {
				keys = append(keys, method.LibKey)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func listClass() *Class { return libraryClass("system.list") }
func setClass() *Class  { return libraryClass("system.set") }
func mapClass() *Class  { return libraryClass("system.map") }
