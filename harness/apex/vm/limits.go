package vm

import "strings"

// StepsPerMillisecond is the rate at which the machine turns the work of a
// program into CPU time: one step is one node of the checked tree executed,
// counted a loop body or method at a time, plus what library calls charge. A
// fixed rate makes CPU time the same on every machine.
const StepsPerMillisecond = 10_000

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
		t.exceed(ns, l.String(), limitTable[l].text+": "+itoa(t.firstOver(l, u[l])))
	}
}

// firstOver is the number a limit message shows: the first one not allowed.
func (t *Thread) firstOver(l Limit, used int64) int64 {
	if limitTable[l].rows {
		return t.limits.Max[l] + 1
	}
	return used
}

// Used is what the Limits class answers the code that runs.
func (t *Thread) Used(l Limit) int64 {
	switch l {
	case CPUTime:
		return t.CPU()
	case HeapSize:
		return t.Heap()
	default:
		return t.bucket(t.Namespace())[l]
	}
}

// Allowed is the maximum of a limit.
func (t *Thread) Allowed(l Limit) int64 { return t.limits.Max[l] }

// Usage is what the org's own bucket has used, with the CPU time and the largest
// heap that was measured.
func (t *Thread) Usage() Usage {
	u := t.usage
	u[CPUTime], u[HeapSize] = t.CPU(), max(t.heapPeak, t.Heap())
	return u
}

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
	if t.steps >= t.limits.Max[CPUTime]*StepsPerMillisecond {
		t.exceed(t.Namespace(), CPUTime.String(), limitTable[CPUTime].text)
	}
	if err := t.ctx.Err(); err != nil {
		panic(&stop{err: err})
	}
	t.nextCheck = min(t.steps+checkEvery, t.limits.Max[CPUTime]*StepsPerMillisecond)
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
	if bytes > t.limits.Max[HeapSize] {
		t.exceed(t.Namespace(), HeapSize.String(), limitTable[HeapSize].text+": "+itoa(bytes))
	}
	t.Grow(bytes)
}

func (t *Thread) measureHeap() {
	live, limit := t.liveHeap(), t.limits.Max[HeapSize]
	t.heapPeak = max(t.heapPeak, live)
	if t.heap <= t.heapStop {
		if t.heapCheck = t.heapStop; live+t.heapStop-t.heap > limit/5*4 {
			t.heapCheck = t.nextLook()
		}
		return
	}
	if live > limit {
		t.exceed(t.Namespace(), HeapSize.String(), limitTable[HeapSize].text+": "+itoa(live))
	}
	t.heap = live
	t.heapStop = max(limit, live+limit/4)
	t.heapCheck = t.nextLook()
}

// nextLook is the running total at which the live heap is measured next: where
// it could be over the limit, and before that at four fifths of the limit and
// each tenth from there on, so that a transaction that comes close is seen to.
func (t *Thread) nextLook() int64 {
	limit := t.limits.Max[HeapSize]
	return min(max(limit/5*4, t.heap+limit/10), t.heapStop)
}

// Heap is the size of what is live now, in bytes.
func (t *Thread) Heap() int64 { return t.liveHeap() }

// Fits is asked while a library function makes something large: it stops the
// transaction when a value of so many bytes cannot be held.
func (t *Thread) Fits(bytes int) {
	if int64(bytes) > t.limits.Max[HeapSize] {
		t.exceed(t.Namespace(), HeapSize.String(), limitTable[HeapSize].text+": "+itoa(int64(bytes)))
	}
}

// Exceed stops the transaction at a limit that is not among those counted.
func (t *Thread) Exceed(message string) { t.exceed(t.Namespace(), "", message) }

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
// catch. Inside managed code the namespace precedes the message. limit is its
// name in the table, "" for one that is not in it.
func (t *Thread) exceed(ns, limit, message string) {
	if ns != "" {
		message = ns + ":" + message
	}
	e := t.newException("System.LimitException", message)
	ExceptionOf(e).exceeded = limit
	t.Host().Event(t, t.event(EventLimit, "System.LimitException", message))
	panic(&stop{exception: e})
}
