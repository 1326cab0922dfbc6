package types

import (
	"regexp"
	"strings"
)

var (
	// quoted is a string or a comment of Apex: what is named there only may well be
	// of a package that the code can do without.
	quoted = regexp.MustCompile(`(?s)'(?:[^'\\\n]|\\.)*'|//[^\n]*|/\*.*?\*/`)
	// ofNamespace is a custom name of a package.
	ofNamespace = regexp.MustCompile(`\b([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)__[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*__[A-Za-z]+\b`)
)

// Lacking finds among the custom names of a text one that belongs to a package
// which is not at hand and which the program's code can not do without: it names
// what is in it outside of strings. "" when there is none.
func (p *Program) Lacking(text string) string {
	for _, m := range ofNamespace.FindAllStringSubmatch(text, -1) {
		if p.missingNamespace(m[0]) != "" && p.required()[strings.ToLower(m[1])] {
			return m[0]
		}
	}
	return ""
}

// required are the namespaces that code names outside of strings.
func (p *Program) required() map[string]bool {
	p.requires.once.Do(func() {
		p.requires.set = map[string]bool{}
		for _, c := range p.classes {
			for _, m := range ofNamespace.FindAllSubmatch(quoted.ReplaceAll(c.Unit.File.Src, nil), -1) {
				p.requires.set[strings.ToLower(string(m[1]))] = true
			}
		}
	})
	return p.requires.set
}
