package harness

import (
	"context"
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/traffic"
)

// The phases of business, as labels of its transactions name them.
const (
	phaseBefore = "before"
	phaseDuring = "during"
	phaseAfter  = "after"
)

// userWork is the work of users in one scenario: transactions before the
// upgrade, between its asynchronous ones, and after it.
type userWork struct {
	opt    traffic.Options
	broken []probe.Broken
	counts result.Traffic
}

// newUserWork is what a plan says about a scenario's traffic.
func newUserWork(sc *plan.Scenario, from *metadata.Package) *userWork {
	u := &userWork{opt: traffic.Options{Steps: sc.Traffic, Empty: sc.Org.Traffic != nil && *sc.Org.Traffic > 0}}
	for _, c := range from.Components {
		if c.Kind == metadata.CustomObject {
			u.opt.Objects = append(u.opt.Objects, diff.FullName(org.Key{Kind: c.Kind, Namespace: from.Namespace, Name: c.Name}))
		}
	}
	slices.Sort(u.opt.Objects)
	return u
}

// again is the same work as far as it went, for another fork of the org.
func (u *userWork) again() *userWork {
	c := *u
	c.broken = slices.Clone(u.broken)
	return &c
}

// plan draws the transactions of a phase; nil when there are none.
func (u *userWork) plan(ctx context.Context, o *org.Org, phase string) (*traffic.Plan, error) {
	if u.opt.Steps == 0 {
		return &traffic.Plan{}, nil
	}
	opt := u.opt
	opt.Label = cause.BusinessWord + " " + phase
	return traffic.New(ctx, o, opt)
}

// all runs a phase to its end, with the jobs that it starts.
func (u *userWork) all(ctx context.Context, o *org.Org, phase string) (*traffic.Plan, []org.JobRun, error) {
	p, err := u.plan(ctx, o, phase)
	if err != nil || len(p.Steps) == 0 {
		return p, nil, err
	}
	for {
		_, more, err := p.Next(ctx, o)
		if err != nil {
			return p, nil, err
		}
		if !more {
			break
		}
	}
	runs, err := o.Drain(ctx, org.DrainOptions{})
	if err != nil {
		return p, nil, fmt.Errorf("run the jobs of business %s the upgrade: %w", phase, err)
	}
	return p, runs, nil
}

// before is the business of an org that no upgrade has reached yet: what it
// writes is there in both forks.
func (u *userWork) before(ctx context.Context, o *org.Org) error {
	p, _, err := u.all(ctx, o, phaseBefore)
	if err != nil {
		return err
	}
	u.counts.Before = count(p, nil)
	return nil
}

// during draws the transactions that go between the asynchronous ones of a step.
func (u *userWork) during(ctx context.Context, o *org.Org, step int) (*traffic.Plan, error) {
	phase := phaseDuring
	if step > 1 {
		phase = fmt.Sprintf("%s step %d", phase, step)
	}
	return u.plan(ctx, o, phase)
}

// after is the business of the org that was upgraded.
func (u *userWork) after(ctx context.Context, before, o *org.Org) error {
	p, runs, err := u.all(ctx, o, phaseAfter)
	if err != nil {
		return err
	}
	found, err := u.judge(ctx, before, p, runs, phaseAfter)
	u.counts.After = count(p, found)
	return err
}

// judge tries what failed in the org before the upgrade: what fails there as
// well is nothing that the upgrade broke.
func (u *userWork) judge(ctx context.Context, before *org.Org, p *traffic.Plan, runs []org.JobRun, phase string) ([]probe.Broken, error) {
	var found []probe.Broken
	for i := range p.Outcomes {
		out := &p.Outcomes[i]
		job := failedJob(runs, out.Step.Name)
		if job != nil && out.Err == nil {
			out.Err = job.Err
		}
		if out.Err == nil || out.Unknown {
			continue
		}
		verdict, err := out.Try(ctx, before)
		if err != nil {
			return nil, fmt.Errorf("try %s before the upgrade: %w", out.Step.Name, err)
		}
		if verdict != traffic.Works {
			continue
		}
		broken := probe.Broken{Name: out.Step.Name, Object: out.Step.Object, Action: string(out.Step.Action), Phase: phase}
		broken.Text, broken.Failed, broken.IDs = out.Failure()
		if job != nil {
			broken.Job = string(job.Kind) + " " + job.Class
		}
		found = append(found, broken)
	}
	u.broken = append(u.broken, found...)
	return found, nil
}

// failedJob finds a job that a transaction started and that failed.
func failedJob(runs []org.JobRun, name string) *org.JobRun {
	for i := range runs {
		if runs[i].Err != nil && runs[i].Cause.Transaction == cause.Transaction(name) {
			return &runs[i]
		}
	}
	return nil
}

func count(p *traffic.Plan, broken []probe.Broken) result.TrafficPhase {
	n := result.TrafficPhase{Transactions: len(p.Outcomes), Broken: len(broken)}
	for i := range p.Outcomes {
		n.Rows += p.Outcomes[i].Rows
		if p.Outcomes[i].Err != nil {
			n.Refused++
		}
	}
	return n
}

// ofUpgrade leaves out the jobs that business started.
func ofUpgrade(runs []org.JobRun) (own, others []org.JobRun) {
	for _, run := range runs {
		if run.Cause.Kind() == cause.ByBusiness {
			others = append(others, run)
		} else {
			own = append(own, run)
		}
	}
	return own, others
}

// eventsOfUpgrade leaves out what happened in business and in its jobs.
func eventsOfUpgrade(events []org.Event) []org.Event {
	return slices.DeleteFunc(slices.Clone(events), func(ev org.Event) bool {
		return ev.Cause.Kind() == cause.ByBusiness
	})
}

// worked is what users did; nil when that is nothing.
func (u *userWork) worked() *result.Traffic {
	if u.counts == (result.Traffic{}) {
		return nil
	}
	counts := u.counts
	return &counts
}
