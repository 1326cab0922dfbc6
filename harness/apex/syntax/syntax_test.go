package syntax

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// TestTrees runs the data files. The commands "class", "trigger" and
// "anonymous" parse a file of that kind; "expr" and "stmts" wrap each line or
// the whole text in a method. Each prints the tree, or its errors with their
// places.
func TestTrees(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "class":
				return parsed(d.Input, ClassUnit)
			case "trigger":
				return parsed(d.Input, TriggerUnit)
			case "anonymous":
				return parsed(d.Input, AnonymousUnit)
			case "stmts":
				return parsed(d.Input, AnonymousUnit)
			case "expr":
				var out strings.Builder
				for _, line := range strings.Split(d.Input, "\n") {
					out.WriteString(expression(line))
				}
				return out.String()
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func parsed(src string, kind UnitKind) string {
	u, errs := Parse(diag.NewFile("", []byte(src)), Options{Kind: kind})
	if errs == nil {
		return Dump(u)
	}
	return messages(errs)
}

func messages(errs diag.List) string {
	var out strings.Builder
	for _, e := range errs {
		fmt.Fprintf(&out, "%d:%d: %s [%s]\n", e.Span.Line, e.Span.Column, e.Message, e.Code)
	}
	return out.String()
}

// expression parses "x = <line>;" and prints what is assigned.
func expression(line string) string {
	u, errs := Parse(diag.NewFile("", []byte(line+";")), Options{Kind: AnonymousUnit})
	if errs != nil {
		return messages(errs)
	}
	return Dump(u.Items[0].(*ExprStmt).X)
}

// TestDeepNestingIsAnError holds that no nesting brings the parser down.
func TestDeepNestingIsAnError(t *testing.T) {
	t.Parallel()
	const n = 10_000
	for name, body := range map[string]string{
		"parentheses": "Object o = " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) + ";",
		"casts":       "Object o = " + strings.Repeat("(A)", n) + "b;",
		"negations":   "Object o = " + strings.Repeat("!", n) + "b;",
		"blocks":      strings.Repeat("{", n) + strings.Repeat("}", n),
		"types":       strings.Repeat("List<", n) + "A" + strings.Repeat(">", n) + " x;",
		"ifs":         strings.Repeat("if (a) ", n) + "b();",
		"calls":       strings.Repeat("f(", n) + strings.Repeat(")", n) + ";",
		"ternaries":   "Object o = " + strings.Repeat("a ? b : ", n) + "c;",
		"assignments": strings.Repeat("a = ", n) + "c;",
		"conditions":  "Object o = [SELECT Id FROM A WHERE " + strings.Repeat("(", n) + "B = 1" + strings.Repeat(")", n) + "];",
		"queries":     "Object o = " + strings.Repeat("[SELECT Id FROM A WHERE B = :", n) + "1" + strings.Repeat("]", n) + ";",
	} {
		src := "class A { void f() { " + body + " } }"
		_, errs := Parse(diag.NewFile("A.cls", []byte(src)), Options{})
		if len(errs) != 1 || errs[0].Code != "SYNTAX_NESTING" && name != "types" {
			t.Errorf("%s: %d errors, first %v", name, len(errs), first(errs))
		}
	}
	chain := "class A { void f() { " + strings.Repeat("if (a) { } else ", n) + "{ } Integer x = 1" + strings.Repeat(" + 1", n) + "; } }"
	if _, errs := Parse(diag.NewFile("A.cls", []byte(chain)), Options{}); errs != nil {
		t.Errorf("long chains are no nesting: %v", errs[0])
	}
}

func first(errs diag.List) any {
	if len(errs) == 0 {
		return nil
	}
	return errs[0]
}

// TestOneSlipFewErrors holds that one slip in a class of many methods gives
// one or two messages, the first of them at the slip.
func TestOneSlipFewErrors(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("public class A {\n")
	for i := range 50 {
		fmt.Fprintf(&b, "  public Integer m%d(Integer a) {\n    if (a > %d) {\n      return a;\n    }\n    return m%d(a - 1);\n  }\n", i, i, i)
	}
	b.WriteString("}\n")
	whole := b.String()
	for _, c := range []struct {
		drop string
		line int
	}{
		{"public Integer m25(Integer a) {", 152},
		{"if (a > 25) {", 153},
		{"return a;\n    }\n    return m25", 154},
		{"return m25(a - 1)", 156},
		{"m25(a - 1);", 157},
		{"(a - 1);\n  }\n  public Integer m26", 157},
	} {
		for i := range len(c.drop) {
			if !strings.ContainsRune("(){};", rune(c.drop[i])) {
				continue
			}
			at := strings.Index(whole, c.drop) + i
			src := whole[:at] + whole[at+1:]
			_, errs := Parse(diag.NewFile("A.cls", []byte(src)), Options{})
			if len(errs) == 0 || len(errs) > 2 {
				t.Errorf("without %q in %q: %d errors\n%s", c.drop[i], c.drop, len(errs), messages(errs))
			} else if d := errs[0].Span.Line - c.line; d < -1 || d > 4 {
				t.Errorf("without %q in %q: first error far away: %v", c.drop[i], c.drop, errs[0])
			}
		}
	}
}

