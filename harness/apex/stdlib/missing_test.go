package stdlib_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/stdlib"
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// TestMissingIsNamed calls every method and constructor of the library that no
// table has, static ones from code and those of instances as the platform
// would: each has to stop the program and to name itself in the ledger.
func TestMissingIsNamed(t *testing.T) {
	t.Parallel()
	have := stdlib.Functions()
	w := newSources(t)
	p := w.program(t)
	called, there := 0, 0
	for _, key := range types.LibraryKeys() {
		m := libraryMethod(key)
		if m == nil || m.Class.Kind == types.KindInterface {
			continue
		}
		if isThere(have, key) || isAbove(have, m) {
			there++
			continue
		}
		h := newHost(w.schema)
		h.prog = p
		var err error
		if m.Static {
			err = callStatic(p, h, m)
		} else if m.Name != types.ConstructorName {
			th := p.NewThread(context.Background(), h, vm.Options{})
			_, err = th.Invoke(th.NewNative(m.Class.FullName(), struct{}{}), m.Name, make([]vm.Value, len(m.Params))...)
		} else {
			continue // objects that only hold data are made without a function
		}
		if err == errNotCalled {
			continue
		}
		called++
		e, ok := err.(*vm.Error)
		if !ok || !e.Missing || len(h.missed) != 1 || !strings.Contains(strings.ToLower(h.missed[0]), strings.ToLower(m.Name)) {
			t.Errorf("%s: ended with %v; the ledger has %q", key, err, h.missed)
		}
	}
	// What gets a function is called no more, so the two are bounded together.
	if called+there < 3400 {
		t.Errorf("only %d signatures were called, and %d have a function", called, there)
	}
}

var errNotCalled = errors.New("the call does not compile")

// callStatic calls a static method with nulls from an anonymous block.
func callStatic(p *vm.Program, h *fakeHost, m *types.Method) error {
	args := make([]string, len(m.Params))
	for i, param := range m.Params {
		args[i] = "(" + param.Type.Name + ") null"
	}
	src := m.Class.FullName() + "." + m.Name + "(" + strings.Join(args, ", ") + ");"
	u, diags := syntax.Parse(diag.NewFile("anonymous", []byte(src)), syntax.Options{Kind: syntax.AnonymousUnit, APIVersion: 62})
	if diags.Err() != nil {
		return errNotCalled
	}
	body, diags := p.Types().Anonymous(u, "")
	if diags.Err() != nil {
		return errNotCalled
	}
	return p.NewThread(context.Background(), h, vm.Options{}).RunAnonymous(body, nil, "")
}

func isThere(have vm.Library, key string) bool {
	key = strings.ToLower(key)
	short, _, _ := strings.Cut(key, "(")
	for _, k := range []string{key, short, strings.TrimPrefix(short, "system.")} {
		if have[k] != nil {
			return true
		}
	}
	return false
}

// isAbove reports whether a class above has the function of a method.
func isAbove(have vm.Library, m *types.Method) bool {
	if m.Class.Type() == types.AggregateResult {
		return isThere(have, "SObject."+m.Name)
	}
	for s := m.Class.Super(); s != nil && s.Class != nil; s = s.Class.Super() {
		if isThere(have, s.Class.FullName()+"."+m.Name) {
			return true
		}
	}
	return false
}

// libraryMethod finds the method of a key, "Ns.Class.method(Params)"; nil for
// properties.
func libraryMethod(key string) *types.Method {
	name, _, isMethod := strings.Cut(key, "(")
	dot := strings.LastIndexByte(name, '.')
	if !isMethod || dot < 0 {
		return nil
	}
	class := types.Library(name[:dot])
	if class == nil {
		return nil
	}
	for _, m := range append(append([]*types.Method{}, class.Methods()...), class.Constructors()...) {
		if m.LibKey == key {
			return m
		}
	}
	return nil
}
