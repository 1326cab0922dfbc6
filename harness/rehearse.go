package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/build"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// rehearse carries out one scenario: an org with the old version, a fork that
// goes through the upgrades, the comparison, the judgement.
func (r *run) rehearse(ctx context.Context, sc *plan.Scenario, out *result.Scenario) (err error) {
	r.opt.Progress.Started(sc, steps(sc))
	r.opt.Progress.Step(sc, 0, "building the org")
	before, mess, unknown, err := r.started(ctx, sc)
	if err != nil {
		return fmt.Errorf("build org %s: %w", sc.Org.Name, err)
	}
	defer func() { _ = before.Close() }()
	before.NoteRan()
	t := &trial{run: r, sc: sc, before: before, mess: mess, users: newUserWork(sc, r.src.get(sc.Package, sc.From()))}
	defer func() {
		if fault := errors.Join(before.Fault(), t.fault); fault != nil {
			*out = r.blank(sc) // nothing of it can be relied on
			err = fmt.Errorf("the database of org %s failed: %w", sc.Org.Name, fault)
		}
	}()
	if err := t.users.before(ctx, before); err != nil {
		return fmt.Errorf("business in org %s: %w", sc.Org.Name, err)
	}
	out.Unknown = unknown
	stopped, err := t.take(ctx, org.Stop, out)
	if err != nil || stopped == nil {
		return err
	}
	return r.answered(ctx, t, stopped, out)
}

// trial is a scenario whose org is built: what is done with forks of it.
type trial struct {
	*run
	sc     *plan.Scenario
	before *org.Org
	mess   []finding.Mess
	users  *userWork // as it is when the upgrade begins
	fault  error     // of a database
}

// steps is how many steps of progress a scenario has.
func steps(sc *plan.Scenario) int { return len(sc.Path) + 2 }

// take carries out the upgrades on a fork, compares and judges, with an answer to
// what is not simulated. Where it stops at such a thing, it says at which one and
// leaves the rest.
func (t *trial) take(ctx context.Context, answer org.Answer, out *result.Scenario) (*result.Unknown, error) {
	r, sc, users := t.run, t.sc, t.users.again()
	before := t.before
	if answer != org.Stop {
		fork, err := t.before.Fork(ctx, t.before.Name())
		if err != nil {
			return nil, fmt.Errorf("fork org %s: %w", sc.Org.Name, err)
		}
		defer func() { _ = fork.Close() }()
		fork.Answer(answer)
		before = fork
	}
	after, err := before.Fork(ctx, sc.Org.Name)
	if err != nil {
		return nil, fmt.Errorf("fork org %s: %w", sc.Org.Name, err)
	}
	defer func() { _ = after.Close() }()

	subject := &probe.Subject{
		Before: before, After: after, Mess: t.mess,
		From: r.src.get(sc.Package, sc.From()), To: r.src.get(sc.Package, sc.To()),
		Skipped: r.skipped(sc), Strict: r.plan.Suite.Strict, Versions: &r.versions, Depth: sc.Depth, TellsVersions: sc.TellsVersions, Twins: sc.Twins,
	}
	subject.Beside.From, subject.Beside.To = r.src.beside[subject.From].after, r.src.beside[subject.To].after
	subject.Aim = r.src.aimAt(subject.From, subject.To)
	for _, name := range sc.Between {
		subject.Between = append(subject.Between, r.src.get(sc.Package, name))
	}
	out.Steps = []result.Step{{To: sc.From(), Committed: true, Script: subject.From.PostInstall}}
	for i := 1; i < len(sc.Path); i++ {
		r.opt.Progress.Step(sc, i, "upgrading to "+sc.Path[i])
		step, err := r.step(ctx, sc, before, after, i, users)
		if err != nil {
			return nil, err
		}
		if stopped := stoppedShort(step); stopped != nil {
			stopped.Version = sc.Path[i]
			return stopped, nil
		}
		subject.Steps = append(subject.Steps, *step)
		out.Steps = append(out.Steps, summarise(sc, i, step))
		if step.Report.Failure != nil {
			break
		}
	}
	if !subject.Undone() {
		if subject.Upgraded, err = after.Fork(ctx, sc.Org.Name+", upgraded"); err != nil {
			return nil, fmt.Errorf("fork org %s: %w", sc.Org.Name, err)
		}
		defer func() { _ = subject.Upgraded.Close() }()
		if err := users.after(ctx, before, after); err != nil {
			return nil, fmt.Errorf("business in org %s: %w", sc.Org.Name, err)
		}
	}
	subject.Broken, out.Traffic = users.broken, users.worked()
	subject.Worked = out.Traffic != nil
	r.opt.Progress.Step(sc, steps(sc)-2, "comparing")
	if subject.Diff, err = diff.Compare(ctx, before, after); err != nil {
		return nil, fmt.Errorf("compare org %s before and after: %w", sc.Org.Name, err)
	}
	if sc.Fresh && !subject.Undone() {
		r.opt.Progress.Step(sc, steps(sc)-2, "making a fresh org")
		orgs := &pair{run: r, sc: sc, after: after, answer: answer}
		defer func() {
			t.fault = errors.Join(t.fault, orgs.fault())
			orgs.close()
		}()
		if subject.Fresh, err = orgs.make(ctx, subject.Steps, subject.Worked); err != nil {
			return nil, fmt.Errorf("make an org like %s afresh: %w", sc.Org.Name, err)
		}
	}
	r.opt.Progress.Step(sc, steps(sc)-1, "judging")
	if budget := r.plan.Suite.Searches(); budget > 0 {
		subject.Until = time.Now().Add(budget)
	}
	return nil, r.judge(ctx, sc, subject, out)
}

