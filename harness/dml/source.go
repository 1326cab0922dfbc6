package dml

import "strings"

// SourceKind is the sort of thing that refuses a row.
type SourceKind uint8

// The kinds of source. What somebody wrote or set up comes first, then what a
// field asks of its values.
const (
	Platform SourceKind = iota // a rule of the platform, whatever the org has
	ValidationRule
	Trigger
	Flow
	DuplicateRule
	LookupFilter
	Workflow           // a field update, through the row it changes
	RequiredField      // a field without a value
	UniqueField        // a value that another row has
	RestrictedPicklist // a value that the field does not have
	FieldFormat        // length, range, format, type of a value
	ReadOnlyField      // a field that can not be written
)

// sourceKinds are the kinds: the type of component by the name it has in the
// Metadata API, and whether it is something that acts: automation rather than a
// field.
var sourceKinds = [...]struct {
	words, component string
	acts             bool
}{
	Platform:           {"the platform", "", false},
	ValidationRule:     {"validation rule", "ValidationRule", true},
	Trigger:            {"trigger", "ApexTrigger", true},
	Flow:               {"flow", "Flow", true},
	DuplicateRule:      {"duplicate rule", "DuplicateRule", true},
	LookupFilter:       {"lookup filter", "CustomField", true},
	Workflow:           {"workflow", "WorkflowFieldUpdate", true},
	RequiredField:      {"required field", "CustomField", false},
	UniqueField:        {"unique field", "CustomField", false},
	RestrictedPicklist: {"restricted picklist", "CustomField", false},
	FieldFormat:        {"field", "CustomField", false},
	ReadOnlyField:      {"field", "CustomField", false},
}

// String is the kind in words: "validation rule".
func (k SourceKind) String() string { return sourceKinds[k].words }

// Component is the type of the component in the Metadata API:
// "ValidationRule"; "" for the platform.
func (k SourceKind) Component() string { return sourceKinds[k].component }

// Source is what refused a row.
type Source struct {
	Kind      SourceKind
	Name      string // without namespace: "Invoice__c.Needs_Region", "Guard"
	Namespace string // of the component; "" for the subscriber's own
	Package   string // that brought it; "" for the subscriber's own
}

// IsZero reports whether no component refused the row.
func (s Source) IsZero() bool { return s.Kind == Platform }

// Acts reports whether automation refused the row, not what a field asks of its
// values.
func (s Source) Acts() bool { return sourceKinds[s.Kind].acts }

// String is the component with its type and its full name: "ValidationRule
// ns__Invoice__c.ns__Needs_Region", "ApexTrigger ns.Guard"; "" for the platform.
func (s Source) String() string {
	if s.IsZero() {
		return ""
	}
	return s.Kind.Component() + " " + s.fullName()
}

// fullName is the name with the namespace before every part that has one.
func (s Source) fullName() string {
	object, member, of := strings.Cut(s.Name, ".")
	switch {
	case s.Namespace == "":
		return s.Name
	case s.Kind == Trigger:
		return s.Namespace + "." + s.Name
	case !of:
		return s.prefixed(s.Name)
	case strings.Count(object, "__") == 1: // a custom object, named without namespace
		object = s.prefixed(object)
	}
	return object + "." + s.prefixed(member)
}

func (s Source) prefixed(name string) string {
	if strings.HasPrefix(name, s.Namespace+"__") {
		return name
	}
	return s.Namespace + "__" + name
}
