package vm

import "strings"

// Limit names one governor limit of a transaction.
type Limit uint8

// The limits, in the order Limits.java documents them.
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
	numLimits
)

// limitText is the message of a limit without its number
// (governor-limits.md, section 1).
var limitText = [numLimits]string{
	Queries:          "Too many SOQL queries",
	AggregateQueries: "Too many aggregate queries",
	QueriedRows:      "Too many query rows",
	LocatorRows:      "Too many query locator rows",
	SoslQueries:      "Too many SOSL queries",
	DMLStatements:    "Too many DML statements",
	DMLRows:          "Too many DML rows",
	Callouts:         "Too many callouts",
	FutureCalls:      "Too many future calls",
	QueueableJobs:    "Too many queueable jobs added to the queue",
	EmailInvocations: "Too many Email Invocations",
	PublishImmediate: "Too many publish immediate DML statements",
	MobilePush:       "Too many mobile push calls",
	CursorRows:       "Too many Apex cursor rows",
	CursorFetches:    "Too many fetch calls on Apex cursors",
}

// Limits is what one transaction may use. CPU is in milliseconds of the
// documented rate, Heap in bytes.
type Limits struct {
	Max   [numLimits]int64
	CPU   int64
	Heap  int64
	Depth int // Apex frames
}

// StepsPerMillisecond is the rate at which the machine turns the work of a
// program into CPU time: one step is one node of the checked tree executed,
// counted a loop body or method at a time, plus what library calls charge. A
// fixed rate makes CPU time the same on every machine.
const StepsPerMillisecond = 10_000

// SyncLimits are the limits of a synchronous transaction, AsyncLimits those of
// future, queueable and batch jobs (governor-limits.md, section 1).
func SyncLimits() Limits {
	return Limits{
		Max: [numLimits]int64{Queries: 100, AggregateQueries: 300, QueriedRows: 50_000, LocatorRows: 10_000,
			SoslQueries: 20, DMLStatements: 150, DMLRows: 10_000, Callouts: 100, FutureCalls: 50,
			QueueableJobs: 50, EmailInvocations: 10, PublishImmediate: 150, MobilePush: 10,
			CursorRows: 50_000_000, CursorFetches: 100},
		CPU: 10_000, Heap: 6_000_000, Depth: 1000,
	}
}

// AsyncLimits is SyncLimits for asynchronous work.
func AsyncLimits() Limits {
	l := SyncLimits()
	l.Max[Queries] = 200
	l.Max[FutureCalls] = 0
	l.Max[QueueableJobs] = 1
	l.CPU, l.Heap = 60_000, 12_000_000
	return l
}

// FinalizerLimits are those of a finalizer: synchronous but for the heap and the
// jobs it may start (Apex Developer Guide, Transaction Finalizers).
func FinalizerLimits() Limits {
	l, async := SyncLimits(), AsyncLimits()
	l.Max[QueueableJobs], l.Max[FutureCalls], l.Heap = async.Max[QueueableJobs], async.Max[FutureCalls], async.Heap
	return l
}

// QueueableLimits is AsyncLimits for a queueable job, which may call future
// methods (governor-limits.md: 0 in batch and future, 50 in queueable).
func QueueableLimits() Limits {
	l := AsyncLimits()
	l.Max[FutureCalls] = SyncLimits().Max[FutureCalls]
	return l
}

// BatchStartLimits is AsyncLimits for the start method of a batch, whose
// locator may return 50 million rows.
func BatchStartLimits() Limits {
	l := AsyncLimits()
	l.Max[LocatorRows] = 50_000_000
	return l
}

// NoLimits is for tools that must not be stopped; the stack is still bounded.
func NoLimits() Limits {
	l := SyncLimits()
	for i := range l.Max {
		l.Max[i] = 1 << 40
	}
	l.CPU, l.Heap = 1<<40, 1<<50
	return l
}

// Usage is what one namespace has used of its limits.
type Usage [numLimits]int64

// bucket finds the usage that code of a namespace is counted in: certified
// packages have their own, all other code shares the org's.
func (t *Thread) bucket(ns string) *Usage {
	if ns == "" || !t.opt.certified(ns) {
		return &t.usage
	}
	key := strings.ToLower(ns)
	u := t.buckets[key]
	if u == nil {
		u = &Usage{}
		if t.buckets == nil {
			t.buckets = map[string]*Usage{}
		}
		t.buckets[key] = u
	}
	return u
}

// Use counts n of a limit for the code that runs and stops the transaction
// when there is no more.
func (t *Thread) Use(l Limit, n int64) {
	ns := t.Namespace()
	u := t.bucket(ns)
	u[l] += n
	if u[l] > t.limits.Max[l] {
		t.exceed(ns, limitText[l]+": "+itoa(t.firstOver(l, u[l])))
	}
}

// firstOver is the number a limit message shows: the first one not allowed.
func (t *Thread) firstOver(l Limit, used int64) int64 {
	if l == QueriedRows || l == LocatorRows || l == DMLRows {
		return t.limits.Max[l] + 1
	}
	return used
}

