package invariant_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// TestScriptConditions upgrades an org with a setting and two accounts, in which
// each script succeeds; its twin takes other answers as well.
func TestScriptConditions(t *testing.T) {
	t.Parallel()
	setting := of(metadata.CustomObject, "Config__c", "<label>Config</label><customSettingsType>List</customSettingsType><visibility>Public</visibility>")
	script := func(body string) *metadata.Component {
		return apexOf("global class Install implements InstallHandler { global void onInstall(InstallContext c) { " + body + " } }")
	}
	for name, tt := range map[string]struct{ body, twin, says string }{
		"a setting that is taken for granted": {
			body: "String n = Config__c.getValues('main').Name;",
			twin: "Config__c s = Config__c.getValues('main'); String n = s == null ? null : s.Name;",
			says: "fails in an org with no row in ns__Config__c"},
		"a row that is taken for the only one": {
			body: "if ([SELECT COUNT() FROM Account WHERE Name = 'Default'] > 0) { Account a = [SELECT Id FROM Account WHERE Name = 'Default']; }",
			twin: "for (Account a : [SELECT Id FROM Account WHERE Name = 'Default']) { a.Phone = '1'; }",
			says: "fails in an org with 2 rows of Account with Name = 'Default' (Install, line 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := "insert new ns__Config__c(Name = 'main'); insert new List<Account>{ new Account(Name = 'a'), new Account(Name = 'b') };"
			found := judgeStep(t, versionOf("1.0", setting), versionOf("1.1", setting, script(tt.body)), rows, suite.Normal, "script-takes-others")
			if len(found) != 1 || !strings.Contains(found[0].Title, tt.says) {
				t.Errorf("found %v, want %q", found, tt.says)
			}
			if found := judgeStep(t, versionOf("1.0", setting), versionOf("1.1", setting, script(tt.twin)), rows, suite.Normal, "script-takes-others"); len(found) > 0 {
				t.Errorf("the twin: %v", found)
			}
		})
	}
}
