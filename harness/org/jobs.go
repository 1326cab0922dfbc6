package org

import (
	"context"
	"time"
)

// DrainOptions says how long asynchronous work goes on.
type DrainOptions struct {
	Until   time.Time // run what is due by then; zero for what is due without waiting for a schedule
	MaxJobs int       // stop after so many transactions; 0 for 10,000
	// Between is called between two transactions, such as two chunks of a
	// batch: traffic goes on meanwhile. nil for nothing.
	Between func(ctx context.Context) error
}

// JobRun is one asynchronous transaction that ran.
type JobRun struct {
	ID        string // AsyncApexJob or CronTrigger id
	Kind      string // Future, Queueable, BatchApex, ScheduledApex
	Step      string // of a batch: start, execute, finish
	Namespace string
	Class     string
	Method    string // of a future method
	Cause     string // of the transaction that enqueued it
	Started   int64  // milliseconds since the epoch on the org's clock
	Err       error  // nil when it succeeded
	Rows      int    // records of the chunk, of a batch
	Result    *TxResult
}

// Drain runs asynchronous jobs on the virtual clock until none is due. A job
// that fails is recorded (AsyncApexJob.ExtendedStatus) and the others go on.
func (o *Org) Drain(ctx context.Context, opt DrainOptions) ([]JobRun, error) { return nil, nil }
