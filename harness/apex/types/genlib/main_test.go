package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestGenerated: the table that package types embeds is the one that the index
// gives.
func TestGenerated(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "library.txt")
	if err := generate("../../../facts/apex-stdlib-index.md", out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../library.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("library.txt is not that of the index: run go generate ./harness/apex/types")
	}
}
