package probe

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// SavedAgain is the rows of one object that were saved again without a change.
type SavedAgain struct {
	Object  *schema.Object // of the later org
	Tried   int
	Refused []Refused // by the org after the upgrade and not by the one before it
}

// Refused is a row that could not be saved.
type Refused struct {
	ID, Name string
	Error    dml.RowError // the first
}

// resave is one statement of the experiment: what is saved, and by whom it was
// refused.
type resave struct {
	object  *schema.Object
	ids     []string
	refused []Refused
	stopped string // what is not simulated and was reached: which rows are refused is not known
}

// explains reports whether what one statement refused accounts for a row that
// the same statement refused later: it refused that row too, or, where rows are
// refused because of each other, as many of them. Which of two rows with one
// value is the duplicate depends on which came first.
func (st *resave) explains(r Refused, later *resave) bool {
	if slices.ContainsFunc(st.refused, func(b Refused) bool { return b.ID == r.ID }) {
		return true
	}
	return slices.Contains(ofEachOther, r.Error.StatusCode) && st.count(r.Error.StatusCode) >= later.count(r.Error.StatusCode)
}

func (st *resave) count(status string) int {
	n := 0
	for _, r := range st.refused {
		if r.Error.StatusCode == status {
			n++
		}
	}
	return n
}

// ofEachOther are the status codes of rows that are refused because of others.
var ofEachOther = []string{"DUPLICATE_VALUE", "DUPLICATES_DETECTED"}

// saveAgain saves a sample of rows unchanged. What is refused counts only where
// the org before the upgrade takes it, in the same statements in the same
// order: which rows stand together in a statement, and what was saved before
// it, may decide what a trigger does. What users changed after the upgrade may
// too, so that their work is left out.
func saveAgain(ctx context.Context, s *Subject, e *Evidence) error {
	upgraded := cmp.Or(s.Upgraded, s.After)
	statements, err := s.statements(ctx, upgraded)
	if err != nil {
		return err
	}
	after, err := saveAll(ctx, upgraded, statements)
	if err != nil {
		return err
	}
	last := -1
	for i := range after {
		if len(after[i].refused) > 0 {
			last = i
		}
		if after[i].stopped != "" {
			e.leave("save rows of "+after[i].object.Name+" again", after[i].stopped)
		}
	}
	before, err := saveAll(ctx, s.Before, statements[:last+1])
	if err != nil {
		return err
	}
	for i := range after {
		st := &after[i]
		saved := SavedAgain{Object: st.object, Tried: len(st.ids)}
		for _, r := range st.refused {
			if before[i].stopped == "" && !before[i].explains(r, st) {
				saved.Refused = append(saved.Refused, r)
			}
		}
		if err := nameRefused(ctx, upgraded, st.object, saved.Refused); err != nil {
			return err
		}
		e.SavedAgain = append(e.SavedAgain, saved)
	}
	return nil
}

// statements draws the rows that are saved again: of each object that the
// upgrade may touch, those that both orgs have.
func (s *Subject) statements(ctx context.Context, upgraded *org.Org) ([]resave, error) {
	var list []resave
	for _, o := range s.concerned() {
		old := s.Before.Schema().Object(o.Name)
		if old == nil {
			continue // new with the upgrade
		}
		ids, err := sampleIDs(ctx, s.Before, old, s.sample())
		if err != nil {
			return nil, fmt.Errorf("draw rows of %s: %w", o.Name, err)
		}
		recs, err := upgraded.Store().Load(ctx, o, ids)
		if err != nil {
			return nil, fmt.Errorf("read rows of %s: %w", o.Name, err)
		}
		st := resave{object: o}
		for i, r := range recs {
			if r != nil && !deleted(r) {
				st.ids = append(st.ids, ids[i])
			}
		}
		if len(st.ids) > 0 {
			list = append(list, st)
		}
	}
	return list, nil
}

func (s *Subject) sample() int {
	if s.Sample > 0 {
		return s.Sample
	}
	return 200
}

