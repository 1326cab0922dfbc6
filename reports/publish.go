package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The folders in which a report is written before its files are shown: one for
// each run while it is made, and one when it is whole. What lies in the latter is
// a report, whatever becomes of the process that wrote it.
const (
	draftPrefix = ".report-draft-"
	wholeFolder = ".report-whole"
)

// abandoned is the age at which the folder of a run that was ended is taken over
// (whole) or taken away (a draft). Showing a report takes milliseconds.
const (
	wholeAbandoned = 10 * time.Second
	draftAbandoned = time.Hour
)

type file struct {
	name string
	data []byte
}

// publish writes files into dir so that they appear together. First they are
// written aside; then the old ones go, and the new ones are moved to their
// place. Ended in between, it leaves no file, or some of the new ones, but never
// some of both; the next run shows the rest.
func publish(dir string, files []file) error {
	draft, err := os.MkdirTemp(dir, draftPrefix)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	defer os.RemoveAll(draft)
	for _, f := range files {
		if err := WriteFile(filepath.Join(draft, f.name), f.data); err != nil {
			return err
		}
	}
	if err := claim(dir, draft); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Remove(filepath.Join(dir, f.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replace the report of an earlier run: %w; the new one is in %s", err, filepath.Join(dir, wholeFolder))
		}
	}
	return show(dir)
}

// claim makes a draft the report that is to be shown. Another run that is doing
// the same in this folder is waited for.
func claim(dir, draft string) error {
	for {
		err := os.Rename(draft, filepath.Join(dir, wholeFolder))
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrExist) { // so is a folder that is not empty
			return fmt.Errorf("write the report: %w", err)
		}
		if err := recoverReports(dir); err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// show moves what is whole to its place.
func show(dir string) error {
	whole := filepath.Join(dir, wholeFolder)
	entries, err := os.ReadDir(whole)
	if err != nil {
		return fmt.Errorf("show the report: %w", err)
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(whole, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("show the report: %w; it is in %s", err, whole)
		}
	}
	if err := os.Remove(whole); err != nil {
		return fmt.Errorf("show the report: %w", err)
	}
	return nil
}

// recoverReports shows the whole report of a run that was ended before it could,
// and takes drafts away that nobody goes on with.
func recoverReports(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for reports in %s: %w", dir, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() {
			continue
		}
		switch age := time.Since(info.ModTime()); {
		case e.Name() == wholeFolder && age > wholeAbandoned:
			if err := show(dir); err != nil {
				return err
			}
		case strings.HasPrefix(e.Name(), draftPrefix) && age > draftAbandoned:
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("take away what a run left that was ended: %w", err)
			}
		}
	}
	return nil
}
