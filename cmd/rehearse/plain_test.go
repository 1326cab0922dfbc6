package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOutputIsPlain gives names and texts with control characters and
// bidirectional marks to commands: none reaches the terminal as it is.
func TestOutputIsPlain(t *testing.T) {
	t.Parallel()
	const bad, shown = "a\x1b[31m\u202eb\u009b", `a\u001b[31m\u202eb\u009b`
	dir := t.TempDir()
	suite := filepath.Join(dir, "suite.yaml")
	if err := os.WriteFile(suite, []byte("name: g\n"+"kye: \"a\x1b[31m\u202eb\u009b\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"run", bad + ".yaml"},
		{"run", suite},
		{"upgrade", "--from", bad, "--to", "v2"},
		{"upgrade", "--package", dir, "--from", bad, "--to", bad + "2", "--out", filepath.Join(dir, "out")},
		{"package", "show", dir + "@" + bad},
		{"apex", "run", "-e", "System.debug('" + bad + "');"},
		{"apex", "run", "-e", "throw new IllegalArgumentException('" + bad + "');"},
		{"formula", bad},
		{bad},
	} {
		var out, errs bytes.Buffer
		execute(context.Background(), args, strings.NewReader(""), &out, &errs)
		all := out.String() + errs.String()
		if strings.ContainsAny(all, "\x1b\u202e\u009b") {
			t.Errorf("%q answers %q", args, all)
		}
		if all == "" {
			t.Errorf("%q answers nothing", args)
		}
		if args[0] == "apex" && !strings.Contains(all, shown) {
			t.Errorf("%q does not show the text: %q", args, all)
		}
	}
}
