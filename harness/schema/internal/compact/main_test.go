package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestGenerated: the files that package schema embeds are those that the facts
// give.
func TestGenerated(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	if err := run("../../../facts/schema", out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"standard.txt", "valuesets.txt", "outline.txt"} {
		got, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not that of the facts: run go generate ./harness/schema", name)
		}
	}
}
