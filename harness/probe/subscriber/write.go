package subscriber

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// text is a class that a subscriber wrote, a use a line.
type text struct {
	name       string
	contract   bool // it implements or extends what it uses
	apiVersion int
	lines      []string
	uses       []*use // of each line; nil for a line that uses nothing
}

// use is one thing that a line of a subscriber relies on.
type use struct {
	text   string
	global bool
}

func (t *text) source() string { return strings.Join(t.lines, "\n") }

func (t *text) add(u *use, format string, args ...any) {
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
	t.uses = append(t.uses, u)
}

// written are the classes that a subscriber writes with a type: one that
// implements or extends it, and one that calls it.
func written(o *offer) []*text {
	var list []*text
	switch {
	case o.class.Kind == types.KindInterface:
		list = append(list, o.implementer())
	case o.extendable():
		list = append(list, o.extender())
	}
	return append(list, o.caller())
}

func (o *offer) text(name string) *text {
	return &text{name: name, apiVersion: o.class.Unit.APIVersion}
}

// implementer writes a class that implements an interface.
func (o *offer) implementer() *text {
	t := o.text("OurImplementation")
	t.contract = true
	t.add(&use{"implements " + o.name, o.global}, "public class %s implements %s {", t.name, o.name)
	for _, m := range contract(o.class) {
		if known(m) {
			t.add(nil, "  public %s { %s }", header(m), body(m))
		}
	}
	t.add(nil, "}")
	return t
}

// extender writes a class that extends another, provides what is abstract in it
// and overrides what is virtual.
func (o *offer) extender() *text {
	t := o.text("OurExtension")
	t.contract = true
	t.add(&use{"extends " + o.name, o.global}, "public class %s extends %s {", t.name, o.name)
	if m := o.constructor(); len(m.Params) > 0 {
		t.add(nil, "  public %s() { super(%s); }", t.name, arguments(m))
	}
	for _, m := range o.class.VTable() {
		if !known(m) || m.Class.Lib || !m.Abstract && m.Class != o.class || !o.shows(m.Access) && m.Access != types.Protected {
			continue
		}
		if m.Property() != nil {
			continue
		}
		var u *use
		if !m.Abstract {
			u = &use{"overrides " + o.member(m), o.global && m.Access == types.Global}
		}
		access := map[types.Access]string{types.Protected: "protected", types.Public: "public", types.Global: "global"}[m.Access]
		if o.sees == types.Public && access == "global" {
			access = "public"
		}
		t.add(u, "  %s override %s { %s }", access, header(m), body(m))
	}
	t.add(nil, "}")
	return t
}

// caller writes a class that uses all that a type offers.
func (o *offer) caller() *text {
	t := o.text("OurCalls")
	t.add(nil, "public class %s {", t.name)
	t.add(&use{o.name, o.global}, "  static %s held;", o.name)
	for _, v := range o.class.Enum {
		t.add(&use{o.name + "." + v, o.global}, "  static void %s() { %s x = %s.%s; }", t.method(), o.name, o.name, v)
	}
	if o.class.Kind == types.KindClass && !o.class.Abstract {
		for _, m := range o.class.Constructors() {
			if o.shows(m.Access) && known(m) {
				t.add(&use{"new " + o.member(m), o.global && m.Access == types.Global}, "  static void %s() { %s x = new %s(%s); }", t.method(), o.name, o.name, arguments(m))
			}
		}
	}
	for _, m := range o.class.Methods() {
		if (o.shows(m.Access) || o.class.Kind == types.KindInterface) && known(m) && !m.Test {
			o.call(t, m)
		}
	}
	for _, f := range o.class.Members() {
		if o.shows(f.Access) && !unknown(f.Type) {
			o.reads(t, f)
		}
	}
	t.add(nil, "}")
	return t
}

func (t *text) method() string { return fmt.Sprintf("use%d", len(t.lines)) }

// call writes a call of a method, with what it returns kept.
func (o *offer) call(t *text, m *types.Method) {
	kept := ""
	if m.Returns.Kind != types.KindVoid {
		kept = m.Returns.Name + " kept = "
	}
	of, param := o.name, ""
	if !m.Static {
		of, param = "given", o.name+" given"
	}
	t.add(&use{o.member(m), o.global && (m.Access == types.Global || o.class.Kind == types.KindInterface)},
		"  static void %s(%s) { %s%s.%s(%s); }", t.method(), param, kept, of, m.Name, arguments(m))
}

// reads writes a use of a field or property: reading it, and writing it where a
// subscriber can.
func (o *offer) reads(t *text, f *types.Field) {
	of, param := o.name, ""
	if !f.Static {
		of, param = "given", o.name+" given"
	}
	u := &use{o.name + "." + f.Name, o.global && f.Access == types.Global}
	if f.CanGet && (!f.Property || o.shows(f.GetAccess)) {
		t.add(u, "  static void %s(%s) { %s kept = %s.%s; }", t.method(), param, f.Type.Name, of, f.Name)
	}
	if f.CanSet && !f.Final && (!f.Property || o.shows(f.SetAccess)) {
		t.add(u, "  static void %s(%s) { %s.%s = (%s) null; }", t.method(), param, of, f.Name, f.Type.Name)
	}
}

// member is a method as messages show it: "Rollup.schedule(String, Id)".
func (o *offer) member(m *types.Method) string {
	var params []string
	for _, p := range m.Params {
		params = append(params, p.Type.Name)
	}
	name := o.name + "." + m.Name
	if m.Constructor {
		name = o.name
	}
	return name + "(" + strings.Join(params, ", ") + ")"
}

// header is the signature of a method in a class that provides it.
func header(m *types.Method) string {
	var params []string
	for i, p := range m.Params {
		params = append(params, fmt.Sprintf("%s p%d", p.Type.Name, i))
	}
	return fmt.Sprintf("%s %s(%s)", m.Returns.Name, m.Name, strings.Join(params, ", "))
}

func body(m *types.Method) string {
	if m.Returns.Kind == types.KindVoid {
		return ""
	}
	return "return null;"
}

// arguments are nulls of the types that a method takes, so that no other
// overload is meant.
func arguments(m *types.Method) string {
	var args []string
	for _, p := range m.Params {
		args = append(args, "("+p.Type.Name+") null")
	}
	return strings.Join(args, ", ")
}
