package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// shape is what the classes of one file add to a world by their members. It
// depends on the file and on what the types in its signatures are: on the heads
// of its own classes and on what else, apart from members, the program declares
// under the words of the file. While those stay the same, members need not be
// bound to know what they add.
type shape struct {
	world   uint64 // as the file saw it
	adds    []addition
	classes []classShape // in the order of Program.all
}

// classShape is what members of one class are to those below it, and what they
// name of packages that are not at hand.
type classShape struct {
	surface uint64
	notes   []ledger.Entry
}

// shaped is a file that declares classes.
type shaped struct {
	unit    *syntax.Unit
	classes []*Class
	world   uint64
	shape   *shape // of the version before, where it holds
}

// members counts the members of all classes under their names. Until it adds
// them, the world's numbers are those that shapes depend on.
func (w *world) members() {
	files := w.shapedFiles()
	onAllCores(len(files), func(i int) {
		f := files[i]
		f.world = w.seen(f.unit)
		for i, c := range f.classes {
			f.world += w.heads[c] * spread(uint64(i))
		}
		w.cache.mu.Lock()
		have := w.cache.shapes[f.unit]
		w.cache.mu.Unlock()
		if have != nil && have.world == f.world && len(have.classes) == len(f.classes) {
			f.shape = have
			return
		}
		for _, c := range f.classes {
			c.loadMembers()
		}
	})
	for _, f := range files {
		if f.shape == nil {
			w.shape(f)
		}
		for i, c := range f.classes {
			w.surfaces[c] = f.shape.classes[i].surface
			c.tell(f.shape.classes[i].notes)
		}
	}
	for _, f := range files {
		for _, a := range f.shape.adds {
			w.count(a)
		}
	}
}

func (w *world) shapedFiles() []*shaped {
	var list []*shaped
	byUnit := make(map[*syntax.Unit]*shaped, len(w.program.all))
	for _, c := range w.program.all {
		f := byUnit[c.Unit]
		if f == nil {
			f = &shaped{unit: c.Unit}
			byUnit[c.Unit] = f
			list = append(list, f)
		}
		f.classes = append(f.classes, c)
	}
	return list
}

// shape works out the shape of a file from its members, and keeps it.
func (w *world) shape(f *shaped) {
	f.shape = &shape{world: f.world}
	for _, c := range f.classes {
		f.shape.classes = append(f.shape.classes, classShape{w.class(c, &f.shape.adds), c.loadMembers().notes})
	}
	w.cache.mu.Lock()
	defer w.cache.mu.Unlock()
	w.cache.shapes[f.unit] = f.shape
}

// class gives the hash of all members of a class, which those below it inherit,
// and what each adds under its name; a constructor's is the name of the class.
func (w *world) class(c *Class, adds *[]addition) (surface uint64) {
	m := c.loadMembers()
	add := func(name string, sum uint64) { *adds = append(*adds, addition{w.word(name), sum}) }
	for _, name := range c.Enum {
		add(name, w.heads[c])
	}
	return w.sum(func() {
		for _, f := range m.fields {
			sum := w.field(f)
			add(f.Name, sum)
			w.number(sum)
		}
		for _, x := range m.methods {
			sum := w.method(x)
			add(x.Name, sum)
			w.number(sum)
		}
		for _, x := range m.constructors {
			sum := w.method(x)
			add(c.Name, sum)
			w.number(sum)
		}
	})
}
