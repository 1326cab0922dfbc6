package formula

import (
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Reference is a path from a record to a field, read as the API shows it: per
// cent as fields hold it, ids of 18 characters, texts as they are.
type Reference struct {
	Type  Type
	Field *schema.Field // the last field of the path
	get   evaluator
}

// Get reads the field of a record, loading parents through env.
func (r *Reference) Get(env Env, rec *schema.Record) (value.Value, error) {
	if rec == nil {
		return value.Value{}, nil
	}
	return r.get(&frame{env: env, rec: rec})
}

// Reference finds the field that a path of names leads to from an object: its
// own field, or one of a parent. ok is false where there is no such field.
func (c *Compiler) Reference(o *schema.Object, ns string, path []string) (r *Reference, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reference(o, ns, path)
}

func (c *Compiler) reference(o *schema.Object, ns string, path []string) (*Reference, bool) {
	b := &binder{compiler: c, object: o, ns: ns, seen: map[string]bool{}}
	ref, ok := b.resolve(path)
	if !ok {
		return nil, false
	}
	f := ref.field
	if f.IsFormula() {
		if p, _ := c.field(f); p == nil {
			return nil, false
		}
	}
	return &Reference{Type: TypeOf(f.Type), Field: f, get: overParents(ref.steps, rawReader(c, f), false)}, true
}

// Global finds a global variable: $User.Id, $Label.x, $Setup.Obj__c.Field__c.
func (c *Compiler) Global(ns string, path []string) (t Type, get func(Env) (value.Value, error), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &binder{compiler: c, ns: ns, context: Flow, seen: map[string]bool{}}
	n, err := b.global(&Expr{Op: OpName}, path)
	if err != nil {
		return Any, nil, false
	}
	return n.typ, func(env Env) (value.Value, error) { return n.eval(&frame{env: env}) }, true
}

// Schema is the schema that the compiler works on.
func (c *Compiler) Schema() *schema.Schema { return c.schema }

// ParseCondition joins numbered conditions by logic as filter items are
// ("1 AND (2 OR 3)"), for conditions of any kind: test tells whether the
// condition of that number, from 0, holds.
func ParseCondition(count int, logic string) (func(test func(i int) (bool, error)) (bool, error), error) {
	conds := make([]node, count)
	for i := range conds {
		conds[i] = node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
			ok, err := f.env.(conditionEnv).test(i)
			return value.OfBool(ok), err
		}}
	}
	n, err := joined(conds, logic)
	if err != nil {
		return nil, err
	}
	return func(test func(int) (bool, error)) (bool, error) {
		v, err := n.eval(&frame{env: conditionEnv{test: test}})
		return v.Bool(), err
	}, nil
}

// conditionEnv carries a test through the closures of joined.
type conditionEnv struct {
	Env
	test func(int) (bool, error)
}
