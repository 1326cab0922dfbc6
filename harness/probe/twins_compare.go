package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// DifferenceKind is in what a transaction differs between the two orgs.
type DifferenceKind string

// The kinds of difference.
const (
	RefusedNow  DifferenceKind = "refused"   // saved before, refused now
	RefusedElse DifferenceKind = "saved"     // refused before, saved now
	RowsMade    DifferenceKind = "inserted"  // another number of rows is inserted
	RowsGone    DifferenceKind = "deleted"   // another number of rows is deleted
	FieldEmpty  DifferenceKind = "emptied"   // a field was set and is empty now
	FieldSet    DifferenceKind = "set"       // a field was empty and is set now
	FieldValue  DifferenceKind = "value"     // a field has another value
	ThrownNow   DifferenceKind = "exception" // an exception is caught, or ends a job, that was not thrown before
	JobsStarted DifferenceKind = "jobs"      // another number of jobs of a class
	MailsSent   DifferenceKind = "mails"
	Answers     DifferenceKind = "answer" // a call answers, or a page shows, something else
)

// Difference is one thing that a transaction did in one org and not in the
// other.
type Difference struct {
	Kind   DifferenceKind
	Object string        // of the rows concerned, by API name after the upgrade
	Field  string        // API name
	Was    string        // a count, a value
	Is     string        //
	Rows   int           // how many rows
	Text   string        // of an exception or an error, in the platform's words
	Type   string        // of an exception
	Origin []cause.Place // where it was thrown, innermost first
	Job    string        // that an exception ended, or of which another number was started
	Failed dml.Failed
	Names  []string // of rows that are made besides
}

// compare tells what a transaction did differently. What follows from a refusal
// is not told as well.
func (t *twinRun) compare(ctx context.Context, was, is *effect) ([]Difference, error) {
	if d, differs := refusal(was, is); differs {
		t.forgetRows(d)
		return d, nil
	}
	out := thrown(was, is)
	rows, err := t.rows(ctx, was, is)
	if err != nil {
		return nil, err
	}
	out = append(out, rows...)
	for _, name := range slices.Sorted(maps.Keys(both(was.jobs, is.jobs))) {
		if (was.jobs[name] == 0) != (is.jobs[name] == 0) {
			out = append(out, Difference{Kind: JobsStarted, Job: name, Was: fmt.Sprint(was.jobs[name]), Is: fmt.Sprint(is.jobs[name])})
		}
	}
	if (was.mails == 0) != (is.mails == 0) {
		out = append(out, Difference{Kind: MailsSent, Was: fmt.Sprint(was.mails), Is: fmt.Sprint(is.mails)})
	}
	for _, name := range slices.Sorted(maps.Keys(was.told)) {
		if now, asked := is.told[name]; asked && now != was.told[name] {
			out = append(out, Difference{Kind: Answers, Field: name, Was: was.told[name], Is: now})
		}
	}
	return out, nil
}

