package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheSchemaIsThatOfTheTypes makes the schema again.
func TestTheSchemaIsThatOfTheTypes(t *testing.T) {
	t.Parallel()
	want, err := generate([]string{"..", "../../finding", "../../ledger"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("result.schema.json is not that of the types: run go generate ./harness/result")
	}
}

// TestWhatHasNoForm refuses types of which the schema would say nothing.
func TestWhatHasNoForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"type Other struct{}": "no type Result",
		"type Result struct { A map[string]int `json:\"a\"` }":          "no form",
		"type Result struct { A elsewhere.T `json:\"a\"` }":             "elsewhere.T is not declared",
		"type Result struct { A int }":                                  "no name in JSON",
		"type Result struct { A []Other `json:\"a\"` }; type Other int": "",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\n"+body), 0o644); err != nil {
			t.Fatal(err)
		}
		text, err := generate([]string{dir})
		if want == "" && (err != nil || !strings.Contains(string(text), `"$ref": "#/$defs/Other"`)) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}
