package org

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Evaluation is what a formula gives for one record.
type Evaluation struct {
	Value value.Value
	Type  string // "Number", "Text" ...
	Error error  // why it ends in #Error!; nil when it does not
}

// Evaluate computes a formula as a rule of the record's object would: for the
// record with the changes made to it, before stored in prior (nil for a new
// record). The list holds what is wrong with the formula.
func (tx *Tx) Evaluate(ctx context.Context, src string, rec, prior *schema.Record) (Evaluation, diag.List) {
	w := tx.compiled
	p, diags := w.formulas.Compile(rec.Object, tx.opt.Namespace, src, formula.Rule, formula.Options{Returns: schema.AnyType, File: "formula"})
	if p == nil {
		return Evaluation{}, diags
	}
	v, err := p.Eval(tx.formulaEnv(ctx, rec, prior))
	return Evaluation{Value: v, Type: p.Type.String(), Error: err}, nil
}

// Record reads all stored fields of a row.
func (tx *Tx) Record(ctx context.Context, id string) (*schema.Record, error) {
	full, err := value.NewID(id)
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", id, err)
	}
	obj := tx.compiled.schema.ByID(full)
	if obj == nil || !tx.org.stored(obj) {
		return nil, fmt.Errorf("read record %s: no object of this org has rows with that prefix", id)
	}
	recs, err := tx.org.st.Load(ctx, obj, []string{full})
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", id, err)
	}
	if recs[0] == nil {
		return nil, fmt.Errorf("read record %s: %s has no such row", id, obj.Name)
	}
	return recs[0], nil
}

// RecalculateRollUps brings the summary fields over rows of an object up to
// date for all their parents, without automation. Rows that were loaded past
// the save pipeline and roll-ups that are new leave them behind.
func (o *Org) RecalculateRollUps(ctx context.Context, child string) error {
	_, err := o.Run(ctx, TxOptions{Cause: "recalculation", NoLimits: true}, func(tx *Tx) error {
		obj := tx.compiled.schema.Object(child)
		if obj == nil {
			return fmt.Errorf("recalculate roll-ups: no object %q", child)
		}
		return save.Recalculate(ctx, pipelineEnv{tx}, obj)
	})
	return err
}
