package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rehearsal-dev/rehearsal/reports"
)

// checkReports makes and probes the folder for reports before anything runs: a
// run whose result can not be kept is bad input, not a loss at its end.
func (a *app) checkReports(dir string) error {
	a.note(dir)
	if err := reports.Probe(dir); err != nil {
		return badInput{fmt.Errorf("%w; choose another folder with --out", err)}
	}
	return nil
}

// note remembers the folders on the way to dir that are not there yet: those that
// the probe makes and nothing is written into are gone when the command ends.
func (a *app) note(dir string) {
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
			return
		}
		a.made = append(a.made, dir)
	}
}

// checkOutputs makes and probes the folders of files that are written when a
// command has done its work. Names that are empty are not asked for; what is
// there and no regular file (a pipe, a terminal) is opened only when it is
// written.
func (a *app) checkOutputs(names ...string) error {
	for _, name := range names {
		if name == "" {
			continue
		}
		info, err := os.Stat(name)
		switch {
		case err == nil && info.IsDir():
			return badInput{fmt.Errorf("write %s: it is a folder; name a file", name)}
		case err == nil && !info.Mode().IsRegular():
			continue
		}
		a.note(filepath.Dir(name))
		if err := reports.ProbeFolder(filepath.Dir(name)); err != nil {
			return badInput{fmt.Errorf("write %s: %w", name, err)}
		}
	}
	return nil
}

// dataOut is where data goes that a program reads: as it is, but for a terminal.
func (a *app) dataOut() io.Writer {
	if _, tty := terminal(a.screen.out); tty {
		return a.out
	}
	return a.screen.out
}

// writeFile writes a file that was asked for by a flag; nothing without a name.
func writeFile(name string, write func(io.Writer) error) (err error) {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return badInput{fmt.Errorf("write %s: %w", name, err)}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}
