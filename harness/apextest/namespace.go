package apextest

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// SpellsNamespace reports whether a package's Apex names its own components
// with the package's namespace: such source only compiles in an org that has
// the namespace, which is what a scratch org of the project has. Comments and
// string literals do not count.
func SpellsNamespace(p *metadata.Package) bool {
	if p.Namespace == "" {
		return false
	}
	prefix := strings.ToLower(p.Namespace) + "__"
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range p.OfKind(kind) {
			if names(strings.ToLower(string(c.Source)), prefix) {
				return true
			}
		}
	}
	return false
}

// names reports whether a name in source text begins with a prefix.
func names(src, prefix string) bool {
	for i := 0; i < len(src); {
		rest := src[i:]
		switch c := src[i]; {
		case strings.HasPrefix(rest, "//"):
			i += after(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			i += after(rest, "*/")
		case c == '\'':
			i++
			for i < len(src) && src[i] != '\'' {
				if src[i] == '\\' {
					i++
				}
				i++
			}
			i++
		case nameByte(c):
			if strings.HasPrefix(rest, prefix) {
				return true
			}
			for i < len(src) && nameByte(src[i]) {
				i++
			}
		default:
			i++
		}
	}
	return false
}

func nameByte(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// after is the length of text up to the end of a mark, or all of it.
func after(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}
