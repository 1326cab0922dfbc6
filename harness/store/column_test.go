package store

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func TestColumnsEncode(t *testing.T) {
	t.Parallel()
	big, _ := value.ParseDec("12345678901234567890")
	for _, c := range []struct {
		what string
		f    schema.Field
		v    value.Value
		want Raw
		bad  bool
	}{
		{"half up", schema.Field{Type: schema.Currency, Scale: 2}, value.OfDecimal(value.NewDec(12345, 3)), Raw{Int: 1235}, false},
		{"a double by its shortest digits", schema.Field{Type: schema.Double, Scale: 3}, value.OfDouble(0.1), Raw{Int: 100}, false},
		{"too many digits", schema.Field{Type: schema.Double}, value.OfDecimal(big), Raw{}, true},
		{"text in a number field", schema.Field{Type: schema.Double}, value.OfText("1"), Raw{}, true},
		{"no flag is false", schema.Field{Type: schema.Boolean}, value.Value{}, Raw{}, false},
		{"a number in a text field", schema.Field{Type: schema.String}, value.OfInt(5), Raw{IsText: true, Text: "5"}, false},
		{"a date in a datetime field", schema.Field{Type: schema.Datetime}, value.OfDate(1), Raw{Int: value.MsPerDay}, false},
		{"a short id", schema.Field{Type: schema.Reference}, value.OfText("001000000000001"), Raw{IsText: true, Text: "001000000000001AAA"}, false},
		{"null", schema.Field{Type: schema.String}, value.Value{}, Raw{Null: true}, false},
	} {
		got, err := ColumnOf(&c.f).Encode(c.v)
		if got != c.want && !c.bad || (err != nil) != c.bad {
			t.Errorf("%s: %+v, %v, want %+v", c.what, got, err, c.want)
		}
	}
}

func TestLikeAndIncludes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		selected, want string
		ok             bool
	}{{"a;b", "b", true}, {"a;b", "B;a", true}, {"ab", "a", false}, {"", "", true}, {"a", "", false}} {
		if got := Includes(c.selected, c.want); got != c.ok {
			t.Errorf("%q includes %q: %t", c.selected, c.want, got)
		}
	}
	if !Like("%a%a%a%", "banana") || Like("%a%a%a%a%", "banana") {
		t.Error("several wild cards go wrong")
	}
}
