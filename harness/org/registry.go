package org

import (
	"cmp"
	"maps"
	"slices"
	"strings"

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
	Kind      metadata.Kind `json:"kind"`
	Namespace string        `json:"namespace,omitempty"`
	Name      string        `json:"name"`
}

func (k Key) fold() Key {
	return Key{k.Kind, strings.ToLower(k.Namespace), strings.ToLower(k.Name)}
}

// String is "CustomField ns:Account.Region__c".
func (k Key) String() string {
	if k.Namespace == "" {
		return string(k.Kind) + " " + k.Name
	}
	return string(k.Kind) + " " + k.Namespace + ":" + k.Name
}

// Entry is one component of an org. Entries are immutable; Deploy replaces
// them.
type Entry struct {
	Component *metadata.Component `json:"component"`
	Namespace string              `json:"namespace,omitempty"` // "" for the subscriber's and for packages without namespace
	Package   string              `json:"package,omitempty"`   // name of the package it came with; "" for the subscriber's own
	State     State               `json:"state"`
	// Edited lists the properties that the subscriber changed, sorted.
	Edited []string `json:"edited,omitempty"`
	// Order is the place of the component among all that came to the org;
	// Deploy gives it and keeps it when the entry is replaced.
	Order int `json:"order"`
}

// released says that a component came with a package, so that the platform
// compiled it.
func (e *Entry) released() bool { return e.Package != "" }

// Key is the entry's key.
func (e *Entry) Key() Key { return Key{e.Component.Kind, e.Namespace, e.Component.Name} }

// Registry holds the components of an org. It is immutable: Deploy makes a new
// one.
type Registry struct {
	entries map[Key]*Entry // by folded key
	deleted map[Key]bool   // packaged components the subscriber deleted, folded
	byKind  map[metadata.Kind][]*Entry
	next    int
}

func newRegistry() *Registry {
	return &Registry{entries: map[Key]*Entry{}, deleted: map[Key]bool{}, byKind: map[metadata.Kind][]*Entry{}}
}

// Find finds a component by kind, namespace and name, ignoring case; nil when
// there is none.
func (r *Registry) Find(kind metadata.Kind, namespace, name string) *Entry {
	return r.entries[Key{kind, namespace, name}.fold()]
}

// Get is Find by key.
func (r *Registry) Get(k Key) *Entry { return r.entries[k.fold()] }

// OfKind lists the components of a kind, sorted by namespace and name. The
// slice is shared.
func (r *Registry) OfKind(kind metadata.Kind) []*Entry { return r.byKind[kind] }

// All lists all components sorted by kind, namespace and name.
func (r *Registry) All() []*Entry {
	out := make([]*Entry, 0, len(r.entries))
	for _, k := range slices.Sorted(maps.Keys(r.byKind)) {
		out = append(out, r.byKind[k]...)
	}
	return out
}

// Len is the number of components.
func (r *Registry) Len() int { return len(r.entries) }

// Arrived lists all components in the order they came to the org.
func (r *Registry) Arrived() []*Entry {
	out := make([]*Entry, 0, len(r.entries))
	for _, e := range r.entries {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b *Entry) int { return cmp.Compare(a.Order, b.Order) })
	return out
}

// DeletedBySubscriber reports whether the subscriber deleted this packaged
// component, which an upgrade of a managed package then does not bring back.
func (r *Registry) DeletedBySubscriber(k Key) bool { return r.deleted[k.fold()] }

// Deleted lists the packaged components that the subscriber deleted, sorted;
// names are in lower case.
func (r *Registry) Deleted() []Key {
	keys := slices.Collect(maps.Keys(r.deleted))
	slices.SortFunc(keys, func(a, b Key) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return keys
}

// with makes the registry that a change leads to.
func (r *Registry) with(c Change) *Registry {
	out := &Registry{entries: maps.Clone(r.entries), deleted: maps.Clone(r.deleted), next: r.next}
	touched := map[metadata.Kind]bool{}
	for _, rm := range c.Remove {
		k := rm.Key.fold()
		touched[k.Kind] = true
		delete(out.entries, k)
		if rm.BySubscriber {
			out.deleted[k] = true
		}
	}
	for _, e := range c.Put {
		k := e.Key().fold()
		touched[k.Kind] = true
		put := *e
		if have := out.entries[k]; have != nil {
			put.Order = have.Order
		} else {
			out.next++
			put.Order = out.next
		}
		out.entries[k] = &put
		delete(out.deleted, k)
	}
	out.byKind = make(map[metadata.Kind][]*Entry, len(r.byKind))
	for kind, list := range r.byKind {
		if !touched[kind] {
			out.byKind[kind] = list // sorted lists are shared, like entries
		}
	}
	out.index(func(kind metadata.Kind) bool { return touched[kind] })
	return out
}

// index sorts the lists of some kinds by namespace and name.
func (r *Registry) index(wanted func(metadata.Kind) bool) {
	keys := map[metadata.Kind][]Key{} // folded once: the entries are many
	for k := range r.entries {
		if wanted(k.Kind) {
			keys[k.Kind] = append(keys[k.Kind], k)
		}
	}
	for kind, list := range keys {
		slices.SortFunc(list, func(a, b Key) int {
			return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
		})
		entries := make([]*Entry, len(list))
		for i, k := range list {
			entries[i] = r.entries[k]
		}
		r.byKind[kind] = entries
	}
}
