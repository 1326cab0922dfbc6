package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// formulaTable is formulas in Apex (Apex Developer Guide, Formula Evaluation in
// Apex), over records; those over objects of classes are not simulated.
var formulaTable = vm.Library{
	"Formula.builder":                                   bag("FormulaEval.FormulaBuilder"),
	"FormulaEval.FormulaBuilder.withFormula":            chained("formula"),
	"FormulaEval.FormulaBuilder.withReturnType":         chained("returns"),
	"FormulaEval.FormulaBuilder.withType":               chained("type"),
	"FormulaEval.FormulaBuilder.treatNumericNullAsZero": chained("zero"),
	"FormulaEval.FormulaBuilder.withGlobalVariables":    chained("globals"),
	"FormulaEval.FormulaBuilder.parseAsTemplate":        chained("template"),
	"FormulaEval.FormulaBuilder.build":                  buildFormula,
	"FormulaEval.FormulaInstance.evaluate": func(t thread, r val, a vals) val {
		f := r.Native().(*formulaInstance)
		rec := record(t, a[0])
		if rec.Object.Name != f.object.Name {
			t.Throwf("System.FormulaEvaluationException", "The context is a %s, the formula is about %s", rec.Object.Name, f.object.Name)
		}
		v, err := f.Eval(rec)
		t.Check(err)
		if v.IsNull() || f.returns == nil {
			return v
		}
		return t.Convert(v, f.returns.Kind)
	},
	"FormulaEval.FormulaInstance.getReferencedFields": func(t thread, r val, _ vals) val {
		return vm.NewSet(t, types.SetOf(types.String), t.StringList(r.Native().(*formulaInstance).Fields).List().Vals)
	},
	"Formula.recalculateFormulas": func(t thread, _ val, a vals) val {
		recs := t.Records(a[0])
		recalculate(t, recs)
		out := make([]val, len(recs))
		for i, rec := range recs {
			out[i] = t.NewNative("System.FormulaRecalcResult", &vm.Bag{Values: map[string]val{
				"sobject": vm.Record(rec), "success": vm.Bool(true), "errors": t.ListOf("System.FormulaRecalcFieldError", nil)}})
		}
		return t.ListOf("System.FormulaRecalcResult", out)
	},
	"FormulaRecalcResult.getSObject": fromBag("sobject"),
	"FormulaRecalcResult.getErrors":  fromBag("errors"),
	"FormulaRecalcResult.isSuccess":  fromBag("success"),
}

// formulaInstance is a built formula.
type formulaInstance struct {
	*vm.Formula
	object  *schema.Object
	returns *types.Type
}

// returnTypes are the Apex types of FormulaEval.FormulaReturnType.
var returnTypes = map[string]*types.Type{"BOOLEAN": types.Boolean, "DATE": types.Date, "DATETIME": types.Datetime, "DECIMAL": types.Decimal,
	"DOUBLE": types.Double, "ID": types.ID, "INTEGER": types.Integer, "LONG": types.Long, "STRING": types.String, "TIME": types.Time}

func buildFormula(t thread, r val, _ vals) val {
	b := bagOf(r).Values
	if b["template"].Bool() {
		t.Unsupported("FormulaEval.FormulaBuilder.parseAsTemplate", "")
	}
	if b["formula"].IsNull() || b["type"].IsNull() || b["returns"].IsNull() {
		t.Throw("System.FormulaValidationException", "A formula needs withFormula, withType and withReturnType")
	}
	f := &formulaInstance{returns: returnTypes[vm.EnumName(b["returns"])]}
	if of, ok := b["type"].Native().(*vm.TypeToken); ok {
		if f.object = of.Type.SObject; f.object == nil {
			t.Unsupported("FormulaEval.FormulaBuilder.withType", "formulas over objects of the class "+of.Type.Name)
		}
	} else {
		f.object = objectToken(t, b["type"])
	}
	out, ok, err := t.Host().Call(t, "FormulaEval.FormulaBuilder.build", f.object, b["formula"], b["zero"], b["returns"])
	t.Check(err)
	if f.Formula, _ = out.(*vm.Formula); !ok || f.Formula == nil {
		t.Unsupported("FormulaEval.FormulaBuilder.build", "")
	}
	return t.NewNative("FormulaEval.FormulaInstance", f)
}

// recalculate computes the formulas of records in memory.
func recalculate(t *vm.Thread, recs []*schema.Record) {
	_, ok, err := t.Host().Call(t, "SObject.recalculateFormulas", recs)
	t.Check(err)
	if !ok {
		t.Unsupported("SObject.recalculateFormulas", "")
	}
}
