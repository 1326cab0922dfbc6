package org

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// reshareBatch is how many rows are shared anew at a time.
const reshareBatch = 2000

// reshare brings share rows in line with a deployment that changed
// organisation-wide defaults or sharing rules, as the platform recalculates
// sharing (Salesforce Help, "Recalculate Sharing Rules Manually"; here it is done
// with the deployment).
func (o *Org) reshare(ctx context.Context, old *schema.Schema, c Change) error {
	if old == nil {
		return nil
	}
	var stale []*schema.Object
	for _, obj := range o.compiled.schema.Objects() {
		if _, shared := sharing.RowsOf(o.compiled.schema, obj); !shared || !o.stored(obj) || !o.st.HasTable(obj) {
			continue
		}
		before := old.Object(obj.Name)
		if before == nil || before != obj && sharing.HasOwnerRows(before) != sharing.HasOwnerRows(obj) || o.rulesChanged(obj, c) {
			stale = append(stale, obj)
		}
	}
	if len(stale) == 0 {
		return nil
	}
	_, err := o.Run(ctx, TxOptions{Cause: "sharing recalculation", NoLimits: true}, func(tx *Tx) error {
		for _, obj := range stale {
			if err := tx.reshareAll(ctx, obj); err != nil {
				return fmt.Errorf("share the rows of %s anew: %w", obj.Name, err)
			}
		}
		return nil
	})
	return err
}

// shareKinds are the kinds of components that sharing rules are.
var shareKinds = []metadata.Kind{metadata.SharingOwnerRule, metadata.SharingCriteriaRule}

// rulesChanged reports whether a deployment touches sharing rules of an object.
func (o *Org) rulesChanged(obj *schema.Object, c Change) bool {
	of := func(ns, name string) bool {
		parent, _, _ := strings.Cut(name, ".")
		return o.compiled.schema.ObjectIn(ns, parent) == obj
	}
	return slices.ContainsFunc(c.Put, func(e *Entry) bool {
		return slices.Contains(shareKinds, e.Component.Kind) && of(e.Namespace, e.Component.Name)
	}) || slices.ContainsFunc(c.Remove, func(r Removal) bool {
		return slices.Contains(shareKinds, r.Key.Kind) && of(r.Key.Namespace, r.Key.Name)
	})
}

// reshareAll gives all rows of an object the owner rows and the rows of rules
// that they should have.
func (tx *Tx) reshareAll(ctx context.Context, obj *schema.Object) error {
	var recs []*schema.Record
	deleted := obj.Field("IsDeleted")
	err := tx.org.st.Scan(ctx, obj, func(rec *schema.Record) error {
		if deleted == nil || !rec.Get(deleted).Bool() {
			recs = append(recs, rec)
		}
		return nil
	})
	if err != nil {
		return err
	}
	env := pipelineEnv{tx}
	rules := tx.compiled.automation.Of(obj).ShareRules
	for batch := range slices.Chunk(recs, reshareBatch) {
		if err := save.ShareAnew(ctx, env, obj, batch, rules); err != nil {
			return err
		}
	}
	return nil
}

// unsharedKinds are the kinds of components that share or hide rows and that
// are not simulated.
var unsharedKinds = []metadata.Kind{metadata.SharingGuestRule, metadata.SharingTerritoryRule, metadata.SharingSet, "RestrictionRule", "Territory2", "Territory2Model"}

// noteUnshared tells the ledger which of an org's sharing is not simulated:
// what users see is then more or less than on the platform.
func (o *Org) noteUnshared() {
	for _, kind := range unsharedKinds {
		for _, e := range o.registry.OfKind(kind) {
			o.ledger.Note(ledger.Unsupported, "sharing", e.Key().String(), "territories, guest rules, sharing sets and restriction rules neither give nor hide rows", "")
		}
	}
	for _, e := range o.registry.OfKind(metadata.Queue) {
		if len(e.Component.Props.All("queueMembers")) > 0 {
			o.ledger.Note(ledger.Unsupported, "sharing", e.Key().String(), "the members that a queue's component names are not in it: they do not see what it owns", "")
		}
	}
}
