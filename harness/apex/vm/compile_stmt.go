package vm

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// block compiles a sequence; short ones without a loop over statements.
func (c *compiler) block(stmts []types.Stmt) stmt {
	ss := make([]stmt, 0, len(stmts))
	for _, s := range stmts {
		if s != nil {
			ss = append(ss, c.stmt(s))
		}
	}
	switch len(ss) {
	case 0:
		return func(*frame) ctl { return onward }
	case 1:
		return ss[0]
	case 2:
		a, b := ss[0], ss[1]
		return func(f *frame) ctl {
			if r := a(f); r != onward {
				return r
			}
			return b(f)
		}
	case 3:
		a, b, d := ss[0], ss[1], ss[2]
		return func(f *frame) ctl {
			if r := a(f); r != onward {
				return r
			}
			if r := b(f); r != onward {
				return r
			}
			return d(f)
		}
	default:
		return func(f *frame) ctl {
			for _, s := range ss {
				if r := s(f); r != onward {
					return r
				}
			}
			return onward
		}
	}
}

func (c *compiler) stmt(s types.Stmt) stmt {
	run := c.plainStmt(s)
	if c.prog.answer != Stop {
		run = passedOver(s, run)
	}
	if c.prog.covered != nil {
		return c.cover(s, run)
	}
	return run
}

func (c *compiler) plainStmt(s types.Stmt) stmt {
	c.cost++
	switch s := s.(type) {
	case *types.ExprStmt:
		return c.discard(s.X)
	case *types.LocalInit:
		return c.localInit(s)
	case *types.Block:
		return c.block(s.Stmts)
	case *types.If:
		return c.ifStmt(s)
	case *types.While:
		cond, body, cost := c.loopParts(s.Cond, nil, s.Body)
		return loop(s.At, cond, body, cost)
	case *types.DoWhile:
		return c.doWhile(s)
	case *types.For:
		return c.forStmt(s)
	case *types.ForEach:
		return c.forEach(s)
	case *types.Switch:
		return c.switchStmt(s)
	case *types.Return:
		return c.returnStmt(s)
	case *types.Throw:
		return c.throwStmt(s)
	case *types.Break:
		return func(*frame) ctl { return broke }
	case *types.Continue:
		return func(*frame) ctl { return continued }
	case *types.Try:
		return c.tryStmt(s)
	case *types.DML:
		return c.dml(s)
	case *types.RunAs:
		return c.runAs(s)
	case *types.CtorCall:
		return c.ctorCall(s)
	case *types.InitField:
		return c.initField(s)
	case *types.Unfit:
		return c.unfit(s)
	default:
		panic(fmt.Sprintf("vm: no rule for %T", s))
	}
}

func (c *compiler) localInit(s *types.LocalInit) stmt {
	slot := s.Slot
	if s.Init == nil {
		return func(f *frame) ctl { f.l[slot] = Value{}; return onward }
	}
	if k, ok := numberKind(s.Init.Type()); ok && neverNull(s.Init) {
		n := c.bits(s.Init)
		return func(f *frame) ctl {
			f.l[slot] = Value{k: k, n: n(f)}
			return onward
		}
	}
	v := c.val(s.Init)
	return func(f *frame) ctl { f.l[slot] = v(f); return onward }
}

func (c *compiler) ifStmt(s *types.If) stmt {
	cond, then := c.bol(s.Cond), c.stmt(s.Then)
	if s.Else == nil {
		return func(f *frame) ctl {
			if cond(f) {
				return then(f)
			}
			return onward
		}
	}
	other := c.stmt(s.Else)
	return func(f *frame) ctl {
		if cond(f) {
			return then(f)
		}
		return other(f)
	}
}

// loopParts compiles what runs on every turn and its cost, which is charged by
// the turn instead of with the code around the loop.
func (c *compiler) loopParts(cond types.Expr, post []types.Expr, body types.Stmt) (bolExpr, []stmt, int64) {
	before := c.cost
	c.cost = 1
	var test bolExpr
	if cond != nil {
		test = c.bol(cond)
	}
	var parts []stmt
	if body != nil {
		parts = append(parts, c.stmt(body))
	}
	for _, x := range post {
		parts = append(parts, c.discard(x))
	}
	cost := c.cost
	c.cost = before
	return test, parts, cost
}

// loop runs parts[0] as the body and the rest after it while cond holds.
func loop(pos int32, cond bolExpr, parts []stmt, cost int64) stmt {
	body, post := parts[0], parts[1:]
	var step stmt
	if len(post) == 1 {
		step = post[0]
	}
	return func(f *frame) ctl {
		t := f.t
		for cond == nil || cond(f) {
			t.steps += cost
			if t.steps >= t.nextCheck {
				f.pos = pos
				t.checkpoint()
			}
			switch body(f) {
			case broke:
				return onward
			case returned:
				return returned
			}
			if step != nil {
				step(f)
			} else {
				for _, p := range post {
					p(f)
				}
			}
		}
		return onward
	}
}

func (c *compiler) forStmt(s *types.For) stmt {
	init := c.block(s.Init)
	body := s.Body
	if body == nil {
		body = &types.Block{}
	}
	cond, parts, cost := c.loopParts(s.Cond, s.Post, body)
	run := loop(s.At, cond, parts, cost)
	return func(f *frame) ctl {
		init(f)
		return run(f)
	}
}

