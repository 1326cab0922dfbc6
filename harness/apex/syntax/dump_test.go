package syntax

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// Dump prints a tree, or a whole *Unit, as nested lists, for tests and for
// looking at what the parser made of a source. Places are left out, so that
// equal trees print alike wherever they stand. Statements and members have a
// line each.
func Dump(x any) string {
	d := dumper{}
	if u, ok := x.(*Unit); ok {
		d.unit(u)
	} else {
		d.value(reflect.ValueOf(x))
	}
	return strings.TrimSpace(d.String()) + "\n"
}

type dumper struct {
	strings.Builder
	indent int
}

func (d *dumper) unit(u *Unit) {
	switch u.Kind {
	case ClassUnit:
		d.value(reflect.ValueOf(u.Type))
	case TriggerUnit:
		d.value(reflect.ValueOf(u.Trigger))
	default:
		for _, n := range u.Items {
			d.value(reflect.ValueOf(n))
			d.WriteByte('\n')
		}
	}
}

func (d *dumper) line() {
	d.WriteByte('\n')
	d.WriteString(strings.Repeat("  ", d.indent))
}

// value prints anything that a tree holds.
func (d *dumper) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			d.WriteString("nil")
			return
		}
		if d.special(v.Interface()) {
			return
		}
		d.value(v.Elem())
	case reflect.Struct:
		d.structure(v)
	case reflect.Slice:
		d.list(v)
	case reflect.String:
		fmt.Fprintf(d, "%q", v.String())
	default:
		if op, ok := v.Interface().(dml.Op); ok {
			d.WriteString(op.Keyword())
			return
		}
		fmt.Fprint(d, v.Interface())
	}
}

// special prints the nodes that have a shorter form.
func (d *dumper) special(x any) bool {
	switch n := x.(type) {
	case *TypeRef:
		d.WriteString(n.String())
	case *Name:
		d.WriteString(n.Text)
	case *This:
		d.WriteString("this")
	case *Super:
		d.WriteString("super")
	case *Literal:
		d.literal(n)
	case *Paren:
		d.WriteString("(Paren ")
		d.value(reflect.ValueOf(n.X))
		d.WriteByte(')')
	case *FieldAccess:
		d.value(reflect.ValueOf(n.X))
		d.WriteString(dotOf(n.Safe) + n.Name.Text)
	case *SOQL:
		d.query(n.Query)
	case *SOSL:
		d.query(n.Search)
	default:
		return false
	}
	return true
}

// query prints a query as text, and after it the expressions of its binds.
func (d *dumper) query(q interface {
	query.Node
	String() string
}) {
	d.WriteString("[" + q.String())
	for i, b := range query.Binds(q) {
		if i == 0 {
			d.WriteString(" |")
		}
		d.WriteString(" :")
		d.value(reflect.ValueOf(b.Expr))
	}
	d.WriteString("]")
}

func dotOf(safe bool) string {
	if safe {
		return "?."
	}
	return "."
}

func (d *dumper) literal(n *Literal) {
	switch n.Kind {
	case NullLiteral:
		d.WriteString("null")
	case BooleanLiteral:
		fmt.Fprint(d, n.Bool)
	case IntegerLiteral:
		fmt.Fprint(d, n.Int)
	case LongLiteral:
		fmt.Fprintf(d, "%dL", n.Int)
	case DecimalLiteral:
		d.WriteString(n.Text)
	case DoubleLiteral:
		d.WriteString(n.Text + "d")
	case StringLiteral:
		fmt.Fprintf(d, "%q", n.Text)
	}
}

// structure prints (Type field ...), leaving out places and empty fields.
func (d *dumper) structure(v reflect.Value) {
	switch n := v.Interface().(type) {
	case Ident:
		d.WriteString(n.Text)
		return
	case ModifierWord:
		d.WriteString(n.Modifier.String())
		return
	case TriggerEventWord:
		d.WriteString(n.Event.String())
		return
	case Modifiers:
		d.modifiers(&n)
		return
	}
	d.WriteString("(" + v.Type().Name())
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		if t.Type == reflect.TypeFor[Range]() || t.Name == "OpPos" || t.Name == "Extends" && f.IsZero() {
			continue
		}
		if f.IsZero() && t.Name != "Op" {
			continue
		}
		if f.Kind() == reflect.Bool {
			d.WriteString(" " + strings.ToLower(t.Name))
			continue
		}
		if mods, ok := f.Interface().(Modifiers); ok && len(mods.Words)+len(mods.Annotations) == 0 {
			continue
		}
		if f.Kind() != reflect.Slice || !isLines(f.Type()) {
			d.WriteByte(' ')
		}
		if label := fieldLabel(t.Name); label != "" {
			d.WriteString(label)
		}
		d.value(f)
	}
	d.WriteByte(')')
}

// fieldLabel names the fields that would be mistaken for others.
func fieldLabel(name string) string {
	switch name {
	case "Extends", "Implements", "Get", "Set", "Else", "Finally", "Init", "Cond", "Post", "TypeParams", "Field", "With":
		return strings.ToLower(name) + "="
	}
	return ""
}

func (d *dumper) modifiers(m *Modifiers) {
	var parts []string
	for _, a := range m.Annotations {
		sub := dumper{}
		sub.WriteString("@" + a.Name.Text)
		for _, arg := range a.Args {
			sub.WriteString(" ")
			if arg.Name.Text != "" {
				sub.WriteString(arg.Name.Text + "=")
			}
			sub.value(reflect.ValueOf(arg.Value))
		}
		parts = append(parts, sub.String())
	}
	for _, w := range m.Words {
		parts = append(parts, w.Modifier.String())
	}
	d.WriteString("{" + strings.Join(parts, " ") + "}")
}

// isLines reports whether the elements of a list have a line each.
func isLines(t reflect.Type) bool {
	switch t.Elem() {
	case reflect.TypeFor[Stmt](), reflect.TypeFor[Member](), reflect.TypeFor[Node](), reflect.TypeFor[*When](), reflect.TypeFor[*Catch]():
		return true
	}
	return false
}

func (d *dumper) list(v reflect.Value) {
	if isLines(v.Type()) {
		d.indent++
		for i := range v.Len() {
			d.line()
			d.value(v.Index(i))
		}
		d.indent--
		return
	}
	d.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			d.WriteByte(' ')
		}
		d.value(v.Index(i))
	}
	d.WriteByte(']')
}

// String is the words of the modifiers, in the order of their bits.
func (m Modifier) String() string {
	var out []string
	for i, w := range modifierText {
		if m&(1<<i) != 0 {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

var modifierText = [...]string{
	"public", "private", "protected", "global", "static", "final", "abstract", "virtual", "override", "transient",
	"webservice", "testMethod", "with sharing", "without sharing", "inherited sharing",
}
