package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// symptoms says which kinds of mess show themselves by a status code or by the
// words of a limit (messy-org-catalogue.md, column "Error / symptom").
var symptoms = map[string][]string{
	"FIELD_CUSTOM_VALIDATION_EXCEPTION":          {"C1", "C2", "C9", "B7"},
	"REQUIRED_FIELD_MISSING":                     {"A1", "C3"},
	"DUPLICATE_VALUE":                            {"A3", "B16"},
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST":    {"A5", "A4", "A6", "A7", "D10"},
	"STRING_TOO_LONG":                            {"A9", "A10", "A12"},
	"NUMBER_OUTSIDE_VALID_RANGE":                 {"A13"},
	"INVALID_EMAIL_ADDRESS":                      {"A15"},
	"MALFORMED_ID":                               {"A16"},
	"INVALID_CROSS_REFERENCE_KEY":                {"A16", "A17", "C19", "B2"},
	"ENTITY_IS_DELETED":                          {"B1", "B17"},
	"UNABLE_TO_LOCK_ROW":                         {"B3", "B4", "D6", "E10"},
	"INACTIVE_OWNER_OR_USER":                     {"B5", "B13"},
	"ENTITY_IS_LOCKED":                           {"B6"},
	"CANNOT_UPDATE_CONVERTED_LEAD":               {"B7"},
	"CIRCULAR_DEPENDENCY":                        {"B8"},
	"DUPLICATES_DETECTED":                        {"B12", "C7"},
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":       {"C4", "C9"},
	"CANNOT_EXECUTE_FLOW_TRIGGER":                {"C5"},
	"FIELD_FILTER_VALIDATION_EXCEPTION":          {"C8"},
	"FIELD_INTEGRITY_EXCEPTION":                  {"D9", "D4"},
	"STORAGE_LIMIT_EXCEEDED":                     {"E8"},
	"Too many query rows":                        {"E1", "C6"},
	"Too many DML rows":                          {"E2"},
	"Too many SOQL queries":                      {"C4", "E5"},
	"Too many query locator rows":                {"E3"},
	"Apex CPU time limit exceeded":               {"E5", "C30"},
	"Apex heap size too large":                   {"E6"},
	"Attempt to de-reference a null object":      {"B2", "A1", "B10", "C27", "E14"},
	"System.JSONException":                       {"A20"},
	"List has no rows for assignment to SObject": {"B2", "C27", "E14"},
}

// blame says which mess of the org and which components explain a finding.
func (e *Evidence) blame(f *finding.Finding) {
	if f.Code == finding.FreshDiffers {
		return // found in orgs without any mess
	}
	e.blameRule(f)
	e.blameUsers(f)
	e.blamePicklist(f)
	e.blameNewRequired(f)
	text := f.Message + "\n" + f.Title
	for i := range e.Mess {
		m := &e.Mess[i]
		if hasMess(f.Mess, m.Number) {
			continue
		}
		if explains(m, f, text) {
			f.Mess = append(f.Mess, trimmed(*m))
		}
	}
	if len(f.Mess) == 0 && len(e.Skipped) > 0 && f.Code != finding.LimitsTight {
		f.Mess = append(f.Mess, finding.Mess{Number: "E15", Name: "very old installed version",
			Did: fmt.Sprintf("the org goes from %s to %s at once, past %s", e.From.Version, e.To.Version, strings.Join(e.Skipped, ", "))})
	}
}

func hasMess(list []finding.Mess, number string) bool {
	return slices.ContainsFunc(list, func(m finding.Mess) bool { return m.Number == number })
}

// explains weighs one mess: it made a component that the finding names, or its
// kind shows itself by the finding's words, and the rows, fields or objects
// that both name agree.
func explains(m *finding.Mess, f *finding.Finding, text string) bool {
	for _, c := range m.Components {
		for _, named := range f.Components {
			if strings.EqualFold(c.Kind, named.Kind) && strings.EqualFold(c.Name, named.Name) {
				return true
			}
		}
		if len(c.Name) > 3 && (strings.Contains(f.Cause.Component, c.Name) || f.Cause.Trigger != "" && strings.EqualFold(f.Cause.Trigger, c.Name) ||
			(c.Kind == "ApexTrigger" || c.Kind == "Flow" || c.Kind == "CustomField") && mentions(text, baseName(c.Name))) {
			return true
		}
	}
	if !slices.ContainsFunc(shownBy(text), func(number string) bool { return number == m.Number }) {
		return false
	}
	return overlaps(m, f, text)
}

