package vm

// ShareStatics makes the static variables of another thread, and what the
// library keeps for it (mocks, the current page), those of t. Asynchronous work
// that a test method starts runs in the transaction of the test, with its
// static state; only the limits are its own.
func (t *Thread) ShareStatics(from *Thread) { t.statics, t.cache = from.statics, from.cache }

// FreshLimits begins a new count of every governor limit, as Test.startTest
// does; restore goes back to the counts there were.
func (t *Thread) FreshLimits() (restore func()) {
	usage, buckets, steps, spent := t.usage, t.buckets, t.steps, t.spent
	t.usage, t.buckets, t.steps, t.spent = Usage{}, nil, 0, spent+steps
	t.nextCheck = min(checkEvery, t.limits.Max[CPUTime]*StepsPerMillisecond)
	return func() {
		t.usage, t.buckets, t.steps, t.spent = usage, buckets, steps, spent+t.steps
		t.nextCheck = min(t.steps+checkEvery, t.limits.Max[CPUTime]*StepsPerMillisecond)
	}
}
