package vm

import (
	"cmp"
	"slices"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Observation says what a program notes about the code it runs. Nothing is
// noted by default, and then nothing is paid for it.
type Observation struct {
	Coverage bool // which statements ran: Thread.Ran, Program.Coverage
	Profile  bool // where the CPU time went: Program.Profile
	Methods  bool // method entries and exits, for threads with Options.Log
}

// Observe makes the program note things about its code. It has to come before
// any code of the program runs.
func (p *Program) Observe(o Observation) {
	if o.Coverage {
		p.covered = &coverage{files: map[*diag.File]map[int32]int{}}
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

// coverage numbers the statements of a program, in the order in which their code
// is compiled.
type coverage struct {
	mu    sync.Mutex
	files map[*diag.File]map[int32]int // by offset
	count int
}

func (k *coverage) number(f *diag.File, at int32) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	statements := k.files[f]
	if statements == nil {
		statements = map[int32]int{}
		k.files[f] = statements
	}
	n, ok := statements[at]
	if !ok {
		n = k.count
		k.count++
		statements[at] = n
	}
	return n
}

// Statements are those that ran, a bit for each by the number that its program
// gave it.
type Statements []uint64

// Add adds those of another set of the same program.
func (s *Statements) Add(more Statements) {
	if len(more) > len(*s) {
		*s = append(*s, make(Statements, len(more)-len(*s))...)
	}
	for i, bits := range more {
		(*s)[i] |= bits
	}
}

func (s Statements) has(n int) bool { return n>>6 < len(s) && s[n>>6]&(1<<(n&63)) != 0 }

// Ran are the statements that the transaction has run; none where the program
// does not note them.
func (t *Thread) Ran() Statements { return t.ran }

// mark notes that a statement runs.
func (t *Thread) mark(n int) {
	if n>>6 >= len(t.ran) {
		t.ran.Add(make(Statements, n>>6+1))
	}
	t.ran[n>>6] |= 1 << (n & 63)
}

// cover makes a statement note that it runs. Blocks and what no line stands for
// are not noted.
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
	if line, _ := c.body.File.Position(int(s.Pos())); line == 0 {
		return run
	}
	n := c.prog.covered.number(c.body.File, s.Pos())
	return func(f *frame) ctl {
		f.t.mark(n)
		return run(f)
	}
}

// Statement is one that is noted when it runs.
type Statement struct {
	At   int // offset in its file
	Line int
	Ran  bool
}

// ClassCoverage is the coverage of a top-level class or a trigger: all its
// statements, in order.
type ClassCoverage struct {
	Namespace, Name string
	Trigger, Test   bool
	File            *diag.File
	Statements      []Statement
}

// Lines tells of each line that holds statements whether one of them ran.
func (c *ClassCoverage) Lines() map[int]bool {
	lines := map[int]bool{}
	for _, s := range c.Statements {
		lines[s.Line] = lines[s.Line] || s.Ran
	}
	return lines
}

// Coverage lists classes and triggers that have statements, classes first, by
// namespace and name: those that are asked about, before their statements are
// known, and which of these are among those that ran. Code that has not run yet is
// compiled for it.
func (p *Program) Coverage(ran Statements, about func(*ClassCoverage) bool) []ClassCoverage {
	if p.covered == nil {
		return nil
	}
	var out []ClassCoverage
	add := func(c ClassCoverage) {
		if c.Statements = p.covered.of(c.File, ran); len(c.Statements) > 0 {
			out = append(out, c)
		}
	}
	for _, d := range p.types.Classes() {
		if d.Lib || d.Unit == nil {
			continue
		}
		if c := (ClassCoverage{Namespace: d.Namespace, Name: d.Name, Test: d.Test, File: d.Unit.File}); about(&c) {
			p.compileAll(d)
			add(c)
		}
	}
	for _, tr := range p.types.Triggers(nil) {
		c := ClassCoverage{Namespace: tr.Namespace, Name: tr.Name, Trigger: true, File: tr.Class.Unit.File}
		if !about(&c) {
			continue
		}
		if body, errs := tr.Body(); body != nil && errs.Err() == nil {
			p.triggerCode(tr, body).prepare(p)
			p.compileAll(tr.Class)
			add(c)
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

func (k *coverage) of(f *diag.File, ran Statements) []Statement {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []Statement
	for at, n := range k.files[f] {
		line, _ := f.Position(int(at))
		out = append(out, Statement{int(at), line, ran.has(n)})
	}
	slices.SortFunc(out, func(a, b Statement) int { return cmp.Compare(a.At, b.At) })
	return out
}

// label is a method as profiles and logs name it: "ns.Outer.Inner.method".
func (c *code) label() string { return c.place.Code() }
