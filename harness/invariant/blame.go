package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// symptoms says which kinds of mess show themselves by what
// (messy-org-catalogue.md, column "Error / symptom").
var symptoms = struct{ status, limit, exception map[string][]string }{
	status: map[string][]string{
		"FIELD_CUSTOM_VALIDATION_EXCEPTION":       {"C1", "C2", "C9", "B7"},
		"REQUIRED_FIELD_MISSING":                  {"A1", "C3"},
		"DUPLICATE_VALUE":                         {"A3", "B16"},
		"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {"A5", "A4", "A6", "A7", "D10"},
		"STRING_TOO_LONG":                         {"A9", "A10", "A12"},
		"NUMBER_OUTSIDE_VALID_RANGE":              {"A13"},
		"INVALID_EMAIL_ADDRESS":                   {"A15"},
		"MALFORMED_ID":                            {"A16"},
		"INVALID_CROSS_REFERENCE_KEY":             {"A16", "A17", "C19", "B2"},
		"ENTITY_IS_DELETED":                       {"B1", "B17"},
		"UNABLE_TO_LOCK_ROW":                      {"B3", "B4", "D6", "E10"},
		"INACTIVE_OWNER_OR_USER":                  {"B5", "B13"},
		"ENTITY_IS_LOCKED":                        {"B6"},
		"CANNOT_UPDATE_CONVERTED_LEAD":            {"B7"},
		"CIRCULAR_DEPENDENCY":                     {"B8"},
		"DUPLICATES_DETECTED":                     {"B12", "C7"},
		"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":    {"C4", "C9"},
		"CANNOT_EXECUTE_FLOW_TRIGGER":             {"C5"},
		"FIELD_FILTER_VALIDATION_EXCEPTION":       {"C8"},
		"FIELD_INTEGRITY_EXCEPTION":               {"D9", "D4"},
		"STORAGE_LIMIT_EXCEEDED":                  {"E8"},
	},
	limit: map[string][]string{
		"QueryRows":        {"E1", "C6"},
		"DmlRows":          {"E2"},
		"Queries":          {"C4", "E5"},
		"QueryLocatorRows": {"E3"},
		"CpuTime":          {"E5", "C30"},
		"HeapSize":         {"E6"},
	},
	exception: map[string][]string{
		"System.NullPointerException": {"B2", "A1", "B10", "C27", "E14"},
		"System.JSONException":        {"A20"},
	},
}

// noRow are the kinds of mess that show themselves by a query that finds no row
// where one has to be.
var noRow = []string{"B2", "C27", "E14"}

