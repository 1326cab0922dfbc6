package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// bulk is how many rows a bulk transaction has: two chunks of a trigger.
const bulk = 201

// depth is how closely an object is looked at.
type depth struct {
	variants []variant
	each     bool // fields are changed one by one as well, not only all at once
	rows     int  // that are there and are worked on
	most     int  // transactions of an object
}

// The passes over the objects: first all of them, then those closely that are
// named in what changed, while transactions are left.
var (
	firstPass  = depth{variants: []variant{filled}, rows: 1, most: 20}
	secondPass = depth{variants: []variant{ticked, filled, plain}, each: true, rows: 3, most: 80}
)

// work tries the transactions of users on one object.
func (t *twinRun) work(ctx context.Context, on target, d depth) error {
	obj := t.before.org.Schema().Object(on.name)
	if obj == nil {
		return nil
	}
	spare := t.left - min(t.left, d.most)
	t.left -= spare
	defer func() { t.left += spare }()
	for _, v := range d.variants {
		if err := t.apart(ctx, func() error { return t.newRows(ctx, obj, v, d) }); err != nil {
			return err
		}
	}
	ids, err := t.existing(ctx, obj, d.rows)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.changes(ctx, obj, article(obj)+" that is there", []string{id}, d); err != nil {
			return err
		}
	}
	return nil
}

// newRows tells the story of new rows: one, another like it, what is done to them,
// many at once.
func (t *twinRun) newRows(ctx context.Context, obj *schema.Object, v variant, d depth) error {
	if !obj.Createable {
		return nil
	}
	rec, ok, err := t.row(ctx, obj, v, 0)
	if err != nil || !ok {
		return err
	}
	if rec, err = t.acceptable(ctx, rec); err != nil || rec == nil {
		return err
	}
	if err := t.alone(ctx, t.insert(fmt.Sprintf("inserting %d %s at once", bulk, obj.LabelPlural), rec, bulk)); err != nil {
		return err
	}
	goOn, err := t.both(ctx, t.insert("inserting "+article(obj)+" "+v.name, rec, 1))
	if err != nil || !goOn {
		return err
	}
	if err := t.alone(ctx, t.insert("inserting a second "+obj.Label+" like the first", rec, 1)); err != nil {
		return err
	}
	return t.changes(ctx, obj, article(obj)+" that is new", nil, d)
}

// alone tries one transaction and undoes it.
func (t *twinRun) alone(ctx context.Context, a *act) error {
	return t.apart(ctx, func() error {
		_, err := t.both(ctx, a)
		return err
	})
}

// changes tries what can be done to a row, each thing for itself: the row saved as
// it is, renamed, fields changed and emptied, the row deleted and taken out of the
// recycle bin. No ids: the rows of the story.
func (t *twinRun) changes(ctx context.Context, obj *schema.Object, which string, ids []string, d depth) error {
	if obj.Updateable {
		acts, err := t.updates(ctx, obj, which, ids, d)
		if err != nil {
			return err
		}
		for _, a := range acts {
			if err := t.alone(ctx, a); err != nil {
				return err
			}
		}
	}
	if !obj.Deletable {
		return nil
	}
	return t.apart(ctx, func() error {
		goOn, err := t.both(ctx, t.remove("deleting "+which, obj, ids, dml.Delete))
		if err != nil || !goOn || !obj.Undeletable {
			return err
		}
		_, err = t.both(ctx, t.remove("undeleting "+which, obj, ids, dml.Undelete))
		return err
	})
}

// setting is a field and what is written into it.
type setting struct {
	field *schema.Field
	value value.Value
}

// updates are the changes of a row that are tried.
func (t *twinRun) updates(ctx context.Context, obj *schema.Object, which string, ids []string, d depth) ([]*act, error) {
	acts := []*act{t.update("saving "+which+" without a change", obj, ids)}
	var changes, blanks []setting
	for _, f := range t.fieldsToChange(obj) {
		other, have, err := t.value(ctx, f, changed, maxDeep)
		if err != nil {
			return nil, err
		}
		naming := f.NameField || f.Name == "LastName"
		if have && (naming || d.each) {
			acts = append(acts, t.update(fmt.Sprintf("changing %s of %s", f.Name, which), obj, ids, setting{f, other}))
		}
		if have && !naming {
			changes = append(changes, setting{f, other})
		}
		if f.Nillable && f.Type != schema.Boolean && !naming {
			blanks = append(blanks, setting{f, value.Value{}})
			if d.each {
				acts = append(acts, t.update(fmt.Sprintf("emptying %s of %s", f.Name, which), obj, ids, setting{f, value.Value{}}))
			}
		}
	}
	if len(changes) > 1 || !d.each && len(changes) == 1 {
		acts = append(acts, t.update("changing "+namesOf(changes)+" of "+which, obj, ids, changes...))
	}
	if len(blanks) > 1 || !d.each && len(blanks) == 1 {
		acts = append(acts, t.update("emptying "+namesOf(blanks)+" of "+which, obj, ids, blanks...))
	}
	return acts, nil
}

