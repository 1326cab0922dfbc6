package facts_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/facts"
)

// root is the top of the repository.
const root = "../.."

// citation is a document of facts named in a text, with the place in it: a
// section, a line, or none.
var citation = regexp.MustCompile(`\b((?:schema/)?[a-z][a-z0-9-]*\.(?:md|json|csv))(?::(\d+)|, (?:sections?|steps?|rows?|part|the note under section|[A-Z]+\d) ?[^()"\x60.:]*)?`)

// places are what a citation names in its document.
var (
	places = regexp.MustCompile(`\b(sections?|steps?|rows?|part|rule)? ?\b([A-Z]*\d+(?:(?:, | and | to )\d+)*)\b`)
	number = regexp.MustCompile(`[A-Z]*\d+`)
)

// TestCitations finds every document of facts that comments, texts and test
// files name, and looks whether there is such a document and such a place in it.
func TestCitations(t *testing.T) {
	t.Parallel()
	cited := 0
	for file, text := range texts(t) {
		for _, found := range citation.FindAllStringSubmatchIndex(text, -1) {
			name := text[found[2]:found[3]]
			doc, ok := document(name)
			if !ok {
				if !strings.Contains(file, "testdata/") && len(name) > 6 && !isFile(t, name) {
					t.Errorf("%s:%d cites %s, which is no file of the repository", file, lineOf(text, found[0]), name)
				}
				continue
			}
			cited++
			line := ""
			if found[4] >= 0 {
				line = text[found[4]:found[5]]
			}
			if problem := doc.lacks(line, text[found[0]:found[1]]); problem != "" {
				t.Errorf("%s:%d: %s", file, lineOf(text, found[0]), problem)
			}
		}
	}
	if cited < 700 {
		t.Errorf("only %d citations were read", cited)
	}
	t.Logf("%d citations of facts", cited)
}

// texts are the files that may cite, with comment marks and line ends between
// words made blanks, so that a citation may run over a line.
func texts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if name != "." && strings.HasPrefix(e.Name(), ".") || name == "harness/facts" || name == "scenarios/public" || name == "harness/javaregex/testdata" {
				return fs.SkipDir
			}
			return nil
		}
		switch path.Ext(name) {
		case ".go", ".txt", ".txtar", ".md", ".yaml", "":
		default:
			return nil
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil || len(data) > 1<<20 || bytes.IndexByte(data, 0) >= 0 {
			return err
		}
		out[name] = joined(string(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var lineEnd = regexp.MustCompile(`([.\w,;])\n\s*(?://|#) ?`)

// joined makes one line of a comment's lines; \x01 stands for each line end, so
// that places can still be counted.
func joined(s string) string {
	return strings.ReplaceAll(lineEnd.ReplaceAllString(s, "$1 \x01"), " \x01", " ")
}

// lineOf counts roughly: lines that joined took together count as one.
func lineOf(text string, at int) int { return 1 + strings.Count(text[:at], "\n") }

// doc is a document of facts.
type doc struct {
	name  string
	lines []string
}

func document(name string) (doc, bool) {
	for _, full := range []string{name, "schema/" + name} {
		if data, err := os.ReadFile(full); err == nil {
			facts.Read(full)
			return doc{name, strings.Split(string(data), "\n")}, true
		}
	}
	return doc{}, false
}

// lacks says what a citation names that the document has not; "" for nothing.
func (d doc) lacks(line, text string) string {
	if line != "" {
		if n, _ := strconv.Atoi(line); n < 1 || n > len(d.lines) || strings.TrimSpace(d.lines[n-1]) == "" {
			return fmt.Sprintf("%s has no line %s", d.name, line)
		}
	}
	_, rest, _ := strings.Cut(text, ", ")
	section, named := 0, ""
	for _, m := range places.FindAllStringSubmatch(rest, -1) {
		if m[1] != "" {
			named = strings.TrimSuffix(m[1], "s")
		}
		for _, n := range number.FindAllString(m[2], -1) {
			ok := true
			switch at, err := strconv.Atoi(n); {
			case err != nil: // F12, A3: the first cell of a row, or a heading
				ok = d.has(`^\| `+n+` \|`) || d.has(`^#+ `+n+`\b`)
			case named == "section":
				section, ok = at, d.has(`^## `+n+`\. `)
			case named == "row":
				ok = d.has(`^\| ` + n + ` \|`)
			case named == "step" || named == "rule":
				ok = d.hasStep(section, at)
			}
			if !ok {
				return fmt.Sprintf("%s has no %s %s", d.name, named, n)
			}
		}
	}
	return ""
}

func (d doc) has(pattern string) bool {
	re := regexp.MustCompile(pattern)
	for _, l := range d.lines {
		if re.MatchString(l) {
			return true
		}
	}
	return false
}

// hasStep looks for a numbered item, or a row of a table, in a section; in any
// for 0.
func (d doc) hasStep(section, n int) bool {
	item := regexp.MustCompile(fmt.Sprintf(`^\s*(?:%d\. |\| %d[a-z]? \|)`, n, n))
	in := section == 0
	for _, l := range d.lines {
		if section > 0 && strings.HasPrefix(l, "## ") {
			in = strings.HasPrefix(l, fmt.Sprintf("## %d.", section))
		}
		if in && item.MatchString(l) {
			return true
		}
	}
	return false
}

// TestLacks: what the test above would tell.
func TestLacks(t *testing.T) {
	t.Parallel()
	for cited, want := range map[string]string{
		"upgrade-rules.md, section 4":               "",
		"upgrade-rules.md, sections 3 to 6 and 12":  "",
		"upgrade-rules.md, section 12, row 5":       "",
		"versions-and-push.md, section 8, F12":      "",
		"corpus-dev.md, A3, rule 4":                 "",
		"order-of-execution.md, section 1, step 16": "",
		"upgrade-rules.md, section 44":              "upgrade-rules.md has no section 44",
		"upgrade-rules.md, sections 3 and 44":       "upgrade-rules.md has no section 44",
		"upgrade-rules.md, section 12, row 55":      "upgrade-rules.md has no row 55",
		"versions-and-push.md, section 8, F99":      "versions-and-push.md has no section F99",
		"order-of-execution.md, section 1, step 77": "order-of-execution.md has no step 77",
		"verified-behaviours-2.md, row 1000":        "verified-behaviours-2.md has no row 1000",
	} {
		name, _, _ := strings.Cut(cited, ",")
		d, ok := document(name)
		if !ok {
			t.Fatalf("no document %s", name)
		}
		if got := d.lacks("", citation.FindString(cited)); got != want {
			t.Errorf("%s: %q, want %q", cited, got, want)
		}
	}
	d, _ := document("upgrade-rules.md")
	if d.lacks("5000", "") == "" || d.lacks("2", "") == "" || d.lacks("1", "") != "" {
		t.Error("lines are not looked up")
	}
}

// written are files that the program writes, or that packages have.
var written = map[string]bool{"result.json": true, "report.md": true, "sfdx-project.json": true, "flags.json": true, "overlay.json": true,
	"coverage.json": true, "jsconfig.json": true, "tsconfig.json": true, "test-result-codecoverage.json": true, "schema.json": true}

// isFile reports whether some file of the repository has the name.
func isFile(t *testing.T, name string) bool {
	t.Helper()
	if written[path.Base(name)] {
		return true
	}
	found := false
	err := fs.WalkDir(os.DirFS(root), ".", func(p string, e fs.DirEntry, err error) error {
		if found = found || !e.IsDir() && e.Name() == path.Base(name); found {
			return fs.SkipAll
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
