package vm

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

type catch struct {
	of   *types.Type
	slot int
	pos  int32
	body stmt
}

// tryStmt compiles try, catch and finally. An exception travels as a panic;
// limits and other stops pass through without running finally, as on the
// platform.
func (c *compiler) tryStmt(s *types.Try) stmt {
	body := c.block(s.Body.Stmts)
	catches := make([]catch, len(s.Catches))
	for i, k := range s.Catches {
		catches[i] = catch{k.Type, k.Slot, k.At, c.block(k.Body.Stmts)}
	}
	var finally stmt
	if s.Finally != nil {
		finally = c.block(s.Finally.Stmts)
	}
	return func(f *frame) ctl {
		r, e := f.attempt(body)
		if e != nil {
			r, e = f.handle(catches, e)
		}
		if finally != nil {
			if q := finally(f); q != onward {
				return q // leaving finally by return or break drops the exception
			}
		}
		if e != nil {
			panic(e)
		}
		return r
	}
}

// attempt runs a block and gives back the exception that leaves it.
func (f *frame) attempt(body stmt) (r ctl, e *thrown) {
	t := f.t
	depth, args := t.depth, len(t.args)
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		switch x := p.(type) {
		case *thrown:
			e = x
			t.cur, t.depth, t.args = f, depth, t.args[:args]
		default:
			panic(p)
		}
	}()
	return body(f), nil
}

// handle runs the first catch that fits; what the catch throws itself is given
// back for finally to run first.
func (f *frame) handle(catches []catch, e *thrown) (ctl, *thrown) {
	t := f.t
	for i := range catches {
		k := &catches[i]
		if !t.InstanceOf(e.exception, k.of) {
			continue
		}
		f.pos = k.pos
		t.caught(e.exception)
		f.l[k.slot] = e.exception
		return f.attempt(k.body)
	}
	return onward, e
}

// caught tells the org's trace that Apex code caught an exception.
func (t *Thread) caught(v Value) {
	x := ExceptionOf(v)
	if x == nil {
		return
	}
	e := t.event(EventCaught, v.Object().Class.Name, x.Text())
	e.Failed = x.failed(e.Type)
	if len(x.Frames) > 0 {
		e.Origin = x.Frames[0]
	}
	t.host.Event(t, e)
}
