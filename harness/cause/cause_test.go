package cause_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
)

// TestText reads texts as the journal keeps them and writes them back.
func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		kind  cause.Kind
		words string
		place cause.Place
	}{
		"":                            {cause.ByUpgrade, "", cause.Place{}},
		"post-install script Install": {cause.ByScript, "post-install script Install", cause.Place{}},
		"post-install script Install | Class.ns.Repair.run: line 12, column 1":                                 {cause.ByScript, "ns.Repair.run, line 12", cause.Place{Class: "ns.Repair", Method: "run", Line: 12}},
		"post-install script Install | Trigger.ns.Guard: line 3, column 1":                                     {cause.ByScript, "Trigger.ns.Guard, line 3", cause.Place{Trigger: "ns.Guard", Line: 3}},
		"post-install script Install | BatchApex ns.Repair | Class.ns.Repair.execute: line 4, column 1":        {cause.ByJob, "ns.Repair.execute, line 4, job BatchApex ns.Repair", cause.Place{Class: "ns.Repair", Method: "execute", Line: 4}},
		"post-install script Install | Class.ns.Repair.run: line 12, column 1 | roll-up of ns__Invoice__c":     {cause.ByAutomation, "roll-up of ns__Invoice__c, ns.Repair.run, line 12", cause.Place{Class: "ns.Repair", Method: "run", Line: 12}},
		"post-install script Install | Finalizer ns.Ends":                                                      {cause.ByJob, "job Finalizer ns.Ends", cause.Place{}},
		"post-install script Install | publish callback ns.Told":                                               {cause.ByJob, "job publish callback ns.Told", cause.Place{}},
		"post-install script Install | WorkflowFieldUpdate Account.A + Account.B":                              {cause.ByAutomation, "WorkflowFieldUpdate Account.A, WorkflowFieldUpdate Account.B, post-install script Install", cause.Place{}},
		"traffic during 3: update 2 Account":                                                                   {cause.ByBusiness, "business that went on", cause.Place{}},
		"traffic during 3: update 2 Account | Queueable ns.Notify | Class.ns.Notify.execute: line 4, column 1": {cause.ByBusiness, "business that went on", cause.Place{Class: "ns.Notify", Method: "execute", Line: 4}},
		"an admin": {cause.ByOther, "an admin", cause.Place{}},
		"rehearse apex run | AnonymousBlock: line 1, column 1":       {cause.ByOther, "AnonymousBlock, line 1", cause.Place{Class: "AnonymousBlock", Line: 1}},
		"an admin | something that later versions know of no longer": {cause.ByAutomation, "something that later versions know of no longer, an admin", cause.Place{}},
	} {
		c := cause.Parse(text)
		if words := c.Words(); c.Kind() != want.kind || words != want.words || c.Place != want.place {
			t.Errorf("%q: %s, %q, %+v; want %+v", text, c.Kind(), words, c.Place, want)
		}
		if back := c.String(); back != text {
			t.Errorf("%q is written back as %q", text, back)
		}
	}
}

// letters make names with all that separates parts of the encoding.
var letters = []string{"a", "B", "_", ".", " ", "|", " | ", `\`, "+", " + ", ": line 3, column 1", "Flow ", "Future ", "é"}

func name(r *rand.Rand) string {
	s := "x"
	for range r.IntN(5) {
		s += letters[r.IntN(len(letters))]
	}
	return s
}

func word(r *rand.Rand) string {
	return []string{"run", "<init>", "<clinit>", "execute"}[r.IntN(4)]
}

func random(r *rand.Rand) cause.Cause {
	c := cause.Cause{Transaction: cause.Transaction(name(r))}
	kinds := []cause.JobKind{cause.Future, cause.Queueable, cause.Batch, cause.Scheduled, cause.Deploy, cause.Finalizer, cause.PlatformEvent, cause.PublishCallback}
	for range r.IntN(3) {
		c.Jobs = append(c.Jobs, cause.Job{Kind: kinds[r.IntN(len(kinds))], Name: name(r)})
	}
	switch r.IntN(4) {
	case 0:
		c.Place = cause.Place{Class: "ns.Outer.Inner", Method: word(r), Line: r.IntN(1000)}
	case 1:
		c.Place = cause.Place{Trigger: "ns.Guard", Line: r.IntN(1000)}
	case 2:
		c.Place = cause.Place{Class: cause.Anonymous, Line: 1 + r.IntN(9)}
	}
	for range r.IntN(3) {
		a := cause.Act([]cause.ActorKind{cause.Flow, cause.FieldUpdate, cause.RollUp}[r.IntN(3)], name(r))
		for range r.IntN(3) {
			a.Names = append(a.Names, name(r))
		}
		c.Acting = append(c.Acting, a)
	}
	return c
}

// TestRoundTrip writes causes of any names and reads them back.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		c := random(r)
		if back := cause.Parse(c.String()); !back.Equal(c) {
			t.Fatalf("%q is read as %+v, want %+v", c.String(), back, c)
		}
	}
}

// FuzzParse reads any text: what is read can be written and read again.
func FuzzParse(f *testing.F) {
	f.Add("post-install script Install | BatchApex ns.Repair | Class.ns.Repair.execute: line 4, column 1 | Flow A")
	f.Add(`a \| b | Future x\\ | WorkflowFieldUpdate A + B | Trigger.G: line 0, column 1`)
	f.Fuzz(func(t *testing.T, text string) {
		c := cause.Parse(text)
		if slices.ContainsFunc(c.Acting, func(a cause.Actor) bool { return a.Kind == "" }) {
			return // what no version writes is read as far as it goes
		}
		if back := cause.Parse(c.String()); !back.Equal(c) {
			t.Errorf("%q is read as %+v and written as %q, which is read as %+v", text, c, c.String(), back)
		}
	})
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]cause.Place{
		"Class.ns.Outer.Inner.run: line 12, column 1": {Class: "ns.Outer.Inner", Method: "run", Line: 12},
		"Class.Setup.<init>: line 3, column 1":        {Class: "Setup", Method: "<init>", Line: 3},
		"Trigger.ns.Guard: line 2, column 1":          {Trigger: "ns.Guard", Line: 2},
		"AnonymousBlock: line 1, column 1":            {Class: cause.Anonymous, Line: 1},
	} {
		got, ok := cause.ParsePlace(text)
		if !ok || got != want || got.String() != text {
			t.Errorf("%q: %+v, %v, written as %q", text, got, ok, got)
		}
	}
	for _, text := range []string{"", "(System Code)", "Class.A: line 3, column 1", "Class.A.b: line x, column 1", "Class.A.b: line 3", "Flow X", "Class.A.b: line 03, column 1"} {
		if p, ok := cause.ParsePlace(text); ok {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
}

func TestStarted(t *testing.T) {
	t.Parallel()
	c := cause.Of(cause.Script("Install"))
	for range 3 {
		c = c.Started(cause.Job{Kind: cause.Queueable, Name: "ns.Again"})
	}
	c = c.Started(cause.Job{Kind: cause.Future, Name: "ns.Again.late"})
	if got, want := c.String(), "post-install script Install | Queueable ns.Again | Future ns.Again.late"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	c = c.Started(cause.Job{Kind: cause.Queueable, Name: "ns.Again"}) // a ring: named once
	if got, want := c.String(), "post-install script Install | Queueable ns.Again"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
