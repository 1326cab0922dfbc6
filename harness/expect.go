package harness

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// expectations are those of the suite with their expressions compiled.
type expectations struct {
	rules   []invariant.Rule
	changes []invariant.Change
}

func compileExpectations(e *suite.Expectations) (expectations, error) {
	var out expectations
	for _, r := range e.Invariants {
		compiled := invariant.Rule{Name: r.Name, SOQL: r.SOQL, Message: r.Message, Mends: r.Mends}
		var bad diag.List
		if r.Each != "" {
			compiled.Each, bad = rule.Compile(rule.Row, r.Each, diag.Span{})
		} else {
			compiled.That, bad = rule.Compile(rule.Answer, r.That, diag.Span{})
		}
		if bad != nil {
			return out, fmt.Errorf("expectation %q: %w", r.Name, bad)
		}
		out.rules = append(out.rules, compiled)
	}
	for _, c := range e.Changes {
		compiled := invariant.Change{Object: c.Object, Fields: c.Fields, Kind: string(c.Kind), Required: c.Required}
		if c.When != "" {
			var bad diag.List
			if compiled.When, bad = rule.Compile(rule.Change, c.When, diag.Span{}); bad != nil {
				return out, fmt.Errorf("expected change of %s: %w", c.Object, bad)
			}
		}
		out.changes = append(out.changes, compiled)
	}
	return out, nil
}

// expectFor picks the expectations that hold for an org.
func (r *run) expectFor(sc *plan.Scenario) ([]invariant.Rule, []invariant.Change) {
	var rules []invariant.Rule
	for i, spec := range r.plan.Suite.Expect.Invariants {
		if suite.Matches(spec.Orgs, sc.Org.Name) {
			rules = append(rules, r.expect.rules[i])
		}
	}
	var changes []invariant.Change
	for i, spec := range r.plan.Suite.Expect.Changes {
		if suite.Matches(spec.Orgs, sc.Org.Name) {
			changes = append(changes, r.expect.changes[i])
		}
	}
	return rules, changes
}
