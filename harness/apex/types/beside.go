package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Beside lists what would be wrong with a class of a namespace if it were
// deployed beside what is in the program, which stays as it is. The class can
// not name itself.
func (p *Program) Beside(u *syntax.Unit, namespace string) diag.List {
	if u.Type == nil || u.Bad {
		return nil
	}
	q := &Program{schema: p.schema, env: p.env, spaces: p.spaces, absent: p.absent, sobjects: p.sobjects}
	q.declareType(namespace, u, u.Type, nil)
	for _, c := range q.all {
		c.program = p
		c.resolveHead(&q.declared)
	}
	errs := q.declared
	for _, c := range q.all {
		errs = append(errs, c.check()...)
	}
	errs.Sort()
	return compact(errs)
}

// Check lists what is wrong with the class and those inside it.
func (c *Class) Check() diag.List {
	errs := c.check()
	for _, inner := range c.Inner {
		errs = append(errs, inner.check()...)
	}
	return errs
}
