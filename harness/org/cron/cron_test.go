package cron

import (
	"testing"
	"time"
)

// TestNext holds schedules against the times they fire at, from noon of
// Friday, 31 January 2025, UTC.
func TestNext(t *testing.T) {
	t.Parallel()
	from := time.Date(2025, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ expr, want string }{
		{"0 0 13 * * ?", "2025-01-31 13:00:00"},
		{"0 0 12 * * ?", "2025-02-01 12:00:00"},
		{"0 30 8 1 1 ? 2026", "2026-01-01 08:30:00"},
		{"0 0 6 ? * MON-FRI", "2025-02-03 06:00:00"},
		{"0 0 22 ? * 6L", "2025-01-31 22:00:00"},
		{"0 0 10 ? * 6L", "2025-02-28 10:00:00"},
		{"0 0 5 L * ?", "2025-02-28 05:00:00"},
		{"0 0 5 ? * 2#1", "2025-02-03 05:00:00"},
		{"30 10 12,20 * JAN,MAR ?", "2025-01-31 12:10:30"},
		{"0 0 5 LW * ?", "2025-02-28 05:00:00"},
		{"0 0 5 LW 8 ?", "2025-08-29 05:00:00"},
		{"0 0 5 15W 2 ?", "2025-02-14 05:00:00"},
		{"0 0 5 1W 3 ?", "2025-03-03 05:00:00"},
		{"0 0 5 30W 3 ?", "2025-03-31 05:00:00"},
		{"0 0 5 31W 8 ?", "2025-08-29 05:00:00"},
		{"0 0 5 31W 2 ?", "never"},
		{"0 0 0 29 2 ?", "2028-02-29 00:00:00"},
		{"0 0 0 1 1 ? 2020", "never"},
	} {
		s, err := Parse(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		got := "never"
		if ms, ok := s.Next(from.UnixMilli(), time.UTC); ok {
			got = time.UnixMilli(ms).UTC().Format(time.DateTime)
		}
		if got != c.want {
			t.Errorf("%s fires next at %s, want %s", c.expr, got, c.want)
		}
	}
}

// TestRefuses are expressions the platform does not take.
func TestRefuses(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{"", "0 0 0", "61 0 0 * * ?", "0 0 0 * XYZ ?", "0 0 0 5-2 * ?", "0 0/0 * * * ?", "0 0/15 * * * ?", "0 10,20 * * * ?", "* * * * * ?", "0 0 0 32W * ?", "0 0 0 0 * ?", "0 0 0 1 1 ? soon"} {
		if _, err := Parse(expr); err == nil {
			t.Errorf("%q was taken", expr)
		}
	}
}

// FuzzParse looks for expressions that crash the reader or never end.
func FuzzParse(f *testing.F) {
	for _, expr := range []string{"0 0 13 * * ?", "0 0 5 L * ?", "0 0 5 ? * 2#1", "30 10 12,20 * JAN,MAR ? 2025-2030", "0 0 0 15W * ?", "0 0 0 LW * ?"} {
		f.Add(expr)
	}
	f.Fuzz(func(_ *testing.T, expr string) {
		if c, err := Parse(expr); err == nil {
			c.Next(1_738_324_800_000, time.UTC)
		}
	})
}
