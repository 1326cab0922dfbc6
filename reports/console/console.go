// Package console writes a Result for a terminal: a table of orgs and
// upgrades, then each finding with its cause, the rows and components it
// concerns and the command that shows it again.
//
// It is a pure function of the Result and the options; with Color false not a
// single escape is written.
package console

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/comparison"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

// Options say what the terminal can do.
type Options struct {
	Color bool
	Width int // columns; 0 for 100
}

type printer struct {
	out    strings.Builder
	width  int
	styles map[string]lipgloss.Style
}

// Write writes the report.
func Write(w io.Writer, r *result.Result, opt Options) error {
	r = plain.Of(r)
	p := &printer{width: opt.Width, styles: palette(opt.Color)}
	if p.width <= 0 {
		p.width = 100
	}
	p.header(r)
	if pairs := view.Pairs(r); pairs != nil {
		p.pairs(pairs)
	} else {
		p.table(view.NewTable(r))
	}
	p.findings(r)
	p.notes(r)
	p.facts(r)
	p.exercised(r)
	p.accepted(r)
	p.couldNotRun(r)
	p.changes(r)
	p.ledger(r)
	p.summary(r)
	_, err := io.WriteString(w, p.out.String())
	return err
}

func palette(color bool) map[string]lipgloss.Style {
	style := lipgloss.NewStyle()
	if !color {
		return map[string]lipgloss.Style{}
	}
	return map[string]lipgloss.Style{
		"bold":    style.Bold(true),
		"dim":     style.Faint(true),
		"clean":   style.Foreground(lipgloss.Green),
		"blocker": style.Foreground(lipgloss.Red).Bold(true),
		"major":   style.Foreground(lipgloss.Yellow).Bold(true),
		"minor":   style.Foreground(lipgloss.Cyan),
	}
}

func (p *printer) paint(style, text string) string {
	s, ok := p.styles[style]
	if !ok {
		return text
	}
	return s.Render(text)
}

func (p *printer) header(r *result.Result) {
	p.line(p.paint("bold", plain.Line(view.Title(r))) + p.paint("dim", fmt.Sprintf("  seed %d", r.Seed)))
	if r.Suite.Description != "" {
		p.wrapped("", r.Suite.Description)
	}
	p.line("")
}

func (p *printer) table(t view.Table) {
	if len(t.Rows) == 0 {
		return
	}
	headers := []string{"org"}
	for _, c := range t.Columns {
		headers = append(headers, plain.Line(c.Title()))
	}
	var rows [][]string
	for _, line := range t.Rows {
		row := []string{plain.Line(line.Org.Name)}
		for _, c := range line.Cells {
			row = append(row, p.cell(c))
		}
		rows = append(rows, row)
	}
	p.draw(headers, rows, 0)
}

// pairs writes a line for each way where there are many.
func (p *printer) pairs(pairs []view.Pair) {
	var rows [][]string
	for _, pair := range pairs {
		cells := pair.Cells()
		for i := range cells {
			cells[i] = plain.Line(cells[i])
		}
		switch {
		case pair.Ran < pair.Scenarios:
			cells[0] = p.paint("blocker", "! "+cells[0])
		case pair.Worst().AtLeast(finding.Major) && pair.Worst() != "":
			cells[0] = p.paint(string(pair.Worst()), "✗ "+cells[0])
		default:
			cells[0] = p.paint("clean", "✓ "+cells[0])
		}
		rows = append(rows, cells)
	}
	p.draw(view.PairHeaders, rows, 1)
}

// draw draws a table; columns from rightFrom on hold numbers, where it is not 0.
func (p *printer) draw(headers []string, rows [][]string, rightFrom int) {
	drawn := table.New().Border(lipgloss.RoundedBorder()).BorderRow(false).
		StyleFunc(func(row, col int) lipgloss.Style {
			s := lipgloss.NewStyle().Padding(0, 1)
			if row == table.HeaderRow && len(p.styles) > 0 {
				s = s.Bold(true)
			}
			if rightFrom > 0 && col >= rightFrom {
				s = s.Align(lipgloss.Right)
			}
			return s
		}).Headers(headers...).Rows(rows...)
	if len(p.styles) > 0 {
		drawn = drawn.BorderStyle(p.styles["dim"])
	}
	p.line(drawn.Render())
	p.line("")
}

