package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/once"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

// Problem is something that the platform refuses in a new version.
type Problem = lint.Problem

// NotMade is what the platform refuses in one version of the path, so that it
// could not be made or installed after the one before it.
type NotMade struct {
	From, To *metadata.Package
	Problems []Problem
}

// judgedInTheOrg are the rules of a version's text that the rehearsal asks the
// org itself, which knows more: whether Apex compiles there, whether what is
// named is still there (an upgrade keeps what it deprecates), and which version
// follows which, where tags say it and project files are bumped later.
var judgedInTheOrg = map[lint.Code]bool{
	lint.NotCompiling: true, lint.StillReferenced: true, lint.NamesakeBundle: true,
	lint.VersionNotNewer: true, lint.AncestorInvalid: true, lint.AncestorNotDescendant: true,
}

// Versions checks pairs of versions without any org, each pair once, for all the
// scenarios that go through it. The zero Versions is ready for use; it may be
// used by several goroutines.
type Versions struct {
	mu    sync.Mutex
	pairs map[[2]*metadata.Package]*checkedPair
}

type checkedPair struct {
	once     once.Once
	refused  []Problem
	released []Problem // refused too, and the old version has them as well
	gates    []Gate    // branches of the install path on the previous version
	rejected diag.List // what our checker says against the Apex of the new version
}

func (v *Versions) check(from, to *metadata.Package) *checkedPair {
	v.mu.Lock()
	if v.pairs == nil {
		v.pairs = map[[2]*metadata.Package]*checkedPair{}
	}
	p := v.pairs[[2]*metadata.Package{from, to}]
	if p == nil {
		p = &checkedPair{}
		v.pairs[[2]*metadata.Package{from, to}] = p
	}
	v.mu.Unlock()
	p.once.Do(func() {
		report, rejected := lint.CheckReleased(lint.Old{Name: from.Version.String(), Package: from}, to.Version.String(), to)
		for _, problem := range report.Problems {
			if problem.Effect == lint.Refused && !judgedInTheOrg[problem.Code] {
				p.refused = append(p.refused, problem)
			}
		}
		p.refused, p.released = released(from, p.refused)
		p.rejected, p.gates = rejected, report.Gates
	})
	return p
}

// released tells apart what the old version has as well: it was released, so that
// the platform does not mind, or it is not the kind of package it is taken for.
func released(old *metadata.Package, problems []Problem) (rest, had []Problem) {
	if len(problems) == 0 {
		return nil, nil
	}
	before := lint.Check([]lint.Old{{Name: old.Version.String(), Package: old}}, old.Version.String(), old)
	for _, p := range problems {
		if slices.ContainsFunc(before.Problems, func(was Problem) bool {
			return was.Code == p.Code && was.Kind == p.Kind && was.Name == p.Name && was.Property == p.Property
		}) {
			had = append(had, p)
		} else {
			rest = append(rest, p)
		}
	}
	return rest, had
}

// checkVersions asks of each step what the check of a package asks, without any
// org: what the platform refuses there, it refuses here.
//
// Apex that our checker rejects is a fault of the checker: the release exists, so
// the platform compiled it. The ledger says so. Only who is strict takes the
// checker's word for it.
func checkVersions(_ context.Context, s *Subject, e *Evidence) error {
	for _, step := range s.Steps {
		pair := s.Versions.check(step.From, step.To)
		made := NotMade{From: step.From, To: step.To, Problems: pair.refused}
		for _, c := range complaints(step.To, pair.rejected) {
			if s.Strict {
				made.Problems = append(made.Problems[:len(made.Problems):len(made.Problems)], c.problem())
			} else {
				e.notes.Note(ledger.Approximated, "apex", "compiling "+c.component(), c.note(), c.list[0].Span.String())
			}
		}
		for _, p := range pair.released {
			e.notes.Note(ledger.Approximated, "upgrade", "what the platform refuses in a version", "our rules refuse it in the old version too, and that release exists: "+p.Message, p.Span.String())
		}
		if len(made.Problems) > 0 {
			e.NotMade = append(e.NotMade, made)
		}
	}
	return nil
}

// complaint is what our checker says against one class or trigger.
type complaint struct {
	in   *metadata.Component
	list diag.List
}

// complaints puts what is said together by class and trigger, in the order of
// their files.
func complaints(p *metadata.Package, list diag.List) []complaint {
	var out []complaint
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, m := range p.OfKind(kind) {
			c := complaint{in: m}
			for _, d := range list {
				if d.Span.File == m.Span.File {
					c.list = append(c.list, d)
				}
			}
			if len(c.list) > 0 {
				out = append(out, c)
			}
		}
	}
	return out
}

func (c complaint) component() string { return string(c.in.Kind) + " " + c.in.Name }

func (c complaint) note() string {
	more := ""
	if n := len(c.list) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return "our checker rejects it: " + strings.TrimSuffix(c.list[0].Message, ".") + more + "; the release exists: what can be bound of it runs"
}

func (c complaint) problem() Problem {
	rule := lint.RuleOf(lint.NotCompiling)
	first := c.list[0]
	return Problem{Code: lint.NotCompiling, Effect: rule.Effect, Kind: c.in.Kind, Name: c.in.Name, Span: first.Span,
		Message: c.component() + " does not compile: " + first.Message, Platform: first.Message, Why: rule.Why, Recipe: rule.Recipe, Source: rule.Source()}
}
