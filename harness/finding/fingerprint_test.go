package finding_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// TestFingerprint keeps a finding's fingerprint over what differs between runs,
// and tells findings apart that differ in what they are about.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	base := finding.New(finding.SaveBroken, "5 records can not be saved")
	base.Message = "FIELD_CUSTOM_VALIDATION_EXCEPTION, row a01000000000003AAA is 12 days late"
	base.Cause = finding.Cause{Kind: finding.ByComponent, Component: "ValidationRule Thing__c.Late", Line: 3}
	want := finding.FingerprintOf(&base)
	for name, tt := range map[string]struct {
		change func(f *finding.Finding)
		same   bool
	}{
		"another row": {func(f *finding.Finding) {
			f.Message = "FIELD_CUSTOM_VALIDATION_EXCEPTION, row a01000000000009AAA is 7 days late"
		}, true},
		"another count":     {func(f *finding.Finding) { f.Title = "9 records can not be saved" }, true},
		"another line":      {func(f *finding.Finding) { f.Cause.Line = 30 }, true},
		"another rule":      {func(f *finding.Finding) { f.Cause.Component = "ValidationRule Thing__c.Early" }, false},
		"another code":      {func(f *finding.Finding) { f.Code = finding.BusinessFails }, false},
		"another message":   {func(f *finding.Finding) { f.Message = "STRING_TOO_LONG, x" }, false},
		"another component": {func(f *finding.Finding) { f.Components = []finding.Component{{Kind: "CustomField", Name: "A"}} }, false},
	} {
		f := base
		tt.change(&f)
		if got := finding.FingerprintOf(&f); (got == want) != tt.same {
			t.Errorf("%s: same is %v", name, got == want)
		}
	}
}

func TestSeverities(t *testing.T) {
	t.Parallel()
	if !finding.Blocker.AtLeast(finding.Major) || finding.Minor.AtLeast(finding.Major) || !finding.Major.AtLeast(finding.Major) {
		t.Error("the severities are out of order")
	}
}
