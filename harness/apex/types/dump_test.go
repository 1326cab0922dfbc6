package types_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TestBoundTrees binds right programs and shows the trees of their methods.
func TestBoundTrees(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("testdata/bound"); err != nil {
		t.Fatal(err)
	}
	datadriven.Walk(t, "testdata/bound", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			u, errs := syntax.Parse(diag.NewFile("A.cls", []byte(d.Input)), syntax.Options{APIVersion: 62})
			if errs.Err() != nil {
				return errs.Error()
			}
			p, errs := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: []*syntax.Unit{u}}}})
			if errs = append(errs, p.CheckAll()...); len(errs) > 0 {
				return errs.Error()
			}
			var b strings.Builder
			dumpClass(&b, p.Classes()[0])
			return b.String()
		})
	})
}

func dumpClass(b *strings.Builder, c *types.Class) {
	static, _ := c.StaticInit()
	instance, _ := c.InstanceInit()
	dumpBody(b, c.Name+" static", static)
	dumpBody(b, c.Name+" instance", instance)
	for _, list := range [][]*types.Method{c.Constructors(), c.Methods()} {
		for _, m := range list {
			if m.Decl == nil {
				continue
			}
			body, _ := m.Body()
			dumpBody(b, fmt.Sprintf("%s.%s slot %d", c.Name, m.Name, m.Slot), body)
		}
	}
	for _, i := range c.Inner {
		dumpClass(b, i)
	}
}

func dumpBody(b *strings.Builder, name string, body *types.Body) {
	if body == nil {
		return
	}
	fmt.Fprintf(b, "%s\n", name)
	for _, s := range body.Stmts {
		fmt.Fprintf(b, "  %s\n", show(reflect.ValueOf(s)))
	}
}

// show writes a node as (Name:Type fields...), leaving out what is empty.
func show(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case *types.Field:
		return x.Class.Name + "." + x.Name
	case *types.Method:
		return methodName(x)
	case *types.Class:
		return x.FullName()
	case *types.Type:
		return x.Name
	case *schema.Field:
		return x.Object.Name + "." + x.Name
	case *schema.Object:
		return x.Name
	case *schema.ChildRelationship:
		return x.Name
	case *query.Query, *query.Bind, *query.Search:
		return "…"
	case value.Value:
		return fmt.Sprintf("%q", x.String())
	case syntax.Op:
		return x.String()
	case dml.Op:
		return x.Keyword()
	}
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, show(v.Index(i)))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.Struct:
		return node(v)
	default:
		return fmt.Sprint(v.Interface())
	}
}

func methodName(m *types.Method) string {
	if m.LibKey != "" {
		return m.LibKey
	}
	return m.Class.Name + "." + m.Name
}

func node(v reflect.Value) string {
	t := v.Type()
	head := t.Name()
	var parts []string
	for i := range v.NumField() {
		f := v.Field(i)
		switch n := t.Field(i).Name; {
		case n == "Node":
			if n, ok := f.Interface().(types.Node); ok && n.T != nil {
				head += ":" + n.T.Name
			}
		case n == "StmtNode", n == "At":
		case f.Kind() == reflect.Bool:
			if f.Bool() {
				parts = append(parts, strings.ToLower(n))
			}
		case f.IsZero() && f.Kind() != reflect.Int && f.Type() != reflect.TypeFor[value.Value]():
		default:
			if s := show(f); s != "" && s != "[]" {
				parts = append(parts, s)
			}
		}
	}
	if len(parts) > 0 {
		head += " "
	}
	return "(" + head + strings.Join(parts, " ") + ")"
}
