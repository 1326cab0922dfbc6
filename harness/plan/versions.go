package plan

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// Version names one version of one package of the suite.
type Version struct{ Package, Name string }

// Versions lists the versions of a plan and of what they depend on, each once,
// in plan order.
func (p *Plan) Versions() []Version {
	var wanted []Version
	add := func(v Version) {
		if !slices.Contains(wanted, v) {
			wanted = append(wanted, v)
		}
	}
	for i := range p.Scenarios {
		for _, v := range p.Needs(&p.Scenarios[i]) {
			add(v)
		}
	}
	return wanted
}

// Needs lists the versions that a scenario needs: of what its package depends on,
// of its way, and of those that its way leaves out.
func (p *Plan) Needs(sc *Scenario) []Version {
	needed := p.Dependencies(sc.Package)
	for _, name := range slices.Concat(sc.Path, sc.Between) {
		needed = append(needed, Version{sc.Package, name})
	}
	return needed
}

// Dependencies lists what a package needs, in the order of installing: what a
// dependency needs itself comes before it, each once.
func (p *Plan) Dependencies(name string) []Version {
	var list []Version
	seen := map[string]bool{name: true}
	var visit func(pkg *suite.Package)
	visit = func(pkg *suite.Package) {
		if pkg == nil {
			return
		}
		for _, dep := range pkg.DependsOn {
			other, version, _ := strings.Cut(dep, "@")
			if seen[other] {
				continue
			}
			seen[other] = true
			visit(p.Suite.Package(other))
			list = append(list, Version{other, version})
		}
	}
	visit(p.Suite.Package(name))
	return list
}

// LeftOut names the versions of a package whose numbers, by what the suite says
// of them, lie between two others, oldest first.
func (p *Plan) LeftOut(pkg string, from, to metadata.Version) []string {
	type numbered struct {
		name   string
		number metadata.Version
	}
	var between []numbered
	for _, v := range p.Suite.Package(pkg).Versions {
		number, ok := v.Numbered(metadata.Version{})
		if ok && number.Compare(from) > 0 && number.Compare(to) < 0 {
			between = append(between, numbered{v.Name, number})
		}
	}
	slices.SortStableFunc(between, func(a, b numbered) int { return a.number.Compare(b.number) })
	var names []string
	for _, v := range between {
		names = append(names, v.name)
	}
	return names
}
