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

// InstallContext is what the context of an install or uninstall script
// answers. Previous is "" on a first install, else the version in three parts.
type InstallContext struct {
	OrganizationID, InstallerID string
	Upgrade, Push               bool
	Previous                    string // "1.2.0"
	Uninstall                   bool   // makes an UninstallContext
}

// NewInstallContext makes the argument of onInstall or onUninstall.
func NewInstallContext(t *vm.Thread, ic InstallContext) vm.Value {
	class := "System.InstallContextImpl"
	if ic.Uninstall {
		class = "System.UninstallContextImpl"
	}
	return t.NewNative(class, &ic)
}

func install(v vm.Value) *InstallContext { return v.Native().(*InstallContext) }

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
	"InstallContext.organizationId":   func(t thread, r val, a vals) val { return idOrNull(install(r).OrganizationID) },
	"InstallContext.installerId":      func(t thread, r val, a vals) val { return idOrNull(install(r).InstallerID) },
	"InstallContext.isUpgrade":        func(t thread, r val, a vals) val { return vm.Bool(install(r).Upgrade) },
	"InstallContext.isPush":           func(t thread, r val, a vals) val { return vm.Bool(install(r).Push) },
	"UninstallContext.organizationId": func(t thread, r val, a vals) val { return idOrNull(install(r).OrganizationID) },
	"UninstallContext.uninstallerId":  func(t thread, r val, a vals) val { return idOrNull(install(r).InstallerID) },
	"InstallContext.previousVersion": func(t thread, r val, a vals) val {
		p, err := metadata.ParseVersion(install(r).Previous)
		if install(r).Previous == "" || err != nil {
			return vm.Null
		}
		return newVersion(t, &version{int64(p.Major), int64(p.Minor), int64(p.Patch)})
	},
	"Test.testInstall": func(t thread, _ val, a vals) val {
		in := InstallContext{OrganizationID: t.Host().Organization().ID, InstallerID: t.Host().User().ID, Push: arg(a, 2).Bool()}
		if v, ok := a[1].Native().(*version); ok {
			in.Upgrade, in.Previous = true, fmt.Sprintf("%d.%d.%d", v.major, v.minor, max(v.patch, 0))
		}
		t.CallMethod(a[0], "onInstall", NewInstallContext(t, in))
		return vm.Null
	},
	"Test.testUninstall": func(t thread, _ val, a vals) val {
		in := InstallContext{OrganizationID: t.Host().Organization().ID, InstallerID: t.Host().User().ID, Uninstall: true}
		t.CallMethod(a[0], "onUninstall", NewInstallContext(t, in))
		return vm.Null
	},
}
