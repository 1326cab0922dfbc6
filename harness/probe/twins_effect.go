package probe

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// act is one transaction of a user, as it is carried out in either org.
type act struct {
	what   string // as a user would say it: "inserting a Contact"
	object string
	as     *persona // nil for the administrator
	ids    []string // of the rows that are there and that it is about
	// statement makes the DML in terms of an org; nil rows: the org has nothing
	// to do it with.
	statement func(ctx context.Context, side *twinSide) (schema.Statement, error)
	keep      bool   // the rows that it inserts are the story's
	code      string // anonymous Apex in the place of a statement
	namespace string // that its names resolve in first
}

// effect is what a transaction did, with the jobs that it started.
type effect struct {
	unknown bool // it reached something that is not simulated
	nothing bool // there was nothing to do
	failure error
	objects map[string]*written // by API name in lower case
	thrown  []Event             // exceptions that were caught, or that ended a job
	jobs    map[string]int      // by kind and class
	mails   int
	debug   []string          // lines of System.debug
	told    map[string]string // what a call answered, in a few words
}

// written are rows of one object that a transaction wrote, by id in the order in
// which they were first written.
type written struct {
	inserted, updated, deleted []string
}

// twinJobs is how many asynchronous jobs one transaction may start.
const twinJobs = 300

// carryOut runs an act and the jobs that it starts.
func (s *twinSide) carryOut(ctx context.Context, a *act) (*effect, error) {
	if a.code != "" {
		return s.call(ctx, a)
	}
	st, err := a.statement(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(st.Records) == 0 {
		return &effect{nothing: true}, nil
	}
	return s.observe(ctx, a, func(tx *org.Tx) error {
		results, err := tx.DML(ctx, st)
		if err == nil && a.keep {
			for _, r := range results {
				s.rows = append(s.rows, r.ID)
			}
		}
		return err
	})
}

// observe runs a transaction and tells what it did.
func (s *twinSide) observe(ctx context.Context, a *act, fn func(tx *org.Tx) error) (*effect, error) {
	mark, err := s.org.Store().JournalEnd(ctx)
	if err != nil {
		return nil, err
	}
	met := len(s.org.Trace().Events())
	result, failure := s.org.Run(ctx, org.TxOptions{Cause: cause.Transaction(cause.BusinessWord + " tried: " + a.what), User: a.as.id(s), Namespace: a.namespace}, fn)
	e := &effect{failure: failure, objects: map[string]*written{}, jobs: map[string]int{}}
	e.take(result)
	e.debug = result.Debug
	runs, stopped := s.org.Drain(ctx, org.DrainOptions{})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, run := range runs {
		e.jobs[string(run.Kind)+" "+qualifiedClass(run.Namespace, run.Class)]++
		e.take(run.Result)
	}
	for _, ev := range s.org.Trace().Events()[met:] {
		switch ev.Kind {
		case org.Unsimulated, org.JobsEndless:
			e.unknown = true
		case org.Caught, org.JobFailed:
			e.thrown = append(e.thrown, ev)
		}
	}
	e.unknown = e.unknown || stopped != nil || failure != nil && !ofRows(failure)
	return e, s.written(ctx, mark, e)
}

// ofRows reports whether a transaction ended with what users see: an error of
// their rows, or an exception.
func ofRows(err error) bool {
	var refused *dml.Error
	var thrown *org.ApexError
	return errors.As(err, &refused) || errors.As(err, &thrown) && !thrown.Missing
}

func qualifiedClass(ns, class string) string {
	if ns == "" || strings.HasPrefix(strings.ToLower(class), strings.ToLower(ns)+".") {
		return class
	}
	return ns + "." + class
}

func (e *effect) take(r *org.TxResult) {
	if r == nil {
		return
	}
	e.mails += len(r.Mails)
}

// written reads what was written since a position of the journal.
func (s *twinSide) written(ctx context.Context, mark int64, e *effect) error {
	type seen struct{ inserted bool }
	rows := map[string]map[string]seen{}
	order := map[string][]string{}
	err := s.org.Store().Journal(ctx, mark, func(j store.JournalEntry) error {
		if rows[j.Object] == nil {
			rows[j.Object] = map[string]seen{}
		}
		for _, id := range j.IDs {
			if _, known := rows[j.Object][id]; !known {
				order[j.Object] = append(order[j.Object], id)
				rows[j.Object][id] = seen{j.Op == store.Inserted}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the journal of org %s: %w", s.org.Name(), err)
	}
	for name, ids := range order {
		o := s.org.Schema().Object(name)
		if o == nil || !comparedObject(o) {
			continue
		}
		now, err := s.org.Store().Load(ctx, o, ids)
		if err != nil {
			return fmt.Errorf("read rows of %s: %w", o.Name, err)
		}
		w := &written{}
		for i, id := range ids {
			live := now[i] != nil && !deleted(now[i])
			switch made := rows[name][id].inserted; {
			case made && live:
				w.inserted = append(w.inserted, id)
			case !made && !live:
				w.deleted = append(w.deleted, id)
			case !made:
				w.updated = append(w.updated, id)
			}
		}
		e.objects[name] = w
	}
	return nil
}

// comparedObject reports whether rows of an object tell what a transaction did:
// what the platform keeps of its own accord does not.
func comparedObject(o *schema.Object) bool {
	switch o.Kind {
	case schema.Standard, schema.Custom, schema.CustomSettingHierarchy, schema.CustomSettingList:
		return !slices.Contains(byPlatform, strings.ToLower(o.Name))
	default:
		return false
	}
}

// byPlatform are objects whose rows the platform writes about its own work.
var byPlatform = []string{"asyncapexjob", "crontrigger", "cronjobdetail", "flowinterview", "apexlog", "setupaudittrail", "organization", "user",
	"processinstance", "processinstancestep", "processinstanceworkitem"}

var (
	idsInText     = regexp.MustCompile(`\b[a-zA-Z0-9]{3}[0-9][a-zA-Z0-9]{11}(?:[a-zA-Z0-9]{3})?\b`)
	uuidInText    = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b`)
	numbersInText = regexp.MustCompile(`\d+`)
)

// general is a text without what two runs of the same code may tell differently:
// ids, random texts, counts, moments.
func general(text string) string {
	text = uuidInText.ReplaceAllString(text, "UUID")
	text = idsInText.ReplaceAllString(text, "ID")
	return numbersInText.ReplaceAllString(text, "#")
}
