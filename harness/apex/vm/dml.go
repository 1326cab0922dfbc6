package vm

import (
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// dml compiles insert, update, upsert, delete, undelete and merge.
func (c *compiler) dml(s *types.DML) stmt {
	x, pos, op, ns, field := c.val(s.X), s.At, s.Op, c.code.ns, s.Field
	stated := s.Mode == syntax.UserMode || s.Mode == syntax.SystemMode
	access := SystemMode
	if s.Mode == syntax.UserMode {
		access = UserMode
	}
	var with valExpr
	if s.With != nil {
		with = c.val(s.With)
	}
	return func(f *frame) ctl {
		t := f.t
		v := x(f)
		call := &DMLCall{Statement: schema.Statement{Op: op, AllOrNone: true, ExternalID: field}, Access: access, Namespace: ns}
		if with != nil {
			w := with(f)
			f.pos = pos
			call.Master, call.Records = v.Record(), t.mergeRecords(v, w)
		} else {
			f.pos = pos
			call.Records = t.Records(v)
		}
		if !stated {
			call.Access = t.Access()
		}
		t.DML(call)
		return onward
	}
}

// mergeRecords are the records merged into a master: records or ids.
func (t *Thread) mergeRecords(master, v Value) []*schema.Record {
	if master.k == KindNull || v.k == KindNull {
		t.ThrowNull()
	}
	vals := []Value{v}
	if v.k == KindList {
		vals = v.List().Vals
	}
	var out []*schema.Record
	for _, x := range vals {
		if x.isText() {
			r := schema.NewRecord(master.Record().Object)
			r.SetID(x.Text())
			out = append(out, r)
			continue
		}
		if x.k != KindRecord {
			t.ThrowNull()
		}
		out = append(out, x.Record())
	}
	return out
}

// Records are the records of a value that DML takes: one, or a list.
func (t *Thread) Records(v Value) []*schema.Record {
	switch v.k {
	case KindRecord:
		return []*schema.Record{v.Record()}
	case KindList, KindSet:
		vals := t.Elements(v)
		out := make([]*schema.Record, len(vals))
		for i, x := range vals {
			if x.k != KindRecord {
				t.notRecord(x)
			}
			out[i] = x.Record()
		}
		return out
	default:
		t.notRecord(v)
		return nil
	}
}

// notRecord stops at a value that is saved and is no record: null, or an object
// that stands for a record of a package that is not at hand.
func (t *Thread) notRecord(v Value) {
	if v.k != KindNull {
		t.Unsupported("a record of a package that is not at hand", "")
	}
	t.ThrowNull()
}

// DML runs one statement: it counts it, hands it to the org, throws the
// DmlException of an all-or-none failure and traces the failed rows of a
// partial save.
func (t *Thread) DML(call *DMLCall) []dml.Result {
	call.Sharing = t.Sharing()
	if call.Namespace == "" {
		call.Namespace = t.Namespace()
	}
	if len(call.Records) == 0 {
		return nil
	}
	t.recordOptions(call)
	t.Use(DMLStatements, 1)
	t.Use(DMLRows, int64(len(call.Records)))
	t.checkRows(call)
	t.Work(int64(50 * len(call.Records)))
	if t.opt.Log != nil {
		t.log("DML_BEGIN", t.at(), "Op:"+call.Op.String(), "Type:"+call.Records[0].Object.Name, "Rows:"+strconv.Itoa(len(call.Records)))
	}
	results, err := t.host.DML(t, call)
	t.log("DML_END", t.at())
	t.Check(err)
	failed := false
	for i := range results {
		if !results[i].Success {
			failed = true
			if !call.AllOrNone {
				t.rowError(call, i, &results[i])
			}
		}
	}
	if failed && call.AllOrNone {
		t.throwDML(call, results)
	}
	return results
}

// SetRecordOptions gives a record options of its own, as SObject.setOptions
// does; nil takes them away.
func (t *Thread) SetRecordOptions(r *schema.Record, o *dml.Options) {
	if t.options == nil {
		t.options = map[*schema.Record]*dml.Options{}
	}
	t.options[r] = o
}

// recordOptions applies the options of records to a statement that has none:
// those of the first record, to all.
func (t *Thread) recordOptions(call *DMLCall) {
	if call.Options != nil || len(t.options) == 0 {
		return
	}
	call.Options = t.options[call.Records[0]]
	for _, r := range call.Records {
		if o := t.options[r]; o != call.Options && (o == nil || call.Options == nil || *o != *call.Options) {
			t.host.Approximated(t, "SObject.setOptions", "the options of the first record are applied to the whole statement", t.Where())
			return
		}
	}
}

// checkRows refuses lists that the platform refuses before it looks at rows.
func (t *Thread) checkRows(call *DMLCall) {
	if call.Op == dml.Insert || call.Op == dml.Upsert {
		t.checkInstances(call.Records)
	}
	if call.Op == dml.Insert || call.Op == dml.Undelete || call.Op == dml.Merge {
		return
	}
	seen := make(map[string]struct{}, len(call.Records))
	for _, r := range call.Records {
		id := r.ID()
		if id == "" {
			continue
		}
		if _, dup := seen[id]; dup {
			t.Throwf("System.ListException", "Duplicate id in list: %s", id)
		}
		seen[id] = struct{}{}
	}
}

// checkInstances refuses a list that holds one record twice: equal records that
// are different instances are fine.
func (t *Thread) checkInstances(rows []*schema.Record) {
	if len(rows) < 2 {
		return
	}
	seen := make(map[*schema.Record]struct{}, len(rows))
	for _, r := range rows {
		if _, twice := seen[r]; twice {
			t.Throw("System.ListException", "Before Insert or Upsert list must not have two identically equal elements")
		}
		seen[r] = struct{}{}
	}
}

func (t *Thread) rowError(call *DMLCall, i int, r *dml.Result) {
	for _, e := range r.Errors {
		ev := t.event(EventRowError, e.StatusCode, e.Detail())
		id := r.ID
		if id == "" {
			id = call.Records[i].ID()
		}
		ev.Failed.Rows = []dml.FailedRow{{Index: i, ID: id, RowError: e}}
		ev.Row = call.Records[i]
		t.host.Event(t, ev)
	}
}

// throwDML throws the exception of a failed statement (order-of-execution.md,
// section 5).
func (t *Thread) throwDML(call *DMLCall, results []dml.Result) {
	var rows []DMLRow
	for i, r := range results {
		if r.Success || len(r.Errors) == 0 {
			continue
		}
		rows = append(rows, DMLRow{Index: i, ID: call.Records[i].ID(), Record: call.Records[i], RowError: r.Errors[0]})
	}
	panic(&thrown{t.dmlException(call.Op.String(), rows)})
}

// inaccessibleFields begins the message of a row that carries fields its user
// may not write, in user mode. It is the whole message of the exception (Apex
// Developer Guide, "Enforce User Mode for Database Operations").
const inaccessibleFields = "Operation failed due to fields being inaccessible on Sobject "

func (t *Thread) dmlException(op string, rows []DMLRow) Value {
	msg := op + " failed."
	if len(rows) > 0 {
		first := rows[0]
		id := first.ID
		if op == dml.Insert.String() {
			id = ""
		}
		msg = dml.Failure(op, first.Index, id, first.RowError)
		if strings.HasPrefix(first.Message, inaccessibleFields) {
			msg = first.Message
		}
	}
	v := t.newException("System.DmlException", msg)
	ExceptionOf(v).Rows = rows
	return v
}

// DMLException is dmlException for the library: of sendEmail and its like.
func (t *Thread) DMLException(op string, rows []DMLRow) Value { return t.dmlException(op, rows) }

// runAs compiles System.runAs(user) { ... }.
func (c *compiler) runAs(s *types.RunAs) stmt {
	x, pos := c.val(s.X), s.At
	body := c.block(s.Body.Stmts)
	return func(f *frame) ctl {
		v := x(f)
		f.pos = pos
		if v.k == KindNull {
			f.t.ThrowNull()
		}
		r := v.Record()
		if r == nil { // a Version: package code runs as that version, which changes nothing here
			return body(f)
		}
		undo, err := f.t.host.RunAs(f.t, r)
		f.t.Check(err)
		defer undo()
		f.runningAs++
		defer func() { f.runningAs-- }()
		return body(f)
	}
}

// Savepoint and Rollback count as DML statements.
func (t *Thread) Savepoint() int {
	t.Use(DMLStatements, 1)
	n, err := t.host.Savepoint(t)
	t.Check(err)
	return n
}

// Rollback undoes the data changes since a savepoint.
func (t *Thread) Rollback(n int) {
	t.Use(DMLStatements, 1)
	t.Emit(EventRollback, "rollback", "savepoint rolled back")
	t.Check(t.host.Rollback(t, n))
}