// namesOf lists the fields of settings; of many, the first and how many more.
func namesOf(list []setting) string {
	switch len(list) {
	case 1:
		return list[0].field.Name
	case 2:
		return list[0].field.Name + " and " + list[1].field.Name
	default:
		return fmt.Sprintf("%s and %d other fields", list[0].field.Name, len(list)-1)
	}
}

// mostFields is how many fields of an object are changed one by one.
const mostFields = 12

// fieldsToChange are the name of a row and the fields that what changed names.
func (t *twinRun) fieldsToChange(obj *schema.Object) []*schema.Field {
	var list []*schema.Field
	for _, f := range obj.Fields {
		if !f.Updateable || !f.IsStored() || f.Unique || f.AutoNumber || f.Calculated || f.Type == schema.Reference || f.Name == "OwnerId" {
			continue
		}
		naming := f.NameField || f.Name == "LastName"
		if naming || t.touched.names(f.Name, t.subject.To.Namespace) {
			list = append(list, f)
		}
		if len(list) == mostFields {
			break
		}
	}
	return list
}

// existing are rows to work on that both orgs have, one of each record type.
func (t *twinRun) existing(ctx context.Context, obj *schema.Object, most int) ([]string, error) {
	ids, err := firstRows(ctx, t.before.org, obj, 60)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	recs, err := t.before.org.Store().Load(ctx, obj, ids)
	if err != nil {
		return nil, err
	}
	later, err := t.after.org.Store().Load(ctx, t.after.org.Schema().Object(obj.Name), ids)
	if err != nil {
		return nil, err
	}
	f := obj.Field("RecordTypeId")
	var seen, list []string
	for i, r := range recs {
		if r == nil || later[i] == nil || deleted(later[i]) {
			continue
		}
		kind := ""
		if f != nil {
			kind = r.Get(f).Text()
		}
		if !slices.Contains(seen, kind) && len(list) < most {
			seen, list = append(seen, kind), append(list, ids[i])
		}
	}
	return list, nil
}

// insert is the insertion of rows that are all alike.
func (t *twinRun) insert(what string, rec *schema.Record, n int) *act {
	first := t.numbered
	t.numbered += n
	return &act{what: what, object: rec.Object.Name, keep: true, statement: func(_ context.Context, side *twinSide) (schema.Statement, error) {
		st := schema.Statement{Op: dml.Insert, AllOrNone: true}
		for i := range n {
			own := t.translate(side, rec)
			if own == nil {
				return st, nil
			}
			for _, f := range own.Fields() {
				switch {
				case !f.Unique && !(n > 1 && f.Type == schema.Email):
				case f.Type == schema.Email:
					own.Set(f, value.OfText(fmt.Sprintf("twin%d@example.com", first+i)))
				case f.Type.IsText():
					own.Set(f, value.OfText(cut(fmt.Sprintf("TW%d", first+i), f.Length)))
				case f.Type.IsNumber():
					own.Set(f, value.OfInt(int32(first+i)))
				}
			}
			st.Records = append(st.Records, own)
		}
		return st, nil
	}}
}

// update is a change of rows; without settings they are saved as they are.
func (t *twinRun) update(what string, obj *schema.Object, ids []string, set ...setting) *act {
	return &act{what: what, object: obj.Name, ids: ids, statement: func(_ context.Context, side *twinSide) (schema.Statement, error) {
		st := schema.Statement{Op: dml.Update, AllOrNone: true}
		for _, id := range side.these(ids) {
			rec := schema.NewRecord(obj)
			for _, one := range set {
				rec.Set(one.field, one.value)
			}
			own := t.translate(side, rec)
			if own == nil {
				return st, nil
			}
			own.SetID(id)
			st.Records = append(st.Records, own)
		}
		return st, nil
	}}
}

// remove deletes or undeletes rows.
func (t *twinRun) remove(what string, obj *schema.Object, ids []string, op dml.Op) *act {
	return &act{what: what, object: obj.Name, statement: func(_ context.Context, side *twinSide) (schema.Statement, error) {
		st := schema.Statement{Op: op, AllOrNone: true}
		own := side.org.Schema().Object(obj.Name)
		for _, id := range side.these(ids) {
			rec := schema.NewRecord(own)
			rec.SetID(id)
			st.Records = append(st.Records, rec)
		}
		return st, nil
	}}
}

// these are the rows of a side that are meant: those named, else the story's.
func (s *twinSide) these(ids []string) []string {
	if ids != nil {
		return ids
	}
	return s.rows
}

// article is "an Account", "a Contact".
func article(o *schema.Object) string {
	name := o.Label
	if name == "" {
		name = o.Name
	}
	if strings.ContainsAny(name[:1], "AEIOUaeiou") {
		return "an " + name
	}
	return "a " + name
}
