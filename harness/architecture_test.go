package harness_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func architecture(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// placeInCode is a declaration as ARCHITECTURE.md names it: its file, from this
// folder or from the root, and its name.
var placeInCode = regexp.MustCompile("`([\\w/]+\\.go): ([\\w.]+)`")

// TestTheWaysAreThoseOfTheCode looks for every declaration that ARCHITECTURE.md
// names.
func TestTheWaysAreThoseOfTheCode(t *testing.T) {
	t.Parallel()
	places := placeInCode.FindAllStringSubmatch(architecture(t), -1)
	if len(places) < 40 {
		t.Fatalf("%d places are named; the ways of the data are told by file and function", len(places))
	}
	for _, m := range places {
		file := m[1]
		for _, top := range []string{"cmd/", "fixtures/", "reports/", "scenarios/"} {
			if strings.HasPrefix(file, top) {
				file = "../" + file
			}
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", m[1], err)
			continue
		}
		if !declares(parsed, m[2]) {
			t.Errorf("%s declares no %s", m[1], m[2])
		}
	}
}

// declares reports whether a file declares a function, "Type.Method", type or
// variable.
func declares(file *ast.File, name string) bool {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			own := d.Name.Name
			if d.Recv != nil {
				recv := d.Recv.List[0].Type
				if star, ok := recv.(*ast.StarExpr); ok {
					recv = star.X
				}
				if id, ok := recv.(*ast.Ident); ok {
					own = id.Name + "." + own
				}
			}
			if own == name {
				return true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if s.Name.Name == name {
						return true
					}
				case *ast.ValueSpec:
					for _, id := range s.Names {
						if id.Name == name {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// TestEveryRoomIsDescribed holds the table of ARCHITECTURE.md against that of the
// layering.
func TestEveryRoomIsDescribed(t *testing.T) {
	t.Parallel()
	text := architecture(t)
	i := strings.Index(text, "## Rooms")
	j := strings.Index(text[i:], "\n## ")
	table := text[i:][:max(j, 0)]
	for _, r := range rooms {
		short := strings.TrimPrefix(r.name, "harness/apex/") // told together, in one row
		if !strings.Contains(table, "`"+r.name+"`") && !strings.Contains(table, "`"+short+"`") {
			t.Errorf("ARCHITECTURE.md does not say what %s is for", r.name)
		}
	}
}
