package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// answers are what is tried in the place of something that is not simulated. The
// first that goes through to the end is told; the others say what of it can be
// relied on.
var answers = []org.Answer{org.EmptyAnswer, org.NullAnswer, org.PassOver}

// stoppedShort is where the script or a job of a step ended at something that is
// not simulated: what would have happened is not known. Nil where nothing did.
func stoppedShort(step *probe.Step) *result.Unknown {
	ended := step.Report.Failure != nil
	for _, job := range step.Jobs {
		ended = ended || job.Err != nil
	}
	for i := range step.Events {
		if ev := &step.Events[i]; ended && ev.Kind == org.Unsimulated {
			return &result.Unknown{Class: unit(ev.Place), Line: ev.Place.Line, What: ev.Message, Version: step.To.Version.String()}
		}
	}
	return nil
}

// answered carries a scenario out once with each answer to what it stopped at,
// and reports what all of them agree on.
func (r *run) answered(ctx context.Context, t *trial, stopped *result.Unknown, out *result.Scenario) error {
	var told []result.Scenario
	var failed error
	for _, a := range answers {
		one := r.blank(t.sc)
		stop, err := r.answer(ctx, t, a, &one)
		switch {
		case ctx.Err() != nil:
			return err
		case err == nil && stop == nil:
			told = append(told, one)
		case err == nil:
			err = fmt.Errorf("it stops beyond that as well: %s", stop)
			fallthrough
		default:
			failed = errors.Join(failed, err)
		}
	}
	if len(told) == 0 {
		return fmt.Errorf("%s, line %d stopped at something that is not simulated: %s: %w", stopped.Class, stopped.Line, stopped.What, failed)
	}
	*out = agreed(told, stopped)
	var notes ledger.Ledger
	notes.Merge(t.before.Ledger())
	for _, e := range out.Ledger {
		notes.Add(e)
	}
	notes.Note(ledger.Unsupported, "apex", "what follows "+fmt.Sprintf("line %d of %s", stopped.Line, stopped.Class),
		fmt.Sprintf("%s: tried with null, with an empty answer and passed over; what %d of the three agree on is told, the rest is unknown", stopped.What, len(told)), stopped.Class)
	out.Ledger = notes.Entries()
	return nil
}

// answer carries a scenario out with one answer. What breaks in the simulator
// because of it says nothing of the upgrade.
func (r *run) answer(ctx context.Context, t *trial, a org.Answer, out *result.Scenario) (stop *result.Unknown, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("with an answer in its place: internal error: %v", p)
		}
	}()
	return t.take(ctx, a, out)
}

// agreed is the scenario that went furthest, with what the others found too.
func agreed(told []result.Scenario, stopped *result.Unknown) result.Scenario {
	best := slices.MaxFunc(told, func(a, b result.Scenario) int { return committed(&a) - committed(&b) })
	unknown := *stopped
	left := map[string]int{} // findings by check
	best.Findings = slices.DeleteFunc(best.Findings, func(f finding.Finding) bool {
		for i := range told {
			if ofNothing(&f) || !slices.ContainsFunc(told[i].Findings, func(other finding.Finding) bool { return other.Fingerprint == f.Fingerprint }) {
				left[f.Check]++
				unknown.LeftOut++
				return true
			}
		}
		return false
	})
	for i := range best.Checks {
		c := &best.Checks[i]
		if n := left[c.Name]; n > 0 {
			c.Findings -= n
			if c.Findings == 0 {
				c.Skipped = unknown.String()
			}
		}
	}
	best.Unknown = &unknown
	if best.Status = result.Passed; len(best.Findings) > 0 {
		best.Status = result.Found
	}
	return best
}

// ofNothing says of a finding that it is what comes of nothing in the place of an
// answer, whichever nothing it is.
func ofNothing(f *finding.Finding) bool {
	return strings.Contains(f.Message, "Attempt to de-reference a null object")
}

// unit is the class or trigger of a place, for readers.
func unit(p cause.Place) string { return strings.TrimPrefix(p.Unit(), "Class.") }

// committed is how many steps of a scenario were not taken back.
func committed(s *result.Scenario) int {
	n := 0
	for _, step := range s.Steps {
		if step.Committed {
			n++
		}
	}
	return n
}

// started makes the org of a scenario. Where installing the version that it
// starts with reaches something that is not simulated, the first answer is taken
// with which it goes through.
func (r *run) started(ctx context.Context, sc *plan.Scenario) (*org.Org, []finding.Mess, *result.Unknown, error) {
	o, mess, err := r.build(ctx, sc, org.Stop)
	var stopped *org.ApexError
	if err == nil || !errors.As(err, &stopped) || !stopped.Missing {
		return o, mess, nil, err
	}
	unknown := &result.Unknown{What: stopped.Message, Version: r.src.get(sc.Package, sc.From()).Version.String(), Before: true}
	if len(stopped.Frames) > 0 {
		unknown.Class, unknown.Line = unit(stopped.Frames[0]), stopped.Frames[0].Line
	}
	for _, a := range answers {
		o, mess, other := r.build(ctx, sc, a)
		if other == nil {
			o.Ledger().Note(ledger.Approximated, "apex", "installing "+unknown.Version, unknown.String(), unknown.Class)
			return o, mess, unknown, nil
		}
	}
	return nil, nil, nil, err
}
