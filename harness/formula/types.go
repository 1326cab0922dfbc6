package formula

import "github.com/rehearsal-dev/rehearsal/harness/schema"

// Type is the data type of a formula's node. Currency and percent are numbers
// inside formulas; all kinds of text field are Text, and so are ids.
type Type uint8

// The data types of formulas.
const (
	Any Type = iota // the literal NULL, or a name whose type is not known
	Text
	Number
	Boolean
	Date
	DateTime
	Time
	Picklist
	MultiPicklist
	Location
	Object // an object or a whole row: what VLOOKUP and $ObjectType name
)

var typeNames = [...]string{"Any", "Text", "Number", "Boolean", "Date", "DateTime", "Time",
	"Picklist", "Multi-Select Picklist", "Geolocation", "Object"}

// String is the type as the platform's messages write it.
func (t Type) String() string { return typeNames[t] }

// TypeOf is the type that a field has in formulas.
func TypeOf(f schema.FieldType) Type {
	switch f {
	case schema.Int, schema.Long, schema.Double, schema.Currency, schema.Percent:
		return Number
	case schema.Boolean:
		return Boolean
	case schema.Date:
		return Date
	case schema.Datetime:
		return DateTime
	case schema.Time:
		return Time
	case schema.Picklist:
		return Picklist
	case schema.MultiPicklist:
		return MultiPicklist
	case schema.Location, schema.Address:
		return Location
	case schema.AnyType, schema.ComplexValue:
		return Any
	default:
		return Text
	}
}

// resultNames are the words for a formula's result in the message about an
// incompatible one.
func resultName(t Type) string {
	switch t {
	case Boolean:
		return "true or false"
	case DateTime:
		return "Date/Time"
	default:
		return t.String()
	}
}

// accepts reports whether a node of type got may stand where want is asked for.
func accepts(want, got Type) bool {
	return want == got || want == Any || got == Any
}
