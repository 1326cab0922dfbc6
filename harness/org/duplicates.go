package org

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// duplicateRules are the active duplicate rules of an object in their order,
// with the matching rules they use.
func (w *compiled) duplicateRules(obj *schema.Object) []save.DuplicateRule {
	var active []*Entry
	for _, e := range w.automationOf(obj, metadata.DuplicateRule) {
		if e.Component.Props.Bool("isActive") {
			active = append(active, e)
		}
	}
	order := func(e *Entry) int { n, _ := strconv.Atoi(e.Component.Props.Get("sortOrder")); return n }
	slices.SortStableFunc(active, func(a, b *Entry) int { return cmp.Compare(order(a), order(b)) })
	var out []save.DuplicateRule
	for _, e := range active {
		out = append(out, w.duplicateRule(obj, e))
	}
	return out
}

// duplicateMessage is the alert text of a rule that has none
// (order-of-execution.md, section 6).
const duplicateMessage = "You are creating a duplicate record. We recommend you use an existing record instead."

func (w *compiled) duplicateRule(obj *schema.Object, e *Entry) save.DuplicateRule {
	p := e.Component.Props
	rule := save.DuplicateRule{Name: e.Component.Name, Message: cmp.Or(p.Get("alertText"), duplicateMessage)}
	for i, event := range []string{"Insert", "Update"} {
		alert := slices.ContainsFunc(p.All("operationsOn"+event), func(n *metadata.Node) bool { return n.Text == "Alert" })
		rule.Blocks[i] = p.Get("actionOn"+event) == "Block"
		rule.Alerts[i] = !rule.Blocks[i] && alert
	}
	w.duplicateFilter(obj, e, &rule)
	for _, n := range p.All("duplicateRuleMatchRules") {
		if m, ok := w.matchingRule(obj, e, n); ok {
			rule.Matching = append(rule.Matching, m)
		}
	}
	if len(rule.Matching) == 0 {
		name := rule.Name
		rule.Applies = func(_ context.Context, env save.Env, _ *save.Row) bool {
			env.Approximated("DuplicateRule "+name, "its matching rules are not in the org's metadata; it stops and reports nothing", obj.Name)
			return false
		}
	}
	return rule
}

// duplicateFilter compiles the condition under which a rule runs, and tells
// the ledger of methods that are only approximated.
func (w *compiled) duplicateFilter(obj *schema.Object, e *Entry, rule *save.DuplicateRule) {
	node := e.Component.Props.Child("duplicateRuleFilter")
	if node == nil || len(node.All("duplicateRuleFilterItems")) == 0 {
		return
	}
	var items []formula.Item
	for _, n := range node.All("duplicateRuleFilterItems") {
		field := n.Get("field")
		if table := n.Get("table"); table != "" && !strings.Contains(field, ".") {
			field = table + "." + field
		}
		items = append(items, formula.Item{Field: field, Operation: n.Get("operation"), Value: n.Get("value"), ValueField: n.Get("valueField")})
	}
	p, diags := w.formulas.Criteria(obj, e.Namespace, items, node.Get("booleanFilter"))
	name := rule.Name
	rule.Applies = func(ctx context.Context, env save.Env, r *save.Row) bool {
		if p == nil {
			env.Approximated("DuplicateRule "+name, "its condition is not evaluated, the rule runs for all rows: "+firstMessage(diags), obj.Name)
			return true
		}
		ok, err := p.True(txOf(env).formulaEnv(ctx, r.New, r.Old))
		return ok && err == nil
	}
}

// matchingRule finds the active matching rule that a duplicate rule uses. A
// rule over another object comes with a mapping of fields.
func (w *compiled) matchingRule(obj *schema.Object, e *Entry, use *metadata.Node) (save.MatchingRule, bool) {
	target := w.schema.ObjectIn(e.Namespace, cmp.Or(use.Get("matchRuleSObjectType"), obj.Name))
	if target == nil {
		return save.MatchingRule{}, false
	}
	for _, m := range w.registry.OfKind(metadata.MatchingRule) {
		name := m.Component.BaseName()
		wanted := use.Get("matchingRule")
		if !strings.EqualFold(name, wanted) && !strings.EqualFold(prefixed(m.Namespace, name), wanted) {
			continue
		}
		if w.schema.ObjectIn(m.Namespace, m.Component.Parent()) != target || m.Component.Props.Get("ruleStatus") == "Inactive" {
			continue
		}
		return w.matchItems(obj, target, m, use)
	}
	return save.MatchingRule{}, false
}