// saveAll carries out statements on a fork of an org.
func saveAll(ctx context.Context, o *org.Org, statements []resave) ([]resave, error) {
	if len(statements) == 0 {
		return nil, nil
	}
	fork, err := o.Fork(ctx, o.Name()+", saved again")
	if err != nil {
		return nil, err
	}
	defer func() { _ = fork.Close() }()
	done := slices.Clone(statements)
	for i := range done {
		obj := fork.Schema().Object(done[i].object.Name)
		done[i].refused, err = saveRows(ctx, fork, obj, done[i].ids)
		if done[i].stopped = unsimulated(err); done[i].stopped != "" {
			done[i].refused = nil
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("save rows of %s: %w", obj.Name, err)
		}
	}
	return done, nil
}

// concerned lists the objects that the upgrade may touch: packaged ones, those
// with packaged fields or triggers, and those whose records changed.
func (s *Subject) concerned() []*schema.Object {
	wanted := map[string]bool{}
	for _, c := range s.To.Components {
		if parent := c.Parent(); parent != "" {
			wanted[strings.ToLower(parent)] = true
		}
		if c.Kind == metadata.CustomObject {
			wanted[strings.ToLower(c.Name)] = true
		}
		if c.Kind == metadata.ApexTrigger {
			if words := strings.Fields(string(c.Source)); len(words) > 3 && strings.EqualFold(words[2], "on") {
				wanted[strings.ToLower(strings.TrimRight(words[3], "("))] = true
			}
		}
	}
	for _, o := range s.Diff.Objects {
		wanted[strings.ToLower(o.Object.Name)] = true
	}
	var objects []*schema.Object
	for _, o := range s.After.Schema().Objects() {
		bare := metadata.StripNamespace(strings.ToLower(o.Name), strings.ToLower(s.To.Namespace))
		if (wanted[strings.ToLower(o.Name)] || wanted[bare]) && saveable(o) {
			objects = append(objects, o)
		}
	}
	return objects
}

func saveable(o *schema.Object) bool {
	return o.Kind.Stored() && o.Updateable && o.Kind != schema.CustomMetadata && !strings.EqualFold(o.Name, "User")
}

// sampleIDs picks rows evenly over the table, the same ones each time.
func sampleIDs(ctx context.Context, o *org.Org, obj *schema.Object, most int) ([]string, error) {
	n, err := o.Store().Count(ctx, obj)
	if err != nil || n == 0 {
		return nil, err
	}
	stride := max(1, int(n)/most)
	var ids []string
	i := 0
	err = o.Store().Scan(ctx, obj, func(r *schema.Record) error {
		if i%stride == 0 && len(ids) < most && !deleted(r) {
			ids = append(ids, r.ID())
		}
		i++
		return nil
	})
	return ids, err
}

// deleted reports whether a row lies in the recycle bin.
func deleted(r *schema.Record) bool {
	f := r.Object.Field("IsDeleted")
	return f != nil && r.Get(f).Bool()
}

// saveRows updates rows without changing a field, in one transaction that is
// outside the governor limits: the question is about rules, not volume.
func saveRows(ctx context.Context, o *org.Org, obj *schema.Object, ids []string) ([]Refused, error) {
	var failed []Refused
	opt := org.TxOptions{Cause: "saved again to judge", NoLimits: true}
	_, err := o.Run(ctx, opt, func(tx *org.Tx) error {
		st := schema.Statement{Op: dml.Update}
		for _, id := range ids {
			r := schema.NewRecord(obj)
			r.SetID(id)
			st.Records = append(st.Records, r)
		}
		results, err := tx.DML(ctx, st)
		for i, r := range results {
			if !r.Success && len(r.Errors) > 0 {
				failed = append(failed, Refused{ID: ids[i], Error: r.Errors[0]})
			}
		}
		return err
	})
	return failed, err
}

// trySaveRows is saveRows where a transaction that ends at something that is not
// simulated, which the ledger names, teaches nothing: tried is false.
func trySaveRows(ctx context.Context, o *org.Org, obj *schema.Object, ids []string) (refused []Refused, tried bool, err error) {
	if refused, err = saveRows(ctx, o, obj, ids); err != nil {
		return nil, false, ctx.Err()
	}
	return refused, true, nil
}

func nameRefused(ctx context.Context, o *org.Org, obj *schema.Object, list []Refused) error {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	recs, err := o.Store().Load(ctx, obj, ids)
	if err != nil {
		return fmt.Errorf("read the names of rows of %s: %w", obj.Name, err)
	}
	for i, r := range recs {
		list[i].Name = diff.NameOf(r)
	}
	return nil
}
