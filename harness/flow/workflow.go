package flow

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Owned is a component with the package that brought it and its namespace; ""
// for the subscriber's own.
type Owned struct {
	*metadata.Component
	Namespace string
	Package   string
}

// Source is the component as what refuses a row.
func (o Owned) Source(kind dml.SourceKind) dml.Source {
	return dml.Source{Kind: kind, Name: o.Name, Namespace: o.Namespace, Package: o.Package}
}

// Workflow is the active workflow rules of one object, compiled. It is
// immutable.
type Workflow struct {
	rules []workflowRule
}

// Change is a field update that a rule wants.
type Change struct {
	Lookup *schema.Field // leads to the parent record that is updated; nil for the record itself
	Field  *schema.Field
	Value  value.Value
	Rule   string // "Account.Set_Region"
	Source string // name of the field update: "Account.Region_Is_EMEA"
	// Again asks that the rules that have not fired are evaluated anew when the
	// update changes the field.
	Again bool
}

// WorkflowHost is the org around the rules.
type WorkflowHost interface {
	// Unsupported is told what of a rule that fires is not simulated.
	Unsupported(name, note string)
	// Named gives the id of the User, Queue or RecordType (of the object) of a
	// name, as text of a namespace writes it; "" where there is none.
	Named(kind, ns string, o *schema.Object, name string) string
}

type workflowRule struct {
	name        string
	trigger     string // onCreateOnly, onAllChanges, onCreateOrTriggeringUpdate
	holds       *formula.Program
	updates     []fieldUpdate
	unsupported []string
}

type fieldUpdate struct {
	name   string
	lookup *schema.Field // to the parent that it updates; nil for the record itself
	field  *schema.Field
	again  bool
	value  func(env formula.Env, host WorkflowHost) (value.Value, error)
}

// LinkWorkflow compiles the active workflow rules of an object, in the order
// given. updates finds the WorkflowFieldUpdate of a name such as
// "Account.Region_Is_EMEA" in a namespace; nil where there is none. A rule
// that does not compile is left out and has a diagnostic.
func LinkWorkflow(c *formula.Compiler, o *schema.Object, rules []Owned, updates func(ns, name string) *metadata.Component) (*Workflow, diag.List) {
	w := &Workflow{}
	var diags diag.List
	for _, own := range rules {
		if !own.Props.Bool("active") {
			continue
		}
		rule, bad := linkRule(c, o, own, updates)
		diags = append(diags, bad...)
		if rule.holds != nil {
			w.rules = append(w.rules, rule)
		}
	}
	return w, diags
}

// Empty reports whether there is nothing to evaluate.
func (w *Workflow) Empty() bool { return len(w.rules) == 0 }

func linkRule(c *formula.Compiler, o *schema.Object, own Owned, updates func(ns, name string) *metadata.Component) (workflowRule, diag.List) {
	p := own.Props
	rule := workflowRule{name: own.Name, trigger: p.Get("triggerType")}
	var bad diag.List
	if src := p.Get("formula"); src != "" {
		rule.holds, bad = c.Compile(o, own.Namespace, src, formula.Rule, formula.Options{Returns: schema.Boolean, File: own.Span.File})
	} else {
		rule.holds, bad = c.Criteria(o, own.Namespace, Items(p.All("criteriaItems")), p.Get("booleanFilter"))
	}
	if rule.holds == nil {
		return rule, diag.List{workflowProblem(own, "rule "+own.Name, bad)}
	}
	if p.Has("workflowTimeTriggers") {
		rule.unsupported = append(rule.unsupported, "WorkflowTimeTrigger")
	}
	var diags diag.List
	for _, action := range p.All("actions") {
		if action.Get("type") != "FieldUpdate" {
			rule.unsupported = append(rule.unsupported, "Workflow"+action.Get("type"))
			continue
		}
		name := own.Parent() + "." + action.Get("name")
		u, reason, bad := linkUpdate(c, o, own.Namespace, name, updates)
		switch {
		case len(bad) > 0:
			diags = append(diags, workflowProblem(own, "field update "+name, bad))
		case reason != "":
			rule.unsupported = append(rule.unsupported, "WorkflowFieldUpdate "+reason)
		default:
			rule.updates = append(rule.updates, u)
		}
	}
	return rule, diags
}

func workflowProblem(own Owned, what string, bad diag.List) diag.Diagnostic {
	d := bad[0]
	d.Message = "workflow " + what + ": " + d.Message
	d.Notes = append(d.Notes, "code of the formula's own diagnostic: "+d.Code)
	d.Code = CodeWorkflow
	d.Span = own.Span
	return d
}

// Items reads filter items as the metadata has them.
func Items(nodes []*metadata.Node) []formula.Item {
	items := make([]formula.Item, len(nodes))
	for i, n := range nodes {
		items[i] = formula.Item{Field: n.Get("field"), Operation: n.Get("operation"), Value: n.Get("value"), ValueField: n.Get("valueField")}
	}
	return items
}

// linkUpdate compiles a field update; reason says what of it is not simulated.
func linkUpdate(c *formula.Compiler, o *schema.Object, ns, name string, updates func(ns, name string) *metadata.Component) (u fieldUpdate, reason string, bad diag.List) {
	comp := updates(ns, name)
	if comp == nil {
		return u, "", diag.List{diag.Errorf(diag.Span{}, CodeWorkflow, "the component does not exist")}
	}
	p, owner := comp.Props, o
	u = fieldUpdate{name: name, again: p.Bool("reevaluateOnChange")}
	if to := p.Get("targetObject"); to != "" && !strings.EqualFold(to, o.Name) {
		if u.lookup, owner = parentOf(c.Schema(), o, ns, to); owner == nil {
			return u, "of a record that no lookup leads to", nil
		}
	}
	if u.field = owner.FieldIn(ns, p.Get("field")); u.field == nil {
		return u, "", diag.List{diag.Errorf(comp.Span, CodeWorkflow, "field %s.%s does not exist", owner.Name, p.Get("field"))}
	}
	u.value, reason, bad = updateValue(c, o, ns, u.field, comp)
	return u, reason, bad
}

