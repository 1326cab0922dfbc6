package org

import (
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// State is the manageable state of a component in an org (upgrade-rules.md,
// section 1).
type State string

// The states that the simulator gives.
const (
	Unmanaged  State = "unmanaged"  // the subscriber's own, or of an unlocked package
	Installed  State = "installed"  // of a managed package
	Deprecated State = "deprecated" // its package no longer has it, the org keeps it
)

// Key names a component in an org. Name is without the namespace, as in
// metadata.Component; Namespace is that of the package that brought it.
type Key struct {
	Kind      metadata.Kind
	Namespace string
	Name      string
}

// Entry is one component of an org. Entries are immutable; Deploy replaces
// them.
type Entry struct {
	Component *metadata.Component
	Namespace string // "" for the subscriber's and unlocked components without namespace
	Package   string // name of the package it came with; "" for the subscriber's own
	State     State
	// Edited lists the properties that the subscriber changed, sorted.
	Edited []string
}

// Key is the entry's key.
func (e *Entry) Key() Key { return Key{e.Component.Kind, e.Namespace, e.Component.Name} }

// Registry holds the components of an org. It is changed by Deploy only.
type Registry struct{}

// Find finds a component by kind, namespace and name, ignoring case; nil when
// there is none.
func (r *Registry) Find(kind metadata.Kind, namespace, name string) *Entry { return nil }

// OfKind lists the components of a kind, sorted by namespace and name.
func (r *Registry) OfKind(kind metadata.Kind) []*Entry { return nil }

// All lists all components sorted by kind, namespace and name.
func (r *Registry) All() []*Entry { return nil }

// DeletedBySubscriber reports whether the subscriber deleted this packaged
// component, which an upgrade of a managed package then does not bring back.
func (r *Registry) DeletedBySubscriber(k Key) bool { return false }
