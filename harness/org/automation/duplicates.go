package automation

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// duplicateRules are the active duplicate rules of an object in their order,
// with the matching rules they use.
func (c *Compiler) duplicateRules(obj *schema.Object) []save.DuplicateRule {
	var active []flow.Owned
	for _, e := range c.componentsOf(obj, metadata.DuplicateRule) {
		if e.Component.Props.Bool("isActive") {
			active = append(active, e)
		}
	}
	order := func(e flow.Owned) int { n, _ := strconv.Atoi(e.Component.Props.Get("sortOrder")); return n }
	slices.SortStableFunc(active, func(a, b flow.Owned) int { return cmp.Compare(order(a), order(b)) })
	var out []save.DuplicateRule
	for _, e := range active {
		out = append(out, c.duplicateRule(obj, e))
	}
	return out
}

// duplicateMessage is the alert text of a rule that has none
// (order-of-execution.md, section 6).
const duplicateMessage = "You are creating a duplicate record. We recommend you use an existing record instead."

func (c *Compiler) duplicateRule(obj *schema.Object, e flow.Owned) save.DuplicateRule {
	p := e.Component.Props
	rule := save.DuplicateRule{Source: e.Source(dml.DuplicateRule), Message: cmp.Or(p.Get("alertText"), duplicateMessage)}
	for i, event := range []string{"Insert", "Update"} {
		alert := slices.ContainsFunc(p.All("operationsOn"+event), func(n *metadata.Node) bool { return n.Text == "Alert" })
		rule.Blocks[i] = p.Get("actionOn"+event) == "Block"
		rule.Alerts[i] = !rule.Blocks[i] && alert
	}
	c.duplicateFilter(obj, e, &rule)
	for _, n := range p.All("duplicateRuleMatchRules") {
		if m, ok := c.matchingRule(obj, e, n); ok {
			rule.Matching = append(rule.Matching, m)
		}
	}
	if len(rule.Matching) == 0 {
		name := rule.Source.String()
		rule.Applies = func(_ context.Context, env save.Env, _ *save.Row) bool {
			env.Approximated(name, "its matching rules are not in the org's metadata; it stops and reports nothing", obj.Name)
			return false
		}
	}
	return rule
}

// duplicateFilter compiles the condition under which a rule runs, and tells
// the ledger of methods that are only approximated.
func (c *Compiler) duplicateFilter(obj *schema.Object, e flow.Owned, rule *save.DuplicateRule) {
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
	p, diags := c.formulas.Criteria(obj, e.Namespace, items, node.Get("booleanFilter"))
	name := rule.Source.String()
	rule.Applies = func(ctx context.Context, env save.Env, r *save.Row) bool {
		if p == nil {
			env.Approximated(name, "its condition is not evaluated, the rule runs for all rows: "+firstMessage(diags), obj.Name)
			return true
		}
		ok, err := p.True(env.Formula(ctx, r.New, r.Old))
		return ok && err == nil
	}
}

// matchingRule finds the active matching rule that a duplicate rule uses. A
// rule over another object comes with a mapping of fields.
func (c *Compiler) matchingRule(obj *schema.Object, e flow.Owned, use *metadata.Node) (save.MatchingRule, bool) {
	target := c.schema.ObjectIn(e.Namespace, cmp.Or(use.Get("matchRuleSObjectType"), obj.Name))
	if target == nil {
		return save.MatchingRule{}, false
	}
	for _, m := range c.components.OfKind(metadata.MatchingRule) {
		name := m.Component.BaseName()
		wanted := use.Get("matchingRule")
		if !strings.EqualFold(name, wanted) && !strings.EqualFold(prefixed(m.Namespace, name), wanted) {
			continue
		}
		if c.schema.ObjectIn(m.Namespace, m.Component.Parent()) != target || m.Component.Props.Get("ruleStatus") == "Inactive" {
			continue
		}
		return c.matchItems(obj, target, m, use)
	}
	return save.MatchingRule{}, false
}

func (c *Compiler) matchItems(obj, target *schema.Object, m flow.Owned, use *metadata.Node) (save.MatchingRule, bool) {
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
