//go:build ignore

// Command vulndb makes the database that govulncheck reads (-db file://OUT) out
// of the entries of the module golang.org/x/vulndb, so that known
// vulnerabilities are looked for wherever modules can be fetched, and by a
// version of the database that the repository names.
//
//	go run .ci/vulndb.go DIRECTORY-OF-THE-MODULE OUT
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is what an index needs of a vulnerability (ossf.github.io/osv-schema).
type entry struct {
	ID       string    `json:"id"`
	Modified time.Time `json:"modified"`
	Affected []struct {
		Package struct {
			Name string `json:"name"`
		} `json:"package"`
		Ranges []struct {
			Events []struct {
				Fixed string `json:"fixed"`
			} `json:"events"`
		} `json:"ranges"`
	} `json:"affected"`
}

type vulnerability struct {
	ID       string    `json:"id"`
	Modified time.Time `json:"modified"`
	Fixed    string    `json:"fixed,omitempty"`
}

type module struct {
	Path  string          `json:"path"`
	Vulns []vulnerability `json:"vulns"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go run .ci/vulndb.go DIRECTORY-OF-THE-MODULE OUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "make the database of vulnerabilities:", err)
		os.Exit(1)
	}
}

func run(from, out string) error {
	files, err := filepath.Glob(filepath.Join(from, "data", "osv", "*.json"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no entries in %s/data/osv; is it the module golang.org/x/vulndb? %w", from, err)
	}
	modules := map[string]*module{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(data, &e); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := write(filepath.Join(out, "ID", e.ID+".json"), json.RawMessage(data)); err != nil {
			return err
		}
		e.index(modules)
	}
	list := make([]*module, 0, len(modules))
	for _, m := range modules {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b *module) int { return strings.Compare(a.Path, b.Path) })
	if err := write(filepath.Join(out, "index", "modules.json"), list); err != nil {
		return err
	}
	return write(filepath.Join(out, "index", "db.json"), map[string]time.Time{"modified": time.Unix(0, 0).UTC()})
}

// index adds an entry to the modules that it is about.
func (e *entry) index(modules map[string]*module) {
	for _, a := range e.Affected {
		v := vulnerability{ID: e.ID, Modified: e.Modified}
		for _, r := range a.Ranges {
			for _, ev := range r.Events {
				if ev.Fixed != "" {
					v.Fixed = ev.Fixed
				}
			}
		}
		m := modules[a.Package.Name]
		if m == nil {
			m = &module{Path: a.Package.Name}
			modules[a.Package.Name] = m
		}
		m.Vulns = append(m.Vulns, v)
	}
}

func write(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