func (p *printer) cell(c view.Cell) string {
	words := c.Words()
	switch {
	case c.Scenario == nil:
		return p.paint("dim", "·")
	case !c.Known() && !c.Loud():
		return p.paint("major", "? "+words)
	case c.Scenario.Status == result.Passed:
		return p.paint("clean", "✓ "+words)
	case c.Scenario.Status == result.Found && !c.Loud():
		return p.paint("minor", "✓ "+words)
	case c.Scenario.Status == result.Found:
		return p.paint(string(c.Worst), "✗ "+words)
	default:
		return p.paint("blocker", "! "+words)
	}
}

func (p *printer) findings(r *result.Result) {
	for i, g := range view.Groups(r) {
		p.line(fmt.Sprintf("%s %s %s", p.paint("bold", fmt.Sprintf("%d.", i+1)),
			p.paint(string(g.Severity), g.Severity.Word()+":"), p.paint("bold", plain.Line(g.Title))))
		p.field("code", string(g.Code)+p.paint("dim", " (breaks "+g.Invariant()+")"))
		p.field("where", g.WhereShort(r))
		p.field("says", g.Message)
		p.field("cause", g.Cause.String())
		for _, m := range g.Mess {
			p.field("mess", m.Number+" "+m.Name+": "+m.Did)
		}
		for _, rows := range g.Rows {
			p.field("rows", view.RowsLine(rows))
		}
		p.components(g.Finding)
		if len(g.Stack) > 0 {
			p.field("stack", strings.Join(g.Stack, "\n"))
		}
		p.field("do", g.Advice)
		p.field("again", g.Reproduce)
		p.line("")
	}
}

// notes lists what nothing breaks by, with the draft of what to tell customers.
func (p *printer) notes(r *result.Result) {
	groups := view.Notes(r)
	mended := view.Mended(r)
	if len(groups)+len(mended) == 0 {
		return
	}
	p.line(p.paint("bold", "Notes for the release notes"))
	for _, g := range groups {
		p.wrapped("  ", string(g.Code)+" in "+g.WhereShort(r))
		p.wrapped("     ", g.Draft())
		if g.Message != "" {
			p.wrapped("     ", g.Message)
		}
		if g.Advice != "" {
			p.wrapped("     ", "do: "+g.Advice)
		}
	}
	for _, line := range mended {
		p.wrapped("  ", line)
	}
	p.line("")
}

// facts tells what any upgrade of its kind does in these orgs.
func (p *printer) facts(r *result.Result) {
	for _, f := range view.KindFacts(r) {
		p.line(p.paint("bold", f.Title()))
		for _, line := range f.Lines {
			p.wrapped("  ", line)
		}
		p.line("")
	}
}

// exercised tells how much of what the releases change was made use of.
func (p *printer) exercised(r *result.Result) {
	list := view.CoverageOf(r)
	if len(list) == 0 {
		return
	}
	p.line(p.paint("bold", "What was exercised of what the release changes"))
	for _, x := range list {
		p.wrapped("  ", x.Way)
		for _, line := range x.Lines {
			p.wrapped("     ", line)
		}
	}
	p.line("")
}

func (p *printer) components(f finding.Finding) {
	const most = finding.SampleSize
	for i, c := range f.Components {
		if i == most {
			p.field("", fmt.Sprintf("and %d more", len(f.Components)-most))
			return
		}
		text := c.String()
		if c.Note != "" {
			text += ": " + c.Note
		}
		p.field("component", text)
	}
}

