package lint

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// call follows a call into the package's own code, and looks at the library
// calls that matter on the install path.
func (w *walker) call(x *syntax.MethodCall) {
	receiver := receiverName(x.X)
	if strings.EqualFold(receiver, "Database") && w.database(x) {
		return
	}
	made, isMade := syntax.Expr(x.X).(*syntax.NewObject)
	if x.Name.Is("send") && (isMade && strings.EqualFold(made.Type.Name(), "Http") || strings.EqualFold(w.vars[strings.ToLower(receiver)], "Http")) {
		w.path.say(CalloutInScript, w.class, x, "the post-install script makes a callout in %s", w.class.name)
		return
	}
	if x.Name.Is("compareTo") && len(x.Args) == 1 && isVersion(x.Args[0]) {
		w.previousVersion(x)
	}
	target := w.receiver(x.X, receiver)
	if target == nil {
		return
	}
	owner, m := w.path.methodOf(target, x.Name.Text, len(x.Args))
	if m == nil || m.Modifiers.Annotation("future") != nil {
		return // not the package's, or run after the commit
	}
	w.follow(owner, m)
}

// receiver is the class whose method a call means, as far as it can be told.
func (w *walker) receiver(x syntax.Expr, name string) *class {
	switch r := syntax.Expr(x).(type) {
	case nil:
		return w.class
	case *syntax.This:
		return w.class
	case *syntax.Super:
		return w.path.super(w.class)
	case *syntax.NewObject:
		return w.path.find(w.class, r.Type.Name())
	case *syntax.Paren:
		return w.receiver(r.X, receiverName(r.X))
	case *syntax.Cast:
		return w.path.find(w.class, r.Type.Name())
	case *syntax.MethodCall:
		return w.returned(r)
	}
	if name == "" {
		return nil
	}
	if declared, ok := w.vars[strings.ToLower(name)]; ok {
		return w.path.find(w.class, declared)
	}
	for c := w.class; c != nil; c = c.outer {
		if declared, ok := c.fields[strings.ToLower(name)]; ok {
			return w.path.find(c, declared)
		}
	}
	return w.path.find(w.class, name)
}

// returned is the class that a call gives.
func (w *walker) returned(x *syntax.MethodCall) *class {
	target := w.receiver(x.X, receiverName(x.X))
	if target == nil {
		return nil
	}
	owner, m := w.path.methodOf(target, x.Name.Text, len(x.Args))
	if m == nil {
		return nil
	}
	return w.path.find(owner, m.Return.Name())
}

func (w *walker) follow(owner *class, m *syntax.MethodDecl) {
	w.path.enter(owner)
	inner := &walker{path: w.path, class: owner, at: w.at, vars: map[string]string{}, guarded: w.guarded, depth: w.depth + 1}
	inner.method(m)
}

// construct follows a constructor.
func (w *walker) construct(x *syntax.NewObject) {
	target := w.path.find(w.class, x.Type.Name())
	if target == nil {
		return
	}
	for _, member := range target.decl.Members {
		c, ok := member.(*syntax.ConstructorDecl)
		if !ok || len(c.Params) != len(x.Args) || c.Body == nil {
			continue
		}
		w.follow(target, &syntax.MethodDecl{Range: c.Range, Name: c.Name, Params: c.Params, Body: c.Body})
	}
}

// receiverName is the dotted name before a call; "" when it is something else.
func receiverName(x syntax.Expr) string {
	switch r := x.(type) {
	case *syntax.Name:
		return r.Text
	case *syntax.FieldAccess:
		if _, this := r.X.(*syntax.This); this {
			return r.Name.Text
		}
		if head := receiverName(r.X); head != "" {
			return head + "." + r.Name.Text
		}
	}
	return ""
}

// database looks at calls of the Database class; true when there is nothing to
// follow.
func (w *walker) database(x *syntax.MethodCall) bool {
	switch x.Name.Key() {
	case "insert", "update", "upsert", "delete", "undelete":
		for _, a := range x.Args[min(1, len(x.Args)):] {
			if l, ok := syntax.Unparen(a).(*syntax.Literal); !ok || l.Kind == syntax.BooleanLiteral && !l.Bool {
				return true // partial success, or options that are not written here
			}
		}
		w.write(x, "Database."+x.Name.Key())
		return true
	case "query":
		if len(x.Args) == 0 {
			return true
		}
		if l, ok := syntax.Unparen(x.Args[0]).(*syntax.Literal); ok && l.Kind == syntax.StringLiteral &&
			!strings.Contains(strings.ToLower(l.Text), " limit ") && !strings.Contains(strings.ToLower(l.Text), "__mdt") {
			w.path.say(QueryUnbounded, w.class, x, "the install transaction runs a query without a limit: %s", shown(l.Text))
		}
		return true
	case "executebatch":
		return true // runs after the commit
	}
	return false
}