// Used and Allowed answer the Limits class for the code that runs.
func (t *Thread) Used(l Limit) int64 { return t.bucket(t.Namespace())[l] }

// Allowed is the maximum of a limit.
func (t *Thread) Allowed(l Limit) int64 { return t.limits.Max[l] }

// Usage is what the org's own bucket has used; Buckets what certified
// packages have, by namespace in lower case.
func (t *Thread) Usage() Usage { return t.usage }

// Buckets are the usages of certified packages by namespace in lower case.
func (t *Thread) Buckets() map[string]*Usage { return t.buckets }

// UsageSnapshot and RestoreUsage serve partial-success retries, which count
// only once (order-of-execution.md, section 3).
func (t *Thread) UsageSnapshot() any {
	s := usageSnapshot{own: t.usage, buckets: map[string]Usage{}}
	for ns, u := range t.buckets {
		s.buckets[ns] = *u
	}
	return s
}

// RestoreUsage puts counters back to a snapshot.
func (t *Thread) RestoreUsage(snapshot any) {
	s := snapshot.(usageSnapshot)
	t.usage = s.own
	for ns, u := range t.buckets {
		*u = s.buckets[ns]
	}
}

type usageSnapshot struct {
	own     Usage
	buckets map[string]Usage
}

// CPU is the CPU time used, in milliseconds.
func (t *Thread) CPU() int64 { return t.steps / StepsPerMillisecond }

// Elapsed is the CPU time of the whole transaction in milliseconds, whatever
// counts of limits began anew.
func (t *Thread) Elapsed() int64 { return (t.spent + t.steps) / StepsPerMillisecond }

// CPULimit is the CPU time allowed, in milliseconds.
func (t *Thread) CPULimit() int64 { return t.limits.CPU }

// HeapLimit is the heap allowed, in bytes.
func (t *Thread) HeapLimit() int64 { return t.limits.Heap }

// checkEvery is how many steps pass between two looks at the context.
const checkEvery = 50_000

// Work charges steps for what a library function does beyond one call.
func (t *Thread) Work(steps int64) {
	t.steps += steps
	if t.steps >= t.nextCheck {
		t.checkpoint()
	}
}

// checkpoint looks at the CPU limit and at the context.
func (t *Thread) checkpoint() {
	if t.steps >= t.limits.CPU*StepsPerMillisecond {
		t.exceed(t.Namespace(), "Apex CPU time limit exceeded")
	}
	if err := t.ctx.Err(); err != nil {
		panic(&stop{err: err})
	}
	t.nextCheck = min(t.steps+checkEvery, t.limits.CPU*StepsPerMillisecond)
}

// Grow counts bytes newly allocated. When the running total passes the limit
// the live heap is measured, which stops the transaction or sets the total
// anew; so the limit acts on live data without counting every release.
func (t *Thread) Grow(bytes int64) {
	t.heap += bytes
	if t.heap > t.heapCheck {
		t.measureHeap()
	}
}

// Reserve is called before a library function makes something large.
func (t *Thread) Reserve(bytes int64) {
	if bytes > t.limits.Heap {
		t.exceed(t.Namespace(), "Apex heap size too large: "+itoa(bytes))
	}
	t.Grow(bytes)
}

func (t *Thread) measureHeap() {
	live := t.liveHeap()
	if live > t.limits.Heap {
		t.exceed(t.Namespace(), "Apex heap size too large: "+itoa(live))
	}
	t.heap = live
	t.heapCheck = max(t.limits.Heap, live+t.limits.Heap/4)
}

// Heap is the size of what is live now, in bytes.
func (t *Thread) Heap() int64 { return t.liveHeap() }

// Fits is asked while a library function makes something large: it stops the
// transaction when a value of so many bytes cannot be held.
func (t *Thread) Fits(bytes int) {
	if int64(bytes) > t.limits.Heap {
		t.exceed(t.Namespace(), "Apex heap size too large: "+itoa(int64(bytes)))
	}
}

// Exceed stops the transaction at a limit that is not among those counted.
func (t *Thread) Exceed(message string) { t.exceed(t.Namespace(), message) }

// longText is the length from which a library call is charged for reading its
// texts, textStep how many bytes of them are one step.
const (
	longText = 1 << 10
	textStep = 1 << 4
)

// read charges a library call for a text it may read from end to end.
func (t *Thread) read(v Value) {
	if v.n >= longText && (v.k == KindString || v.k == KindBlob) {
		t.Work(v.n / textStep)
	}
}

// deeper enters a value inside a value, which counts as a frame of the stack:
// so a collection that contains itself ends at the limit of the stack. The
// depth goes back when an exception is caught.
func (t *Thread) deeper() {
	if t.depth >= t.limits.Depth {
		t.tooDeep()
	}
	t.depth++
}

// exceed stops the transaction with a LimitException, which no Apex code can
// catch. Inside managed code the namespace precedes the message.
func (t *Thread) exceed(ns, message string) {
	if ns != "" {
		message = ns + ":" + message
	}
	e := t.newException("System.LimitException", message)
	t.Host().Event(t, t.event(EventLimit, "System.LimitException", message))
	panic(&stop{exception: e})
}
