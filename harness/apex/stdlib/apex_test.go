package stdlib_test

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// TestApex runs the snippets of testdata: "class" declares a class or trigger,
// "run" executes an anonymous block and shows its debug output, the events the
// org's trace got, and the exception that ended it; "run quiet" leaves out the
// events.
func TestApex(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		w := newSources(t)
		var p *vm.Program
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "class":
				w.add(t, d.Pos, d.Input)
				p = nil
				return ""
			case "run":
				if p == nil {
					p = w.program(t)
				}
				return w.run(t, p, d.Input, d.HasArg("quiet"))
			default:
				t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
				return ""
			}
		})
	})
}
