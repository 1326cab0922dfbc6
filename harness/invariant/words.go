package invariant

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// causeOfStack is the innermost frame of a stack. A trigger further out is
// named as well as the class that ran in it.
func causeOfStack(frames []cause.Place, kind finding.CauseKind) finding.Cause {
	c := finding.Cause{Kind: kind}
	for _, p := range frames {
		if p.Trigger != "" {
			c.Trigger = p.Trigger
			if c.Class == "" {
				c.Kind, c.Line = finding.ByTrigger, p.Line
			}
			return c
		}
		if c.Class == "" {
			c.Class, c.Method, c.Line = p.Class, p.Method, p.Line
		}
	}
	return c
}

// linesOf prints the frames of a stack, a line each.
func linesOf(frames []cause.Place) []string {
	var out []string
	for _, p := range frames {
		out = append(out, p.String())
	}
	return out
}

func qualified(ns, name string) string {
	if ns == "" || strings.HasPrefix(strings.ToLower(name), strings.ToLower(ns)+".") {
		return name
	}
	return ns + "." + name
}

// grouping makes one finding of failures that are the same, in the order in
// which they were first met.
type grouping struct {
	index map[string]int
	items []*finding.Finding
}

func newGrouping() *grouping { return &grouping{index: map[string]int{}} }

func (g *grouping) at(key string) (f *finding.Finding, first bool) {
	i, ok := g.index[key]
	if !ok {
		i = len(g.items)
		g.index[key] = i
		g.items = append(g.items, new(finding.Finding))
	}
	return g.items[i], !ok
}

func (g *grouping) list() []finding.Finding {
	out := make([]finding.Finding, 0, len(g.items))
	for _, f := range g.items {
		out = append(out, *f)
	}
	return out
}

// rowsOf names rows by id, by object.
func (e *Evidence) rowsOf(ids []string) []finding.Rows { return e.addRows(nil, ids) }

// addRows adds rows by id to what a finding has, sorted by object and id.
func (e *Evidence) addRows(have []finding.Rows, ids []string) []finding.Rows {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id = longID(id); id == "" {
			continue
		}
		o := e.After.Schema().ByPrefix(id[:3])
		name := id[:3]
		if o != nil {
			name = o.Name
		}
		i := slices.IndexFunc(have, func(r finding.Rows) bool { return r.Object == name })
		if i < 0 {
			i = len(have)
			have = append(have, finding.Rows{Object: name})
		}
		row := finding.Row{ID: id}
		if o != nil && len(have[i].Sample) < finding.SampleSize {
			row.Name = e.RowName(id)
		}
		have[i].AddRow(row)
	}
	slices.SortStableFunc(have, func(a, b finding.Rows) int { return cmp.Compare(a.Object, b.Object) })
	return have
}

// longID is an id with its checksum; "" for what is none.
func longID(id string) string {
	long, err := value.NewID(id)
	if err != nil {
		return ""
	}
	return long
}
