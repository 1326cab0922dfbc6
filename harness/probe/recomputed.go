package probe

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Recomputed is a field that the new version writes anew when a row is saved
// without a change, and the rows that hold another value until somebody saves
// them.
type Recomputed struct {
	Field *schema.Field // of the later org
	Rows  []Rewritten
	Tried int // rows of the object that were saved
}

// Rewritten is a row and what saving it made of a field.
type Rewritten struct {
	RowName
	Was, Is value.Value
}

// recomputed saves rows unchanged in the upgraded org and reads which fields
// that changes: what the old version wrote there and no step of the upgrade
// brought up to date. What saving changes in the org before as well was not up
// to date there either.
func recomputed(ctx context.Context, s *Subject, e *Evidence) error {
	upgraded := cmp.Or(s.Upgraded, s.After)
	statements, err := s.statements(ctx, upgraded)
	if err != nil {
		return err
	}
	is, err := writtenAnew(ctx, upgraded, statements)
	if err != nil || len(is) == 0 {
		return err
	}
	was, err := writtenAnew(ctx, s.Before, statements)
	if err != nil {
		return err
	}
	for _, st := range statements {
		for _, f := range st.object.Fields {
			list := is[f.Object.Name+"."+f.Name]
			before := was[f.Object.Name+"."+f.Name]
			field := Recomputed{Field: f, Tried: len(st.ids)}
			for _, id := range st.ids {
				now, changes := list[id]
				if _, did := before[id]; changes && !did {
					field.Rows = append(field.Rows, now)
				}
			}
			if len(field.Rows) > 0 {
				e.Recomputed = append(e.Recomputed, field)
			}
		}
	}
	return nil
}

// writtenAnew saves rows on a fork of an org and gives the fields that it
// changed, by "object.field" and id.
func writtenAnew(ctx context.Context, o *org.Org, statements []resave) (map[string]map[string]Rewritten, error) {
	fork, err := o.Fork(ctx, o.Name()+", saved anew")
	if err != nil {
		return nil, err
	}
	defer func() { _ = fork.Close() }()
	found := map[string]map[string]Rewritten{}
	for _, st := range statements {
		obj := fork.Schema().Object(st.object.Name)
		before, err := fork.Store().Load(ctx, obj, st.ids)
		if err != nil {
			return nil, err
		}
		for i, r := range before {
			if r != nil {
				before[i] = r.Clone(false)
			}
		}
		if _, tried, err := trySaveRows(ctx, fork, obj, st.ids); err != nil {
			return nil, fmt.Errorf("save rows of %s: %w", obj.Name, err)
		} else if !tried {
			continue
		}
		after, err := fork.Store().Load(ctx, obj, st.ids)
		if err != nil {
			return nil, err
		}
		for i, was := range before {
			if is := after[i]; was != nil && is != nil {
				differing(was, is, found)
			}
		}
	}
	return found, nil
}

// differing notes the fields in which a row differs from what it was, those
// apart that every save writes.
func differing(was, is *schema.Record, found map[string]map[string]Rewritten) {
	for _, f := range was.Object.Fields {
		if !f.IsStored() || !f.Custom || f.Calculated || f.AutoNumber {
			continue
		}
		a, b := was.Get(f), is.Get(f)
		if value.Identical(a, b) || a.String() == b.String() {
			continue
		}
		key := f.Object.Name + "." + f.Name
		if found[key] == nil {
			found[key] = map[string]Rewritten{}
		}
		found[key][was.ID()] = Rewritten{RowName: RowName{was.ID(), diff.NameOf(was)}, Was: a, Is: b}
	}
}
