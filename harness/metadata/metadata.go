// Package metadata is the canonical model of one version of a Salesforce
// package: components, what kind each is, and what differs between two
// versions.
//
// The machine has four parts. The kinds registry (kinds.go, children.go) is a
// table of Metadata API types: folder, suffix and how a file is taken apart
// into components of their own, for source format and Metadata API format
// alike. The reader (xml.go) turns a file into a tree of Nodes and refuses
// what no metadata file needs (entity declarations, absurd depth and size).
// Canonicalisation (canonical.go with defaults.go) brings a tree into the one
// form that its meaning has: old spellings renamed, the platform's defaults
// filled in, property order removed, so that a change of file layout or API
// version is no change. Compare (compare.go) pairs the components of two
// packages and lists the properties that differ; the manageability table
// (manageability.go) says what an upgrade may do to each of them.
//
// Everything here is a pure function of its input: lists are sorted, no map
// order reaches an output, and a Package is immutable once it is built, so any
// number of orgs and goroutines may share it.
//
// Finding and fetching files is package source's work; what a component means
// to an org (describes, upgrades) belongs to the packages above.
package metadata

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Kind is a Metadata API type name: "CustomObject", "CustomField", "ApexClass".
type Kind string

// Component is one piece of metadata that can be added, changed or removed by
// itself. A field, a validation rule, a record type is a component of its own.
type Component struct {
	Kind Kind
	// Name is the full name without the package's own namespace:
	// "Account.Region__c", "My_Class", "Account-Account Layout". Names of other
	// packages' components keep their prefix: "base__Payment__c.Note__c".
	Name string
	// Props is the canonical property tree. Its root is named after the Kind.
	// A component without any properties has a root without children.
	Props *Node
	// Source is the body of code kinds (ApexClass, ApexTrigger, ApexPage,
	// ApexComponent) with namespace tokens substituted, and the content of a
	// StaticResource as it is; nil for other kinds, and for resources that are
	// archives or larger than Apex can read.
	Source []byte
	// Parts are the files of a component whose body is only ever compared or
	// carried along (bundles, static resources, documents), sorted by path.
	Parts []Part
	// APIVersion is "58.0" where the type carries one, else empty.
	APIVersion string
	// Span is where the component was read; File is the path in the package
	// source.
	Span diag.Span
	// Hash is the hex content hash of the canonical form; components with
	// equal hashes do not differ.
	Hash string
}

// Part is one file of a bundle or a body that is not held in memory.
type Part struct {
	Path string // relative to the component's folder: "counter.js"
	Blob string // git blob id of the content, hex
}

// Parent is the object (or other container) part of the name of a component
// that lives inside another: "Account" of "Account.Region__c". It is empty for
// a component that stands by itself.
func (c *Component) Parent() string {
	if info, ok := InfoOf(c.Kind); ok && info.Parent != "" {
		if i := strings.LastIndexByte(c.Name, '.'); i >= 0 {
			return c.Name[:i]
		}
	}
	return ""
}

// BaseName is the name without its Parent: "Region__c" of "Account.Region__c".
func (c *Component) BaseName() string {
	if p := c.Parent(); p != "" {
		return c.Name[len(p)+1:]
	}
	return c.Name
}

// PackageKind is how a package is delivered; it decides the upgrade rules.
type PackageKind uint8

// The kinds of package (upgrade-rules.md, section 1 and 7).
const (
	Undeclared PackageKind = iota // not said; a Package never has it
	Unmanaged                     // a plain metadata deployment
	Unlocked                      // overwritten by every upgrade
	Managed                       // 1GP or 2GP managed: manageability rules apply
)

// String is the word used on the command line and in suites.
func (k PackageKind) String() string {
	return [...]string{"", "unmanaged", "unlocked", "managed"}[k]
}

