// Package org is a simulated Salesforce org: its components, records, users,
// clock, transactions under governor limits, and asynchronous jobs.
//
// The machine: rows live in a store.Store; components live in a Registry and
// change through Deploy only, which compiles them (compiled.go) to the schema,
// the tables, the Apex program and the rules. What is compiled is immutable,
// keyed by the content of the components, and shared by all orgs of the
// process that have the same ones. Run starts one transaction: it gives
// the Apex machine its Host (host_*.go), the save pipeline (harness/org/save)
// its Env, and commits or rolls back as a whole. Drain runs asynchronous jobs
// on the virtual clock. Every write is stamped with its cause.
//
// An Org belongs to one goroutine at a time; forks are independent of each
// other. Ids come from counters, time from the Clock, random draws from
// streams of (seed, label): one seed and one sequence of calls give the same
// org byte for byte.
//
// Left out: sharing of rows, which code of other users than administrators is
// not held to; the ledger names what a run met of it.
package org

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
)

// Config is what a new org is made from. It is data; New checks it.
type Config struct {
	Name     string    // shown as Organization.Name; "" for "Rehearsal"
	Seed     uint64    // of ids and random streams
	Start    time.Time // of the clock; zero for 2025-01-06T09:00:00Z
	Edition  string    // Organization.OrganizationType; "" for "Enterprise Edition"
	Features []schema.Feature
	Country  string // Organization.Country; "" for "US"
	Language string // LanguageLocaleKey; "" for "en_US"
	TimeZone string // TimeZoneSidKey; "" for "America/Los_Angeles"
	Currency string // DefaultCurrencyIsoCode; "" for "USD"
	Sandbox  bool   // Organization.IsSandbox
	// Store is an empty database, owned by the org from New on; nil for a new
	// embedded one.
	Store store.Store `json:"-"`
}

func (c *Config) complete() {
	for _, d := range []struct {
		field *string
		value string
	}{
		{&c.Name, "Rehearsal"}, {&c.Edition, "Enterprise Edition"}, {&c.Country, "US"},
		{&c.Language, "en_US"}, {&c.TimeZone, "America/Los_Angeles"}, {&c.Currency, "USD"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC)
	}
}

// Org is one simulated org.
type Org struct {
	cfg      Config
	st       store.Store
	state    state
	clock    Clock
	registry *Registry
	written  *Registry // what writeMeta wrote last
	compiled *compiled
	answer   vm.Answer // to calls that are not simulated
	cache    *compiledCache
	ledger   *ledger.Ledger
	trace    *Trace
	queue    queue
	maxJobs  int // of one Drain, see LimitJobs
	tx       *Tx // the running transaction
	test     *Tx // the transaction of the running test method
	// eventDepth is how deep platform events have published each other.
	eventDepth int
	info       orgInfo
	users      map[string]*userRow // cache, dropped when users change
	people     *sharing.Directory  // the same, of users, roles and groups
	hidden     []*schema.Record    // what Silo took from view
	ran        *Ran                // nil: nothing is noted
}

// New makes an org with an Organization row, the standard profiles and one
// active System Administrator.
func New(ctx context.Context, cfg Config) (*Org, error) {
	cfg.complete()
	if _, err := time.LoadLocation(cfg.TimeZone); err != nil {
		return nil, fmt.Errorf("make org %s: time zone %q: %w", cfg.Name, cfg.TimeZone, err)
	}
	st := cfg.Store
	if st == nil {
		var err error
		if st, err = sqlite.New(ctx); err != nil {
			return nil, fmt.Errorf("make org %s: %w", cfg.Name, err)
		}
	}
	o := &Org{cfg: cfg, st: st, registry: newRegistry(), cache: sharedCompiled, ledger: &ledger.Ledger{}, trace: &Trace{}}
	o.clock.now = cfg.Start.UnixMilli()
	o.state = state{Format: stateFormat, Config: cfg,
		Instance: instanceOf(cfg.Seed), Counters: map[string]uint64{}, Numbers: map[string]int64{},
		Prefixes: map[string]string{}, Mirror: map[string]string{},
		Profiles: map[string]string{}, Notes: map[string]string{}}
	if err := o.found(ctx); err != nil {
		return nil, fmt.Errorf("make org %s: %w", cfg.Name, err)
	}
	return o, nil
}

