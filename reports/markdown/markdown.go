// Package markdown writes a Result as Markdown, short enough for a comment on
// a pull request: the verdict, the table, the findings.
package markdown

import (
	"fmt"
	"io"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/comparison"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

// Write writes the document.
func Write(w io.Writer, r *result.Result) error {
	r = plain.Of(r)
	var b strings.Builder
	fmt.Fprintf(&b, "# Upgrade rehearsal: %s\n\n%s\n\n", escape(view.Title(r)), escape(view.Verdict(r)))
	if r.Baseline != nil {
		fmt.Fprintf(&b, "Against the earlier result: %s.\n\n", comparison.Line(&r.Baseline.Comparison))
	}
	if r.Suite.Description != "" {
		fmt.Fprintf(&b, "%s\n\n", escape(r.Suite.Description))
	}
	if list := view.Pairs(r); list != nil {
		pairs(&b, list)
	} else {
		table(&b, view.NewTable(r))
	}
	for i, g := range view.Groups(r) {
		group(&b, i+1, g, g.WhereShort(r))
	}
	notes(&b, r)
	for _, f := range view.KindFacts(r) {
		fmt.Fprintf(&b, "## %s\n\n", f.Title())
		for _, line := range f.Lines {
			fmt.Fprintf(&b, "- %s\n", escape(line))
		}
		b.WriteString("\n")
	}
	exercised(&b, r)
	if list := view.AcceptedFindings(r); len(list) > 0 {
		b.WriteString("## What was found and the suite accepts\n\n")
		for i := range list {
			fmt.Fprintf(&b, "- `%s` in %s: %s\n", list[i].Code, escape(strings.Join(list[i].Where, "; ")), escape(list[i].Line()))
		}
		b.WriteString("\n")
	}
	for i := range r.Scenarios {
		if sc := &r.Scenarios[i]; sc.Status == result.CouldNotRun {
			fmt.Fprintf(&b, "## Could not run: %s\n\n%s\n\n%s\n\n", escape(view.Label(sc)), quoted(sc.Error), code(sc.Reproduce))
		}
	}
	if len(r.Ledger) > 0 {
		b.WriteString("## What the run relied on that is not exact\n\n| status | area | name | note |\n| --- | --- | --- | --- |\n")
		for _, e := range r.Ledger {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", e.Status, e.Area, escape(e.Name), escape(e.Note))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "Seed %d, %s %s%s.\n", r.Seed, r.Tool.Name, r.Tool.Version, outcome(r))
	_, err := io.WriteString(w, b.String())
	return err
}

// outcome is what tells apart files of two runs.
func outcome(r *result.Result) string {
	if r.Outcome == "" {
		return ""
	}
	return ", outcome " + r.Outcome
}

// exercised tells how much of what the releases change was made use of.
func exercised(b *strings.Builder, r *result.Result) {
	list := view.CoverageOf(r)
	if len(list) == 0 {
		return
	}
	b.WriteString("## What was exercised of what the release changes\n\n")
	for _, x := range list {
		fmt.Fprintf(b, "- %s\n", escape(x.Way))
		for _, line := range x.Lines {
			fmt.Fprintf(b, "  - %s\n", escape(line))
		}
	}
	b.WriteString("\n")
}

func table(b *strings.Builder, t view.Table) {
	b.WriteString("| org |")
	for _, c := range t.Columns {
		fmt.Fprintf(b, " %s |", escape(c.Title()))
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(t.Columns)) + "\n")
	for _, line := range t.Rows {
		fmt.Fprintf(b, "| %s |", escape(line.Org.Name))
		for _, c := range line.Cells {
			mark := ""
			switch {
			case c.Scenario == nil:
			case !c.Known() && !c.Loud():
				mark = "❔ "
			case c.Scenario.Status == result.Passed:
				mark = "✅ "
			case c.Scenario.Status == result.Found && !c.Loud():
				mark = "✅ "
			case c.Scenario.Status == result.Found:
				mark = "❌ "
			default:
				mark = "⚠️ "
			}
			fmt.Fprintf(b, " %s%s |", mark, c.Words())
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// pairs writes a line for each way where there are many.
func pairs(b *strings.Builder, list []view.Pair) {
	fmt.Fprintf(b, "| %s |\n| --- |%s\n", strings.Join(view.PairHeaders, " | "), strings.Repeat(" ---: |", len(view.PairHeaders)-1))
	for _, p := range list {
		cells := p.Cells()
		cells[0] = escape(cells[0])
		if p.Ran < p.Scenarios {
			cells[0] = "⚠️ " + cells[0]
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
	b.WriteString("\n")
}

// notes lists what nothing breaks by, with the draft of what to tell customers.
func notes(b *strings.Builder, r *result.Result) {
	groups, mended := view.Notes(r), view.Mended(r)
	if len(groups)+len(mended) == 0 {
		return
	}
	b.WriteString("## Notes for the release notes\n\n")
	for _, g := range groups {
		fmt.Fprintf(b, "- `%s` in %s: %s", g.Code, escape(g.WhereShort(r)), escape(g.Draft()))
		if g.Advice != "" {
			b.WriteString(" To do: " + escape(g.Advice) + ".")
		}
		b.WriteString("\n")
	}
	for _, line := range mended {
		b.WriteString("- " + escape(line) + "\n")
	}
	b.WriteString("\n")
}

func group(b *strings.Builder, n int, g view.Group, where string) {
	fmt.Fprintf(b, "## %d. %s\n\n**%s** · `%s`\n\n", n, escape(g.Title), g.Severity.Word(), g.Code)
	if g.Message != "" {
		fmt.Fprintf(b, "%s\n\n", quoted(g.Message))
	}
	item(b, "Where", where)
	item(b, "Cause", g.Cause.String())
	for _, m := range g.Mess {
		item(b, "Mess", m.Number+" "+m.Name+": "+m.Did)
	}
	for _, rows := range g.Rows {
		item(b, "Rows", view.RowsLine(rows))
	}
	for _, c := range g.Components {
		text := c.String()
		if c.Note != "" {
			text += ": " + c.Note
		}
		item(b, "Component", text)
	}
	item(b, "Do", g.Advice)
	if g.Reproduce != "" {
		fmt.Fprintf(b, "- Again: %s\n", code(g.Reproduce))
	}
	b.WriteString("\n")
}

func item(b *strings.Builder, name, text string) {
	if text != "" {
		fmt.Fprintf(b, "- %s: %s\n", name, escape(text))
	}
}

// escape makes a text words of one line, whatever is in it.
func escape(s string) string { return plain.Markdown(plain.Line(s)) }

// quoted is a text of several lines as a quotation, in which no line becomes a
// heading, a list or a rule.
func quoted(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		line = plain.Markdown(strings.TrimSpace(line))
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") || strings.HasPrefix(line, "=") || strings.HasPrefix(line, ">") {
			line = "\\" + line
		}
		lines[i] = strings.TrimRight("> "+line, " ")
	}
	return strings.Join(lines, "\n")
}

// code is a text as code, between more backticks than it has in a row itself.
func code(s string) string {
	s = plain.Line(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
