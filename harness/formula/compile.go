package formula

import (
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Compiler compiles formulas against one schema and keeps the programs of its
// formula fields, so that formulas over formula fields share them. It may be
// used by several goroutines.
type Compiler struct {
	schema *schema.Schema
	mu     sync.Mutex
	fields map[*schema.Field]*fieldProgram
}

// NewCompiler makes a compiler for a schema.
func NewCompiler(s *schema.Schema) *Compiler {
	return &Compiler{schema: s, fields: map[*schema.Field]*fieldProgram{}}
}

// Compile is the function Compile over this compiler's schema.
func (c *Compiler) Compile(o *schema.Object, ns, src string, ctx Context, opt Options) (*Program, diag.List) {
	return nil, nil
}

// Field is the program of a formula field.
func (c *Compiler) Field(f *schema.Field) (*Program, diag.List) {
	return nil, nil
}

// Criteria is the function CompileCriteria over this compiler's schema.
func (c *Compiler) Criteria(o *schema.Object, ns string, items []Item, logic string) (*Program, diag.List) {
	return nil, nil
}

type fieldProgram struct {
	program *Program
	diags   diag.List
}
