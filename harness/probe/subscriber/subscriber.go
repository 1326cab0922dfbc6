// Package subscriber writes the Apex that a subscriber may have written against
// a version of a package, and compiles it against another.
//
// The machine: what the old version offers (its global types and members, for a
// package without namespace its public ones too) is read from the program of an
// org that has it (surface.go); for each type a class is written that
// implements or extends it, and one that calls, reads and makes all it offers,
// a use a line (write.go). What compiles against the old version and not
// against the new one was broken by the upgrade; the compiler's text says why.
// Only types in components that changed are looked at: what an unchanged type
// offers is unchanged.
//
// Nothing is deployed and no org is changed: programs are compiled against as
// they are. Results are in the order of the types' names and of their members.
package subscriber

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Broken is a use of a version that its successor does not allow.
type Broken struct {
	Type   string // that is used: "Rollup", "fflib_UnitOfWork.IDML"
	Use    string // what a subscriber wrote: "implements IDML", "Rollup.schedule(String, Id)"
	Text   string // of the compiler, in the platform's words
	Global bool   // the version offers it to all, and not only to code without namespace
	// Contract says that the type is implemented or extended and not only called.
	Contract bool
	Gone     bool // the type itself is not there any more
}

// Version is a version of a package as an org compiled it.
type Version struct {
	Namespace string
	Program   *types.Program
}

// Compare compiles what a subscriber may have written against the classes that
// are named, first against the old version and then against the new one.
func Compare(before, after Version, classes []string) []Broken {
	var broken []Broken
	for _, name := range classes {
		c := before.Program.Class(before.Namespace, name)
		if c == nil || c.Test || c.Unit.Bad {
			continue
		}
		for _, t := range offered(c, before.Namespace) {
			broken = append(broken, compare(t, before.Program, after.Program)...)
		}
	}
	slices.SortStableFunc(broken, func(a, b Broken) int { return cmp.Compare(strings.ToLower(a.Type), strings.ToLower(b.Type)) })
	return broken
}

// compare compiles what is written against one type.
func compare(t *offer, before, after *types.Program) []Broken {
	var broken []Broken
	for _, own := range written(t) {
		unit, errs := syntax.Parse(diag.NewFile(own.name+".cls", []byte(own.source())), syntax.Options{Kind: syntax.ClassUnit, APIVersion: own.apiVersion})
		if len(errs) > 0 {
			continue // a name that is a word of a later API version can not be written again
		}
		was := byLine(before.Beside(unit, ""))
		// A tree is bound to one program only.
		again, _ := syntax.Parse(diag.NewFile(own.name+".cls", []byte(own.source())), syntax.Options{Kind: syntax.ClassUnit, APIVersion: own.apiVersion})
		is := byLine(after.Beside(again, ""))
		if len(was[1]) > 0 {
			continue // nobody can write this
		}
		for line, use := range own.uses {
			if use == nil || was[line+1] != "" || is[line+1] == "" {
				continue
			}
			broken = append(broken, Broken{Type: t.name, Use: use.text, Text: is[line+1], Global: use.global, Contract: own.contract,
				Gone: after.Class(t.class.Namespace, pathOf(t.class)) == nil})
		}
	}
	return broken
}

// byLine are the first messages of the compiler by line.
func byLine(list diag.List) map[int]string {
	text := map[int]string{}
	for _, d := range list {
		if d.Severity == diag.Error && text[d.Span.Line] == "" {
			text[d.Span.Line] = d.Message
		}
	}
	return text
}
