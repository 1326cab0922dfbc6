package formula

import (
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Item is one filter item of a workflow rule, roll-up summary, lookup filter,
// sharing rule or flow start: a field, an operation and a value.
type Item struct {
	Field      string // "Amount", "Account.Type", "Contact.Owner.Name"; the own object's name may lead
	Operation  string // equals, notEqual, lessThan, greaterThan, lessOrEqual, greaterOrEqual, contains, notContain, startsWith, includes, excludes, within
	Value      string // values separated by commas; "" with equals means blank
	ValueField string // compared with another field instead
}

// CompileCriteria makes a condition of filter items joined by logic, such as
// "1 AND (2 OR 3)"; empty logic joins all with AND. No items is always true.
func CompileCriteria(s *schema.Schema, o *schema.Object, ns string, items []Item, logic string) (*Program, diag.List) {
	return NewCompiler(s).Criteria(o, ns, items, logic)
}
