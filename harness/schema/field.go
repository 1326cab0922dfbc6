package schema

// FieldType is the type of a field as a describe gives it.
type FieldType uint8

// The describe types (DisplayType in Apex).
const (
	AnyType FieldType = iota
	ID
	Reference
	String
	TextArea // also long and rich text
	Picklist
	MultiPicklist
	Combobox
	Boolean
	Int
	Long
	Double
	Currency
	Percent
	Date
	Datetime
	Time
	Email
	Phone
	URL
	EncryptedString
	Base64
	Address
	Location
	ComplexValue
)

var fieldTypeNames = [...]string{"anyType", "id", "reference", "string", "textarea", "picklist", "multipicklist",
	"combobox", "boolean", "int", "long", "double", "currency", "percent", "date", "datetime", "time", "email", "phone",
	"url", "encryptedstring", "base64", "address", "location", "complexvalue"}

// String is the type as the REST describe writes it: "reference".
func (t FieldType) String() string { return fieldTypeNames[t] }

// ParseFieldType reads what String writes.
func ParseFieldType(s string) (FieldType, bool) {
	for i, n := range fieldTypeNames {
		if n == s {
			return FieldType(i), true
		}
	}
	return AnyType, false
}

// IsText reports whether values of the type are characters that compare
// without case: not ids.
func (t FieldType) IsText() bool {
	switch t {
	case String, TextArea, Picklist, MultiPicklist, Combobox, Email, Phone, URL, EncryptedString, AnyType:
		return true
	default:
		return false
	}
}

// IsID reports whether values of the type are record ids.
func (t FieldType) IsID() bool { return t == ID || t == Reference }

// IsNumber reports whether values of the type are exact numbers.
func (t FieldType) IsNumber() bool {
	return t == Int || t == Long || t.IsDecimal()
}

// IsDecimal reports whether values of the type are exact numbers with a scale.
func (t FieldType) IsDecimal() bool { return t == Double || t == Currency || t == Percent }

// IsJunctionList reports whether the field is a list of ids that stands for rows
// of a junction object (EmailMessage.ToIds): a List<String> in Apex. It is not
// stored.
func (f *Field) IsJunctionList() bool { return f.Type == ComplexValue && len(f.ReferenceTo) > 0 }

// IsCompound reports whether the type is a view over other fields of the
// object and has no value of its own in the database.
func (t FieldType) IsCompound() bool { return t == Address || t == Location || t == ComplexValue }

// DeleteConstraint says what deleting the parent of a lookup does.
type DeleteConstraint uint8

// The constraints of a lookup.
const (
	SetNull DeleteConstraint = iota
	Restrict
	Cascade
)

// Field is one field of an object. It is immutable once its Schema is built.
type Field struct {
	Object       *Object
	Index        int    // slot in Object.Fields
	Name         string // API name: "Name", "ns__Amount__c"
	Label        string
	Namespace    string // of a packaged field; "" otherwise
	HelpText     string
	Type         FieldType
	MetadataType string // of a custom field: Text, Number, MasterDetail, Summary ...; "" for standard ones

	Length    int // characters of a text
	Precision int // digits of a number, also those after the point
	Scale     int // digits after the point

	Nillable          bool
	Createable        bool
	Updateable        bool
	Unique            bool
	ExternalID        bool
	CaseSensitive     bool
	IDLookup          bool // upsert may find rows by it
	AutoNumber        bool
	Calculated        bool // formula or roll-up
	DefaultedOnCreate bool
	HTML              bool // rich text
	NameField         bool
	Custom            bool
	Filterable        bool
	Groupable         bool
	Sortable          bool
	Aggregatable      bool
	Encrypted         bool
	TrackHistory      bool
	Deprecated        bool

	Formula           string // source, of a formula field
	TreatBlanksAsZero bool
	DefaultValue      string // a formula for custom fields, a plain value for standard ones
	DisplayFormat     string // of an auto-number: "A-{0000}"
	StartingNumber    int64  // of an auto-number

	ReferenceTo           []string // API names of the parents, sorted
	RelationshipName      string   // child to parent: "Owner", "Parent__r"; "" where it can not be traversed
	ChildRelationshipName string   // parent to child: "Lines__r"; "" where it has none
	OnParentDelete        DeleteConstraint
	MasterDetail          bool
	Reparentable          bool // a master-detail whose parent may change
	RelationshipOrder     int  // 0 primary, 1 secondary master
	WriteRequiresRead     bool // master-detail: read access to the master is enough to write
	MetadataController    string

	Picklist *ValueSet // of picklists, multi-picklists and comboboxes
	Summary  *Summary  // of a roll-up
	Compound string    // API name of the compound field this one is a part of
}

