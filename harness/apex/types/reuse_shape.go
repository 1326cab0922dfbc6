package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// shape is what the classes of one file declare by their members. It depends on
// the file and on what the types in its signatures are: on the heads
// of its own classes and on what else, apart from members, the program declares
// under the words of the file. While those stay the same, members need not be
// bound to know what they add.
type shape struct {
	declared uint64 // as the file saw it
	adds     []addition
	classes  []classShape // in the order of Program.all
}

// classShape is what members of one class are to those below it, and what they
// name of packages that are not at hand.
type classShape struct {
	surface uint64
	notes   []ledger.Entry
}

// shaped is a file that declares classes.
type shaped struct {
	unit     *syntax.Unit
	classes  []*Class
	declared uint64
	shape    *shape // of the version before, where it holds
}

// members counts the members of all classes under their names. Until it adds
// them, the numbers are those that shapes depend on.
func (d *declarations) members() {
	files := d.shapedFiles()
	onAllCores(len(files), func(i int) {
		f := files[i]
		f.declared = d.seen(f.unit)
		for i, c := range f.classes {
			f.declared += d.heads[c] * spread(uint64(i))
		}
		d.cache.mu.Lock()
		have := d.cache.shapes[f.unit]
		d.cache.mu.Unlock()
		if have != nil && have.declared == f.declared && len(have.classes) == len(f.classes) {
			f.shape = have
			return
		}
		for _, c := range f.classes {
			c.loadMembers()
		}
	})
	for _, f := range files {
		if f.shape == nil {
			d.shape(f)
		}
		for i, c := range f.classes {
			d.surfaces[c] = f.shape.classes[i].surface
			c.tell(f.shape.classes[i].notes)
		}
	}
	for _, f := range files {
		for _, a := range f.shape.adds {
			d.count(a)
		}
	}
}

func (d *declarations) shapedFiles() []*shaped {
	var list []*shaped
	byUnit := make(map[*syntax.Unit]*shaped, len(d.program.all))
	for _, c := range d.program.all {
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
func (d *declarations) shape(f *shaped) {
	f.shape = &shape{declared: f.declared}
	for _, c := range f.classes {
		f.shape.classes = append(f.shape.classes, classShape{d.class(c, &f.shape.adds), c.loadMembers().notes})
	}
	d.cache.mu.Lock()
	defer d.cache.mu.Unlock()
	d.cache.shapes[f.unit] = f.shape
}

// class gives the hash of all members of a class, which those below it inherit,
// and what each adds under its name; a constructor's is the name of the class.
func (d *declarations) class(c *Class, adds *[]addition) (surface uint64) {
	m := c.loadMembers()
	add := func(name string, sum uint64) { *adds = append(*adds, addition{d.word(name), sum}) }
	for _, name := range c.Enum {
		add(name, d.heads[c])
	}
	return d.sum(func() {
		for _, f := range m.fields {
			sum := d.field(f)
			add(f.Name, sum)
			d.number(sum)
		}
		for _, x := range m.methods {
			sum := d.method(x)
			add(x.Name, sum)
			d.number(sum)
		}
		for _, x := range m.constructors {
			sum := d.method(x)
			add(c.Name, sum)
			d.number(sum)
		}
	})
}
