// Package scenarios reads suite files and carries the built-in suites with
// their sample packages.
//
// The machine: the text is parsed to a YAML tree that knows its positions
// (tree.go), the tree becomes plain values checked against an embedded JSON
// schema (schema.go), and what passes is turned into a suite.Suite whose
// names and expressions are resolved (suite.go). Every message has file, line
// and column and shows the line with a caret (message.go). Built-in suites are
// embedded and laid out in a folder when they are used (builtin.go).
//
// Everything here is a pure function of the file's content. Versions are taken
// as written, so 1.10 stays 1.10 without quotes. Aliases and merge keys of YAML
// are refused: a suite says everything where it is read.
package scenarios

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// maxSize is more than any suite needs and less than what hurts.
const maxSize = 4 << 20

// Load reads a suite file. Paths in it are relative to its folder. An error
// about the content is an *Error.
func Load(path string) (*suite.Suite, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read suite: %w; name a suite file, or run without one for the built-in quickstart", err)
	}
	if info.IsDir() || info.Size() > maxSize {
		return nil, fmt.Errorf("read suite %s: not a suite file (a folder, or larger than %d MiB)", path, maxSize>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read suite: %w", err)
	}
	return Parse(path, data, filepath.Dir(path))
}

// Parse reads the text of a suite. name is shown in messages; paths of
// packages are relative to dir.
func Parse(name string, data []byte, dir string) (*suite.Suite, error) {
	doc, err := parseTree(name, data)
	if err != nil {
		return nil, err
	}
	if err := doc.validate(); err != nil {
		return nil, err
	}
	return doc.suite(dir)
}