// accepted lists what the suite accepts, with its reasons.
func (p *printer) accepted(r *result.Result) {
	list := view.AcceptedFindings(r)
	if len(list) == 0 {
		return
	}
	p.line(p.paint("bold", "What was found and the suite accepts"))
	for i := range list {
		p.wrapped("  ", string(list[i].Code)+" in "+strings.Join(list[i].Where, "; "))
		p.wrapped("     ", list[i].Line())
	}
	p.line("")
}

func (p *printer) couldNotRun(r *result.Result) {
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		if sc.Status == result.CouldNotRun {
			p.line(p.paint("blocker", "could not run ") + p.paint("bold", plain.Line(view.Label(sc))))
			p.field("says", sc.Error)
			p.field("again", sc.Reproduce)
			p.line("")
		}
	}
}

// changes says what the upgrades really did to records: a line for each object,
// once for all orgs in which it reads the same, and what users did meanwhile.
func (p *printer) changes(r *result.Result) {
	blocks := view.Changes(r)
	users := view.Users(r)
	if len(blocks) == 0 && users.Transactions == 0 {
		return
	}
	p.line(p.paint("bold", "What the upgrade changed in records"))
	const most = 8
	for _, b := range blocks {
		p.wrapped("  ", strings.Join(b.Where, "; "))
		for i, line := range b.Lines {
			if i == most {
				p.line("     and " + view.Count(len(b.Lines)-most, "more object") + ", see index.html")
				break
			}
			p.wrapped("     ", line)
		}
	}
	if users.Transactions > 0 {
		p.wrapped("  ", "users meanwhile: "+view.TrafficLine(users))
	}
	p.line("")
}

func (p *printer) ledger(r *result.Result) {
	if len(r.Ledger) == 0 {
		return
	}
	p.line(p.paint("bold", "What the run relied on that is not exact"))
	for _, e := range r.Ledger {
		text := e.Name
		if e.Note != "" {
			text += ": " + e.Note
		}
		p.wrapped("  "+p.paint("dim", string(e.Status)+" ")+e.Area+"  ", text)
	}
	p.line("")
}

func (p *printer) summary(r *result.Result) {
	p.wrapped("", p.paint("bold", view.Verdict(r)))
	if b := r.Baseline; b != nil {
		p.wrapped("", "against "+b.File+": "+comparison.Line(&b.Comparison))
		for _, f := range b.New {
			p.wrapped("  ", "new: "+string(f.Code)+" "+f.Title+" ("+f.Fingerprint+")")
		}
	}
	var codes []string
	for _, c := range r.Summary.ByCode {
		codes = append(codes, fmt.Sprintf("%s %d", c.Code, c.Count))
	}
	if len(codes) > 0 {
		p.wrapped("", fmt.Sprintf("%s in %s: %s", view.Count(r.Summary.Findings, "finding"), view.Count(r.Summary.WithFinding, "scenario"), strings.Join(codes, ", ")))
	}
}

func (p *printer) line(s string) { p.out.WriteString(s + "\n") }

// field writes a name and a text that keeps to its column; nothing when the
// text is empty.
func (p *printer) field(name, text string) {
	if text == "" {
		return
	}
	for i, part := range strings.Split(text, "\n") {
		if i > 0 {
			name = ""
		}
		p.wrapped("   "+p.paint("dim", fmt.Sprintf("%-10s", name)), part)
	}
}

// wrapped writes text broken between words at the width, further lines under
// the first.
func (p *printer) wrapped(lead, text string) {
	indent := lipgloss.Width(lead)
	width := max(40, p.width-indent)
	line, used := lead, 0
	for i, word := range strings.Fields(text) {
		n := lipgloss.Width(word)
		switch {
		case i == 0:
			line += word
			used = n
		case used+1+n > width:
			p.line(line)
			line = strings.Repeat(" ", indent) + word
			used = n
		default:
			line += " " + word
			used += 1 + n
		}
	}
	p.line(line)
}