func (c *compiler) doWhile(s *types.DoWhile) stmt {
	cond, parts, cost := c.loopParts(s.Cond, nil, s.Body)
	body := parts[0]
	return func(f *frame) ctl {
		t := f.t
		for {
			t.steps += cost
			if t.steps >= t.nextCheck {
				t.checkpoint()
			}
			switch body(f) {
			case broke:
				return onward
			case returned:
				return returned
			}
			if !cond(f) {
				return onward
			}
		}
	}
}

func (c *compiler) returnStmt(s *types.Return) stmt {
	if s.X == nil {
		return func(f *frame) ctl { f.ret = Value{}; return returned }
	}
	if k, ok := numberKind(s.X.Type()); ok && neverNull(s.X) {
		n := c.bits(s.X)
		return func(f *frame) ctl {
			f.ret = Value{k: k, n: n(f)}
			return returned
		}
	}
	return c.returnValue(s.X)
}

// returnValue compiles the return of any value. It costs what the expression
// costs by itself; a choice returns from its branches.
func (c *compiler) returnValue(x types.Expr) stmt {
	switch e := c.known(x).(type) {
	case *types.Cond:
		c.cost++
		cond, then, other := c.bol(e.If), c.returnValue(e.Then), c.returnValue(e.Else)
		return func(f *frame) ctl {
			if cond(f) {
				return then(f)
			}
			return other(f)
		}
	case *types.Call:
		c.cost++
		call := c.invoker(e)
		return func(f *frame) ctl { f.ret = call(f).ret; return returned }
	case *types.Local:
		c.cost++
		c.named(e)
		slot := e.Slot
		return func(f *frame) ctl { f.ret = f.l[slot]; return returned }
	case *types.Binary, *types.Unary:
		if k, ok := numberKind(x.Type()); ok {
			n := c.bits(x)
			return func(f *frame) ctl {
				f.ret = Value{k: k, n: n(f)}
				return returned
			}
		}
	}
	v := c.val(x)
	return func(f *frame) ctl { f.ret = v(f); return returned }
}

func (c *compiler) throwStmt(s *types.Throw) stmt {
	v, pos := c.val(s.X), s.At
	return func(f *frame) ctl {
		e := v(f)
		f.pos = pos
		if e.k == KindNull {
			f.t.ThrowNull()
		}
		if x := ExceptionOf(e); x != nil {
			x.Unused = false
		}
		if f.t.opt.Log != nil {
			text := e.Object().Class.Name
			if x := ExceptionOf(e); x != nil {
				text += ": " + x.Text()
			}
			f.t.log("EXCEPTION_THROWN", f.t.at(), text)
		}
		panic(&thrown{e})
	}
}

func (c *compiler) switchStmt(s *types.Switch) stmt {
	x, pos := c.val(s.X), s.At
	type when struct {
		vals []Value
		of   *types.Type
		slot int
		body stmt
	}
	whens := make([]when, len(s.Cases))
	for i, k := range s.Cases {
		w := when{of: k.Type, slot: k.Slot, body: c.block(k.Body.Stmts)}
		for _, v := range k.Values {
			w.vals = append(w.vals, c.val(v)(nil))
		}
		whens[i] = w
	}
	var other stmt
	if s.Else != nil {
		other = c.block(s.Else.Stmts)
	}
	return func(f *frame) ctl {
		v := x(f)
		f.pos = pos
		for i := range whens {
			w := &whens[i]
			if w.of != nil {
				if f.t.InstanceOf(v, w.of) {
					f.l[w.slot] = v
					return w.body(f)
				}
				continue
			}
			for _, k := range w.vals {
				if keyEqual(f.t, k, v) {
					return w.body(f)
				}
			}
		}
		if other != nil {
			return other(f)
		}
		return onward
	}
}

func (c *compiler) ctorCall(s *types.CtorCall) stmt {
	args, pos := c.vals(s.Args), s.At
	if s.Ctor.Class.Lib {
		return func(f *frame) ctl {
			vals := evalAll(f, args)
			f.pos = pos
			if x, ok := f.this.Native.(*Exception); ok {
				x.fill(vals)
			}
			return onward
		}
	}
	ctor := c.prog.codeOf(s.Ctor)
	pass := c.passer(s.Args)
	find := func(*Thread, *Object) *code { return ctor }
	return func(f *frame) ctl { pass(f, find, f.this, pos); return onward }
}

// constructor compiles a constructor's body: the constructor above, then the late
// initialisers of its own class, then what is written. One that calls this(...)
// leaves the initialisers to the other.
func (c *compiler) constructor(stmts []types.Stmt) stmt {
	class := c.code.class.prepare()
	head := 0
	if len(stmts) > 0 {
		if call, ok := stmts[0].(*types.CtorCall); ok {
			if call.Ctor.Class == class.Def {
				return c.block(stmts)
			}
			head = 1
		}
	}
	init := class.late
	if init == nil {
		return c.block(stmts)
	}
	var at int32
	if b, _ := class.Def.InstanceInit(); b != nil {
		at = b.Late[0].Pos()
	}
	above, own := c.block(stmts[:head]), c.block(stmts[head:])
	return func(f *frame) ctl {
		above(f)
		f.pos = at
		runOn(f, init, f.this)
		return own(f)
	}
}

func (c *compiler) initField(s *types.InitField) stmt {
	v, slot, pos := c.val(s.Value), s.Field.Slot, s.At
	if s.Field.Static {
		state, _ := c.staticOf(s.Field.Class)
		return func(f *frame) ctl { f.pos = pos; x := v(f); state(f).vals[slot] = x; return onward }
	}
	return func(f *frame) ctl { f.pos = pos; f.this.Fields[slot] = v(f); return onward }
}