// found makes the rows that every org has.
func (o *Org) found(ctx context.Context) error {
	w, err := o.cache.get(o, o.registry)
	if err != nil {
		return err
	}
	o.compiled = w
	sp, err := o.st.Savepoint(ctx)
	if err != nil {
		return err
	}
	if err := o.foundRows(ctx); err != nil {
		return err
	}
	if err := standard.Setup(ctx, standard.Target{Insert: o.insertRow, NextID: o.nextID, Now: o.clock.now, TimeZone: o.cfg.TimeZone}); err != nil {
		return err
	}
	if err := o.foundPricebook(ctx); err != nil {
		return err
	}
	return o.st.Release(ctx, sp)
}

// Open reads an .org file written by Save.
func Open(ctx context.Context, path string) (*Org, error) {
	st, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return OpenIn(ctx, st, path)
}

// OpenIn makes an org of a store that holds one, as Save or Keep left it; path
// is for messages. The store is closed with the org, or at once on an error.
func OpenIn(ctx context.Context, st store.Store, path string) (*Org, error) {
	o := &Org{st: st, cache: sharedCompiled, ledger: &ledger.Ledger{}, trace: &Trace{}}
	err := o.readMeta(ctx)
	if err == nil {
		o.cfg = o.state.Config
		o.compiled, err = o.cache.get(o, o.registry)
	}
	if err == nil {
		err = o.abortLost(ctx)
	}
	if err != nil {
		_ = st.Close() // the first error tells more
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return o, nil
}

// Save writes the whole org to one file. Asynchronous jobs that have not run
// are not part of it: Drain first.
func (o *Org) Save(ctx context.Context, path string) error {
	if err := o.Keep(ctx); err != nil {
		return err
	}
	if err := o.st.Save(ctx, path); err != nil {
		return fmt.Errorf("save %s to %s: %w", o.cfg.Name, path, err)
	}
	return nil
}

// Keep writes into the store what the org holds besides it, so that OpenIn
// finds the whole org there. As with Save, jobs that have not run are left out.
func (o *Org) Keep(ctx context.Context) error {
	if o.tx != nil {
		return fmt.Errorf("save %s: a transaction is running", o.cfg.Name)
	}
	return o.writeMeta(ctx)
}

// Fork makes an independent copy at once. The fork has a ledger and a trace of
// its own. It is an error inside Run.
func (o *Org) Fork(ctx context.Context, name string) (*Org, error) {
	if o.tx != nil {
		return nil, fmt.Errorf("fork %s: a transaction is running", o.cfg.Name)
	}
	st, err := o.st.Fork(ctx)
	if err != nil {
		return nil, fmt.Errorf("fork %s: %w", o.cfg.Name, err)
	}
	f := *o
	f.st = st
	f.state = o.state.clone()
	f.queue = o.queue.clone()
	f.ledger, f.trace = &ledger.Ledger{}, &Trace{}
	f.forgetUsers()
	if name != "" {
		f.cfg.Name = name
	}
	return &f, nil
}

// Attempt runs fn and, when it fails, puts the whole org (components, rows,
// jobs, counters, clock) back as it was; ledger and trace stay. It may not be
// called inside Run.
func (o *Org) Attempt(ctx context.Context, fn func() error) error {
	backup, err := o.Fork(ctx, "")
	if err != nil {
		return err
	}
	if err = fn(); err == nil {
		if cerr := backup.Close(); cerr != nil {
			return fmt.Errorf("drop the copy of %s: %w", o.cfg.Name, cerr)
		}
		return nil
	}
	dropped := o.st
	backup.ledger, backup.trace = o.ledger, o.trace
	*o = *backup
	if cerr := dropped.Close(); cerr != nil {
		return fmt.Errorf("%w; closing what is undone failed too: %w", err, cerr)
	}
	return err
}

// Undone runs fn and then puts rows, jobs, counters and the clock back as they
// were, whatever fn did; trace and ledger start empty. It costs far less than
// a fork that is dropped. fn may not deploy.
func (o *Org) Undone(ctx context.Context, fn func() error) error {
	if o.tx != nil {
		return fmt.Errorf("try out in %s: a transaction is running", o.cfg.Name)
	}
	sp, err := o.st.Savepoint(ctx)
	if err != nil {
		return fmt.Errorf("try out in %s: %w", o.cfg.Name, err)
	}
	before := *o
	o.state, o.queue = before.state.clone(), before.queue.clone()
	o.ledger, o.trace, o.users = &ledger.Ledger{}, &Trace{}, nil
	laid, _ := o.st.(store.Laid)
	layouts := 0
	if laid != nil {
		layouts = laid.Layouts()
	}
	err = fn()
	*o = before
	o.forgetUsers()
	ctx = context.WithoutCancel(ctx)
	var layout map[string][]string
	if laid != nil && laid.Layouts() != layouts {
		layout = laid.Layout()
	}
	if rerr := o.st.RollbackTo(ctx, sp); rerr != nil {
		return fmt.Errorf("undo what was tried out in %s: %w", o.cfg.Name, rerr)
	}
	if rerr := o.lay(ctx, layout); rerr != nil {
		return fmt.Errorf("undo what was tried out in %s: %w", o.cfg.Name, rerr)
	}
	if rerr := o.st.Release(ctx, sp); rerr != nil {
		return fmt.Errorf("undo what was tried out in %s: %w", o.cfg.Name, rerr)
	}
	return err
}

// lay makes tables and indexes that were undone again. They hold nothing and
// change no answer, and taking them away each time costs more than all the rest:
// the database reads its whole schema anew.
func (o *Org) lay(ctx context.Context, layout map[string][]string) error {
	for _, name := range slices.Sorted(maps.Keys(layout)) {
		obj := o.compiled.schema.Object(name)
		if obj == nil || !o.stored(obj) {
			continue
		}
		if err := o.st.EnsureTable(ctx, obj); err != nil {
			return err
		}
		for _, field := range layout[name] {
			if f := obj.Field(field); f != nil {
				if err := o.st.EnsureIndex(ctx, f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Fault is the first failure of the database itself under this org or one of
// its forks: see store.Fault. What was found out in the org is void then.
func (o *Org) Fault() error { return store.Fault(o.st) }

// Close gives back the store.
func (o *Org) Close() error { return o.st.Close() }

// Name is the name given to New or Fork.
func (o *Org) Name() string { return o.cfg.Name }

// Seed is the seed given to New.
func (o *Org) Seed() uint64 { return o.cfg.Seed }

// ID is the org's id: 00D....
func (o *Org) ID() string { return o.state.OrgID }

// Features lists the features given to New.
func (o *Org) Features() []schema.Feature { return o.cfg.Features }

// Schema is the describe of the org as its components make it now.
func (o *Org) Schema() *schema.Schema { return o.compiled.schema }

// Store is the org's database. Attempt may replace it: ask again.
func (o *Org) Store() store.Store { return o.st }

// Clock is the org's virtual clock.
func (o *Org) Clock() *Clock { return &o.clock }

// Ledger lists what the org's runs relied on that is not exact.
func (o *Org) Ledger() *ledger.Ledger { return o.ledger }

// Trace is what happened inside the org's transactions.
func (o *Org) Trace() *Trace { return o.trace }

// Counts is the number of rows of every object that has any, recycle bin
// included, by API name.
func (o *Org) Counts(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	for _, obj := range o.compiled.schema.Objects() {
		if has, ok := o.st.(interface{ HasTable(*schema.Object) bool }); !o.stored(obj) || ok && !has.HasTable(obj) {
			continue
		}
		n, err := o.st.Count(ctx, obj)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", obj.Name, err)
		}
		if n > 0 {
			out[obj.Name] = n
		}
	}
	return out, nil
}

// stored reports whether the object has rows in the database.
func (o *Org) stored(obj *schema.Object) bool { return obj.Kind.Stored() && obj.IDField() != nil }

// prefixed puts a namespace in front of any name: "ns__Name".
func prefixed(ns, name string) string {
	if ns == "" {
		return name
	}
	return ns + "__" + name
}
