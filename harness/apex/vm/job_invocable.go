package vm

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// Interview is a flow that has run: its variables, and which of them are its
// outputs.
type Interview struct {
	Outputs  []string
	Variable func(name string) Value
}

// plainOutput is the name of what an invocable method answers that is no object
// with invocable variables (REST API Developer Guide, "Invocable Actions
// Custom").
const plainOutput = "output"

// InvokeAction calls the invocable method of a class with a list of requests, each by
// the names of its parameters in lower case, and answers a list of results by
// name. The error is what the method ended with.
func (t *Thread) InvokeAction(class *types.Class, requests []map[string]Value) (results []map[string]Value, err error) {
	m := InvocableMethod(class)
	if m == nil {
		return nil, fmt.Errorf("invoke %s: the class has no method annotated InvocableMethod; annotate one", class.FullName())
	}
	err = t.guard(func() {
		t.initClass(t.prog.ClassOf(class))
		var args []Value
		if len(m.Params) == 1 {
			list := NewList(m.Params[0].Type, nil)
			for _, r := range requests {
				list.List().Append(t, t.request(m.Params[0].Name, elementOf(m.Params[0].Type), r))
			}
			args = append(args, list)
		}
		out := t.call(t.prog.codeOf(m), nil, args)
		if m.Returns == types.Void || out.k == KindNull {
			results = make([]map[string]Value, len(requests))
			return
		}
		for _, v := range t.Elements(out) {
			results = append(results, t.response(v))
		}
	})
	return results, err
}

// InvocableMethod is the method of a class that flows and actions call; nil when
// there is none.
func InvocableMethod(class *types.Class) *types.Method {
	for _, m := range class.Methods() {
		if m.Static && annotated(m.Annotations, "InvocableMethod") {
			return m
		}
	}
	return nil
}

func annotated(list []*syntax.Annotation, name string) bool {
	for _, a := range list {
		if strings.EqualFold(a.Name.Text, name) {
			return true
		}
	}
	return false
}

func elementOf(list *types.Type) *types.Type {
	if len(list.Args) == 1 {
		return list.Args[0]
	}
	return types.Object
}

// invocable are the fields of a class that requests and results name.
func invocable(class *types.Class) []*types.Field {
	var out []*types.Field
	for _, f := range class.Fields() {
		if annotated(f.Annotations, "InvocableVariable") {
			out = append(out, f)
		}
	}
	return out
}

// request makes one element of the list that an invocable method takes.
func (t *Thread) request(param string, of *types.Type, values map[string]Value) Value {
	if of.Kind == types.KindClass && of.Class != nil && !of.Class.Lib {
		o := t.NewObject(of.Class)
		for _, f := range invocable(of.Class) {
			if v, ok := values[strings.ToLower(f.Name)]; ok {
				t.setMember(o.Object(), f, t.fitted(v, f.Type))
			}
		}
		return o
	}
	v, ok := values[strings.ToLower(param)]
	if !ok && len(values) == 1 {
		for _, v = range values {
		}
	}
	return t.fitted(v, of)
}

// response reads one element of what an invocable method answers.
func (t *Thread) response(v Value) map[string]Value {
	if o := v.Object(); o != nil && !o.Class.Def.Lib {
		out := map[string]Value{}
		for _, f := range invocable(o.Class.Def) {
			out[f.Name] = t.member(o, f)
		}
		return out
	}
	return map[string]Value{plainOutput: v}
}

func (t *Thread) setMember(o *Object, f *types.Field, v Value) {
	if f.Set != nil {
		t.call(t.prog.codeOf(f.Set), o, []Value{v})
	} else if f.Slot >= 0 {
		o.Fields[f.Slot] = v
	}
}

func (t *Thread) member(o *Object, f *types.Field) Value {
	if f.Get != nil {
		return t.call(t.prog.codeOf(f.Get), o, nil)
	}
	if f.Slot < 0 {
		return Null
	}
	return o.Fields[f.Slot]
}

// fitted is a value of the type of a parameter: numbers and texts become what it
// is, and lists of anything lists of its elements.
func (t *Thread) fitted(v Value, to *types.Type) Value {
	switch {
	case v.k == KindNull:
		return v
	case v.k == KindList && to.Kind == types.KindList && v.List().Type != to:
		vals := make([]Value, len(v.List().Vals))
		for i, e := range v.List().Vals {
			vals[i] = t.fitted(e, to.Args[0])
		}
		return NewList(to, vals)
	case v.isNumber() && to.IsNumber(), v.k == KindString && to.Kind == types.KindID:
		return t.Convert(v, to.Kind)
	default:
		return t.Cast(v, to)
	}
}
