package aim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/once"
)

// Version is one version of a package, read for what its source names. It is
// safe for concurrent use.
type Version struct {
	Package *metadata.Package

	indexed once.Once
	naming  map[string][]*metadata.Component // by custom name in lower case, without the package's namespace

	mu    sync.Mutex
	units map[*metadata.Component]*Unit
}

// Unit is one class or trigger, parsed.
type Unit struct {
	Component *metadata.Component
	*syntax.Unit
	Test bool // a test class, or made of test methods only
}

func newVersion(pkg *metadata.Package) *Version {
	return &Version{Package: pkg, units: map[*metadata.Component]*Unit{}}
}

// Apex parses a class or trigger, once.
func (v *Version) Apex(c *metadata.Component) *Unit {
	v.mu.Lock()
	defer v.mu.Unlock()
	if u, known := v.units[c]; known {
		return u
	}
	kind := syntax.ClassUnit
	if c.Kind == metadata.ApexTrigger {
		kind = syntax.TriggerUnit
	}
	u, _ := syntax.Parse(diag.NewFile(c.Span.File, c.Source), syntax.Options{Kind: kind, APIVersion: majorOf(c.APIVersion)})
	unit := &Unit{Component: c, Unit: u}
	if d, ok := u.Type.(*syntax.ClassDecl); ok {
		unit.Test = d.Modifiers.Annotation("isTest") != nil
	}
	v.units[c] = unit
	return unit
}

// Code lists the classes and triggers whose source has a word, ignoring case,
// without tests.
func (v *Version) Code(word string) []*Unit {
	var list []*Unit
	word = strings.ToLower(word)
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range v.Package.OfKind(kind) {
			if !isTestSource(c) && strings.Contains(strings.ToLower(string(c.Source)), word) {
				if u := v.Apex(c); !u.Test {
					list = append(list, u)
				}
			}
		}
	}
	return list
}

// isTestSource spares parsing what begins like a test class.
func isTestSource(c *metadata.Component) bool {
	head, _, _ := strings.Cut(string(c.Source), "{")
	return strings.Contains(strings.ToLower(head), "@istest")
}

// majorOf is 58 of "58.0"; 0, the newest, for what is no number.
func majorOf(version string) int {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return 0
	}
	return n
}

// Naming lists the components whose source names something custom, by its API
// name with or without the package's namespace, in the order of the package.
func (v *Version) Naming(name string) []*metadata.Component {
	v.indexed.Do(v.index)
	return v.naming[strings.ToLower(metadata.StripNamespace(name, v.Package.Namespace))]
}

// names reports whether a component names something.
func (v *Version) names(c *metadata.Component, name string) bool {
	return slices.Contains(v.Naming(name), c)
}

// index notes which components name what.
func (v *Version) index() {
	v.naming = map[string][]*metadata.Component{}
	prefix := strings.ToLower(v.Package.Namespace) + "__"
	for _, c := range v.Package.Components {
		if silent[c.Kind] || c.Kind == metadata.ApexClass && isTestSource(c) {
			continue
		}
		add := func(word string) {
			word = strings.ToLower(word)
			if prefix != "__" {
				word = strings.TrimPrefix(word, prefix)
			}
			if list := v.naming[word]; len(list) == 0 || list[len(list)-1] != c {
				v.naming[word] = append(list, c)
			}
		}
		customNames(code(c), add)
		textsOf(c.Props, func(text string) { customNames(text, add) })
	}
}

// code is the source of a component; of Apex without comments, which name what is
// not used.
func code(c *metadata.Component) string {
	source := string(c.Source)
	if c.Kind != metadata.ApexClass && c.Kind != metadata.ApexTrigger {
		return source
	}
	return comment.ReplaceAllStringFunc(source, func(found string) string {
		if found[0] == '\'' {
			return found // a text that may have the signs of a comment in it
		}
		return " "
	})
}

// comment is a comment of Apex, or a text literal, which may look like one
// inside.
var comment = regexp.MustCompile(`'(?:[^'\\\n]|\\.)*'|//[^\n]*|/\*(?s:.*?)\*/`)

// silent are the kinds that name fields without using them: who may see them,
// and what they are called.
var silent = map[metadata.Kind]bool{metadata.PermissionSet: true, metadata.Profile: true, "MutingPermissionSet": true,
	metadata.CustomObjectTranslation: true, metadata.Translations: true, metadata.StaticResource: true}

// textsOf visits the texts of a property tree.
func textsOf(n *metadata.Node, visit func(string)) {
	if n == nil {
		return
	}
	if n.Text != "" {
		visit(n.Text)
	}
	for _, c := range n.Children {
		textsOf(c, visit)
	}
}

// customNames visits the words of a text that end like custom API names:
// __c, __r, __e, __mdt, __Share.
func customNames(text string, visit func(string)) {
	for {
		i := strings.Index(text, "__")
		if i < 0 {
			return
		}
		start, end := i, i+2
		for start > 0 && wordByte(text[start-1]) {
			start--
		}
		for end < len(text) && wordByte(text[end]) {
			end++
		}
		if word := text[start:end]; start < i && end > i+2 {
			visit(word)
		}
		text = text[end:]
	}
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
