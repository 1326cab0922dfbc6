// Package reports turns one Result into documents: result.json, junit.xml,
// report.md and index.html in a folder, report.sarif where it is asked for, and the
// console report.
//
// Every document is a pure function of the Result; the formats live in
// packages of their own (console, junit, markdown, html, sarif) and draw from one
// arrangement (view). They are written aside and put in their place when all are
// whole (publish.go), so that a reader sees neither half of one nor the files of
// two runs.
package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/html"
	"github.com/rehearsal-dev/rehearsal/reports/junit"
	"github.com/rehearsal-dev/rehearsal/reports/markdown"
	"github.com/rehearsal-dev/rehearsal/reports/sarif"
)

// formats are the files of a report, in the order they are written and named. A
// run writes those that are always there; the others are asked for.
var formats = []struct {
	name, file string
	always     bool
	write      func(io.Writer, *result.Result) error
}{
	{"json", "result.json", true, encode},
	{"junit", "junit.xml", true, junit.Write},
	{"markdown", "report.md", true, markdown.Write},
	{"html", "index.html", true, html.Write},
	{"sarif", "report.sarif", false, sarif.Write},
}

// Formats are the names of all formats.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Knows reports whether there is a format of that name.
func Knows(name string) bool { return slices.Contains(Formats(), name) }

// FileOf is the file that a format is written into; "" for one that there is not.
func FileOf(name string) string {
	for _, f := range formats {
		if f.name == name {
			return f.file
		}
	}
	return ""
}

// Probe makes the folder for reports and finds out whether Write could write
// them there, so that this is known before a run and not after it.
func Probe(dir string) error {
	if err := ProbeFolder(dir); err != nil {
		return err
	}
	for _, f := range formats {
		path := filepath.Join(dir, f.file)
		if info, err := os.Lstat(path); err == nil && info.IsDir() {
			return fmt.Errorf("write %s: it is a folder", path)
		}
	}
	return recoverReports(dir)
}

// ProbeFolder makes a folder and writes a file there, which it removes again.
func ProbeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder %s: %w", dir, err)
	}
	probe, err := os.CreateTemp(dir, ".probe.*")
	if err != nil {
		return fmt.Errorf("write into the folder %s: %w", dir, err)
	}
	_, err = probe.WriteString("probe")
	err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return fmt.Errorf("write into the folder %s: %w", dir, err)
	}
	return nil
}

// Write writes documents into dir, which is made if need be, and returns their
// paths: the formats that are named, else those that every run writes. They
// appear together: what is not whole is not shown.
func Write(dir string, r *result.Result, names ...string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for reports: %w; choose another with --out", err)
	}
	var files []file
	for _, f := range formats {
		if len(names) > 0 && !slices.Contains(names, f.name) || len(names) == 0 && !f.always {
			continue
		}
		var buf bytes.Buffer
		if err := f.write(&buf, r); err != nil {
			return nil, err
		}
		files = append(files, file{f.file, buf.Bytes()})
	}
	if err := publish(dir, files); err != nil {
		return nil, err
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, filepath.Join(dir, f.name))
	}
	return paths, nil
}

func encode(w io.Writer, r *result.Result) error {
	data, err := r.Encode()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// WriteFile writes a file as a whole or not at all.
func WriteFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Sync()
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
