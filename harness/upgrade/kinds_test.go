package upgrade_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestChangesOfKind installs a package over what was delivered another way. What
// was deployed as source is no package: the first one takes its components over,
// and nothing of the source leaves with it.
func TestChangesOfKind(t *testing.T) {
	t.Parallel()
	const unmanaged = metadata.Unmanaged
	for _, tt := range []struct {
		what, old, new       string // names of the packages
		before, after        metadata.PackageKind
		ns                   string
		first, fails, remain bool // a first install; refused; the class that only the source has is still there
	}{
		{"source to unlocked, another name", "source", "p", unmanaged, unlocked, "", true, false, true},
		{"source to unlocked, one name", "p", "p", unmanaged, unlocked, "", true, false, true},
		{"source to managed", "source", "p", unmanaged, managed, "ns", true, false, true},
		{"source to source", "p", "p", unmanaged, unmanaged, "", false, false, true},
		{"unlocked to unlocked", "p", "p", unlocked, unlocked, "", false, false, false},
		{"unlocked to source", "p", "p", unlocked, unmanaged, "", false, false, true},
		{"unlocked to another unlocked one", "source", "p", unlocked, unlocked, "", true, true, true},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			old := version(t, tt.before, "", "1.0", class("A", "public class A {}"), class("Left", "public class Left {}"))
			old.Name = tt.old
			mustInstall(t, o, old)
			next := version(t, tt.after, tt.ns, "1.1", class("A", "public class A { Integer i; }"))
			next.Name = tt.new
			r, err := upgrade.Install(t.Context(), o, next, install.Options{})
			var failure *upgrade.Failure
			if errors.As(err, &failure) != tt.fails {
				t.Fatalf("got %v", err)
			}
			if upgraded := r.Previous != nil; upgraded == tt.first {
				t.Errorf("an upgrade: %v", upgraded)
			}
			if got := o.Components().Find(metadata.ApexClass, "", "Left") != nil; got != tt.remain {
				t.Errorf("the class that only the old one has remains: %v", got)
			}
			if e := o.Components().Find(metadata.ApexClass, tt.ns, "A"); !tt.fails && e.Package != tt.new {
				t.Errorf("A belongs to %q", e.Package)
			}
		})
	}
}

// TestStandIns installs a package that requires what the org does not have: with
// stand-ins it is installed, and the ledger names what is missing; a version
// that is too old is refused all the same.
func TestStandIns(t *testing.T) {
	t.Parallel()
	pkg := version(t, managed, "ns", "1.0", class("A", "public class A { base.B b; void f() { b.go(); Integer i = [SELECT COUNT() FROM base__Thing__c]; } }"))
	pkg.Dependencies = []metadata.Dependency{{Name: "base", Namespace: "base", Version: "1.2"}}
	o := newOrg(t)
	for _, number := range []string{"1.0", "1.1"} {
		v, _ := metadata.ParseVersion(number)
		pkg.Version = v
		if _, err := upgrade.Install(t.Context(), o, pkg, install.Options{StandIns: true}); err != nil {
			t.Fatal(err)
		}
	}
	if p, ok := o.Package("base"); !ok || !p.StandIn || p.Version.String() != "1.2" {
		t.Errorf("installed is %+v", p)
	}
	if !slices.ContainsFunc(o.Ledger().Entries(), func(e ledger.Entry) bool {
		return e.Name == "required package base 1.2" && strings.Contains(e.Note, "--with")
	}) {
		t.Errorf("the ledger has %v", o.Ledger().Entries())
	}
	pkg.Dependencies[0].Version = "2.0"
	pkg.Version.Minor++
	if _, err := upgrade.Install(t.Context(), o, pkg, install.Options{StandIns: true}); err != nil {
		t.Errorf("a stand-in has every version: %v", err)
	}
	older := newOrg(t)
	other(class("B", "global class B {}"))(t, older)
	pkg.Dependencies[0] = metadata.Dependency{Name: "other", Version: "2.0"}
	var failure *upgrade.Failure
	if _, err := upgrade.Install(t.Context(), older, pkg, install.Options{StandIns: true}); !errors.As(err, &failure) || failure.Class != upgrade.DependencyMissing {
		t.Errorf("with an older one there: %v", err)
	}
}

// TestApexThatIsLeft upgrades packages without namespace under Apex that is in
// the org and not in the version: what no longer compiles stops the upgrade,
// whose ever it is, unless the checker rejected it before although it was
// installed.
func TestApexThatIsLeft(t *testing.T) {
	t.Parallel()
	const gauge = "public class Gauge { public Gauge(String s) {} }"
	caller := class("Caller", "public class Caller { void f() { new Gauge(null); } }")
	for _, tt := range []struct {
		what    string
		kind    metadata.PackageKind
		old     []part
		other   []part
		removal install.Removal
		fails   string
	}{
		{"a class that left the package and stays", unlocked, []part{caller}, nil, install.DeprecateOnly, "Caller: line 1"},
		{"a class that left the package and goes", unlocked, []part{caller}, nil, install.Mixed, ""},
		{"a class of another package", unlocked, nil, []part{caller}, install.Mixed, "Caller: line 1"},
		{"a class that left the source", metadata.Unmanaged, []part{caller}, nil, "", "Caller: line 1"},
		{"a class of another package over source", metadata.Unmanaged, nil, []part{caller}, "", "Caller: line 1"},
		{"a class of another package that our checker never understood", unlocked, nil, []part{class("Odd", "public class Odd { Missing m; }")}, install.Mixed, ""},
		{"a class of another package that does not use it", unlocked, nil, []part{class("Apart", "public class Apart {}")}, install.Mixed, ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			mustInstall(t, o, version(t, tt.kind, "", "1.0", append([]part{class("Gauge", gauge)}, tt.old...)...))
			if tt.other != nil {
				alsoUnlocked(tt.other...)(t, o)
			}
			_, err := upgrade.Install(t.Context(), o, version(t, tt.kind, "", "1.1", class("Gauge", "public class Gauge {}")), install.Options{Removal: tt.removal, Mode: install.Push})
			var failure *upgrade.Failure
			if errors.As(err, &failure) != (tt.fails != "") || failure != nil && (failure.Class != upgrade.OwnApexBroken || !strings.Contains(failure.Message, tt.fails)) {
				t.Errorf("got %v, want %q", err, tt.fails)
			}
		})
	}
}

// TestScriptOfTheNextVersion installs a version that has no class of the name
// that is given as its script.
func TestScriptOfTheNextVersion(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	pkg := version(t, managed, "ns", "1.0", class("A", "public class A {}"))
	pkg.PostInstall = "Later"
	r, err := upgrade.Install(t.Context(), o, pkg, install.Options{})
	if err != nil || r.Script == nil || r.Script.Skipped == "" {
		t.Errorf("got %v, script %+v", err, r.Script)
	}
}

// TestDeployOwn puts what belongs to the org into it: without namespace and
// package, and with a note of what can not be used.
func TestDeployOwn(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	own := version(t, metadata.Unmanaged, "", "1.0", class("Helper", "public class Helper {}"), textField("Account.Own__c", ""))
	if err := upgrade.DeployOwn(t.Context(), o, own); err != nil {
		t.Fatal(err)
	}
	for _, e := range []*org.Entry{o.Components().Find(metadata.ApexClass, "", "Helper"), o.Components().Find(metadata.CustomField, "", "Account.Own__c")} {
		if e == nil || e.Package != "" || e.State != org.Unmanaged {
			t.Errorf("got %+v", e)
		}
	}
	if o.Schema().Object("Account").Field("Own__c") == nil {
		t.Error("the field is not in the describe")
	}
}
