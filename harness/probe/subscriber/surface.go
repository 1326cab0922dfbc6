package subscriber

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// offer is a type that a subscriber's code can see.
type offer struct {
	class  *types.Class
	name   string // as the subscriber writes it
	global bool
	sees   types.Access // the narrowest access that it sees
}

// offered lists the types of a class that code without namespace can see: those
// that are global, and of a package without namespace the public ones too.
func offered(c *types.Class, namespace string) []*offer {
	sees := types.Public
	if namespace != "" {
		sees = types.Global
	}
	var list []*offer
	var visit func(c *types.Class, global bool)
	visit = func(c *types.Class, global bool) {
		if c.Access < sees || c.Test {
			return
		}
		global = global && c.Access == types.Global
		list = append(list, &offer{class: c, name: c.FullName(), global: global, sees: sees})
		for _, inner := range c.Inner {
			visit(inner, global)
		}
	}
	visit(c, true)
	return list
}

// pathOf is the name of a class within its namespace: "Outer.Inner".
func pathOf(c *types.Class) string {
	if c.Outer != nil {
		return c.Outer.Name + "." + c.Name
	}
	return c.Name
}

// shows reports whether a member can be used by a subscriber's code.
func (o *offer) shows(a types.Access) bool { return a >= o.sees }

// extendable reports whether a subscriber can extend a class: it is open for
// that, and has a constructor that can be called.
func (o *offer) extendable() bool {
	return o.class.Kind == types.KindClass && o.class.Virtual && o.constructor() != nil
}

// constructor is the one that what extends a class calls: one without
// parameters, or the first.
func (o *offer) constructor() *types.Method {
	var first *types.Method
	for _, m := range o.class.Constructors() {
		if m.Decl != nil && !o.shows(m.Access) && m.Access != types.Protected || !known(m) {
			continue
		}
		if len(m.Params) == 0 {
			return m
		}
		if first == nil {
			first = m
		}
	}
	return first
}

// contract lists what must be provided by what implements an interface, its own
// methods and those of the interfaces that it extends.
func contract(c *types.Class) []*types.Method {
	list := c.Methods()
	for _, i := range c.Interfaces() {
		if i.Class != nil {
			list = append(list[:len(list):len(list)], contract(i.Class)...)
		}
	}
	return list
}

// known reports whether a signature can be written: its types are at hand.
func known(m *types.Method) bool {
	for _, p := range m.Params {
		if unknown(p.Type) {
			return false
		}
	}
	return m.Constructor || !unknown(m.Returns)
}

func unknown(t *types.Type) bool {
	return t == nil || strings.Contains(t.Name, types.Invalid.Name)
}
