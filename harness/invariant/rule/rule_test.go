package rule_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
)

func TestHolds(t *testing.T) {
	t.Parallel()
	row := map[string]any{"Days": 3.0, "Rate": 9.95, "Total": 29.85, "Discount": nil, "Status": "Out", "Tool": map[string]any{"Name": "Saw"}}
	for _, tt := range []struct {
		expr string
		want bool
	}{
		{"row.Total == round(row.Days * row.Rate, 2)", true},
		{"row.Total == row.Days * 10", false},
		{"near(row.Total, row.Days * row.Rate * (100 - num(row.Discount)) / 100)", true},
		{"row.Discount == null", true},
		{"text(row.Discount) == ''", true},
		{"row.Status in ['Out', 'Returned']", true},
		{"row.Tool.Name.startsWith('S')", true},
		{"round(1.005, 2) == 1.01", true},
		{"round(-2.5, 0) == -3", true},
		{"before == null", true},
	} {
		r, bad := rule.Compile(rule.Row, tt.expr, diag.Span{})
		if bad != nil {
			t.Fatalf("%s: %v", tt.expr, bad)
		}
		got, err := r.Holds(map[string]any{"row": row, "before": nil})
		if err != nil || got != tt.want {
			t.Errorf("%s: got %v, %v, want %v", tt.expr, got, err, tt.want)
		}
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	r, bad := rule.Compile(rule.Answer, "count == 2 && rows[0].Name == 'a' && rows.all(r, r.Name != 'z')", diag.Span{})
	if bad != nil {
		t.Fatal(bad)
	}
	rows := []any{map[string]any{"Name": "a"}, map[string]any{"Name": "b"}}
	if ok, err := r.Holds(map[string]any{"rows": rows, "count": 2.0}); err != nil || !ok {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestErrorsArePlaced(t *testing.T) {
	t.Parallel()
	at := diag.Span{File: "suite.yaml", Line: 10, Column: 13}
	for _, tt := range []struct{ expr, want string }{
		{"row.Total = 5", "suite.yaml:10:23"},
		{"rwo.Total == 5", "suite.yaml:10:13"},
		{"row.Total == 5 &&\n  size(", "suite.yaml:11"},
		{"1 + 2", "must say true or false"},
	} {
		_, bad := rule.Compile(rule.Row, tt.expr, at)
		if bad == nil || !strings.Contains(bad.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.expr, bad, tt.want)
		}
	}
}

func TestMissingFieldIsAnError(t *testing.T) {
	t.Parallel()
	r, bad := rule.Compile(rule.Row, "row.Nope == 1", diag.Span{})
	if bad != nil {
		t.Fatal(bad)
	}
	if _, err := r.Holds(map[string]any{"row": map[string]any{}, "before": nil}); err == nil || !strings.Contains(err.Error(), "Nope") {
		t.Errorf("got %v", err)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("row.A == 1")
	f.Add("rows.all(r, r.x > 0 &&")
	f.Fuzz(func(t *testing.T, source string) {
		r, bad := rule.Compile(rule.Row, source, diag.Span{Line: 1, Column: 1})
		if (r == nil) == (bad == nil) {
			t.Errorf("%q: neither a rule nor a message", source)
		}
	})
}

// TestPaths lists the names that expressions read.
func TestPaths(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"row.Name == before.Name":               "row.Name, before.Name",
		"size(row.Parent__r.Name) > 2":          "row.Parent__r.Name",
		"row.A > 1 && (row.A < 3 || row.B)":     "row.A, row.B",
		"row.Tags in ['a', row.Other]":          "row.Tags, row.Other",
		"near(row.Total, round(row.Rate*2, 2))": "row.Total, row.Rate",
		"row.Name.startsWith('A')":              "row.Name",
	} {
		r, bad := rule.Compile(rule.Row, source, diag.Span{})
		if bad != nil {
			t.Fatal(bad)
		}
		var got []string
		for _, p := range r.Paths() {
			got = append(got, p.Variable+"."+p.String())
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s reads %s, want %s", source, text, want)
		}
	}
	r, bad := rule.Compile(rule.Answer, "count > 0 && rows.all(r, r.Name != '' && rows.exists(s, s.Id == r.Parent))", diag.Span{})
	if bad != nil {
		t.Fatal(bad)
	}
	var got []string
	for _, p := range r.Paths() {
		got = append(got, p.Variable+"."+p.String())
	}
	if text := strings.Join(got, ", "); text != "rows.Name, rows.Id, rows.Parent" || !r.Uses("count") || r.Uses("row") {
		t.Errorf("reads %s", text)
	}
}
