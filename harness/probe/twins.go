package probe

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Twins are the transactions that were carried out both before and after the
// upgrade.
type Twins struct {
	// NotAsked is why there are none: the release changes nothing that acts when
	// rows are saved.
	NotAsked  string
	Tried     int    // transactions, each in both orgs
	Differing []Twin // those that did not do the same in both, in the order in which they were tried
}

// Twin is one transaction that did not do the same in both orgs.
type Twin struct {
	What    string         // as a user would say it: "inserting a Contact"
	Object  string         // that it saves rows of, by API name after the upgrade
	Code    string         // of a call of a method, as Apex; "" for what has its name in What
	User    string         // who did it: "" for an administrator
	Changed []ChangedClass // classes that changed and that it reaches by name
	Differs []Difference
}

// twinTransactions is how many transactions are tried in both orgs at most.
const twinTransactions = 200

// twins carries out the same transactions of users in both orgs, each on forks
// that nothing else has touched, and keeps what they did differently. The upgraded
// org is taken as it was before users went on working in it.
func twins(ctx context.Context, s *Subject, e *Evidence) error {
	if !s.Twins {
		e.Twins.NotAsked = "asked once for each path, in its first org in use"
		return nil
	}
	touched := touchedBy(s)
	if len(touched.components) == 0 {
		e.Twins.NotAsked = "the release changes nothing that acts when rows are saved"
		return nil
	}
	t := &twinRun{subject: s, touched: touched, out: &e.Twins, left: twinTransactions}
	upgraded := s.Upgraded
	if upgraded == nil {
		upgraded = s.After
	}
	var err error
	if t.before, err = newTwinSide(ctx, s.Before); err != nil {
		return err
	}
	defer func() { _ = t.before.org.Close() }()
	if t.after, err = newTwinSide(ctx, upgraded); err != nil {
		return err
	}
	t.after.later = true
	defer func() { _ = t.after.org.Close() }()
	now := max(t.before.org.Clock().Now(), t.after.org.Clock().Now())
	t.before.org.Clock().AdvanceTo(now)
	t.after.org.Clock().AdvanceTo(now)
	objects := t.objects()
	for _, d := range []depth{firstPass, secondPass} {
		for _, o := range objects {
			if d.each && !o.close {
				continue
			}
			if err := t.work(ctx, o, d); err != nil {
				return fmt.Errorf("carry out the same work on %s in both versions: %w", o.name, err)
			}
		}
	}
	return t.calls(ctx)
}

// ChangedClass is a class of the package that changed, with the words that it has
// now and did not have before.
type ChangedClass struct {
	Name string
	New  []string
}

// changedIn are the classes that changed and that a call names; of a save, all
// where they are few.
func (t *twinRun) changedIn(a *act) []ChangedClass {
	const few = 3
	var out []ChangedClass
	for i := range t.touched.components {
		c := &t.touched.components[i]
		if c.Key.Kind != metadata.ApexClass || c.Before == nil || c.After == nil || a.code != "" && !strings.Contains(a.code, c.Key.Name) {
			continue
		}
		out = append(out, ChangedClass{c.FullName(), newWords(c.Before.Component.Source, c.After.Component.Source)})
	}
	if a.code == "" && len(out) > few {
		return nil
	}
	return out
}

// twinSide is one of the two orgs: a fork, and what it was forked from.
type twinSide struct {
	org, base *org.Org
	later     bool     // the org after
	rows      []string // of the story that is being told, by the order in which it inserted them
}

// newTwinSide forks an org and runs the jobs that wait in it.
func newTwinSide(ctx context.Context, base *org.Org) (*twinSide, error) {
	fork, err := base.Fork(ctx, base.Name()+", twins")
	if err != nil {
		return nil, err
	}
	if _, err := fork.Drain(ctx, org.DrainOptions{}); err != nil {
		_ = fork.Close()
		return nil, fmt.Errorf("run what waits in org %s: %w", base.Name(), err)
	}
	fork.LimitJobs(twinJobs)
	return &twinSide{org: fork, base: base}, nil
}

// twinRun is the state of the experiment.
type twinRun struct {
	subject       *Subject
	touched       *touched
	before, after *twinSide
	out           *Twins
	left          int    // transactions that may still be tried
	numbered      int    // unique values that were made
	same          []*act // that did the same in both orgs and depend on no other
	// alike are the rows that the story made, also by what its saves set off: what
	// the org after calls a row of the org before.
	alike map[string]string
}

// apart runs fn and undoes in both orgs what it did.
func (t *twinRun) apart(ctx context.Context, fn func() error) error {
	rows, alike := [2][]string{t.before.rows, t.after.rows}, t.alike
	defer func() { t.before.rows, t.after.rows, t.alike = rows[0], rows[1], alike }()
	if t.alike = maps.Clone(alike); t.alike == nil {
		t.alike = map[string]string{}
	}
	return t.before.org.Undone(ctx, func() error { return t.after.org.Undone(ctx, fn) })
}

// both carries out one transaction in both orgs and keeps what differs. It
// reports whether the story can go on: the transaction did the same in both and
// was refused by neither.
func (t *twinRun) both(ctx context.Context, a *act) (goOn bool, err error) {
	if t.left <= 0 {
		return false, ctx.Err()
	}
	t.left--
	was, err := t.before.carryOut(ctx, a)
	if err != nil {
		return false, err
	}
	if was.unknown || was.nothing {
		return false, nil
	}
	is, err := t.after.carryOut(ctx, a)
	if err != nil {
		return false, err
	}
	if is.unknown || is.nothing {
		return false, nil
	}
	t.out.Tried++
	differs, err := t.compare(ctx, was, is)
	if err != nil {
		return false, err
	}
	if len(differs) > 0 {
		t.out.Differing = append(t.out.Differing, Twin{What: a.what, Object: a.object, Code: shownCall(a.code), User: a.as.told(), Changed: t.changedIn(a), Differs: differs})
		return false, nil
	}
	if a.ids != nil || a.code != "" {
		t.same = append(t.same, a)
	}
	return was.failure == nil, nil
}
