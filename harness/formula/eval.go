package formula

import (
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// frame is one evaluation: the world and the record the formula is about.
type frame struct {
	env Env
	rec *schema.Record
}

// evaluator computes a node. Text that is empty and text that is null are the
// same: null.
type evaluator func(f *frame) (value.Value, error)

// node is a checked part of a formula.
type node struct {
	typ      Type
	eval     evaluator
	constant bool          // gives the same for every record
	literal  *value.Value  // of literals
	field    *schema.Field // of a reference to a field of the object itself, or of $ObjectType
	lat, lon evaluator     // of a Location
	expr     *Expr
}

var null = value.Value{}

func text(s string) value.Value {
	if s == "" {
		return null
	}
	return value.OfText(s)
}

func constantNode(t Type, v value.Value) node {
	return node{typ: t, constant: true, literal: &v, eval: func(*frame) (value.Value, error) { return v, nil }}
}

// fit makes of a value the result of a formula: numbers within the platform's
// digits, per cent as fields hold it, a condition that is blank as false.
func fit(v value.Value, t schema.FieldType) (value.Value, error) {
	switch v.Kind() {
	case value.Null:
		if t == schema.Boolean {
			return value.OfBool(false), nil
		}
		return v, nil
	case value.Decimal:
		d := v.Decimal()
		if t == schema.Percent {
			d = perCent(d)
		}
		d, err := result(d)
		return number(d), err
	default:
		return v, nil
	}
}

// FieldValue is what a formula field shows of its formula's result: a number
// rounded half up to the field's decimal places. Other formulas compute with
// the result itself.
func FieldValue(v value.Value, f *schema.Field) value.Value {
	if v.IsNull() || TypeOf(f.Type) != Number {
		return v
	}
	d := v.Decimal()
	if d.Scale() > int32(f.Scale) {
		d, _ = d.SetScale(int32(f.Scale), value.HalfUp)
	}
	return number(d)
}

// perCent moves the point two places to the right.
func perCent(d value.Dec) value.Dec {
	scale := d.Scale() - 2
	if scale < 0 {
		d, _ = d.SetScale(2, value.Unnecessary)
		scale = 0
	}
	return value.NewDecBig(d.Unscaled(), scale)
}

var hundred = value.NewDec(100, 0)

// read brings a field's value into the form formulas compute with.
func read(v value.Value, f *schema.Field, zeroBlank bool) (value.Value, error) {
	switch TypeOf(f.Type) {
	case Number:
		if v.IsNull() {
			if zeroBlank {
				return number(zero), nil
			}
			return null, nil
		}
		if f.Type == schema.Percent {
			d, err := quotient(v.Decimal(), hundred)
			return number(d.StripZeros()), err
		}
		return number(v.Decimal()), nil
	case Boolean:
		return value.OfBool(v.Bool()), nil
	case Date, DateTime, Time:
		return v, nil
	default:
		if v.IsNull() {
			return null, nil
		}
		s := v.Text()
		if f.Type.IsID() && len(s) == 18 { // formulas see ids of 15 characters
			s = s[:15]
		}
		return text(s), nil
	}
}
