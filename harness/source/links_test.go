package source_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestLinks follows links that stay in the tree, to files, to folders and to
// other links, from a directory, from git and without the git program; those
// that leave it or lead to a folder around them are left out and named.
func TestLinks(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, txtar.Parse([]byte(`
-- sfdx-project.json --
{"packageDirectories": [{"path": "app", "default": true}]}
-- app/classes/A.cls --
public class A {}
-- shared/classes/B.cls --
public class B {}
-- shared/classes/deep/C.cls --
public class C {}
-- other/D.cls --
public class D {}
`)), "")
	for name, to := range map[string]string{
		"app/shared":            "../shared/classes",
		"app/classes/D.cls":     "../../other/D.cls",
		"app/classes/Again.cls": "D.cls",
		"app/classes/E.cls":     "/etc/passwd",
		"app/classes/F.cls":     "../../../F.cls",
		"app/classes/G.cls":     "nowhere.cls",
		"app/classes/ring":      "../classes",
		"app/classes/H.cls":     "H.cls",
	} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	bare := committed(t, dir, "v1")
	for name, read := range map[string]func() (*metadata.Package, []string){
		"directory": func() (*metadata.Package, []string) { return readAll(t, dir, source.Options{}) },
		"git":       func() (*metadata.Package, []string) { return readAll(t, bare, source.Options{Ref: "v1"}) },
		"no git":    func() (*metadata.Package, []string) { return readAll(t, bare, source.Options{Ref: "v1", NoGit: true}) },
	} {
		p, warned := read()
		var got []string
		for _, c := range p.Components {
			got = append(got, c.Name+" "+string(c.Source))
		}
		want := []string{"A public class A {}\n", "Again public class D {}\n", "B public class B {}\n", "C public class C {}\n", "D public class D {}\n"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: read %q, want %q", name, got, want)
		}
		left := []string{"app/classes/E.cls", "app/classes/F.cls", "app/classes/G.cls", "app/classes/H.cls", "app/classes/ring"}
		if !slices.Equal(warned, left) {
			t.Errorf("%s: warned of %v, want %v", name, warned, left)
		}
	}
}

// readAll reads a package and gives the files that it warns of as unreadable.
func readAll(t *testing.T, path string, opt source.Options) (*metadata.Package, []string) {
	t.Helper()
	p, warnings, err := source.Read(t.Context(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, w := range warnings {
		if source.Unreadable(w) {
			files = append(files, w.Span.File)
		}
	}
	return p, files
}

// TestClosedToReaders leaves out a file and a folder that may not be read.
func TestClosedToReaders(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("nothing is closed to root")
	}
	dir := unpacked(t, archive(t, "project-root"), "")
	closed := filepath.Join(dir, "classes", "Closed.cls")
	if err := os.WriteFile(closed, []byte("public class Closed {}"), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "pages"), 0); err != nil {
		t.Fatal(err)
	}
	_, warned := readAll(t, dir, source.Options{})
	if want := []string{"classes/Closed.cls", "pages"}; !slices.Equal(warned, want) {
		t.Errorf("warned of %v, want %v", warned, want)
	}
}
