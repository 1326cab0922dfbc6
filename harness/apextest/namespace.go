package apextest

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// NamespaceOf is the namespace of the org that a package's tests are made for,
// "" for one without. A scratch org of a project has the project's namespace,
// and source that spells it only works there: names of the package's own
// components and classes in its Apex, in the text literals of it, in values of
// its records and in its static resources. Comments do not count. Projects that
// CumulusCI builds are tested in orgs without namespace unless their Apex
// itself, not its text, says otherwise. Where no project file says a namespace,
// the one that the Apex writes before own objects is it.
func NamespaceOf(p *metadata.Package) string {
	s := &speller{namespace: strings.ToLower(p.Namespace), own: ownNames(p), texts: !p.CumulusCI}
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range p.OfKind(kind) {
			s.apex(strings.ToLower(string(c.Source)))
		}
	}
	if s.namespace != "" && s.texts && !s.spelt {
		for _, c := range p.OfKind("CustomMetadata") {
			for _, v := range c.Props.All("values") {
				s.text(strings.ToLower(v.Get("value")))
			}
		}
		for _, c := range p.OfKind("StaticResource") {
			s.text(strings.ToLower(string(c.Source)))
		}
	}
	if s.spelt {
		return p.Namespace
	}
	if p.Namespace == "" {
		return s.inferred()
	}
	return ""
}

// ownNames are the names, in lower case, of what a package itself defines and
// Apex can name with its namespace; true for those that are enough to infer it.
func ownNames(p *metadata.Package) map[string]bool {
	own := map[string]bool{}
	for _, c := range p.Components {
		switch c.Kind {
		case metadata.CustomObject:
			if metadata.IsOwnObject(c.Name) {
				own[strings.ToLower(c.Name)] = true
			}
		case metadata.CustomField:
			if name := strings.ToLower(c.BaseName()); !own[name] && strings.Count(name, "__") == 1 {
				own[name] = false
			}
		case metadata.ApexClass:
			own[strings.ToLower(c.Name)] = false
		}
	}
	return own
}

// speller looks for names with a namespace.
type speller struct {
	namespace string // "" to infer one
	own       map[string]bool
	texts     bool // text literals count
	spelt     bool
	prefixes  map[string]bool // that stand before own objects; false when before others too
}

// apex looks through Apex in lower case.
func (s *speller) apex(src string) {
	for i := 0; i < len(src) && !s.spelt; {
		rest := src[i:]
		switch c := src[i]; {
		case strings.HasPrefix(rest, "//"):
			i += after(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			i += after(rest, "*/")
		case c == '\'':
			n := literal(rest)
			if s.texts && s.namespace != "" {
				s.text(rest[1:n])
			}
			i += n
		case nameByte(c):
			n := nameLength(rest)
			s.word(rest[:n], rest[n:])
			i += n
		default:
			i++
		}
	}
}

// word judges a name of Apex and what follows it.
func (s *speller) word(name, rest string) {
	if s.namespace == "" {
		s.gather(name)
		return
	}
	if strings.HasPrefix(name, s.namespace+"__") {
		s.spelt = true
		return
	}
	if name != s.namespace || !strings.HasPrefix(rest, ".") {
		return
	}
	member := rest[1:]
	if _, own := s.own[member[:nameLength(member)]]; own {
		s.spelt = true
	}
}

// text judges text of any sort in lower case: a name of an own component with
// the namespace before it.
func (s *speller) text(text string) {
	for i := 0; i < len(text) && !s.spelt; {
		if !nameByte(text[i]) {
			i++
			continue
		}
		rest := text[i:]
		n := nameLength(rest)
		name, ok := strings.CutPrefix(rest[:n], s.namespace+"__")
		if !ok && rest[:n] == s.namespace && strings.HasPrefix(rest[n:], ".") {
			member := rest[n+1:]
			name, ok = member[:nameLength(member)], true
		}
		if _, own := s.own[name]; ok && own {
			s.spelt = true
		}
		i += n
	}
}

// gather notes a prefix before the name of an object.
func (s *speller) gather(name string) {
	prefix, base, ok := strings.Cut(name, "__")
	if !ok || !strings.Contains(base, "__") {
		return
	}
	if s.prefixes == nil {
		s.prefixes = map[string]bool{}
	}
	isObject, known := s.own[base]
	if seen, ok := s.prefixes[prefix]; isObject && (seen || !ok) {
		s.prefixes[prefix] = true
	} else if !known {
		s.prefixes[prefix] = false
	}
}

// inferred is the only prefix that stands before own objects and never before
// what is not the package's own.
func (s *speller) inferred() string {
	var found []string
	for prefix, own := range s.prefixes {
		if own {
			found = append(found, prefix)
		}
	}
	if slices.Sort(found); len(found) == 1 {
		return found[0]
	}
	return ""
}

func nameByte(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

func nameLength(text string) int {
	n := 0
	for n < len(text) && nameByte(text[n]) {
		n++
	}
	return n
}

// literal is the length of the text literal that text begins with.
func literal(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return len(text)
}

// after is the length of text up to the end of a mark, or all of it.
func after(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}
