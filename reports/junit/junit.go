// Package junit writes a Result as JUnit XML: a test suite for each upgrade, a
// test case for each invariant in each org, so that a continuous integration
// server shows which one broke where.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Time     string   `xml:"time,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`
	// Properties tell what was exercised.
	Properties []property `xml:"properties>property"`
	Cases      []test     `xml:"testcase"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type test struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *problem `xml:"failure,omitempty"`
	Error   *problem `xml:"error,omitempty"`
	Skipped *problem `xml:"skipped,omitempty"`
	Output  string   `xml:"system-out,omitempty"` // what the suite accepts, and facts of the kind of upgrade
}

type problem struct {
	Message string `xml:"message,attr,omitempty"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Write writes the document.
func Write(w io.Writer, r *result.Result) error {
	r = plain.Of(r)
	doc := suites{Name: r.Suite.Name, Time: seconds(r.Timing.Millis)}
	millis := map[string]int64{}
	for _, t := range r.Timing.Scenarios {
		millis[t.ID] = t.Millis
	}
	for i := range r.Scenarios {
		s := scenario(r, &r.Scenarios[i], millis[r.Scenarios[i].ID])
		doc.Tests += s.Tests
		doc.Failures += s.Failures
		doc.Errors += s.Errors
		doc.Suites = append(doc.Suites, s)
	}
	data, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write result of suite %s as JUnit XML: %w", r.Suite.Name, err)
	}
	outcome := ""
	if r.Outcome != "" {
		outcome = "<!-- outcome " + r.Outcome + " -->\n"
	}
	_, err = io.WriteString(w, xml.Header+outcome+string(data)+"\n")
	return err
}

func scenario(r *result.Result, sc *result.Scenario, millis int64) suite {
	s := suite{Name: view.Label(sc), Time: seconds(millis)}
	class := strings.ReplaceAll(sc.ID, ".", "_")
	switch sc.Status {
	case result.CouldNotRun:
		s.Errors++
		s.Cases = append(s.Cases, test{Class: class, Name: "runs", Error: &problem{Message: firstLine(sc.Error), Type: "could-not-run", Text: sc.Error + "\n" + sc.Reproduce}})
	case result.NotRun:
		s.Skipped++
		s.Cases = append(s.Cases, test{Class: class, Name: "runs", Skipped: &problem{Message: "the run was interrupted"}})
	}
	for _, c := range sc.Checks {
		t := test{Class: class, Name: c.Name, Output: output(c, sc)}
		switch {
		case c.Skipped != "":
			s.Skipped++
			t.Skipped = &problem{Message: c.Skipped}
		case !c.Holds && fails(r, c, sc):
			s.Failures++
			t.Failure = failure(c, sc.Findings)
		case !c.Holds: // told, and no reason to fail a build
			t.Output = strings.TrimSpace(t.Output + "\n" + failure(c, sc.Findings).Text)
		}
		s.Cases = append(s.Cases, t)
	}
	for _, line := range view.CoverageLines(sc) {
		s.Properties = append(s.Properties, property{"exercised", line})
	}
	s.Tests = len(s.Cases)
	return s
}

// fails reports whether something that a check found makes a build fail.
func fails(r *result.Result, c result.Check, sc *result.Scenario) bool {
	return slices.ContainsFunc(sc.Findings, func(f finding.Finding) bool { return f.Check == c.Name && r.Fails(&f) })
}

// output tells what one check found and the suite accepts, and what is so with
// every upgrade of the kind.
func output(c result.Check, sc *result.Scenario) string {
	var lines []string
	for _, a := range sc.Allowed {
		if a.Finding.Check == c.Name {
			one := view.Accepted{Finding: a.Finding, Reason: a.Reason}
			lines = append(lines, string(a.Finding.Code)+": "+one.Line())
		}
	}
	for _, f := range sc.Facts {
		if f.Check == c.Name {
			lines = append(lines, "of an "+f.Kind+" upgrade, whatever the release changes: "+view.FactLine(f))
		}
	}
	return strings.Join(lines, "\n")
}

// failure gathers the findings of one check.
func failure(c result.Check, all []finding.Finding) *problem {
	p := &problem{Message: view.Count(c.Findings, "finding")}
	var text strings.Builder
	for _, f := range all {
		if f.Check != c.Name {
			continue
		}
		if p.Type == "" {
			p.Type, p.Message = string(f.Code), f.Title
		}
		fmt.Fprintf(&text, "%s\n%s\ncause: %s\n", f.Title, f.Message, f.Cause)
		for _, m := range f.Mess {
			fmt.Fprintf(&text, "mess: %s %s: %s\n", m.Number, m.Name, m.Did)
		}
		for _, rows := range f.Rows {
			fmt.Fprintf(&text, "rows: %s\n", view.RowsLine(rows))
		}
		for _, part := range f.Components {
			fmt.Fprintf(&text, "component: %s", part)
			if part.Note != "" {
				fmt.Fprintf(&text, ": %s", part.Note)
			}
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "again: %s\n", f.Reproduce)
	}
	p.Text = text.String()
	return p
}

func seconds(millis int64) string { return fmt.Sprintf("%d.%03d", millis/1000, millis%1000) }

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
