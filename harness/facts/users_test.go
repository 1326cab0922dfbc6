package facts_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUsersReadGuides: no text of the program names a document of facts; users
// are told the published guide. The rules of lint keep the place for the test
// above and tell the guide; generators read the documents.
func TestUsersReadGuides(t *testing.T) {
	t.Parallel()
	inside := []string{"harness/upgrade/lint/rules.go", "harness/upgrade/lint/guide.go", "harness/apex/types/genlib/", "harness/schema/internal/compact/"}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		for _, p := range inside {
			if strings.HasPrefix(name, p) {
				return nil
			}
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for _, found := range citation.FindAllStringSubmatch(lit.Value, -1) {
				if _, ok := document(found[1]); ok {
					t.Errorf("%s: a text of the program names %s; name the published guide", set.Position(lit.Pos()), found[1])
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
