package vm

import (
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Host is everything the machine asks of the org it runs in. A Thread calls it
// from one goroutine. An error that is a *dml.Fault becomes the Apex exception it
// names; any other error stops the transaction and is returned to whoever
// started the thread.
//
// The machine counts statements, rows, callouts and jobs against the governor
// limits itself, from the calls and their results; a Host does not.
type Host interface {
	// Schema is the describe of the org as the running program sees it.
	Schema() *schema.Schema
	// Query runs SOQL.
	Query(t *Thread, q *QueryCall) (*ResultSet, error)
	// Search runs SOSL: one list of records per RETURNING object, in order.
	Search(t *Thread, q *SearchCall) ([][]*schema.Record, error)
	// DML saves records. It sets ids and system fields on the records as the
	// platform does, runs triggers through Thread.RunTrigger, and reports one
	// result per record in order. With AllOrNone the whole statement is undone
	// when a row fails, and the results still carry every error; the machine
	// makes the DmlException.
	DML(t *Thread, call *DMLCall) ([]dml.Result, error)
	// Savepoint and Rollback implement Database.setSavepoint and rollback;
	// Release forgets a savepoint and those after it.
	Savepoint(t *Thread) (int, error)
	Rollback(t *Thread, savepoint int) error
	Release(t *Thread, savepoint int) error

	// Now is the org's clock in milliseconds since the epoch.
	Now() int64
	// Random is the next 64 bits of the org's stream of random numbers.
	Random() uint64
	// User is the running user; RunAs changes it until undo is called. The
	// user is given as a User record with at least its id.
	User() *UserInfo
	RunAs(t *Thread, user *schema.Record) (undo func(), err error)
	// Organization is the org itself.
	Organization() *OrgInfo

	// Setting reads a custom setting: the merged row of getInstance, the row
	// of getValues, getOrgDefaults, or all rows by name for getAll.
	Setting(t *Thread, call SettingCall) ([]*schema.Record, error)
	// Metadata reads custom metadata records: one by developer name, or all
	// of them, sorted by qualified developer name, when name is empty.
	Metadata(t *Thread, object *schema.Object, name string) ([]*schema.Record, error)
	// Label is the text of a custom label; ok is false when there is none.
	Label(namespace, name, language string) (text string, ok bool)

	// Permission answers isAccessible and its kin for the running user; field
	// is nil for the object itself.
	Permission(object *schema.Object, field *schema.Field, access Access) bool
	// OwnField reports whether users may change a field of their own User row
	// whatever their other rights.
	OwnField(f *schema.Field) bool
	// CustomPermission answers FeatureManagement.checkPermission.
	CustomPermission(namespace, name string) bool
	// RecordTypes says which record types of an object the running user has,
	// by developer name with namespace; RecordTypeID gives their ids.
	RecordTypeID(object *schema.Object, rt *schema.RecordType) string
	RecordTypeAvailable(object *schema.Object, rt *schema.RecordType) (available, isDefault bool)

	// Enqueue takes an asynchronous job and returns its id (707..., or the
	// CronTrigger id of a scheduled job).
	Enqueue(t *Thread, job *Job) (id string, err error)
	// Abort implements System.abortJob.
	Abort(t *Thread, id string) error
	// Publish publishes platform events. The error of a row that succeeded is
	// OPERATION_ENQUEUED with the event's UUID as its message.
	Publish(t *Thread, call *PublishCall) ([]dml.Result, error)
	// SendEmail takes one outgoing message after the machine has checked it.
	SendEmail(t *Thread, mail *Email) error
	// Call performs a service of the org that few programs use, by its
	// platform name ("FeatureManagement.setPackageBooleanValue",
	// "Metadata.Operations.enqueueDeployment", "Approval.lock" ...). ok is
	// false when the org does not simulate it; the machine then stops the code
	// that asked as unsupported.
	Call(t *Thread, service string, args ...any) (result any, ok bool, err error)

	// Event tells the org's trace what happened.
	Event(t *Thread, e *Event)
	// Unsupported records in the fidelity ledger that the code at where
	// reached something that is not simulated; Approximated that something is
	// not simulated exactly.
	Unsupported(t *Thread, name, note, where string)
	Approximated(t *Thread, name, note, where string)
}

// AccessMode says whose rights a query or DML statement runs with.
type AccessMode uint8

// The access modes. SecurityEnforced is WITH SECURITY_ENFORCED.
const (
	SystemMode AccessMode = iota
	UserMode
	SecurityEnforced
)

// Sharing is the sharing that code runs with.
type Sharing uint8

// The sharing modes. Statements run with one of the first two; classes may
// leave it to their callers, by saying nothing or by "inherited sharing".
const (
	WithSharing Sharing = iota + 1
	WithoutSharing
	sharingOmitted
	sharingInherited
)

// Access is one kind of permission on an object or field.
type Access uint8

// The kinds of access that a describe tells of.
const (
	Accessible Access = iota
	Createable
	Updateable
	Deletable
	Undeletable
)

// Bind is the value of one bind of a query: a single value, or a list for IN.
// Records in a list have been replaced by their ids.
type Bind struct {
	List   bool
	Values []value.Value // exactly one unless List
}

// QueryMode says what the caller wants of a query.
type QueryMode uint8

// The modes of a query.
const (
	QueryRows    QueryMode = iota
	QueryCount             // SELECT COUNT(): ResultSet.Count only
	QueryLocator           // rows of a query locator, up to 50 million in a batch
	QueryChecked           // nothing is read: only what is wrong with the query, and ResultSet.Aggregate
	QueryCursor            // rows of a cursor, up to 50 million
)

// QueryCall is one SOQL query. A query written in a class comes as Tree with
// binds keyed by its nodes; a dynamic one as Text, whose binds are looked up
// by name.
type QueryCall struct {
	Tree      *query.Query
	Text      string
	Binds     map[*query.Bind]Bind
	Named     func(name string) (Bind, bool) // nil when names are not in reach
	Mode      QueryMode
	Access    AccessMode
	Sharing   Sharing
	Namespace string // of the code that asks: names resolve in it first
	Fetch     bool   // of a cursor, which counts no query
}

// ResultSet is what a query returned: records, or rows of an aggregate query,
// or a count. Rows is how many rows count against the limit, with sub-query
// rows; Subqueries how many parent-child queries ran; FreeOfCount is set for
// queries that count no query (custom metadata).
type ResultSet struct {
	Object      *schema.Object
	Records     []*schema.Record
	Aggregates  []*schema.AggregateRow
	Aggregate   bool
	Count       int
	Rows        int
	Subqueries  int
	FreeOfCount bool
}

// SearchCall is one SOSL query, given as QueryCall is.
type SearchCall struct {
	Tree      *query.Search
	Text      string
	Binds     map[*query.Bind]Bind
	Named     func(name string) (Bind, bool) // nil when names are not in reach
	Access    AccessMode
	Sharing   Sharing
	Namespace string
	Fixed     []string // ids set by Test.setFixedSearchResults
}

// DMLCall is one DML statement or Database method, and with whose rights it
// runs. Its options are nil without Database.DMLOptions.
type DMLCall struct {
	schema.Statement
	Access    AccessMode
	Sharing   Sharing
	Namespace string
}

// Formula is a formula that the org has checked, for records of one object.
type Formula struct {
	Eval   func(r *schema.Record) (Value, error)
	Fields []string // the fields it reads, as paths
}

// PublishCall is one EventBus.publish. Callback, null for none, implements
// EventBus.EventPublishSuccessCallback or EventPublishFailureCallback.
type PublishCall struct {
	Events   []*schema.Record
	Callback Value
}

// UserInfo is the running user. Zone is never nil.
type UserInfo struct {
	ID, Username, Name, FirstName, LastName, Email string
	ProfileID, RoleID, Type                        string // Type as UserInfo.getUserType: "Standard"
	Locale, Language, TimeZoneID                   string // "en_US", "en_US", "America/Los_Angeles"
	Currency                                       string
	Zone                                           *time.Location
	Packages                                       []string // namespaces the user is licensed for; nil for all
}

// OrgInfo is the organization.
type OrgInfo struct {
	ID, Name, Domain string // Domain as in https://DOMAIN.my.salesforce.com
	Currency         string
	MultiCurrency    bool
	Sandbox          bool
	Namespace        string // of the org itself; "" in a subscriber's
}

// SettingCall reads a custom setting. Key is a setup owner id for a hierarchy
// ("" for the running user), a record name for a list.
type SettingCall struct {
	Kind   SettingKind
	Object *schema.Object
	Key    string
}

// SettingKind is the method a custom setting is read with.
type SettingKind uint8

// The methods.
const (
	SettingInstance SettingKind = iota
	SettingValues
	SettingOrgDefaults
	SettingAll
)

// JobKind is the kind of an asynchronous job.
type JobKind uint8

// The kinds of job.
const (
	FutureJob JobKind = iota
	QueueableJob
	BatchJob
	ScheduledJob
	DeployJob    // Metadata.Operations.enqueueDeployment
	FinalizerJob // what runs after a queueable job
)

// Job is asynchronous work handed to the org, which later starts a Thread of
// its own for it and calls Thread.RunJob. Instance has been detached from the
// thread that made it.
type Job struct {
	Kind         JobKind
	Namespace    string
	Class        string // name as AsyncApexJob.ApexClass shows it
	Method       string // of a future method
	Instance     Value
	Args         []Value // of a future method
	Scope        int     // of a batch: records a chunk
	Name, Cron   string  // of a scheduled job
	DelayMinutes int
	Callouts     bool
	MaxDepth     int    // of a queueable: how deep its chain may get; 0 for any
	Signature    string // of a queueable: no other job may wait with the same; "" for none
	Payload      any    // what the machine needs to run it
}

// Email is one message of Messaging.sendEmail.
type Email struct {
	To, Cc, Bcc             []string
	Subject, Text, HTML     string
	ReplyTo, Sender         string
	TargetObjectID, WhatID  string
	TemplateID              string
	OrgWideEmailAddressID   string
	SaveAsActivity, UserDML bool
}

// EventKind says what a trace event is about.
type EventKind uint8

// The kinds of event.
const (
	EventDebug        EventKind = iota // System.debug
	EventCaught                        // an exception was caught by Apex code
	EventThrown                        // an exception left the thread
	EventRollback                      // Database.rollback
	EventRowError                      // a row of a partial-success DML failed
	EventLimit                         // a governor limit was exceeded
	EventUnsupported                   // code stopped at something not simulated
	EventTriggerStart                  // a trigger began
	EventTriggerEnd
)

// Event is one thing the trace of an org keeps.
type Event struct {
	Kind    EventKind
	Place   cause.Place // where it happened
	Type    string      // exception type, status code, debug level
	Message string
	Origin  cause.Place    // where an exception was thrown
	Failed  dml.Failed     // what an exception or a refused row tells as structure
	Row     *schema.Record // that was refused
}
