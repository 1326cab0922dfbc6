package save

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func TestValidEmail(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"a@b.co": true, "first.last+tag@sub.example.com": true, "o'neil@example.ie": true,
		"": false, "nobody": false, "@b.co": false, "a@": false, "a@b": false, "a@b.": false, "a b@c.de": false,
		"a@b@c.de": false, "a..b@c.de": false, ".a@b.co": false, "a@.co": false, "<a@b.co>": false,
	} {
		if got := validEmail(s); got != want {
			t.Errorf("validEmail(%q) = %v", s, got)
		}
	}
}

func TestDisplayNumber(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 3, 9, 2, 0, 0, 0, time.UTC).UnixMilli()
	west := time.FixedZone("west", -8*3600)
	for _, c := range []struct {
		format string
		n      int64
		want   string
	}{
		{"A-{0000}", 7, "A-0007"},
		{"A-{0000}", 123456, "A-123456"},
		{"{0}", 5, "5"},
		{"INV-{YYYY}/{MM}/{DD}-{000}", 1, "INV-2025/03/08-001"},
		{"{YY}{00}x", 3, "2503x"},
		{"", 12, "00000012"},
		{"open { brace", 1, "open { brace"},
	} {
		if got := DisplayNumber(&schema.Field{DisplayFormat: c.format}, c.n, now, west); got != c.want {
			t.Errorf("%q of %d is %q, want %q", c.format, c.n, got, c.want)
		}
	}
}

// TestNormalise is the form in which fields store what they are given.
func TestNormalise(t *testing.T) {
	t.Parallel()
	text := func(s string) value.Value { return value.OfText(s) }
	dec := func(s string) value.Value {
		d, err := value.ParseDec(s)
		if err != nil {
			t.Fatal(err)
		}
		return value.OfDecimal(d)
	}
	picklist := &schema.ValueSet{Values: []schema.PicklistValue{{Name: "Hot", Label: "Hot", Active: true}}}
	for _, c := range []struct {
		name  string
		field schema.Field
		in    value.Value
		want  string
	}{
		{"empty text is null", schema.Field{Type: schema.String}, text(""), "null"},
		{"text has no blanks around it", schema.Field{Type: schema.String}, text(" x  y\n"), "x  y"},
		{"blank text is null", schema.Field{Type: schema.String}, text(" \t"), "null"},
		{"picklist takes the spelling of its value", schema.Field{Type: schema.Picklist, Picklist: picklist}, text("hOT"), "Hot"},
		{"unknown value stays", schema.Field{Type: schema.Picklist, Picklist: picklist}, text("Cold"), "Cold"},
		{"number is rounded to the field", schema.Field{Type: schema.Double, Precision: 6, Scale: 2}, dec("1.005"), "1.01"},
		{"integer becomes a number of the field", schema.Field{Type: schema.Currency, Precision: 6, Scale: 2}, value.OfInt(3), "3"},
		{"number in text", schema.Field{Type: schema.Double, Precision: 6}, text("12"), "12"},
		{"no number stays", schema.Field{Type: schema.Double, Precision: 6}, text("twelve"), "twelve"},
		{"id gets its checksum", schema.Field{Type: schema.Reference}, text("0015000001Fn4VL"), "0015000001Fn4VLAAZ"},
		{"datetime loses its milliseconds", schema.Field{Type: schema.Datetime}, value.OfDatetime(1999), "1970-01-01 00:00:01"},
		{"datetime before 1970 too", schema.Field{Type: schema.Datetime}, value.OfDatetime(-1), "1969-12-31 23:59:59"},
		{"date in text", schema.Field{Type: schema.Date}, text("2025-02-03"), "2025-02-03 00:00:00"},
		{"boolean in text", schema.Field{Type: schema.Boolean}, text("True"), "true"},
	} {
		if got := normalise(&c.field, c.in).String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestErrorText is the shape of section 5 of order-of-execution.md.
func TestErrorText(t *testing.T) {
	t.Parallel()
	f := &schema.Field{Object: &schema.Object{Name: "A__c"}, Name: "Code__c", Label: "Code"}
	results := []dml.Result{{ID: "a00000000000001AAA", Success: true},
		{ID: "a00000000000002AAA", Errors: []dml.RowError{stringTooLong.at(f, f.Label, "ABCDEF", 5)}}}
	want := "Update failed. First exception on row 1 with id a00000000000002AAA; first error: STRING_TOO_LONG, Code: data value too large: ABCDEF (max length=5): [Code__c]"
	if d := cmp.Diff(want, (&dml.Error{Op: dml.Update, Results: results}).Error()); d != "" {
		t.Error(d)
	}
}

// TestBatches checks that lists are cut to the few sizes of prepared
// statements and lose nothing.
func TestBatches(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 10, 11, 200, 201, 415} {
		seen := map[int64]bool{}
		args := make([]value.Value, n)
		for i := range args {
			args[i] = value.OfLong(int64(i))
		}
		err := inBatches(args, func(batch []value.Value) error {
			if len(batch) != 1 && len(batch) != 10 && len(batch) != ChunkSize {
				t.Errorf("%d arguments: a batch of %d", n, len(batch))
			}
			for _, v := range batch {
				seen[v.Int64()] = true
			}
			return nil
		})
		if err != nil || len(seen) != n {
			t.Errorf("%d arguments: %d arrived, %v", n, len(seen), err)
		}
	}
}
