package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// ChunkSize is how many rows go through the phases together
// (order-of-execution.md, section 2).
const ChunkSize = 200

const (
	maxChunks   = 10 // of different types in one list
	maxAttempts = 3  // of a partial-success statement
)

// Session is the pipeline of one transaction: the rows being saved further up
// and whether setup or other objects were written.
type Session struct {
	env    Env
	saving map[string]*Row // the outermost save of a row, by id
	setup  string          // first setup object written
	data   string          // first other object written
	// mixable counts the blocks in which both may be written.
	mixable   int
	deploying bool // see Deploying
	// cleared are the lookups that deletions of this transaction emptied, by
	// the id of the deleted row.
	cleared map[string][]clearedLookup
	// toShare are the ids of rows whose sharing rules over fields are looked at
	// after the commit, by object; sharedBy the objects in the order of writing.
	toShare  map[*schema.Object][]string
	sharedBy []*schema.Object
}

// NewSession begins the pipeline of a transaction.
func NewSession(env Env) *Session {
	return &Session{env: env, saving: map[string]*Row{}, cleared: map[string][]clearedLookup{}}
}

// Run saves one statement. The results hold every error also when all was
// undone. The error is nil unless the statement was refused as a whole (a
// *dml.Fault) or the transaction can not go on.
func (s *Session) Run(ctx context.Context, st *schema.Statement) ([]dml.Result, error) {
	return s.run(ctx, st, manner{})
}

// RunFor is Run with a guard that decides what the user may do with the rows;
// nil allows all.
func (s *Session) RunFor(ctx context.Context, st *schema.Statement, g Guard) ([]dml.Result, error) {
	return s.run(ctx, st, manner{guard: g})
}

func (s *Session) run(ctx context.Context, st *schema.Statement, how manner) ([]dml.Result, error) {
	if st.Op == dml.Merge {
		return s.merge(ctx, st, how)
	}
	if err := s.admit(st, how); err != nil {
		return nil, err
	}
	sp, err := s.env.Store().Savepoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin the save of %d rows: %w", len(st.Records), err)
	}
	drop := s.env.Waiting()
	results, err := s.attempts(ctx, st, how, func() error {
		drop()
		return s.env.Store().RollbackTo(ctx, sp)
	})
	if rerr := s.env.Store().Release(ctx, sp); err == nil && rerr != nil {
		err = fmt.Errorf("end the save of %d rows: %w", len(st.Records), rerr)
	}
	return results, err
}

// attempts is order-of-execution.md, section 3.
func (s *Session) attempts(ctx context.Context, st *schema.Statement, how manner, undo func() error) ([]dml.Result, error) {
	failed := make([][]dml.RowError, len(st.Records))
	unknown, err := s.foreignKeys(ctx, st)
	if err != nil {
		return nil, err
	}
	for i, e := range unknown {
		failed[i] = []dml.RowError{e}
	}
	if len(unknown) > 0 && st.AllOrNone {
		return results(st, nil, failed), nil
	}
	rows := makeRows(st, failed)
	restore := s.env.SaveLimits()
	for attempt := 1; ; attempt++ {
		err := s.attempt(ctx, st, how, rows)
		if err != nil {
			if uerr := undo(); uerr != nil {
				return nil, uerr
			}
			return nil, err
		}
		bad := 0
		for _, r := range rows {
			if len(r.Errors) > 0 {
				failed[r.Index] = r.Errors
				bad++
			}
		}
		if bad == 0 {
			break
		}
		if err := undo(); err != nil {
			return nil, err
		}
		if st.AllOrNone || bad == len(rows) {
			rows = nil
			break
		}
		if attempt == maxAttempts {
			for _, r := range rows {
				failed[r.Index] = []dml.RowError{tooManyRetries.on(nil)}
			}
			rows = nil
			break
		}
		restore()
		rows = makeRows(st, failed)
	}
	return results(st, rows, failed), nil
}

func makeRows(st *schema.Statement, failed [][]dml.RowError) []*Row {
	rows := make([]*Row, 0, len(st.Records))
	for i, rec := range st.Records {
		if failed[i] == nil {
			rows = append(rows, &Row{Index: i, Input: rec})
		}
	}
	return rows
}

// results also hands the ids of new rows back to the caller's records.
func results(st *schema.Statement, saved []*Row, failed [][]dml.RowError) []dml.Result {
	out := make([]dml.Result, len(st.Records))
	for i, rec := range st.Records {
		out[i] = dml.Result{ID: rec.ID(), Errors: failed[i]}
	}
	for _, r := range saved {
		id := r.Input.ID()
		if r.created || id == "" {
			id = r.New.ID()
			r.Input.SetID(id)
		}
		out[r.Index] = dml.Result{ID: id, Success: true, Created: r.created}
	}
	return out
}

