package org

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// state is what an org has besides rows and components. It is kept in the
// org's file as one JSON text; maps are written with sorted keys.
type state struct {
	Format   string             `json:"format"`
	Config   Config             `json:"config"`
	Now      int64              `json:"now"`
	Instance string             `json:"instance"`
	OrgID    string             `json:"orgId"`
	AdminID  string             `json:"adminId"`
	Draws    uint64             `json:"draws"`    // random numbers given to Apex
	Counters map[string]uint64  `json:"counters"` // ids by key prefix
	Numbers  map[string]int64   `json:"numbers"`  // auto-numbers by field
	Prefixes map[string]string  `json:"prefixes"` // key prefixes of objects of the org's own
	Tables   map[string]bool    `json:"tables"`   // objects that have a table
	Mirror   map[string]string  `json:"mirror"`   // ids of the rows that stand for components
	Profiles map[string]string  `json:"profiles"` // ids by name in lower case
	Packages []InstalledPackage `json:"-"`
	Stored   []storedPackage    `json:"packages,omitempty"` // Packages, while the state is written
	Deleted  []Key              `json:"deleted,omitempty"`
	Notes    map[string]string  `json:"notes,omitempty"`
}

// storedPackage is an InstalledPackage with kind and version as text.
type storedPackage struct {
	Name        string `json:"name"`
	Namespace   string `json:"namespace,omitempty"`
	Kind        string `json:"kind"`
	Version     string `json:"version"`
	VersionName string `json:"versionName,omitempty"`
	ID          string `json:"id"`
	VersionID   string `json:"versionId"`
	Certified   bool   `json:"certified,omitempty"`
	StandIn     bool   `json:"standIn,omitempty"`
}

func (s *state) packPackages() {
	s.Stored = nil
	for _, p := range s.Packages {
		s.Stored = append(s.Stored, storedPackage{p.Name, p.Namespace, p.Kind.String(), p.Version.String(), p.VersionName, p.ID, p.VersionID, p.Certified, p.StandIn})
	}
}

func (s *state) unpackPackages() error {
	for _, p := range s.Stored {
		kind, ok := metadata.ParsePackageKind(p.Kind)
		version, good := metadata.ParseVersion(p.Version)
		if !ok || !good {
			return fmt.Errorf("package %s: kind %q or version %q can not be read", p.Name, p.Kind, p.Version)
		}
		s.Packages = append(s.Packages, InstalledPackage{p.Name, p.Namespace, kind, version, p.VersionName, p.ID, p.VersionID, p.Certified, p.StandIn})
	}
	s.Stored = nil
	return nil
}

const stateFormat = "rehearsal.org/1"

func (s *state) clone() state {
	c := *s
	c.Counters, c.Numbers = maps.Clone(s.Counters), maps.Clone(s.Numbers)
	c.Prefixes, c.Mirror, c.Profiles = maps.Clone(s.Prefixes), maps.Clone(s.Mirror), maps.Clone(s.Profiles)
	c.Packages = slices.Clone(s.Packages)
	c.Notes = maps.Clone(s.Notes)
	return c
}

// Note is a text kept in the org's file under a key, such as the recipe it was
// made by; "" when there is none.
func (o *Org) Note(key string) string { return o.state.Notes[key] }

// SetNote keeps a text in the org's file; "" removes it.
func (o *Org) SetNote(key, text string) {
	if text == "" {
		delete(o.state.Notes, key)
		return
	}
	o.state.Notes[key] = text
}

const (
	metaState      = "org"
	metaComponents = "component/"
)

// writeMeta puts the state and the components that changed since the last
// time into the store.
func (o *Org) writeMeta(ctx context.Context) error {
	o.state.Now = o.clock.now
	o.state.Deleted = o.registry.Deleted()
	o.state.packPackages()
	data, err := json.Marshal(&o.state)
	if err != nil {
		return fmt.Errorf("write the state of %s: %w", o.cfg.Name, err)
	}
	if err := o.st.PutMeta(ctx, metaState, data); err != nil {
		return fmt.Errorf("write the state of %s: %w", o.cfg.Name, err)
	}
	if o.written == o.registry {
		return nil
	}
	sp, err := o.st.Savepoint(ctx)
	if err != nil {
		return fmt.Errorf("write the components of %s: %w", o.cfg.Name, err)
	}
	err = o.writeComponents(ctx)
	if rerr := o.st.Release(ctx, sp); err == nil && rerr != nil {
		err = rerr
	}
	if err != nil {
		return fmt.Errorf("write the components of %s: %w", o.cfg.Name, err)
	}
	o.written = o.registry
	return nil
}

// writeComponents puts the components into the store, one text per kind and
// namespace; those that are as they were written last are left alone.
func (o *Org) writeComponents(ctx context.Context) error {
	now, before := groups(o.registry), groups(o.written)
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if slices.Equal(now[key], before[key]) {
			continue
		}
		data, err := json.Marshal(now[key])
		if err != nil {
			return err
		}
		if err := o.st.PutMeta(ctx, key, data); err != nil {
			return err
		}
	}
	for key := range before {
		if now[key] == nil {
			if err := o.st.PutMeta(ctx, key, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// groups sorts components by the key they are written under.
func groups(r *Registry) map[string][]*Entry {
	out := map[string][]*Entry{}
	if r == nil {
		return out
	}
	for _, e := range r.All() {
		key := metaComponents + string(e.Component.Kind) + "/" + strings.ToLower(e.Namespace)
		out[key] = append(out[key], e)
	}
	return out
}

// readMeta is the opposite of writeMeta.
func (o *Org) readMeta(ctx context.Context) error {
	data, err := o.st.GetMeta(ctx, metaState)
	if err != nil {
		return fmt.Errorf("read the org's state: %w", err)
	}
	if data == nil {
		return fmt.Errorf("read the org's state: the file is a database, but no org was saved in it; make one with 'rehearse org new'")
	}
	if err := json.Unmarshal(data, &o.state); err != nil {
		return fmt.Errorf("read the org's state: %w", err)
	}
	if o.state.Format != stateFormat {
		return fmt.Errorf("read the org's state: it is written as %q, this version reads %q; make the org again", o.state.Format, stateFormat)
	}
	if err := o.state.unpackPackages(); err != nil {
		return fmt.Errorf("read the org's state: %w", err)
	}
	if o.state.Notes == nil {
		o.state.Notes = map[string]string{}
	}
	keys, err := o.st.MetaKeys(ctx, metaComponents)
	if err != nil {
		return fmt.Errorf("read the org's components: %w", err)
	}
	r := newRegistry()
	for _, key := range keys {
		data, err := o.st.GetMeta(ctx, key)
		if err != nil {
			return fmt.Errorf("read %s: %w", strings.TrimPrefix(key, metaComponents), err)
		}
		var group []*Entry
		if err := json.Unmarshal(data, &group); err != nil {
			return fmt.Errorf("read %s: %w", strings.TrimPrefix(key, metaComponents), err)
		}
		for _, e := range group {
			r.entries[e.Key().fold()] = e
			r.next = max(r.next, e.Order)
		}
	}
	for _, k := range o.state.Deleted {
		r.deleted[k] = true
	}
	r.index(func(metadata.Kind) bool { return true })
	o.registry, o.written = r, r
	o.clock.now = o.state.Now
	return nil
}
