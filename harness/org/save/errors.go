package save

import (
	"fmt"
	"strings"

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
var problems = [...]struct{ status, text string }{
	requiredMissing:    {"REQUIRED_FIELD_MISSING", "Required fields are missing: [%s]"},
	stringTooLong:      {"STRING_TOO_LONG", "%s: data value too large: %s (max length=%d)"},
	badPicklist:        {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "%s: bad value for restricted picklist field: %s"},
	duplicateValue:     {"DUPLICATE_VALUE", "duplicate value found: %s duplicates value on record with id: %s"},
	duplicatesDetected: {"DUPLICATES_DETECTED", "%s"},
	triggerFailed:      {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "%s"},
	flowFailed:         {"CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save this record because the “%s” process failed. %s"},
	inactiveOwner:      {"INACTIVE_OWNER_OR_USER", "operation performed with inactive user [%s] as owner of %s"},
	countryMismatch:    {"FIELD_INTEGRITY_EXCEPTION", "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries."},
	ownerWrongType:     {"FIELD_INTEGRITY_EXCEPTION", "Owner ID: id value of incorrect type: %s"},
	idWrongType:        {"MALFORMED_ID", "%s: id value of incorrect type: %s"},
	invalidReference:   {"INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"},
	invalidRecordType:  {"INVALID_CROSS_REFERENCE_KEY", "Record Type ID: this ID value isn't valid for the user: %s"},
	ownerBlank:         {"INVALID_CROSS_REFERENCE_KEY", "Owner ID: owner cannot be blank"},
	targetDeleted:      {"ENTITY_IS_DELETED", "entity is deleted"},
	rowDeleted:         {"ENTITY_IS_DELETED", "entity is deleted"},
	deleteRestricted:   {"DELETE_FAILED", "Your attempt to delete %s could not be completed because it is associated with the following %s.: %s"},
	circular:           {"CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints"},
	numberRange:        {"NUMBER_OUTSIDE_VALID_RANGE", "%s: value outside of valid range on numeric field: %s"},
	invalidEmail:       {"INVALID_EMAIL_ADDRESS", "%s: invalid email address: %s"},
	wrongType:          {"INVALID_TYPE_ON_FIELD_IN_RECORD", "%s: value not of required type: %s"},
	readOnlyField:      {"INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: %s. Please check the security settings of this field and verify that it is read/write for your profile or permission set."},
	idOnInsert:         {"INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call"},
	idMissing:          {"MISSING_ARGUMENT", "Id not specified in %s call"},
	mixedDML:           {"MIXED_DML_OPERATION", "DML operation on setup object is not permitted after you have updated a non-setup object (or vice versa): %s, original object: %s"},
	tooManyRetries:     {"UNKNOWN_EXCEPTION", "Too many batch retries in the presence of Apex triggers and partial failures."},
	externalIDTwice:    {"DUPLICATE_EXTERNAL_ID", "duplicate external id specified: %s"},
	notReparentable:    {"INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: %s. Please check the security settings of this field and verify that it is read/write for your profile or permission set."},
	badCurrency:        {"INVALID_CURRENCY_ISO", "%s: bad value for restricted picklist field: %s"},
	undeleteNotDeleted: {"UNDELETE_FAILED", "Entity is not in the recycle bin"},
	ruleBroken:         {"FIELD_CUSTOM_VALIDATION_EXCEPTION", "%s"},
	filterBroken:       {"FIELD_FILTER_VALIDATION_EXCEPTION", "Value does not exist or does not match filter criteria."},
	leadConverted:      {"CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"},
	badLeadStatus:      {"INVALID_STATUS", "invalid convertedStatus: %s"},
	queueWrongType:     {"INVALID_OPERATION", "Queue not associated with this SObject type"},
}

// on makes the error of a problem on fields, given by API name.
func (p problem) on(fields []string, args ...any) RowError {
	text := problems[p].text
	if len(args) > 0 {
		text = fmt.Sprintf(text, args...)
	}
	return RowError{StatusCode: problems[p].status, Message: text, Fields: fields}
}

// at is on for one field.
func (p problem) at(f *schema.Field, args ...any) RowError { return p.on([]string{f.Name}, args...) }

// TriggerFailure is the error that every row of a chunk gets when a trigger
// ended with an exception; text is the nested form of section 5.
func TriggerFailure(text, source string) RowError {
	e := triggerFailed.on(nil, text)
	e.Source = source
	return e
}

// FlowFailure is the error of a flow that ended with a fault.
func FlowFailure(label, detail, source string) RowError {
	e := flowFailed.on(nil, label, detail)
	e.Source = source
	return e
}

// AddedError is the error that addError puts on a row or field.
func AddedError(message string, fields []string, source string) RowError {
	e := ruleBroken.on(fields, message)
	e.Source = source
	return e
}

// Text is the error as a DmlException prints it: "STATUS, message: [Field]".
func (e RowError) Text() string {
	return e.StatusCode + ", " + e.Message + ": [" + strings.Join(e.Fields, ", ") + "]"
}

// Error is the outcome of an all-or-none statement of which rows failed, in
// the words of a System.DmlException (order-of-execution.md, section 5).
type Error struct {
	Op      Op
	Results []Result
}

// Error is "Insert failed. First exception on row 0; first error: ...".
func (e *Error) Error() string {
	for i, r := range e.Results {
		if len(r.Errors) == 0 {
			continue
		}
		with := ""
		if r.ID != "" {
			with = " with id " + r.ID
		}
		return fmt.Sprintf("%s failed. First exception on row %d%s; first error: %s", e.Op, i, with, r.Errors[0].Text())
	}
	return e.Op.String() + " failed."
}

// Failed counts the rows with errors.
func (e *Error) Failed() int {
	n := 0
	for _, r := range e.Results {
		if len(r.Errors) > 0 {
			n++
		}
	}
	return n
}

// Fault is a statement that the platform refuses as a whole, with the Apex
// exception it throws.
type Fault struct {
	Type    string // "System.ListException"
	Message string
}

// Error is the exception as it is logged.
func (f *Fault) Error() string { return f.Type + ": " + f.Message }
