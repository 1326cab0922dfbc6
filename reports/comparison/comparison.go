// Package comparison writes what became of the findings of an earlier result, as
// text for a terminal and as Markdown for a comment.
package comparison

import (
	"fmt"
	"io"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

// section is one kind of change: those that are listed one by one come first.
type section struct {
	title  string
	list   []result.Compared
	listed bool
}

func sections(c *result.Comparison) []section {
	return []section{
		{"New", c.New, true},
		{"Moved", c.Moved, true},
		{"Gone", c.Gone, true},
		{"Not known, since the scenarios did not run", c.Unknown, true},
		{"As before", c.Same, false},
	}
}

// Line is the comparison in one line: "2 new, 1 gone, 14 as before".
func Line(c *result.Comparison) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{len(c.New), "new"}, {len(c.Gone), "gone"}, {len(c.Moved), "moved"}, {len(c.Same), "as before"}, {len(c.Unknown), "not known"}} {
		if p.n > 0 || p.word == "new" {
			parts = append(parts, view.Thousands(int64(p.n))+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// Text writes the comparison for a terminal.
func Text(w io.Writer, c *result.Comparison) error {
	clean := plain.Of(*c)
	var b strings.Builder
	for _, s := range sections(&clean) {
		if len(s.list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s (%d)\n", s.title, len(s.list))
		for _, f := range s.list {
			fmt.Fprintf(&b, "  %s  %-6s %s: %s\n", f.Fingerprint, f.Severity.Word(), f.Code, plain.Line(f.Title))
			if !s.listed {
				continue
			}
			fmt.Fprintf(&b, "      %s; in %s\n", plain.Line(f.Cause), where(f))
			if f.Was != "" {
				fmt.Fprintf(&b, "      before: %s\n", plain.Line(f.Was))
			}
		}
	}
	fmt.Fprintf(&b, "%s\n", Line(c))
	_, err := io.WriteString(w, b.String())
	return err
}

// Markdown writes the comparison for a comment on a change.
func Markdown(w io.Writer, c *result.Comparison) error {
	clean := plain.Of(*c)
	var b strings.Builder
	fmt.Fprintf(&b, "# Upgrade rehearsal: %s\n\n", Line(c))
	for _, s := range sections(&clean) {
		if len(s.list) == 0 {
			continue
		}
		if !s.listed {
			fmt.Fprintf(&b, "<details><summary>%s (%d)</summary>\n\n", s.title, len(s.list))
		} else {
			fmt.Fprintf(&b, "## %s (%d)\n\n", s.title, len(s.list))
		}
		for _, f := range s.list {
			fmt.Fprintf(&b, "- **%s** `%s` %s", f.Severity.Word(), f.Code, escape(f.Title))
			if s.listed {
				fmt.Fprintf(&b, ". %s; in %s", escape(f.Cause), escape(where(f)))
			}
			if f.Was != "" {
				fmt.Fprintf(&b, ". Before: %s", escape(f.Was))
			}
			fmt.Fprintf(&b, " (%s)\n", f.Fingerprint)
		}
		if !s.listed {
			b.WriteString("\n</details>\n")
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// where names scenarios, a few of many.
func where(f result.Compared) string {
	if len(f.Where) <= finding.SampleSize {
		return strings.Join(f.Where, ", ")
	}
	return strings.Join(f.Where[:finding.SampleSize], ", ") + " and " + view.Count(len(f.Where)-finding.SampleSize, "more scenario")
}

// escape makes a text words of one line of Markdown, whatever is in it.
func escape(s string) string { return plain.Markdown(plain.Line(s)) }
