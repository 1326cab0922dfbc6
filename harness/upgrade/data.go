package upgrade

import (
	"context"
	"fmt"
	"strconv"
	"unicode/utf16"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// storedRule is a change of a field that rows of the org may stand in the way of
// (upgrade-rules.md, section 4). With which words the platform refuses it is not
// documented, and for some not whether it does: a refusal is noted in the ledger.
type storedRule struct {
	name string // in the ledger
	note string
	cure string
	// changes reports whether an action changes the field so; was is nil for a
	// field that is new.
	changes func(was, is *metadata.Component) bool
	says    func(was, is *metadata.Component) string // what can not be done
	one     string                                   // what is wrong with the row that stands in the way
	more    string                                   // and with several
	// hinders lists the rows that stand in the way, by id; f is nil for a field
	// that is new.
	hinders func(rows []*schema.Record, f *schema.Field, is *metadata.Component) []string
}

var storedRules = []storedRule{
	{
		name: "shortened text field", note: "an upgrade that would cut stored values is refused; the platform may truncate instead",
		cure:    "keep the length, or shorten the values in the script of a release before and in orgs that skip it",
		changes: shortens,
		says: func(was, is *metadata.Component) string {
			before, _ := length(was)
			after, _ := length(is)
			return fmt.Sprintf("cannot reduce the length from %d to %d", before, after)
		},
		one: "1 record holds a longer value", more: "%d records hold longer values", hinders: longer,
	},
	{
		name: "field made unique", note: "it is refused where rows have the same value; with which words is not known",
		cure:    "keep the field as it is, or make the values different in the script of a release before and in orgs that skip it",
		changes: func(was, is *metadata.Component) bool { return turnsOn(was, is, "unique") },
		says:    always("cannot make the values unique"),
		one:     "1 record holds a value that another has", more: "%d records hold values that others have", hinders: alike,
	},
	{
		name: "lookup made a master", note: "it is refused where rows have no parent; with which words is not known",
		cure:    "keep the lookup, or fill it in the script of a release before and in orgs that skip it",
		changes: func(was, is *metadata.Component) bool { return was != nil && becomesMaster(was, is) },
		says:    always("cannot change the lookup to master-detail"),
		one:     "1 record has no parent", more: "%d records have no parent", hinders: withoutParent,
	},
	{
		name: "new master of an object with rows", note: "it is refused, since the rows have no parent; with which words is not known",
		cure:    "add a lookup, fill it in a script, and require it by a validation rule",
		changes: func(was, is *metadata.Component) bool { return was == nil && becomesMaster(was, is) },
		says:    always("cannot add a master-detail field to an object that holds records"),
		one:     "1 record has no parent", more: "%d records have no parent", hinders: withoutParent,
	},
}

func always(text string) func(was, is *metadata.Component) string {
	return func(_, _ *metadata.Component) string { return text }
}

// checkStoredData refuses what stored rows do not allow.
func checkStoredData(ctx context.Context, in *installing) error {
	for _, act := range in.actions {
		if act.Kind != metadata.CustomField || act.Verb != Rewrite && act.Verb != Create {
			continue
		}
		var was *metadata.Component
		if act.Verb == Rewrite {
			was = in.inv.entry(act.Kind, act.Name).Component
		}
		for _, rule := range storedRules {
			if !rule.changes(was, act.Component) {
				continue
			}
			if err := in.refuseStored(ctx, rule, was, act); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuseStored holds the rows of a field's object against a rule.
func (in *installing) refuseStored(ctx context.Context, rule storedRule, was *metadata.Component, act Action) error {
	obj := in.org.Schema().ObjectIn(in.pkg.Namespace, act.Component.Parent())
	if obj == nil || !obj.Kind.Stored() {
		return nil
	}
	var rows []*schema.Record
	if err := in.org.Store().Scan(ctx, obj, func(row *schema.Record) error { rows = append(rows, row); return nil }); err != nil {
		return fmt.Errorf("look at the rows of %s before %s is changed: %w", obj.Name, act.Name, err)
	}
	ids := rule.hinders(rows, obj.FieldIn(in.pkg.Namespace, act.Component.BaseName()), act.Component)
	if len(ids) == 0 {
		return nil
	}
	in.org.Ledger().Note(ledger.Approximated, "upgrade", rule.name, rule.note, act.Name)
	records := rule.one
	if len(ids) > 1 {
		records = fmt.Sprintf(rule.more, len(ids))
	}
	return &Failure{Class: StoredData, Type: DeployError, Step: "changing " + act.Name, cure: rule.cure,
		Message:    fmt.Sprintf("%s: %s: %s, first %s", act.Name, rule.says(was, act.Component), records, ids[0]),
		Components: []string{"CustomField " + act.Name}}
}

// length is the length of a text field; ok is false where it has none.
func length(c *metadata.Component) (n int, ok bool) {
	if c == nil {
		return 0, false
	}
	n, err := strconv.Atoi(c.Props.Get("length"))
	return n, err == nil
}

func shortens(was, is *metadata.Component) bool {
	before, known := length(was)
	after, still := length(is)
	return known && still && after < before
}

// longer lists the rows whose value has more UTF-16 units than there will be
// room for.
func longer(rows []*schema.Record, f *schema.Field, is *metadata.Component) (ids []string) {
	most, _ := length(is)
	for _, row := range rows {
		if f != nil && exceeds(row.Get(f).Text(), most) {
			ids = append(ids, row.ID())
		}
	}
	return ids
}

func exceeds(text string, most int) bool {
	return len(text) > most && len(utf16.Encode([]rune(text))) > most
}

// turnsOn reports whether a property of a field that is there becomes true.
func turnsOn(was, is *metadata.Component, property string) bool {
	return was != nil && !was.Props.Bool(property) && is.Props.Bool(property)
}

// alike lists the rows whose value an earlier row has, as unique values are
// compared: without case unless the field says otherwise.
func alike(rows []*schema.Record, f *schema.Field, is *metadata.Component) (ids []string) {
	seen := map[string]bool{}
	for _, row := range rows {
		if f == nil || row.Get(f).IsNull() || deleted(row) {
			continue
		}
		key := row.Get(f).String()
		if !is.Props.Bool("caseSensitive") {
			key = value.Fold(key)
		}
		if seen[key] {
			ids = append(ids, row.ID())
		}
		seen[key] = true
	}
	return ids
}

func becomesMaster(was, is *metadata.Component) bool {
	const master = "MasterDetail"
	return is.Props.Get("type") == master && (was == nil || was.Props.Get("type") != master)
}

// withoutParent lists the rows whose lookup is empty: all, where the field is new.
func withoutParent(rows []*schema.Record, f *schema.Field, _ *metadata.Component) (ids []string) {
	for _, row := range rows {
		if !deleted(row) && (f == nil || row.Get(f).IsNull()) {
			ids = append(ids, row.ID())
		}
	}
	return ids
}

// deleted reports whether a row is in the recycle bin.
func deleted(row *schema.Record) bool {
	f := row.Object.Field("IsDeleted")
	return f != nil && row.Get(f).Bool()
}
