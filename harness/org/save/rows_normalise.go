package save

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// normalise brings a value into the form in which the field stores it: text has
// no blanks around it and is null when nothing is left, numbers have the field's scale, ids 18 characters, datetimes
// whole seconds. A value of a wrong kind stays as it is and is refused by the
// system validation.
func normalise(f *schema.Field, v value.Value) value.Value {
	switch {
	case v.IsNull():
		return v
	case f.Type.IsID():
		if id, err := value.NewID(v.Text()); err == nil {
			return value.OfID(id)
		}
		if v.Text() == "" {
			return value.Value{}
		}
		return v
	case f.Type.IsText():
		return normaliseText(f, v)
	case f.Type.IsNumber():
		return normaliseNumber(f, v)
	}
	switch f.Type {
	case schema.Boolean:
		if v.Kind() == value.Text {
			return value.OfBool(strings.EqualFold(v.Text(), "true"))
		}
	case schema.Date:
		switch v.Kind() {
		case value.Datetime:
			return value.OfDate(floorDiv(v.Int64(), dayMillis))
		case value.Text:
			if d, err := value.ParseDate(v.Text()); err == nil {
				return value.OfDate(d)
			}
		}
	case schema.Datetime:
		switch v.Kind() {
		case value.Datetime:
			return value.OfDatetime(floorDiv(v.Int64(), 1000) * 1000)
		case value.Date:
			return value.OfDatetime(v.Int64() * dayMillis)
		case value.Text:
			if ms, err := value.ParseDatetime(v.Text()); err == nil {
				return value.OfDatetime(floorDiv(ms, 1000) * 1000)
			}
		}
	case schema.Base64:
		if v.Kind() == value.Text {
			return value.OfBlob([]byte(v.Text()))
		}
	}
	return v
}

const dayMillis = 24 * 60 * 60 * 1000

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func normaliseText(f *schema.Field, v value.Value) value.Value {
	s := v.Text()
	if k := v.Kind(); k != value.Text && k != value.ID && k != value.Blob {
		s = v.String()
	}
	if s = strings.TrimSpace(s); s == "" {
		return value.Value{}
	}
	if f.Type == schema.MultiPicklist {
		s = joinValues(s)
	}
	if s == "" {
		return value.Value{}
	}
	if f.Type == schema.Picklist && f.Picklist != nil {
		if p := f.Picklist.Value(s); p != nil {
			s = p.Name
		}
	}
	return value.OfText(s)
}

// joinValues leaves out the empty ones of the values that semicolons part, so
// that ";" alone is no value.
func joinValues(s string) string {
	parts := strings.Split(s, ";")
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ";")
}

func normaliseNumber(f *schema.Field, v value.Value) value.Value {
	switch v.Kind() {
	case value.Int, value.Long, value.Double, value.Decimal:
	case value.Text:
		d, err := value.ParseDec(v.Text())
		if err != nil {
			return v
		}
		v = value.OfDecimal(d)
	default:
		return v
	}
	switch f.Type {
	case schema.Int:
		if n, ok := v.Decimal().Int64(); ok {
			return value.OfInt(int32(n))
		}
		return v
	case schema.Long:
		if n, ok := v.Decimal().Int64(); ok {
			return value.OfLong(n)
		}
		return v
	}
	d := v.Decimal()
	if f.Precision > 0 || f.Scale > 0 {
		d = d.Round(int32(f.Scale))
	}
	return value.OfDecimal(d)
}
