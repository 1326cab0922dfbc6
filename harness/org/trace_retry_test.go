package org_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// TestRowsThatAreTriedAgain keeps of a row that a partial save refuses what
// became of it last.
func TestRowsThatAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		code string
		want int // failures that nothing came after
	}{
		"left out":         {"Database.insert(new Contact(), false);", 1},
		"saved later":      {"Contact c = new Contact(); Database.insert(c, false); c.LastName = 'A'; Database.insert(c, false);", 0},
		"refused again":    {"Contact c = new Contact(); Database.insert(c, false); Database.insert(c, false);", 1},
		"another is saved": {"Database.insert(new Contact(), false); insert new Contact(LastName = 'A');", 1},
		"by its id":        {"Contact c = new Contact(LastName = 'A'); insert c; Database.update(new Contact(Id = c.Id, LastName = ''), false); update new Contact(Id = c.Id, LastName = 'B');", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := org.New(t.Context(), org.Config{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = o.Close() })
			if _, err := o.Run(t.Context(), org.TxOptions{Cause: "test"}, func(tx *org.Tx) error { return tx.Anonymous(t.Context(), tt.code) }); err != nil {
				t.Fatal(err)
			}
			got := 0
			for _, ev := range o.Trace().Events() {
				if ev.Kind == org.RowFailed && !ev.Superseded {
					got++
				}
			}
			if got != tt.want {
				t.Errorf("%d failures stand, want %d: %+v", got, tt.want, o.Trace().Events())
			}
		})
	}
}
