package org

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Schema is the describe that the transaction's program was checked against.
func (h host) Schema() *schema.Schema { return h.tx.compiled.schema }

// Now is the org's clock.
func (h host) Now() int64 { return h.tx.org.clock.now }

// Random draws from the org's own stream for Apex.
func (h host) Random() uint64 { return h.tx.org.random() }

// User is the running user.
func (h host) User() *vm.UserInfo { return h.tx.user }

// Organization is the org itself; Run has loaded it.
func (h host) Organization() *vm.OrgInfo {
	if info := h.tx.org.info.info; info != nil {
		return info
	}
	info, err := h.tx.org.organization(h.tx.thread.Context())
	if err != nil {
		return &vm.OrgInfo{ID: h.tx.org.state.OrgID, Name: h.tx.org.cfg.Name, Currency: h.tx.org.currency()}
	}
	return info
}

// RunAs makes another user the running one.
func (h host) RunAs(t *vm.Thread, user *schema.Record) (func(), error) {
	if user.ID() == "" { // the platform saves the user first
		results, err := h.DML(t, &vm.DMLCall{Statement: schema.Statement{Op: dml.Insert, Records: []*schema.Record{user}, AllOrNone: true}})
		if err != nil {
			return nil, err
		}
		if !results[0].Success {
			return nil, &dml.Fault{Type: "System.DmlException", Message: results[0].Errors[0].Message, Rows: results[0].Errors}
		}
	}
	u, err := h.tx.org.user(t.Context(), user.ID())
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, &dml.Fault{Type: "System.UnexpectedException", Message: "System.runAs: the user does not exist: " + user.ID()}
	}
	before := h.tx.user
	h.tx.user = u.info
	endMixed := h.tx.session.AllowMixed()
	return func() { h.tx.user = before; endMixed() }, nil
}

// RecordTypeID is the id of a record type's row.
func (h host) RecordTypeID(obj *schema.Object, rt *schema.RecordType) string {
	return h.tx.org.RecordTypeID(obj, rt)
}

// RecordTypeID is the id of the row of a record type.
func (o *Org) RecordTypeID(obj *schema.Object, rt *schema.RecordType) string {
	if id := o.recordTypeID(rt.Namespace, obj, rt.DeveloperName); id != "" {
		return id
	}
	return "012000000000000AAA" // the master record type
}

func (o *Org) recordTypeID(ns string, obj *schema.Object, name string) string {
	for _, parent := range []string{obj.Name, stripped(obj)} {
		if id := o.MirrorID(Key{metadata.RecordType, ns, parent + "." + name}); id != "" {
			return id
		}
	}
	return ""
}

// stripped is the name of an object without the namespace it has.
func stripped(obj *schema.Object) string {
	ns, base, suffix := schema.SplitName(obj.Name)
	if ns == "" {
		return obj.Name
	}
	return base + "__" + suffix
}

// RecordTypeAvailable says that every active record type is available and none
// is the default.
func (h host) RecordTypeAvailable(_ *schema.Object, rt *schema.RecordType) (available, isDefault bool) {
	return rt.Active, false
}

// Event tells the org's trace what happened.
func (h host) Event(_ *vm.Thread, e *vm.Event) {
	kind, ok := eventKinds[e.Kind]
	if !ok {
		return
	}
	out := Event{Kind: kind, Place: e.Place, Type: e.Type, Message: e.Message, Origin: e.Origin, Failed: e.Failed}
	if kind == RowFailed {
		out.Object = h.tx.saved
	}
	for _, row := range e.Failed.Rows {
		if row.ID == "" {
			continue
		}
		out.Rows = append(out.Rows, row.ID)
		if obj := h.tx.compiled.schema.ByID(row.ID); obj != nil {
			out.Object = obj.Name
		}
	}
	out.statement = h.tx.org.trace.statements
	h.tx.trace(out)
	if kind == RowFailed && len(out.Rows) == 0 && e.Row != nil {
		h.tx.failedAgain(e.Row)
	}
}

// failedAgain keeps the last event of a row without an id that was refused.
func (tx *Tx) failedAgain(row *schema.Record) {
	events, last := tx.org.trace.events, len(tx.org.trace.events)-1
	if tx.failedNew == nil {
		tx.failedNew = map[*schema.Record][]int{}
	}
	if earlier := tx.failedNew[row]; len(earlier) > 0 && last >= 0 && events[earlier[0]].statement != events[last].statement {
		tx.org.trace.superseded(earlier)
		delete(tx.failedNew, row)
	}
	tx.failedNew[row] = append(tx.failedNew[row], last)
}

// eventKinds are the machine's events that may hide a failure; what ends a
// transaction is traced by Run.
var eventKinds = map[vm.EventKind]EventKind{
	vm.EventCaught: Caught, vm.EventRollback: RolledBack, vm.EventRowError: RowFailed,
}

// Unsupported records what is not simulated.
func (h host) Unsupported(_ *vm.Thread, name, note, where string) {
	h.tx.org.ledger.Note(ledger.Unsupported, "apex", name, note, where)
}

// Approximated records what is not simulated exactly.
func (h host) Approximated(_ *vm.Thread, name, note, where string) {
	h.tx.org.ledger.Note(ledger.Approximated, "apex", name, note, where)
}
