package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Bounds of one run: elements executed, and subflows or resources that need
// each other.
const (
	maxElements = 100_000
	maxDepth    = 50
)

// CustomError is the error of a Custom Error element: it refuses the record.
type CustomError struct {
	Message string
	Field   *schema.Field // nil for the top of the page
}

// Error is the message as the platform shows it.
func (e *CustomError) Error() string { return e.Message }

// Fault is an element that failed and has no fault connector.
type Fault struct {
	Flow, Element string
	Err           error
}

// Error names the flow and the element.
func (e *Fault) Error() string {
	return fmt.Sprintf("run flow %s: element %s: %v", e.Flow, e.Element, e.Err)
}

// Unwrap is what the element failed with.
func (e *Fault) Unwrap() error { return e.Err }

// Starts reports whether the record starts the flow: the operation is one the
// flow waits for and the entry condition holds.
func (l *Linked) Starts(host Host, rec, prior *schema.Record) (bool, error) {
	isNew := prior == nil
	if isNew && !l.OnCreate || !isNew && !l.OnUpdate && !l.OnDelete {
		return false, nil
	}
	ok, err := l.meets(host, rec, prior)
	if !ok || err != nil || isNew || !l.start.onlyOnNew {
		return ok, err
	}
	before, err := l.meets(host, prior, prior)
	return !before, err
}

func (l *Linked) meets(host Host, rec, prior *schema.Record) (bool, error) {
	r := l.newRun(host, rec, prior, 0)
	if l.entry != nil {
		return l.entry.True(r)
	}
	if l.start.formula != "" {
		return false, fmt.Errorf("start flow %s: its entry condition does not compile", l.Name)
	}
	all, err := logicOf(len(l.start.filters), l.start.logic)
	if err != nil {
		return false, err
	}
	return all(func(i int) (bool, error) {
		c := l.start.filters[i]
		return r.condition("$Record."+c.Get("field"), c.Get("operator"), c.Child("value"))
	})
}

// Run runs the flow for the records that start it: a record with itself before
// the save each. A before-save flow changes the records themselves; an after-save
// flow changes the org through the host. Whether a record starts the flow is
// Starts's to say. Interviews that come to the same action call it together
// (Salesforce Help, "Flow Bulkification in Transactions"). An error of a record is
// a *CustomError, a *Fault, or what the context ended with.
func Run(ctx context.Context, host Host, l *Linked, records, priors []*schema.Record) []error {
	errs := make([]error, len(records))
	runs := make([]*run, len(records))
	running := make([]int, len(records))
	for i := range records {
		runs[i], running[i] = l.newRun(host, records[i], priors[i], 0), i
	}
	for len(running) > 0 {
		waiting := map[*element][]int{}
		var order []*element
		for _, i := range running {
			e, err := runs[i].advance(ctx)
			errs[i] = err
			if e == nil || err != nil {
				continue
			}
			if waiting[e] == nil {
				order = append(order, e)
			}
			waiting[e] = append(waiting[e], i)
		}
		running = running[:0]
		for _, e := range order {
			batch := make([]*run, len(waiting[e]))
			for k, i := range waiting[e] {
				batch[k] = runs[i]
			}
			for k, err := range act(ctx, batch, e) {
				if errs[waiting[e][k]] = err; err == nil {
					running = append(running, waiting[e][k])
				}
			}
		}
	}
	return errs
}

// run is one interview: the flow's variables and where it is.
type run struct {
	formula.Env
	flow    *Linked
	host    Host
	rec     *schema.Record // $Record
	prior   *schema.Record
	vars    map[string]*slot
	loops   map[string]int // next index of a running loop
	touched map[*schema.Record][]*schema.Field
	fault   string
	depth   int    // of subflows
	nested  int    // of resources whose value needs other resources
	at      string // the next element
	count   int    // of elements executed
}

// slot is what a resource holds at the moment.
type slot struct {
	value   value.Value
	values  []value.Value
	rec     *schema.Record
	records []*schema.Record
}

func (l *Linked) newRun(host Host, rec, prior *schema.Record, depth int) *run {
	if l.Trigger == AfterSave && rec != nil {
		rec = rec.Clone(false)
	}
	return &run{Env: host.Env(rec, prior), flow: l, host: host, rec: rec, prior: prior, vars: map[string]*slot{},
		loops: map[string]int{}, touched: map[*schema.Record][]*schema.Field{}, depth: depth, at: l.start.next}
}

// Record is the record as the flow has it by now.
func (r *run) Record() *schema.Record { return r.rec }