// IsFormula reports whether the value is computed when read.
func (f *Field) IsFormula() bool { return f.Formula != "" }

// IsStored reports whether the field has a column in the database.
func (f *Field) IsStored() bool { return f.Formula == "" && !f.Type.IsCompound() }

// IsPolymorphic reports whether the field may refer to more than one object.
func (f *Field) IsPolymorphic() bool { return len(f.ReferenceTo) > 1 }

// IsLongText reports whether the text is too long to be filtered or sorted.
func (f *Field) IsLongText() bool { return f.Type == TextArea && f.Length > 255 }

// ValueSet is the values of a picklist.
type ValueSet struct {
	Name        string // of a global or standard value set; "" for an inline one
	Values      []PicklistValue
	Restricted  bool
	Sorted      bool
	Controlling string // API name of the controlling field
}

// Value finds a value by API name, ignoring case; nil when there is none.
func (s *ValueSet) Value(name string) *PicklistValue {
	if s == nil {
		return nil
	}
	for i := range s.Values {
		if equalFold(s.Values[i].Name, name) {
			return &s.Values[i]
		}
	}
	return nil
}

// Default is the API name of the default value, "" without one.
func (s *ValueSet) Default() string {
	if s == nil {
		return ""
	}
	for i := range s.Values {
		if s.Values[i].Default {
			return s.Values[i].Name
		}
	}
	return ""
}

// PicklistValue is one value of a picklist.
type PicklistValue struct {
	Name     string // API name, what records hold
	Label    string
	Active   bool
	Default  bool
	ValidFor []string // values of the controlling field; nil for all
}

// Summary is the definition of a roll-up summary field.
type Summary struct {
	Operation  string // count, sum, min, max
	Child      string // API name of the child object
	ForeignKey string // API name of the master-detail field on the child
	Field      string // API name of the summarised field; "" for count
	Filters    []SummaryFilter
}

// SummaryFilter is one condition on the rows summarised.
type SummaryFilter struct {
	Field      string // API name on the child
	Operation  string // equals, notEqual, lessThan ...
	Value      string
	ValueField string
}

// IsPermissionable reports whether field permissions can be given for the
// field. Required fields, names, masters, ids and what the system keeps are
// seen by whoever sees the object (Object Reference, "FieldPermissions").
func (f *Field) IsPermissionable() bool {
	switch {
	case f.Type == ID, f.NameField, f.MasterDetail, ungranted[f.Name]:
		return false
	case f.Custom:
		return f.Nillable || f.Type == Boolean || f.Calculated || f.AutoNumber
	case f.Type == Boolean:
		return f.Createable || f.Updateable
	case f.Compound == "Name":
		return false
	default:
		return f.Nillable
	}
}

// ungranted are standard fields without permissions of their own that allow
// null.
var ungranted = map[string]bool{
	"CreatedById": true, "CreatedDate": true, "LastModifiedById": true, "LastModifiedDate": true, "SystemModstamp": true,
	"LastActivityDate": true, "LastViewedDate": true, "LastReferencedDate": true, "IsDeleted": true, "OwnerId": true,
	"MasterRecordId": true, "RecordTypeId": true, "CurrencyIsoCode": true, "Name": true, "PhotoUrl": true,
	"FirstName": true, "LastName": true, "Salutation": true, "MiddleName": true, "Suffix": true,
}
