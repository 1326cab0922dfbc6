package org_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// TestBoundedOutput runs code that would fill the memory with what is kept of
// it: debug lines and caught exceptions.
func TestBoundedOutput(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOrg(t, 1)
	run := func(code string) *org.TxResult {
		t.Helper()
		res, err := o.Run(ctx, org.TxOptions{Cause: "test"}, func(tx *org.Tx) error { return tx.Anonymous(ctx, code) })
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	res := run("String s = 'x'.repeat(1000000); for (Integer i = 0; i < 30; i++) { System.debug(s); }")
	size := 0
	for _, line := range res.Debug {
		size += len(line)
	}
	last := res.Debug[len(res.Debug)-1]
	if size > 21<<20 || !strings.Contains(last, "MAXIMUM DEBUG LOG SIZE REACHED") {
		t.Errorf("kept %d bytes of debug output, the last line being %.60q", size, last)
	}
	run("for (Integer i = 0; i < 11000; i++) { try { Integer n; n = n + 1; } catch (Exception e) { } }")
	if n := len(o.Trace().Events()); n != 10_000 {
		t.Errorf("kept %d events, want 10000", n)
	}
	noted := false
	for _, e := range o.Ledger().Entries() {
		noted = noted || e.Area == "trace"
	}
	if !noted {
		t.Error("the ledger does not say that events were dropped")
	}
}