func (w *compiled) matchItems(obj, target *schema.Object, m *Entry, use *metadata.Node) (save.MatchingRule, bool) {
	out := save.MatchingRule{Name: m.Component.Name, Object: target}
	mapped := map[string]string{}
	if mapping := use.Child("objectMapping"); mapping != nil {
		for _, n := range mapping.All("mappingFields") {
			mapped[strings.ToLower(n.Get("outputField"))] = n.Get("inputField")
		}
	}
	for _, n := range m.Component.Props.All("matchingRuleItems") {
		name := n.Get("fieldName")
		item := save.MatchItem{Other: target.FieldIn(m.Namespace, name), Method: n.Get("matchingMethod"),
			MatchBlank: n.Get("blankValueBehavior") == "MatchBlanks"}
		item.Own = obj.FieldIn(m.Namespace, cmp.Or(mapped[strings.ToLower(name)], name))
		if item.Own == nil || item.Other == nil {
			return out, false
		}
		out.Items = append(out.Items, item)
	}
	if logic := m.Component.Props.Get("booleanFilter"); logic != "" {
		test, err := formula.ParseCondition(len(out.Items), logic)
		if err != nil {
			return out, false
		}
		out.Logic = test
	}
	return out, true
}

// RecordTypeValues are the values that a record type offers.
func (e pipelineEnv) RecordTypeValues(o *schema.Object, recordType string, f *schema.Field) ([]schema.PicklistValue, bool) {
	for i := range o.RecordTypes {
		rt := &o.RecordTypes[i]
		if e.tx.org.recordTypeID(rt.Namespace, o, rt.DeveloperName) == recordType {
			values, known := rt.PicklistValues[strings.ToLower(f.Name)]
			return values, known
		}
	}
	return nil, false
}

// QueueServes reports whether rows of an object may belong to a queue. Of a
// queue that names no objects at all nothing is known.
func (e pipelineEnv) QueueServes(ctx context.Context, queue string, o *schema.Object) (serves, known bool, err error) {
	org := e.tx.org
	for _, q := range org.registry.OfKind(metadata.Queue) {
		if org.MirrorID(q.Key()) != queue {
			continue
		}
		for _, n := range q.Component.Props.All("queueSobject") {
			known = true
			serves = serves || e.tx.compiled.schema.ObjectIn(q.Namespace, n.Get("sobjectType")) == o
		}
	}
	link := e.tx.compiled.schema.Object("QueueSobject")
	if serves || link == nil || !org.stored(link) {
		return serves, known, nil
	}
	err = org.st.Scan(ctx, link, func(rec *schema.Record) error {
		if rec.Get(link.Field("QueueId")).Text() == queue {
			known = true
			serves = serves || strings.EqualFold(rec.Get(link.Field("SobjectType")).Text(), o.Name)
		}
		return nil
	})
	return serves, known, err
}

// lookupFilters are the active required filters of an object's lookups.
func (w *compiled) lookupFilters(obj *schema.Object) []save.LookupFilter {
	var out []save.LookupFilter
	for _, e := range w.automationOf(obj, metadata.CustomField) {
		n := e.Component.Props.Child("lookupFilter")
		f := obj.FieldIn(e.Namespace, e.Component.BaseName())
		if f == nil || !n.Bool("active") || n.Bool("isOptional") {
			continue
		}
		for _, name := range f.ReferenceTo {
			if target := w.schema.Object(name); target != nil {
				out = append(out, w.lookupFilter(obj, target, f, e.Namespace, n))
			}
		}
	}
	return out
}

func (w *compiled) lookupFilter(obj, target *schema.Object, f *schema.Field, ns string, n *metadata.Node) save.LookupFilter {
	var items []formula.Item
	filter := save.LookupFilter{Field: f, Message: n.Get("errorMessage")}
	for _, it := range n.All("filterItems") {
		item := formula.Item{Field: it.Get("field"), Operation: it.Get("operation"), Value: it.Get("value"), ValueField: it.Get("valueField")}
		for _, path := range []string{item.Field, item.ValueField} {
			if name, ok := strings.CutPrefix(path, "$Source."); ok {
				if own := obj.FieldIn(ns, name); own != nil {
					filter.Reads = append(filter.Reads, own)
				}
			}
		}
		items = append(items, item)
	}
	p, diags := w.formulas.LookupFilter(obj, target, ns, items, n.Get("booleanFilter"))
	filter.Holds = func(ctx context.Context, env save.Env, r *save.Row, rec *schema.Record) (bool, error) {
		if rec.Object != target {
			return true, nil
		}
		if p == nil {
			env.Approximated("lookup filter of "+obj.Name+"."+f.Name, "it is not evaluated and refuses nothing: "+firstMessage(diags), obj.Name)
			return true, nil
		}
		ok, err := p.True(sourceEnv{txOf(env).formulaEnv(ctx, rec, nil), r.New})
		if err != nil {
			env.Approximated("lookup filter of "+obj.Name+"."+f.Name, "it ends in an error and refuses nothing: "+err.Error(), obj.Name)
			return true, nil
		}
		return ok, nil
	}
	return filter
}

// sourceEnv is the row looked up, with the row that holds the lookup as
// $Source.
type sourceEnv struct {
	*formulaEnv
	source *schema.Record
}

// Global knows the fields of the source besides the global variables.
func (e sourceEnv) Global(path []string) (value.Value, bool) {
	if len(path) == 2 && strings.EqualFold(path[0], "$Source") {
		return fieldOf(e.source, path[1:])
	}
	return e.formulaEnv.Global(path)
}