// parentOf finds the record that a field update is for by the name of the
// lookup that leads to it (Metadata API, WorkflowFieldUpdate.targetObject).
func parentOf(s *schema.Schema, o *schema.Object, ns, name string) (*schema.Field, *schema.Object) {
	lookup := o.FieldIn(ns, name)
	if lookup == nil || len(lookup.ReferenceTo) != 1 {
		return nil, nil
	}
	return lookup, s.Object(lookup.ReferenceTo[0])
}

// updateValue is how a field update gets its value from the record of the rule.
func updateValue(c *formula.Compiler, o *schema.Object, ns string, f *schema.Field, comp *metadata.Component) (
	give func(formula.Env, WorkflowHost) (value.Value, error), reason string, bad diag.List) {
	p := comp.Props
	switch op := p.Get("operation"); op {
	case "Formula":
		prog, bad := c.Compile(o, ns, p.Get("formula"), formula.Rule, formula.Options{Returns: f.Type, File: comp.Span.File})
		if prog == nil {
			return nil, "", bad
		}
		return func(env formula.Env, _ WorkflowHost) (value.Value, error) { return prog.Eval(env) }, "", nil
	case "Literal":
		v, err := literalOf(f, p.Get("literalValue"))
		if err != nil {
			return nil, "", diag.List{diag.Errorf(comp.Span, CodeWorkflow, "%v", err)}
		}
		return func(formula.Env, WorkflowHost) (value.Value, error) { return v, nil }, "", nil
	case "Null":
		return func(formula.Env, WorkflowHost) (value.Value, error) { return value.Value{}, nil }, "", nil
	case "NextValue", "PreviousValue":
		return neighbour(f, op == "NextValue"), "", nil
	case "LookupValue":
		return named(ns, f, p.Get("lookupValueType"), p.Get("lookupValue")), "", nil
	default:
		return nil, "with operation " + op, nil
	}
}

// named is the row that a field update names: a user, a queue or a record type.
func named(ns string, f *schema.Field, kind, name string) func(formula.Env, WorkflowHost) (value.Value, error) {
	if kind == "" && f.Name == "RecordTypeId" {
		kind = "RecordType"
	}
	return func(_ formula.Env, host WorkflowHost) (value.Value, error) {
		id := host.Named(kind, ns, f.Object, name)
		if id == "" {
			return value.Value{}, fmt.Errorf("set %s: the org has no %s %q", f.Name, kind, name)
		}
		return value.OfID(id), nil
	}
}

// literalOf reads a literal as the field holds it.
func literalOf(f *schema.Field, s string) (value.Value, error) {
	switch formula.TypeOf(f.Type) {
	case formula.Boolean:
		return value.OfBool(s == "1" || strings.EqualFold(s, "true")), nil
	case formula.Number:
		d, err := value.ParseDec(s)
		return value.OfDecimal(d), err
	case formula.Date:
		days, err := value.ParseDate(s)
		return value.OfDate(days), err
	case formula.DateTime:
		ms, err := value.ParseDatetime(s)
		return value.OfDatetime(ms), err
	default:
		return value.OfText(s), nil
	}
}

// neighbour is the picklist value after or before the record's own; at the end
// of the list the value stays.
func neighbour(f *schema.Field, next bool) func(formula.Env, WorkflowHost) (value.Value, error) {
	return func(env formula.Env, _ WorkflowHost) (value.Value, error) {
		v := env.Record().Get(f)
		if f.Picklist == nil {
			return v, nil
		}
		for i, p := range f.Picklist.Values {
			if !strings.EqualFold(p.Name, v.Text()) {
				continue
			}
			if next {
				i++
			} else {
				i--
			}
			if i >= 0 && i < len(f.Picklist.Values) {
				return value.OfText(f.Picklist.Values[i].Name), nil
			}
		}
		return v, nil
	}
}

// Run evaluates the rules for a record being saved and gives the field updates
// of those that fire, in order (order-of-execution.md, step 11). An error of
// one rule's formula keeps that rule from firing, as #Error! does.
func (w *Workflow) Run(env formula.Env, host WorkflowHost) []Change {
	var out []Change
	for i := range w.rules {
		rule := &w.rules[i]
		if !rule.fires(env) {
			continue
		}
		for _, name := range rule.unsupported {
			host.Unsupported(name, "wanted by workflow rule "+rule.name)
		}
		for _, u := range rule.updates {
			v, err := u.value(env, host)
			if err != nil {
				host.Unsupported("WorkflowFieldUpdate with an error", fmt.Sprintf("field update %s: %v", u.name, err))
				continue
			}
			out = append(out, Change{Lookup: u.lookup, Field: u.field, Value: fitField(u.field, v), Rule: rule.name, Source: u.name, Again: u.again})
		}
	}
	return out
}

func (r *workflowRule) fires(env formula.Env) bool {
	isNew := env.IsNew() || env.Prior() == nil
	if r.trigger == "onCreateOnly" && !isNew {
		return false
	}
	ok, err := r.holds.True(env)
	if !ok || err != nil {
		return false
	}
	if isNew || r.trigger != "onCreateOrTriggeringUpdate" {
		return true
	}
	before, err := r.holds.True(before{env})
	return err == nil && !before
}

// before is the world as it was before the save.
type before struct{ formula.Env }

// Record is the record before the save.
func (b before) Record() *schema.Record { return b.Prior() }