// judge carries out the experiments on what a scenario has come to, judges what
// they give and tells it.
func (r *run) judge(ctx context.Context, sc *plan.Scenario, subject *probe.Subject, out *result.Scenario) error {
	rules, changes := r.expectFor(sc)
	for _, rule := range rules {
		subject.Queries = append(subject.Queries, rule.SOQL)
	}
	gathered, err := probe.Gather(ctx, subject)
	if err != nil {
		return err
	}
	evidence := &invariant.Evidence{Evidence: gathered, Rules: rules, Changes: changes, Strict: r.plan.Suite.Expect.Strict,
		Allow: func(f *finding.Finding) (int, bool) {
			return r.plan.Suite.Expect.Allowed(f, sc.Org.Name, sc.Path, r.today)
		}}
	r.report(out, evidence, invariant.Judge(evidence))
	return nil
}

// build makes the org of a scenario with the old version in it.
func (r *run) build(ctx context.Context, sc *plan.Scenario, answer org.Answer) (*org.Org, []finding.Mess, error) {
	install := func(ctx context.Context, o *org.Org) error {
		o.Answer(answer)
		defer o.Answer(org.Stop)
		return r.install(ctx, sc, o)
	}
	if sc.Org.File != "" {
		open := org.Open
		if b, ok := r.opt.Builder.(Opener); ok {
			open = b.Open
		}
		o, err := open(ctx, sc.Org.File)
		if err != nil {
			return nil, nil, err
		}
		if err := install(ctx, o); err != nil {
			_ = o.Close()
			return nil, nil, err
		}
		return o, nil, nil
	}
	if r.opt.Builder == nil {
		return nil, nil, fmt.Errorf("there is no builder of orgs from recipes")
	}
	built, err := r.opt.Builder.Build(ctx, build.Request{
		Org: r.withFeatures(sc, sc.Org), Seed: sc.Seed, Install: install,
		From: r.src.get(sc.Package, sc.From()), To: r.src.get(sc.Package, sc.To()),
	})
	if err != nil {
		return nil, nil, err
	}
	return built.Org, built.Mess, nil
}

// withFeatures gives an org the features without which it could not have the
// version that the scenario starts with. What later versions need on top is for
// the upgrade to fail at.
func (r *run) withFeatures(sc *plan.Scenario, spec suite.Org) suite.Org {
	packages := []*metadata.Package{r.src.get(sc.Package, sc.From())}
	for _, dep := range r.plan.Dependencies(sc.Package) {
		packages = append(packages, r.src.get(dep.Package, dep.Name))
	}
	spec.Features = schema.FeaturesFor(spec.Features, packages...)
	return spec
}

// install puts the packages that a scenario starts with into an org that does
// not have them yet.
func (r *run) install(ctx context.Context, sc *plan.Scenario, o *org.Org) error {
	if err := r.dependencies(ctx, sc, o); err != nil {
		return err
	}
	return r.first(ctx, sc, o, r.src.get(sc.Package, sc.From()))
}

