package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// stub makes an object answer every call through a System.StubProvider.
type stub struct {
	provider Value
	of       *types.Type
}

// NewStub makes the object that Test.createStub returns.
func (t *Thread) NewStub(of *types.Type, provider Value) Value {
	c := t.prog.ClassOf(of.Class)
	c.prepare()
	return Obj(&Object{Class: c, Fields: make([]Value, c.nfields), stub: &stub{provider, of}})
}

// stubbed answers a call of a user's method on a stub; the result is in the
// ret of a frame that did not run.
func (f *frame) stubbed(o *Object, target *code, args []Value, pos int32) *frame {
	f.pos = pos
	if target.method == nil || target.method.Constructor {
		return f.push(target)
	}
	v := f.t.callStub(Obj(o), target.method, args)
	n := f.next
	if n == nil {
		n = f.push(target)
		f.t.depth--
	}
	n.ret = v
	return n
}

// callStub calls handleMethodCall of the provider; its answer is cast to what the
// method returns.
func (t *Thread) callStub(obj Value, m *types.Method, args []Value) Value {
	o := obj.Object()
	classes := make([]Value, len(m.Params))
	names := make([]string, len(m.Params))
	for i, p := range m.Params {
		classes[i] = t.TypeValue(p.Type)
		names[i] = p.Name
	}
	returns := types.Void
	if m.Returns != nil {
		returns = m.Returns
	}
	answer := t.CallMethod(o.stub.provider, "handleMethodCall", obj, Str(m.Name), t.TypeValue(returns),
		t.ListOf("System.Type", classes), t.StringList(names),
		NewList(types.ListOf(types.Object), append([]Value(nil), args...)))
	if returns == types.Void {
		return Null
	}
	return t.Cast(answer, returns)
}

func (t *Thread) callStubByName(obj Value, method string, args []Value) Value {
	for k := obj.Object().Class; k != nil && !k.Def.Lib; k = k.super {
		for _, m := range k.Def.Methods() {
			if strings.EqualFold(m.Name, method) && len(m.Params) == len(args) {
				return t.callStub(obj, m, args)
			}
		}
	}
	return Null
}
