package invariant_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// bench is an org with an account, and a fork of it that a test changes.
type bench struct {
	t             *testing.T
	before, after *org.Org
	step          probe.Step
	account       string
	cause         cause.Transaction // of what save writes
	strict        bool
	worked        bool // users work after the script
	changes       []invariant.Change
	broken        []probe.Broken
}

func newBench(t *testing.T, parts ...*org.Entry) *bench {
	t.Helper()
	ctx := context.Background()
	st, err := sqlite.New(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o, err := org.New(ctx, org.Config{Name: "bench", Seed: 1, Store: st})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	if _, err := o.Deploy(ctx, org.Change{Put: parts}); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, before: o, cause: "an admin"}
	account := schema.NewRecord(o.Schema().Object("Account"))
	account.Set(account.Object.Field("Name"), value.OfText("Acme"))
	b.account = b.save(o, dml.Insert, account)
	if b.after, err = o.Fork(ctx, "after"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.after.Close() })
	pkg, _ := metadata.NewPackage(metadata.Package{Name: "p", Kind: metadata.Managed},
		[]*metadata.Component{metadatatest.Component(metadata.CustomField, "Account.Extra__c", "<CustomField><type>Text</type><length>10</length><label>Extra</label></CustomField>")})
	b.step = probe.Step{From: pkg, To: pkg, Report: &upgrade.Report{}}
	return b
}

func entry(kind metadata.Kind, name, xml string) *org.Entry {
	return &org.Entry{Component: metadatatest.Component(kind, name, xml), State: org.Unmanaged}
}

func class(name, body string) *org.Entry {
	e := entry(metadata.ApexClass, name, "<ApexClass><apiVersion>60.0</apiVersion><status>Active</status></ApexClass>")
	e.Component.Source = []byte(body)
	e.Component.Seal()
	if name == "Ours" {
		e.Package = "p"
	}
	return e
}

func packaged(e *org.Entry) *org.Entry {
	e.Package = "p"
	return e
}

