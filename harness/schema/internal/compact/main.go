// Command compact turns the facts about standard objects into the three text
// files that package schema embeds. It is run by go generate with the folder
// of the facts:
//
//	go run ./internal/compact -facts FOLDER
//
// standard.txt has a paragraph an object: a header line, a line a field, a
// line that begins with ">" a child relationship. valuesets.txt has a line a
// value set. Cells are separated by tabs; empty cells at the end of a line are
// cut off. outline.txt has a line for every object of which no more than the name
// is known, with its key prefix. The output depends on the input alone.
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type facts struct {
	Objects          map[string]object   `json:"objects"`
	PermissionFields [][]any             `json:"permissionFields"`
	ValueSets        map[string]valueSet `json:"valueSets"`
	RefSets          map[string][]string `json:"refSets"`
	External         []string            `json:"external"` // named by references, not described
}

type object struct {
	Label   string  `json:"l"`
	Plural  string  `json:"p"`
	Prefix  string  `json:"k"`
	RowsAs  string  `json:"rk"`
	Kind    string  `json:"kind"`
	Flags   string  `json:"f"`
	Name    string  `json:"n"`
	With    string  `json:"x"`
	Feature string  `json:"ft"`
	Perm    *perm   `json:"perm"`
	Fields  [][]any `json:"fields"`
}

type perm struct{ Prefix, Flags string }

type valueSet struct {
	Values  []any `json:"v"`
	Default *int  `json:"d"`
}

type children struct {
	Parents map[string][][]any `json:"parents"`
}

func main() {
	folder := flag.String("facts", "", "folder with standard-objects.json, child-relationships.json and value-sets.json")
	out := flag.String("out", ".", "folder to write standard.txt and valuesets.txt to")
	flag.Parse()
	if err := run(*folder, *out); err != nil {
		fmt.Fprintln(os.Stderr, "compact:", err)
		os.Exit(1)
	}
}

