// Package once makes something the first time it is asked for, for values that
// many goroutines share.
//
// Once differs from the one of package sync in what a panic leaves behind: there
// the work counts as done and whoever comes next goes on with half of it; here
// it stays failed, and every later call panics as the first did. A rehearsal that
// uses what another one failed to make can not come out clean.
package once

import "sync"

// Once runs a function at most once. The zero value is ready for use. It must
// not be copied.
type Once struct {
	once    sync.Once
	done    bool
	failure any // what the function panicked with
}

// Do runs f if no call did so before, and waits for the one that does. Where f
// panics, so do this and all later calls, with the same value.
func (o *Once) Do(f func()) {
	o.once.Do(func() {
		defer func() {
			if !o.done {
				o.failure = recover()
				panic(o.failure) // from here, so that the stack still shows where it came from
			}
		}()
		f()
		o.done = true
	})
	if !o.done {
		panic(o.failure)
	}
}
