package org

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// findDuplicates answers with a result for each record: what the active
// duplicate rules of its object find among the rows that are stored (Apex
// Reference, Datacloud Namespace).
func findDuplicates(tx *Tx, t *vm.Thread, args []any) (any, error) {
	var results []vm.Value
	for _, v := range argument(args, 0).List().Vals {
		result, err := tx.duplicatesOf(t, v.Record())
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return t.ListOf("Datacloud.FindDuplicatesResult", results), nil
}

func findDuplicatesByIDs(tx *Tx, t *vm.Thread, args []any) (any, error) {
	var results []vm.Value
	for _, v := range argument(args, 0).List().Vals {
		obj := tx.compiled.schema.ByID(v.Text())
		var rec *schema.Record
		if obj != nil {
			recs, err := tx.org.st.Load(t.Context(), obj, []string{v.Text()})
			if err != nil {
				return nil, err
			}
			rec = recs[0]
		}
		result, err := tx.duplicatesOf(t, rec)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return t.ListOf("Datacloud.FindDuplicatesResult", results), nil
}

// duplicatesOf is the result for one record; a rule that found nothing is not in
// it.
func (tx *Tx) duplicatesOf(t *vm.Thread, rec *schema.Record) (vm.Value, error) {
	var rules []vm.Value
	if rec != nil {
		found, err := tx.session.FindDuplicates(t.Context(), rec)
		if err != nil {
			return vm.Null, err
		}
		for i, f := range found {
			if i > 0 && found[i-1].Rule == f.Rule {
				continue // taken with the first matching rule of it
			}
			var matches []vm.Value
			for _, m := range found[i:] {
				if m.Rule == f.Rule && len(m.Records) > 0 {
					matches = append(matches, matchResult(t, m))
				}
			}
			if len(matches) > 0 {
				rules = append(rules, data(t, "Datacloud.DuplicateResult", map[string]vm.Value{"duplicaterule": vm.Str(developerName(f.Rule.Source.Name)),
					"duplicateruleentitytype": vm.Str(rec.Object.Name), "errormessage": vm.Str(f.Rule.Message),
					"allowsave": vm.Bool(!slices.Contains(f.Rule.Blocks[:], true)), "matchresults": t.ListOf("Datacloud.MatchResult", matches)}))
			}
		}
	}
	return data(t, "Datacloud.FindDuplicatesResult", map[string]vm.Value{"success": vm.Bool(true), "errors": t.ListOf("Database.Error", nil),
		"duplicateresults": t.ListOf("Datacloud.DuplicateResult", rules)}), nil
}

func matchResult(t *vm.Thread, m save.Duplicates) vm.Value {
	var records []vm.Value
	for _, rec := range m.Records {
		records = append(records, data(t, "Datacloud.MatchRecord", map[string]vm.Value{"record": vm.Record(rec), "matchconfidence": vm.Double(100),
			"fielddiffs": t.ListOf("Datacloud.FieldDiff", nil), "additionalinformation": t.ListOf("Datacloud.AdditionalInformationMap", nil)}))
	}
	return data(t, "Datacloud.MatchResult", map[string]vm.Value{"rule": vm.Str(developerName(m.Matching.Name)), "entitytype": vm.Str(m.Matching.Object.Name),
		"matchengine": vm.Str("ExactMatchEngine"), "size": vm.Int(int64(len(records))), "success": vm.Bool(true),
		"errors": t.ListOf("Database.Error", nil), "matchrecords": t.ListOf("Datacloud.MatchRecord", records)})
}

// developerName is the name of a rule without its object.
func developerName(full string) string { return full[strings.LastIndexByte(full, '.')+1:] }

func data(t *vm.Thread, class string, values map[string]vm.Value) vm.Value {
	return t.NewNative(class, &vm.Bag{Values: values, Whole: true})
}
