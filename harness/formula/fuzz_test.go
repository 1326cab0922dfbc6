package formula

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// seeds are the formulas of testdata/cases.txt.
func seeds(f *testing.F) {
	f.Helper()
	file, err := os.Open("testdata/cases.txt")
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if src, _, ok := strings.Cut(lines.Text(), " => "); ok {
			f.Add(src)
		}
	}
	f.Add(strings.Repeat("(", 10_000))
	f.Add(strings.Repeat("-", 10_000) + "1")
	f.Add("1" + strings.Repeat("+1", 10_000))
}

// FuzzParse: no text crashes the parser, and every node lies inside the text
// and inside its parent.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		e, diags := Parse("f", src)
		if (e == nil) == (len(diags) == 0) {
			t.Fatalf("tree %v, diagnostics %v", e, diags)
		}
		if e == nil {
			return
		}
		e.Walk(func(n *Expr) {
			for _, a := range n.Args {
				if a.Pos < n.Pos || a.End > n.End || a.Pos > a.End || n.End > len(src) {
					t.Fatalf("%q: node [%d,%d) outside its parent [%d,%d)", src, a.Pos, a.End, n.Pos, n.End)
				}
			}
		})
	})
}

// FuzzEval: whatever checks also evaluates, to a value or an error, the same
// each time.
func FuzzEval(f *testing.F) {
	seeds(f)
	s := dealSchema(f)
	w := dealRecords(f, s)
	f.Fuzz(func(t *testing.T, src string) {
		p, _ := Compile(s, s.Object("ns__Deal__c"), "ns", src, Rule, Options{})
		if p == nil {
			return
		}
		a, errA := p.Eval(w)
		b, errB := p.Eval(w)
		if a != b || (errA == nil) != (errB == nil) {
			t.Fatalf("%q: %v %v, then %v %v", src, a, errA, b, errB)
		}
	})
}
