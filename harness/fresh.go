package harness

import (
	"context"
	"errors"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/build"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// pair makes the two orgs that are held against each other. The upgraded one is
// the scenario's own where that was pristine and nobody worked in it; elsewhere
// both are made aside, since what users did is not the package's.
type pair struct {
	run    *run
	sc     *plan.Scenario
	after  *org.Org
	answer org.Answer // to what is not simulated
	open   []*org.Org
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

// make makes the two orgs. steps are those of the scenario;
// worked says whether users changed records in it.
func (p *pair) make(ctx context.Context, steps []probe.Step, worked bool) (*probe.Pair, error) {
	fresh := &probe.Pair{Upgraded: p.after}
	for _, step := range steps {
		fresh.GrantedByUpgrades = append(fresh.GrantedByUpgrades, step.Report.Grants...)
	}
	var refused *upgrade.Failure
	var why cannotAsk
	if worked || !plan.IsPristine(&p.sc.Org) {
		o, _, err := p.aside(ctx, p.sc.Path)
		if errors.As(err, &refused) {
			return &probe.Pair{NotAsked: "the upgrade is refused in a pristine org: " + refused.Message}, nil
		}
		if errors.As(err, &why) {
			return &probe.Pair{NotAsked: string(why)}, nil
		}
		if err != nil {
			return nil, err
		}
		fresh.Upgraded = o
	}
	o, grants, err := p.aside(ctx, []string{p.sc.To()})
	if errors.As(err, &refused) {
		fresh.Refused = refused
		return fresh, nil
	}
	if errors.As(err, &why) {
		return &probe.Pair{NotAsked: string(why)}, nil
	}
	fresh.Installed, fresh.GrantedByInstall = o, grants
	return fresh, err
}

// cannotAsk is why an org could not be made although nothing failed.
type cannotAsk string

// Error is the reason.
func (c cannotAsk) Error() string { return string(c) }

// aside makes a pristine org and takes it through versions of the package, the
// first of which is installed, and gives what the last one granted.
func (p *pair) aside(ctx context.Context, path []string) (*org.Org, []upgrade.Grant, error) {
	if p.run.opt.Builder == nil {
		return nil, nil, cannotAsk("there is no builder of orgs from recipes")
	}
	spec := suite.Org{Name: p.sc.Org.Name, Recipe: plan.Pristine, Features: p.sc.Org.Features, Edition: p.sc.Org.Edition}
	spec = p.run.withFeatures(p.sc, spec)
	var grants []upgrade.Grant
	built, err := p.run.opt.Builder.Build(ctx, build.Request{Org: spec, Seed: p.sc.Seed, Install: func(ctx context.Context, o *org.Org) error {
		p.open = append(p.open, o)
		o.Answer(p.answer)
		if err := p.run.dependencies(ctx, p.sc, o); err != nil {
			return err
		}
		for i, version := range path {
			opt := p.sc.Install
			if i == 0 {
				opt = opt.First()
			}
			if i == len(path)-1 {
				o.NoteRan() // so that what is compiled for the scenario's org serves this one too
			}
			report, err := upgrade.Install(ctx, o, p.run.src.get(p.sc.Package, version), opt)
			if err == nil {
				_, err = o.Drain(ctx, org.DrainOptions{})
			}
			if why := unsimulated(o); err != nil && why != "" {
				return cannotAsk("installing " + version + " stopped at something that is not simulated: " + why)
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
