//go:build corpus

package project_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types/project"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// stories are subscribers' classes that use real packages, and what a later
// version does to them.
var stories = []struct {
	name, repo, from, to string
	opt                  source.Options
	base                 bool // with the packages below NPSP
	class                string
	want                 []string // against the later version; the earlier one is clean
}{
	{name: "a parameter of another type", repo: "jongpie+NebulaLogger", from: "v4.4.0", to: "v4.5.0",
		opt: source.Options{Namespace: "Nebula", Sources: []string{"nebula-logger"}},
		class: `public class Mine {
    public void purge(Database.BatchableContext bc, List<Nebula__Log__c> logs) {
        Nebula.Logger.info('purging');
        new Nebula.LogBatchPurger().execute(bc, logs);
    }
}`},
	{name: "a parameter renamed, a method written with another case", repo: "SalesforceFoundation+NPSP", from: "rel/3.130", to: "rel/3.150", base: true,
		class: `public with sharing class Mine {
    public Contact who(npsp.BDI_DataImportService service, npsp__DataImport__c row) {
        Account a = service.AccountFromDi(row, 1);
        return service.ContactFromDi(row, 1);
    }
}`,
	},
	{name: "a class of a later release, in an org that has the earlier one", repo: "jongpie+NebulaLogger", from: "v4.3.0", to: "v4.2.0",
		opt: source.Options{Namespace: "Nebula", Sources: []string{"nebula-logger"}},
		class: `public class Mine {
    public void f(Account a) {
        Nebula.Logger.info('saved')
            .setRecord(a)
            .setMessage('done');
    }
}`,
		want: []string{"classes/Mine.cls:4:14: error: Method does not exist or incorrect signature: void setRecord(Account) from the type Nebula.LogEntryEventBuilder [UNKNOWN_METHOD]"}},
	{name: "a parameter renamed", repo: "SalesforceFoundation+Volunteers-for-Salesforce", from: "rel/3.109", to: "rel/3.110",
		class: `public class Mine {
    public List<Contact> same(Contact c) {
        return GW_Volunteers.VOL_SharedCode.LookupContact(c, new List<String>{ 'Id', 'Email' });
    }
}`},
	{name: "fields required, triggers renamed, classes removed that were not global", repo: "SalesforceLabs+ActionPlansV4", from: "4.0.0-9", to: "4.1.0",
		opt: source.Options{Namespace: "LabsActionPlans"},
		class: `public class Mine {
    public void plan(Account a) {
        LabsActionPlans.ActionPlanCreateInvocable.CreateActionPlanRequest r = new LabsActionPlans.ActionPlanCreateInvocable.CreateActionPlanRequest();
        r.relatedRecordID = a.Id;
        r.templateNameOrID = 'Onboarding';
    }
}`},
}

// TestSubscribersOfRealPackages holds a subscriber's class against two releases
// of a package: clean against the earlier, and what the later one took away is
// named with its place.
func TestSubscribersOfRealPackages(t *testing.T) {
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			mine, _ := metadata.NewPackage(metadata.Package{}, []*metadata.Component{
				{Kind: metadata.ApexClass, Name: "Mine", Source: []byte(s.class), APIVersion: "62.0", Span: diag.Span{File: "classes/Mine.cls"}}})
			against := func(ref string) []string {
				var pkgs []*metadata.Package
				if s.base {
					for _, spec := range base {
						pkgs = append(pkgs, read(t, spec, source.Options{}))
					}
				}
				p := project.Load(append(pkgs, read(t, s.repo+"@"+ref, s.opt), mine), project.Options{})
				return lines(p.Program.Check(""))
			}
			if got := against(s.from); len(got) > 0 {
				t.Errorf("against %s: %q", s.from, got)
			}
			if diff := cmp.Diff(s.want, against(s.to)); diff != "" {
				t.Errorf("against %s: (-want +got)\n%s", s.to, diff)
			}
		})
	}
}