func both(a, b map[string]int) map[string]int {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// refusal compares how a transaction ended. Two refusals are the same: the text
// may be another, the work could not be done before either.
func refusal(was, is *effect) ([]Difference, bool) {
	switch {
	case was.failure == nil && is.failure != nil:
		d := Difference{Kind: RefusedNow}
		d.describe(is.failure)
		return []Difference{d}, true
	case was.failure != nil && is.failure == nil:
		d := Difference{Kind: RefusedElse}
		d.describe(was.failure)
		return []Difference{d}, true
	default:
		return nil, was.failure != nil
	}
}

// forgetRows takes the ids of rows that the story made out of refusals, and all
// but a few rows: what is undone has no id to know it by.
func (t *twinRun) forgetRows(list []Difference) {
	const most = 5
	for i := range list {
		failed := &list[i].Failed
		failed.Rows = failed.Rows[:min(most, len(failed.Rows))]
		for j := range failed.Rows {
			if id := failed.Rows[j].ID; slices.Contains(t.after.rows, id) || slices.Contains(t.before.rows, id) {
				failed.Rows[j].ID = ""
			}
		}
	}
}

// describe takes an error apart.
func (d *Difference) describe(err error) {
	var refused *dml.Error
	var apex *org.ApexError
	switch {
	case errors.As(err, &refused):
		d.Failed.Rows = refused.Rows()
		if len(d.Failed.Rows) > 0 {
			d.Text = d.Failed.Rows[0].Text()
			d.Rows = len(d.Failed.Rows)
		}
	case errors.As(err, &apex):
		d.Type, d.Text, d.Failed, d.Origin = apex.Type, apex.Message, apex.Failed, apex.Frames
	default:
		d.Text = err.Error()
	}
}

// thrown lists exceptions that were met after the upgrade and not before, each
// once: by presence, not by count.
func thrown(was, is *effect) []Difference {
	known := map[string]bool{}
	for _, ev := range was.thrown {
		known[ev.Type] = true
		known[ev.Type+general(ev.Message)] = true
	}
	var out []Difference
	for _, ev := range is.thrown {
		key := ev.Type + general(ev.Message)
		if known[key] {
			continue
		}
		known[key] = true
		d := Difference{Kind: ThrownNow, Type: ev.Type, Text: ev.Message, Failed: ev.Failed, Object: ev.Object}
		if !ev.Origin.IsZero() {
			d.Origin = append(d.Origin, ev.Origin)
		}
		if ev.Kind == org.JobFailed {
			d.Job = ev.Job
		}
		out = append(out, d)
	}
	return out
}

// rows compares the rows that were written. Fields are compared where the
// numbers agree: where they do not, which row stands for which can not be said.
func (t *twinRun) rows(ctx context.Context, was, is *effect) ([]Difference, error) {
	names := map[string]int{}
	for name := range was.objects {
		names[name] = 1
	}
	for name := range is.objects {
		names[name] = 1
	}
	var out []Difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before, after := t.before.org.Schema().Object(name), t.after.org.Schema().Object(name)
		if before == nil || after == nil {
			continue // one of the versions has no such object
		}
		a, b := was.objects[name], is.objects[name]
		if a == nil {
			a = &written{}
		}
		if b == nil {
			b = &written{}
		}
		count := func(kind DifferenceKind, x, y []string) bool {
			if len(x) == len(y) {
				return false
			}
			out = append(out, Difference{Kind: kind, Object: after.Name, Was: fmt.Sprint(len(x)), Is: fmt.Sprint(len(y)), Names: t.namesOf(ctx, after, x, y)})
			return true
		}
		if sameRows, err := t.sameSettings(ctx, before, after); err != nil || !sameRows {
			if err != nil {
				return nil, err
			}
			continue
		}
		made, gone := count(RowsMade, a.inserted, b.inserted), count(RowsGone, a.deleted, b.deleted)
		if made || gone {
			continue
		}
		pairs, err := t.pairs(ctx, before, after, a, b)
		if err != nil {
			return nil, err
		}
		out = append(out, fieldsOf(before, after, pairs)...)
	}
	return out, nil
}

// namesOf names the first rows that are made in the org after and not in the one
// before, which are the later ones.
func (t *twinRun) namesOf(ctx context.Context, obj *schema.Object, was, is []string) []string {
	const most = 3
	if len(is) <= len(was) {
		return nil
	}
	recs, err := t.after.org.Store().Load(ctx, obj, is[len(was):min(len(is), len(was)+most)])
	if err != nil {
		return nil // what is told without a name is told all the same
	}
	var names []string
	for _, r := range recs {
		if name := diff.NameOf(r); name != "" && r.Object.NameField != nil && !r.Object.NameField.AutoNumber {
			names = append(names, name)
		}
	}
	return names
}

// sameSettings is false of a custom setting of which the upgrade made or deleted
// rows: code makes what it does not find, once.
func (t *twinRun) sameSettings(ctx context.Context, before, after *schema.Object) (bool, error) {
	if !after.Kind.IsCustomSetting() {
		return true, nil
	}
	var counts [2]int64
	for i, o := range []*org.Org{t.before.base, t.after.base} {
		obj := []*schema.Object{before, after}[i]
		if !o.Store().HasTable(obj) {
			continue
		}
		n, err := o.Store().Count(ctx, obj)
		if err != nil {
			return false, fmt.Errorf("count the rows of %s: %w", obj.Name, err)
		}
		counts[i] = n
	}
	return counts[0] == counts[1], nil
}

// rowPair is one row as the two orgs have it. The bases are nil for a row that
// the story made.
type rowPair struct{ was, is, wasBase, isBase *schema.Record }

