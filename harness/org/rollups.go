package org

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// recalculate brings roll-up summaries that a deployment added or changed up to
// date over the rows that are there, as the platform does when such a field is
// saved (Object Reference, "roll-up summary": "Calculating values can take up to
// 30 minutes"; here it is done with the deployment): without triggers, rules or
// flows. Those over summaries that change come after them.
func (o *Org) recalculate(ctx context.Context, old *schema.Schema) error {
	stale := staleSummaries(old, o.compiled.schema)
	if len(stale) == 0 {
		return nil
	}
	_, err := o.Run(ctx, TxOptions{Cause: "recalculation", NoLimits: true}, func(tx *Tx) error {
		for _, f := range stale {
			child := tx.compiled.schema.Object(f.Summary.Child)
			if err := save.Recalculate(ctx, pipelineEnv{tx}, child, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recalculate %s.%s and what else the deployment changed: %w", stale[0].Object.Name, stale[0].Name, err)
	}
	return nil
}

// staleSummaries lists the summary fields that are new or defined anew on
// objects that were there before, and those over them, in an order in which they
// can be computed.
func staleSummaries(old, now *schema.Schema) []*schema.Field {
	if old == nil {
		return nil
	}
	var stale, rest []*schema.Field
	for _, obj := range now.Custom() {
		before := old.Object(obj.Name)
		if before == nil {
			continue // it has no rows
		}
		for _, f := range obj.Fields {
			if f.Summary == nil || now.Object(f.Summary.Child) == nil {
				continue
			}
			was := before.Field(f.Name)
			if before != obj && old.Object(f.Summary.Child) != nil && (was == nil || !reflect.DeepEqual(was.Summary, f.Summary)) {
				stale = append(stale, f)
			} else {
				rest = append(rest, f)
			}
		}
	}
	over := func(f, under *schema.Field) bool {
		child := now.Object(f.Summary.Child)
		return child == under.Object && f.Summary.Field != "" && child.Field(f.Summary.Field) == under
	}
	for i := 0; i < len(stale); i++ { // summaries over stale ones are stale
		rest = slices.DeleteFunc(rest, func(f *schema.Field) bool {
			if over(f, stale[i]) {
				stale = append(stale, f)
				return true
			}
			return false
		})
	}
	var ordered []*schema.Field
	for len(stale) > 0 {
		at := max(0, slices.IndexFunc(stale, func(f *schema.Field) bool {
			return !slices.ContainsFunc(stale, func(under *schema.Field) bool { return under != f && over(f, under) })
		}))
		ordered, stale = append(ordered, stale[at]), slices.Delete(stale, at, at+1)
	}
	return ordered
}
