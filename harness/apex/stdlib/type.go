package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var typeTable = vm.Library{
	"Type.forName": func(t thread, _ val, a vals) val {
		ns, name := t.Namespace(), a[0].Text()
		if len(a) == 2 {
			if !a[0].IsNull() {
				ns = a[0].Text()
			}
			name = a[1].Text()
		}
		if of := t.Program().Types().TypeByName(ns, name); of != nil {
			return t.TypeValue(of)
		}
		return vm.Null
	},
	"Type.getName":     func(t thread, r val, a vals) val { return vm.Str(vm.TypeText(typeOf(t, r))) },
	"Type.toString":    func(t thread, r val, a vals) val { return vm.Str(vm.TypeText(typeOf(t, r))) },
	"Type.equals":      func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"Type.hashCode":    func(t thread, r val, a vals) val { return vm.Int(int64(t.HashCode(r))) },
	"Type.newInstance": func(t thread, r val, a vals) val { return newInstance(t, typeOf(t, r)) },
	"Type.isInstance":  func(t thread, r val, a vals) val { return vm.Bool(t.InstanceOf(a[0], typeOf(t, r))) },
	"Type.isAssignableFrom": func(t thread, r val, a vals) val {
		of, from := typeOf(t, r), typeOf(t, a[0])
		return vm.Bool(of == from || of.Kind == types.KindObject ||
			from.Class != nil && from.Class.SubtypeOf(of))
	},
}

func typeOf(t *vm.Thread, v vm.Value) *types.Type {
	if x, ok := v.Native().(*vm.TypeToken); ok {
		return x.Type
	}
	t.ThrowNull()
	return nil
}

// newInstance is Type.newInstance.
func newInstance(t *vm.Thread, of *types.Type) vm.Value {
	switch of.Kind {
	case types.KindList:
		return vm.NewList(of, nil)
	case types.KindSet:
		return vm.NewSet(t, of, nil)
	case types.KindMap:
		return vm.MapValue(vm.NewMap(of))
	case types.KindSObject:
		if of.SObject != nil {
			return vm.Record(newRecord(of.SObject))
		}
	case types.KindClass:
		return t.NewObject(of.Class)
	}
	t.Throwf("System.TypeException", "Cannot create an instance of %s", of.Name)
	return vm.Null
}
