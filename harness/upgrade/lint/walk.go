package lint

import (
	"reflect"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// walk visits the nodes of an Apex tree in source order; visit says whether to
// go inside a node. Trees are concrete structs behind small interfaces, so
// their shape is all there is to know.
func walk(n syntax.Node, visit func(syntax.Node) bool) {
	walkValue(reflect.ValueOf(n), visit)
}

func walkValue(v reflect.Value, visit func(syntax.Node) bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			walkValue(v.Elem(), visit)
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if n, ok := v.Interface().(syntax.Node); ok && !visit(n) {
			return
		}
		walkValue(v.Elem(), visit)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walkValue(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkValue(v.Index(i), visit)
		}
	}
}
