package org

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// lockedKey begins the notes of rows that Apex code has locked.
const lockedKey = "locked/"

// isLocked answers whether a row is locked for approval.
func isLocked(tx *Tx, _ *vm.Thread, args []any) (any, error) {
	return vm.Bool(tx.org.state.Notes[lockedKey+argument(args, 0).Text()] != ""), nil
}

// setLock locks a row or opens it again. The answer is true, or false when the
// org has no such row.
func setLock(to string) func(*Tx, *vm.Thread, []any) (any, error) {
	return func(tx *Tx, t *vm.Thread, args []any) (any, error) {
		id := argument(args, 0).Text()
		object := tx.compiled.schema.ByID(id)
		if object == nil || !tx.org.stored(object) {
			return vm.Bool(false), nil
		}
		have, err := tx.org.st.Load(t.Context(), object, []string{id})
		if err != nil || have[0] == nil {
			return vm.Bool(false), err
		}
		tx.org.ledger.Note(ledger.Approximated, "apex", "Approval.lock", "a locked record can still be edited", t.Where())
		if to == "" {
			delete(tx.org.state.Notes, lockedKey+id)
		} else {
			tx.org.state.Notes[lockedKey+id] = to
		}
		return vm.Bool(true), nil
	}
}

// approvalProcess answers whether an approval process could take a record: false
// when there is none for its object. Running one is not simulated.
func approvalProcess(tx *Tx, t *vm.Thread, args []any) (any, error) {
	object := tx.compiled.schema.ByID(argument(args, 0).Text())
	if object == nil {
		return vm.Bool(false), nil
	}
	for _, e := range tx.compiled.registry.OfKind(metadata.ApprovalProcess) {
		of, _, _ := strings.Cut(e.Component.Name, ".")
		if strings.EqualFold(prefixed(e.Namespace, of), object.Name) || strings.EqualFold(of, object.Name) {
			return vm.Bool(true), nil
		}
	}
	return vm.Bool(false), nil
}
