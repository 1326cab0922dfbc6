package stdlib

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// version is the state of System.Version; patch is -1 in a two-part one.
type version struct{ major, minor, patch int64 }

// String is the version as it prints: "1.2" or "1.2.3".
func (v *version) String() string {
	if v.patch < 0 {
		return fmt.Sprintf("%d.%d", v.major, v.minor)
	}
	return fmt.Sprintf("%d.%d.%d", v.major, v.minor, v.patch)
}

// compare ignores the patch when one of the two has none (post-install.md,
// section 1).
func (v *version) compare(w *version) int64 {
	switch {
	case v.major != w.major:
		return v.major - w.major
	case v.minor != w.minor:
		return v.minor - w.minor
	case v.patch < 0 || w.patch < 0:
		return 0
	default:
		return v.patch - w.patch
	}
}

// EqualNative compares two versions by their parts.
func (v *version) EqualNative(o any) bool { w, ok := o.(*version); return ok && *v == *w }

// HashNative goes with EqualNative.
func (v *version) HashNative() uint32 { return uint32(v.major*10000 + v.minor*100 + v.patch) }

func newVersion(t *vm.Thread, v *version) vm.Value { return t.NewNative("System.Version", v) }

// Install is what an InstallContext or UninstallContext answers. Previous is
// nil on a first install; it always has three parts.
type Install struct {
	OrganizationID, InstallerID string
	Previous                    *metadata.Version
	Push                        bool
}

// InstallContext makes the argument of onInstall.
func InstallContext(t *vm.Thread, in Install) vm.Value {
	return t.NewNative("System.InstallContextImpl", &in)
}

// UninstallContext makes the argument of onUninstall.
func UninstallContext(t *vm.Thread, in Install) vm.Value {
	return t.NewNative("System.UninstallContextImpl", &in)
}

var installTable = vm.Library{
	"Version.<init>": func(t thread, _ val, a vals) val {
		v := &version{num(t, a[0]), num(t, a[1]), -1}
		if len(a) == 3 {
			v.patch = num(t, a[2])
		}
		return newVersion(t, v)
	},
	"Version.major": func(t thread, r val, a vals) val { return vm.Int(r.Native().(*version).major) },
	"Version.minor": func(t thread, r val, a vals) val { return vm.Int(r.Native().(*version).minor) },
	"Version.patch": func(t thread, r val, a vals) val {
		if p := r.Native().(*version).patch; p >= 0 {
			return vm.Int(p)
		}
		return vm.Null
	},
	"Version.compareTo": func(t thread, r val, a vals) val {
		required(t, a[0], "")
		return vm.Int(r.Native().(*version).compare(a[0].Native().(*version)))
	},
	"Version.equals":                  func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"InstallContext.organizationId":   func(t thread, r val, a vals) val { return idOrNull(r.Native().(*Install).OrganizationID) },
	"InstallContext.installerId":      func(t thread, r val, a vals) val { return idOrNull(r.Native().(*Install).InstallerID) },
	"InstallContext.isUpgrade":        func(t thread, r val, a vals) val { return vm.Bool(r.Native().(*Install).Previous != nil) },
	"InstallContext.isPush":           func(t thread, r val, a vals) val { return vm.Bool(r.Native().(*Install).Push) },
	"UninstallContext.organizationId": func(t thread, r val, a vals) val { return idOrNull(r.Native().(*Install).OrganizationID) },
	"UninstallContext.uninstallerId":  func(t thread, r val, a vals) val { return idOrNull(r.Native().(*Install).InstallerID) },
	"InstallContext.previousVersion": func(t thread, r val, a vals) val {
		p := r.Native().(*Install).Previous
		if p == nil {
			return vm.Null
		}
		return newVersion(t, &version{int64(p.Major), int64(p.Minor), int64(p.Patch)})
	},
	"Test.testInstall": func(t thread, _ val, a vals) val {
		in := Install{OrganizationID: t.Host().Organization().ID, InstallerID: t.Host().User().ID, Push: arg(a, 2).Bool()}
		if v, ok := a[1].Native().(*version); ok {
			in.Previous = &metadata.Version{Major: int(v.major), Minor: int(v.minor), Patch: int(max(v.patch, 0))}
		}
		t.CallMethod(a[0], "onInstall", InstallContext(t, in))
		return vm.Null
	},
	"Test.testUninstall": func(t thread, _ val, a vals) val {
		in := Install{OrganizationID: t.Host().Organization().ID, InstallerID: t.Host().User().ID}
		t.CallMethod(a[0], "onUninstall", UninstallContext(t, in))
		return vm.Null
	},
}
