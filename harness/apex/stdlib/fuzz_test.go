package stdlib

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"
)

// FuzzTranslatePattern: translation never panics, and leaves alone a pattern
// without anything that Java writes otherwise.
func FuzzTranslatePattern(f *testing.F) {
	for _, s := range []string{`a+b`, `\Qa.b\E`, `[a-z&&[^x]]`, `\p{Alpha}+`, `(?i)x`, `a++`, `[[:x]`, `\`, `[`, `\Q`, `\p{`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, p string) {
		out := translatePattern(p)
		if !strings.ContainsAny(p, `\[+`) && out != p {
			t.Fatalf("translatePattern(%q) = %q", p, out)
		}
		if len(p) < 60 {
			_, _ = regexp2.Compile(out)
		}
	})
}

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
