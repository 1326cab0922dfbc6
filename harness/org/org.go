// Package org is a simulated Salesforce org: its components, records, users,
// clock, transactions under governor limits, and asynchronous jobs.
//
// The machine: rows live in a store.Store; components live in a Registry and
// change through Deploy only, which derives the world from them: the schema,
// the tables, the Apex program, the compiled rules. A world is immutable,
// keyed by the content of the components, and shared by all orgs of the
// process that have the same ones. Run starts one transaction: it gives the
// Apex machine its Host, the save pipeline (harness/org/save) its Env, and
// commits or rolls back as a whole. Drain runs asynchronous jobs on the
// virtual clock. Every write is stamped with its cause.
//
// An Org belongs to one goroutine at a time; forks are independent of each
// other. Ids come from counters, time from the Clock, random draws from
// streams of (seed, label): one seed and one sequence of calls give the same
// org byte for byte.
//
// Left out: sharing rules and field permissions are approximated (system mode
// sees everything); the ledger names what a run met of it.
package org

import (
	"context"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// Config is what a new org is made from. It is data; New checks it.
type Config struct {
	Name     string    // shown as Organization.Name; "" for "Rehearsal"
	Seed     uint64    // of ids and random streams
	Start    time.Time // of the clock; zero for 2025-01-06T09:00:00Z
	Edition  string    // Organization.OrganizationType; "" for "Enterprise Edition"
	Features []schema.Feature
	Country  string      // Organization.Country; "" for "US"
	Language string      // LanguageLocaleKey; "" for "en_US"
	TimeZone string      // TimeZoneSidKey; "" for "America/Los_Angeles"
	Currency string      // DefaultCurrencyIsoCode; "" for "USD"
	Sandbox  bool        // Organization.IsSandbox
	Store    store.Store // empty; the org owns it from New on
}

// Org is one simulated org.
type Org struct {
	cfg    Config
	st     store.Store
	clock  Clock
	ledger *ledger.Ledger
	trace  *Trace
}

// New makes an org with an Organization row, the standard profiles and one
// active System Administrator.
func New(ctx context.Context, cfg Config) (*Org, error) { return nil, nil }

// Open reads an .org file written by Save.
func Open(ctx context.Context, path string) (*Org, error) { return nil, nil }

// Save writes the whole org to one file.
func (o *Org) Save(ctx context.Context, path string) error { return nil }

// Fork makes an independent copy at once. The fork has a ledger and a trace of
// its own.
func (o *Org) Fork(ctx context.Context, name string) (*Org, error) { return nil, nil }

// Attempt runs fn and, when it fails, puts the whole org (components, rows,
// jobs, counters, clock) back as it was. It may not be called inside Run.
func (o *Org) Attempt(ctx context.Context, fn func() error) error { return nil }

// Close gives back the store.
func (o *Org) Close() error { return nil }

// Name is the name given to New or Fork.
func (o *Org) Name() string { return o.cfg.Name }

// Seed is the seed given to New.
func (o *Org) Seed() uint64 { return o.cfg.Seed }

// ID is the org's id: 00D....
func (o *Org) ID() string { return "" }

// Schema is the describe of the org as its components make it now.
func (o *Org) Schema() *schema.Schema { return nil }

// Store is the org's database. Attempt may replace it: ask again.
func (o *Org) Store() store.Store { return o.st }

// Clock is the org's virtual clock.
func (o *Org) Clock() *Clock { return &o.clock }

// Ledger lists what the org's runs relied on that is not exact.
func (o *Org) Ledger() *ledger.Ledger { return o.ledger }

// Trace is what happened inside the org's transactions.
func (o *Org) Trace() *Trace { return o.trace }
