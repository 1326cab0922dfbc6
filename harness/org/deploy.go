package org

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Change is a set of components to put and to remove together.
type Change struct {
	Put    []*Entry
	Remove []Removal
	// Check asks that all Apex of the named namespaces compiles; "" is the
	// subscriber's. Diagnostics come back as warnings: the caller decides.
	Check []string
}

// Removal takes a component out of the org. BySubscriber remembers it, so that
// an upgrade does not bring it back.
type Removal struct {
	Key          Key
	BySubscriber bool
}

// Registry is the org's components.
func (o *Org) Components() *Registry { return nil }

// Deploy puts and removes components, all or none, and brings the schema,
// tables, program and rules up to date. Diagnostics of what is broken now are
// returned also when the change is applied.
func (o *Org) Deploy(ctx context.Context, c Change) (diag.List, error) { return nil, nil }

// InstalledPackage is one package version in the org.
type InstalledPackage struct {
	Name, Namespace string
	Kind            metadata.PackageKind
	Version         metadata.Version
	VersionName     string
	ID              string // 033...: the package
	VersionID       string // 04t...: the version
}

// Packages lists the installed packages in the order they were installed.
func (o *Org) Packages() []InstalledPackage { return nil }

// SetPackage records an installed version: an entry with the same name and
// namespace is replaced. Missing ids are given. It changes no component.
func (o *Org) SetPackage(ctx context.Context, p InstalledPackage) (InstalledPackage, error) {
	return p, nil
}

// RemovePackage forgets an installed package. It changes no component.
func (o *Org) RemovePackage(ctx context.Context, name, namespace string) error { return nil }
