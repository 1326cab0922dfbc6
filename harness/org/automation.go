package org

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// automation compiles what the components do to rows of an object, once.
func (w *compiled) automation(obj *schema.Object) *save.Automation {
	prog := w.program()
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.autos[obj]; a != nil {
		return a
	}
	a := &save.Automation{
		Defaults: w.defaults(obj),
		Rules:    w.rules(obj),
		Compute:  w.compute(obj),
		RollUps:  w.rollUps(obj),
		Derive:   derivations[obj.Name],
	}
	switch obj.Name {
	case "ContentVersion":
		a.Prepare, a.Follow = prepareFiles, shareFiles
	case "User":
		a.Follow = followProfiles
	}
	a.Filters, a.Duplicates = w.lookupFilters(obj), w.duplicateRules(obj)
	for event := range a.Triggers {
		a.Triggers[event] = len(triggersFor(prog, obj, save.TriggerEvent(event))) > 0
	}
	w.flows(obj, a)
	w.autos[obj] = a
	return a
}

// defaults are the default values of an object's fields. Those of custom
// fields are formulas, those of standard ones plain values.
func (w *compiled) defaults(obj *schema.Object) []save.Default {
	var out []save.Default
	for _, f := range obj.Fields {
		if !f.IsStored() || f.Type == schema.ID || f.AutoNumber {
			continue
		}
		if d, ok := w.defaultOf(obj, f); ok {
			out = append(out, save.Default{Field: f, Value: d})
		}
	}
	return out
}

type defaultFunc = func(context.Context, save.Env, *schema.Record) (value.Value, error)

func (w *compiled) defaultOf(obj *schema.Object, f *schema.Field) (defaultFunc, bool) {
	constant := func(v value.Value) (defaultFunc, bool) {
		return func(context.Context, save.Env, *schema.Record) (value.Value, error) { return v, nil }, true
	}
	if v, ok := standingDefaults[obj.Name+"."+f.Name]; ok {
		return constant(v)
	}
	switch {
	case obj.Kind == schema.Share && f.Name == "RowCause":
		return constant(value.OfText("Manual"))
	case obj.Name == "User" && f.Name == "CommunityNickname":
		return nicknameOf(obj), true
	case obj.Name == "User" && f.Name == "UserType":
		return userTypeOf(obj), true
	case obj.Name == "Document" && f.Name == "DeveloperName":
		return nameOf(obj.Field("Name")), true
	case obj.Name == "Document" && f.Name == "AuthorId":
		return runningUser, true
	case f.Name == "CurrencyIsoCode":
		return func(_ context.Context, env save.Env, _ *schema.Record) (value.Value, error) {
			return value.OfText(txOf(env).org.currency()), nil
		}, true
	case f.DefaultValue == "" && f.Picklist != nil:
		if d := f.Picklist.Default(); d != "" && (f.Custom || f.DefaultedOnCreate || !f.Nillable) {
			return constant(value.OfText(d))
		}
		return nil, false
	case f.DefaultValue == "":
		return nil, false
	case f.Type == schema.Boolean:
		return constant(value.OfBool(strings.EqualFold(f.DefaultValue, "true")))
	case !f.Custom:
		return constant(value.OfText(f.DefaultValue))
	}
	ns := f.Namespace
	p, diags := w.formulas.Compile(obj, ns, f.DefaultValue, formula.Default, formula.Options{Returns: f.Type, File: obj.Name + "." + f.Name})
	name := "default value of " + obj.Name + "." + f.Name
	if p == nil {
		note := firstMessage(diags)
		return func(_ context.Context, env save.Env, _ *schema.Record) (value.Value, error) {
			env.Approximated(name, note, obj.Name)
			return value.Value{}, nil
		}, true
	}
	return func(ctx context.Context, env save.Env, rec *schema.Record) (value.Value, error) {
		v, err := p.Eval(txOf(env).formulaEnv(ctx, rec, nil))
		if err != nil {
			env.Approximated(name, "evaluates to an error: "+err.Error(), obj.Name)
			return value.Value{}, nil
		}
		return v, nil
	}, true
}

// nicknameOf is the nickname of a user that is saved without one: unique, as
// user names are.
func nicknameOf(users *schema.Object) defaultFunc {
	username := users.Field("Username")
	return func(_ context.Context, _ save.Env, rec *schema.Record) (value.Value, error) {
		h := fnv.New64a()
		h.Write([]byte(strings.ToLower(rec.Get(username).Text()))) //nolint:errcheck // never fails
		return value.OfText(fmt.Sprintf("User%020d", h.Sum64())), nil
	}
}