// run runs the interview to its end by itself.
func (r *run) run(ctx context.Context) error {
	for {
		e, err := r.advance(ctx)
		if e == nil || err != nil {
			return err
		}
		if err := act(ctx, []*run{r}, e)[0]; err != nil {
			return err
		}
	}
}

// advance goes on until the flow ends or comes to an action, which it gives.
func (r *run) advance(ctx context.Context) (*element, error) {
	if r.depth > maxDepth {
		return nil, fmt.Errorf("run flow %s: flows call each other more than %d deep", r.flow.Name, maxDepth)
	}
	for ; r.at != ""; r.count++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.count > maxElements {
			return nil, fmt.Errorf("run flow %s: more than %d elements executed", r.flow.Name, maxElements)
		}
		e := r.flow.elements[r.at]
		if e == nil {
			return nil, fmt.Errorf("run flow %s: there is no element %s", r.flow.Name, r.at)
		}
		if e.kind == "actionCalls" {
			r.count++
			return e, nil
		}
		next, err := r.step(ctx, e)
		if err := r.leave(ctx, e, next, err); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// leave goes on to the next element, or to that of the fault connector when the
// element failed.
func (r *run) leave(ctx context.Context, e *element, next string, err error) error {
	if err != nil {
		var custom *CustomError
		if errors.As(err, &custom) || ctx.Err() != nil {
			return err
		}
		if e.fault == "" {
			return &Fault{r.flow.Name, e.name, err}
		}
		r.fault, next = err.Error(), e.fault
	}
	r.at = next
	return nil
}

// slotOf finds a resource, giving variables their initial value when they are
// first asked for.
func (r *run) slotOf(name string) (*slot, error) {
	k := key(name)
	switch k {
	case "$record":
		return &slot{rec: r.rec}, nil
	case "$record__prior":
		return &slot{rec: r.prior}, nil
	}
	if s := r.vars[k]; s != nil {
		return s, nil
	}
	d := r.flow.defs[k]
	if d == nil {
		return nil, fmt.Errorf("there is no resource %s", name)
	}
	if d.foreign != "" {
		r.host.Unsupported("Flow "+d.foreign, "resource "+name+" of flow "+r.flow.Name+" counts as blank")
	}
	s := &slot{}
	r.vars[k] = s
	if d.initial != nil && d.initial.Name == "textTemplates" {
		delete(r.vars, k) // a template is made anew each time
		text, err := r.merge(d.initial.Get("text"))
		s.value = value.OfText(text)
		return s, err
	}
	if d.initial != nil && d.initial.Child("value") != nil {
		v, err := r.literal(d.initial.Child("value"))
		s.value = v
		return s, err
	}
	if d.object != nil && !d.collection && d.initial != nil {
		s.rec = schema.NewRecord(d.object)
	}
	return s, nil
}

// value is the value of a path: a variable, a formula, a field of a record, a
// global.
func (r *run) value(path string) (value.Value, error) {
	if r.nested++; r.nested > maxDepth {
		return value.Value{}, fmt.Errorf("resource %s refers to itself", path)
	}
	defer func() { r.nested-- }()
	parts := strings.Split(path, ".")
	if p := r.flow.formulas[key(path)]; p != nil {
		return p.Eval(r)
	}
	if strings.EqualFold(parts[0], "$Flow") && len(parts) == 2 {
		return r.flowGlobal(parts[1]), nil
	}
	if len(parts) > 1 { // what an action answered
		if s := r.vars[key(parts[0]+"."+parts[1])]; s != nil {
			return r.within(path, s, parts[2:])
		}
	}
	d := r.flow.defs[key(parts[0])]
	if d == nil && strings.HasPrefix(path, "$") {
		return r.global(path, parts)
	}
	s, err := r.slotOf(parts[0])
	if err != nil {
		return value.Value{}, err
	}
	if d == nil {
		d = &definition{}
	}
	if len(parts) == 1 {
		if s.rec != nil && d.object != nil {
			return value.OfID(s.rec.ID()), nil
		}
		return s.value, nil
	}
	if d.foreign != "" {
		return value.Value{}, nil
	}
	if d.object == nil && s.rec == nil {
		return value.Value{}, fmt.Errorf("%s is no record", parts[0])
	}
	return r.field(path, orObject(d.object, s.rec), s.rec, parts[1:])
}

// within is the value of a path that goes on from a resource.
func (r *run) within(path string, s *slot, rest []string) (value.Value, error) {
	switch {
	case len(rest) == 0 && s.rec != nil:
		return value.OfID(s.rec.ID()), nil
	case len(rest) == 0:
		return s.value, nil
	case s.rec == nil:
		return value.Value{}, fmt.Errorf("%s is no record", path)
	default:
		return r.field(path, s.rec.Object, s.rec, rest)
	}
}

func (r *run) field(path string, o *schema.Object, rec *schema.Record, fields []string) (value.Value, error) {
	ref := r.flow.reference(o, fields)
	if ref == nil {
		return value.Value{}, fmt.Errorf("field %s does not exist", path)
	}
	return ref.Get(r.Env, rec)
}

// orObject is the object of a record where the flow's metadata does not say it.
func orObject(o *schema.Object, rec *schema.Record) *schema.Object {
	if o == nil {
		return rec.Object
	}
	return o
}

func (r *run) record(name string) (*schema.Record, error) {
	s, err := r.slotOf(name)
	if err != nil {
		return nil, err
	}
	return s.rec, nil
}

func (r *run) global(path string, parts []string) (value.Value, error) {
	_, get, ok := r.flow.compiler.Global(r.flow.Namespace, parts)
	if !ok {
		return value.Value{}, fmt.Errorf("global variable %s does not exist", path)
	}
	return get(r.Env)
}

// flowGlobal is a member of $Flow.
func (r *run) flowGlobal(name string) value.Value {
	switch key(name) {
	case "currentdate":
		days, _ := value.DaysOf(r.Now(), r.Zone())
		return value.OfDate(days)
	case "currentdatetime":
		return value.OfDatetime(r.Now())
	case "faultmessage":
		return value.OfText(r.fault)
	case "currentrecord":
		if r.rec != nil {
			return value.OfID(r.rec.ID())
		}
	}
	return value.Value{}
}

// literal is the value of an element such as <value> or <rightValue>.
func (r *run) literal(n *metadata.Node) (value.Value, error) {
	if n == nil || len(n.Children) == 0 {
		return value.Value{}, nil
	}
	c := n.Children[0]
	switch c.Name {
	case "elementReference":
		return r.value(c.Text)
	case "stringValue":
		s, err := r.merge(c.Text)
		return value.OfText(s), err
	case "numberValue":
		d, err := value.ParseDec(c.Text)
		return value.OfDecimal(d), err
	case "booleanValue":
		return value.OfBool(c.Text == "true"), nil
	case "dateValue":
		days, err := value.ParseDate(c.Text)
		return value.OfDate(days), err
	case "dateTimeValue":
		ms, err := value.ParseDatetime(c.Text)
		return value.OfDatetime(ms), err
	case "timeValue":
		ms, err := value.ParseTime(c.Text)
		return value.OfTime(ms), err
	default:
		r.host.Unsupported("Flow value "+c.Name, "a value of this kind in flow "+r.flow.Name+" counts as blank")
		return value.Value{}, nil
	}
}

// merge replaces {!resource} in a text.
func (r *run) merge(s string) (string, error) {
	var b strings.Builder
	for {
		i := strings.Index(s, "{!")
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			break
		}
		v, err := r.value(strings.TrimSpace(s[i+2 : i+end]))
		if err != nil {
			return "", err
		}
		b.WriteString(s[:i])
		if !v.IsNull() {
			b.WriteString(v.String())
		}
		s = s[i+end+1:]
	}
	b.WriteString(s)
	return b.String(), nil
}

