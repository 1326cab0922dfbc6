//go:build mutation

package mutation

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// root is the folder of the module, as seen from this package's tests.
const root = "../.."

// mutation is one row of the table.
type mutation struct {
	id     string
	rule   string   // in words
	source string   // where the rule is documented
	in     string   // folder that has the code, below the module's
	old    string   // text that occurs once in it
	new    string   // text that breaks the rule
	tests  []string // packages, below the module's folder
	run    string   // pattern of the tests that should notice
	at     string   // file and line of the table
}

// mutant is a mutation applied: the file that changes, and its new content.
type mutant struct {
	file    string // absolute
	content string
}

// readTable reads every file of testdata.
func readTable() ([]mutation, error) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		return nil, err
	}
	var all []mutation
	for _, path := range paths {
		ms, err := readFile(path)
		if err != nil {
			return nil, err
		}
		all = append(all, ms...)
	}
	ids := map[string]string{}
	for _, m := range all {
		if ids[m.id] != "" {
			return nil, fmt.Errorf("%s: mutation %s stands at %s already", m.at, m.id, ids[m.id])
		}
		ids[m.id] = m.at
		for name, text := range map[string]string{"rule": m.rule, "source": m.source, "in": m.in, "text to replace": m.old, "test": m.run} {
			if text == "" {
				return nil, fmt.Errorf("%s: mutation %s has no %s", m.at, m.id, name)
			}
		}
	}
	return all, nil
}

// readFile reads one file of the table. A mutation is a block of lines:
//
//	mutation save-attempts
//	rule: a partial save is attempted three times
//	source: order-of-execution.md, section 3
//	in: harness/org/save
//	test: harness/org TestOrg/partial
//	- maxAttempts = 3
//	+ maxAttempts = 4
func readFile(path string) ([]mutation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []mutation
	for i, line := range strings.Split(string(text), "\n") {
		at := fmt.Sprintf("%s:%d", path, i+1)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if id, ok := strings.CutPrefix(line, "mutation "); ok {
			all = append(all, mutation{id: id, at: at})
			continue
		}
		if len(all) == 0 || !all[len(all)-1].set(line) {
			return nil, fmt.Errorf("%s: cannot read %q", at, line)
		}
	}
	return all, nil
}

// set takes one line of a block.
func (m *mutation) set(line string) bool {
	switch {
	case strings.HasPrefix(line, "- "):
		m.old = joined(m.old, line[2:])
		return true
	case strings.HasPrefix(line, "+ "):
		m.new = joined(m.new, line[2:])
		return true
	}
	key, text, ok := strings.Cut(line, ": ")
	switch {
	case !ok:
		return false
	case key == "rule":
		m.rule = text
	case key == "source":
		m.source = text
	case key == "in":
		m.in = text
	case key == "test":
		words := strings.Fields(text)
		m.tests, m.run = words[:len(words)-1], words[len(words)-1]
		return len(words) > 1
	default:
		return false
	}
	return true
}

func joined(text, line string) string {
	if text == "" {
		return line
	}
	return text + "\n" + line
}

// apply finds the text in the code of the folder and replaces it. Indentation
// does not count, so that code may move.
func (m *mutation) apply() (mutant, error) {
	pattern := m.pattern()
	var found []mutant
	err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(m.in)), func(path string, e os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "testdata":
			return filepath.SkipDir
		case e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, span := range pattern.FindAllIndex(src, -1) {
			found = append(found, mutant{file: path, content: string(src[:span[0]]) + m.new + string(src[span[1]:])})
		}
		return nil
	})
	switch {
	case err != nil:
		return mutant{}, fmt.Errorf("%s: mutation %s: look for its text in %s: %w", m.at, m.id, m.in, err)
	case len(found) == 0:
		return mutant{}, fmt.Errorf("%s: mutation %s does not apply: no file in %s has the text %q; make the table true to the code", m.at, m.id, m.in, m.old)
	case len(found) > 1:
		return mutant{}, fmt.Errorf("%s: mutation %s does not apply: its text stands %d times in %s, first in %s; give more lines of it", m.at, m.id, len(found), m.in, found[0].file)
	}
	found[0].file, err = filepath.Abs(found[0].file)
	return found[0], err
}

// pattern matches the text with any indentation of its lines.
func (m *mutation) pattern() *regexp.Regexp {
	lines := strings.Split(m.old, "\n")
	for i, line := range lines {
		lines[i] = regexp.QuoteMeta(strings.TrimSpace(line))
	}
	return regexp.MustCompile(strings.Join(lines, `[ \t]*\n[ \t]*`))
}

// missing lists the alternatives of a mutation's pattern of tests that name no
// test function of its packages. "go test" reads A/b|c as the tests A/b and c, so
// that what is meant as A/(b|c) leaves c out and nothing says so.
func (m *mutation) missing() ([]string, error) {
	var functions []string
	for _, pkg := range m.tests {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pkg), "*_test.go"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			for _, match := range function.FindAllSubmatch(src, -1) {
				functions = append(functions, string(match[1]))
			}
		}
	}
	var out []string
	for _, one := range alternatives(m.run) {
		name, _, _ := strings.Cut(one, "/")
		pattern, err := regexp.Compile(name)
		if err != nil {
			return nil, fmt.Errorf("%s: mutation %s: read its pattern of tests: %w", m.at, m.id, err)
		}
		if !slices.ContainsFunc(functions, pattern.MatchString) {
			out = append(out, one)
		}
	}
	return out, nil
}

var function = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// alternatives splits a pattern where "go test" does: at each bar outside
// parentheses and brackets.
func alternatives(pattern string) []string {
	var out []string
	start, depth := 0, 0
	for i, r := range pattern {
		switch {
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case r == '|' && depth == 0:
			out = append(out, pattern[start:i])
			start = i + 1
		}
	}
	return append(out, pattern[start:])
}

// packages lists the packages whose tests a table names, sorted.
func packages(table []mutation) []string {
	var out []string
	for _, m := range table {
		out = append(out, m.tests...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
