package upgrade_test

import (
	"errors"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestVersions tries which versions may be installed over which: a managed
// package goes on only, an unlocked one also back (upgrade-rules.md, section 7;
// versions-and-push.md, section 8, F2). What only a push is refused for may be
// installed by an administrator (section 7).
func TestVersions(t *testing.T) {
	t.Parallel()
	app := func(scopes string) []part {
		return []part{{kind: "ConnectedApp", name: "App", xml: "<label>A</label><oauthConfig>" + scopes + "</oauthConfig>"}}
	}
	plain := []part{class("A", "public class A {}")}
	other := []part{class("A", "public class A { Integer i; }")}
	for name, c := range map[string]struct {
		kind     metadata.PackageKind
		from, to string
		old, new []part
		opt      install.Options
		refused  upgrade.FailureClass // class of the failure; "" for none
	}{
		"a managed package goes on":             {kind: managed, from: "1.2", to: "1.10", old: plain, new: other},
		"a managed package does not go back":    {kind: managed, from: "1.10", to: "1.2", old: plain, new: other, refused: upgrade.OlderVersion},
		"nor to a patch before":                 {kind: managed, from: "1.2.3", to: "1.2.2", old: plain, new: other, refused: upgrade.OlderVersion},
		"an unlocked package goes back":         {kind: unlocked, from: "1.10", to: "1.2", old: plain, new: other},
		"an administrator accepts wider scopes": {kind: managed, from: "1.0", to: "1.1", old: app("<scopes>Api</scopes>"), new: app("<scopes>Api</scopes><scopes>Full</scopes>")},
		"a push does not":                       {kind: managed, from: "1.0", to: "1.1", old: app("<scopes>Api</scopes>"), new: app("<scopes>Api</scopes><scopes>Full</scopes>"), opt: install.Options{Mode: install.Push}, refused: upgrade.PushRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ns := ""
			if c.kind == managed {
				ns = "ns"
			}
			o := newOrg(t)
			mustInstall(t, o, version(t, c.kind, ns, c.from, c.old...))
			_, err := upgrade.Install(t.Context(), o, version(t, c.kind, ns, c.to, c.new...), c.opt)
			var failure *upgrade.Failure
			switch {
			case err == nil && c.refused != "":
				t.Errorf("it was installed, want it refused with %s", c.refused)
			case err != nil && (!errors.As(err, &failure) || failure.Class != c.refused):
				t.Errorf("it ended with %v, want %q", err, c.refused)
			}
		})
	}
}
