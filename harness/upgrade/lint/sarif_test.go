package lint_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

// TestSARIF runs testdata/sarif: problems, a line each ("effect code Kind Name
// file line column end-line end-column", "removed" after it for a file that the
// new version has no more; message and advice from the table of rules), and the
// results of the log that is written. "log" shows what stands around the results.
func TestSARIF(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/sarif", func(t *testing.T, d *datadriven.TestData) string {
		report := &lint.Report{From: []string{"1.0"}, To: "1.1", Kind: metadata.Managed}
		for line := range strings.Lines(d.Input) {
			report.Problems = append(report.Problems, problem(t, line))
		}
		var out strings.Builder
		if err := report.WriteSARIF(&out, "1.2.3"); err != nil {
			t.Fatal(err)
		}
		if d.Cmd == "log" {
			return envelope(t, out.String())
		}
		var log struct {
			Runs []struct{ Results []any }
		}
		if err := json.Unmarshal([]byte(out.String()), &log); err != nil {
			t.Fatal(err)
		}
		return indented(t, log.Runs[0].Results)
	})
}

func problem(t *testing.T, line string) lint.Problem {
	t.Helper()
	words := strings.Fields(line)
	p := lint.Problem{Effect: lint.Effect(words[0]), Code: lint.Code(words[1]), Kind: metadata.Kind(words[2]), Name: words[3],
		Message: words[3] + " says <so> & more", Why: "the reason", Recipe: "the recipe", Span: diag.Span{File: words[4]}}
	var numbers []int
	for _, w := range words[5:] {
		if p.InRemoved = w == "removed"; p.InRemoved {
			continue
		}
		var n int
		if _, err := fmt.Sscan(w, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		numbers = append(numbers, n)
	}
	numbers = append(numbers, 0, 0, 0, 0)
	p.Span.Line, p.Span.Column, p.Span.EndLine, p.Span.EndColumn = numbers[0], numbers[1], numbers[2], numbers[3]
	if p.Span.File == "-" {
		p.Span.File = ""
	}
	return p
}

// envelope is the log without its results, with the rules counted: each of the
// table's, in its order, with words.
func envelope(t *testing.T, text string) string {
	t.Helper()
	var log map[string]any
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	run := log["runs"].([]any)[0].(map[string]any)
	driver := run["tool"].(map[string]any)["driver"].(map[string]any)
	rules := driver["rules"].([]any)
	if len(rules) != len(lint.Rules) {
		t.Errorf("the log has %d rules, the table %d", len(rules), len(lint.Rules))
	}
	for i, r := range rules {
		rule := r.(map[string]any)
		if rule["id"] != string(lint.Rules[i].Code) {
			t.Errorf("rule %d is %v, want %s", i, rule["id"], lint.Rules[i].Code)
		}
		for _, name := range []string{"shortDescription", "help"} {
			if rule[name].(map[string]any)["text"] == "" {
				t.Errorf("rule %v has no %s", rule["id"], name)
			}
		}
	}
	driver["rules"] = "all"
	return indented(t, log)
}

func indented(t *testing.T, v any) string {
	t.Helper()
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
