package harness

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// allowed says whether the suite accepts a finding of a scenario, and why.
func (r *run) allowed(sc *Planned, f *finding.Finding) (reason string, ok bool) {
	for i := range r.plan.Suite.Expect.Allow {
		a := &r.plan.Suite.Expect.Allow[i]
		if a.Code == string(f.Code) && matches(a.Orgs, sc.Org.Name) && matches(a.Upgrades, strings.Join(sc.Path, " to ")) && a.covers(f) {
			return a.Reason, true
		}
	}
	return "", false
}

// covers reports whether everything that a finding names is among what an
// acceptance names; one that names nothing covers all.
func (a *AllowSpec) covers(f *finding.Finding) bool {
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