// standingDefaults are the values that the platform gives fields of standard
// objects that a save leaves out, where the describe does not tell of them
// (Object Reference for Salesforce, the object's own page).
var standingDefaults = map[string]value.Value{
	"User.IsActive": value.OfBool(true), "PermissionSetAssignment.IsActive": value.OfBool(true),
	"PermissionSet.IsCustom": value.OfBool(true), "PermissionSet.Type": value.OfText("Regular"),
	"Contract.Status": value.OfText("Draft"), "EmailMessage.Status": value.OfText("0"),
	"AccountShare.CaseAccessLevel": value.OfText("None"),
	"UserRole.PortalType":          value.OfText("None"), "Group.Type": value.OfText("Regular"),
}

// nameOf gives a developer name that is left out: the name with underscores
// for all that it may not have.
func nameOf(from *schema.Field) defaultFunc {
	return func(_ context.Context, _ save.Env, rec *schema.Record) (value.Value, error) {
		name := strings.Map(func(r rune) rune {
			if r == '_' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				return r
			}
			return '_'
		}, rec.Get(from).Text())
		return value.OfText(strings.Trim(name, "_")), nil
	}
}

func runningUser(_ context.Context, env save.Env, _ *schema.Record) (value.Value, error) {
	return value.OfID(env.UserID()), nil
}

func firstMessage(diags diag.List) string {
	for _, d := range diags {
		if d.Severity == diag.Error {
			return d.Message
		}
	}
	return "does not compile"
}

// rules are the active validation rules of an object, in order of name.
func (w *compiled) rules(obj *schema.Object) []save.Rule {
	var out []save.Rule
	for _, e := range w.automationOf(obj, metadata.ValidationRule) {
		c := e.Component
		if !c.Props.Bool("active") {
			continue
		}
		rule := save.Rule{Name: obj.Name + "." + prefixed(e.Namespace, c.BaseName()), Message: c.Props.Get("errorMessage")}
		if at := c.Props.Get("errorDisplayField"); at != "" {
			rule.Field = at
			if f := obj.FieldIn(e.Namespace, at); f != nil {
				rule.Field = f.Name
			}
		}
		p, diags := w.formulas.Compile(obj, e.Namespace, c.Props.Get("errorConditionFormula"), formula.Rule,
			formula.Options{Returns: schema.Boolean, File: c.Span.File})
		note := firstMessage(diags)
		rule.Fails = func(ctx context.Context, env save.Env, r *save.Row) (bool, error) {
			if p == nil {
				env.Approximated("ValidationRule "+rule.Name, "its formula is not evaluated, the rule refuses nothing: "+note, obj.Name)
				return false, nil
			}
			ok, err := p.True(txOf(env).formulaEnv(ctx, r.New, r.Old))
			if err != nil {
				env.Approximated("ValidationRule "+rule.Name, "its formula ends in an error, the rule refuses nothing: "+err.Error(), obj.Name)
				return false, nil
			}
			return ok, nil
		}
		out = append(out, rule)
	}
	return out
}

