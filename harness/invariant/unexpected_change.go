package invariant

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// askChanges holds the record changes against those that are expected.
func (e *Evidence) askChanges() []finding.Finding {
	met := make([]int, len(e.Changes))
	groups := newGrouping()
	for i := range e.Diff.Objects {
		o := &e.Diff.Objects[i]
		for j := range o.Rows {
			e.askRow(o, &o.Rows[j], met, groups)
		}
	}
	list := groups.list()
	for i, c := range e.Changes {
		if c.Required && met[i] == 0 {
			f := finding.New(finding.MissingChange, fmt.Sprintf("The expected change of %s did not happen", c.Object))
			f.Message = strings.TrimSpace(strings.Join(c.Fields, ", "))
			list = append(list, f)
		}
	}
	return list
}

func (e *Evidence) askRow(o *diff.Object, row *diff.Row, met []int, groups *grouping) {
	expected := map[string]bool{}
	for i, c := range e.Changes {
		if !e.sameName(c.Object, o.Object.Name) || c.Kind != "" && c.Kind != string(row.Kind) {
			continue
		}
		if c.When != nil {
			holds, _ := says(c.When, map[string]any{"before": orNull(row.Before, e.From.Namespace), "after": orNull(row.After, e.To.Namespace)})
			if !holds {
				continue
			}
		}
		if e.cover(c, row, expected) {
			met[i]++
		}
	}
	if !e.Strict || expected["*"] || row.Causes.Business() {
		return
	}
	for _, f := range row.Fields {
		if !expected[strings.ToLower(f.Field.Name)] {
			e.unexpected(o, row, f.Field.Name, groups)
		}
	}
	if row.Kind != diff.Updated {
		e.unexpected(o, row, "", groups)
	}
}

// cover marks the fields of a row that an expected change accounts for.
func (e *Evidence) cover(c Change, row *diff.Row, expected map[string]bool) bool {
	if len(c.Fields) == 0 || row.Kind != diff.Updated {
		expected["*"] = true
		return true
	}
	any := false
	for _, f := range row.Fields {
		if slices.ContainsFunc(c.Fields, func(name string) bool { return e.sameName(name, f.Field.Name) }) {
			expected[strings.ToLower(f.Field.Name)] = true
			any = true
		}
	}
	return any
}

// sameName compares names as the suite may write them: with the package's
// namespace or without, or as a pattern.
func (e *Evidence) sameName(wanted, name string) bool {
	wanted, name = strings.ToLower(wanted), strings.ToLower(name)
	ns := strings.ToLower(e.To.Namespace) + "__"
	bare := strings.TrimPrefix(name, ns)
	for _, n := range []string{name, bare} {
		if ok, err := path.Match(wanted, n); ok && err == nil {
			return true
		}
	}
	return false
}

func orNull(r *schema.Record, ns string) any {
	if r == nil {
		return nil
	}
	return plain(r, ns)
}

func (e *Evidence) unexpected(o *diff.Object, row *diff.Row, field string, groups *grouping) {
	f, first := groups.at(o.Object.Name + "." + field + string(row.Kind) + strings.Join(row.Causes.Texts(), ";"))
	if first {
		title := fmt.Sprintf("Records of %s were %s, which the suite does not expect", o.Object.Name, row.Kind)
		if field != "" {
			title = fmt.Sprintf("%s.%s changed, which the suite does not expect", o.Object.Name, field)
		}
		*f = finding.New(finding.UnexpectedChange, title)
		f.Cause = causeOfWrites(row.Causes)
		f.Rows = []finding.Rows{{Object: o.Object.Name}}
	}
	note := ""
	for _, changed := range row.Fields {
		if changed.Field.Name == field {
			note = changeNote([]diff.Field{changed})
		}
	}
	f.Rows[0].AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: note})
}