// blame says which mess of the org and which components explain a finding.
func (e *Evidence) blame(f *finding.Finding) {
	switch f.Code {
	case finding.FreshDiffers, finding.VersionRefused:
		return // found in orgs without any mess, or without any org
	}
	text := onlyText(&f.Failed)
	if text {
		f.Failed.Rows = readText(f.Message)
	}
	e.blameSources(f)
	e.blameUsers(f)
	e.blamePicklist(f)
	e.blameNewRequired(f)
	for i := range e.Mess {
		m := &e.Mess[i]
		if !hasMess(f.Mess, m.Number) && explains(m, f, text) {
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

// explains weighs one mess: it made a component that the finding names or that
// refused a row, or its kind shows itself by what failed, and the rows, fields
// or objects that both name agree. Where it is known which component refused,
// mess that made other ones of its kind does not count. What people only see is
// to blame for nothing but its own loss. text says that the
// finding's text is all there is.
func explains(m *finding.Mess, f *finding.Finding, text bool) bool {
	if m.Shown && f.Code != finding.CustomisationLost {
		return false
	}
	for _, c := range m.Components {
		if concerns(c, f, text) {
			return true
		}
	}
	if !slices.Contains(shownBy(&f.Failed), m.Number) {
		return false
	}
	if len(m.Components) > 0 && acted(&f.Failed) {
		return false
	}
	return overlaps(m, f)
}

// concerns reports whether a component is what a finding is about: among its
// components, a trigger that ran, or what refused a row.
func concerns(c finding.Component, f *finding.Finding, text bool) bool {
	same := func(kind, ns, name string) bool {
		return strings.EqualFold(kind, c.Kind) && strings.EqualFold(ns, c.Namespace) && strings.EqualFold(name, c.Name)
	}
	for _, named := range f.Components {
		if same(named.Kind, named.Namespace, named.Name) {
			return true
		}
	}
	if f.Cause.Trigger != "" && same(string(metadata.ApexTrigger), "", f.Cause.Trigger) {
		return true
	}
	found := false
	f.Failed.Errors(func(e *dml.RowError) {
		found = found || same(e.Source.Kind.Component(), e.Source.Namespace, e.Source.Name)
	})
	if found || !text {
		return found
	}
	// A text that names a component is all there is, such as the message of a
	// class that no longer compiles.
	return slices.Contains(namedInTexts, metadata.Kind(c.Kind)) && len(c.Name) > 3 && mentions(f.Message+"\n"+f.Title, baseName(c.Name))
}

// namedInTexts are the kinds of component that texts call by their names.
var namedInTexts = []metadata.Kind{metadata.ApexTrigger, metadata.Flow, metadata.CustomField}

// acted reports whether automation refused a row.
func acted(failed *dml.Failed) bool {
	found := false
	failed.Errors(func(e *dml.RowError) { found = found || e.Source.Acts() })
	return found
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

// shownBy are the kinds of mess that show themselves by a failure.
func shownBy(failed *dml.Failed) []string {
	numbers := slices.Concat(symptoms.limit[failed.Limit], symptoms.exception[failed.Exception])
	if failed.NoRow {
		numbers = append(numbers, noRow...)
	}
	failed.Errors(func(e *dml.RowError) { numbers = append(numbers, symptoms.status[e.StatusCode]...) })
	return numbers
}

// overlaps holds the rows and fields of a mess against those of a finding.
// What either does not name does not speak against it.
func overlaps(m *finding.Mess, f *finding.Finding) bool {
	var named []string
	f.Failed.Errors(func(e *dml.RowError) { named = append(named, e.Fields...) })
	if len(named) > 0 && len(m.Fields) > 0 {
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
	for _, row := range f.Failed.Rows {
		if m.IDs[row.ID] {
			return true
		}
	}
	for _, rows := range f.Rows {
		for _, row := range rows.Sample {
			if m.IDs[row.ID] || row.ID == "" {
				return true
			}
		}
		// More rows than are named: the rest may be those of the mess.
		if rows.Count > max(len(rows.Sample), len(f.Failed.Rows)) && len(m.Rows) > 0 && strings.EqualFold(m.Rows[0].Object, rows.Object) {
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

// blameSources names the automation that refused rows, and what it met itself.
func (e *Evidence) blameSources(f *finding.Finding) {
	f.Failed.Errors(func(err *dml.RowError) {
		source := err.Source
		switch {
		case source.Acts():
			f.Components = addComponent(f.Components, finding.Component{Kind: source.Kind.Component(), Name: source.Name, Namespace: source.Namespace, Note: whose(source.Package)})
		case source.IsZero() && err.StatusCode == "FIELD_CUSTOM_VALIDATION_EXCEPTION":
			if rule := e.ruleSaying(err.Message); rule != nil {
				f.Components = addComponent(f.Components, finding.Component{Kind: string(metadata.ValidationRule), Name: rule.Component.Name, Namespace: rule.Namespace, Note: whose(rule.Package)})
			}
		}
	})
}

func whose(pkg string) string {
	if pkg != "" {
		return "of package " + pkg
	}
	return "of the subscriber"
}

func addComponent(list []finding.Component, c finding.Component) []finding.Component {
	if slices.ContainsFunc(list, func(have finding.Component) bool { return have.String() == c.String() }) {
		return list
	}
	return append(list, c)
}

// ruleSaying is the active validation rule that says a text, for errors of which the
// text is all there is.
func (e *Evidence) ruleSaying(message string) *probe.Entry {
	for _, entry := range e.After.Components().OfKind(metadata.ValidationRule) {
		if p := entry.Component.Props; message != "" && p.Bool("active") && p.Get("errorMessage") == message {
			return entry
		}
	}
	return nil
}

// blamePicklist recognises a value that the new version has and the org does
// not, since upgrades add no picklist values (upgrade-rules.md, section 5).
func (e *Evidence) blamePicklist(f *finding.Finding) {
	f.Failed.Errors(func(err *dml.RowError) {
		c := e.picklistOf(err)
		if c == nil {
			return
		}
		was := e.From.Find(metadata.CustomField, c.Name)
		isNew := was != nil && holds(probe.PicklistOf(e.To, c), err.Value) && !holds(probe.PicklistOf(e.From, was), err.Value)
		if !isNew {
			return
		}
		f.Components = addComponent(f.Components, finding.Component{Kind: string(metadata.CustomField), Name: c.Name, Namespace: e.To.Namespace,
			Note: fmt.Sprintf("value %s is new in %s, and an upgrade adds no picklist values", err.Value, e.To.Version)})
		if !hasMess(e.Mess, "A5") && !hasMess(f.Mess, "A5") {
			f.Mess = append(f.Mess, finding.Mess{Number: "A5", Name: "new picklist value missing in old orgs",
				Did: fmt.Sprintf("the field was installed with %s, before the value %s", e.From.Version, err.Value)})
		}
	})
}

// picklistOf is the packaged field whose restricted picklist does not have the
// value of an error; nil for other errors. Of an error that is text only the
// field is known by its name alone.
func (e *Evidence) picklistOf(err *dml.RowError) *metadata.Component {
	switch {
	case err.Value == "":
		return nil
	case err.Source.Kind == dml.RestrictedPicklist:
		if !strings.EqualFold(err.Source.Namespace, e.To.Namespace) {
			return nil
		}
		return e.To.Find(metadata.CustomField, err.Source.Name)
	}
	for _, c := range e.To.OfKind(metadata.CustomField) {
		if slices.ContainsFunc(err.Fields, func(name string) bool { return strings.EqualFold(name, prefixed(e.To.Namespace, c.BaseName())) }) {
			return c
		}
	}
	return nil
}

func holds(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// blameNewRequired recognises a field that the upgrade made required or brought
// required, while existing rows are empty in it.
func (e *Evidence) blameNewRequired(f *finding.Finding) {
	f.Failed.Errors(func(err *dml.RowError) {
		if err.StatusCode != "REQUIRED_FIELD_MISSING" {
			return
		}
		for _, name := range err.Fields {
			if c := e.newlyRequired(f, err, name); c != nil {
				e.blameRequired(f, c)
				return
			}
		}
	})
}

// newlyRequired finds the field of an error among those that the upgrade changed.
func (e *Evidence) newlyRequired(f *finding.Finding, err *dml.RowError, name string) *diff.Component {
	for i := range e.Diff.Components {
		c := &e.Diff.Components[i]
		if c.Key.Kind != metadata.CustomField || c.After == nil || !c.After.Component.Props.Bool("required") ||
			!strings.EqualFold(prefixed(c.Key.Namespace, baseName(c.Key.Name)), name) {
			continue
		}
		if err.Source.Kind == dml.RequiredField && strings.EqualFold(baseName(err.Source.Name), baseName(c.Key.Name)) {
			if strings.EqualFold(err.Source.Name, c.Key.Name) {
				return c
			}
			continue
		}
		if concernsObject(f, c.Key) {
			return c
		}
	}
	return nil
}

func (e *Evidence) blameRequired(f *finding.Finding, c *diff.Component) {
	note := "required from " + e.To.Version.String() + " on; rows from before are empty"
	if c.Change == diff.ComponentAdded {
		note = "new and required; rows from before are empty"
	}
	f.Components = addComponent(f.Components, finding.Component{Kind: string(metadata.CustomField), Name: c.Key.Name, Namespace: c.Key.Namespace, Note: note})
	if f.Cause.Component == "" && f.Cause.Kind == finding.ByComponent {
		f.Cause.Component = "CustomField " + c.FullName() + ": " + note
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
