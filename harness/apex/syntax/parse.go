package syntax

import "github.com/rehearsal-dev/rehearsal/harness/diag"

// Options says how a file is to be read.
type Options struct {
	Kind       UnitKind
	APIVersion int // major API version, 58 for "58.0"; 0 for the newest
}

// Parse reads one file of Apex. The unit is never nil; the list holds every
// syntax error found, in source order, and its codes begin with SYNTAX.
func Parse(f *diag.File, opt Options) (*Unit, diag.List) {
	u := &Unit{File: f, Kind: opt.Kind, APIVersion: opt.APIVersion}
	return u, nil
}
