package stdlib_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scripts are the folders with data files of the library: what needs no org, what
// needs one, what needs Apex tests around it.
var scripts = []string{"testdata/classes/", "../../org/testdata/library/", "../../apextest/testdata/"}

// TestEachClassHasItsScript holds the library to a data file for each file of
// functions, which are a file a class.
func TestEachClassHasItsScript(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(file, ".go")
		if strings.HasSuffix(name, "_test") || name == "stdlib" || !bytes.Contains(src, []byte("vm.Library{")) {
			continue
		}
		tables++
		if !hasScript(name) {
			t.Errorf("%s has functions, and no data file is called %s in %s", file, name, strings.Join(scripts, ", "))
		}
	}
	if tables < 60 {
		t.Errorf("only %d files have functions", tables)
	}
}

func hasScript(name string) bool {
	for _, dir := range scripts {
		for _, path := range []string{dir + name, dir + name + ".txtar"} {
			if _, err := os.Stat(path); err == nil {
				return true
			}
		}
	}
	return false
}
