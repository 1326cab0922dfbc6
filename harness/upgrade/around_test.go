package upgrade_test

import (
	"errors"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// TestAroundBrokenApex upgrades an unlocked package in orgs whose own class does
// not compile: an administrator can go around one that was broken before, a push
// can not, and a class that the new version breaks stops both.
func TestAroundBrokenApex(t *testing.T) {
	t.Parallel()
	const api = "public class Api { public static void go() {} }"
	for _, tt := range []struct {
		what, ours, next string
		mode             upgrade.Mode
		around, fails    bool
	}{
		{what: "broken before, by hand", ours: "public class Ours { Missing m; }", next: api + " //", around: true},
		{what: "broken before, pushed", ours: "public class Ours { Missing m; }", next: api + " //", mode: upgrade.Push, fails: true},
		{what: "broken by the version", ours: "public class Ours { void f() { Api.go(); } }", next: "public class Api {}", fails: true},
		{what: "not broken", ours: "public class Ours { void f() { Api.go(); } }", next: api + " //"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			o, err := org.New(ctx, org.Config{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = o.Close() }()
			if _, err := upgrade.Install(ctx, o, version(t, unlocked, "", "1.0", class("Api", api)), upgrade.Options{}); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Deploy(ctx, org.Change{Put: []*org.Entry{{Component: class("Ours", tt.ours).component(t), State: org.Unmanaged}}}); err != nil {
				t.Fatal(err)
			}
			r, err := upgrade.Install(ctx, o, version(t, unlocked, "", "1.1", class("Api", tt.next)), upgrade.Options{Mode: tt.mode, Around: true})
			var failure *upgrade.Failure
			if errors.As(err, &failure) != tt.fails || (r.Overcome != nil) != tt.around || (r.Failure != nil) != tt.fails {
				t.Errorf("error %v, went around %v; want failure %v, around %v", err, r.Overcome, tt.fails, tt.around)
			}
			for _, f := range []*upgrade.Failure{r.Failure, r.Overcome} {
				if f != nil && (f.Class != "F9" || f.Cure() == "") {
					t.Errorf("%s, cure %q", f.Class, f.Cure())
				}
			}
		})
	}
}