// compute evaluates the formula fields of an object; nil when it has none.
func (w *compiled) compute(obj *schema.Object) func(context.Context, save.Env, []*schema.Record) error {
	var fields []*schema.Field
	for _, f := range obj.Fields {
		if f.IsFormula() {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return func(ctx context.Context, env save.Env, recs []*schema.Record) error {
		for _, rec := range recs {
			fe := txOf(env).formulaEnv(ctx, rec, nil)
			for _, f := range fields {
				rec.Set(f, w.evalField(env, fe, f))
			}
		}
		return nil
	}
}

// evalField is the value of a formula field; one that ends in #Error! is null.
func (w *compiled) evalField(env save.Env, fe formula.Env, f *schema.Field) value.Value {
	p, diags := w.formulas.Field(f)
	if p == nil {
		env.Approximated("formula field "+f.Object.Name+"."+f.Name, firstMessage(diags), f.Object.Name)
		return value.Value{}
	}
	v, err := p.Eval(fe)
	if err != nil {
		return value.Value{}
	}
	if f.Type.IsDecimal() && !v.IsNull() {
		if d, err := v.Decimal().SetScale(int32(f.Scale), value.HalfUp); err == nil {
			return value.OfDecimal(d)
		}
	}
	return v
}

// rollUps are the summary fields of the masters of an object.
func (w *compiled) rollUps(obj *schema.Object) []save.RollUp {
	var out []save.RollUp
	for _, lookup := range obj.Fields {
		if lookup.Type != schema.Reference {
			continue
		}
		for _, name := range lookup.ReferenceTo {
			parent := w.schema.Object(name)
			if parent == nil {
				continue
			}
			for _, f := range parent.Fields {
				if f.Summary == nil || !strings.EqualFold(f.Summary.Child, obj.Name) || !strings.EqualFold(f.Summary.ForeignKey, lookup.Name) {
					continue
				}
				ru := save.RollUp{Field: f, Lookup: lookup}
				if f.Summary.Field != "" {
					ru.Of = obj.Field(f.Summary.Field)
				}
				w.summaryFilter(obj, &ru)
				w.summaryValue(&ru)
				out = append(out, ru)
			}
		}
	}
	return out
}

// summaryFilter compiles the filter of a roll-up.
func (w *compiled) summaryFilter(obj *schema.Object, ru *save.RollUp) {
	f := ru.Field
	if len(f.Summary.Filters) == 0 {
		return
	}
	items := make([]formula.Item, len(f.Summary.Filters))
	for i, s := range f.Summary.Filters {
		items[i] = formula.Item{Field: s.Field, Operation: s.Operation, Value: s.Value, ValueField: s.ValueField}
	}
	p, diags := w.formulas.Criteria(obj, f.Namespace, items, "")
	if p != nil {
		ru.Reads = append(ru.Reads, p.Fields()...)
	}
	ru.Matches = func(ctx context.Context, env save.Env, rec *schema.Record) bool {
		if p == nil {
			env.Approximated("filter of roll-up "+f.Object.Name+"."+f.Name, firstMessage(diags), obj.Name)
			return true
		}
		ok, err := p.True(txOf(env).formulaEnv(ctx, rec, nil))
		return ok && err == nil
	}
}

// summaryValue computes a formula field that a roll-up is over.
func (w *compiled) summaryValue(ru *save.RollUp) {
	if ru.Of == nil || !ru.Of.IsFormula() {
		return
	}
	of := ru.Of
	if p, _ := w.formulas.Field(of); p != nil {
		ru.Reads = append(ru.Reads, p.Fields()...)
	}
	ru.Value = func(ctx context.Context, env save.Env, child *schema.Record) value.Value {
		return w.evalField(env, txOf(env).formulaEnv(ctx, child, nil), of)
	}
}

// derivations fill in standard fields that follow from others. The table is
// small on purpose: fields that packages read after they wrote the others.
var derivations = map[string]func(rec *schema.Record){
	"Case":        func(rec *schema.Record) { deriveClosed(rec, "Status", "Closed") },
	"Task":        func(rec *schema.Record) { deriveClosed(rec, "Status", "Completed") },
	"Opportunity": deriveStage,
	"Attachment":  deriveBodyLength,
	"Document":    deriveBodyLength,
}

func deriveClosed(rec *schema.Record, status, closed string) {
	f, is := rec.Object.Field(status), rec.Object.Field("IsClosed")
	if f != nil && is != nil && is.IsStored() {
		rec.Set(is, value.OfBool(strings.EqualFold(rec.Get(f).Text(), closed)))
	}
}

func deriveBodyLength(rec *schema.Record) {
	if body := rec.Object.Field("Body"); body != nil && rec.IsSet(body) {
		setIfStored(rec, "BodyLength", value.OfInt(int32(len(rec.Get(body).Text()))))
	}
}

func deriveStage(rec *schema.Record) {
	o := rec.Object
	f := o.Field("StageName")
	if f == nil {
		return
	}
	i := slices.IndexFunc(stages, func(s stage) bool { return strings.EqualFold(s.label, rec.Get(f).Text()) })
	if i < 0 {
		return
	}
	s := stages[i]
	setIfStored(rec, "IsClosed", value.OfBool(s.closed()))
	setIfStored(rec, "IsWon", value.OfBool(s.won()))
	setIfStored(rec, "ForecastCategory", value.OfText(s.forecast))
	setIfStored(rec, "ForecastCategoryName", value.OfText(s.forecast))
	if f := o.Field("Probability"); f != nil && rec.Get(f).IsNull() {
		rec.Set(f, value.OfInt(int32(s.probability)))
	}
}
