package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// isPristine reports whether an org is new but for the packages in it.
func (o *OrgSpec) isPristine() bool {
	return o.File == "" && strings.EqualFold(o.Recipe, pristine) && len(o.Mess) == 0 && (o.Traffic == nil || *o.Traffic == 0)
}

// pristine is the recipe of orgs without records and customisation.
const pristine = "pristine"

// askFresh marks the scenarios in which an upgraded org is held against a fresh
// install: one for each way, in a pristine org where the plan has one.
func (p *Plan) askFresh() {
	if p.Suite.Expect.FreshOff {
		return
	}
	first := map[string]int{}
	for i := range p.Scenarios {
		sc := &p.Scenarios[i]
		key := strings.Join(append([]string{sc.Package, string(sc.Mode)}, sc.Path...), "\x00")
		at, known := first[key]
		if !known || sc.Org.isPristine() && !p.Scenarios[at].Org.isPristine() {
			first[key] = i
		}
	}
	for _, i := range first {
		p.Scenarios[i].Fresh = true
	}
	for i := range p.Scenarios {
		if sc := &p.Scenarios[i]; sc.Fresh && sc.Org.isPristine() && len(sc.Path) == 2 && !p.walks(sc) {
			sc.Between = p.Suite.Package(sc.Package).between(sc.Path[0], sc.Path[1])
		}
	}
}

// walks reports whether a chain of the plan has the ends of a scenario's path:
// then that one compares going step by step with going at once.
func (p *Plan) walks(sc *Planned) bool {
	return slices.ContainsFunc(p.Scenarios, func(o Planned) bool {
		return o.Package == sc.Package && len(o.Path) > 2 && o.Path[0] == sc.Path[0] && o.Path[len(o.Path)-1] == sc.Path[len(sc.Path)-1]
	})
}

// between lists the versions that the package names with numbers between two
// others, oldest first.
func (p *PackageSpec) between(from, to string) []string {
	number := func(name string) (metadata.Version, bool) {
		v := p.Version(name)
		text := v.Number
		if text == "" {
			text = strings.TrimLeft(v.Name, "vVrelas/-")
		}
		return metadata.ParseVersion(text)
	}
	low, okLow := number(from)
	high, okHigh := number(to)
	if !okLow || !okHigh {
		return nil
	}
	var names []string
	for _, v := range p.Versions {
		if n, ok := number(v.Name); ok && n.Compare(low) > 0 && n.Compare(high) < 0 {
			names = append(names, v.Name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		va, _ := number(a)
		vb, _ := number(b)
		return va.Compare(vb)
	})
	return names
}

// pair makes the two orgs that are held against each other. The upgraded one is
// the scenario's own where that was pristine and nobody worked in it; elsewhere
// both are made aside, since what users did is not the package's.
type pair struct {
	run   *run
	sc    *Planned
	after *org.Org
	open  []*org.Org
}

// fault is what failed of the databases of the orgs made so far.
func (p *pair) fault() error {
	if p == nil {
		return nil
	}
	for _, o := range p.open {
		if err := o.Fault(); err != nil {
			return err
		}
	}
	return nil
}

func (p *pair) close() {
	for _, o := range p.open {
		_ = o.Close()
	}
}

// make is what upgraded-equals-fresh asks for. steps are those of the scenario;
// worked says whether users changed records in it.
func (p *pair) make(ctx context.Context, steps []probe.Step, worked bool) (*probe.Pair, error) {
	fresh := &probe.Pair{Upgraded: p.after}
	for _, step := range steps {
		fresh.GrantedByUpgrades = append(fresh.GrantedByUpgrades, step.Report.Grants...)
	}
	var refused *upgrade.Failure
	if worked || !p.sc.Org.isPristine() {
		o, _, err := p.aside(ctx, p.sc.Path)
		if errors.As(err, &refused) {
			return nil, probe.CannotAsk("the upgrade is refused in a pristine org: " + refused.Message)
		}
		if err != nil {
			return nil, err
		}
		fresh.Upgraded = o
	}
	o, grants, err := p.aside(ctx, p.sc.Path[len(p.sc.Path)-1:])
	if errors.As(err, &refused) {
		fresh.Refused = refused
		return fresh, nil
	}
	fresh.Installed, fresh.GrantedByInstall = o, grants
	return fresh, err
}

// aside makes a pristine org and takes it through versions of the package, the
// first of which is installed, and gives what the last one granted.
func (p *pair) aside(ctx context.Context, path []string) (*org.Org, []upgrade.Grant, error) {
	if p.run.opt.Builder == nil {
		return nil, nil, probe.CannotAsk("there is no builder of orgs from recipes")
	}
	spec := OrgSpec{Name: p.sc.Org.Name, Recipe: pristine, Seed: p.sc.Org.Seed, Features: p.sc.Org.Features, Edition: p.sc.Org.Edition}
	spec = p.run.withFeatures(p.sc, spec)
	var grants []upgrade.Grant
	built, err := p.run.opt.Builder.Build(ctx, BuildRequest{Org: spec, Seed: *spec.Seed, Install: func(ctx context.Context, o *org.Org) error {
		p.open = append(p.open, o)
		if err := p.run.dependencies(ctx, p.sc, o); err != nil {
			return err
		}
		for i, version := range path {
			opt := p.run.options(p.sc)
			if i == 0 {
				opt = opt.First()
			}
			report, err := upgrade.Install(ctx, o, p.run.src.get(p.sc.Package, version), opt)
			if err == nil {
				_, err = o.Drain(ctx, org.DrainOptions{})
			}
			if why := unsimulated(o); err != nil && why != "" {
				return probe.CannotAsk("installing " + version + " stopped at something that is not simulated: " + why)
			}
			if err != nil {
				return fmt.Errorf("install %s %s in a pristine org: %w", p.sc.Package, version, err)
			}
			grants = report.Grants
		}
		return nil
	}})
	if err != nil {
		return nil, nil, err
	}
	return built.Org, grants, nil
}

// unsimulated is what an org's trace reached that is not simulated; "" when
// there is nothing.
func unsimulated(o *org.Org) string {
	for _, ev := range o.Trace().Events() {
		if ev.Kind == org.Unsimulated {
			return ev.Message
		}
	}
	return ""
}
