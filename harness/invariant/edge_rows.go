package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// edgeRowsSaveable finds what the old version let users enter and the new one
// refuses at the next edit, where the org has no such row by itself.
func edgeRowsSaveable(e *Evidence) []finding.Finding {
	groups := newGrouping()
	for _, r := range e.EdgeRows.Refused {
		key := r.Object.Name + r.Error.StatusCode + r.Error.Source.String()
		if e.refusedAnyway(&r) {
			continue // rows of the org show it
		}
		f, first := groups.at(key)
		if first {
			*f = finding.New(finding.SaveBroken, fmt.Sprintf("Records of %s that could be entered before can not be saved when they are edited now", r.Object.Name))
			f.Message = r.Error.Text() + "\nThis org has no such record; the old version takes one, with"
			f.Cause = finding.Cause{Kind: finding.ByComponent}
			if !r.Error.Source.IsZero() {
				f.Cause.Component = r.Error.Source.String()
			}
			f.Advice = "ask in a customer's org how many records are such, and fill them in before the stricter version arrives, or ship the rule inactive"
			f.Rows = []finding.Rows{{Object: r.Object.Name}}
		}
		if f.Rows[0].Count < finding.SampleSize {
			f.Message += separator(f.Rows[0].Count) + strings.Join(r.Set, ", ")
		}
		f.Rows[0].Count++
	}
	list := groups.list()
	for i := range list {
		list[i].Rows = nil // rows that were made up are nobody's
	}
	return list
}

func separator(n int) string {
	if n == 0 {
		return " "
	}
	return "; or with "
}

// refusedAnyway reports whether rows of the org itself were refused in the same
// way.
func (e *Evidence) refusedAnyway(r *probe.EdgeRow) bool {
	return slices.ContainsFunc(e.SavedAgain, func(saved probe.SavedAgain) bool {
		return saved.Object.Name == r.Object.Name && slices.ContainsFunc(saved.Refused, func(x probe.Refused) bool {
			return x.Error.StatusCode == r.Error.StatusCode && x.Error.Source.String() == r.Error.Source.String()
		})
	})
}
