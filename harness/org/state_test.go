package org_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// newOrg makes an org that is closed with the test.
func newOrg(t testing.TB, seed uint64) *org.Org {
	t.Helper()
	o, err := org.New(context.Background(), org.Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// component makes one from XML.
func component(t testing.TB, kind metadata.Kind, name, xml string) []*org.Entry {
	t.Helper()
	root, err := metadata.ParseXML(name, []byte(xml))
	if err != nil {
		t.Fatal(err)
	}
	var out []*org.Entry
	for _, c := range metadata.Split(kind, name, name, root) {
		out = append(out, &org.Entry{Component: c, State: org.Unmanaged})
	}
	return out
}

// code makes a class or trigger.
func code(kind metadata.Kind, name, source string) *org.Entry {
	c := metadata.NewComponent(kind, name, name, &metadata.Node{Name: string(kind)})
	c.Source, c.APIVersion = []byte(source), "60.0"
	c.Seal()
	return &org.Entry{Component: c, State: org.Unmanaged}
}

func deploy(t testing.TB, o *org.Org, entries ...*org.Entry) {
	t.Helper()
	if _, err := o.Deploy(context.Background(), org.Change{Put: entries}); err != nil {
		t.Fatal(err)
	}
}

const region = `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
    <fields><fullName>Region__c</fullName><label>Region</label><type>Text</type><length>20</length></fields>
    <validationRules><fullName>Somewhere</fullName><active>true</active><errorConditionFormula>ISBLANK(Region__c)</errorConditionFormula><errorMessage>Say where.</errorMessage></validationRules>
</CustomObject>`

// accounts makes rows of Account.
func accounts(o *org.Org, n int) []*schema.Record {
	obj := o.Schema().Object("Account")
	recs := make([]*schema.Record, n)
	for i := range recs {
		recs[i] = schema.NewRecord(obj)
		recs[i].Set(obj.Field("Name"), value.OfText("Account"))
		if f := obj.Field("Region__c"); f != nil {
			recs[i].Set(f, value.OfText("North"))
		}
	}
	return recs
}

func insert(ctx context.Context, o *org.Org, recs []*schema.Record) error {
	_, err := o.Run(ctx, org.TxOptions{Cause: "test"}, func(tx *org.Tx) error {
		_, err := tx.DML(ctx, schema.Statement{Op: dml.Insert, Records: recs, AllOrNone: true})
		return err
	})
	return err
}

// TestSameSeedSameBytes saves two orgs that were made alike and compares the
// files, then opens one and saves it again.
func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var files [2][]byte
	var path string
	for i := range files {
		o := newOrg(t, 11)
		deploy(t, o, component(t, metadata.CustomObject, "Account", region)...)
		if err := insert(ctx, o, accounts(o, 300)); err != nil {
			t.Fatal(err)
		}
		if err := o.LoadRaw(ctx, o.Schema().Object("Contact"), []*schema.Record{schema.NewRecord(o.Schema().Object("Contact"))}, "load"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.SetPackage(ctx, org.InstalledPackage{Name: "Pack", Kind: metadata.Managed, Version: metadata.Version{Major: 1, Minor: 2}}); err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(t.TempDir(), "a.org")
		if err := o.Save(ctx, path); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Errorf("two orgs made alike were saved as different files of %d and %d bytes", len(files[0]), len(files[1]))
	}

	again, err := org.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if p, ok := again.Package("pack"); !ok || p.Version.Minor != 2 || p.Kind != metadata.Managed || p.ID == "" {
		t.Errorf("the opened org has package %+v", p)
	}
	if f := again.Schema().Object("Account").Field("Region__c"); f == nil {
		t.Error("the opened org lacks a field that was deployed")
	}
	if err := insert(ctx, again, accounts(again, 1)); err != nil {
		t.Errorf("insert into the opened org: %v", err)
	}
	counts, err := again.Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if counts["Account"] != 301 {
		t.Errorf("the opened org has %d accounts, want 301", counts["Account"])
	}
}

// TestForksAreIndependent changes a fork and looks at the original.
func TestForksAreIndependent(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOrg(t, 5)
	f, err := o.Fork(ctx, "fork")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	deploy(t, f, component(t, metadata.CustomObject, "Account", region)...)
	if err := insert(ctx, f, accounts(f, 2)); err != nil {
		t.Fatal(err)
	}
	if o.Schema().Object("Account").Field("Region__c") != nil {
		t.Error("a field deployed to the fork is in the original")
	}
	counts, err := o.Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if counts["Account"] != 0 {
		t.Errorf("rows of the fork are in the original: %d", counts["Account"])
	}
}

// TestAttemptUndoesAll fails half way and compares the files before and after.
func TestAttemptUndoesAll(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOrg(t, 5)
	dir := t.TempDir()
	state := func(name string) []byte {
		path := filepath.Join(dir, name)
		if err := o.Save(ctx, path); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	before := state("before")
	want := errors.New("enough")
	err := o.Attempt(ctx, func() error {
		deploy(t, o, component(t, metadata.CustomObject, "Account", region)...)
		if err := insert(ctx, o, accounts(o, 2)); err != nil {
			return err
		}
		return want
	})
	if !errors.Is(err, want) {
		t.Fatalf("Attempt returned %v", err)
	}
	if !bytes.Equal(before, state("after")) {
		t.Error("the org is not as it was before the attempt")
	}
}

// TestRandIsAStreamPerLabel draws from two labels in either order.
func TestRandIsAStreamPerLabel(t *testing.T) {
	t.Parallel()
	o := newOrg(t, 9)
	a, b := o.Rand("a").Uint64(), o.Rand("b").Uint64()
	if o.Rand("b").Uint64() != b || o.Rand("a").Uint64() != a || a == b {
		t.Error("streams of random numbers depend on each other")
	}
}

// TestIDs looks at the shape of record ids.
func TestIDs(t *testing.T) {
	t.Parallel()
	o := newOrg(t, 9)
	deploy(t, o, component(t, metadata.CustomObject, "Thing__c", `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><label>Thing</label><pluralLabel>Things</pluralLabel><nameField><label>Name</label><type>Text</type></nameField></CustomObject>`)...)
	var prefixes []string
	for _, name := range []string{"Account", "Thing__c"} {
		id := o.NewID(o.Schema().Object(name))
		if full, err := value.NewID(id[:15]); err != nil || full != id {
			t.Errorf("id %s of %s: checksum %v %v", id, name, full, err)
		}
		prefixes = append(prefixes, id[:3])
	}
	if d := cmp.Diff([]string{"001", "a00"}, prefixes); d != "" {
		t.Errorf("key prefixes (-want +got):\n%s", d)
	}
}

// BenchmarkInsert200 is a statement of 200 rows with a validation rule and a
// before trigger.
func BenchmarkInsert200(b *testing.B) {
	ctx := context.Background()
	o := newOrg(b, 1)
	deploy(b, o, append(component(b, metadata.CustomObject, "Account", region),
		code(metadata.ApexTrigger, "Upper", "trigger Upper on Account (before insert) { for (Account a : Trigger.new) { a.Region__c = a.Region__c + '!'; } }"))...)
	b.ReportAllocs()
	for b.Loop() {
		if err := insert(ctx, o, accounts(o, 200)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*200/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkLoadRaw is the bulk path of fixtures.
func BenchmarkLoadRaw(b *testing.B) {
	ctx := context.Background()
	o := newOrg(b, 1)
	obj := o.Schema().Object("Account")
	b.ReportAllocs()
	for b.Loop() {
		if err := o.LoadRaw(ctx, obj, accounts(o, 5000), ""); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkNew is an empty org from nothing.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		o, err := org.New(context.Background(), org.Config{})
		if err != nil {
			b.Fatal(err)
		}
		if err := o.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// TestCheckApex compiles the subscriber's classes: one is wrong, one does not
// parse.
func TestCheckApex(t *testing.T) {
	t.Parallel()
	o := newOrg(t, 2)
	deploy(t, o, code(metadata.ApexClass, "Fine", "public class Fine { public static Integer one() { return 1; } }"),
		code(metadata.ApexClass, "Wrong", "public class Wrong { Integer two = Fine.two(); }"),
		code(metadata.ApexClass, "Broken", "public class Broken { void x( {} }"))
	var got []string
	for _, d := range o.CheckApex("") {
		got = append(got, d.Span.String()+" "+d.Message)
	}
	want := []string{
		"Broken:1:31 Unexpected token '{'.",
		"Wrong:1:41 Method does not exist or incorrect signature: void two() from the type Fine",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("diagnostics (-want +got):\n%s", d)
	}
}
