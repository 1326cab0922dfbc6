package stdlib

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzReadNode: whatever the JSON reader takes is JSON that the standard
// library takes too.
func FuzzReadNode(f *testing.F) {
	for _, s := range []string{`{}`, `[1,"a",null,true]`, `{"a":{"b":[]}}`, `{"a":`, `[`, `"\ud800"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		if n, err := readNode(d, 0); err == nil && n == nil {
			t.Fatalf("readNode(%q) gave nothing", s)
		}
	})
}