func baseName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// mentions finds a name as a whole word.
func mentions(text, name string) bool {
	i := strings.Index(text, name)
	return i >= 0 && (i+len(name) == len(text) || !isWord(text[i+len(name)])) && (i == 0 || !isWord(text[i-1]) || strings.HasSuffix(text[:i], "__"))
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func shownBy(text string) []string {
	var numbers []string
	for symptom, kinds := range symptoms {
		if strings.Contains(text, symptom) {
			numbers = append(numbers, kinds...)
		}
	}
	return numbers
}

// overlaps holds the rows and fields of a mess against those of a finding.
// What either does not name does not speak against it.
func overlaps(m *finding.Mess, f *finding.Finding, text string) bool {
	if named := fieldsOf(text); len(named) > 0 && len(m.Fields) > 0 {
		agree := slices.ContainsFunc(m.Fields, func(field string) bool {
			return slices.ContainsFunc(named, func(n string) bool { return strings.EqualFold(baseName(field), n) })
		})
		if !agree {
			return false
		}
	}
	if len(m.IDs) == 0 || len(f.Rows) == 0 {
		return true
	}
	for _, rows := range f.Rows {
		for _, row := range rows.Sample {
			if m.IDs[row.ID] || row.ID == "" {
				return true
			}
		}
		// More rows than are named: the rest may be those of the mess.
		if rows.Count > len(rows.Sample) && len(m.Rows) > 0 && strings.EqualFold(m.Rows[0].Object, rows.Object) {
			return true
		}
	}
	return !sameObjects(m, f)
}

func sameObjects(m *finding.Mess, f *finding.Finding) bool {
	for _, a := range m.Rows {
		for _, b := range f.Rows {
			if strings.EqualFold(a.Object, b.Object) {
				return true
			}
		}
	}
	return false
}

// trimmed leaves out of a mess what a finding does not need to repeat.
func trimmed(m finding.Mess) finding.Mess {
	m.IDs, m.Fields = nil, nil
	return m
}

// blameRule finds the validation rule whose message a failure quotes.
func (e *Evidence) blameRule(f *finding.Finding) {
	_, quoted, ok := strings.Cut(f.Message, "FIELD_CUSTOM_VALIDATION_EXCEPTION, ")
	if !ok {
		return
	}
	for _, entry := range e.After.Components().OfKind(metadata.ValidationRule) {
		message := entry.Component.Props.Get("errorMessage")
		if message == "" || !strings.HasPrefix(quoted, message) {
			continue
		}
		note := "of the subscriber"
		if entry.Package != "" {
			note = "of package " + entry.Package
		}
		f.Components = append(f.Components, finding.Component{Kind: "ValidationRule", Name: entry.Component.Name, Namespace: entry.Namespace, Note: note})
		return
	}
}

// blamePicklist recognises a value that the new version has and the org does
// not, since upgrades add no picklist values (upgrade-rules.md, section 5).
func (e *Evidence) blamePicklist(f *finding.Finding) {
	_, rest, ok := strings.Cut(f.Message, "bad value for restricted picklist field: ")
	if !ok {
		return
	}
	val, _, _ := strings.Cut(rest, ":")
	for _, c := range metadata.Compare(e.From, e.To) {
		for _, p := range c.Properties {
			if !slices.ContainsFunc(p.AddedItems, func(item string) bool {
				return item == val || strings.HasPrefix(item, val+" ") || strings.Contains(item, val)
			}) {
				continue
			}
			f.Components = append(f.Components, finding.Component{Kind: string(c.Kind), Name: c.Name, Namespace: e.To.Namespace,
				Note: fmt.Sprintf("value %s is new in %s, and an upgrade adds no picklist values", val, e.To.Version)})
			if !hasMess(e.Mess, "A5") && !hasMess(f.Mess, "A5") {
				f.Mess = append(f.Mess, finding.Mess{Number: "A5", Name: "new picklist value missing in old orgs",
					Did: fmt.Sprintf("the field was installed with %s, before the value %s", e.From.Version, val)})
			}
			return
		}
	}
}

// blameNewRequired recognises a field that the upgrade made required or brought
// required, while existing rows are empty in it.
func (e *Evidence) blameNewRequired(f *finding.Finding) {
	if !strings.Contains(f.Message, "REQUIRED_FIELD_MISSING") {
		return
	}
	for _, name := range fieldsOf(f.Message) {
		for _, c := range e.Diff.Components {
			if c.Key.Kind != metadata.CustomField || c.After == nil || !c.After.Component.Props.Bool("required") ||
				!strings.EqualFold(prefixed(c.Key.Namespace, baseName(c.Key.Name)), name) || !concernsObject(f, c.Key) {
				continue
			}
			note := "required from " + e.To.Version.String() + " on; rows from before are empty"
			if c.Change == diff.ComponentAdded {
				note = "new and required; rows from before are empty"
			}
			f.Components = append(f.Components, finding.Component{Kind: "CustomField", Name: c.Key.Name, Namespace: c.Key.Namespace, Note: note})
			if f.Cause.Component == "" && f.Cause.Kind == finding.ByComponent {
				f.Cause.Component = "CustomField " + c.FullName() + ": " + note
			}
			return
		}
	}
}

// concernsObject reports whether a field belongs to an object of which a
// finding names rows. A finding without rows may be about any.
func concernsObject(f *finding.Finding, k diff.Key) bool {
	object, _, _ := strings.Cut(k.Name, ".")
	return len(f.Rows) == 0 || slices.ContainsFunc(f.Rows, func(r finding.Rows) bool {
		return strings.EqualFold(r.Object, object) || strings.EqualFold(r.Object, prefixed(k.Namespace, object))
	})
}

func prefixed(ns, name string) string {
	if ns == "" {
		return name
	}
	return ns + "__" + name
}
