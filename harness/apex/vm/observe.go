package vm

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Observation says what a program notes about the code it runs. Nothing is
// noted by default, and then nothing is paid for it.
type Observation struct {
	Coverage bool // which lines ran: Program.Coverage
	Profile  bool // where the CPU time went: Program.Profile
	Methods  bool // method entries and exits, for threads with Options.Log
}

// Observe makes the program note things about its code. It has to come before
// any code of the program runs.
func (p *Program) Observe(o Observation) {
	if o.Coverage {
		p.covered = &coverage{files: map[*diag.File]map[int]*atomic.Int64{}}
	}
	if o.Profile {
		p.profile = &profileNode{}
	}
	p.logged = o.Methods
}

// observed wraps compiled code in what has been asked for.
func (c *code) observed(p *Program) {
	if p.profile != nil {
		c.run = profiled(c, c.run)
	}
	if p.logged && c.method != nil {
		c.run = logged(c, c.run)
	}
}

// coverage counts how often the statements of each line ran.
type coverage struct {
	mu    sync.Mutex
	files map[*diag.File]map[int]*atomic.Int64
}

func (k *coverage) line(f *diag.File, line int) *atomic.Int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	lines := k.files[f]
	if lines == nil {
		lines = map[int]*atomic.Int64{}
		k.files[f] = lines
	}
	n := lines[line]
	if n == nil {
		n = new(atomic.Int64)
		lines[line] = n
	}
	return n
}

// cover makes a statement count its line. Blocks and what no line stands for
// are not counted.
func (c *compiler) cover(s types.Stmt, run stmt) stmt {
	switch s := s.(type) {
	case *types.Block:
		return run
	case *types.LocalInit:
		if s.Init == nil {
			return run
		}
	case *types.CtorCall:
		if s.At <= 0 {
			return run
		}
	}
	line, _ := c.body.File.Position(int(s.Pos()))
	if line == 0 {
		return run
	}
	n := c.prog.covered.line(c.body.File, line)
	return func(f *frame) ctl {
		n.Add(1)
		return run(f)
	}
}

// LineCount is how often the statements of a line ran; statements that share a
// line are counted together.
type LineCount struct {
	Line int
	Runs int64
}

// ClassCoverage is the coverage of a top-level class or a trigger: all lines
// that hold statements, in order.
type ClassCoverage struct {
	Namespace, Name string
	Trigger, Test   bool
	Lines           []LineCount
}

// Coverage lists the classes and triggers that have statements, classes first,
// by namespace and name. Code that has not run yet is compiled for it, to know
// its lines.
func (p *Program) Coverage() []ClassCoverage {
	if p.covered == nil {
		return nil
	}
	var out []ClassCoverage
	for _, d := range p.types.Classes() {
		if d.Lib || d.Unit == nil {
			continue
		}
		p.compileAll(d)
		if lines := p.covered.of(d.Unit.File); len(lines) > 0 {
			out = append(out, ClassCoverage{Namespace: d.Namespace, Name: d.Name, Test: d.Test, Lines: lines})
		}
	}
	for _, tr := range p.types.Triggers(nil) {
		if body, errs := tr.Body(); body != nil && errs.Err() == nil {
			p.triggerCode(tr, body).prepare(p)
			p.compileAll(tr.Class)
			if lines := p.covered.of(body.File); len(lines) > 0 {
				out = append(out, ClassCoverage{Namespace: tr.Namespace, Name: tr.Name, Trigger: true, Lines: lines})
			}
		}
	}
	return out
}

// compileAll compiles all code of a class and of those inside it.
func (p *Program) compileAll(d *types.Class) {
	if d.Kind != types.KindClass {
		return
	}
	c := p.ClassOf(d).prepare()
	for _, k := range append([]*code{c.late, c.static}, c.inits...) {
		if k != nil {
			k.prepare(p)
		}
	}
	for _, list := range [][]*types.Method{d.Methods(), d.Constructors()} {
		for _, m := range list {
			p.codeOf(m).prepare(p)
		}
	}
	for _, list := range [][]*types.Field{d.Fields(), d.Statics()} {
		for _, f := range list {
			for _, m := range []*types.Method{f.Get, f.Set} {
				if m != nil {
					p.codeOf(m).prepare(p)
				}
			}
		}
	}
	for _, inner := range d.Inner {
		p.compileAll(inner)
	}
}

func (k *coverage) of(f *diag.File) []LineCount {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []LineCount
	for line, n := range k.files[f] {
		out = append(out, LineCount{line, n.Load()})
	}
	slices.SortFunc(out, func(a, b LineCount) int { return cmp.Compare(a.Line, b.Line) })
	return out
}

// label is a method as profiles and logs name it: "ns.Outer.Inner.method".
func (c *code) label() string { return c.place.Code() }
