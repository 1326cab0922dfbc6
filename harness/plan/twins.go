package plan

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// askTwins marks the scenarios in which the same work of users is done in both
// versions, where the suite goes as deep as that: for each way the first org in use, or the first of all where the plan
// has none.
func (p *Plan) askTwins() {
	first := map[string]int{}
	for i := range p.Scenarios {
		sc := &p.Scenarios[i]
		if !sc.Depth.Reaches(suite.Deep) {
			continue
		}
		key := strings.Join(append([]string{sc.Package, string(sc.Install.Mode)}, sc.Path...), "\x00")
		at, known := first[key]
		if !known || IsPristine(&p.Scenarios[at].Org) && !IsPristine(&sc.Org) {
			first[key] = i
		}
	}
	for _, i := range first {
		p.Scenarios[i].Twins = true
	}
}
