package scenarios

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// Quickstart is the suite that runs when there is no other.
const Quickstart = "quickstart"

//go:embed suites/*.yaml
var suites embed.FS

//go:embed packages
var packages embed.FS

// Builtins lists the names of the built-in suites.
func Builtins() []string {
	entries, _ := fs.ReadDir(suites, "suites")
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Text is the text of a built-in suite.
func Text(name string) ([]byte, error) {
	data, err := suites.ReadFile("suites/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no built-in suite %q; there are: %s", name, strings.Join(Builtins(), ", "))
	}
	return data, nil
}

// Builtin loads a built-in suite and lays its sample packages out under dir,
// which the caller removes afterwards. The suite's File is "", its Flags name
// it, so that nothing in a result tells of dir.
func Builtin(name, dir string) (*suite.Suite, error) {
	data, err := Text(name)
	if err != nil {
		return nil, err
	}
	root := filepath.Join(dir, "suites")
	s, err := Parse(name+".yaml", data, root)
	if err != nil {
		return nil, err
	}
	if err := layOut(dir); err != nil {
		return nil, err
	}
	s.File = ""
	s.Flags = []string{"run", name}
	return s, nil
}

// layOut writes the sample packages below dir.
func layOut(dir string) error {
	return fs.WalkDir(packages, "packages", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if e.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := packages.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}
