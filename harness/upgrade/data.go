package upgrade

import (
	"context"
	"fmt"
	"strconv"
	"unicode/utf16"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// checkStoredData refuses what stored rows do not allow: a text field made
// shorter than a value the org holds (upgrade-rules.md, section 4; the facts
// leave open whether the platform refuses or truncates, so it is refused here
// and noted in the ledger).
func checkStoredData(ctx context.Context, o *org.Org, pkg *metadata.Package, inv *inventory, actions []Action) error {
	for _, act := range actions {
		if act.Kind != metadata.CustomField || act.Verb != Rewrite {
			continue
		}
		before := inv.entry(act.Kind, act.Name).Component
		was, errWas := strconv.Atoi(before.Props.Get("length"))
		will, errWill := strconv.Atoi(act.Component.Props.Get("length"))
		if errWas != nil || errWill != nil || will >= was {
			continue
		}
		ids, err := longerThan(ctx, o, pkg.Namespace, act.Component, will)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			o.Ledger().Note(ledger.Approximated, "upgrade", "shortened text field",
				"an upgrade that would cut stored values is refused; the platform may truncate instead", act.Name)
			return &Failure{Class: StoredData, Type: DeployError, Step: "shortening " + act.Name,
				Message: fmt.Sprintf("%s: cannot reduce the length from %d to %d: %d records hold longer values, first %s",
					act.Name, was, will, len(ids), ids[0]),
				Components: []string{"CustomField " + act.Name}}
		}
	}
	return nil
}

// longerThan lists the ids of rows whose value has more UTF-16 units than max.
func longerThan(ctx context.Context, o *org.Org, ns string, c *metadata.Component, max int) ([]string, error) {
	obj := o.Schema().ObjectIn(ns, c.Parent())
	if obj == nil || !obj.Kind.Stored() {
		return nil, nil
	}
	field := obj.FieldIn(ns, c.BaseName())
	if field == nil {
		return nil, nil
	}
	var ids []string
	err := o.Store().Scan(ctx, obj, func(row *schema.Record) error {
		if exceeds(row, field, max) {
			ids = append(ids, row.ID())
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for values of %s longer than %d: %w", field.Name, max, err)
	}
	return ids, nil
}

func exceeds(row *schema.Record, field *schema.Field, max int) bool {
	text := row.Get(field).Text()
	return len(text) > max && len(utf16.Encode([]rune(text))) > max
}
