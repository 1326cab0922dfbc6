package plan

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// Pristine is the recipe of orgs without records and customisation.
const Pristine = "pristine"

// IsPristine reports whether an org is new but for the packages in it.
func IsPristine(o *suite.Org) bool {
	return o.File == "" && strings.EqualFold(o.Recipe, Pristine) && len(o.Mess) == 0 && (o.Traffic == nil || *o.Traffic == 0)
}

// askFresh marks the scenarios in which an upgraded org is held against a fresh
// install, and what the versions tell by themselves is told: one for each way, in
// a pristine org where the plan has one.
func (p *Plan) askFresh() {
	first := map[string]int{}
	for i := range p.Scenarios {
		sc := &p.Scenarios[i]
		key := strings.Join(append([]string{sc.Package, string(sc.Install.Mode)}, sc.Path...), "\x00")
		at, known := first[key]
		if !known || IsPristine(&sc.Org) && !IsPristine(&p.Scenarios[at].Org) {
			first[key] = i
		}
	}
	asked := !p.Suite.Expect.FreshOff && !p.Shallow()
	for _, i := range first {
		p.Scenarios[i].TellsVersions, p.Scenarios[i].Fresh = true, asked
	}
	for i := range p.Scenarios {
		if sc := &p.Scenarios[i]; sc.Fresh && IsPristine(&sc.Org) && len(sc.Path) == 2 && !p.walks(sc) {
			sc.Between = p.between(sc)
		}
	}
}

// walks reports whether a chain of the plan has the ends of a scenario's path:
// then that one compares going step by step with going at once.
func (p *Plan) walks(sc *Scenario) bool {
	return slices.ContainsFunc(p.Scenarios, func(o Scenario) bool {
		return o.Package == sc.Package && len(o.Path) > 2 && o.From() == sc.From() && o.To() == sc.To()
	})
}

// between lists the versions that lie between the ends of a scenario's path by
// the numbers that the suite has for them.
func (p *Plan) between(sc *Scenario) []string {
	pkg := p.Suite.Package(sc.Package)
	from, okFrom := pkg.Version(sc.From()).Numbered(metadata.Version{})
	to, okTo := pkg.Version(sc.To()).Numbered(metadata.Version{})
	if !okFrom || !okTo {
		return nil
	}
	return p.LeftOut(sc.Package, from, to)
}
