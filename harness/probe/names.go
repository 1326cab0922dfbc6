package probe

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// idInText finds ids in what an exception says.
var idInText = regexp.MustCompile(`\b[a-zA-Z0-9]{18}\b|\b[a-zA-Z0-9]{15}\b`)

// readNames reads the names of the rows that failures are about, and of those
// that the suite's queries gave.
func readNames(ctx context.Context, s *Subject, e *Evidence) error {
	byObject := map[string][]string{}
	for _, id := range e.rowsToName() {
		long, err := value.NewID(id)
		if err != nil {
			continue
		}
		byObject[long[:3]] = append(byObject[long[:3]], long)
	}
	for prefix, ids := range byObject {
		o := s.After.Schema().ByPrefix(prefix)
		if o == nil || !o.Kind.Stored() {
			continue
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		recs, err := s.After.Store().Load(ctx, o, ids)
		if err != nil {
			return fmt.Errorf("rows of %s: %w", o.Name, err)
		}
		for i, r := range recs {
			if name := diff.NameOf(r); name != "" {
				e.names[ids[i]] = name
			}
		}
	}
	return nil
}

// rowsToName are the ids of rows that somebody may want to tell of.
func (e *Evidence) rowsToName() []string {
	var ids []string
	for _, step := range e.Steps {
		for i := range step.Events {
			ids = append(ids, step.Events[i].Rows...)
			ids = append(ids, idInText.FindAllString(step.Events[i].Message, -1)...)
		}
		for _, job := range step.Jobs {
			ids = append(ids, idsIn(job.Err)...)
		}
		if f := step.Report.Failure; f != nil {
			ids = append(ids, idInText.FindAllString(f.Message, -1)...)
			ids = append(ids, idsIn(f.Cause)...)
		}
	}
	for _, b := range e.Broken {
		ids = append(ids, b.IDs...)
	}
	for _, a := range e.Answers {
		for _, r := range a.After {
			ids = append(ids, r.ID())
		}
	}
	return ids
}

// idsIn finds the ids that an exception names: its text has that of the first row
// only.
func idsIn(err error) []string {
	var apex *ApexError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &apex):
		ids := idInText.FindAllString(apex.Message, -1)
		for _, row := range apex.Failed.Rows {
			ids = append(ids, row.ID)
		}
		return ids
	default:
		return idInText.FindAllString(err.Error(), -1)
	}
}
