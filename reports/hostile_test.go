package reports_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/console"
	"github.com/rehearsal-dev/rehearsal/reports/html"
	"github.com/rehearsal-dev/rehearsal/reports/junit"
	"github.com/rehearsal-dev/rehearsal/reports/markdown"
)

// raw are characters that no report may have, but for the line ends and tabs of
// its own.
var raw = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

// hostile is a result whose texts were written to harm who reads them.
func hostile(t *testing.T) *result.Result {
	t.Helper()
	const bad = "\x1b[2Jx\x07\u009b1m\u202e\u2066\r\n# fake\n| a | b |\n- item\n<script>alert(1)</script> &#x202e; `` ` `` ![p](http://x) "
	r := example(t)
	r.Suite.Name += bad
	r.Suite.Description += bad
	for i := range r.Orgs {
		r.Orgs[i].Description += bad
	}
	for i := range r.Ledger {
		r.Ledger[i].Name, r.Ledger[i].Note = bad, bad
	}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		sc.Reproduce += bad
		sc.Error += bad
		for k := range sc.Findings {
			f := &sc.Findings[k]
			f.Title, f.Message, f.Advice, f.Reproduce = f.Title+bad, f.Message+bad, f.Advice+bad, f.Reproduce+bad
			f.Cause.Detail += bad
			f.Stack = append(f.Stack, bad)
			f.Components = append(f.Components, finding.Component{Kind: "ApexClass", Name: bad, Note: bad})
			f.Rows = append(f.Rows, finding.Rows{Object: bad, Count: 1, Sample: []finding.Row{{ID: bad, Name: bad, Note: bad}}})
		}
		for k := range sc.Steps {
			sc.Steps[k].Error = bad
		}
	}
	return r
}

// TestHostileTexts writes a hostile result in every format.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer, *result.Result) error{
		"console":  func(w io.Writer, r *result.Result) error { return console.Write(w, r, console.Options{}) },
		"junit":    junit.Write,
		"markdown": markdown.Write,
		"html":     html.Write,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			if err := write(&got, hostile(t)); err != nil {
				t.Fatal(err)
			}
			if at := raw.FindIndex(got.Bytes()); at != nil {
				t.Errorf("raw character in %q", got.Bytes()[max(0, at[0]-60):at[1]])
			}
			if !strings.Contains(got.String(), `\u001b[2J`) && !strings.Contains(got.String(), `\u001b\[2J`) {
				t.Error("the control characters are not shown")
			}
		})
	}
}

// TestHostileTextsAsMarkdown demands that the texts stay words: what they hold of
// Markdown and HTML makes no heading, row, item or element.
func TestHostileTextsAsMarkdown(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := markdown.Write(&got, hostile(t)); err != nil {
		t.Fatal(err)
	}
	// The longest row of backticks in a text is two: code has three around it.
	span := regexp.MustCompile("```[^`].*?```")
	if !span.MatchString(got.String()) {
		t.Error("no command as code")
	}
	for line := range strings.Lines(span.ReplaceAllString(got.String(), "code")) {
		for _, begin := range []string{"# fake", "| a ", "- item", "> # fake", "> | a", "> - item"} {
			if strings.HasPrefix(line, begin) {
				t.Errorf("a text begins a line: %q", line)
			}
		}
		if strings.Contains(line, "&#x") || strings.Contains(line, "<script") {
			t.Errorf("HTML in %q", line)
		}
	}
	if n := strings.Count(got.String(), "\n# "); n != 0 {
		t.Errorf("%d headings of the first order beside the title", n)
	}
}
