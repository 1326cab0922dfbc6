package flow

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// step executes one element and gives the name of the next.
func (r *run) step(ctx context.Context, e *element) (next string, err error) {
	switch e.kind {
	case "assignments":
		err = r.assignments(e.props)
	case "decisions":
		return r.decision(e.props)
	case "loops":
		return r.loop(e)
	case "recordLookups":
		err = r.lookup(ctx, e)
	case "recordCreates":
		err = r.create(ctx, e)
	case "recordUpdates":
		err = r.update(ctx, e.props)
	case "recordDeletes":
		err = r.delete(ctx, e.props)
	case "subflows":
		err = r.subflow(ctx, e.props)
	case "customErrors":
		return "", r.customError(e.props)
	default:
		r.host.Unsupported("Flow "+e.kind, "element "+e.name+" of flow "+r.flow.Name+" was reached and passed over")
	}
	return e.next, err
}

func (r *run) decision(n *metadata.Node) (string, error) {
	for _, rule := range n.All("rules") {
		conds := rule.All("conditions")
		all, err := logicOf(len(conds), rule.Get("conditionLogic"))
		if err != nil {
			return "", err
		}
		ok, err := all(func(i int) (bool, error) {
			c := conds[i]
			return r.condition(c.Get("leftValueReference"), c.Get("operator"), c.Child("rightValue"))
		})
		if err != nil {
			return "", err
		}
		r.vars[key(rule.Get("name"))] = &slot{value: value.OfBool(ok)}
		if ok {
			return rule.Get("connector/targetReference"), nil
		}
	}
	return n.Get("defaultConnector/targetReference"), nil
}

