package suite

import (
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// Allowed says whether the suite accepts, on a day, a finding of an upgrade along
// a path of versions in an org, and by which entry of Allow.
func (e *Expectations) Allowed(f *finding.Finding, org string, path []string, today string) (entry int, ok bool) {
	for i := range e.Allow {
		a := &e.Allow[i]
		if a.Code == string(f.Code) && !a.Expired(today) && Matches(a.Orgs, org) && Matches(a.Upgrades, strings.Join(path, " to ")) && a.covers(f) {
			return i, true
		}
	}
	return 0, false
}

// Matches reports whether a name is among patterns; no pattern means all.
func Matches(patterns []string, name string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return ok && err == nil
	})
}

// covers reports whether everything that a finding names is among what an
// acceptance names; one that names nothing covers all.
func (a *Allow) covers(f *finding.Finding) bool {
	for _, c := range f.Components {
		if len(a.Components) > 0 && !anyLike(a.Components, c.Kind+" "+c.Name, c.String()) {
			return false
		}
	}
	for _, rows := range f.Rows {
		if len(a.Objects) > 0 && !anyLike(a.Objects, rows.Object) {
			return false
		}
	}
	for _, p := range f.Properties {
		if len(a.Properties) > 0 && !anyLike(a.Properties, p) {
			return false
		}
	}
	// Who names components does not speak of findings without one.
	return (len(a.Components) == 0 || len(f.Components) > 0) && (len(a.Objects) == 0 || len(f.Rows) > 0)
}

// anyLike reports whether one of the texts is like one of the patterns.
func anyLike(patterns []string, texts ...string) bool {
	for _, pattern := range patterns {
		for _, text := range texts {
			if like(strings.ToLower(pattern), strings.ToLower(text)) {
				return true
			}
		}
	}
	return false
}

// like matches a text with a pattern in which * stands for any characters. The
// names of components hold slashes and brackets, so that file patterns will not
// do.
func like(pattern, text string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, head) {
		return false
	}
	for text = text[len(head):]; ; text = text[1:] {
		if like(rest, text) {
			return true
		}
		if text == "" {
			return false
		}
	}
}
