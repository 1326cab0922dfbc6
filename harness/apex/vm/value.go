package vm

import (
	"math"
	"math/big"
	"unsafe"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Kind is the dynamic type of a Value.
type Kind uint8

// The kinds. Integer, Long, Double, Boolean, Date, Datetime and Time live in
// the Value itself; the others point at what they hold.
const (
	KindNull Kind = iota
	KindBoolean
	KindInteger
	KindLong
	KindDouble
	KindDecimal  // digits and scale
	KindString   // bytes and length
	KindID       // bytes and length, always the 18-character form
	KindDate     // days since 1970-01-01
	KindDatetime // milliseconds since the epoch
	KindTime     // milliseconds since midnight
	KindBlob     // bytes and length
	KindEnum     // *Class and ordinal
	KindRecord   // *schema.Record: an sObject
	KindObject   // *Object: an instance of a class, also of the library's
	KindList     // *List
	KindSet      // *Set
	KindMap      // *Map
)

// Value is any value an Apex expression can have: three words, copied freely.
// The zero Value is null. The pointer word is unsafe so that a string is its
// bytes and its length without a header of its own, and an object is reached
// without a type switch; only this file looks inside.
type Value struct {
	p unsafe.Pointer
	n int64
	s int32 // scale of a Decimal, whose digits are n, or *big.Int p when they do not fit
	k Kind
}

// Null is the null value.
var Null Value

// Kind tells what the value is.
func (v Value) Kind() Kind { return v.k }

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.k == KindNull }

// Bool makes a Boolean.
func Bool(b bool) Value {
	if b {
		return Value{k: KindBoolean, n: 1}
	}
	return Value{k: KindBoolean}
}

// Int makes an Integer, wrapping to 32 bits.
func Int(n int64) Value { return Value{k: KindInteger, n: int64(int32(n))} }

// Long makes a Long.
func Long(n int64) Value { return Value{k: KindLong, n: n} }

// Double makes a Double.
func Double(f float64) Value { return Value{k: KindDouble, n: int64(math.Float64bits(f))} }

// Decimal makes a Decimal.
func Decimal(d value.Dec) Value {
	if n, ok := d.Unscaled64(); ok {
		return Value{k: KindDecimal, n: n, s: d.Scale()}
	}
	return Value{k: KindDecimal, p: unsafe.Pointer(d.Big()), s: d.Scale()}
}

// Str makes a String.
func Str(s string) Value {
	return Value{k: KindString, p: unsafe.Pointer(unsafe.StringData(s)), n: int64(len(s))}
}

// ID makes an Id from its 18-character form.
func ID(id string) Value {
	return Value{k: KindID, p: unsafe.Pointer(unsafe.StringData(id)), n: int64(len(id))}
}

// Blob makes a Blob; the bytes are held as a Go string because blobs never
// change.
func Blob(b string) Value {
	return Value{k: KindBlob, p: unsafe.Pointer(unsafe.StringData(b)), n: int64(len(b))}
}

// Date makes a Date from days since 1970-01-01.
func Date(days int64) Value { return Value{k: KindDate, n: days} }

// Datetime makes a Datetime from milliseconds since the epoch.
func Datetime(ms int64) Value { return Value{k: KindDatetime, n: ms} }

// Time makes a Time from milliseconds since midnight.
func Time(ms int64) Value { return Value{k: KindTime, n: ms} }

// Enum makes a constant of an enum.
func Enum(c *Class, ordinal int) Value {
	return Value{k: KindEnum, p: unsafe.Pointer(c), n: int64(ordinal)}
}

// Record makes an sObject; a nil record is null.
func Record(r *schema.Record) Value {
	if r == nil {
		return Value{}
	}
	return Value{k: KindRecord, p: unsafe.Pointer(r)}
}

// Obj makes a reference to an object; nil is null.
func Obj(o *Object) Value {
	if o == nil {
		return Value{}
	}
	return Value{k: KindObject, p: unsafe.Pointer(o)}
}

// ListValue, SetValue and MapValue make references to collections.
func ListValue(l *List) Value { return Value{k: KindList, p: unsafe.Pointer(l)} }

// SetValue makes a reference to a set.
func SetValue(s *Set) Value { return Value{k: KindSet, p: unsafe.Pointer(s)} }

// MapValue makes a reference to a map.
func MapValue(m *Map) Value { return Value{k: KindMap, p: unsafe.Pointer(m)} }

// Bool is the truth of a Boolean; null is false.
func (v Value) Bool() bool { return v.k == KindBoolean && v.n != 0 }

// Int is the number of an Integer or Long, the days of a Date, the
// milliseconds of a Datetime or Time, the ordinal of an enum constant; of a
// Double or Decimal its integer part.
func (v Value) Int() int64 {
	switch v.k {
	case KindDouble:
		return int64(v.Float())
	case KindDecimal:
		d, _ := v.Dec().SetScale(0, value.Down)
		n, ok := d.Int64()
		if !ok {
			return d.Unscaled().Int64()
		}
		return n
	case KindString, KindID, KindBlob:
		return 0
	default:
		return v.n
	}
}

