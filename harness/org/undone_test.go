package org_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// TestUndone undoes rows and keeps the tables that were made for them: the next
// attempt finds them.
func TestUndone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	o, err := org.New(ctx, org.Config{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	accounts := o.Schema().Object("Account")
	if o.Store().HasTable(accounts) {
		t.Fatal("the table is there before a row is")
	}
	var layouts []int
	for range 2 {
		err := o.Undone(ctx, func() error {
			_, err := runText(ctx, o, "insert new Account(Name = 'Acme'); System.assertEquals(1, [SELECT count() FROM Account WHERE Site = null]);")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := o.Store().Count(ctx, accounts); n != 0 || err != nil || !o.Store().HasTable(accounts) {
			t.Errorf("%d rows, %v, a table: %v; want none in a table that is there", n, err, o.Store().HasTable(accounts))
		}
		layouts = append(layouts, o.Store().(store.Laid).Layouts())
	}
	if layouts[0] != layouts[1] {
		t.Errorf("the second attempt laid out more: %v", layouts)
	}
}
