// Package install says how a package version is installed: the choices of
// whoever starts it, as one value that goes unchanged from a suite to the
// installer (package upgrade).
//
// It is plain data without an org, so that what only plans upgrades need not
// link what carries them out.
package install

import "cmp"

// Mode is how an install is started (versions-and-push.md, section 5).
type Mode string

// The modes.
const (
	Manual Mode = "manual" // by an administrator of the org
	Push   Mode = "push"   // by the publisher
)

// Security is who receives access to new components.
type Security string

// The choices; a push upgrade always grants to administrators only.
const (
	AdminsOnly Security = "admins"
	AllUsers   Security = "all"
)

// Removal is what an upgrade of an unlocked package does with components that
// left it (upgrade-rules.md, section 6, Unlocked packages). Managed packages take
// no notice of it: they always use Mixed.
type Removal string

// The ways to remove.
const (
	Mixed         Removal = "mixed"          // delete what may be deleted and nothing depends on, deprecate the rest
	DeleteOnly    Removal = "delete-only"    // delete all but objects and fields where nothing depends on them
	DeprecateOnly Removal = "deprecate-only" // deprecate all: used to move components between packages
)

// Modes, Securities and Removals are all the choices, the usual one first.
var (
	Modes      = []Mode{Manual, Push}
	Securities = []Security{AdminsOnly, AllUsers}
	Removals   = []Removal{Mixed, DeleteOnly, DeprecateOnly}
)

// Options are the choices of one install. What is empty is the usual choice:
// see WithDefaults.
type Options struct {
	Mode     Mode
	Security Security
	Removal  Removal
	// PackageApexOnly compiles the package's Apex only, so that broken Apex of
	// the subscriber does not stop an unlocked package (F9).
	PackageApexOnly bool
	// StandIns puts an empty stand-in into the org for a required package that
	// it does not have, as an administrator would have installed the package
	// itself first; the ledger names it.
	StandIns bool
	// Comply lets the administrator who installs by hand do what a refusal asks
	// for and try again: compile the package's Apex only, delete the scheduled
	// jobs in the way. Nobody is there to do it when a version is pushed.
	Comply bool
}

// WithDefaults fills in the choices that are made when nothing is said: a manual
// install for administrators only, in mixed mode.
func (o Options) WithDefaults() Options {
	o.Mode = cmp.Or(o.Mode, Manual)
	o.Security = cmp.Or(o.Security, AdminsOnly)
	o.Removal = cmp.Or(o.Removal, Mixed)
	return o
}

// First are the options of the first install of a package that is upgraded with
// these: a push never installs.
func (o Options) First() Options {
	o.Mode = Manual
	return o
}
