package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

const (
	accessWords  = syntax.Public | syntax.Private | syntax.Protected | syntax.Global
	sharingWords = syntax.WithSharing | syntax.WithoutSharing | syntax.InheritedSharing
)

// site is what modifiers and annotations may stand before.
type site uint16

// The sites. Interfaces and enums at the top and inside a class have the same
// rules.
const (
	onTopClass site = 1 << iota
	onInnerClass
	onInterface
	onEnum
	onMethod
	onConstructor
	onField
	onProperty
	onVariable
	onParameter
)

const (
	onClass    = onTopClass | onInnerClass
	onType     = onClass | onInterface | onEnum
	onData     = onField | onProperty
	onAnything = onType | onMethod | onConstructor | onData | onVariable | onParameter
)

// sites says of each site what messages call it and which modifiers may stand
// there (Apex Developer Guide: "Class Declaration Syntax", "Class Methods",
// "Class Variables", "Interfaces", "Apex Properties"). What the guide does not
// settle, such as final before a class, is allowed.
var sites = map[site]struct {
	name    string
	allowed syntax.Modifier
}{
	onTopClass: {"top-level classes", syntax.Public | syntax.Private | syntax.Global | syntax.Abstract | syntax.Virtual |
		syntax.Final | sharingWords},
	onInnerClass: {"inner classes", accessWords | syntax.Abstract | syntax.Virtual | syntax.Final | syntax.Static | sharingWords},
	onInterface:  {"interfaces", accessWords | syntax.Virtual | syntax.Abstract | syntax.Static | sharingWords},
	onEnum:       {"enums", accessWords | syntax.Static},
	onMethod: {"methods", accessWords | syntax.Static | syntax.Final | syntax.Abstract | syntax.Virtual | syntax.Override |
		syntax.WebService | syntax.TestMethod},
	onConstructor: {"constructors", accessWords},
	onField:       {"variables", accessWords | syntax.Static | syntax.Final | syntax.Transient | syntax.WebService},
	onProperty: {"properties", accessWords | syntax.Static | syntax.Final | syntax.Transient | syntax.WebService |
		syntax.Abstract | syntax.Virtual | syntax.Override},
	onVariable:  {"local variables", syntax.Final},
	onParameter: {"parameters", syntax.Final},
}

// modifierNames are the modifiers as they are written.
var modifierNames = map[syntax.Modifier]string{
	syntax.Public: "public", syntax.Private: "private", syntax.Protected: "protected", syntax.Global: "global",
	syntax.Static: "static", syntax.Final: "final", syntax.Abstract: "abstract", syntax.Virtual: "virtual",
	syntax.Override: "override", syntax.Transient: "transient", syntax.WebService: "webservice",
	syntax.TestMethod: "testmethod", syntax.WithSharing: "with sharing", syntax.WithoutSharing: "without sharing",
	syntax.InheritedSharing: "inherited sharing",
}

// exclusive are the modifiers of which a declaration has one at most.
var exclusive = []syntax.Modifier{accessWords, sharingWords, syntax.Abstract | syntax.Final, syntax.WebService | syntax.Private}

// modifierErrors lists what is wrong with the modifiers before a declaration:
// words that do not belong there, that stand twice, or that exclude each other.
func modifierErrors(u *syntax.Unit, m *syntax.Modifiers, at site) (errs diag.List) {
	fail := func(w syntax.ModifierWord, format string, args ...any) {
		errs = append(errs, diag.Errorf(u.Span(w), CodeInvalidDeclaration, format, args...))
	}
	var seen syntax.Modifier
	for _, w := range m.Words {
		switch {
		case seen.Any(w.Modifier):
			fail(w, "Duplicate modifier: %s", modifierNames[w.Modifier])
		case !sites[at].allowed.Has(w.Modifier):
			fail(w, "Modifier is not allowed on %s: %s", sites[at].name, modifierNames[w.Modifier])
		default:
			if other := excluded(seen, w.Modifier); other != 0 {
				fail(w, "Modifiers are mutually exclusive: %s, %s", modifierNames[other], modifierNames[w.Modifier])
			}
		}
		seen |= w.Modifier
	}
	return errs
}