// pairs puts the rows of the two orgs beside each other: new ones by their order,
// those of the story by what is known of them, others by their ids.
func (t *twinRun) pairs(ctx context.Context, before, after *schema.Object, a, b *written) ([]rowPair, error) {
	for i, id := range a.inserted {
		t.alike[id] = b.inserted[i]
	}
	back := map[string]string{}
	for id, other := range t.alike {
		back[other] = id
	}
	ids := slices.Concat(a.inserted, a.updated)
	for _, id := range b.updated {
		if id = cmp.Or(back[id], id); !slices.Contains(a.updated, id) {
			ids = append(ids, id)
		}
	}
	others := make([]string, len(ids))
	for i, id := range ids {
		others[i] = cmp.Or(t.alike[id], id)
	}
	was, err := t.before.org.Store().Load(ctx, before, ids)
	if err != nil {
		return nil, fmt.Errorf("read rows of %s: %w", before.Name, err)
	}
	is, err := t.after.org.Store().Load(ctx, after, others)
	if err != nil {
		return nil, fmt.Errorf("read rows of %s: %w", after.Name, err)
	}
	wasBase, err := t.before.base.Store().Load(ctx, before, ids)
	if err != nil {
		return nil, fmt.Errorf("read rows of %s: %w", before.Name, err)
	}
	isBase, err := t.after.base.Store().Load(ctx, after, others)
	if err != nil {
		return nil, fmt.Errorf("read rows of %s: %w", after.Name, err)
	}
	var pairs []rowPair
	for i, id := range ids {
		p := rowPair{was[i], is[i], wasBase[i], isBase[i]}
		if t.alike[id] != "" { // an id of the story may be that of another row in the base
			p.wasBase, p.isBase = nil, nil
		}
		if p.was != nil && p.is != nil {
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// fieldsOf compares the fields of rows, each field told once with how many rows
// it concerns.
func fieldsOf(before, after *schema.Object, pairs []rowPair) []Difference {
	var out []Difference
	for _, f := range after.Fields {
		old := before.Field(f.Name)
		if old == nil || !comparedField(f) || !comparedField(old) {
			continue
		}
		byKind := map[DifferenceKind]*Difference{}
		for _, p := range pairs {
			if p.wasBase != nil && p.isBase != nil && !value.Identical(p.wasBase.Get(old), p.isBase.Get(f)) {
				continue // the upgrade wrote it
			}
			a, b := p.was.Get(old), p.is.Get(f)
			kind, differs := fieldDiffers(f, old, a, b)
			if !differs {
				continue
			}
			if byKind[kind] == nil {
				byKind[kind] = &Difference{Kind: kind, Object: after.Name, Field: f.Name, Was: a.String(), Is: b.String()}
			}
			byKind[kind].Rows++
		}
		for _, kind := range []DifferenceKind{FieldEmpty, FieldSet, FieldValue} {
			if d := byKind[kind]; d != nil {
				out = append(out, *d)
			}
		}
	}
	return out
}

// auditFields differ between any two runs, or follow from others.
var auditFields = []string{"createddate", "createdbyid", "lastmodifieddate", "lastmodifiedbyid", "systemmodstamp", "lastvieweddate",
	"lastreferenceddate", "lastactivitydate", "isdeleted"}

func comparedField(f *schema.Field) bool {
	return f.IsStored() && !f.AutoNumber && f.Type != schema.ID && !f.Calculated && !slices.Contains(auditFields, strings.ToLower(f.Name))
}

// fieldDiffers tells two values apart: set or empty, and, where both versions
// would come to the same by the same rule, what they are.
func fieldDiffers(f, old *schema.Field, a, b value.Value) (DifferenceKind, bool) {
	if f.Type == schema.Boolean {
		return FieldValue, a.Bool() != b.Bool()
	}
	switch {
	case blank(a) && blank(b):
		return "", false
	case blank(b):
		return FieldEmpty, true
	case blank(a):
		return FieldSet, true
	}
	switch {
	case f.Type == schema.Reference || f.Type == schema.Datetime || f.Type == schema.Time || f.Type != old.Type || f.Type == schema.TextArea:
		return "", false
	case f.Type.IsText():
		return FieldValue, general(a.String()) != general(b.String())
	default:
		return FieldValue, !value.Identical(a, b)
	}
}

func blank(v value.Value) bool { return v.IsNull() || v.Kind() == value.Text && v.Text() == "" }
