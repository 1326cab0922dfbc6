package rule_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
)

// TestCheck holds expressions against what their fields hold.
func TestCheck(t *testing.T) {
	t.Parallel()
	fields := map[string]rule.Type{"Id": rule.Text, "Name": rule.Text, "Amount__c": rule.Number, "Open__c": rule.Truth, "Account.Name": rule.Text, "Account.Owner.Rate__c": rule.Number}
	for _, tt := range []struct {
		scope      rule.Scope
		expr, want string // of the message; "" for none
	}{
		{rule.Row, "row.Amount__c > 5 && row.Name != null", ""},
		{rule.Row, "row.Amount__c * 2 + 1 >= before.Amount__c", ""},
		{rule.Row, "before == null || row.Open__c", ""},
		{rule.Row, "row.Open__c", ""},
		{rule.Row, "row.Name in ['a', 'b'] ? row.Amount__c == null : row.Name.startsWith('x')", ""},
		{rule.Row, "num(row.Amount__c) == round(row.Amount__c, 2) && text(row.Name) == ''", ""},
		{rule.Row, "row.Other__c + 'x' == 'y'", ""}, // of which nothing is known
		{rule.Row, "row.Account.Name == 'x' && row.Account.Owner.Rate__c < 3", ""},
		{rule.Row, "row.Amount__c == 'many'", "_==_"},
		{rule.Row, "row.Name > 5", "_>_"},
		{rule.Row, "row.Open__c + 1 == 2", "_+_"},
		{rule.Row, "row.Amount__c.startsWith('x')", "startsWith"},
		{rule.Row, "false && row.Account.Owner.Rate__c == 'fast'", "_==_"}, // though it is never reached
		{rule.Row, "row.Amount__c", "must say true or false"},
		{rule.Answer, "count == 2 && rows.all(r, r.Amount__c > 0)", ""},
		{rule.Answer, "rows.exists(r, r.Name == 5)", "_==_"},
		{rule.Answer, "count == 'two'", "_==_"},
		{rule.Change, "before.Amount__c != after.Amount__c", ""},
		{rule.Change, "before.Name + after.Amount__c == 'x'", "_+_"},
	} {
		bad := rule.Check(tt.scope, tt.expr, fields, diag.Span{File: "suite.yaml", Line: 3, Column: 1})
		switch {
		case tt.want == "" && bad != nil:
			t.Errorf("%s: %v", tt.expr, bad)
		case tt.want != "" && (bad == nil || !strings.Contains(bad.Error(), tt.want)):
			t.Errorf("%s: got %v, want %q", tt.expr, bad, tt.want)
		}
	}
}
