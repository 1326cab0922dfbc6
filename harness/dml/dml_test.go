package dml_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	for e, want := range map[dml.Event]struct {
		declared, name, constant string
		on                       dml.Op
		after                    bool
	}{
		dml.BeforeInsert:   {"before insert", "BeforeInsert", "BEFORE_INSERT", dml.Insert, false},
		dml.BeforeUpdate:   {"before update", "BeforeUpdate", "BEFORE_UPDATE", dml.Update, false},
		dml.BeforeDelete:   {"before delete", "BeforeDelete", "BEFORE_DELETE", dml.Delete, false},
		dml.BeforeUndelete: {"before undelete", "BeforeUndelete", "BEFORE_UNDELETE", dml.Undelete, false},
		dml.AfterInsert:    {"after insert", "AfterInsert", "AFTER_INSERT", dml.Insert, true},
		dml.AfterUpdate:    {"after update", "AfterUpdate", "AFTER_UPDATE", dml.Update, true},
		dml.AfterDelete:    {"after delete", "AfterDelete", "AFTER_DELETE", dml.Delete, true},
		dml.AfterUndelete:  {"after undelete", "AfterUndelete", "AFTER_UNDELETE", dml.Undelete, true},
	} {
		if e.String() != want.declared || e.Name() != want.name || e.Constant() != want.constant || e.On() != want.on || e.IsAfter() != want.after {
			t.Errorf("%s, %s, %s, %s, %v; want %+v", e, e.Name(), e.Constant(), e.On(), e.IsAfter(), want)
		}
	}
}

// TestSource writes what refuses rows with full names, as Setup shows them.
func TestSource(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]dml.Source{
		"":                                  {},
		"ValidationRule Account.Region":     {Kind: dml.ValidationRule, Name: "Account.Region"},
		"ValidationRule Account.ns__Region": {Kind: dml.ValidationRule, Name: "Account.Region", Namespace: "ns", Package: "P"},
		"ValidationRule ns__Invoice__c.ns__Region":         {Kind: dml.ValidationRule, Name: "Invoice__c.Region", Namespace: "ns", Package: "P"},
		"ValidationRule ns__Invoice__c.Region":             {Kind: dml.ValidationRule, Name: "ns__Invoice__c.Region"},
		"ValidationRule other__Invoice__c.ns__Region":      {Kind: dml.ValidationRule, Name: "other__Invoice__c.Region", Namespace: "ns"},
		"ApexTrigger ns.Guard":                             {Kind: dml.Trigger, Name: "Guard", Namespace: "ns"},
		"ApexTrigger Guard":                                {Kind: dml.Trigger, Name: "Guard"},
		"Flow ns__Set_Region":                              {Kind: dml.Flow, Name: "Set_Region", Namespace: "ns"},
		"DuplicateRule Account.ns__Same":                   {Kind: dml.DuplicateRule, Name: "Account.Same", Namespace: "ns"},
		"CustomField ns__Invoice__c.ns__Region__c":         {Kind: dml.RequiredField, Name: "Invoice__c.Region__c", Namespace: "ns"},
		"WorkflowFieldUpdate ns__Invoice__c.ns__Set_State": {Kind: dml.Workflow, Name: "Invoice__c.Set_State", Namespace: "ns"},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v is %q, want %q", s, got, want)
		}
	}
	for kind := dml.Platform; kind <= dml.ReadOnlyField; kind++ {
		if kind.String() == "" || kind.Component() == "" != (kind == dml.Platform) {
			t.Errorf("kind %d is %q, component %q", kind, kind, kind.Component())
		}
	}
}

// TestFailure writes errors of statements in the words of a DmlException, and
// finds the error that began it.
func TestFailure(t *testing.T) {
	t.Parallel()
	rule := dml.RowError{StatusCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "Name a region.", Fields: []string{"Region__c"},
		Source: dml.Source{Kind: dml.ValidationRule, Name: "A.R"}}
	trigger := dml.RowError{StatusCode: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Message: "Guard: execution of AfterUpdate",
		Source: dml.Source{Kind: dml.Trigger, Name: "Guard"}, Inner: []dml.RowError{rule, {StatusCode: "OTHER"}}}
	err := &dml.Error{Op: dml.Update, Results: []dml.Result{{ID: "001", Success: true}, {ID: "002", Errors: []dml.RowError{trigger, rule}}, {ID: "003", Errors: []dml.RowError{rule}}}}
	want := "Update failed. First exception on row 1 with id 002; first error: CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY, Guard: execution of AfterUpdate: []"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	rows := err.Rows()
	if len(rows) != 2 || rows[0].Index != 1 || rows[1].ID != "003" || rows[0].Root().Source != rule.Source || rows[1].Root().Source != rule.Source {
		t.Errorf("got %+v", rows)
	}
	if got := (&dml.Error{Op: dml.Merge}).Error(); got != "Merge failed." {
		t.Errorf("got %q", got)
	}
}