func (r *run) assignments(n *metadata.Node) error {
	for _, item := range n.All("assignmentItems") {
		if err := r.assign(item.Get("assignToReference"), item.Get("operator"), item.Child("value")); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) assign(to, operator string, from *metadata.Node) error {
	name, path, isField := strings.Cut(to, ".")
	s, err := r.slotOf(name)
	if err != nil {
		return err
	}
	d := r.flow.defs[key(name)]
	if d == nil || isField && d.object == nil || !isField && strings.HasPrefix(name, "$") {
		return fmt.Errorf("%s can not be assigned to", to)
	}
	if operator == "AssignCount" {
		return r.assignCount(name, s, d, path, isField, from.Get("elementReference"))
	}
	if !isField && (d.collection || d.object != nil) {
		return r.assignRecords(s, d, operator, from.Get("elementReference"), from)
	}
	var v value.Value
	if operator == "AssignCount" {
		source, err := r.slotOf(from.Get("elementReference"))
		if err != nil {
			return err
		}
		v, operator = value.OfInt(int32(len(source.records)+len(source.values))), "Assign"
	} else if v, err = r.literal(from); err != nil {
		return err
	}
	if operator != "Assign" && operator != "" {
		old, err := r.value(to)
		if err != nil {
			return err
		}
		if v, err = combined(operator, old, v); err != nil {
			return err
		}
	}
	if isField {
		return r.setField(s.rec, d.object, path, v)
	}
	s.value = v
	r.vars[key(name)] = s
	return nil
}

// assignRecords assigns to record variables and collections.
func (r *run) assignRecords(s *slot, d *definition, operator, from string, n *metadata.Node) error {
	var source slot
	if from != "" {
		got, err := r.slotOf(strings.Split(from, ".")[0])
		if err != nil {
			return err
		}
		source = *got
	}
	if operator == "Assign" && !d.collection {
		s.rec = source.rec
		return nil
	}
	if from == "" || d.object == nil && source.values == nil {
		v, err := r.literal(n)
		if err != nil {
			return err
		}
		if !v.IsNull() || operator == "Add" {
			source.values = []value.Value{v}
		}
	}
	if source.rec != nil {
		source.records = []*schema.Record{source.rec}
	}
	change := collectionOperators[operator]
	if change == nil {
		r.host.Unsupported("Flow assignment "+operator, "an assignment with this operator in flow "+r.flow.Name+" was passed over")
		return nil
	}
	if d.object != nil {
		s.records = changed(change, s.records, source.records, source.values, func(a, b *schema.Record) bool {
			return a == b || a.ID() != "" && a.ID() == b.ID()
		})
	} else {
		s.values = changed(change, s.values, source.values, source.values, value.Identical)
	}
	return nil
}

func combined(operator string, old, v value.Value) (value.Value, error) {
	switch {
	case operator == "Add" && (old.Kind() == value.Text || old.IsNull() && v.Kind() == value.Text):
		return value.OfText(old.Text() + v.Text()), nil
	case operator == "Add" && old.Kind() == value.Date:
		days, _ := v.Decimal().Int64()
		return value.OfDate(old.Int64() + days), nil
	case operator == "Subtract" && old.Kind() == value.Date:
		days, _ := v.Decimal().Int64()
		return value.OfDate(old.Int64() - days), nil
	case operator == "Add":
		return value.OfDecimal(old.Decimal().Add(v.Decimal())), nil
	case operator == "Subtract":
		return value.OfDecimal(old.Decimal().Sub(v.Decimal())), nil
	default:
		return v, fmt.Errorf("assignment operator %s is not known", operator)
	}
}

// setField sets a field of a record and remembers that the flow did.
func (r *run) setField(rec *schema.Record, o *schema.Object, name string, v value.Value) error {
	f := o.FieldIn(r.flow.Namespace, name)
	switch {
	case f == nil:
		return fmt.Errorf("field %s.%s does not exist", o.Name, name)
	case rec == nil:
		return fmt.Errorf("set %s.%s: the record is null", o.Name, name)
	}
	rec.Set(f, fitField(f, v))
	for _, t := range r.touched[rec] {
		if t == f {
			return nil
		}
	}
	r.touched[rec] = append(r.touched[rec], f)
	return nil
}

// fitField brings a value of a flow into the kind that a field holds.
func fitField(f *schema.Field, v value.Value) value.Value {
	switch {
	case v.IsNull():
		return v
	case f.Type.IsID() && v.Kind() == value.Text:
		if id, err := value.NewID(v.Text()); err == nil {
			return value.OfID(id)
		}
		return v
	case f.Type == schema.Date && v.Kind() == value.Datetime:
		days, _ := value.DaysOf(v.Int64(), nil)
		return value.OfDate(days)
	case f.Type == schema.Datetime && v.Kind() == value.Date:
		return value.OfDatetime(v.Int64() * value.MsPerDay)
	case f.Type.IsText() && v.Kind() != value.Text:
		return value.OfText(v.String())
	default:
		return v
	}
}

// loop gives the next item of a collection its turn.
func (r *run) loop(e *element) (string, error) {
	s, err := r.slotOf(e.props.Get("collectionReference"))
	if err != nil {
		return "", err
	}
	count := max(len(s.records), len(s.values))
	i := r.loops[e.name]
	if i >= count {
		delete(r.loops, e.name)
		return e.props.Get("noMoreValuesConnector/targetReference"), nil
	}
	r.loops[e.name] = i + 1
	if e.props.Get("iterationOrder") == "Desc" {
		i = count - 1 - i
	}
	item := &slot{}
	if len(s.records) > 0 {
		item.rec = s.records[i]
	} else {
		item.value = s.values[i]
	}
	name := e.props.Get("assignNextValueToReference")
	if name == "" {
		name = e.name
	}
	r.vars[key(name)] = item
	return e.props.Get("nextValueConnector/targetReference"), nil
}

// find makes the query of an element from its filters.
func (r *run) find(n *metadata.Node) (Find, error) {
	q := Find{Object: r.flow.object(n.Get("object")), Logic: n.Get("filterLogic")}
	if q.Object == nil {
		return q, fmt.Errorf("object %s does not exist", n.Get("object"))
	}
	for _, filter := range n.All("filters") {
		c := Condition{Operator: filter.Get("operator"), Field: q.Object.FieldIn(r.flow.Namespace, filter.Get("field"))}
		if c.Field == nil {
			return q, fmt.Errorf("field %s.%s does not exist", q.Object.Name, filter.Get("field"))
		}
		if !comparable(c.Operator) {
			return q, fmt.Errorf("operator %s of a filter is not known", c.Operator)
		}
		if c.Operator == "In" || c.Operator == "NotIn" {
			s, err := r.slotOf(filter.Get("value/elementReference"))
			if err != nil {
				return q, err
			}
			c.Values = s.values
		} else {
			v, err := r.literal(filter.Child("value"))
			if err != nil {
				return q, err
			}
			c.Value = v
		}
		q.Conditions = append(q.Conditions, c)
	}
	if sort := n.Get("sortField"); sort != "" {
		q.SortBy = q.Object.FieldIn(r.flow.Namespace, sort)
		q.Descending = n.Get("sortOrder") == "Desc"
	}
	return q, nil
}

func (r *run) lookup(ctx context.Context, e *element) error {
	n := e.props
	q, err := r.find(n)
	if err != nil {
		return err
	}
	first := n.Bool("getFirstRecordOnly") || len(n.All("outputAssignments")) > 0
	if d := r.flow.defs[key(n.Get("outputReference"))]; d != nil && !d.collection {
		first = true
	}
	if q.Limit, _ = strconv.Atoi(n.Get("limit")); first {
		q.Limit = 1
	}
	rows, err := r.host.Find(ctx, q)
	if err != nil {
		return err
	}
	s := &slot{}
	if !first {
		s.records = rows
	} else if len(rows) > 0 {
		s.rec = rows[0]
	}
	if n.Bool("storeOutputAutomatically") {
		r.vars[key(e.name)] = s
	}
	if to := n.Get("outputReference"); to != "" && (len(rows) > 0 || n.Bool("assignNullValuesIfNoRecordsFound")) {
		r.vars[key(to)] = s
	}
	for _, out := range n.All("outputAssignments") {
		if s.rec == nil {
			break
		}
		if f := q.Object.FieldIn(r.flow.Namespace, out.Get("field")); f != nil {
			r.vars[key(out.Get("assignToReference"))] = &slot{value: s.rec.Get(f)}
		}
	}
	return nil
}

// filled makes records with the element's input assignments.
func (r *run) fill(rec *schema.Record, n *metadata.Node) error {
	for _, in := range n.All("inputAssignments") {
		v, err := r.literal(in.Child("value"))
		if err != nil {
			return err
		}
		if err := r.setField(rec, rec.Object, in.Get("field"), v); err != nil {
			return err
		}
	}
	return nil
}

// referenced are the records of an inputReference.
func (r *run) referenced(name string) ([]*schema.Record, error) {
	s, err := r.slotOf(name)
	if err != nil {
		return nil, err
	}
	if s.rec != nil {
		return []*schema.Record{s.rec}, nil
	}
	return s.records, nil
}

func (r *run) create(ctx context.Context, e *element) error {
	n := e.props
	if name := n.Get("inputReference"); name != "" {
		recs, err := r.referenced(name)
		if err != nil || len(recs) == 0 {
			return err
		}
		return r.host.DML(ctx, dml.Insert, recs)
	}
	o := r.flow.object(n.Get("object"))
	if o == nil {
		return fmt.Errorf("object %s does not exist", n.Get("object"))
	}
	rec := schema.NewRecord(o)
	if err := r.fill(rec, n); err != nil {
		return err
	}
	if err := r.host.DML(ctx, dml.Insert, []*schema.Record{rec}); err != nil {
		return err
	}
	id := &slot{value: value.OfID(rec.ID())}
	if to := n.Get("assignRecordIdToReference"); to != "" {
		r.vars[key(to)] = id
	}
	if n.Bool("storeOutputAutomatically") {
		r.vars[key(e.name)] = id
	}
	return nil
}

// update saves the fields that the flow has set. Of the triggering record a
// before-save flow sets the fields and leaves the saving to the save at hand.
func (r *run) update(ctx context.Context, n *metadata.Node) error {
	name := n.Get("inputReference")
	if name == "" {
		q, err := r.find(n)
		if err != nil {
			return err
		}
		rows, err := r.host.Find(ctx, q)
		if err != nil || len(rows) == 0 {
			return err
		}
		return r.save(ctx, rows, n)
	}
	recs, err := r.referenced(name)
	if err != nil || len(recs) == 0 {
		return err
	}
	if strings.EqualFold(name, "$Record") && r.flow.Trigger == BeforeSave {
		return r.fill(r.rec, n)
	}
	return r.save(ctx, recs, n)
}

// save updates records by what the flow changed of them.
func (r *run) save(ctx context.Context, recs []*schema.Record, n *metadata.Node) error {
	out := make([]*schema.Record, len(recs))
	for i, rec := range recs {
		if err := r.fill(rec, n); err != nil {
			return err
		}
		out[i] = schema.NewRecord(rec.Object)
		out[i].SetID(rec.ID())
		for _, f := range r.touched[rec] {
			out[i].Set(f, rec.Get(f))
		}
	}
	return r.host.DML(ctx, dml.Update, out)
}

func (r *run) delete(ctx context.Context, n *metadata.Node) error {
	if name := n.Get("inputReference"); name != "" {
		recs, err := r.referenced(name)
		if err != nil || len(recs) == 0 {
			return err
		}
		return r.host.DML(ctx, dml.Delete, recs)
	}
	q, err := r.find(n)
	if err != nil {
		return err
	}
	rows, err := r.host.Find(ctx, q)
	if err != nil || len(rows) == 0 {
		return err
	}
	return r.host.DML(ctx, dml.Delete, rows)
}

func (r *run) subflow(ctx context.Context, n *metadata.Node) error {
	var called *Linked
	if r.flow.subflow != nil {
		called = r.flow.subflow(n.Get("flowName"))
	}
	if called == nil {
		return fmt.Errorf("flow %s does not exist", n.Get("flowName"))
	}
	sub := called.newRun(r.host, r.rec, r.prior, r.depth+1)
	for _, in := range n.All("inputAssignments") {
		s, err := r.argument(in.Child("value"))
		if err != nil {
			return err
		}
		sub.vars[key(in.Get("name"))] = s
	}
	if err := sub.run(ctx); err != nil {
		return err
	}
	for _, out := range n.All("outputAssignments") {
		s, err := sub.slotOf(out.Get("name"))
		if err != nil {
			return err
		}
		r.vars[key(out.Get("assignToReference"))] = s
	}
	return nil
}

func (r *run) customError(n *metadata.Node) error {
	m := n.Child("customErrorMessages") // one message per element is what refuses the record
	text, err := r.merge(m.Get("errorMessage"))
	if err != nil {
		return err
	}
	e := &CustomError{Message: text}
	if m.Bool("isFieldError") && r.flow.Object != nil {
		e.Field = r.flow.Object.FieldIn(r.flow.Namespace, m.Get("fieldSelection"))
	}
	return e
}
