package save

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// problem is one way in which the platform refuses a row.
type problem uint8

const (
	requiredMissing problem = iota
	stringTooLong
	badPicklist
	duplicateValue
	duplicatesDetected
	triggerFailed
	flowFailed
	inactiveOwner
	countryMismatch
	ownerWrongType
	idWrongType
	invalidReference
	invalidRecordType
	ownerBlank
	targetDeleted
	rowDeleted
	deleteRestricted
	circular
	numberRange
	invalidEmail
	wrongType
	readOnlyField
	idOnInsert
	idMissing
	mixedDML
	tooManyRetries
	externalIDTwice
	notReparentable
	badCurrency
	undeleteNotDeleted
	ruleBroken
	filterBroken
	queueWrongType
	leadConverted
	badLeadStatus
)

// problems are the status codes and texts (order-of-execution.md, section 6).
// The list of fields that closes a DmlException's text is no part of them.
var problems = [...]struct {
	status, text string
	source       dml.SourceKind // of the field that an error is on
}{
	requiredMissing:    {"REQUIRED_FIELD_MISSING", "Required fields are missing: [%s]", dml.RequiredField},
	stringTooLong:      {"STRING_TOO_LONG", "%s: data value too large: %s (max length=%d)", dml.FieldFormat},
	badPicklist:        {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "%s: bad value for restricted picklist field: %s", dml.RestrictedPicklist},
	duplicateValue:     {"DUPLICATE_VALUE", "duplicate value found: %s duplicates value on record with id: %s", dml.UniqueField},
	duplicatesDetected: {"DUPLICATES_DETECTED", "%s", dml.Platform},
	triggerFailed:      {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "%s", dml.Platform},
	flowFailed:         {"CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save this record because the “%s” process failed. %s", dml.Platform},
	inactiveOwner:      {"INACTIVE_OWNER_OR_USER", "operation performed with inactive user [%s] as owner of %s", dml.Platform},
	countryMismatch:    {"FIELD_INTEGRITY_EXCEPTION", "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries.", dml.FieldFormat},
	ownerWrongType:     {"FIELD_INTEGRITY_EXCEPTION", "Owner ID: id value of incorrect type: %s", dml.Platform},
	idWrongType:        {"MALFORMED_ID", "%s: id value of incorrect type: %s", dml.Platform},
	invalidReference:   {"INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", dml.Platform},
	invalidRecordType:  {"INVALID_CROSS_REFERENCE_KEY", "Record Type ID: this ID value isn't valid for the user: %s", dml.Platform},
	ownerBlank:         {"INVALID_CROSS_REFERENCE_KEY", "Owner ID: owner cannot be blank", dml.Platform},
	targetDeleted:      {"ENTITY_IS_DELETED", "entity is deleted", dml.Platform},
	rowDeleted:         {"ENTITY_IS_DELETED", "entity is deleted", dml.Platform},
	deleteRestricted:   {"DELETE_FAILED", "Your attempt to delete %s could not be completed because it is associated with the following %s.: %s", dml.Platform},
	circular:           {"CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints", dml.Platform},
	numberRange:        {"NUMBER_OUTSIDE_VALID_RANGE", "%s: value outside of valid range on numeric field: %s", dml.FieldFormat},
	invalidEmail:       {"INVALID_EMAIL_ADDRESS", "%s: invalid email address: %s", dml.FieldFormat},
	wrongType:          {"INVALID_TYPE_ON_FIELD_IN_RECORD", "%s: value not of required type: %s", dml.FieldFormat},
	readOnlyField:      {"INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: %s. Please check the security settings of this field and verify that it is read/write for your profile or permission set.", dml.ReadOnlyField},
	idOnInsert:         {"INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", dml.Platform},
	idMissing:          {"MISSING_ARGUMENT", "Id not specified in %s call", dml.Platform},
	mixedDML:           {"MIXED_DML_OPERATION", "DML operation on setup object is not permitted after you have updated a non-setup object (or vice versa): %s, original object: %s", dml.Platform},
	tooManyRetries:     {"UNKNOWN_EXCEPTION", "Too many batch retries in the presence of Apex triggers and partial failures.", dml.Platform},
	externalIDTwice:    {"DUPLICATE_EXTERNAL_ID", "duplicate external id specified: %s", dml.UniqueField},
	notReparentable:    {"INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: %s. Please check the security settings of this field and verify that it is read/write for your profile or permission set.", dml.ReadOnlyField},
	badCurrency:        {"INVALID_CURRENCY_ISO", "%s: bad value for restricted picklist field: %s", dml.RestrictedPicklist},
	undeleteNotDeleted: {"UNDELETE_FAILED", "Entity is not in the recycle bin", dml.Platform},
	ruleBroken:         {"FIELD_CUSTOM_VALIDATION_EXCEPTION", "%s", dml.Platform},
	filterBroken:       {"FIELD_FILTER_VALIDATION_EXCEPTION", "Value does not exist or does not match filter criteria.", dml.LookupFilter},
	leadConverted:      {"CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", dml.Platform},
	badLeadStatus:      {"INVALID_STATUS", "invalid convertedStatus: %s", dml.Platform},
	queueWrongType:     {"INVALID_OPERATION", "Queue not associated with this SObject type", dml.Platform},
}

// on makes the error of a problem on fields, given by API name.
func (p problem) on(fields []string, args ...any) dml.RowError {
	text := problems[p].text
	if len(args) > 0 {
		text = fmt.Sprintf(text, args...)
	}
	return dml.RowError{StatusCode: problems[p].status, Message: text, Fields: fields}
}

// at is on for one field, which is what refuses the row.
func (p problem) at(f *schema.Field, args ...any) dml.RowError {
	e := p.on([]string{f.Name}, args...)
	e.Source = p.of(f)
	return e
}

// of is the field as what refuses a row, as its component is named.
func (p problem) of(f *schema.Field) dml.Source {
	kind := problems[p].source
	if kind == dml.Platform {
		return dml.Source{}
	}
	name := f.Object.Name + "." + f.Name
	return dml.Source{Kind: kind, Name: metadata.StripNamespace(name, f.Namespace), Namespace: f.Namespace}
}

// TriggerFailure is the error that every row of a chunk gets when a trigger
// ended with an exception; text is the nested form of section 5, inner the
// errors of the rows that the trigger saved itself.
func TriggerFailure(text string, source dml.Source, inner []dml.RowError) dml.RowError {
	e := triggerFailed.on(nil, text)
	e.Source, e.Inner = source, inner
	return e
}

// FlowFailure is the error of a flow that ended with a fault; inner are the
// errors of the rows that the flow saved itself.
func FlowFailure(label, detail string, source dml.Source, inner []dml.RowError) dml.RowError {
	e := flowFailed.on(nil, label, detail)
	e.Source, e.Inner = source, inner
	return e
}

// AddedError is the error that a rule, a flow or addError puts on a row or
// field.
func AddedError(message string, fields []string, source dml.Source) dml.RowError {
	e := ruleBroken.on(fields, message)
	e.Source = source
	return e
}