// MarshalText makes a kind read as its word in JSON.
func (k PackageKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// ParsePackageKind reads "managed", "unlocked" or "unmanaged".
func ParsePackageKind(s string) (PackageKind, bool) {
	for _, k := range []PackageKind{Unmanaged, Unlocked, Managed} {
		if strings.EqualFold(s, k.String()) {
			return k, true
		}
	}
	return Undeclared, false
}

// Dependency is another package that must be installed first.
type Dependency struct {
	Name      string `json:"name,omitempty"`      // package name or alias
	Namespace string `json:"namespace,omitempty"` // where it is known
	Version   string `json:"version,omitempty"`   // as written: "4.15.3", "1.2.0.LATEST"
	ID        string `json:"id,omitempty"`        // 04t or 0Ho id where the project files give it
	Source    string `json:"source,omitempty"`    // repository address, where that is all that is given
}

// Package is one version of a package. It is immutable once built.
type Package struct {
	Name, Namespace    string
	Kind               PackageKind
	KindDeduced        bool // nothing said how the package is delivered: Kind is a conclusion
	Version            Version
	VersionName        string
	Ref, Commit        string // git tag, branch or commit that was asked for; the commit it named
	PostInstall        string // class name, empty when there is none
	PostInstallGuessed bool   // no project file names it: the only class that implements InstallHandler
	Uninstall          string
	Ancestor           string // of a 2GP version, as written: "1.2.0", "HIGHEST", "NONE" or an id; "" where it is not said
	Dependencies       []Dependency
	Features           []string // org features the scratch org definition asks for, sorted
	APIVersion         string   // of the project or package.xml: "58.0"
	Folders            []string // source folders that were read, slash separated
	// Before and After are folders of the project that belong to the org and not
	// to the package: they are deployed as the subscriber's own before and after
	// it is installed. Slash separated, from the top of what was read.
	Before, After []string
	CumulusCI     bool      // the project is built by CumulusCI: its cumulusci.yml says how its orgs are made
	TestAccess    []string  // permission sets that the project assigns to who runs its tests
	Unreadable    diag.List // files that were left out, or mended, as the platform would not deploy them
	Components    []*Component
	index         map[key]*Component
	byKind        map[Kind][]*Component
}

type key struct {
	kind Kind
	name string
}

// NewPackage makes a package from its header and components. It sorts the
// components by Kind and Name and builds the look-up tables; of two components
// with one Kind and Name the first in the given order is kept and the others
// are returned.
func NewPackage(head Package, components []*Component) (*Package, []*Component) {
	p := &head
	p.index = make(map[key]*Component, len(components))
	type entry struct {
		key key
		c   *Component
	}
	entries := make([]entry, 0, len(components))
	var twice []*Component
	for _, c := range components {
		k := key{c.Kind, fold(c.Name)}
		if p.index[k] != nil {
			twice = append(twice, c)
			continue
		}
		p.index[k] = c
		entries = append(entries, entry{k, c})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(string(a.key.kind), string(b.key.kind)), strings.Compare(a.key.name, b.key.name))
	})
	p.Components = make([]*Component, len(entries))
	for i, e := range entries {
		p.Components[i] = e.c
	}
	p.byKind = map[Kind][]*Component{}
	for i := 0; i < len(p.Components); {
		j, kind := i, p.Components[i].Kind
		for j < len(p.Components) && p.Components[j].Kind == kind {
			j++
		}
		p.byKind[kind] = p.Components[i:j:j]
		i = j
	}
	return p, twice
}

// Find gives the component with this kind and name, case-insensitively, or nil.
// The name may carry the package's own namespace prefix.
func (p *Package) Find(kind Kind, name string) *Component {
	if c := p.index[key{kind, fold(name)}]; c != nil {
		return c
	}
	return p.index[key{kind, fold(StripNamespace(name, p.Namespace))}]
}

// OfKind gives the components of one kind, sorted by name. The slice is shared.
func (p *Package) OfKind(kind Kind) []*Component { return p.byKind[kind] }

// Kinds gives the kinds that the package has components of, sorted.
func (p *Package) Kinds() []Kind {
	kinds := make([]Kind, 0, len(p.byKind))
	for k := range p.byKind {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// fold is the platform's idea of equal names: ASCII case does not count.
func fold(s string) string { return strings.ToLower(s) }

// StripNamespace takes the prefix "ns__" off every segment of a full name
// (segments end at '.' and '-'), case-insensitively.
func StripNamespace(name, ns string) string {
	if ns == "" {
		return name
	}
	prefix := fold(ns) + "__"
	if !strings.Contains(fold(name), prefix) {
		return name
	}
	var b strings.Builder
	for start := 0; start <= len(name); {
		end := start
		for end < len(name) && name[end] != '.' && name[end] != '-' {
			end++
		}
		segment := name[start:end]
		// "ns__x" alone is a namespace and no more when nothing follows.
		if len(segment) > len(prefix) && fold(segment[:len(prefix)]) == prefix {
			segment = segment[len(prefix):]
		}
		b.WriteString(segment)
		if end < len(name) {
			b.WriteByte(name[end])
		}
		start = end + 1
	}
	return b.String()
}
