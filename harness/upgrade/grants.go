package upgrade

import (
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// Grant is access that an install gives to a new component (upgrade-rules.md,
// section 8).
type Grant struct {
	Profiles string // "System Administrator", or "all custom profiles"
	Kind     metadata.Kind
	Name     string
	Access   string
}

// grantAccess is what the profiles chosen at install receive on a new
// component of a kind.
var grantAccess = map[metadata.Kind]string{
	metadata.CustomObject:      "create, read, edit, delete, view all, modify all",
	metadata.CustomField:       "visible and editable",
	metadata.ApexClass:         "enabled",
	metadata.ApexPage:          "enabled",
	metadata.CustomApplication: "visible",
	metadata.CustomTab:         "as the developer chose",
	metadata.RecordType:        "as the developer chose",
	metadata.Layout:            "as the developer chose",
	metadata.CustomPermission:  "as the developer chose",
}

// mergedProfile reports whether a component is a packaged profile, which is
// never created: its settings for packaged components are merged into the
// profiles that the org has (upgrade-rules.md, section 8).
func mergedProfile(pkg metadata.PackageKind, kind metadata.Kind) bool {
	return kind == metadata.Profile && pkg != metadata.Unmanaged
}

// grantsFor lists the access that the install gives. Only components that are
// new in this version are granted; what exists is the customer's.
func grantsFor(o *org.Org, pkg *metadata.Package, actions []Action, opt install.Options) []Grant {
	if pkg.Kind == metadata.Unmanaged {
		return nil
	}
	profiles := "System Administrator"
	if opt.Security == install.AllUsers && opt.Mode != install.Push {
		profiles = "System Administrator and all custom profiles"
	}
	var grants []Grant
	for _, act := range actions {
		if access := grantAccess[act.Kind]; access != "" && act.Verb == Create {
			grants = append(grants, Grant{Profiles: profiles, Kind: act.Kind, Name: act.Name, Access: access})
		}
	}
	if len(grants) > 0 {
		o.Ledger().Note(ledger.Approximated, "upgrade", "profile access to new components",
			"recorded in the result; in the org only System Administrator has the rights", pkg.Name)
	}
	return grants
}
