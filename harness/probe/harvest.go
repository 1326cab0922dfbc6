package probe

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/apextest"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Bounds of the harvest: test methods whose end state is tried, and rows of a
// state.
const (
	mostStates    = 30
	mostStateRows = 300
)

// harvest takes what tests of the old version leave behind as rows of an org,
// and saves them again in the org after the upgrade: their authors thought of
// more sorts of rows than a recipe does. It is done in one org for each way, the
// one that is held against a first install, since what tests leave does not hang
// on the rows of an org.
func harvest(ctx context.Context, s *Subject, e *Evidence) error {
	if s.Fresh == nil || len(metadata.Compare(s.From, s.To)) == 0 {
		return nil
	}
	upgraded := cmp.Or(s.Upgraded, s.After)
	had, err := s.Before.Counts(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, r := range e.EdgeRows.Refused {
		known[r.kind()] = true
	}
	left, last := mostStates, ""
	_, err = apextest.Run(ctx, s.Before, apextest.Options{Namespace: s.From.Namespace, Package: s.From, Only: func(class, _ string) bool {
		if left == 0 || class == last { // one of each class
			return false
		}
		left, last = left-1, class
		return true
	}, Ended: func(ctx context.Context, o *org.Org, r *apextest.Result) error {
		state, err := leftBehind(ctx, o, had)
		if err != nil || r.Kind != "" || len(state) == 0 {
			return err
		}
		refused, err := transplant(ctx, o, upgraded, state)
		for _, x := range refused {
			if x.Set = []string{"the values that " + r.Class + "." + r.Method + " gives it"}; !known[x.kind()] {
				known[x.kind()] = true
				e.EdgeRows.Refused = append(e.EdgeRows.Refused, x)
			}
		}
		return err
	}})
	if err != nil {
		return fmt.Errorf("harvest what tests leave behind: %w", err)
	}
	return nil
}

// kind is what makes two refusals the same.
func (r *EdgeRow) kind() string {
	return r.Object.Name + "\x00" + r.Error.StatusCode + "\x00" + r.Error.Source.String()
}

// leftBehind are the rows of an org that were not in it, by object, in the order
// of the objects' names. None are given where there are too many.
func leftBehind(ctx context.Context, o *org.Org, had map[string]int64) (map[*schema.Object][]*schema.Record, error) {
	now, err := o.Counts(ctx)
	if err != nil {
		return nil, err
	}
	state := map[*schema.Object][]*schema.Record{}
	rows := 0
	for name, n := range now {
		obj := o.Schema().Object(name)
		if n <= had[name] || obj == nil || !obj.Createable || obj.Kind != schema.Custom && obj.Kind != schema.Standard {
			continue
		}
		if rows += int(n - had[name]); rows > mostStateRows {
			return nil, nil
		}
		skip := had[name]
		err := o.Store().Scan(ctx, obj, func(r *schema.Record) error {
			if skip--; skip < 0 && !deleted(r) {
				state[obj] = append(state[obj], r.Clone(false))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return state, nil
}

// transplant puts rows of one org into a fork of another, as they stand, and
// gives those that can not be saved again there although they can where they
// come from.
func transplant(ctx context.Context, from, to *org.Org, state map[*schema.Object][]*schema.Record) ([]EdgeRow, error) {
	fork, err := to.Fork(ctx, to.Name()+", with rows of tests")
	if err != nil {
		return nil, err
	}
	defer func() { _ = fork.Close() }()
	var objects []*schema.Object
	for obj := range state {
		if is := fork.Schema().Object(obj.Name); is != nil && is.Createable {
			objects = append(objects, obj)
		}
	}
	slices.SortFunc(objects, func(a, b *schema.Object) int { return cmp.Compare(a.Name, b.Name) })
	ids := map[string]string{} // new ones by those that the rows had
	for _, obj := range objects {
		is := fork.Schema().Object(obj.Name)
		for _, r := range state[obj] {
			ids[r.ID()] = fork.NewID(is)
		}
	}
	for _, obj := range objects {
		is := fork.Schema().Object(obj.Name)
		var rows []*schema.Record
		for _, r := range state[obj] {
			rows = append(rows, renamed(r.As(is), r.ID(), ids))
		}
		if err := fork.LoadRaw(ctx, is, rows, ""); err != nil {
			return nil, nil // a value that the new version's tables do not take is told by the upgrade
		}
	}
	var list []EdgeRow
	for _, obj := range objects {
		is := fork.Schema().Object(obj.Name)
		if !saveable(is) {
			continue
		}
		refused, err := saveStates(ctx, from, fork, obj, is, state[obj], ids)
		if err != nil {
			return nil, err
		}
		list = append(list, refused...)
	}
	return list, nil
}

// saveStates saves the rows of one object again in both orgs.
func saveStates(ctx context.Context, from, fork *org.Org, was, is *schema.Object, rows []*schema.Record, ids map[string]string) ([]EdgeRow, error) {
	var old, now []string
	for _, r := range rows {
		old, now = append(old, r.ID()), append(now, ids[r.ID()])
	}
	refused, tried, err := trySaveRows(ctx, fork, is, now)
	if !tried || len(refused) == 0 {
		return nil, err
	}
	before, tried, err := trySaveRows(ctx, from, was, old)
	if !tried {
		return nil, err
	}
	var list []EdgeRow
	for _, r := range refused {
		same := slices.ContainsFunc(before, func(b Refused) bool { return ids[b.ID] == r.ID })
		if !same && !slices.Contains(ofEachOther, r.Error.StatusCode) {
			list = append(list, EdgeRow{Object: is, Error: r.Error})
		}
	}
	return list, nil
}

// renamed is a row with the ids that it and the rows it names have in another
// org.
func renamed(r *schema.Record, id string, ids map[string]string) *schema.Record {
	r.SetID(ids[id])
	for _, f := range r.Object.Fields {
		if f.Type == schema.Reference && f.IsStored() && r.IsSet(f) {
			if to := ids[r.Get(f).Text()]; to != "" {
				r.Set(f, value.OfID(to))
			}
		}
	}
	return r
}