// attempt sends the rows through the phases, chunk by chunk in input order.
func (s *Session) attempt(ctx context.Context, st *schema.Statement, how manner, rows []*Row) error {
	for len(rows) > 0 {
		o := rows[0].Input.Object
		n := 1
		for n < len(rows) && n < ChunkSize && rows[n].Input.Object == o {
			n++
		}
		if err := s.chunk(ctx, st, how, o, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (s *Session) chunk(ctx context.Context, st *schema.Statement, how manner, o *schema.Object, rows []*Row) error {
	base := chunk{session: s, object: o, auto: s.env.Automation(o), manner: how}
	if st.Options != nil {
		base.options = *st.Options
	}
	if st.Op != dml.Upsert {
		base.op, base.rows = st.Op, rows
		return base.run(ctx)
	}
	inserts, updates, err := s.splitUpsert(ctx, st, o, rows)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		op   dml.Op
		rows []*Row
	}{{dml.Insert, inserts}, {dml.Update, updates}} {
		if len(part.rows) == 0 {
			continue
		}
		c := base
		c.op, c.rows = part.op, part.rows
		if err := c.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// admit refuses a statement as a whole, before any row is looked at.
func (s *Session) admit(st *schema.Statement, how manner) error {
	chunks := 0
	var last *schema.Object
	seen := make(map[string]bool, len(st.Records))
	for _, rec := range st.Records {
		if rec.Object != last {
			last = rec.Object
			chunks++
			if err := s.admitObject(st, last, how); err != nil {
				return err
			}
		}
		id := rec.ID()
		if id == "" || st.Op == dml.Insert {
			continue
		}
		if seen[id] && (st.Op == dml.Update || st.Op == dml.Upsert) {
			return &dml.Fault{Type: "System.ListException", Message: "Duplicate id in list: " + id}
		}
		seen[id] = true
	}
	if chunks > maxChunks {
		return &dml.Fault{Type: "System.TypeException", Message: "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."}
	}
	return nil
}

func (s *Session) admitObject(st *schema.Statement, o *schema.Object, how manner) error {
	allowed := map[dml.Op]bool{dml.Insert: o.Createable, dml.Update: o.Updateable, dml.Upsert: o.Createable || o.Updateable,
		dml.Delete: o.Deletable, dml.Undelete: o.Undeletable || o.Deletable, dml.Merge: o.Deletable}
	if !allowed[st.Op] && !how.internal {
		return &dml.Fault{Type: "System.TypeException", Message: fmt.Sprintf("DML operation %s not allowed on %s", st.Op, o.Name)}
	}
	return s.mixed(st, o, how)
}

// setupObjects may not be written together with others in one transaction
// (order-of-execution.md, the note under section 6).
var setupObjects = map[string]bool{
	"authsession": true, "contentworkspace": true, "fieldpermissions": true, "forecastingshare": true,
	"group": true, "groupmember": true, "objectpermissions": true, "permissionset": true,
	"permissionsetassignment": true, "queuesobject": true, "setupentityaccess": true, "territory": true,
	"territory2": true, "userpackagelicense": true, "userrole": true, "userterritory": true,
	"userterritory2association": true,
}

// userSetupFields make a write of User one of a setup object.
var userSetupFields = []string{"UserRoleId", "IsActive", "ForecastEnabled", "IsPortalEnabled", "Username", "ProfileId"}

// setupness is what a statement counts as.
type setupness uint8

const (
	dataWrite setupness = iota
	setupWrite
	neitherWrite // users, as long as none of the fields above changes
)

func setupOf(st *schema.Statement, o *schema.Object) setupness {
	name := value.Fold(o.Name)
	switch {
	case setupObjects[name]:
		return setupWrite
	case name != "user":
		return dataWrite
	}
	for _, rec := range st.Records {
		if rec.Object != o {
			continue
		}
		if st.Op == dml.Insert {
			if f := o.Field("UserRoleId"); f != nil && !rec.Get(f).IsNull() {
				return setupWrite
			}
			continue
		}
		for _, n := range userSetupFields {
			if f := o.Field(n); f != nil && rec.IsSet(f) {
				return setupWrite
			}
		}
	}
	return neitherWrite
}

// AllowMixed lets setup objects and others be written together until the
// returned function is called, as a block of System.runAs does (Apex Developer
// Guide, "Using the runAs Method"); then a new count begins.
func (s *Session) AllowMixed() (end func()) {
	s.mixable++
	return func() {
		s.mixable--
		s.data, s.setup = "", ""
	}
}

// Deploying makes the session one of a test that runs while its package is
// deployed or made: mixed DML is not checked then (Knowledge Article 000231160).
func (s *Session) Deploying() { s.deploying = true }

// mixed is the check for mixed DML. The platform reports it as a row error of
// the statement, which the machine turns into a DmlException.
func (s *Session) mixed(st *schema.Statement, o *schema.Object, how manner) error {
	if s.mixable > 0 || o.Kind.IsCustomSetting() || o.Kind == schema.CustomMetadata || how.internal {
		return nil
	}
	first, other := &s.data, s.setup
	switch setupOf(st, o) {
	case setupWrite:
		first, other = &s.setup, s.data
	case neitherWrite:
		return nil
	}
	if other != "" && s.deploying {
		s.env.Approximated("mixed DML of "+o.Name+" and "+other, "not refused, as in tests that a deployment runs; a run of tests in an org refuses it", o.Name)
		return nil
	}
	if other != "" {
		e := mixedDML.on(nil, o.Name, other)
		return &dml.Fault{Type: "System.DmlException", Message: dml.Failure(st.Op.String(), 0, "", e), Rows: []dml.RowError{e}}
	}
	if *first == "" {
		*first = o.Name
	}
	return nil
}