func run(folder, out string) error {
	var f facts
	var c children
	lists := map[string]json.RawMessage{}
	for name, into := range map[string]any{"standard-objects.json": &f, "child-relationships.json": &c, "value-sets.json": &lists} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("read the facts: %w; give their folder with -facts", err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	var objects, sets, outline table
	writeObjects(&objects, f, c)
	writeSets(&sets, f)
	if err := writeLists(&sets, lists); err != nil {
		return err
	}
	if err := writeOutline(&outline, f, filepath.Join(folder, "key-prefixes.csv")); err != nil {
		return err
	}
	for name, t := range map[string]*table{"standard.txt": &objects, "valuesets.txt": &sets, "outline.txt": &outline} {
		if t.err != nil {
			return fmt.Errorf("write %s: %w", name, t.err)
		}
		if err := os.WriteFile(filepath.Join(out, name), t.buf.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// table writes lines of cells.
type table struct {
	buf bytes.Buffer
	err error
}

func (t *table) row(cells ...any) {
	text := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case nil:
		case []any:
			parts := make([]string, len(c))
			for j, p := range c {
				parts[j] = fmt.Sprint(p)
			}
			text[i] = strings.Join(parts, ",")
		case float64:
			text[i] = fmt.Sprintf("%.0f", c)
		default:
			text[i] = fmt.Sprint(c)
		}
		if strings.ContainsAny(text[i], "\t\n") {
			t.err = fmt.Errorf("cell %q has a tab or a line end", text[i])
		}
	}
	t.buf.WriteString(strings.TrimRight(strings.Join(text, "\t"), "\t"))
	t.buf.WriteByte('\n')
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func writeObjects(t *table, f facts, c children) {
	for _, name := range sortedKeys(f.Objects) {
		o := f.Objects[name]
		t.row(name, o.Label, o.Plural, o.Prefix, o.RowsAs, o.Kind, o.Flags, o.Name, o.With, o.Feature)
		for _, row := range o.Fields {
			writeField(t, row)
		}
		if o.Perm != nil {
			for _, p := range f.PermissionFields {
				t.row(o.Perm.Prefix+fmt.Sprint(p[0]), p[1], "boolean", o.Perm.Flags)
			}
		}
		for _, row := range c.Parents[name] {
			if f.Objects[fmt.Sprint(row[0])].Fields != nil {
				t.row(">"+fmt.Sprint(row[0]), row[1], row[2], row[3])
			}
		}
		t.row("")
	}
}

// writeOutline lists the objects that have a prefix or are referred to, and that
// are not described. Names from published lists are left out: internal ones are
// among them.
func writeOutline(t *table, f facts, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the key prefixes: %w", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll() // object, prefix, source, shared, note
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	prefixes := map[string]string{}
	for _, name := range f.External {
		prefixes[name] = ""
	}
	for _, row := range rows[1:] {
		if row[2] != "published-list" {
			prefixes[row[0]] = row[1]
		}
	}
	for _, name := range sortedKeys(prefixes) {
		if _, described := f.Objects[name]; !described && !strings.Contains(name, "__") {
			t.row(name, prefixes[name])
		}
	}
	return nil
}

// writeField drops the provenance.
func writeField(t *table, row []any) {
	row = append(slices.Clone(row), make([]any, 13-len(row))...)
	t.row(row[0], row[1], row[2], row[3], row[5], row[6], row[7], row[8], row[9], row[10], row[11], row[12])
}

func writeSets(t *table, f facts) {
	for _, name := range sortedKeys(f.RefSets) {
		cells := []any{name, ""}
		for _, ref := range f.RefSets[name] {
			cells = append(cells, ref)
		}
		t.row(cells...)
	}
	for _, name := range sortedKeys(f.ValueSets) {
		set := f.ValueSets[name]
		cells := []any{name, ""}
		if set.Default != nil {
			cells[1] = *set.Default
		}
		for _, v := range set.Values {
			if pair, ok := v.([]any); ok {
				v = fmt.Sprint(pair[0]) + "|" + fmt.Sprint(pair[1])
			}
			cells = append(cells, v)
		}
		t.row(cells...)
	}
}

// writeLists writes the org-wide lists. A state is "code|name|country code".
func writeLists(t *table, lists map[string]json.RawMessage) error {
	var pairs [][]string
	var languages map[string][][]string
	var countries []struct{ Code, Name string }
	var codes []string
	var states map[string][][]string
	list := func(name string, pairs [][]string) {
		cells := []any{name, ""}
		for _, p := range pairs {
			cells = append(cells, strings.Join(p, "|"))
		}
		t.row(cells...)
	}
	for _, l := range []struct{ key, name string }{{"timeZones", "@timezone"}, {"locales", "@locale"}, {"currencies", "@currency"}} {
		pairs = nil
		if err := json.Unmarshal(lists[l.key], &pairs); err != nil {
			return fmt.Errorf("read %s: %w", l.key, err)
		}
		list(l.name, pairs)
	}
	for key, into := range map[string]any{"languages": &languages, "countries": &countries, "countryIsoCodes": &codes, "states": &states} {
		if err := json.Unmarshal(lists[key], into); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
	}
	list("@language", languages["standard"])
	if err := writeStandardSets(t, lists["standardValueSets"]); err != nil {
		return err
	}
	names := map[string]string{}
	for _, c := range countries {
		names[c.Code] = c.Name
	}
	pairs = nil
	for _, code := range codes {
		if names[code] == "" {
			pairs = append(pairs, []string{code})
		} else {
			pairs = append(pairs, []string{code, names[code]})
		}
	}
	list("@country", pairs)
	pairs = nil
	for _, country := range sortedKeys(states) {
		for _, s := range states[country] {
			pairs = append(pairs, append(slices.Clone(s), country))
		}
	}
	list("@state", pairs)
	return nil
}

// writeStandardSets writes which fields a standard value set serves, and for
// each field the set: "%Industry" and "=Account.Industry".
func writeStandardSets(t *table, data json.RawMessage) error {
	var sets map[string]struct{ Fields []string }
	if err := json.Unmarshal(data, &sets); err != nil {
		return fmt.Errorf("read standardValueSets: %w", err)
	}
	for _, name := range sortedKeys(sets) {
		cells := []any{"%" + name, ""}
		for _, f := range sets[name].Fields {
			cells = append(cells, f)
		}
		t.row(cells...)
		for _, f := range sets[name].Fields {
			t.row("="+f, "", name)
		}
	}
	return nil
}
