package stdlib_test

import (
	"context"
	"sync"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// TestSharedProgram runs one program on several goroutines at once, from its
// first compilation on: each has statics and limits of its own.
func TestSharedProgram(t *testing.T) {
	t.Parallel()
	w := newSources(t)
	w.add(t, "Bench", benchClass)
	w.add(t, "Counter", `public class Counter { static Integer n = 5; public static Integer next() { n++; return n + Bench.fib(10); } }`)
	p := w.program(t)
	class := p.Types().Class("", "Counter")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			th := p.NewThread(context.Background(), newHost(w.schema), vm.Options{})
			for want := int64(61); want < 71; want++ {
				v, err := th.CallStatic(class, "next")
				if err != nil || v.Int() != want {
					t.Errorf("next = %d, %v, want %d", v.Int(), err, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestCancel stops an endless loop when the context ends.
func TestCancel(t *testing.T) {
	t.Parallel()
	w := newSources(t)
	w.add(t, "Endless", `public class Endless { public static void run() { while (true) { try { Integer i = 0; } catch (Exception e) {} } } }`)
	p := w.program(t)
	ctx, cancel := context.WithCancel(context.Background())
	th := p.NewThread(ctx, newHost(w.schema), vm.Options{Limits: vm.NoLimits()})
	cancel()
	if _, err := th.CallStatic(p.Types().Class("", "Endless"), "run"); err != context.Canceled {
		t.Fatalf("error = %v, want %v", err, context.Canceled)
	}
}
