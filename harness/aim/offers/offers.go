// Package offers reads from the two versions of a package what they offer to
// users, so that experiments and the judgement know where to look: what permission
// sets grant, in whose sharing classes run, what is called from outside.
//
// Everything here is read from components alone; no org is asked and nothing is
// run. Lists are sorted, and the same two versions give the same lists.
package offers

import (
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// index finds the components of a version by kind and name, without case and
// without the namespace of the package.
type index struct {
	pkg   *metadata.Package
	parts map[string]*metadata.Component
}

func indexOf(p *metadata.Package) *index {
	x := &index{pkg: p, parts: make(map[string]*metadata.Component, len(p.Components))}
	for _, c := range p.Components {
		x.parts[string(c.Kind)+" "+x.bare(c.Name)] = c
	}
	return x
}

// bare is a name as components have it, in lower case: "ns__Thing__c.ns__F__c" is
// "thing__c.f__c".
func (x *index) bare(name string) string {
	ns := strings.ToLower(x.pkg.Namespace)
	parts := strings.Split(strings.ToLower(name), ".")
	for i, p := range parts {
		parts[i] = metadata.StripNamespace(p, ns)
	}
	return strings.Join(parts, ".")
}

func (x *index) find(kind metadata.Kind, name string) *metadata.Component {
	return x.parts[string(kind)+" "+x.bare(name)]
}

// comment finds comments of Apex.
var comment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)

// isTest finds classes of tests.
var isTest = regexp.MustCompile(`(?i)@istest\b`)

// code is the source of a class or trigger without comments; "" for tests and
// what has none.
func code(c *metadata.Component) string {
	if c == nil || isTest.Match(c.Source) {
		return ""
	}
	return string(comment.ReplaceAll(c.Source, []byte(" ")))
}
