package formula

import (
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// frame is one evaluation: the world and the record the formula is about.
type frame struct {
	env Env
	rec *schema.Record
}

// evaluator computes a node.
type evaluator func(f *frame) (value.Value, error)

func fit(v value.Value, t schema.FieldType) (value.Value, error) { return v, nil }
