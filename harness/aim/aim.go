// Package aim studies the two versions of an upgrade from their source: what
// changes between them, what the post-install script comes near and asks, who
// reads and writes which field. It is where mess and probes take their targets.
//
// The machine: New makes an Upgrade of two versions. What it can tell at once is
// how near the script comes to a name (aim.go) and, in an org, which objects and
// fields are the likeliest to hurt (targets.go). What takes reading of all
// source is made when it is first asked for, and once.
//
// An Upgrade is the same for every org of a run and may be shared by goroutines.
// Nothing here changes an org, and nothing is judged: a wrong guess makes mess
// that does not hurt or an experiment that finds nothing.
package aim

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/once"
)

// Upgrade is the two versions of a package that an upgrade lies between: what
// changes between them and what the post-install script comes near.
type Upgrade struct {
	Namespace string
	From, To  *metadata.Package
	Changes   []metadata.Change

	changed map[string]metadata.Change // "CustomField|a__c.b__c" in lower case
	near    map[string]int             // identifier in lower case to its distance from the script, 1 the nearest
	types   map[string]bool            // identifiers that stand where Apex or SOQL wants an object

	before, after *Version
	movedOnce     once.Once
	moved         []Moved
}

// New studies both versions. to is nil when no upgrade is planned: then
// everything of the version is as near as everything else.
func New(from, to *metadata.Package) *Upgrade {
	a := &Upgrade{From: from, To: to, before: newVersion(from), after: newVersion(to), changed: map[string]metadata.Change{}, near: map[string]int{}, types: map[string]bool{}}
	if from != nil {
		a.Namespace = from.Namespace
	}
	if from == nil || to == nil {
		return a
	}
	a.Changes = metadata.Compare(from, to)
	for _, c := range a.Changes {
		a.changed[changeKey(c.Kind, c.Name)] = c
	}
	a.walk(to)
	return a
}

// Before is the version that the upgrade comes from.
func (a *Upgrade) Before() *Version { return a.before }

// After is the version that it goes to.
func (a *Upgrade) After() *Version { return a.after }

func changeKey(kind metadata.Kind, name string) string {
	return string(kind) + "|" + strings.ToLower(name)
}

// reachDepth is how many classes away from the post-install class still count
// as near.
const reachDepth = 4

// walk collects the identifiers of the post-install class and of the classes
// it names, and so on. Reading words is enough to rank targets: a wrong guess
// only makes mess that does not hurt.
func (a *Upgrade) walk(p *metadata.Package) {
	level := []string{strings.ToLower(p.PostInstall)}
	seen := map[string]bool{"": true}
	for depth := 1; depth <= reachDepth && len(level) > 0; depth++ {
		var next []string
		for _, name := range level {
			class := p.Find(metadata.ApexClass, name)
			if seen[name] || class == nil {
				continue
			}
			seen[name] = true
			for _, m := range objectPlace.FindAllSubmatch(class.Source, -1) {
				a.types[strings.ToLower(string(m[1]))] = true
			}
			for _, word := range identifiers(string(class.Source)) {
				if a.near[word] == 0 {
					a.near[word] = depth
				}
				next = append(next, word)
			}
		}
		level = next
	}
}

// objectPlace matches a word after FROM, NEW, or an opening angle bracket.
var objectPlace = regexp.MustCompile(`(?i)(?:\bfrom\s+|\bnew\s+|[<,]\s*)(\w+)`)

// identifiers lists the words of Apex source in lower case, each once.
func identifiers(source string) []string {
	words := strings.FieldsFunc(strings.ToLower(source), func(r rune) bool {
		return !(r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	slices.Sort(words)
	return slices.Compact(words)
}

// Distance is how near the script comes to a name (API name with or without
// the package's namespace), 0 for not at all.
func (a *Upgrade) Distance(name string) int {
	return a.near[strings.ToLower(metadata.StripNamespace(name, a.Namespace))]
}

// Change is what happens to a component in the upgrade.
func (a *Upgrade) Change(kind metadata.Kind, name string) (metadata.Change, bool) {
	c, ok := a.changed[changeKey(kind, metadata.StripNamespace(name, a.Namespace))]
	return c, ok
}

// weight ranks a target: the nearer the script comes and the more the upgrade
// changes there, the better.
func (a *Upgrade) weight(kind metadata.Kind, fullName, name string) int {
	w := 0
	if d := a.Distance(name); d > 0 {
		w += 10 * (reachDepth + 1 - d)
	}
	if _, ok := a.Change(kind, fullName); ok {
		w += 5
	}
	return w
}
