package formula

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/facts"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// engineCase is a formula with rows of inputs and the results of Salesforce's
// own open formula engine in both blank modes.
type engineCase struct {
	Name, Returns, Formula string
	Fields                 []engineField
	Inputs                 []string
	Rows                   []engineRow
}

type engineField struct {
	Name, Type, Formula string
	Fields              []engineField
}

// engineRow is written as [inputs, result with zeroes, result with blanks].
type engineRow struct {
	inputs        []string
	zeroes, blank string
}

func (r *engineRow) UnmarshalJSON(data []byte) error {
	var parts [3]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	return errors.Join(json.Unmarshal(parts[0], &r.inputs), json.Unmarshal(parts[1], &r.zeroes), json.Unmarshal(parts[2], &r.blank))
}

const casesBar = 98.0 // per cent of the rows, in each mode

// TestFormulaCases runs formula-cases.json in both modes.
func TestFormulaCases(t *testing.T) {
	t.Parallel()
	var cases []engineCase
	if err := json.Unmarshal(facts.Read("formula-cases.json"), &cases); err != nil {
		t.Fatal(err)
	}
	for i, mode := range []string{"blank fields as zeroes", "blank fields as blanks"} {
		right, rows := 0, 0
		for _, c := range cases {
			ok, bad := c.run(t, i == 0)
			right, rows = right+ok, rows+len(c.Rows)
			for _, b := range bad {
				t.Logf("%s: %s", mode, b)
			}
		}
		rate := 100 * float64(right) / float64(rows)
		t.Logf("%s: %d of %d rows, %.2f %%", mode, right, rows, rate)
		if rate < casesBar {
			t.Errorf("%s: %.2f %% of the rows agree, want %.0f %%", mode, rate, casesBar)
		}
	}
}

var engineTypes = map[string][]string{
	"Text": {"type=Text", "length=255"}, "Double": {"type=Number", "precision=18"}, "Currency": {"type=Currency"},
	"Percent": {"type=Percent"}, "Boolean": {"type=Checkbox"}, "DateTime": {"type=DateTime"}, "DateOnly": {"type=Date"},
	"email": {"type=Email"}, "phone": {"type=Phone"}, "url": {"type=Url"}, "textarea": {"type=TextArea"},
}

func (c *engineCase) components(fields []engineField, zero bool) (out []*metadata.Component) {
	for _, f := range fields {
		props := engineTypes[f.Type]
		if f.Formula != "" {
			out = append(out, c.components(f.Fields, zero)...)
			blanks := "formulaTreatBlanksAs=BlankAsBlank"
			if zero {
				blanks = "formulaTreatBlanksAs=BlankAsZero"
			}
			props = append(slices.Clone(props), "formula="+f.Formula, blanks)
		}
		out = append(out, component("CustomField", "Case__c."+f.Name, props...))
	}
	return out
}

// run gives the number of rows that agree and a line for each that does not.
func (c *engineCase) run(t *testing.T, zero bool) (right int, wrong []string) {
	t.Helper()
	s := build(t, "", append([]*metadata.Component{component("CustomObject", "Case__c", "label=Case")}, c.components(c.Fields, zero)...)...)
	o := s.Object("Case__c")
	// The engine lets a date formula hold a datetime; the platform would not.
	returns := map[string]schema.FieldType{"Percent": schema.Percent, "Boolean": schema.Boolean,
		"Double": schema.Double, "Currency": schema.Currency}[c.Returns]
	p, diags := Compile(s, o, "", c.Formula, FieldFormula, Options{BlankAsZero: zero, Returns: returns})
	for _, row := range c.Rows {
		want := row.blank
		if zero {
			want = row.zeroes
		}
		got := "#error"
		if p != nil {
			w := &testRecords{rec: c.record(t, o, row.inputs), now: noon}
			if v, err := p.Eval(w); err == nil {
				got = asJava(v)
			}
		}
		if agree(got, want) {
			right++
		} else {
			wrong = append(wrong, fmt.Sprintf("%s: %s of %q is %s, the engine says %s %v", c.Name, c.Formula, row.inputs, got, want, diags))
		}
	}
	return right, wrong
}

func agree(got, want string) bool {
	want = strings.TrimSpace(want)
	return strings.TrimSpace(got) == want || got == "" && want == "null"
}

func (c *engineCase) record(t *testing.T, o *schema.Object, inputs []string) *schema.Record {
	t.Helper()
	rec := schema.NewRecord(o)
	for i, name := range c.Inputs {
		f := o.Field(name)
		if f == nil {
			t.Fatalf("%s: input %s is no field", c.Name, name)
		}
		rec.Set(f, input(f, inputs[i]))
	}
	return rec
}

func input(f *schema.Field, s string) value.Value {
	if s == "" || s == "NULL" {
		return value.Value{}
	}
	switch TypeOf(f.Type) {
	case Number:
		d, _ := value.ParseDec(strings.TrimSpace(s))
		return value.OfDecimal(d)
	case Boolean:
		return value.OfBool(s == "true")
	case Date:
		day := strings.Split(strings.TrimSpace(s), ":")[:3] // hours of a date are not looked at
		return value.OfDate(clock(strings.Join(day, ":")) / value.MsPerDay)
	case DateTime:
		return value.OfDatetime(clock(s))
	default:
		return value.OfText(s)
	}
}

// clock reads 2004:12:31:11:32:00 leniently, as a Java calendar does.
func clock(s string) int64 {
	n := [6]int{0, 1, 1}
	s, west := strings.CutSuffix(strings.TrimSpace(s), ":PST")
	for i, p := range strings.Split(s, ":") {
		if i < len(n) {
			n[i], _ = strconv.Atoi(p)
		}
	}
	if west {
		n[3] += 8
	}
	return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC).UnixMilli()
}

// asJava prints a result as the engine's Java values print.
func asJava(v value.Value) string {
	switch v.Kind() {
	case value.Null:
		return "null"
	case value.Date:
		return javaDate(v.Int64() * value.MsPerDay)
	case value.Datetime:
		return javaDate(v.Int64())
	case value.Time:
		at := time.UnixMilli(v.Int64()).UTC()
		switch {
		case v.Int64()%1000 != 0:
			return at.Format("15:04:05.000")
		case v.Int64()%60000 != 0:
			return at.Format("15:04:05")
		}
		return at.Format("15:04")
	case value.Decimal:
		return v.Decimal().String()
	default:
		return v.String()
	}
}

func javaDate(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("Mon Jan 02 15:04:05 GMT 2006")
}
