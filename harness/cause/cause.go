// Package cause says what made a write: the transaction it began in, the
// asynchronous jobs between, the line of Apex, and what acted besides Apex. It
// also holds Place, a line of Apex as structure.
//
// A Cause has one encoding, the text that the journal of a store keeps; String
// writes it and Parse reads it, here and nowhere else. Everything in between
// passes the structure on. The package is plain data: it imports nothing, knows
// no org, and two equal causes have the same text.
package cause

import (
	"slices"
	"strings"
)

// Cause is what made a write. The zero Cause is of what no transaction wrote.
type Cause struct {
	Transaction Transaction // where it began
	Jobs        []Job       // asynchronous work, each started by the one before; the last one wrote
	Place       Place       // the line of Apex that ran; zero when none did
	Acting      []Actor     // what ran besides Apex, outermost first
}

// Transaction names what began the work: "post-install script Install",
// "traffic during 3: update 2 Account", "populate".
type Transaction string

// How transactions are named that are asked for later.
const (
	scriptWord = "post-install script "
	// BusinessWord begins the name of every transaction of the users who go on
	// working meanwhile.
	BusinessWord = "traffic"
)

// Script is the install transaction of a post-install class.
func Script(class string) Transaction { return Transaction(scriptWord + class) }

// IsScript reports whether a post-install script began the work.
func (t Transaction) IsScript() bool { return strings.HasPrefix(string(t), scriptWord) }

// IsBusiness reports whether users who went on working began it.
func (t Transaction) IsBusiness() bool { return strings.HasPrefix(string(t), BusinessWord+" ") }

// JobKind is a kind of asynchronous work, as AsyncApexJob.JobType names it where
// it does.
type JobKind string

// The kinds of job.
const (
	Future          JobKind = "Future"
	Queueable       JobKind = "Queueable"
	Batch           JobKind = "BatchApex"
	Scheduled       JobKind = "ScheduledApex"
	Deploy          JobKind = "Deploy"
	Finalizer       JobKind = "Finalizer"
	PlatformEvent   JobKind = "platform event"
	PublishCallback JobKind = "publish callback"
)

// jobKinds are all kinds of job.
var jobKinds = []JobKind{Future, Queueable, Batch, Scheduled, Deploy, Finalizer, PlatformEvent, PublishCallback}

// Job is asynchronous work, by the class or, of a platform event, the object.
type Job struct {
	Kind JobKind
	Name string // "ns.Repair", "ns.Repair.run" of a future method
}

// String is "BatchApex ns.Repair"; "" for no job.
func (j Job) String() string {
	if j == (Job{}) {
		return ""
	}
	return string(j.Kind) + " " + j.Name
}

// ActorKind is a kind of what acts besides Apex.
type ActorKind string

// The kinds of actor. What is a component has the name of its type.
const (
	Flow        ActorKind = "Flow"
	FieldUpdate ActorKind = "WorkflowFieldUpdate"
	RollUp      ActorKind = "roll-up of"
)

var actorKinds = []ActorKind{Flow, FieldUpdate, RollUp}

// Actor is something that acts besides Apex code: a flow, the field updates of
// workflow rules, the roll-up of an object's summary fields. Names are
// qualified: "ns__Set_Region".
type Actor struct {
	Kind  ActorKind
	Names []string // several field updates may act as one
}

// Act is an actor of one name.
func Act(kind ActorKind, name string) Actor { return Actor{kind, []string{name}} }

// String is "Flow ns__Set_Region".
func (a Actor) String() string {
	parts := make([]string, len(a.Names))
	for i, name := range a.Names {
		parts[i] = strings.TrimPrefix(string(a.Kind)+" "+name, " ")
	}
	return strings.Join(parts, ", ")
}

// Of is the cause of what a transaction writes by itself.
func Of(t Transaction) Cause { return Cause{Transaction: t} }

// IsZero reports whether no transaction wrote.
func (c Cause) IsZero() bool {
	return c.Transaction == "" && len(c.Jobs) == 0 && c.Place.IsZero() && len(c.Acting) == 0
}

// Started is the cause of a job that work of this cause starts. Jobs that start
// each other in a ring are named once, up to the one that runs.
func (c Cause) Started(j Job) Cause {
	if i := slices.Index(c.Jobs, j); i >= 0 {
		return Cause{Transaction: c.Transaction, Jobs: slices.Clip(c.Jobs[:i+1])}
	}
	return Cause{Transaction: c.Transaction, Jobs: append(slices.Clip(c.Jobs), j)}
}

// Job is the job that wrote; zero when the first transaction did.
func (c Cause) Job() Job {
	if len(c.Jobs) == 0 {
		return Job{}
	}
	return c.Jobs[len(c.Jobs)-1]
}

// FromScript reports whether a post-install script, or a job that it started,
// is where the write began.
func (c Cause) FromScript() bool { return c.Transaction.IsScript() }

// Equal reports whether two causes are the same.
func (c Cause) Equal(d Cause) bool {
	return c.Transaction == d.Transaction && c.Place == d.Place && slices.Equal(c.Jobs, d.Jobs) &&
		slices.EqualFunc(c.Acting, d.Acting, func(a, b Actor) bool { return a.Kind == b.Kind && slices.Equal(a.Names, b.Names) })
}

// Kind says what sort of thing wrote.
type Kind string

// The kinds of cause.
const (
	ByScript     Kind = "script"     // the post-install script, in the install transaction
	ByJob        Kind = "job"        // asynchronous work that a transaction started
	ByBusiness   Kind = "business"   // users who went on working, and what their work started
	ByAutomation Kind = "automation" // a flow, workflow or roll-up that ran along
	ByUpgrade    Kind = "upgrade"    // components that came or went
	ByOther      Kind = "other"
)

// Kind is the sort of cause, by what stands nearest to the row.
func (c Cause) Kind() Kind {
	switch {
	case c.Transaction.IsBusiness():
		return ByBusiness
	case c.IsZero():
		return ByUpgrade
	case len(c.Acting) > 0:
		return ByAutomation
	case len(c.Jobs) > 0:
		return ByJob
	case c.FromScript():
		return ByScript
	default:
		return ByOther
	}
}
