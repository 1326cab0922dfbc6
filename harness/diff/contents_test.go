package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

// TestContents compares orgs that came about apart: rows count by what they
// hold, not by their ids.
func TestContents(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		a, b   []string // accounts as "name/phone", in the order of their ids
		differ []string
	}{
		{"the same rows", []string{"Acme/1", "Bolt/2"}, []string{"Acme/1", "Bolt/2"}, nil},
		{"the same rows under other ids", []string{"Acme/1", "Bolt/2"}, []string{"Bolt/2", "Acme/1"}, nil},
		{"as often", []string{"Acme/1", "Acme/1"}, []string{"Acme/1"}, []string{"deleted Acme"}},
		{"another value", []string{"Acme/1", "Bolt/2"}, []string{"Acme/1", "Bolt/3"}, []string{"updated Bolt Phone: 2 → 3"}},
		{"one more", []string{"Acme/1"}, []string{"Acme/1", "Bolt/2"}, []string{"inserted Bolt"}},
		{"texts made up anew", []string{"Acme/0013000000abcde"}, []string{"Acme/0013000000xyzzy"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, b := newOrg(t), newOrg(t)
			for _, row := range tt.a {
				name, phone, _ := strings.Cut(row, "/")
				save1(t, a, dml.Insert, "one", account(a, "", name, phone))
			}
			for _, row := range tt.b {
				name, phone, _ := strings.Cut(row, "/")
				save1(t, b, dml.Insert, "other", account(b, "", name, phone))
			}
			objects, err := diff.Contents(t.Context(), a, b, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range objects {
				for _, row := range o.Rows {
					line := fmt.Sprint(row.Kind, " ", row.Name)
					for _, f := range row.Fields {
						line += fmt.Sprintf(" %s: %s → %s", f.Field.Name, f.Before, f.After)
					}
					got = append(got, line)
				}
			}
			if d := cmp.Diff(tt.differ, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
