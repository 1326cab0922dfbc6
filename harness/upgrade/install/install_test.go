package install

import "testing"

// TestDefaults: what nobody says is the usual choice, and what is said stays.
func TestDefaults(t *testing.T) {
	t.Parallel()
	if got := (Options{}).WithDefaults(); got != (Options{Mode: Modes[0], Security: Securities[0], Removal: Removals[0]}) {
		t.Errorf("nothing said gives %+v", got)
	}
	said := Options{Mode: Push, Security: AllUsers, Removal: DeleteOnly, PackageApexOnly: true, Comply: true}
	if got := said.WithDefaults(); got != said {
		t.Errorf("%+v became %+v", said, got)
	}
	if first := said.First(); first.Mode != Manual || first.Security != AllUsers {
		t.Errorf("the first install of %+v is %+v", said, first)
	}
}
