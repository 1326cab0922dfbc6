package stdlib_test

import (
	"context"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

const benchClass = `
public class Bench {
  Integer a = 1;
  Integer b = 2;
  public static Integer loop(Integer n) { Integer s = 0; for (Integer i = 0; i < n; i++) { s += i; } return s; }
  public static Integer fib(Integer n) { if (n < 2) { return n; } return fib(n - 1) + fib(n - 2); }
  public static Integer fields(Integer n) {
    Bench x = new Bench();
    for (Integer i = 0; i < n; i++) { x.a = x.a + x.b; x.b = i; }
    return x.a;
  }
  public static Integer build(Integer n) { String s = ''; for (Integer i = 0; i < n; i++) { s += 'abc' + i; } return s.length(); }
  public static Integer sortInts(Integer n) {
    List<Integer> xs = new List<Integer>(); Integer v = 12345;
    for (Integer i = 0; i < n; i++) { v = v * 1103515245 + 12345; xs.add(v); }
    xs.sort();
    return xs[0];
  }
  public static Integer mapInts(Integer n) {
    Map<String, Integer> m = new Map<String, Integer>();
    for (Integer i = 0; i < n; i++) { m.put('key' + i, i); }
    Integer s = 0;
    for (Integer i = 0; i < n; i++) { s += m.get('key' + i); }
    return s;
  }
  public static Integer records(Integer n) {
    Account a = new Account(Name = 'x', NumberOfEmployees = 0);
    for (Integer i = 0; i < n; i++) { a.NumberOfEmployees = a.NumberOfEmployees + 1; }
    return a.NumberOfEmployees;
  }
}`

// benchmark times one method; an operation is one of its n turns.
func benchmark(b *testing.B, method string, n int64) {
	w := newSources(b)
	w.add(b, "Bench", benchClass)
	p := w.program(b)
	class := p.Types().Class("", "Bench")
	limits := vm.LimitsOf(vm.Synchronous) // counted and checked as always, and wide enough for a map of a million keys
	limits.Max[vm.CPUTime], limits.Max[vm.HeapSize] = 600_000, 1<<30
	b.ReportAllocs()
	for b.Loop() {
		th := p.NewThread(context.Background(), newHost(w.schema), vm.Options{Limits: limits})
		if _, err := th.CallStatic(class, method, vm.Int(n)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/turn")
}

func BenchmarkIntegerLoop(b *testing.B)        { benchmark(b, "loop", 1_000_000) }
func BenchmarkFib(b *testing.B)                { benchmark(b, "fib", 24) }
func BenchmarkFieldAccess(b *testing.B)        { benchmark(b, "fields", 1_000_000) }
func BenchmarkStringBuilding(b *testing.B)     { benchmark(b, "build", 100_000) }
func BenchmarkSortInts(b *testing.B)           { benchmark(b, "sortInts", 1_000_000) }
func BenchmarkMapStringInteger(b *testing.B)   { benchmark(b, "mapInts", 1_000_000) }
func BenchmarkSObjectFieldAccess(b *testing.B) { benchmark(b, "records", 1_000_000) }