// dependencies installs what the package of a scenario needs, in order.
func (r *run) dependencies(ctx context.Context, sc *plan.Scenario, o *org.Org) error {
	var needed []*metadata.Package
	for _, dep := range r.plan.Dependencies(sc.Package) {
		needed = append(needed, r.src.get(dep.Package, dep.Name))
	}
	return r.first(ctx, sc, o, needed...)
}

// first installs packages by hand, with the jobs that they start, where the org
// does not have them.
func (r *run) first(ctx context.Context, sc *plan.Scenario, o *org.Org, packages ...*metadata.Package) error {
	o.LimitJobs(r.plan.Suite.AsyncJobs)
	for _, pkg := range packages {
		if have, ok := o.Installed(pkg); ok && have.Version == pkg.Version {
			continue
		}
		own := r.src.beside[pkg]
		if err := deployOwn(ctx, o, own.before); err != nil {
			return err
		}
		if _, err := upgrade.Install(ctx, o, pkg, sc.Install.First()); err != nil {
			var failure *upgrade.Failure
			if errors.As(err, &failure) && failure.Class == upgrade.DependencyMissing {
				err = fmt.Errorf("%w Name it under dependsOn of a suite; see rehearse run --help", err)
			}
			return fmt.Errorf("install %s %s: %w", pkg.Name, pkg.Version, err)
		}
		if _, err := o.Drain(ctx, org.DrainOptions{}); err != nil {
			return fmt.Errorf("run the jobs of installing %s %s: %w", pkg.Name, pkg.Version, err)
		}
		if err := deployOwn(ctx, o, own.after); err != nil {
			return err
		}
	}
	return nil
}

// deployOwn deploys what a project has beside its package; nil is nothing.
func deployOwn(ctx context.Context, o *org.Org, source *metadata.Package) error {
	if source == nil {
		return nil
	}
	return upgrade.DeployOwn(ctx, o, source)
}

// step upgrades to the i-th version of a path and runs the jobs that follow,
// while users go on working.
func (r *run) step(ctx context.Context, sc *plan.Scenario, before, o *org.Org, i int, users *userWork) (*probe.Step, error) {
	step := &probe.Step{From: r.src.get(sc.Package, sc.Path[i-1]), To: r.src.get(sc.Package, sc.Path[i])}
	o.Trace().Reset()
	var report *upgrade.Report
	var err error
	step.Ran, err = o.RanIn(func() error {
		report, err = upgrade.Install(ctx, o, step.To, sc.Install)
		return err
	})
	step.Report = report
	if err != nil && report.Failure == nil {
		return nil, fmt.Errorf("upgrade %s from %s to %s: %w", sc.Package, sc.Path[i-1], sc.Path[i], err)
	}
	if report.Failure == nil {
		if step.Jobs, err = r.drain(ctx, before, o, i, users); err != nil {
			return nil, fmt.Errorf("run the jobs of upgrading %s to %s: %w", sc.Package, sc.Path[i], err)
		}
	}
	step.Events = eventsOfUpgrade(o.Trace().Events())
	return step, nil
}

// drain runs the jobs of a step, with a business transaction after each.
func (r *run) drain(ctx context.Context, before, o *org.Org, i int, users *userWork) ([]org.JobRun, error) {
	meanwhile, err := users.during(ctx, o, i)
	if err != nil {
		return nil, err
	}
	runs, err := o.Drain(ctx, org.DrainOptions{Between: meanwhile.Between(o)})
	if err != nil {
		return nil, err
	}
	own, others := ofUpgrade(runs)
	found, err := users.judge(ctx, before, meanwhile, others, phaseDuring)
	users.counts.During.Add(count(meanwhile, found))
	return own, err
}

// skipped lists versions of the package that lie between those of the path.
func (r *run) skipped(sc *plan.Scenario) []string {
	var names []string
	for i := 1; i < len(sc.Path); i++ {
		from, to := r.src.get(sc.Package, sc.Path[i-1]).Version, r.src.get(sc.Package, sc.Path[i]).Version
		names = append(names, r.plan.LeftOut(sc.Package, from, to)...)
	}
	return names
}
