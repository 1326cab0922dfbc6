//go:build corpus

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// stories are the suites over public packages, and for each what must be said
// in one of its findings, by code; "" for an upgrade that must go through.
var stories = map[string]map[finding.Code]string{
	"d01-nebula-backfill":         {finding.MissingChange: "", finding.ExpectationFails: "", finding.UpgradeFails: ""},
	"d02-nebula-metadata-types":   {finding.ValuesLeft: "1 record of the subscriber"},
	"d03-nebula-renamed-settings": {finding.ValuesLeft: "IsAnonymousModeEnabled__c, new in 4.6.14, looks like the successor: it holds false"},
	"d04-nebula-shorter-texts":    {finding.UpgradeFails: "cannot reduce the length from 131072 to 5000"},
	"d05-npsp-required":           {finding.SaveBroken: "npsp__Batch_Process_Size__c", finding.InstallerMustAct: "This schedulable class has jobs pending"},
	"d06-npsp-gate":               {finding.SwallowedFailure: "List has no rows for assignment to SObject"},
	"d07-npsp-rollups":            {finding.FreshDiffers: "Customizable_Rollup_Settings__c"},
	"d08-npsp-picklist":           {finding.ValuesUndefined: "The field of this org does not have ACH: an upgrade adds no values"},
	"d09-npsp-folders":            {finding.FreshDiffers: "Customizable_Rollup_Settings__c"},
	"d10-rollup-metadata":         {finding.RecordsIncomplete: "without a value in RollupOperation__c", finding.ValuesLeft: "RollupType__c"},
	"d11-actionplans-required":    {finding.ValuesUndefined: "Priority__c holds Medium"},
	"d12-volunteers-first-script": {finding.ScriptFirstRun: "3.109 has no post-install script", finding.SaveBroken: "The External Signup Url value must begin with http"},
	"d13-shelter-required":        {finding.SaveBroken: "Assessment_Type__c"},
	"d14-funds-parent":            {finding.ValuesLeft: "FundingProgram__c, new in 1.15, looks like the successor: it holds nothing"},
	"d15-traction-rules":          {finding.SaveBroken: "Role__c"},
	"d16-recurring-removed":       {finding.ValuesLeft: "Disable_Nightly_Job__c"},
}

// TestPublicStories runs the suites whose packages are at hand.
func TestPublicStories(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("REHEARSAL_CORPUS")
	if corpus == "" {
		t.Fatal("needs a corpus of packages; set REHEARSAL_CORPUS")
	}
	corpus, err := filepath.Abs(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for name, wants := range stories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			text, err := os.ReadFile(filepath.Join("..", "..", "scenarios", "public", name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			suite := filepath.Join(dir, name+".yaml")
			if err := os.WriteFile(suite, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(corpus, filepath.Join(dir, "corpus")); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(dir, "report")
			var printed bytes.Buffer
			if code := execute(context.Background(), []string{"run", suite, "--out", out}, strings.NewReader(""), &printed, &printed); code > 1 {
				t.Fatalf("exit %d:\n%s", code, printed.String())
			}
			res, _ := resultOf(t, out)
			said := map[finding.Code]string{}
			for _, sc := range res.Scenarios {
				for _, f := range sc.Findings {
					said[f.Code] += f.Title + "\n" + f.Message + "\n"
				}
			}
			for code, want := range wants {
				if got, found := said[code]; want == "" && found || !strings.Contains(got, want) {
					t.Errorf("%s says %q, want %q", code, got, want)
				}
			}
		})
	}
}
