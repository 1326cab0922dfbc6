package metadata

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

// TestEveryKindHasItsConstant: the constants and the registry list the same
// kinds, and each constant is spelled as its kind is.
func TestEveryKindHasItsConstant(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "kindnames.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := map[Kind]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || value != spec.Names[0].Name {
			t.Errorf("constant %s says %q", spec.Names[0].Name, value)
		}
		named[Kind(value)] = true
		return true
	})
	for kind := range byKind {
		if !named[kind] {
			t.Errorf("no constant for the kind %s", kind)
		}
	}
	for kind := range named {
		if byKind[kind] == nil {
			t.Errorf("the registry lacks the kind %s", kind)
		}
	}
}
