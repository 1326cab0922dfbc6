// Package value holds the scalar values that a field of an org can have:
// text, ids, booleans, exact numbers, dates, times, and nothing at all.
//
// A Value is a small struct passed by copy; it never points at shared state,
// so it may be kept, compared and sent between goroutines freely. Store,
// schema, SOQL, formulas and the Apex machine all speak it, which is why it
// lies below them all. What it leaves out: objects, lists and records are not
// values here.
package value

import "math"

// Kind is the dynamic type of a Value.
type Kind uint8

// The kinds. Int is Apex's 32-bit Integer, Long its 64-bit one; Decimal is
// exact; Date, Time and Datetime have the platform's resolutions.
const (
	Null Kind = iota
	Bool
	Int      // 32-bit, held as int64
	Long     // 64-bit
	Double   // IEEE 754
	Decimal  // exact, with scale
	Text     // also picklists, multi-selects (";" separated), e-mail, phone, url
	ID       // 18 characters, checksum already right
	Date     // days since 1970-01-01
	Datetime // milliseconds since 1970-01-01T00:00:00Z
	Time     // milliseconds since midnight
	Blob     // bytes, held as a string
)

// Value is one scalar. The zero Value is null.
type Value struct {
	kind  Kind
	scale int32  // of a Decimal whose unscaled digits fit n
	n     int64  // Bool, Int, Long, Double (bits), Decimal digits, Date, Datetime, Time
	s     string // Text, ID, Blob; the digits of a Decimal too large for n
}

// Kind tells what the value is.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether the value is null. An empty text is not null here;
// the save pipeline turns it into null as the platform does.
func (v Value) IsNull() bool { return v.kind == Null }

// Bool is true only for a true boolean.
func (v Value) Bool() bool { return v.kind == Bool && v.n != 0 }

// Int64 is the number of an Int or Long, the days of a Date, the milliseconds
// of a Datetime or Time, and 0 for every other kind.
func (v Value) Int64() int64 {
	switch v.kind {
	case Int, Long, Date, Datetime, Time:
		return v.n
	default:
		return 0
	}
}

// Float64 is the number of a Double; for other numeric kinds the nearest one.
func (v Value) Float64() float64 {
	switch v.kind {
	case Double:
		return math.Float64frombits(uint64(v.n))
	case Int, Long:
		return float64(v.n)
	case Decimal:
		return v.Decimal().Float64()
	default:
		return 0
	}
}

// Text is the characters of a Text or ID, the bytes of a Blob, and "" for
// every other kind; String formats any kind.
func (v Value) Text() string {
	switch v.kind {
	case Text, ID, Blob:
		return v.s
	default:
		return ""
	}
}

// OfBool, OfInt and the functions after them make a value of the kind named.
func OfBool(b bool) Value {
	if b {
		return Value{kind: Bool, n: 1}
	}
	return Value{kind: Bool}
}

// OfInt makes an Apex Integer.
func OfInt(n int32) Value { return Value{kind: Int, n: int64(n)} }

// OfLong makes an Apex Long.
func OfLong(n int64) Value { return Value{kind: Long, n: n} }

// OfDouble makes an Apex Double.
func OfDouble(f float64) Value { return Value{kind: Double, n: int64(math.Float64bits(f))} }

// OfText makes a text; "" stays "".
func OfText(s string) Value { return Value{kind: Text, s: s} }

// OfID makes an id from its 18-character form; NewID checks and completes one.
func OfID(id string) Value { return Value{kind: ID, s: id} }

// OfBlob makes a blob of bytes.
func OfBlob(b []byte) Value { return Value{kind: Blob, s: string(b)} }

// OfDate makes a date from days since 1970-01-01.
func OfDate(days int64) Value { return Value{kind: Date, n: days} }

// OfDatetime makes a date and time from milliseconds since the epoch in UTC.
func OfDatetime(ms int64) Value { return Value{kind: Datetime, n: ms} }

// OfTime makes a time of day from milliseconds since midnight.
func OfTime(ms int64) Value { return Value{kind: Time, n: ms} }
