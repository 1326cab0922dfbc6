package harness

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// Plan is every scenario of a suite, as data, before anything runs.
type Plan struct {
	Suite     *Suite
	Seed      uint64
	Scenarios []Planned
}

// Planned is one scenario to come.
type Planned struct {
	ID      string
	Package string
	Path    []string // version names, oldest first
	Org     OrgSpec  // with its Seed filled in
	Mode    Mode
	Seed    uint64
	Traffic int // business transactions a phase, where the org has rows
	// Fresh says that the upgraded org is held against one that installs the
	// last version at once: in one scenario of each way.
	Fresh bool
	// Between are the versions that the way leaves out, where going through
	// them is compared with leaving them out.
	Between  []string
	Security string // who gets access to new components; "": admins
	Removal  string // what an unlocked upgrade does with what left the package; "": mixed
}

// NewPlan crosses the upgrades of a suite with its orgs and modes. The same
// suite gives the same plan; an org has the same seed in all its scenarios, so
// that they start from equal orgs.
func NewPlan(s *Suite) (*Plan, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	p := &Plan{Suite: s, Seed: s.Seed}
	for _, u := range s.Upgrades {
		for _, o := range s.Orgs {
			if len(u.Orgs) > 0 && !slices.Contains(u.Orgs, o.Name) {
				continue
			}
			if o.Seed == nil {
				seed := DeriveSeed(s.Seed, "org/"+o.Name)
				o.Seed = &seed
			}
			for _, m := range s.modesOf(&u) {
				id := strings.Join([]string{s.Name, u.Package, strings.Join(u.Path, "-to-"), o.Name, string(m)}, "/")
				p.Scenarios = append(p.Scenarios, Planned{
					ID: id, Package: u.Package, Path: u.Path, Org: o, Mode: m,
					Seed: DeriveSeed(s.Seed, "scenario/"+id), Traffic: s.trafficIn(&o),
					Security: cmp.Or(u.Security, s.Security), Removal: cmp.Or(u.Removal, s.Removal),
				})
			}
		}
	}
	p.askFresh()
	return p, nil
}

// modesOf are the modes of one way: its own, or those of the suite.
func (s *Suite) modesOf(u *UpgradeSpec) []Mode {
	for _, modes := range [][]Mode{u.Modes, s.Modes} {
		if len(modes) > 0 {
			return modes
		}
	}
	return []Mode{Manual}
}

// trafficIn is how many business transactions a phase has in an org.
func (s *Suite) trafficIn(o *OrgSpec) int {
	switch {
	case o.Traffic != nil:
		return *o.Traffic
	case s.Traffic != nil:
		return *s.Traffic
	default:
		return DefaultTraffic
	}
}

// Only keeps the scenarios whose id or org matches the pattern: a glob of the
// whole id, a plain substring of it, or an org's name. It fails when nothing
// is left.
func (p *Plan) Only(pattern string) (*Plan, error) {
	if pattern == "" {
		return p, nil
	}
	kept := *p
	kept.Scenarios = nil
	for _, sc := range p.Scenarios {
		glob, err := path.Match(pattern, sc.ID)
		if err != nil {
			return nil, fmt.Errorf("--only %q: %w; use *, ? and [a-z] as in file names", pattern, err)
		}
		if glob || pattern == sc.Org.Name || strings.Contains(sc.ID, pattern) {
			kept.Scenarios = append(kept.Scenarios, sc)
		}
	}
	if len(kept.Scenarios) == 0 {
		return nil, fmt.Errorf("--only %q matches none of the %d scenarios; see them with --plan", pattern, len(p.Scenarios))
	}
	return &kept, nil
}

// String prints the plan as a tree: upgrades, then orgs, then what is done.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, seed %d, %s\n", p.Suite.Name, p.Seed, counted(len(p.Scenarios), "scenario"))
	groups := p.byUpgrade()
	for i, group := range groups {
		bar, next := branch(i, len(groups))
		fmt.Fprintf(&b, "%s%s %s\n", bar, group[0].Package, strings.Join(group[0].Path, " → "))
		for j, sc := range group {
			bar2, next2 := branch(j, len(group))
			fmt.Fprintf(&b, "%s%s%s, %s: %s\n", next, bar2, sc.Org.Name, sc.Mode, sc.Org.summary())
			for k, step := range p.steps(sc) {
				bar3, _ := branch(k, len(p.steps(sc)))
				fmt.Fprintf(&b, "%s%s%s%s\n", next, next2, bar3, step)
			}
		}
	}
	return b.String()
}

func (p *Plan) byUpgrade() [][]Planned {
	var groups [][]Planned
	at := map[string]int{}
	for _, sc := range p.Scenarios {
		key := sc.Package + " " + strings.Join(sc.Path, " ")
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], sc)
	}
	return groups
}

// steps tells in words what a scenario does.
func (p *Plan) steps(sc Planned) []string {
	build := fmt.Sprintf("build the org from recipe %s, seed %d", sc.Org.Recipe, *sc.Org.Seed)
	if sc.Org.File != "" {
		build = "open the org " + sc.Org.File
	}
	steps := []string{build, "install " + sc.Path[0], "populate, add mess"}
	if sc.Traffic > 0 {
		steps = append(steps, "business: "+counted(sc.Traffic, "transaction")+sc.where())
	}
	steps = append(steps, "fork: before")
	for _, to := range sc.Path[1:] {
		verb := "upgrade to "
		if sc.Mode == Push {
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
		steps = append(steps, "install "+sc.Path[len(sc.Path)-1]+" in a new org, hold an upgraded one against it")
	}
	if len(sc.Between) > 0 {
		steps = append(steps, "go through "+strings.Join(sc.Between, ", ")+" as well, compare both ways")
	}
	rules := map[string]bool{}
	for _, e := range finding.Codes {
		rules[e.Invariant] = true
	}
	delete(rules, "suite expectation")
	return append(steps, fmt.Sprintf("compare, judge by %s and %s of the suite",
		counted(len(rules), "invariant"), counted(len(p.Suite.Expect.Invariants)+len(p.Suite.Expect.Changes), "expectation")))
}

// where says which orgs have traffic.
func (sc Planned) where() string {
	if sc.Org.Traffic != nil {
		return ""
	}
	return ", if the org has rows"
}

func (o OrgSpec) summary() string {
	s := "recipe " + o.Recipe
	if o.File != "" {
		s = "file " + o.File
	}
	if o.Records > 0 {
		s += fmt.Sprintf(", %d records", o.Records)
	}
	for _, m := range o.Mess {
		switch {
		case !m.On:
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

// DeriveSeed makes the seed of one named stream from another seed. Streams
// with different labels are independent, so that one more draw in one of them
// moves no other.
func DeriveSeed(seed uint64, label string) uint64 {
	var in [8]byte
	binary.BigEndian.PutUint64(in[:], seed)
	sum := sha256.Sum256(append(in[:], label...))
	// 53 bits: any JSON reader keeps the number exactly.
	return binary.BigEndian.Uint64(sum[:8]) >> 11
}
