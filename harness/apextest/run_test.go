package apextest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apextest"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// classes makes a package of Apex classes by name.
func classes(t *testing.T, namespace string, kind metadata.PackageKind, bodies map[string]string) *metadata.Package {
	t.Helper()
	dir := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("sfdx-project.json", `{"packageDirectories": [{"path": "src", "default": true}], "sourceApiVersion": "62.0"}`)
	for name, body := range bodies {
		write("src/classes/"+name+".cls", body)
		write("src/classes/"+name+".cls-meta.xml", `<?xml version="1.0" encoding="UTF-8"?>
<ApexClass xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>62.0</apiVersion><status>Active</status></ApexClass>`)
	}
	p, _, err := source.Read(t.Context(), dir, source.Options{Namespace: namespace, Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// run runs the tests of a package and gives a line a test.
func run(t *testing.T, set apextest.Set, opt apextest.Options) (*apextest.Report, string) {
	t.Helper()
	o, diags, err := apextest.Build(context.Background(), org.Config{Name: "test"}, set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	opt.Package, opt.Namespace = set.Package, set.Namespace
	report, err := apextest.Run(context.Background(), o, opt)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range report.Results {
		fmt.Fprintf(&b, "%s.%s %s %s\n", r.Class, r.Method, r.Kind, r.Message)
	}
	return report, b.String()
}

const counter = `public class Counter {
    public static Integer n = 0;
    public static void add() { n++; }
    public static void unused() {
        n = 0;
    }
}`

const counterTest = `@isTest private class CounterTest {
    @TestSetup static void make() { insert new Account(Name = 'Setup'); Counter.add(); }
    @isTest static void first() {
        Counter.add();
        insert new Account(Name = 'First');
        System.assertEquals(1, Counter.n, 'statics of the setup are gone');
        System.assertEquals(2, [SELECT COUNT() FROM Account]);
    }
    @isTest static void second() {
        System.assertEquals(0, Counter.n);
        System.assertEquals(1, [SELECT COUNT() FROM Account]);
    }
    @isTest static void fails() { System.assertEquals(1, 2); }
    @isTest static void throwsOne() { throw new IllegalArgumentException('no'); }
    @isTest static void notSimulated() { DataWeave.Script.createScript('x'); }
}`

const brokenSetup = `@isTest private class SetupTest {
    @TestSetup static void make() { insert new Account(); }
    @isTest static void never() {}
}`

func TestRun(t *testing.T) {
	t.Parallel()
	want := `CounterTest.first  
CounterTest.second  
CounterTest.fails assertion System.AssertException: Assertion Failed: Expected: 1, Actual: 2
CounterTest.throwsOne exception System.IllegalArgumentException: no
CounterTest.notSimulated unsupported System.UnsupportedOperationException: DataWeave.Script.createScript(String) is not simulated
SetupTest.never exception make: System.DmlException: Insert failed. First exception on row 0; first error: REQUIRED_FIELD_MISSING, Required fields are missing: [Name]: [Name]
`
	p := classes(t, "", metadata.Unmanaged, map[string]string{"Counter": counter, "CounterTest": counterTest, "SetupTest": brokenSetup})
	for _, jobs := range []int{1, 3} {
		report, got := run(t, apextest.Set{Package: p}, apextest.Options{Jobs: jobs})
		if got != want {
			t.Errorf("%d jobs gave\n%s\nwant\n%s", jobs, got, want)
		}
		if report.Passed != 2 || report.Failed != 3 || report.Unsupported != 1 {
			t.Errorf("passed, failed, unsupported = %d, %d, %d; want 2, 3, 1", report.Passed, report.Failed, report.Unsupported)
		}
		if r := report.Results[4]; len(r.Missing) != 1 || !strings.HasPrefix(r.Missing[0], "DataWeave.Script.createScript") {
			t.Errorf("what is not simulated is %q", r.Missing)
		}
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	p := classes(t, "", metadata.Unmanaged, map[string]string{"Counter": counter, "CounterTest": counterTest, "SetupTest": brokenSetup})
	for filter, want := range map[string]int{"": 6, "countertest": 5, "CounterTest.FIRST": 1, "SetupTest": 1, "Nothing": 0} {
		report, _ := run(t, apextest.Set{Package: p}, apextest.Options{Filter: filter})
		if len(report.Results) != want {
			t.Errorf("filter %q ran %d tests, want %d", filter, len(report.Results), want)
		}
	}
}

// TestBase runs tests against a base package with a namespace, which is
// installed: its public classes are not in reach, its global ones are.
func TestBase(t *testing.T) {
	t.Parallel()
	base := classes(t, "base", metadata.Managed, map[string]string{"Greeter": `global class Greeter { global static String greet() { return 'hello'; } }`})
	p := classes(t, "", metadata.Unmanaged, map[string]string{"OwnTest": `@isTest private class OwnTest {
        @isTest static void greets() { System.assertEquals('hello', base.Greeter.greet()); }
    }`})
	if _, got := run(t, apextest.Set{Base: []*metadata.Package{base}, Package: p}, apextest.Options{}); got != "OwnTest.greets  \n" {
		t.Error(got)
	}
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	p := classes(t, "", metadata.Unmanaged, map[string]string{"Counter": counter, "CounterTest": counterTest})
	report, _ := run(t, apextest.Set{Package: p}, apextest.Options{Coverage: true, Filter: "CounterTest.first", Jobs: 2})
	var b bytes.Buffer
	if err := report.WriteCoverage(&b); err != nil {
		t.Fatal(err)
	}
	var got []apextest.ClassCoverage
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Name != "Counter" || fmt.Sprint(got[0].Lines) != "map[2:1 3:1 5:0]" || got[0].CoveredPercent != 67 {
		t.Errorf("coverage is %+v", got)
	}
}

func TestProfileAndLog(t *testing.T) {
	t.Parallel()
	p := classes(t, "", metadata.Unmanaged, map[string]string{"Counter": counter, "CounterTest": counterTest})
	report, _ := run(t, apextest.Set{Package: p}, apextest.Options{Profile: true, Log: true, Filter: "CounterTest.first"})
	var profile, log bytes.Buffer
	if err := report.Profile(&profile); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(profile.Bytes(), []byte{0x1f, 0x8b}) {
		t.Error("the profile is not compressed, as pprof wants it")
	}
	if err := report.WriteTrace(&log); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Execute Test: CounterTest.first\n", "|METHOD_ENTRY|[4]|Counter.add()\n",
		"|DML_BEGIN|[5]|Op:Insert|Type:Account|Rows:1\n", "|SOQL_EXECUTE_BEGIN|[7]|Aggregations:0|SELECT COUNT() FROM Account\n", "|EXECUTION_FINISHED\n"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
}

// TestNamespaceOf asks of sources which namespace the org of their tests has.
func TestNamespaceOf(t *testing.T) {
	t.Parallel()
	item := &metadata.Component{Kind: metadata.CustomObject, Name: "Item__c", Props: &metadata.Node{}}
	for _, tt := range []struct {
		src, declared, want string
		cumulus             bool
	}{
		{"acme__Item__c i;", "acme", "acme", false},
		{"ACME__Item__c i;", "acme", "acme", false},
		{"Item__c i;", "acme", "", false},
		{"// acme__Item__c", "acme", "", false},
		{"/* acme__Item__c */ x;", "acme", "", false},
		{"myacme__Item__c i;", "acme", "", false},
		{"acme.A x;", "acme", "acme", false},
		{"acme.Other x;", "acme", "", false},
		{"Object x = acme.size();", "acme", "", false},
		{`String s = 'it\'s acme__Item__c';`, "acme", "acme", false},
		{`String s = 'it\'s acme__Item__c';`, "acme", "", true},
		{"String s = 'SELECT Id FROM acme__Item__c';", "acme", "acme", false},
		{"Type t = Type.forName('acme.A');", "acme", "acme", false},
		{"String ns = 'acme';", "acme", "", false},
		{"String s = 'acme__';", "acme", "", false},
		{"acme__Item__c i;", "acme", "acme", true},
		{"acme__Item__c i;", "", "acme", false},
		{"acme__Item__c i; acme__Else__c j;", "", "", false},
		{"acme__Item__c i; base__Item__c j;", "", "", false},
		{"Item__c i; base__Else__c j;", "", "", false},
	} {
		p := classes(t, tt.declared, metadata.Unmanaged, map[string]string{"A": "class A { void f() { " + tt.src + "\n } }"})
		head := *p
		head.CumulusCI = tt.cumulus
		p, _ = metadata.NewPackage(head, append(p.Components, item))
		if got := apextest.NamespaceOf(p); got != tt.want {
			t.Errorf("%s, declared %q: %q, want %q", tt.src, tt.declared, got, tt.want)
		}
	}
}

// TestTestAccess runs a test with the permission sets that the project assigns.
func TestTestAccess(t *testing.T) {
	t.Parallel()
	p := classes(t, "", metadata.Unlocked, map[string]string{"ATest": `@IsTest class ATest { @IsTest static void has() {
		Assert.areEqual(1, [SELECT COUNT() FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Tester' AND AssigneeId = :UserInfo.getUserId()]); } }`})
	root, err := metadata.ParseXML("p", []byte("<PermissionSet><label>T</label></PermissionSet>"))
	if err != nil {
		t.Fatal(err)
	}
	set := metadata.NewComponent(metadata.PermissionSet, "Tester", "p", root)
	set.Seal()
	head := *p
	head.TestAccess = []string{"Tester", "Gone"}
	p, _ = metadata.NewPackage(head, append(p.Components, set))
	o, _, err := apextest.Build(t.Context(), org.Config{Name: "o", Seed: 1}, apextest.Set{Package: p})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	r, err := apextest.Run(t.Context(), o, apextest.Options{Package: p, Jobs: 1})
	if err != nil || r.Passed != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// TestMixedDML writes a setup object and another in one test: not refused, as
// in a deployment, and noted. Anonymous Apex is refused as ever.
func TestMixedDML(t *testing.T) {
	t.Parallel()
	const mixed = "insert new Group(Name = 'g'); insert new Account(Name = 'a');"
	p := classes(t, "", metadata.Unlocked, map[string]string{"ATest": "@IsTest class ATest { @TestSetup static void setup() { " + mixed + " } @IsTest static void m() { " + mixed + ` Assert.areEqual(2, [SELECT COUNT() FROM Account]); }
		@future static void later() { ` + mixed + " } @IsTest static void inFuture() { Test.startTest(); later(); Test.stopTest(); Assert.areEqual(2, [SELECT COUNT() FROM Account]); } }"})
	o, _, err := apextest.Build(t.Context(), org.Config{Name: "o", Seed: 1}, apextest.Set{Package: p})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	r, err := apextest.Run(t.Context(), o, apextest.Options{Package: p, Jobs: 1})
	if err != nil || r.Passed != 2 {
		t.Errorf("got %+v, %v", r.Results, err)
	}
	_, err = o.Run(t.Context(), org.TxOptions{}, func(tx *org.Tx) error { return tx.Anonymous(t.Context(), mixed) })
	if err == nil || !strings.Contains(err.Error(), "MIXED_DML_OPERATION") {
		t.Errorf("anonymous Apex: %v", err)
	}
}

// TestAsyncInTests runs what tests tell of jobs: what a queueable starts waits
// unless the depth of the chain is said, which only the first of it may say
// (verified-behaviours-2.md, row 187); a batch was completed when its finish
// began.
func TestAsyncInTests(t *testing.T) {
	t.Parallel()
	p := classes(t, "", metadata.Unlocked, map[string]string{
		"Link": `public class Link implements Queueable { Integer n; public Link(Integer n) { this.n = n; }
			public void execute(QueueableContext c) { insert new Account(Name = 'q' + n); if (n > 0) { System.enqueueJob(new Link(n - 1)); } } }`,
		"Tide": `public class Tide implements Database.Batchable<Account>, Iterable<Account>, Iterator<Account> { Integer at = 0;
			public Iterator<Account> iterator() { return this; } public Boolean hasNext() { return at == 0; } public Account next() { at++; return new Account(Name = 'x'); }
			public Iterable<Account> start(Database.BatchableContext c) { return this; } public void execute(Database.BatchableContext c, List<Account> l) { }
			public void finish(Database.BatchableContext c) { insert new Account(Name = '' + [SELECT CompletedDate FROM AsyncApexJob WHERE Id = :c.getJobId()].CompletedDate); } }`,
		"ATest": `@IsTest class ATest {
			static Integer rows() { return [SELECT COUNT() FROM Account]; }
			@IsTest static void waiting() { Test.startTest(); System.enqueueJob(new Link(2)); Test.stopTest(); Assert.areEqual(1, rows()); }
			@IsTest static void deep() { AsyncOptions o = new AsyncOptions(); o.MaximumQueueableStackDepth = 5; Test.startTest(); System.enqueueJob(new Link(2), o); Test.stopTest(); Assert.areEqual(3, rows()); }
			@IsTest static void completed() { Test.startTest(); Id j = Database.executeBatch(new Tide()); Test.stopTest();
				Assert.areEqual('' + [SELECT CompletedDate FROM AsyncApexJob WHERE Id = :j].CompletedDate, [SELECT Name FROM Account].Name); } }`,
	})
	o, _, err := apextest.Build(t.Context(), org.Config{Name: "o", Seed: 1}, apextest.Set{Package: p})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	r, err := apextest.Run(t.Context(), o, apextest.Options{Package: p, Jobs: 1})
	if err != nil || r.Passed != 3 {
		t.Errorf("got %+v, %v", r.Results, err)
	}
}

// TestRowsOfANewOrg asks for rows that every org comes with: those of set-up are
// seen by every test, the standard price book by those that see the data.
func TestRowsOfANewOrg(t *testing.T) {
	t.Parallel()
	p := classes(t, "", metadata.Unlocked, map[string]string{"ATest": `@IsTest class ATest {
		static Integer books() { return [SELECT COUNT() FROM Pricebook2 WHERE IsStandard = true]; }
		@TestSetup static void nothing() { Assert.areEqual(0, books()); }
		@IsTest static void siloed() { Assert.areEqual(0, books()); Id b = Test.getStandardPricebookId(); Assert.areEqual(b, Test.getStandardPricebookId());
			Product2 p = new Product2(Name = 'p', IsActive = true); insert p; insert new PricebookEntry(Pricebook2Id = b, Product2Id = p.Id, UnitPrice = 1, IsActive = true); }
		@IsTest(SeeAllData=true) static void all() { Assert.areEqual(1, books()); Assert.areEqual(Test.getStandardPricebookId(), [SELECT Id FROM Pricebook2 WHERE IsStandard = true].Id); }
		@IsTest static void licences() { Map<String, String> keys = new Map<String, String>(); for (UserLicense l : [SELECT Name, LicenseDefinitionKey FROM UserLicense]) keys.put(l.Name, l.LicenseDefinitionKey);
			Assert.areEqual('SFDC', keys.get('Salesforce')); Assert.areEqual('AUL', keys.get('Salesforce Platform')); Assert.areEqual('PID_Customer_Community', keys.get('Customer Community')); Assert.isFalse(keys.values().contains(null));
			Assert.areEqual('Standard User', [SELECT Name FROM Profile WHERE UserLicense.LicenseDefinitionKey = 'SFDC' AND Name = 'Standard User'].Name); } }`})
	o, _, err := apextest.Build(t.Context(), org.Config{Name: "o", Seed: 1}, apextest.Set{Package: p})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	r, err := apextest.Run(t.Context(), o, apextest.Options{Package: p, Jobs: 2})
	if err != nil || r.Passed != 3 {
		t.Errorf("got %+v, %v", r.Results, err)
	}
}
