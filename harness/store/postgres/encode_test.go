package postgres

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var oddTexts = []string{"", "plain", "Zürich 日本 🎉", "\x00", "a\x00b\x01c", "\x01\x01", "\xff", "a\xffb\xc3", "\ufffd", "\ufffd\x01", "\xff\x0141", "\x02"}

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, s := range oddTexts {
		b := escape(s)
		if !utf8.Valid(b) || strings.Contains(string(b), "\x00") {
			t.Errorf("%q is written as %q, which the server refuses", s, b)
		}
		if got := unescape(b); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := escape(s)
		if !utf8.Valid(b) || strings.Contains(string(b), "\x00") {
			t.Fatalf("%q is written as %q, which the server refuses", s, b)
		}
		if got := unescape(b); got != s {
			t.Fatalf("%q comes back as %q", s, got)
		}
		if !utf8.ValidString(s) {
			return
		}
		list, err := json.Marshal([]string{s})
		if err != nil {
			t.Fatal(err)
		}
		var back []string
		if err := json.Unmarshal(escapeJSON(string(list)), &back); err != nil || back[0] != string(b) {
			t.Fatalf("in a list %q becomes %q, alone %q; %v", s, back, b, err)
		}
	})
}

// TestFoldTable makes sure that the server folds every letter as package value
// does.
func TestFoldTable(t *testing.T) {
	t.Parallel()
	from, to := foldTable()
	table := map[rune]rune{}
	targets := []rune(to)
	for i, r := range []rune(from) {
		table[r] = targets[i]
	}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		got, ok := table[r]
		if !ok {
			got = r
		}
		if r < utf8.RuneSelf && r >= 'A' && r <= 'Z' {
			continue // lower folds these first
		}
		if want := value.FoldRune(r); got != want {
			t.Fatalf("%U folds to %U, want %U", r, got, want)
		}
	}
}
