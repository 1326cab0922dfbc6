package org

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Change is a set of components to put and to remove together.
type Change struct {
	Put    []*Entry
	Remove []Removal
	// Cause is what the rows that follow from components (record types, custom
	// metadata records ...) are blamed on.
	Cause cause.Transaction
}

// Removal takes a component out of the org. BySubscriber remembers it, so that
// an upgrade does not bring it back.
type Removal struct {
	Key          Key
	BySubscriber bool
}

// Components is the org's components as they are now.
func (o *Org) Components() *Registry { return o.registry }

// Deploy puts and removes components, all or none, and brings the schema,
// tables, program, rules and the rows that stand for components up to date.
// The diagnostics are warnings of the schema: components that can not be
// placed. It may not be called inside Run.
func (o *Org) Deploy(ctx context.Context, c Change) (diag.List, error) {
	if o.tx != nil {
		return nil, fmt.Errorf("deploy %d components to %s: a transaction is running", len(c.Put), o.cfg.Name)
	}
	registry := o.registry.with(c)
	w, err := o.cache.get(o, registry)
	if err != nil {
		return nil, err
	}
	w = w.with(o.answer)
	before := o.compiled
	sp, err := o.st.Savepoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("deploy to %s: %w", o.cfg.Name, err)
	}
	err = o.apply(ctx, registry, w, c)
	if err != nil {
		o.compiled = before
		if rerr := o.st.RollbackTo(ctx, sp); rerr != nil {
			err = fmt.Errorf("%w; undoing it failed too: %w", err, rerr)
		}
	}
	if rerr := o.st.Release(ctx, sp); err == nil && rerr != nil {
		err = rerr
	}
	if err != nil {
		return nil, fmt.Errorf("deploy to %s: %w", o.cfg.Name, err)
	}
	o.registry = registry
	o.state.Prefixes = w.prefixes
	return w.diags, nil
}

// apply brings tables and rows to what the new compiled says.
func (o *Org) apply(ctx context.Context, registry *Registry, w *compiled, c Change) error {
	var old *schema.Schema
	if o.compiled != nil {
		old = o.compiled.schema
	}
	for _, obj := range w.schema.Custom() {
		if !o.stored(obj) || old != nil && old.Object(obj.Name) == obj {
			continue
		}
		if err := o.st.EnsureTable(ctx, obj); err != nil {
			return fmt.Errorf("make the table of %s: %w", obj.Name, err)
		}
	}
	o.compiled = w
	if err := o.mirror(ctx, registry, c); err != nil {
		return err
	}
	if err := o.recalculate(ctx, old); err != nil {
		return err
	}
	return o.reshare(ctx, old, c)
}

// InstalledPackage is one package version in the org.
type InstalledPackage struct {
	Name, Namespace string
	Kind            metadata.PackageKind
	Version         metadata.Version
	VersionName     string
	ID              string // 033...: the package
	VersionID       string // 04t...: the version
	// Certified packages passed the security review: governor limits of their
	// own (governor-limits.md, section 1).
	Certified bool
	StandIn   bool // empty: it stands for a package that was not at hand
}

// Packages lists the installed packages in the order they were installed.
func (o *Org) Packages() []InstalledPackage {
	return append([]InstalledPackage(nil), o.state.Packages...)
}

// Installed finds the version of a package that is in the org: by namespace, and
// by name where neither has one. What was deployed as source is no package: a
// package of that source is installed for the first time, and takes the
// components over.
func (o *Org) Installed(pkg *metadata.Package) (InstalledPackage, bool) {
	for _, p := range o.state.Packages {
		same := strings.EqualFold(p.Namespace, pkg.Namespace) && (pkg.Namespace != "" || strings.EqualFold(p.Name, pkg.Name))
		if same && (p.Kind != metadata.Unmanaged || pkg.Kind == metadata.Unmanaged) {
			return p, true
		}
	}
	return InstalledPackage{}, false
}

// Package finds an installed package by name or namespace, ignoring case.
func (o *Org) Package(name string) (InstalledPackage, bool) {
	for _, p := range o.state.Packages {
		if strings.EqualFold(p.Name, name) || name != "" && strings.EqualFold(p.Namespace, name) {
			return p, true
		}
	}
	return InstalledPackage{}, false
}

// SetPackage records an installed version: an entry with the same name and
// namespace is replaced. Missing ids are given. It changes no component.
func (o *Org) SetPackage(_ context.Context, p InstalledPackage) (InstalledPackage, error) {
	at := -1
	for i, have := range o.state.Packages {
		if strings.EqualFold(have.Name, p.Name) && strings.EqualFold(have.Namespace, p.Namespace) {
			at = i
			if p.ID == "" {
				p.ID = have.ID
			}
		}
	}
	if p.ID == "" {
		p.ID = o.nextID("033")
	}
	if p.VersionID == "" {
		p.VersionID = o.nextID("04t")
	}
	packages := append([]InstalledPackage(nil), o.state.Packages...)
	if at >= 0 {
		packages[at] = p
	} else {
		packages = append(packages, p)
	}
	o.state.Packages = packages
	return p, nil
}

// RemovePackage forgets an installed package. It changes no component.
func (o *Org) RemovePackage(_ context.Context, name, namespace string) error {
	var packages []InstalledPackage
	for _, p := range o.state.Packages {
		if !strings.EqualFold(p.Name, name) || !strings.EqualFold(p.Namespace, namespace) {
			packages = append(packages, p)
		}
	}
	o.state.Packages = packages
	return nil
}
