package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// Bag is the state of library objects that only hold data: what their
// constructor was given, and what properties and setters put there, by name in
// lower case. One mechanism serves all such classes: a constructor whose
// parameters the index names, properties, and getX, isX and setX.
type Bag struct {
	Values map[string]Value
	Whole  bool // made by the org or from JSON: what it lacks is null
}

// newBag is what a constructor without a function makes: its arguments under
// the names of its parameters; nil when the index does not name them all.
func newBag(ctor *types.Method, args []Value) *Bag {
	b := &Bag{Values: map[string]Value{}}
	for i, v := range args {
		if ctor == nil || i >= len(ctor.Params) || ctor.Params[i].Name == "" {
			return nil
		}
		b.Values[strings.ToLower(ctor.Params[i].Name)] = v
	}
	return b
}

// access is a call of an accessor; ok is false for a method that is none, and
// for one of something that nothing can put into objects of the class, which
// the platform computes.
func (b *Bag) access(class *types.Class, method string, args []Value) (v Value, ok bool) {
	if name, is := strings.CutPrefix(method, "set"); is && len(args) == 1 {
		b.put(name, args[0])
		return Value{}, true
	}
	if len(args) > 0 {
		return Value{}, false
	}
	name, is := strings.CutPrefix(method, "get")
	if !is {
		if name, is = strings.CutPrefix(method, "is"); !is {
			return Value{}, false
		}
		if v, ok := b.Values[method]; ok { // a property isValid beside isValid()
			return v, true
		}
	}
	if v, ok := b.Values[name]; ok {
		return v, true
	}
	return Value{}, b.Whole || holds(class, name) || holds(class, method)
}

func (b *Bag) put(name string, v Value) {
	if b.Values == nil {
		b.Values = map[string]Value{}
	}
	b.Values[name] = v
}

// holds reports whether objects of a library class can be given a value of that
// name: by a property, a setter or a constructor.
func holds(class *types.Class, name string) bool {
	for c := class; c != nil; c = above(c) {
		for _, f := range c.Members() {
			if strings.EqualFold(f.Name, name) {
				return true
			}
		}
		for _, m := range c.Methods() {
			if len(m.Params) == 1 && len(m.Name) == len(name)+3 && strings.EqualFold(m.Name[:3], "set") && strings.EqualFold(m.Name[3:], name) {
				return true
			}
		}
		for _, m := range c.Constructors() {
			for _, p := range m.Params {
				if strings.EqualFold(p.Name, name) {
					return true
				}
			}
		}
	}
	return false
}

func above(c *types.Class) *types.Class {
	if s := c.Super(); s != nil {
		return s.Class
	}
	return nil
}

// BagNames are the names of what a Bag of a class holds as the class writes them,
// in its order: properties, then what its constructors name, then what setters
// put. A class whose members are not all known has none.
func BagNames(class *types.Class) []string {
	var out []string
	seen := map[string]bool{}
	add := func(name string) {
		if key := strings.ToLower(name); name != "" && !seen[key] {
			seen[key] = true
			out = append(out, name)
		}
	}
	for c := class; c != nil; c = above(c) {
		for _, f := range c.Members() {
			if !f.Static {
				add(f.Name)
			}
		}
		for _, m := range c.Constructors() {
			for _, p := range m.Params {
				add(p.Name)
			}
		}
		for _, m := range c.Methods() {
			if name := m.Name; len(name) > 3 && len(m.Params) == 1 && strings.EqualFold(name[:3], "set") {
				add(strings.ToLower(name[3:4]) + name[4:])
			}
		}
	}
	return out
}

// propertyBag reads or writes a property of an object that keeps a Bag; the
// key's last part is the property. Other objects do not have it.
func (t *Thread) propertyBag(v Value, key string, set *Value) Value {
	b, ok := v.Native().(*Bag)
	if !ok {
		t.Unsupported(key, "")
	}
	name := propertyName(key)
	if set != nil {
		b.put(name, *set)
		return *set
	}
	return b.Values[name]
}
