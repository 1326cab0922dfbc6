package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

func isFuture(m *types.Method) bool {
	for _, a := range m.Annotations {
		if a.Name.Is("future") {
			return true
		}
	}
	return false
}

// future compiles a call of a future method: a job with copies of the
// arguments instead of a call.
func (c *compiler) future(e *types.Call) invoker {
	args, pos, m := c.vals(e.Args), e.At, e.Method
	class := c.prog.ClassOf(m.Class)
	callouts := false
	for _, a := range m.Annotations {
		if a.Name.Is("future") && a.Arg("callout") != nil {
			callouts = true
		}
	}
	return func(f *frame) *frame {
		vals := evalAll(f, args)
		f.pos = pos
		t := f.t
		if t.opt.InJob && (t.opt.Job == FutureJob || t.opt.Job == BatchJob) {
			t.Throwf("System.AsyncException", "Future method cannot be called from a future or batch method: %s.%s(%s)",
				class.Name, m.Name, paramNames(m))
		}
		t.Use(FutureCalls, 1)
		for i := range vals {
			vals[i] = Copy(vals[i])
		}
		_, err := t.host.Enqueue(t, &Job{Kind: FutureJob, Namespace: c.code.ns, Class: class.Name, Method: m.Name,
			Args: vals, Callouts: callouts, Payload: m})
		t.Check(err)
		if f.next == nil {
			f.next = &frame{t: t, prev: f, buf: make([]Value, 8)}
		}
		f.next.ret = Value{}
		return f.next
	}
}

func paramNames(m *types.Method) string {
	names := make([]string, len(m.Params))
	for i, p := range m.Params {
		names[i] = p.Type.Name
	}
	return strings.Join(names, ", ")
}
