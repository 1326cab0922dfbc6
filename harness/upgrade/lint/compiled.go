package lint

import (
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types/project"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// compiler compiles the Apex of versions, each once and only when asked.
type compiler struct {
	cache *project.Cache
	known map[*metadata.Package]diag.List
	mu    sync.Mutex
}

func newCompiler() *compiler {
	return &compiler{cache: project.NewCache(), known: map[*metadata.Package]diag.List{}}
}

// errors lists what is wrong with the Apex of a version. Namespaces that it
// names and that are not at hand are taken for granted.
func (c *compiler) errors(p *metadata.Package) diag.List {
	c.mu.Lock()
	defer c.mu.Unlock()
	list, done := c.known[p]
	if !done {
		for _, d := range project.Load([]*metadata.Package{p}, project.Options{Cache: c.cache}).Check() {
			if d.Severity == diag.Error {
				list = append(list, d)
			}
		}
		c.known[p] = list
	}
	return list
}

// compiled finds Apex of the new version that does not compile: because of a
// component that left, or, where all of the old version did compile, because of
// another class of the package that changed (upgrade-rules.md, section 12, row
// 4). What is missing because the package is built with code that is not at hand
// says nothing.
func (c *checker) compiled() {
	if !c.touchesApex() {
		return
	}
	errors := c.compiler.errors(c.after)
	if len(errors) == 0 {
		return
	}
	wasClean := len(c.compiler.errors(c.before)) == 0
	for _, e := range errors {
		in := c.apexIn(e.Span.File)
		if gone := c.namedIn(e.Message); gone != nil {
			p := c.add(StillReferenced, in, "", "%s %s is removed and still named in %s: %s", gone.Kind, gone.Name, in.Name, e.Message)
			p.Span = e.Span
		} else if wasClean && !c.requiresMore() && c.ownNamed(e.Message, in) {
			p := c.add(NotCompiling, in, "", "%s %s does not compile: %s", in.Kind, in.Name, e.Message)
			p.Span, p.Platform = e.Span, e.Message
		}
	}
}

// touchesApex says that code, or what code may name, changed.
func (c *checker) touchesApex() bool {
	for _, change := range c.changes {
		switch change.Kind {
		case metadata.ApexClass, metadata.ApexTrigger, metadata.CustomObject, metadata.CustomField, metadata.CustomLabel:
			if change.Change == metadata.Removed || !change.Cosmetic {
				return true
			}
		}
	}
	return false
}

// apexIn is the component of the new version whose code is in a file.
func (c *checker) apexIn(file string) *metadata.Component {
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, m := range c.after.OfKind(kind) {
			if m.Span.File == file {
				return m
			}
		}
	}
	return c.project()
}

// ownNamed says that a message of the compiler names a class of the package
// other than the one it is about.
func (c *checker) ownNamed(message string, in *metadata.Component) bool {
	for _, m := range c.before.OfKind(metadata.ApexClass) {
		if m.Name != in.Name && hasWord(message, m.Name) {
			return true
		}
	}
	return false
}

// requiresMore says that the new version requires a package that the old one did
// not: classes that left may have moved there.
func (c *checker) requiresMore() bool {
	return slices.ContainsFunc(c.after.Dependencies, func(d metadata.Dependency) bool {
		return !slices.ContainsFunc(c.before.Dependencies, func(o metadata.Dependency) bool {
			return strings.EqualFold(o.Name, d.Name) && o.ID == d.ID && o.Source == d.Source
		})
	})
}

// namedIn is the component that left and is named in a message of the compiler.
func (c *checker) namedIn(message string) *metadata.Component {
	moved := c.requiresMore()
	for _, change := range c.changes {
		if change.Change == metadata.Removed && !(moved && change.Kind == metadata.ApexClass) && hasWord(message, change.Before.BaseName()) {
			return change.Before
		}
	}
	return nil
}
