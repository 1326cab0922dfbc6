package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// shownUses finds uses that tests of the old version show and that the new one
// does not allow. A test that the release had to change or drop tells what its
// authors meant customers to do; where the package's own code throws at it now,
// customers who do so fail, and where it gives another answer they see one.
func shownUses(e *Evidence) []finding.Finding {
	var thrown, differ []probe.OldTest
	for _, t := range e.OldTests.Failed {
		switch {
		case t.Thrown && !inTest(&t):
			thrown = append(thrown, t)
		case !t.Thrown && !strings.HasSuffix(t.Message, "Assertion Failed"): // one without words tells nothing
			differ = append(differ, t)
		}
	}
	var list []finding.Finding
	if len(thrown) > 0 {
		f := e.shown(thrown, fmt.Sprintf("%s of the old version %s with an exception of the new one's code", counted(len(thrown), "test"), verb(len(thrown), "fails", "fail")))
		list = append(list, f)
	}
	if len(differ) > 0 {
		f := e.shown(differ, fmt.Sprintf("%s of the old version %s another result in the new one", counted(len(differ), "test"), verb(len(differ), "gets", "get")))
		f.Severity = finding.Minor // the release changed the test, so it is meant: customers must be told
		list = append(list, f)
	}
	return list
}

func verb(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// inTest reports whether the test itself threw: it looks into the package where
// no customer does.
func inTest(t *probe.OldTest) bool {
	top, _, _ := strings.Cut(t.Stack, "\n")
	return strings.Contains(top, "."+t.Class+".") || strings.Contains(top, "Class."+t.Class+".")
}

// mostShown is how many tests a finding names.
const mostShown = 12

// mostOfMessage is how many characters of an exception's text a finding keeps.
const mostOfMessage = 240

// shown tells of tests, each message once.
func (e *Evidence) shown(tests []probe.OldTest, title string) finding.Finding {
	f := finding.New(finding.BusinessFails, title)
	f.Advice = "customers who do the same need to know: name it in the release notes, or keep what the test asks"
	f.Cause = finding.Cause{Kind: finding.ByComponent, Detail: fmt.Sprintf("%s changes or drops tests that %s passes", e.To.Version, e.From.Version)}
	var seen, lines []string
	for _, t := range tests {
		c := finding.Component{Kind: "ApexClass", Name: t.Class}
		if !t.Own {
			c.Namespace = e.From.Namespace
		}
		if !slices.Contains(f.Components, c) {
			f.Components = append(f.Components, c)
		}
		text := clipTo(strings.Join(strings.Fields(t.Message), " "), mostOfMessage)
		if slices.Contains(seen, text) {
			continue
		}
		if seen = append(seen, text); len(lines) < mostShown {
			lines = append(lines, t.Class+"."+t.Method+": "+text)
		}
	}
	if len(seen) > mostShown {
		lines = append(lines, fmt.Sprintf("… and %d more", len(seen)-mostShown))
	}
	f.Message = strings.Join(lines, "\n")
	return f
}
