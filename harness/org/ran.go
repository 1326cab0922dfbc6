package org

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// ClassCoverage is which statements of a class or trigger ran.
type ClassCoverage = vm.ClassCoverage

// Ran notes what ran in an org and in the forks of it: statements of Apex of the
// versions that are deployed from then on, flows, and the objects whose rows were
// saved. Orgs in several goroutines may note at a time.
type Ran struct {
	above *Ran // notes the same; nil for none
	mu    sync.Mutex
	apex  map[*vm.Program]vm.Statements
	flows map[string]bool // that started, by qualified name
	saved map[string]bool // objects of which rows were written, by name
}

func newRan(above *Ran) *Ran {
	return &Ran{above: above, apex: map[*vm.Program]vm.Statements{}, flows: map[string]bool{}, saved: map[string]bool{}}
}

// Ran is what the org notes; nil where nobody asked for it.
func (o *Org) Ran() *Ran { return o.ran }

// NoteRan makes the org, and forks that are made of it later, note what runs.
// Apex notes its statements in the programs that are compiled from now on, which
// orgs with the same components share.
func (o *Org) NoteRan() {
	if o.ran == nil {
		o.ran = newRan(nil)
	}
}

// RanIn is what ran while fn did; it is noted with all that ran as well.
func (o *Org) RanIn(fn func() error) (*Ran, error) {
	whole := o.ran
	o.ran = newRan(whole)
	own := o.ran
	err := fn()
	o.ran = whole
	return own, err
}

// note takes over what a transaction ran.
func (r *Ran) note(p *vm.Program, t *vm.Thread) {
	for ; r != nil; r = r.above {
		r.mu.Lock()
		all := r.apex[p]
		all.Add(t.Ran())
		r.apex[p] = all
		r.mu.Unlock()
	}
}

func (r *Ran) started(flow string) {
	for ; r != nil; r = r.above {
		r.mu.Lock()
		r.flows[strings.ToLower(flow)] = true
		r.mu.Unlock()
	}
}

func (r *Ran) wrote(object string) {
	for ; r != nil; r = r.above {
		r.mu.Lock()
		r.saved[strings.ToLower(object)] = true
		r.mu.Unlock()
	}
}

// Flow reports whether a flow was started by its qualified name.
func (r *Ran) Flow(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flows[strings.ToLower(name)]
}

// Wrote reports whether rows of an object were written.
func (r *Ran) Wrote(object string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.saved[strings.ToLower(object)]
}

// Coverage tells of classes and triggers that are asked about which statements they
// have and which of them ran, whatever else was in the org then; those of an org
// also where nothing ran yet. They come by namespace and name, and those of the
// same name are taken for the same: ask about one source only.
func (r *Ran) Coverage(o *Org, about func(*ClassCoverage) bool) []ClassCoverage {
	current := o.Program()
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, noted := r.apex[current]; !noted {
		r.apex[current] = nil
	}
	var all []ClassCoverage
	for p, ran := range r.apex {
		for _, c := range p.Coverage(ran, about) {
			at, found := slices.BinarySearchFunc(all, c, byKey)
			if !found {
				all = slices.Insert(all, at, c)
				continue
			}
			for i, s := range c.Statements {
				all[at].Statements[i].Ran = all[at].Statements[i].Ran || s.Ran
			}
		}
	}
	return all
}

func byKey(a, b ClassCoverage) int {
	trigger := map[bool]int{true: 1}
	return cmp.Or(cmp.Compare(trigger[a.Trigger], trigger[b.Trigger]),
		cmp.Compare(strings.ToLower(a.Namespace), strings.ToLower(b.Namespace)), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
}