// Float is a number of any kind as a Double.
func (v Value) Float() float64 {
	switch v.k {
	case KindDouble:
		return math.Float64frombits(uint64(v.n))
	case KindInteger, KindLong:
		return float64(v.n)
	case KindDecimal:
		return v.Dec().Float64()
	default:
		return 0
	}
}

// Dec is a number of any kind as a Decimal.
func (v Value) Dec() value.Dec {
	switch v.k {
	case KindDecimal:
		if v.p != nil {
			return value.DecOfBig((*big.Int)(v.p), v.s)
		}
		return value.NewDec(v.n, v.s)
	case KindInteger, KindLong:
		return value.NewDec(v.n, 0)
	case KindDouble:
		return value.DecOfFloat(v.Float())
	default:
		return value.NewDec(0, 0)
	}
}

// Text is the characters of a String or Id, the bytes of a Blob, and "" for
// every other kind; Thread.Text formats any kind.
func (v Value) Text() string {
	if v.k == KindString || v.k == KindID || v.k == KindBlob {
		return unsafe.String((*byte)(v.p), int(v.n))
	}
	return ""
}

// Record is the record of an sObject, or nil.
func (v Value) Record() *schema.Record {
	if v.k != KindRecord {
		return nil
	}
	return (*schema.Record)(v.p)
}

// Object is the object referred to, or nil.
func (v Value) Object() *Object {
	if v.k != KindObject {
		return nil
	}
	return (*Object)(v.p)
}

// List is the list referred to, or nil.
func (v Value) List() *List {
	if v.k != KindList {
		return nil
	}
	return (*List)(v.p)
}

// Set is the set referred to, or nil.
func (v Value) Set() *Set {
	if v.k != KindSet {
		return nil
	}
	return (*Set)(v.p)
}

// Map is the map referred to, or nil.
func (v Value) Map() *Map {
	if v.k != KindMap {
		return nil
	}
	return (*Map)(v.p)
}

// EnumClass is the enum of a constant, or nil.
func (v Value) EnumClass() *Class {
	if v.k != KindEnum {
		return nil
	}
	return (*Class)(v.p)
}

// Native is what a library object holds, or nil for every other value.
func (v Value) Native() any {
	if v.k != KindObject {
		return nil
	}
	return (*Object)(v.p).Native
}

// Same is identity: ===. Scalars are the same when kind and content are.
func (v Value) Same(w Value) bool {
	if v.k != w.k {
		return false
	}
	switch v.k {
	case KindString, KindID, KindBlob:
		return v.Text() == w.Text()
	case KindDecimal:
		return v.Dec().Cmp(w.Dec()) == 0
	case KindBoolean, KindInteger, KindLong, KindDouble, KindDate, KindDatetime, KindTime:
		return v.n == w.n // the pointer may be what the slot held before
	default:
		return v.p == w.p && v.n == w.n
	}
}

// OfScalar brings a field's value into the machine. A null stays null.
func OfScalar(v value.Value) Value {
	switch v.Kind() {
	case value.Bool:
		return Bool(v.Bool())
	case value.Int:
		return Value{k: KindInteger, n: v.Int64()}
	case value.Long:
		return Long(v.Int64())
	case value.Double:
		return Double(v.Float64())
	case value.Decimal:
		return Decimal(v.Decimal())
	case value.Text:
		return Str(v.Text())
	case value.ID:
		return ID(v.Text())
	case value.Date:
		return Date(v.Int64())
	case value.Datetime:
		return Datetime(v.Int64())
	case value.Time:
		return Time(v.Int64())
	case value.Blob:
		return Blob(v.Text())
	default:
		return Value{}
	}
}

// Scalar hands a value to the org: the opposite of OfScalar. Enum constants
// and references have no scalar form and give null with ok false.
func (v Value) Scalar() (out value.Value, ok bool) {
	switch v.k {
	case KindNull:
		return value.Value{}, true
	case KindBoolean:
		return value.OfBool(v.n != 0), true
	case KindInteger:
		return value.OfInt(int32(v.n)), true
	case KindLong:
		return value.OfLong(v.n), true
	case KindDouble:
		return value.OfDouble(v.Float()), true
	case KindDecimal:
		return value.OfDecimal(v.Dec()), true
	case KindString:
		return value.OfText(v.Text()), true
	case KindID:
		return value.OfID(v.Text()), true
	case KindDate:
		return value.OfDate(v.n), true
	case KindDatetime:
		return value.OfDatetime(v.n), true
	case KindTime:
		return value.OfTime(v.n), true
	case KindBlob:
		return value.OfBlob([]byte(v.Text())), true
	default:
		return value.Value{}, false
	}
}
