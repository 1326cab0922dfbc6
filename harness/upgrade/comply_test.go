package upgrade_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestComplyBrokenApex upgrades an unlocked package in orgs whose own class does
// not compile: an administrator can go around one that was broken before, a push
// can not, and a class that the new version breaks stops both.
func TestComplyBrokenApex(t *testing.T) {
	t.Parallel()
	const api = "public class Api { public static void go() {} }"
	for _, tt := range []struct {
		what, ours, next string
		mode             install.Mode
		around, fails    bool
	}{
		{what: "broken before, by hand", ours: "public class Ours { Missing m; }", next: api + " //", around: true},
		{what: "broken before, pushed", ours: "public class Ours { Missing m; }", next: api + " //", mode: install.Push, fails: true},
		{what: "broken by the version", ours: "public class Ours { void f() { Api.go(); } }", next: "public class Api {}", fails: true},
		{what: "not broken", ours: "public class Ours { void f() { Api.go(); } }", next: api + " //"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			mustInstall(t, o, version(t, unlocked, "", "1.0", class("Api", api)))
			deployLocal(t, o, class("Ours", tt.ours))
			r, err := upgrade.Install(t.Context(), o, version(t, unlocked, "", "1.1", class("Api", tt.next)), install.Options{Mode: tt.mode, Comply: true})
			var failure *upgrade.Failure
			if errors.As(err, &failure) != tt.fails || (len(r.Overcome) > 0) != tt.around || (r.Failure != nil) != tt.fails {
				t.Errorf("error %v, went around %v; want failure %v, around %v", err, r.Overcome, tt.fails, tt.around)
			}
			for _, f := range append(r.Overcome, r.Failure) {
				if f != nil && (f.Class != upgrade.OwnApexBroken || f.Cure() == "") {
					t.Errorf("%s, cure %q", f.Class, f.Cure())
				}
			}
		})
	}
}

// TestComplyScheduledJobs upgrades while a job waits for a class that changes:
// an administrator deletes it first, and the version runs; a push fails and
// leaves the job.
func TestComplyScheduledJobs(t *testing.T) {
	t.Parallel()
	helper := class("Helper", "public class Helper { public static void go() {} }")
	for _, mode := range []install.Mode{install.Manual, install.Push} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			mustInstall(t, o, version(t, managed, "ns", "1.0", class("Nightly", nightly), helper))
			schedule(t, o)
			r, err := upgrade.Install(t.Context(), o, version(t, managed, "ns", "1.1", class("Nightly", strings.Replace(nightly, "Helper.go();", "Helper.go(); Helper.go();", 1)), helper), install.Options{Mode: mode, Comply: true})
			if mode == install.Push {
				if r.Failure == nil || r.Failure.Class != upgrade.JobWaits || len(o.PendingJobs()) != 1 {
					t.Errorf("%v; %d jobs wait", err, len(o.PendingJobs()))
				}
				return
			}
			if err != nil || len(r.Overcome) != 1 || r.Overcome[0].Class != upgrade.JobWaits || len(o.PendingJobs()) != 0 {
				t.Errorf("%v, went around %v; %d jobs wait", err, r.Overcome, len(o.PendingJobs()))
			}
		})
	}
}

// TestTranslationsOfOthers installs a package that translates a field of another
// one: translations are given beside a component, and change nothing of it.
func TestTranslationsOfOthers(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	translation := func(object, label string) part {
		return part{kind: "CustomFieldTranslation", name: object, xml: "<label>" + label + "</label>"}
	}
	other(textField("Account.Theirs__c", ""), translation("Account-de.Theirs__c", "Ihres"))(t, o)
	pkg := version(t, managed, "ns", "1.0", translation("Account-de.other__Theirs__c", "Deren"))
	if _, err := upgrade.Install(t.Context(), o, pkg, install.Options{}); err != nil {
		t.Errorf("refused: %v", err)
	}
}
