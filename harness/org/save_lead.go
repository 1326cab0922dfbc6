package org

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// convertLead is Database.convertLead for one lead: the argument is a
// *dml.LeadConversion, which gets the ids; the answer a dml.Result.
func convertLead(tx *Tx, t *vm.Thread, args []any) (any, error) {
	a, ok := args[0].(*dml.LeadConversion)
	if !ok {
		return nil, fmt.Errorf("convert a lead: %T is no lead conversion", args[0])
	}
	res := dml.Result{ID: a.LeadID}
	known, err := tx.Query(t.Context(), "SELECT Id FROM LeadStatus WHERE IsConverted = true AND MasterLabel = :status",
		map[string]value.Value{"status": value.OfText(a.Status)})
	if err != nil {
		return nil, err
	}
	var refused []dml.RowError
	if len(known) == 0 {
		refused = []dml.RowError{save.BadLeadStatus(a.Status)}
	} else {
		if refused, err = tx.session.ConvertLead(t.Context(), a); err != nil {
			return nil, err
		}
		tx.noteLeadFields(t, a.LeadID)
	}
	res.Errors = refused
	res.Success = len(refused) == 0
	return res, nil
}

// noteLeadFields tells the ledger of custom fields with values, which an org
// may map to those of the records that were made.
func (tx *Tx) noteLeadFields(t *vm.Thread, id string) {
	o := tx.compiled.schema.Object("Lead")
	have, err := tx.org.st.Load(t.Context(), o, []string{id})
	if err != nil || have[0] == nil {
		return
	}
	have[0].Each(func(f *schema.Field, v value.Value) {
		if strings.HasSuffix(f.Name, "__c") && f.Type != schema.Boolean && !v.IsNull() {
			tx.org.ledger.Note(ledger.Approximated, "save", "lead conversion of "+f.Name, "custom fields of leads are not mapped", t.Where())
		}
	})
}
