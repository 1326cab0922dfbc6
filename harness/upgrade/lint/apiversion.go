package lint

import (
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Crossing is a class or trigger whose API version the new version raises over
// one from which on it behaves otherwise, in a place that does what changes.
type Crossing struct {
	Component *metadata.Component // of the new version
	From, To  string              // API versions: "58.0"
	Behaviour types.Behaviour
	Span      diag.Span // the first such place
}

// Crossings lists them, in the order of the package. Tests are left out.
func Crossings(before, after *metadata.Package) []Crossing {
	var list []Crossing
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, is := range after.OfKind(kind) {
			was := before.Find(kind, is.Name)
			if was == nil || was.APIVersion == is.APIVersion || was.APIVersion == "" {
				continue
			}
			crosses := types.Crosses(majorOf(was.APIVersion), majorOf(is.APIVersion))
			if len(crosses) == 0 || strings.Contains(strings.ToLower(string(is.Source)), "@istest") {
				continue
			}
			u := parseApex(is)
			for _, b := range crosses {
				if at := b.Uses(u); at != nil {
					list = append(list, Crossing{is, was.APIVersion, is.APIVersion, b, u.Span(at)})
				}
			}
		}
	}
	return list
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

// crossings reports them.
func (c *checker) crossings() {
	for _, x := range Crossings(c.before, c.after) {
		p := c.add(APIVersionCrosses, x.Component, "", "%s %s goes from API version %s to %s: from %d.0 on it %s", x.Component.Kind, x.Component.Name, x.From, x.To, x.Behaviour.From, x.Behaviour.Is)
		p.Span, p.From, p.To = x.Span, x.From, x.To
	}
}