// TestUnitsAreShared holds that a unit can be read by many goroutines, and
// that the same bytes give the same tree.
func TestUnitsAreShared(t *testing.T) {
	t.Parallel()
	src := []byte("class A { Map<Id, List<B>> x = new Map<Id, List<B>>{ 'a' => null }; void f() { x = [SELECT Id FROM C WHERE D = :x.y()]; } }")
	u, errs := Parse(diag.NewFile("A.cls", src), Options{APIVersion: 58})
	if errs != nil || u.APIVersion != 58 || u.Bad {
		t.Fatalf("got %v, %+v", errs, u)
	}
	want := Dump(u)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			again, _ := Parse(diag.NewFile("A.cls", src), Options{APIVersion: 58})
			if Dump(u) != want || Dump(again) != want {
				t.Error("trees differ")
			}
		})
	}
	wg.Wait()
}

// TestPlaces holds that nodes cover the text they were read from.
func TestPlaces(t *testing.T) {
	t.Parallel()
	src := "x = a.b(c, (D) e[0]).g ?? -h + new I(j = 'k');"
	u, errs := Parse(diag.NewFile("", []byte(src)), Options{Kind: AnonymousUnit})
	if errs != nil {
		t.Fatal(errs)
	}
	text := func(n Node) string { r := n.At(); return src[r.Pos:r.End] }
	assign := u.Items[0].(*ExprStmt).X.(*Assign)
	either := assign.Right.(*Binary)
	access := either.Left.(*FieldAccess)
	call := access.X.(*MethodCall)
	sum := either.Right.(*Binary)
	for _, c := range []struct {
		node Node
		want string
	}{
		{u.Items[0], src},
		{assign, "x = a.b(c, (D) e[0]).g ?? -h + new I(j = 'k')"},
		{access, "a.b(c, (D) e[0]).g"},
		{access.Name, "g"},
		{call, "a.b(c, (D) e[0])"},
		{call.Args[1], "(D) e[0]"},
		{call.Args[1].(*Cast).Type, "D"},
		{sum, "-h + new I(j = 'k')"},
		{sum.Right.(*NewRecord).Fields[0], "j = 'k'"},
	} {
		if got := text(c.node); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if s := u.Span(call.Name); s.Line != 1 || s.Column != 7 || s.EndColumn != 8 {
		t.Errorf("span of the name is %+v", s)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"public with sharing class A extends B implements C, D<E> { @X(a='b') public A() { this(1); } { } static { } Integer x { get; private set { y = value; } } enum E { F, G } interface H { void i(J k); } }",
		"class A { void f() { for (B b : [SELECT Id FROM C WHERE D = :e]) { switch on b { when F g { } when 1, -2 { } when else { } } } try { insert as user x; } catch (E e) { } finally { } } }",
		"trigger T on A (before insert, after update) { System.runAs(u) { x = (List<B>) y?.z ?? new B[]{ 1L, 2.5, 3.5d, 'a\\u0041' }; } }",
		"do { a >>>= b < c ? d : e instanceof F; } while (g !== h); merge i j; upsert k L__c;",
	} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(2))
	}
	f.Fuzz(func(t *testing.T, s string, kind uint8) {
		parse := func() (*Unit, diag.List, time.Duration) {
			start := time.Now()
			u, errs := Parse(diag.NewFile("", []byte(s)), Options{Kind: UnitKind(kind % 3)})
			return u, errs, time.Since(start)
		}
		u, errs, d := parse()
		if d > time.Second { // a busy machine may stop us once; text that hangs the parser hangs it again
			if _, _, d = parse(); d > time.Second {
				t.Errorf("took %v", d)
			}
		}
		if u.Bad != (len(errs) > 0) {
			t.Errorf("bad is %v with %d errors", u.Bad, len(errs))
		}
		if !u.Bad {
			Dump(u)
		}
	})
}

func FuzzScan(f *testing.F) {
	f.Add("a.b..c 1.5d .5 'x\\'y' '''\n z ''' /* */ // \n ?. ?? >>>= é % \"")
	f.Fuzz(func(t *testing.T, src string) {
		s := scanner{src: src}
		s.run()
		end := int32(0)
		for _, tok := range s.toks {
			if tok.pos < end || tok.end < tok.pos || int(tok.end) > len(src) {
				t.Fatalf("token %+v after %d in %d bytes", tok, end, len(src))
			}
			end = tok.end
		}
		if s.toks[len(s.toks)-1].kind != tEOF {
			t.Fatal("no end")
		}
	})
}
