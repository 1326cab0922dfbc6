package store

import (
	"fmt"
	"math"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Kind is how a column holds its values.
type Kind uint8

// The kinds of column. The numbers are written into saved orgs.
const (
	Flag       Kind = 1 // 0 or 1, never null
	Whole      Kind = 2 // whole numbers, dates as days, datetimes and times as milliseconds
	Scaled     Kind = 3 // exact numbers as whole ones: the digits without the point
	Text       Kind = 4 // compared without case
	TextCase   Kind = 5 // compared with case
	Identifier Kind = 6 // ids of 18 characters
	Binary     Kind = 7
)

// Column is how the values of a field are stored.
type Column struct {
	Kind  Kind
	Type  schema.FieldType
	Scale int32 // of Scaled
}

// ColumnOf is the column of a stored field.
func ColumnOf(f *schema.Field) Column {
	c := Column{Type: f.Type}
	switch f.Type {
	case schema.Boolean:
		c.Kind = Flag
	case schema.Int, schema.Long, schema.Date, schema.Datetime, schema.Time:
		c.Kind = Whole
	case schema.Double, schema.Currency, schema.Percent:
		c.Kind, c.Scale = Scaled, int32(f.Scale)
	case schema.ID, schema.Reference:
		c.Kind = Identifier
	case schema.Base64:
		c.Kind = Binary
	default:
		c.Kind = Text
		if f.CaseSensitive {
			c.Kind = TextCase
		}
	}
	return c
}

// Raw is a value as a column holds it: nothing, a number, or characters.
type Raw struct {
	Null   bool
	IsText bool
	IsBlob bool
	Int    int64
	Text   string
}

// Encode turns a value into what the column holds; a flag that is null is
// false. A number with more digits
// after the point than the field has is rounded half up; one that is too large
// for 64 bits is an error. Text becomes a number, a date or an id where that is
// what the column holds, or an error.
func (c Column) Encode(v value.Value) (Raw, error) {
	if v.IsNull() {
		return Raw{Null: c.Kind != Flag}, nil
	}
	switch c.Kind {
	case Flag:
		if v.Kind() == value.Bool {
			if v.Bool() {
				return Raw{Int: 1}, nil
			}
			return Raw{}, nil
		}
	case Whole:
		return c.encodeWhole(v)
	case Scaled:
		switch v.Kind() {
		case value.Decimal, value.Int, value.Long, value.Double:
			return c.scale(v.Decimal())
		}
	case Identifier:
		if v.Kind() == value.ID || v.Kind() == value.Text {
			id := v.Text()
			if len(id) == 15 {
				id += value.Checksum(id)
			}
			return Raw{IsText: true, Text: id}, nil
		}
	case Binary:
		if v.Kind() == value.Blob || v.Kind() == value.Text {
			return Raw{IsBlob: true, Text: v.Text()}, nil
		}
	default:
		if v.Kind() == value.Text || v.Kind() == value.ID {
			return Raw{IsText: true, Text: v.Text()}, nil
		}
		return Raw{IsText: true, Text: v.Plain()}, nil
	}
	return Raw{}, c.misfit(v)
}

func (c Column) encodeWhole(v value.Value) (Raw, error) {
	want := value.Int
	switch c.Type {
	case schema.Date:
		want = value.Date
	case schema.Datetime:
		want = value.Datetime
	case schema.Time:
		want = value.Time
	}
	switch k := v.Kind(); {
	case k == want, want == value.Int && k == value.Long:
		return Raw{Int: v.Int64()}, nil
	case want == value.Int && (k == value.Decimal || k == value.Double):
		if n, ok := v.Decimal().Round(0).Int64(); ok {
			return Raw{Int: n}, nil
		}
	case want == value.Datetime && k == value.Date:
		return Raw{Int: v.Int64() * value.MsPerDay}, nil
	case want == value.Date && k == value.Datetime:
		days, _ := value.DaysOf(v.Int64(), nil)
		return Raw{Int: days}, nil
	}
	return Raw{}, c.misfit(v)
}

func (c Column) scale(d value.Dec) (Raw, error) {
	s, _ := d.SetScale(c.Scale, value.HalfUp)
	n, ok := s.Unscaled64()
	if !ok {
		return Raw{}, fmt.Errorf("store number %s: more digits than a field with %d decimal places can hold", d, c.Scale)
	}
	return Raw{Int: n}, nil
}

func (c Column) misfit(v value.Value) error {
	return fmt.Errorf("store %q: not a value for a field of type %s", v.String(), c.Type)
}

// Read turns what the column holds back into a value.
func (c Column) Read(r Row, i int) value.Value {
	if r.Null(i) {
		return value.Value{}
	}
	switch c.Kind {
	case Flag:
		return value.OfBool(r.Int64(i) != 0)
	case Whole:
		return c.whole(r.Int64(i))
	case Scaled:
		return value.OfDecimal(value.NewDec(r.Int64(i), c.Scale))
	case Identifier:
		return value.OfID(r.Text(i))
	case Binary:
		return value.OfBlob(r.Bytes(i))
	default:
		return value.OfText(r.Text(i))
	}
}

func (c Column) whole(n int64) value.Value {
	switch c.Type {
	case schema.Date:
		return value.OfDate(n)
	case schema.Datetime:
		return value.OfDatetime(n)
	case schema.Time:
		return value.OfTime(n)
	case schema.Int:
		if n >= math.MinInt32 && n <= math.MaxInt32 {
			return value.OfInt(int32(n))
		}
	}
	return value.OfLong(n)
}

// Convert turns a value of another column into one for this column, as a
// change of a field's type does; null where there is no sense in it.
func (c Column) Convert(v value.Value) value.Value {
	if c.Kind == Flag && v.IsNull() {
		return value.OfBool(false)
	}
	if _, err := c.Encode(v); err == nil {
		if c.Kind == Text || c.Kind == TextCase {
			return value.OfText(v.Plain())
		}
		return v
	}
	text := v.Plain()
	switch c.Kind {
	case Flag:
		return value.OfBool(value.EqualFold(text, "true") || text == "1")
	case Scaled:
		if d, err := value.ParseDec(text); err == nil {
			return value.OfDecimal(d)
		}
	case Whole:
		if d, err := value.ParseDate(text); err == nil && c.Type == schema.Date {
			return value.OfDate(d)
		}
		if d, err := value.ParseDec(text); err == nil && (c.Type == schema.Int || c.Type == schema.Long) {
			return value.OfDecimal(d)
		}
	}
	return value.Value{}
}
