package vm

import (
	"math"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// convert compiles a change of representation.
func (c *compiler) convert(e *types.Convert) valExpr {
	v, pos := c.val(e.X), e.At
	to := e.T.Kind
	return func(f *frame) Value {
		x := v(f)
		if x.k == KindNull {
			return x
		}
		f.pos = pos
		if x.k == KindInteger && to == types.KindLong {
			return Long(x.n)
		}
		return f.t.Convert(x, to)
	}
}

// Convert changes a scalar to a kind; what has no such form stays as it is.
func (t *Thread) Convert(v Value, to types.Kind) Value {
	switch to {
	case types.KindInteger:
		return Int(wholeNumber(v, math.MaxInt32))
	case types.KindLong:
		return Long(wholeNumber(v, math.MaxInt64))
	case types.KindDouble:
		if v.isNumber() {
			return Double(v.Float())
		}
	case types.KindDecimal:
		if v.isNumber() {
			return Decimal(v.Dec())
		}
	case types.KindString:
		if v.k == KindID {
			return Str(v.Text())
		}
	case types.KindID:
		if v.k == KindString {
			return t.ParseID(v.Text())
		}
	case types.KindDatetime:
		if v.k == KindDate {
			// Midnight of Greenwich, not of the user: public packages move
			// such a moment to the user's zone themselves.
			return Datetime(v.n * msPerDay)
		}
	case types.KindDate:
		if v.k == KindDatetime {
			days, _ := value.DaysOf(v.n, t.host.User().Zone)
			return Date(days)
		}
	}
	return v
}

// wholeNumber cuts as Java's narrowing does: a Double beyond the range gives
// its end.
func wholeNumber(v Value, most int64) int64 {
	if v.k != KindDouble {
		return v.Int()
	}
	f := v.Float()
	switch {
	case math.IsNaN(f):
		return 0
	case f >= float64(most):
		return most
	case f <= -float64(most):
		return -most - 1
	default:
		return int64(f)
	}
}

// ParseID checks an id and completes it to 18 characters.
func (t *Thread) ParseID(s string) Value {
	if s == "" {
		t.Throwf("System.StringException", "Invalid id: %s", s)
	}
	id, err := value.NewID(s)
	if err != nil && !looseID(s) {
		t.Throwf("System.StringException", "Invalid id: %s", s)
	}
	if err != nil {
		id = s
	}
	return ID(id)
}

// looseID accepts 18 letters and digits whose last three are no checksum: the
// platform keeps such ids, which tests make up, as they are.
func looseID(s string) bool {
	if len(s) != 18 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// cast compiles a checked cast.
func (c *compiler) cast(e *types.Cast) valExpr {
	v, pos, to := c.val(e.X), e.At, e.T
	return func(f *frame) Value {
		x := v(f)
		if x.k == KindNull {
			return x
		}
		f.pos = pos
		return f.t.Cast(x, to)
	}
}

// Cast is (Type) value: numbers widen, texts and ids change into each other,
// everything else must be an instance already.
func (t *Thread) Cast(v Value, to *types.Type) Value {
	if v.k == KindNull || t.InstanceOf(v, to) {
		if to.Kind != types.KindObject {
			return t.widen(v, to.Kind)
		}
		return v
	}
	switch {
	case to.IsNumber() && v.isNumber() && widens(v.k, to.Kind):
		return t.Convert(v, to.Kind)
	case to.Kind == types.KindID && v.k == KindString:
		return t.ParseID(v.Text())
	case to.Kind == types.KindString && v.k == KindID:
		return Str(v.Text())
	case sameButIDs(t.TypeOf(v), to):
		return v
	}
	t.Throwf("System.TypeException", "Invalid conversion from runtime type %s to %s", runtimeName(t.TypeName(v)), runtimeName(to.Name))
	return Null
}

// runtimeName is the name of a type in the message of a failed cast, which
// writes ANY for Object inside of collections, as in List<ANY> and
// Map<String,ANY> (seen in many reports of that exception).
func runtimeName(name string) string { return anyElement.Replace(name) }

var anyElement = strings.NewReplacer("<Object>", "<ANY>", "<Object,", "<ANY,", ",Object>", ",ANY>")

// sameButIDs reports whether two collections differ only in that one has ids
// where the other has strings. From experience: such casts are let through, as
// assigning List<Id> to List<String> is by the compiler.
func sameButIDs(from, to *types.Type) bool {
	if from == nil || from.Kind != to.Kind || len(from.Args) != len(to.Args) || from.Kind != types.KindList && from.Kind != types.KindSet {
		return false
	}
	text := func(k types.Kind) bool { return k == types.KindString || k == types.KindID }
	return len(from.Args) == 1 && text(from.Args[0].Kind) && text(to.Args[0].Kind)
}

func widens(from Kind, to types.Kind) bool {
	rank := map[Kind]int{KindInteger: 0, KindLong: 1, KindDouble: 2, KindDecimal: 3}
	want := map[types.Kind]int{types.KindInteger: 0, types.KindLong: 1, types.KindDouble: 2, types.KindDecimal: 3}
	return rank[from] <= want[to] || from == KindDecimal && to == types.KindDouble
}

func (t *Thread) widen(v Value, k types.Kind) Value {
	switch {
	case k == types.KindLong && v.k == KindInteger:
		return Long(v.n)
	case k == types.KindDouble && v.k != KindDouble && v.isNumber():
		return Double(v.Float())
	case k == types.KindDecimal && v.k != KindDecimal && v.isNumber():
		return Decimal(v.Dec())
	case k == types.KindDatetime && v.k == KindDate:
		return Datetime(v.n * value.MsPerDay)
	default:
		return v
	}
}

// InstanceOf is instanceof: null is an instance of nothing.
func (t *Thread) InstanceOf(v Value, of *types.Type) bool {
	if v.k == KindNull {
		return false
	}
	switch of.Kind {
	case types.KindObject:
		return true
	case types.KindBoolean:
		return v.k == KindBoolean
	case types.KindInteger:
		return v.k == KindInteger
	case types.KindLong:
		return v.k == KindLong || v.k == KindInteger
	case types.KindDouble:
		return v.k == KindDouble || v.k == KindInteger || v.k == KindLong || v.k == KindDecimal
	case types.KindDecimal:
		return v.isNumber()
	case types.KindString:
		return v.k == KindString || v.k == KindID
	case types.KindID:
		if v.k == KindString {
			_, err := value.NewID(v.Text())
			return err == nil
		}
		return v.k == KindID
	case types.KindBlob:
		return v.k == KindBlob
	case types.KindDate:
		return v.k == KindDate
	case types.KindDatetime:
		return v.k == KindDatetime || v.k == KindDate
	case types.KindTime:
		return v.k == KindTime
	case types.KindSObject:
		return t.isSObject(v, of)
	default:
		return t.instanceOfRef(v, of)
	}
}

func (t *Thread) isSObject(v Value, of *types.Type) bool {
	if of == types.AggregateResult {
		return t.isAggregate(v)
	}
	if of.SObject == nil {
		return v.k == KindRecord || t.isAggregate(v)
	}
	r := v.Record()
	return r != nil && (r.Object == of.SObject || r.Object.Name == of.SObject.Name)
}

func (t *Thread) instanceOfRef(v Value, of *types.Type) bool {
	switch v.k {
	case KindList:
		return of.Kind == types.KindList && elementsFit(v.List().Type.Elem(), of.Elem()) || iterable(of)
	case KindSet:
		return of.Kind == types.KindSet && v.Set().Type.Elem() == of.Elem() || iterable(of)
	case KindMap:
		m := v.Map().Type
		return of.Kind == types.KindMap && m.Key() == of.Key() && elementsFit(m.Elem(), of.Elem())
	case KindEnum:
		return of.Class == v.EnumClass().Def
	case KindObject:
		o := v.Object()
		return o.Class.Def == of.Class || o.Class.is(of) || o.typeIs(of)
	default:
		return false
	}
}

// typeIs covers objects of library classes and stubs.
func (o *Object) typeIs(of *types.Type) bool {
	for k := o.Class; k != nil; k = k.super {
		if k.Def == of.Class {
			return true
		}
	}
	if of.Class != nil && of.Class.Lib && of.Class.Name == "Exception" {
		return o.Class.IsException()
	}
	return false
}

// iterable reports whether the type is System.Iterable.
func iterable(of *types.Type) bool {
	return of.Class != nil && of.Class.Lib && of.Class.Name == "Iterable"
}

// elementsFit lets List<Account> be a List<SObject> and the reverse, and any
// list a List<Object>.
func elementsFit(have, want *types.Type) bool {
	switch {
	case have == want || have == nil || want == nil:
		return true
	case want.Kind == types.KindObject:
		return true
	case have == types.AggregateResult || want == types.AggregateResult:
		return want == types.SObject
	case have.Kind == types.KindSObject && want.Kind == types.KindSObject:
		return have.SObject == nil || want.SObject == nil || have.SObject.Name == want.SObject.Name
	case have.Kind == want.Kind && (have.Kind == types.KindList || have.Kind == types.KindSet):
		return elementsFit(have.Elem(), want.Elem())
	case have.Kind == want.Kind && have.Kind == types.KindMap:
		return elementsFit(have.Key(), want.Key()) && elementsFit(have.Elem(), want.Elem())
	case have.Class != nil && want.Class != nil && !have.Class.Lib:
		return have.Class.SubtypeOf(want)
	default:
		return false
	}
}

// TypeOf is the run-time type of a value; null has the type Null.
func (t *Thread) TypeOf(v Value) *types.Type {
	switch v.k {
	case KindBoolean:
		return types.Boolean
	case KindInteger:
		return types.Integer
	case KindLong:
		return types.Long
	case KindDouble:
		return types.Double
	case KindDecimal:
		return types.Decimal
	case KindString:
		return types.String
	case KindID:
		return types.ID
	case KindDate:
		return types.Date
	case KindDatetime:
		return types.Datetime
	case KindTime:
		return types.Time
	case KindBlob:
		return types.Blob
	case KindEnum:
		return v.EnumClass().Type()
	case KindRecord:
		return t.prog.types.SObjectType(v.Record().Object)
	case KindObject:
		return v.Object().Class.Type()
	case KindList:
		return v.List().Type
	case KindSet:
		return v.Set().Type
	case KindMap:
		return v.Map().Type
	default:
		return types.Null
	}
}

// TypeName is the name of a value's run-time type in messages.
func (t *Thread) TypeName(v Value) string {
	switch v.k {
	case KindRecord:
		return v.Record().Object.Name
	case KindObject:
		return v.Object().Class.Def.FullName()
	default:
		return t.TypeOf(v).Name
	}
}