// condition evaluates one condition of a start or decision.
func (r *run) condition(left, operator string, right *metadata.Node) (bool, error) {
	y, err := r.literal(right)
	if err != nil {
		return false, err
	}
	if operator == "IsChanged" {
		changed, err := r.changed(left)
		return changed == truth(y), err
	}
	if !comparable(operator) {
		r.host.Unsupported("Flow operator "+operator, "a condition with this operator in flow "+r.flow.Name+" counts as false")
		return false, nil
	}
	parts := strings.Split(left, ".")
	if d := r.flow.defs[key(left)]; d != nil && len(parts) == 1 && (d.object != nil || d.collection) {
		s, err := r.slotOf(left)
		if err != nil {
			return false, err
		}
		empty := s.rec == nil && s.records == nil && s.values == nil
		return empty == truth(y), nil
	}
	x, err := r.value(left)
	return err == nil && compare(operator, x, y), err
}

// changed compares a field of $Record with the same field before the save.
func (r *run) changed(left string) (bool, error) {
	if r.prior == nil {
		return true, nil
	}
	path, ok := strings.CutPrefix(left, "$Record.")
	if !ok {
		return false, fmt.Errorf("only fields of $Record can be tested for a change, not %s", left)
	}
	after, err := r.value(left)
	if err != nil {
		return false, err
	}
	before, err := r.value("$Record__Prior." + path)
	return !value.Identical(before, after), err
}