func (b *bench) save(o *org.Org, op dml.Op, rec *schema.Record) string {
	b.t.Helper()
	ctx := context.Background()
	id := ""
	_, err := o.Run(ctx, org.TxOptions{Cause: b.cause}, func(tx *org.Tx) error {
		results, err := tx.DML(ctx, schema.Statement{Op: op, Records: []*schema.Record{rec}, AllOrNone: true})
		if err == nil {
			id = results[0].ID
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bench) deploy(parts ...*org.Entry) {
	b.t.Helper()
	if _, err := b.after.Deploy(context.Background(), org.Change{Put: parts}); err != nil {
		b.t.Fatal(err)
	}
}

// call writes a phone number into the account, blamed on a cause.
func (b *bench) call(by string) {
	b.t.Helper()
	rec := schema.NewRecord(b.after.Schema().Object("Account"))
	rec.SetID(b.account)
	rec.Set(rec.Object.Field("Phone"), value.OfText("1"))
	st := b.after.Store()
	if err := st.Update(context.Background(), rec.Object, []*schema.Record{rec}, st.Cause(by)); err != nil {
		b.t.Fatal(err)
	}
}

// install upgrades the org to a package whose script has this body.
func (b *bench) install(body string) {
	b.t.Helper()
	c := class("Install", "global class Install implements InstallHandler { global void onInstall(InstallContext context) { "+body+" } }").Component
	pkg, _ := metadata.NewPackage(metadata.Package{Name: "p", Namespace: "ns", Kind: metadata.Managed, PostInstall: "Install"}, []*metadata.Component{c})
	report, err := upgrade.Install(context.Background(), b.after, pkg, install.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	b.step = probe.Step{From: pkg, To: pkg, Report: report}
}

// judge asks everything and gives the findings by code.
func (b *bench) judge() map[finding.Code][]finding.Finding {
	b.t.Helper()
	found := map[finding.Code][]finding.Finding{}
	for _, o := range b.outcomes() {
		for _, f := range o.Findings {
			found[f.Code] = append(found[f.Code], f)
		}
	}
	return found
}

// outcomes asks everything.
func (b *bench) outcomes() []invariant.Outcome {
	b.t.Helper()
	ctx := context.Background()
	d, err := diff.Compare(ctx, b.before, b.after)
	if err != nil {
		b.t.Fatal(err)
	}
	gathered, err := probe.Gather(ctx, &probe.Subject{Before: b.before, After: b.after, Diff: d, From: b.step.From, To: b.step.To,
		Steps: []probe.Step{b.step}, Broken: b.broken, Worked: b.worked})
	if err != nil {
		b.t.Fatal(err)
	}
	return invariant.Judge(&invariant.Evidence{Evidence: gathered, Strict: b.strict, Changes: b.changes})
}

const phoneRule = "<ValidationRule><active>true</active><errorConditionFormula>ISBLANK(Phone)</errorConditionFormula><errorMessage>No phone.</errorMessage></ValidationRule>"

// TestInvariants provokes each invariant alone: what was done to the org after
// the fork, and the one code that must be found.
func TestInvariants(t *testing.T) {
	t.Parallel()
	thrown := &org.ApexError{Type: "System.DmlException", Message: "Update failed; first error: STRING_TOO_LONG, x", Frames: []cause.Place{{Class: "Install", Method: "onInstall", Line: 3}}}
	for name, tt := range map[string]struct {
		have []*org.Entry
		do   func(b *bench)
		want finding.Code
	}{
		"nothing": {do: func(*bench) {}},
		"upgrade-succeeds": {want: finding.UpgradeFails, do: func(b *bench) {
			b.step.Report.Failure = &upgrade.Failure{Message: "The post install script failed.", Step: "running the script", Cause: thrown}
		}},
		"version-allowed": {want: finding.VersionRefused, do: func(b *bench) {
			next, _ := metadata.NewPackage(metadata.Package{Name: "p", Kind: metadata.Managed},
				[]*metadata.Component{metadatatest.Component(metadata.CustomField, "Account.Extra__c", "<CustomField><type>Number</type><precision>10</precision><scale>0</scale><label>Extra</label></CustomField>")})
			b.step.To = next
		}},
		"version-allowed, unmanaged": {do: func(b *bench) {
			next, _ := metadata.NewPackage(metadata.Package{Name: "p", Kind: metadata.Unmanaged}, nil)
			b.step.To = next
		}},
		"async-succeeds": {want: finding.AsyncFails, do: func(b *bench) {
			b.step.Jobs = []org.JobRun{{Kind: "BatchApex", Class: "Repair", Step: "execute", Err: thrown}, {Kind: "Queueable", Class: "Fine"}}
		}},
		"async-ends": {want: finding.JobsEndless, do: func(b *bench) {
			b.step.Events = []org.Event{{Kind: org.JobsEndless, Cause: cause.Cause{Jobs: []cause.Job{{Kind: cause.Queueable, Name: "Again"}}}, Message: "10 jobs ran, and 1 still wait"}}
		}},
		"async-ends, as before": {do: func(b *bench) {
			b.step.Events = []org.Event{{Kind: org.JobsEndless, Cause: cause.Cause{Jobs: []cause.Job{{Kind: cause.Queueable, Name: "Again"}}}, Again: true}}
		}},
		"no-swallowed-failure": {want: finding.SwallowedFailure, do: func(b *bench) {
			b.step.Events = []org.Event{{Kind: org.Caught, Place: cause.Place{Class: "Install", Method: "onInstall", Line: 3}, Type: "System.DmlException", Message: "x"}}
		}},
		"asks whether another package is there": {do: func(b *bench) {
			b.step.Events = []org.Event{{Kind: org.Caught, Place: cause.Place{Class: "Install", Method: "onInstall", Line: 3}, Type: "System.InvalidParameterValueException",
				Message: "sObject type 'other__Thing__c' is not supported."}}
		}},
		"no-swallowed-failure, a standard object is not there": {want: finding.SwallowedFailure, do: func(b *bench) {
			b.step.Events = []org.Event{{Kind: org.Caught, Place: cause.Place{Class: "Install", Method: "onInstall", Line: 3}, Type: "System.QueryException",
				Message: "sObject type 'Lead' is not supported."}}
		}},
		"still-saveable": {want: finding.SaveBroken, do: func(b *bench) { b.deploy(entry(metadata.ValidationRule, "Account.Phone_Needed", phoneRule)) }},
		"not saveable before either": {do: func(b *bench) {
			if _, err := b.before.Deploy(context.Background(), org.Change{Put: []*org.Entry{entry(metadata.ValidationRule, "Account.Phone_Needed", phoneRule)}}); err != nil {
				b.t.Fatal(err)
			}
			b.deploy(entry(metadata.ValidationRule, "Account.Phone_Needed", phoneRule))
		}},
		"data-kept, deleted": {want: finding.DataLost, do: func(b *bench) {
			rec := schema.NewRecord(b.after.Schema().Object("Account"))
			rec.SetID(b.account)
			b.save(b.after, dml.Delete, rec)
		}},
		"data-kept, altered": {want: finding.DataAltered, do: func(b *bench) {
			rec := schema.NewRecord(b.after.Schema().Object("Account"))
			rec.SetID(b.account)
			rec.Set(rec.Object.Field("Phone"), value.OfText("1"))
			b.save(b.after, dml.Update, rec)
		}},
		"a group, which is a component and a row": {
			have: []*org.Entry{packaged(entry(metadata.Group, "Team", "<Group><name>Team</name></Group>"))},
			do: func(b *bench) {
				b.deploy(packaged(entry(metadata.Group, "Team", "<Group><name>Another team</name></Group>")))
			}},
		"customisation-kept": {want: finding.CustomisationLost,
			have: []*org.Entry{entry(metadata.CustomLabel, "Greeting", "<CustomLabel><value>Hello</value></CustomLabel>")},
			do: func(b *bench) {
				b.deploy(entry(metadata.CustomLabel, "Greeting", "<CustomLabel><value>Bye</value></CustomLabel>"))
			}},
		"subscriber-apex-compiles": {want: finding.SubscriberApex,
			have: []*org.Entry{class("Theirs", "public class Theirs { String s = Ours.name(); }"), class("Ours", "public class Ours { public static String name() { return null; } }")},
			do: func(b *bench) {
				b.deploy(class("Ours", "public class Ours { public static String label() { return null; } }"))
			}},
		"limits-headroom": {want: finding.LimitsTight, do: func(b *bench) {
			b.step.Report.Script = &upgrade.ScriptRun{Class: "Install", Skipped: "in this test", Result: &org.TxResult{
				Limits: []org.LimitUse{{Name: "Queries", Used: 90, Max: 100}, {Name: "DmlRows", Used: 10, Max: 10000}}}}
		}},
		"data-kept, by a class of the subscriber": {want: finding.DataAltered,
			have: []*org.Entry{class("Theirs", "public class Theirs { }")},
			do:   func(b *bench) { b.call("post-install script Install | Class.Theirs.run: line 2, column 1") }},
		"written by the script": {do: func(b *bench) { b.call("post-install script Install | Class.ns.Repair.run: line 2, column 1") }},
		"written by a job of it": {do: func(b *bench) {
			b.call("post-install script Install | BatchApex Any | Class.Any.execute: line 2, column 1")
		}},
		"written by users":             {do: func(b *bench) { b.call("traffic after 1: update 1 Account") }},
		"written by users, and strict": {do: func(b *bench) { b.strict = true; b.call("traffic during 1: update 1 Account") }},
		"script-idempotent":            {want: finding.ScriptNotIdempotent, do: func(b *bench) { b.install("insert new Account(Name = 'Again');") }},
		"script-idempotent, the second run fails": {want: finding.ScriptNotIdempotent, do: func(b *bench) {
			b.install("if ([SELECT COUNT() FROM Account WHERE Name = 'Once'] > 0) { throw new DmlException('twice'); } insert new Account(Name = 'Once');")
		}},
		"a script that may run twice": {do: func(b *bench) {
			b.install("if ([SELECT COUNT() FROM Account WHERE Name = 'Once'] == 0) { insert new Account(Name = 'Once'); }")
		}},
		"script-idempotent, each time, while users work": {want: finding.ScriptNotIdempotent, do: func(b *bench) {
			b.worked = true
			b.install("insert new Account(Name = 'Again');")
		}},
		"a script that mends what users did": {do: func(b *bench) {
			b.worked = true
			b.install("if ([SELECT COUNT() FROM Account WHERE Name = 'Once'] == 0) { insert new Account(Name = 'Once'); }")
			if _, err := b.after.Run(context.Background(), org.TxOptions{Cause: "traffic after 1: delete 1 Account"}, func(tx *org.Tx) error {
				return tx.Anonymous(context.Background(), "delete [SELECT Id FROM Account WHERE Name = 'Once'];")
			}); err != nil {
				b.t.Fatal(err)
			}
		}},
		"expected changes": {want: finding.UnexpectedChange, do: func(b *bench) {
			b.strict = true
			b.call("post-install script Install | Class.ns.Repair.run: line 2, column 1")
		}},
		"expected changes, of another field": {want: finding.UnexpectedChange, do: func(b *bench) {
			b.strict, b.changes = true, []invariant.Change{{Object: "Account", Fields: []string{"Fax"}}}
			b.call("post-install script Install")
		}},
		"expected changes, missing": {want: finding.MissingChange, do: func(b *bench) {
			b.changes = []invariant.Change{{Object: "Account", Required: true}}
		}},
		"as expected": {do: func(b *bench) {
			b.strict, b.changes = true, []invariant.Change{{Object: "Account", Fields: []string{"Pho*"}, Kind: "updated", Required: true}}
			b.call("post-install script Install")
		}},
		"business-goes-on": {want: finding.BusinessFails, do: func(b *bench) {
			b.broken = []probe.Broken{{Name: "traffic after 1: update 1 Account", Object: "Account", Action: "update", Phase: "after", Text: "STRING_TOO_LONG, x: []", IDs: []string{b.account}}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, tt.have...)
			tt.do(b)
			found := b.judge()
			for code, list := range found {
				if code != tt.want {
					t.Errorf("found %s: %+v", code, list)
				}
			}
			if tt.want != "" && len(found[tt.want]) != 1 {
				t.Errorf("found %s %d times, want once", tt.want, len(found[tt.want]))
			}
		})
	}
}

func TestFailureIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.step.Report.Failure = &upgrade.Failure{Message: "The post install script failed.", Cause: &org.ApexError{Type: "System.LimitException",
		Message: "Too many SOQL queries: 101", Frames: []cause.Place{{Class: "A", Method: "run", Line: 9}, {Trigger: "T", Line: 2}}}}
	b.step.Report.Script = &upgrade.ScriptRun{Class: "Install", Err: errors.New("x")}
	f := b.judge()[finding.UpgradeFails][0]
	if f.Cause.Class != "A" || f.Cause.Line != 9 || f.Cause.Trigger != "T" || f.Message != "System.LimitException: Too many SOQL queries: 101" || f.Check != "upgrade-succeeds" {
		t.Errorf("got %+v", f)
	}
}

// TestHeadroom tells the largest use of each limit by each class, whatever comes
// first.
func TestHeadroom(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, used := range []int64{165, 199, 170} {
		b.step.Jobs = append(b.step.Jobs, org.JobRun{Kind: cause.Batch, Class: "Work", Step: "execute", Result: &org.TxResult{Limits: []org.LimitUse{
			{Name: "Queries", Used: used, Max: 200}, {Name: "HeapSize", Used: used * 60_000, Max: 12_000_000}, {Name: "DmlRows", Used: 7_999, Max: 10_000}}}})
	}
	var got []string
	for _, f := range b.judge()[finding.LimitsTight] {
		got = append(got, f.Title)
	}
	if d := cmp.Diff([]string{"199 of 200 Queries are used", "11940000 of 12000000 HeapSize are used"}, got); d != "" {
		t.Error(d)
	}
}

// TestBlame holds findings to the cause that they name.
func TestBlame(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		do   func(b *bench)
		code finding.Code
		want string // cause
	}{
		"unexpected": {code: finding.UnexpectedChange, want: "ns.Repair.run, line 2", do: func(b *bench) {
			b.strict = true
			b.call("post-install script Install | Class.ns.Repair.run: line 2, column 1")
		}},
		"unexpected, by a job": {code: finding.UnexpectedChange, want: "ns.Repair.execute, line 7, job BatchApex ns.Repair", do: func(b *bench) {
			b.strict = true
			b.call("post-install script Install | BatchApex ns.Repair | Class.ns.Repair.execute: line 7, column 1")
		}},
		"altered by a flow": {code: finding.DataAltered, want: "an admin; Flow Tidy_Up", do: func(b *bench) { b.call("an admin | Flow Tidy_Up") }},
		"second run": {code: finding.ScriptNotIdempotent, want: "ns.Install.onInstall, line 1", do: func(b *bench) {
			b.install("insert new Account(Name = 'Again');")
		}},
		"business": {code: finding.BusinessFails, want: "ValidationRule Account.R, after the upgrade", do: func(b *bench) {
			b.broken = []probe.Broken{{Name: "t", Object: "Account", Action: "update", Phase: "after", Text: "x", Failed: dml.Failed{Rows: []dml.FailedRow{{RowError: dml.RowError{Source: dml.Source{Kind: dml.ValidationRule, Name: "Account.R"}}}}}}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			tt.do(b)
			found := b.judge()[tt.code]
			if len(found) != 1 || found[0].Cause.String() != tt.want {
				t.Errorf("got %+v, want one %s by %s", found, tt.code, tt.want)
			}
		})
	}
}
