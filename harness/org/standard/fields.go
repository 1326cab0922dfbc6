package standard

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Fields are values of a row by API name: string, bool, int64 or value.Value.
// Names the object lacks are passed over.
type Fields map[string]any

// Record makes a record of an object; fields are set in describe order. It
// panics for a value of another Go type: only a program's mistake puts one there.
func (fs Fields) Record(obj *schema.Object) *schema.Record {
	rec := schema.NewRecord(obj)
	for _, f := range obj.Fields {
		v, ok := fs[f.Name]
		if !ok || !f.IsStored() {
			continue
		}
		switch v := v.(type) {
		case string:
			switch {
			case v == "":
				continue
			case f.Type.IsID():
				rec.Set(f, value.OfID(v))
			default:
				rec.Set(f, value.OfText(v))
			}
		case bool:
			rec.Set(f, value.OfBool(v))
		case int64:
			rec.Set(f, numberOf(f, v))
		case value.Value:
			rec.Set(f, v)
		default:
			panic(fmt.Sprintf("standard: the value of %s.%s is a %T; it must be a string, bool, int64 or value.Value", obj.Name, f.Name, v))
		}
	}
	return rec
}

func numberOf(f *schema.Field, n int64) value.Value {
	switch f.Type {
	case schema.Int:
		return value.OfInt(int32(n))
	case schema.Long:
		return value.OfLong(n)
	case schema.Datetime:
		return value.OfDatetime(n)
	default:
		return value.OfDecimal(value.NewDec(n, 0))
	}
}

// SetIfStored sets a field by API name where the object has it.
func SetIfStored(rec *schema.Record, name string, v value.Value) {
	if f := rec.Object.Field(name); f != nil && f.IsStored() {
		rec.Set(f, v)
	}
}
