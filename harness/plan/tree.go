package plan

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// String prints the plan as a tree: upgrades, then orgs, then what is done.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, seed %d, %s\n", p.Suite.Name, p.Suite.Seed, counted(len(p.Scenarios), "scenario"))
	groups := p.byUpgrade()
	for i, group := range groups {
		bar, next := branch(i, len(groups))
		fmt.Fprintf(&b, "%s%s %s\n", bar, group[0].Package, strings.Join(group[0].Path, " → "))
		for j, sc := range group {
			bar2, next2 := branch(j, len(group))
			fmt.Fprintf(&b, "%s%s%s, %s: %s\n", next, bar2, sc.Org.Name, sc.Install.Mode, summary(&sc.Org))
			for k, step := range p.steps(sc) {
				bar3, _ := branch(k, len(p.steps(sc)))
				fmt.Fprintf(&b, "%s%s%s%s\n", next, next2, bar3, step)
			}
		}
	}
	return b.String()
}

func (p *Plan) byUpgrade() [][]*Scenario {
	var groups [][]*Scenario
	known := map[string]int{}
	for i := range p.Scenarios {
		sc := &p.Scenarios[i]
		key := sc.Package + " " + strings.Join(sc.Path, " ")
		at, ok := known[key]
		if !ok {
			at = len(groups)
			known[key] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], sc)
	}
	return groups
}

// steps tells in words what a scenario does.
func (p *Plan) steps(sc *Scenario) []string {
	build := fmt.Sprintf("build the org from recipe %s, seed %d", sc.Org.Recipe, sc.Seed)
	if sc.Org.File != "" {
		build = "open the org " + sc.Org.File
	}
	steps := []string{build, "install " + sc.From(), "populate, add mess"}
	if sc.Traffic > 0 {
		steps = append(steps, "business: "+counted(sc.Traffic, "transaction")+sc.where())
	}
	steps = append(steps, "fork: before")
	for _, to := range sc.Path[1:] {
		verb := "upgrade to "
		if sc.Install.Mode == install.Push {
			verb = "push "
		}
		jobs := ", run its post-install script, drain its jobs"
		if sc.Traffic > 0 {
			jobs += fmt.Sprintf(" with up to %s in between", counted(sc.Traffic, "business transaction"))
		}
		steps = append(steps, verb+to+jobs)
	}
	if sc.Traffic > 0 {
		steps = append(steps, "business: "+counted(sc.Traffic, "transaction")+"; try what fails in the org before")
	}
	if sc.Fresh {
		steps = append(steps, "install "+sc.To()+" in a new org, hold an upgraded one against it")
	}
	if len(sc.Between) > 0 {
		steps = append(steps, "go through "+strings.Join(sc.Between, ", ")+" as well, compare both ways")
	}
	if sc.Twins {
		steps = append(steps, "do the same work of users in both versions, on forks that are thrown away")
	}
	return append(steps, fmt.Sprintf("compare, judge by the invariants and %s of the suite",
		counted(len(p.Suite.Expect.Invariants)+len(p.Suite.Expect.Changes), "expectation")))
}

// where says which orgs have traffic.
func (sc *Scenario) where() string {
	if sc.Org.Traffic != nil {
		return ""
	}
	return ", if the org has rows"
}

// summary is an org in a clause.
func summary(o *suite.Org) string {
	s := "recipe " + o.Recipe
	if o.File != "" {
		s = "file " + o.File
	}
	if o.Records > 0 {
		s += fmt.Sprintf(", %d records", o.Records)
	}
	for _, m := range o.Mess {
		switch {
		case m.Off:
			s += ", without " + m.Number
		case m.Rate > 0:
			s += fmt.Sprintf(", %s at %g", m.Number, m.Rate)
		default:
			s += ", " + m.Number
		}
	}
	return s
}

func branch(i, n int) (bar, next string) {
	if i == n-1 {
		return "└─ ", "   "
	}
	return "├─ ", "│  "
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