// excluded is a modifier among those seen that excludes another one.
func excluded(seen, m syntax.Modifier) syntax.Modifier {
	for _, set := range exclusive {
		if !set.Has(m) {
			continue
		}
		for other := syntax.Public; other <= syntax.InheritedSharing; other <<= 1 {
			if other != m && set.Has(other) && seen.Has(other) {
				return other
			}
		}
	}
	return 0
}

// siteOf is where a type declaration stands.
func siteOf(d syntax.TypeDecl, outer *Class) site {
	switch d.(type) {
	case *syntax.InterfaceDecl:
		return onInterface
	case *syntax.EnumDecl:
		return onEnum
	}
	if outer == nil {
		return onTopClass
	}
	return onInnerClass
}

// head checks what the first line of a class, interface or enum says.
func (r *rules) head(d syntax.TypeDecl) {
	c, m, name := r.class, d.TypeModifiers(), d.TypeName()
	at := siteOf(d, c.Outer)
	r.errs = append(r.errs, modifierErrors(c.Unit, m, at)...)
	r.annotated(m, at, name)
	longest := maxClassName
	if c.Outer != nil {
		longest = maxIdentifier
	}
	r.identifier(name, longest)
	if x, ok := d.(*syntax.ClassDecl); ok && len(x.TypeParams) > 0 {
		r.errorf(x.TypeParams[0], CodeInvalidDeclaration, "Type parameters are not allowed on classes: %s", name.Text)
	}
	if x, ok := d.(*syntax.InterfaceDecl); ok && len(x.TypeParams) > 0 {
		r.errorf(x.TypeParams[0], CodeInvalidDeclaration, "Type parameters are not allowed on interfaces: %s", name.Text)
	}
	switch {
	case c.Outer == nil && !m.Set.Any(syntax.Public|syntax.Global) && !c.Test:
		r.errorf(name, CodeInvalidDeclaration, "Top-level types require at least one of the following global, public: %s", c.Name)
	case c.Outer != nil && m.Set.Has(syntax.Global) && c.Outer.Access != Global:
		r.errorf(name, CodeInvalidDeclaration, "Defining type for global types must be declared as global: %s", c.FullName())
	case c.Outer != nil && strings.EqualFold(c.Name, c.Outer.Name):
		r.errorf(name, CodeDuplicateType, "Duplicate type name: %s", c.Name)
	}
	r.interfacesTwice(d)
}

// interfacesTwice reports an interface that a class names twice.
func (r *rules) interfacesTwice(d syntax.TypeDecl) {
	x, ok := d.(*syntax.ClassDecl)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for _, ref := range x.Implements {
		key := strings.ToLower(ref.String())
		if seen[key] {
			r.errorf(ref, CodeInvalidDeclaration, "Type already implements interface: %s", ref.String())
		}
		seen[key] = true
	}
}

// The longest names: of a class at the top, and of anything else. No class of
// a thousand in public packages is longer, and a dozen are as long.
const (
	maxClassName  = 40
	maxIdentifier = 255
)

// identifier checks the form of a name: a letter first, no underscore at the
// end and no two beside each other (Apex Developer Guide, "Naming Conventions",
// and the rule for API names), and not too long.
func (r *rules) identifier(n syntax.Ident, longest int) {
	if !wellFormed(n.Text) {
		r.errorf(n, CodeInvalidDeclaration, "Invalid character in identifier: %s", n.Text)
	} else if len(n.Text) > longest {
		r.errorf(n, CodeInvalidDeclaration, "Identifiers are limited to %d characters: %s", longest, n.Text)
	}
}

func wellFormed(name string) bool {
	return !strings.HasPrefix(name, "_") && !strings.HasSuffix(name, "_") && !strings.Contains(name, "__")
}
