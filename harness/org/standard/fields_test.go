package standard

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TestRecord sets a value of each kind that Fields take.
func TestRecord(t *testing.T) {
	period := platformObject(t, "Period")
	rec := Fields{"Type": "Month", "IsForecastPeriod": true, "PeriodLabel": value.OfText("March"), "Number": int64(3), "No such field": "x"}.Record(period)
	for name, want := range map[string]string{"Type": "Month", "IsForecastPeriod": "true", "PeriodLabel": "March", "Number": "3"} {
		if got := rec.Get(period.Field(name)).String(); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestRecordRefusesOtherTypes holds Record to fail by the field's name where a
// value has a Go type that no field takes.
func TestRecordRefusesOtherTypes(t *testing.T) {
	period := platformObject(t, "Period")
	for _, v := range []any{3, 3.5, []string{"Month"}, nil} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "Period.Number") {
					t.Errorf("a value of type %T: %q, want a panic that names Period.Number", v, text)
				}
			}()
			Fields{"Number": v}.Record(period)
		}()
	}
}

func platformObject(t *testing.T, name string) *schema.Object {
	t.Helper()
	s, diags := schema.Build(schema.Options{})
	if len(diags) > 0 || s.Object(name) == nil {
		t.Fatalf("build the platform's objects: %v", diags)
	}
	return s.Object(name)
}
