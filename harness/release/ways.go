package release

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// connect finds what a release descends from and from which releases orgs can
// upgrade to it, by the platform's rules (versions-and-push.md, section 2):
//
//   - a version that names an ancestor (second generation, managed): from what it
//     descends from, at any distance
//   - any other managed version: from every lower number
//   - unlocked and unmanaged: over whatever is there; told are the older ones
//   - none from a version with another namespace: that is another package
//
// Nobody upgrades from a managed beta, and betas come to no customer.
func (l *Log) connect(i int) {
	r := &l.Releases[i]
	r.From = []string{}
	if r.head.Kind == metadata.Managed && r.head.Ancestor != "" {
		parent, ok := l.ancestor(i)
		if !ok {
			r.Ancestor = r.head.Ancestor
		}
		if ok {
			r.Ancestor = l.Releases[parent].Ref
			r.From = append(slices.Clone(l.Releases[parent].From), r.Ancestor)
		}
		if ok || strings.EqualFold(r.head.Ancestor, "NONE") {
			return
		}
	}
	for j := range l.Releases[:i] {
		old := &l.Releases[j]
		if !SamePackage(old.Namespace, r.Namespace) || r.head.Kind == metadata.Managed && (old.Beta || old.Number.Compare(r.Number) >= 0) {
			continue
		}
		r.From = append(r.From, old.Ref)
	}
}

// SamePackage reports whether versions with these namespaces can be of one
// package. Where a project says none, nothing is known.
func SamePackage(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }

// ancestor is the release that a version says it descends from. Of an id nothing
// is known but that it is a release.
func (l *Log) ancestor(i int) (int, bool) {
	r := &l.Releases[i]
	highest := strings.EqualFold(r.head.Ancestor, "HIGHEST")
	said, numbered := metadata.ParseVersion(r.head.Ancestor)
	for j := i - 1; j >= 0; j-- {
		old := &l.Releases[j]
		if old.Beta || old.Number.Compare(r.Number) >= 0 {
			continue
		}
		switch n := old.Number; {
		case highest && n.Patch == 0,
			numbered && n.Major == said.Major && n.Minor == said.Minor && n.Patch == said.Patch:
			return j, true
		}
	}
	return 0, false
}

// Before is the newest release whose orgs can upgrade to another and whose source
// can be read, -1 for none.
func (l *Log) Before(i int) int {
	for _, ref := range slices.Backward(l.Releases[i].From) {
		if at := l.Find(ref); l.Releases[at].Unread == "" {
			return at
		}
	}
	return -1
}
