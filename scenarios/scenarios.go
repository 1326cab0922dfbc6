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
	"bytes"
	"fmt"
	"io"
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
	if info.IsDir() {
		return nil, fmt.Errorf("read suite %s: a folder; name a suite file", path)
	}
	data, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("read suite: %w", err)
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("read suite %s: larger than %d MiB, which no suite is", path, maxSize>>20)
	}
	return Parse(path, data, filepath.Dir(path))
}

// readBounded reads a file up to just more than a suite may have; pipes and
// devices do not say how long they are.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

// Parse reads the text of a suite. name is shown in messages; paths of
// packages are relative to dir.
func Parse(name string, data []byte, dir string) (*suite.Suite, error) {
	// Editors of Windows begin a file with a byte order mark, which is no part of
	// its first key.
	doc, err := parseTree(name, bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return nil, err
	}
	if err := doc.validate(); err != nil {
		return nil, err
	}
	return doc.suite(dir)
}
