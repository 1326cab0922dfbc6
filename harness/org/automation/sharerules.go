package automation

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// shareRules are the sharing rules of an object: those by owner, then those by
// criteria, each in order of name (Metadata API, SharingRules).
func (c *Compiler) shareRules(obj *schema.Object) []save.ShareRule {
	var out []save.ShareRule
	for _, e := range c.componentsOf(obj, metadata.SharingOwnerRule) {
		rule := shareRule(e)
		kind, name := sharedWith(e.Component.Props.Child("sharedFrom"))
		owner := obj.Field("OwnerId")
		rule.Matches = func(ctx context.Context, env save.Env, rec *schema.Record) (bool, error) {
			d, err := env.Directory(ctx)
			if err != nil || owner == nil {
				return false, err
			}
			from := d.Find(kind, name)
			return from != "" && d.Contains(from, rec.Get(owner).Text()), nil
		}
		out = append(out, rule)
	}
	for _, e := range c.componentsOf(obj, metadata.SharingCriteriaRule) {
		out = append(out, c.criteriaRule(obj, e))
	}
	return out
}

// criteriaRule compiles a sharing rule over fields.
func (c *Compiler) criteriaRule(obj *schema.Object, e flow.Owned) save.ShareRule {
	rule := shareRule(e)
	rule.Criteria = true
	var items []formula.Item
	for _, n := range e.Component.Props.All("criteriaItems") {
		items = append(items, formula.Item{Field: n.Get("field"), Operation: n.Get("operation"), Value: n.Get("value"), ValueField: n.Get("valueField")})
	}
	p, diags := c.formulas.Criteria(obj, e.Namespace, items, e.Component.Props.Get("booleanFilter"))
	rule.Matches = func(ctx context.Context, env save.Env, rec *schema.Record) (bool, error) {
		if p == nil {
			env.Approximated("SharingCriteriaRule "+rule.Name, "its criteria are not evaluated, the rule shares nothing: "+firstMessage(diags), obj.Name)
			return false, nil
		}
		ok, err := p.True(env.Formula(ctx, rec, nil))
		return ok && err == nil, nil
	}
	return rule
}

// shareRule is what sharing rules have in common: whom they share with, and how
// far.
func shareRule(e flow.Owned) save.ShareRule {
	p := e.Component.Props
	rule := save.ShareRule{Name: e.Component.Name, Level: levelOf(p.Get("accessLevel"))}
	if n := p.Child("accountSettings"); n != nil {
		rule.Level = max(rule.Level, sharing.Read)
		rule.Children = map[string]sharing.Level{"Contact": levelOf(n.Get("contactAccessLevel")),
			"Opportunity": levelOf(n.Get("opportunityAccessLevel")), "Case": levelOf(n.Get("caseAccessLevel"))}
	}
	kind, name := sharedWith(p.Child("sharedTo"))
	rule.To = func(ctx context.Context, env save.Env) (string, error) {
		d, err := env.Directory(ctx)
		if err != nil {
			return "", err
		}
		to := d.Find(kind, name)
		if to == "" {
			env.Approximated("sharing rule "+rule.Name, "it shares with "+strings.TrimSpace(kind+" "+name)+", which the org does not have or the simulator does not know; it shares nothing", e.Component.Span.String())
		}
		return to, nil
	}
	return rule
}

func levelOf(name string) sharing.Level {
	switch name {
	case "Edit":
		return sharing.Edit
	case "Read":
		return sharing.Read
	default:
		return sharing.None
	}
}

// sharedWith is the one element of a SharedTo: its kind and name.
func sharedWith(n *metadata.Node) (kind, name string) {
	if n == nil || len(n.Children) == 0 {
		return "", ""
	}
	first := n.Children[0]
	return first.Name, strings.TrimSpace(first.Text)
}
