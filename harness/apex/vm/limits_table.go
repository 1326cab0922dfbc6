package vm

import "slices"

// Limit names one governor limit of a transaction.
type Limit uint8

// The limits that are counted, and last the two that are measured.
const (
	Queries Limit = iota
	AggregateQueries
	QueriedRows
	LocatorRows
	SoslQueries
	DMLStatements
	DMLRows
	Callouts
	FutureCalls
	QueueableJobs
	EmailInvocations
	PublishImmediate
	MobilePush
	CursorRows
	CursorFetches
	CPUTime  // milliseconds
	HeapSize // bytes
	numLimits
)

// Context is the kind of transaction that limits depend on.
type Context uint8

// The contexts.
const (
	Synchronous  Context = iota // also scheduled jobs
	Asynchronous                // future methods; execute and finish of a batch
	InQueueable
	InBatchStart // whose locator may return 50 million rows
	InFinalizer
	numContexts
)

// limitRow is all there is to say about one limit.
type limitRow struct {
	name string // as the Limits class names it: getName, getLimitName
	// aliases are further names the Limits class has for it.
	aliases []string
	text    string // of the LimitException, without its number
	log     string // of its line in the debug log; "" for none
	// rows shows the first number not allowed in the exception instead of what
	// was used.
	rows bool
	max  [numContexts]int64
}

// limitTable is the one table of governor limits (governor-limits.md, section
// 1; Apex Developer Guide, Transaction Finalizers: a finalizer's limits are
// synchronous but for the heap and the jobs it may start). Every limit is in
// the result of a transaction, by its name.
var limitTable = [numLimits]limitRow{
	Queries:          {name: "Queries", text: "Too many SOQL queries", log: "Number of SOQL queries", max: perContext(100, 200, 200, 200, 100)},
	AggregateQueries: {name: "AggregateQueries", text: "Too many aggregate queries", max: always(300)},
	QueriedRows:      {name: "QueryRows", text: "Too many query rows", log: "Number of query rows", rows: true, max: always(50_000)},
	LocatorRows:      {name: "QueryLocatorRows", text: "Too many query locator rows", rows: true, max: perContext(10_000, 10_000, 10_000, 50_000_000, 10_000)},
	SoslQueries:      {name: "SoslQueries", aliases: []string{"FindSimilarCalls"}, text: "Too many SOSL queries", log: "Number of SOSL queries", max: always(20)},
	DMLStatements: {name: "DmlStatements", aliases: []string{"RunAs", "SavepointRollbacks", "Savepoints"},
		text: "Too many DML statements", log: "Number of DML statements", max: always(150)},
	DMLRows:          {name: "DmlRows", text: "Too many DML rows", log: "Number of DML rows", rows: true, max: always(10_000)},
	Callouts:         {name: "Callouts", text: "Too many callouts", log: "Number of callouts", max: always(100)},
	FutureCalls:      {name: "FutureCalls", text: "Too many future calls", log: "Number of future calls", max: perContext(50, 0, 50, 0, 0)},
	QueueableJobs:    {name: "QueueableJobs", text: "Too many queueable jobs added to the queue", log: "Number of queueable jobs added to the queue", max: perContext(50, 1, 1, 1, 1)},
	EmailInvocations: {name: "EmailInvocations", text: "Too many Email Invocations", log: "Number of Email Invocations", max: always(10)},
	PublishImmediate: {name: "PublishImmediateDML", text: "Too many DML statements", log: "Number of Publish Immediate DML", max: always(150)},
	MobilePush:       {name: "MobilePushApexCalls", text: "Too many mobile push calls", log: "Number of Mobile Apex push calls", max: always(10)},
	CursorRows:       {name: "ApexCursorRows", text: "Too many Apex cursor rows", max: always(50_000_000)},
	CursorFetches:    {name: "FetchCallsOnApexCursor", text: "Too many fetch calls on Apex cursors", max: always(100)},
	CPUTime:          {name: "CpuTime", text: "Apex CPU time limit exceeded", log: "Maximum CPU time", max: perContext(10_000, 60_000, 60_000, 60_000, 10_000)},
	HeapSize:         {name: "HeapSize", text: "Apex heap size too large", log: "Maximum heap size", max: perContext(6_000_000, 12_000_000, 12_000_000, 12_000_000, 12_000_000)},
}

func perContext(synchronous, asynchronous, queueable, batchStart, finalizer int64) [numContexts]int64 {
	return [numContexts]int64{synchronous, asynchronous, queueable, batchStart, finalizer}
}

func always(n int64) [numContexts]int64 { return perContext(n, n, n, n, n) }

// AllLimits lists every limit.
func AllLimits() []Limit {
	all := make([]Limit, numLimits)
	for i := range all {
		all[i] = Limit(i)
	}
	return all
}

// String is the limit as the Limits class names it: "QueryRows".
func (l Limit) String() string { return limitTable[l].name }

// Names are all names that the Limits class has for a limit.
func (l Limit) Names() []string {
	return append(slices.Clone(limitTable[l].aliases), limitTable[l].name)
}

// Limits is what one transaction may use.
type Limits struct {
	Max   [numLimits]int64
	Depth int // Apex frames
}

// maxDepth is how deep the stack may get.
const maxDepth = 1000

// LimitsOf are the limits of a transaction.
func LimitsOf(c Context) Limits {
	l := Limits{Depth: maxDepth}
	for i := range limitTable {
		l.Max[i] = limitTable[i].max[c]
	}
	return l
}

// NoLimits is for tools that must not be stopped; the stack is still bounded.
func NoLimits() Limits {
	l := Limits{Depth: maxDepth}
	for i := range l.Max {
		l.Max[i] = 1 << 40
	}
	l.Max[HeapSize] = 1 << 50
	return l
}
