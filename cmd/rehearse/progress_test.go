package main

import (
	"io"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// A run on a terminal must end when its scenarios do: also when some failed
// half-way, or were interrupted and never finished.
func TestBarsEndWithTheRun(t *testing.T) {
	t.Parallel()
	for name, finish := range map[string]int{"all finished": 3, "interrupted": 1, "nothing ran": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBars(io.Discard, 80, 3)
			for i, id := range []string{"a", "b", "c"} {
				sc := &plan.Scenario{ID: id, Org: suite.Org{Name: id}, Path: []string{"1.0", "1.1"}}
				b.Started(sc, 4)
				b.Step(sc, 2, "upgrading")
				if i < finish {
					b.Finished(sc, result.Found, 1)
				}
			}
			ended := make(chan bool)
			go func() { b.close(); close(ended) }()
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				t.Fatal("the bars still wait for something")
			}
		})
	}
}
