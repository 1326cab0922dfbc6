package org

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// formulaTypes are the field types of FormulaEval.FormulaReturnType; other
// constants are numbers.
var formulaTypes = map[string]schema.FieldType{"BOOLEAN": schema.Boolean, "DATE": schema.Date, "DATETIME": schema.Datetime,
	"TIME": schema.Time, "STRING": schema.String, "ID": schema.String}

// buildFormula checks a formula that Apex code builds: of an object, as text,
// with blank numbers as zeroes or not, and of a type.
func buildFormula(tx *Tx, t *vm.Thread, args []any) (any, error) {
	object, _ := args[0].(*schema.Object)
	returns, ok := formulaTypes[vm.EnumName(argument(args, 3))]
	if !ok {
		returns = schema.Double
	}
	p, diags := tx.compiled.formulas.Compile(object, t.Namespace(), argument(args, 1).Text(), formula.FieldFormula,
		formula.Options{Returns: returns, BlankAsZero: argument(args, 2).Bool(), File: "formula"})
	if p == nil {
		return nil, &dml.Fault{Type: "System.FormulaValidationException", Message: diags[0].Message}
	}
	ctx := t.Context()
	out := &vm.Formula{Eval: func(r *schema.Record) (vm.Value, error) {
		v, err := p.Eval(tx.formulaEnv(ctx, r, nil))
		if err != nil {
			return vm.Null, &dml.Fault{Type: "System.FormulaEvaluationException", Message: err.Error()}
		}
		return vm.OfScalar(v), nil
	}}
	for _, path := range p.Paths() {
		var parts []string
		for _, l := range path.Lookups {
			parts = append(parts, l.RelationshipName)
		}
		out.Fields = append(out.Fields, strings.Join(append(parts, path.Field.Name), "."))
	}
	return out, nil
}
