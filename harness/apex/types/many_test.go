package types_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// TestManyNames holds the rules about names in classes with so many variables,
// inner classes and catch blocks that they are looked up instead of gone through.
func TestManyNames(t *testing.T) {
	t.Parallel()
	several := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	cases := []struct{ name, body, want string }{
		{"fine", "void f() { " + several(300, "Integer v%d = 1;") + " v299 = V0; for (Integer i : new List<Integer>{1}) { Integer w = i; } for (Integer i : new List<Integer>{2}) { Integer w = i; } }", ""},
		{"a field beside many variables", "Integer mine; void f() { " + several(300, "Integer v%d = 1;") + " mine = 1; }", ""},
		{"a variable twice", "void f() { " + several(300, "Integer v%d = 1;") + " Integer V7 = 1; }", "Duplicate variable: V7"},
		{"a variable out of reach", "void f() { " + several(300, "Integer v%d = 1;") + " { Integer w = 1; } w = 2; }", "Variable does not exist: w"},
		{"an inner class", several(300, "class I%d { }") + " void f() { i299 x = new I299(); }", ""},
		{"an inner class twice", several(300, "class I%d { }") + " class i7 { }", "Duplicate type name: i7"},
		{"an exception caught above", several(100, "class E%dException extends Exception { }") + " virtual class UpException extends Exception { } class DownException extends UpException { } void f() { try { f(); } " +
			several(100, "catch (E%dException e) { }") + " catch (UpException e) { } catch (DownException e) { } }", "Exception type already caught: A.DownException"},
	}
	for _, c := range cases {
		p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: []*syntax.Unit{class(t, "A.cls", "public class A { "+c.body+" }")}}}})
		got, _, _ := strings.Cut(p.CheckAll().Error(), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
