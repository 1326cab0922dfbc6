package org

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// services are what Apex code may ask of the org besides the methods of
// vm.Host, by platform name. What is not listed stops the code that asks, with
// a ledger entry of its name.
var services map[string]func(tx *Tx, t *vm.Thread, args []any) (any, error)

// The table is filled when the program starts, since some services run Apex,
// which may ask for others.
func init() {
	services = map[string]func(tx *Tx, t *vm.Thread, args []any) (any, error){
		"Database.emptyRecycleBin":    emptyRecycleBin,
		"Database.convertLead":        convertLead,
		"SObject.recalculateFormulas": recalculateFormulas,

		"FormulaEval.FormulaBuilder.build": buildFormula,

		"Datacloud.FindDuplicates.findDuplicates":           findDuplicates,
		"Datacloud.FindDuplicatesByIds.findDuplicatesByIds": findDuplicatesByIDs,

		"Approval.isLocked": isLocked,
		"Approval.lock":     setLock("true"),
		"Approval.unlock":   setLock(""),
		"Approval.process":  approvalProcess,

		"Flow.exists": findFlow,
		"Flow.start":  startInterview,

		"FeatureManagement.checkPackageBooleanValue": readFeature(metadata.FeatureParameterBoolean),
		"FeatureManagement.checkPackageIntegerValue": readFeature(metadata.FeatureParameterInteger),
		"FeatureManagement.checkPackageDateValue":    readFeature(metadata.FeatureParameterDate),
		"FeatureManagement.setPackageBooleanValue":   writeFeature,
		"FeatureManagement.setPackageIntegerValue":   writeFeature,
		"FeatureManagement.setPackageDateValue":      writeFeature,
		"FeatureManagement.changeProtection":         changeProtection,

		"Cache.hasPartition": func(tx *Tx, _ *vm.Thread, args []any) (any, error) {
			return tx.compiled.registry.Find(metadata.PlatformCachePartition, args[0].(string), args[1].(string)) != nil, nil
		},

		"EventBus.publishesAtOnce":    publishesAtOnce,
		"EventBus.TestBroker.deliver": deliverEvents,
		"EventBus.TestBroker.fail":    failEvents,

		"Test.startTest":              startTest,
		"Test.stopTest":               stopTest,
		"Test.setCreatedDate":         setCreatedDate,
		"Test.getStandardPricebookId": standardPricebook,
		"Test.enqueueBatchJobs":       enqueueBatchJobs,
	}
}

// Call performs a service of the org by its platform name.
func (h host) Call(t *vm.Thread, service string, args ...any) (any, bool, error) {
	fn := services[service]
	if fn == nil {
		return nil, false, nil
	}
	v, err := fn(h.tx, t, args)
	return v, true, err
}

// emptyRecycleBin removes rows for good that are in the recycle bin.
func emptyRecycleBin(tx *Tx, t *vm.Thread, args []any) (any, error) {
	recs, _ := args[0].([]*schema.Record)
	out := make([]dml.Result, len(recs))
	for i, rec := range recs {
		out[i].ID = rec.ID()
		if err := tx.purge(t.Context(), rec); err != nil {
			return nil, err
		}
		out[i].Success = true
	}
	return out, nil
}

// purge takes a row out of the recycle bin. It stays in reach of ALL ROWS, as
// rows do until the platform sweeps them away, but can not be undeleted.
func (tx *Tx) purge(ctx context.Context, rec *schema.Record) error {
	have, err := tx.org.st.Load(ctx, rec.Object, []string{rec.ID()})
	if err != nil || have[0] == nil {
		return err
	}
	if f := rec.Object.Field("IsDeleted"); f == nil || !have[0].Get(f).Bool() {
		return &dml.Fault{Type: "System.DmlException", Message: "Entity is not in the recycle bin"}
	}
	tx.org.state.Notes[purgedKey+rec.ID()] = "true"
	return nil
}

// purgedKey begins the notes of rows that have left the recycle bin.
const purgedKey = "purged/"

// Purged reports whether a deleted row has left the recycle bin.
func (e pipelineEnv) Purged(id string) bool { return e.tx.org.state.Notes[purgedKey+id] != "" }

// recalculateFormulas computes the formula fields of records in memory.
func recalculateFormulas(tx *Tx, t *vm.Thread, args []any) (any, error) {
	recs, _ := args[0].([]*schema.Record)
	for _, rec := range recs {
		if compute := tx.compiled.automation.Of(rec.Object).Compute; compute != nil {
			if err := compute(t.Context(), save.Env(pipelineEnv{tx}), []*schema.Record{rec}); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

func featureKey(t *vm.Thread, name string) string {
	return "feature/" + strings.ToLower(t.Namespace()+"/"+name)
}

// readFeature reads a feature parameter: what was set last, else what the
// package says.
func readFeature(kind metadata.Kind) func(*Tx, *vm.Thread, []any) (any, error) {
	return func(tx *Tx, t *vm.Thread, args []any) (any, error) {
		name := argument(args, 0).Text()
		text, ok := tx.org.state.Notes[featureKey(t, name)]
		if !ok {
			e := tx.compiled.registry.Find(kind, t.Namespace(), name)
			if e == nil {
				return nil, &dml.Fault{Type: "System.NoDataFoundException", Message: "Feature parameter does not exist: " + name}
			}
			text = e.Component.Props.Get("value")
		}
		switch kind {
		case metadata.FeatureParameterBoolean:
			return vm.Bool(strings.EqualFold(text, "true")), nil
		case metadata.FeatureParameterInteger:
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil {
				return vm.Int(0), nil // a parameter without a value
			}
			return vm.Int(n), nil
		default:
			days, err := value.ParseDate(text)
			if err != nil {
				return vm.Null, nil // a parameter without a value
			}
			return vm.Date(days), nil
		}
	}
}

func writeFeature(tx *Tx, t *vm.Thread, args []any) (any, error) {
	v := argument(args, 1)
	text := ""
	switch v.Kind() {
	case vm.KindBoolean:
		text = strconv.FormatBool(v.Bool())
	case vm.KindDate:
		text = value.FormatDate(v.Int())
	case vm.KindInteger, vm.KindLong:
		text = strconv.FormatInt(v.Int(), 10)
	}
	tx.org.state.Notes[featureKey(t, argument(args, 0).Text())] = text
	return nil, nil
}

func argument(args []any, i int) vm.Value {
	if i < len(args) {
		if v, ok := args[i].(vm.Value); ok {
			return v
		}
	}
	return vm.Null
}

// changeProtection shows or hides a packaged component, which nothing here
// looks at.
func changeProtection(tx *Tx, t *vm.Thread, args []any) (any, error) {
	tx.org.ledger.Note(ledger.Approximated, "apex", "FeatureManagement.changeProtection",
		fmt.Sprintf("the protection of %s stays as it was", argument(args, 0).Text()), t.Where())
	return nil, nil
}
