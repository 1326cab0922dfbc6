package org

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// host is the Apex machine's view of a transaction, in files by concern:
// host_dml.go, host_query.go, host_settings.go, host_async.go,
// host_describe.go.
type host struct{ tx *Tx }

var _ vm.Host = host{}

// DML runs one statement.
func (h host) DML(t *vm.Thread, call *vm.DMLCall) ([]dml.Result, error) {
	if len(call.Records) > 0 && call.Records[0].Object.Kind == schema.PlatformEvent {
		return h.Publish(t, &vm.PublishCall{Events: call.Records})
	}
	g, err := h.tx.guardOf(t.Context(), call)
	if err != nil {
		return nil, err
	}
	if o := call.Options; o != nil && (o.UseDefaultRule || o.AssignmentRuleID != "") {
		h.Approximated(t, "assignment rules", "owners are not assigned by rule", t.Where())
	}
	h.tx.org.trace.statements++
	if len(call.Records) > 0 {
		h.tx.saved = call.Records[0].Object.Name
	}
	outer, floor := len(h.tx.savepoints), h.tx.floor
	h.tx.floor = outer
	h.tx.noteSave(&call.Statement)
	results, err := h.tx.session.RunFor(t.Context(), &call.Statement, g)
	h.tx.savepoints, h.tx.floor = h.tx.savepoints[:min(outer, len(h.tx.savepoints))], floor
	if err != nil {
		return nil, err
	}
	h.tx.written(call.Records)
	h.tx.savedAfterAll(call.Records, results)
	return results, nil
}

// savedAfterAll tells the trace of rows that were refused before and saved now.
func (tx *Tx) savedAfterAll(recs []*schema.Record, results []dml.Result) {
	if len(tx.failedNew)+len(tx.org.trace.failed) == 0 {
		return
	}
	for i, r := range results {
		if !r.Success || i >= len(recs) {
			continue
		}
		tx.org.trace.triedAgain(r.ID)
		tx.org.trace.superseded(tx.failedNew[recs[i]])
		delete(tx.failedNew, recs[i])
	}
}

// written drops what the org remembers of rows that changed.
func (tx *Tx) written(recs []*schema.Record) {
	for _, r := range recs {
		switch {
		case accessRows[r.Object.Name]:
			tx.org.forgetUsers()
		case r.Object.Name == "Organization":
			tx.org.info.info = nil
		}
	}
}

// Savepoint implements Database.setSavepoint.
func (h host) Savepoint(t *vm.Thread) (int, error) {
	sp, err := h.tx.org.st.Savepoint(t.Context())
	if err != nil {
		return 0, err
	}
	h.tx.savepoints = append(h.tx.savepoints, savepoint{sp, h.tx.waiting()})
	return len(h.tx.savepoints), nil
}

// checkSavepoint refuses a savepoint that is gone, and inside a trigger those
// set outside of it (order-of-execution.md, section 4).
func (tx *Tx) checkSavepoint(n int) error {
	if n < 1 || n > len(tx.savepoints) || n <= tx.floor {
		return &dml.Fault{Type: "System.TypeException", Message: "Savepoint does not exist in this context"}
	}
	return nil
}

// Rollback undoes the writes since a savepoint; later savepoints are gone.
func (h host) Rollback(t *vm.Thread, n int) error {
	if err := h.tx.checkSavepoint(n); err != nil {
		return err
	}
	h.tx.savepoints = h.tx.savepoints[:n]
	h.tx.org.forgetUsers()
	h.tx.savepoints[n-1].drop()
	return h.tx.org.st.RollbackTo(t.Context(), h.tx.savepoints[n-1].rows)
}

// Release forgets a savepoint and those after it.
func (h host) Release(t *vm.Thread, n int) error {
	if err := h.tx.checkSavepoint(n); err != nil {
		return err
	}
	sp := h.tx.savepoints[n-1].rows
	h.tx.savepoints = h.tx.savepoints[:n-1]
	return h.tx.org.st.Release(t.Context(), sp)
}
