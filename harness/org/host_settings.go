package org

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Setting reads a custom setting.
func (h host) Setting(t *vm.Thread, call vm.SettingCall) ([]*schema.Record, error) {
	ctx := t.Context()
	if call.Object.Kind == schema.CustomSettingList {
		return h.tx.listSetting(ctx, call)
	}
	blank := t.APIVersion() == 0 || t.APIVersion() >= types.BlankSettingsFrom
	switch call.Kind {
	case vm.SettingOrgDefaults:
		return h.tx.settingOf(ctx, call.Object, h.tx.org.state.OrgID, blank)
	case vm.SettingValues:
		return h.tx.settingOf(ctx, call.Object, orElse(call.Key, h.tx.user.ID), false)
	case vm.SettingAll:
		return h.tx.allRows(ctx, call.Object)
	default:
		rec, stored, err := h.tx.mergedSetting(ctx, call.Object, call.Key)
		if err != nil || !stored && !blank {
			return nil, err
		}
		return []*schema.Record{rec}, nil
	}
}

// listSetting reads rows of a list setting by name.
func (tx *Tx) listSetting(ctx context.Context, call vm.SettingCall) ([]*schema.Record, error) {
	all, err := tx.allRows(ctx, call.Object)
	if err != nil || call.Kind == vm.SettingAll {
		return all, err
	}
	for _, rec := range all {
		if f := rec.Object.NameField; f != nil && value.EqualFold(rec.Get(f).Text(), call.Key) {
			return []*schema.Record{rec}, nil
		}
	}
	return nil, nil
}

// allRows loads the live rows of a small object, by name.
func (tx *Tx) allRows(ctx context.Context, obj *schema.Object) ([]*schema.Record, error) {
	var out []*schema.Record
	deleted := obj.Field("IsDeleted")
	err := tx.org.st.Scan(ctx, obj, func(rec *schema.Record) error {
		if deleted == nil || !rec.Get(deleted).Bool() {
			out = append(out, rec)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", obj.Name, err)
	}
	if f := obj.NameField; f != nil {
		slices.SortStableFunc(out, func(a, b *schema.Record) int { return value.Compare(a.Get(f), b.Get(f)) })
	}
	return out, nil
}

// settingOf is the row of one setup owner. Without one getOrgDefaults gives a
// new record that belongs to the organization and is not saved.
func (tx *Tx) settingOf(ctx context.Context, obj *schema.Object, owner string, orNew bool) ([]*schema.Record, error) {
	rows, err := tx.settingRows(ctx, obj, []string{owner})
	if err != nil {
		return nil, err
	}
	if rec := rows[owner]; rec != nil {
		return []*schema.Record{rec}, nil
	}
	if !orNew {
		return nil, nil
	}
	rec := schema.NewRecord(obj)
	standard.SetIfStored(rec, "SetupOwnerId", value.OfID(owner))
	return []*schema.Record{rec}, nil
}

// settingRows loads the rows of setup owners.
func (tx *Tx) settingRows(ctx context.Context, obj *schema.Object, owners []string) (map[string]*schema.Record, error) {
	f := obj.Field("SetupOwnerId")
	if f == nil {
		return nil, fmt.Errorf("read custom setting %s: it has no SetupOwnerId", obj.Name)
	}
	ids, err := save.FindIDs(ctx, tx.org.st, f, owners, false)
	if err != nil {
		return nil, fmt.Errorf("read custom setting %s: %w", obj.Name, err)
	}
	recs, err := tx.org.st.Load(ctx, obj, ids)
	if err != nil {
		return nil, fmt.Errorf("read custom setting %s: %w", obj.Name, err)
	}
	out := map[string]*schema.Record{}
	for _, rec := range recs {
		if owner := rec.Get(f).Text(); out[owner] == nil {
			out[owner] = rec
		}
	}
	return out, nil
}

// mergedSetting is getInstance: the user's row, its blanks filled from the
// profile's, then from the organization's. Its id is that of the lowest row;
// without any row the record is new, and nothing is stored (system-fields.md,
// section 7).
func (tx *Tx) mergedSetting(ctx context.Context, obj *schema.Object, key string) (rec *schema.Record, stored bool, err error) {
	user, profile := tx.user.ID, tx.user.ProfileID
	switch {
	case key == "":
	case strings.HasPrefix(key, "005"):
		u, err := tx.org.user(ctx, key)
		if err != nil {
			return nil, false, err
		}
		user, profile = key, ""
		if u != nil {
			profile = u.info.ProfileID
		}
	case strings.HasPrefix(key, "00e"):
		user, profile = "", key
	default:
		user, profile = "", ""
	}
	var levels []string
	for _, id := range []string{user, profile, tx.org.state.OrgID} {
		if id != "" {
			levels = append(levels, id)
		}
	}
	rows, err := tx.settingRows(ctx, obj, levels)
	if err != nil {
		return nil, false, err
	}
	var out *schema.Record
	for _, id := range levels {
		row := rows[id]
		if row == nil {
			continue
		}
		if out == nil {
			out = row.Clone(false)
			continue
		}
		row.Each(func(f *schema.Field, v value.Value) {
			if f.Custom && out.Get(f).IsNull() {
				out.Set(f, v)
			}
		})
	}
	if out == nil {
		out = schema.NewRecord(obj)
		standard.SetIfStored(out, "SetupOwnerId", value.OfID(levels[0]))
		return out, false, nil
	}
	falseBooleans(out)
	return out, true, nil
}

func falseBooleans(rec *schema.Record) {
	for _, f := range rec.Object.Fields {
		if f.Custom && f.Type == schema.Boolean && rec.Get(f).IsNull() {
			rec.Set(f, value.OfBool(false))
		}
	}
}

// Metadata reads custom metadata records.
func (h host) Metadata(t *vm.Thread, obj *schema.Object, name string) ([]*schema.Record, error) {
	var out []*schema.Record
	full, short := obj.Field("QualifiedApiName"), obj.Field("DeveloperName")
	if full == nil || short == nil {
		return nil, fmt.Errorf("read %s: it is no custom metadata type", obj.Name)
	}
	err := h.tx.org.st.Scan(t.Context(), obj, func(rec *schema.Record) error {
		if name == "" || value.EqualFold(rec.Get(full).Text(), name) || value.EqualFold(rec.Get(short).Text(), name) || value.SameID(rec.ID(), name) {
			out = append(out, rec)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", obj.Name, err)
	}
	slices.SortStableFunc(out, func(a, b *schema.Record) int { return value.Compare(a.Get(full), b.Get(full)) })
	return out, nil
}

// Label is the text of a custom label.
func (h host) Label(namespace, name, _ string) (string, bool) {
	return h.tx.compiled.label(namespace, name)
}
