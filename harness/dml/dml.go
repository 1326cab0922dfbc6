// Package dml is the vocabulary of saving records: the operations, the options
// of a statement, its results, and the errors of rows with what refused them.
//
// The parser, the machine, flows, the save pipeline, the trace and the
// judgement use these words, so that a row's error is the same value from the
// phase that found it to the report. The package is plain data and imports
// nothing; a statement, which carries records, is schema.Statement.
package dml

import (
	"fmt"
	"strings"
)

// Op is the operation of a DML statement.
type Op uint8

// The operations.
const (
	Insert Op = iota
	Update
	Upsert
	Delete
	Undelete
	Merge
)

var opText = [...]string{"Insert", "Update", "Upsert", "Delete", "Undelete", "Merge"}

// String is the operation as DmlException messages begin: "Insert".
func (op Op) String() string { return opText[op] }

// Keyword is the statement as Apex writes it: "insert".
func (op Op) Keyword() string { return strings.ToLower(opText[op]) }

// Event is the moment a trigger runs at.
type Event uint8

// The events.
const (
	BeforeInsert Event = iota
	BeforeUpdate
	BeforeDelete
	BeforeUndelete // accepted by the parser, refused by the platform
	AfterInsert
	AfterUpdate
	AfterDelete
	AfterUndelete
)

// Events is how many events there are.
const Events = int(AfterUndelete) + 1

var eventText = [Events][2]string{
	{"before", "insert"}, {"before", "update"}, {"before", "delete"}, {"before", "undelete"},
	{"after", "insert"}, {"after", "update"}, {"after", "delete"}, {"after", "undelete"},
}

// String is the event as a trigger declares it: "before insert".
func (e Event) String() string { return eventText[e][0] + " " + eventText[e][1] }

// Name is the event as texts of exceptions name it: "BeforeInsert".
func (e Event) Name() string { return title(eventText[e][0]) + title(eventText[e][1]) }

// Constant is the event as the enum System.TriggerOperation has it:
// "BEFORE_INSERT".
func (e Event) Constant() string { return strings.ToUpper(eventText[e][0] + "_" + eventText[e][1]) }

// IsAfter reports whether the rows are saved when the trigger runs.
func (e Event) IsAfter() bool { return e >= AfterInsert }

// On is the operation that the trigger runs at.
func (e Event) On() Op {
	switch e {
	case BeforeInsert, AfterInsert:
		return Insert
	case BeforeUpdate, AfterUpdate:
		return Update
	case BeforeDelete, AfterDelete:
		return Delete
	default:
		return Undelete
	}
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Options is what a statement may ask for besides the defaults: those of
// Database.DMLOptions that a save looks at, and the switches of the API.
type Options struct {
	AllowFieldTruncation    bool // over-long text is cut instead of refused
	AllowDuplicateSave      bool // duplicate rules that alert do not block
	RunAsCurrentUser        bool
	UseDefaultRule          bool
	AssignmentRuleID        string
	TriggerAutoResponse     bool
	TriggerUserEmail        bool
	TriggerOtherEmail       bool
	LocaleOptions           string
	DuplicateRuleIncludeRec bool
	// HardDelete removes rows for good instead of putting them in the recycle
	// bin (Database.emptyRecycleBin, bulk hard delete).
	HardDelete bool
}

// Result is the outcome of one row. Errors of a row that succeeded are
// warnings: of platform events, that they were enqueued.
type Result struct {
	ID      string
	Success bool
	Created bool // the row was inserted
	Errors  []RowError
	Merged  []string // ids a merge removed
	Updated []string // related ids a merge re-parented
}

// RowError is one error of a row.
type RowError struct {
	StatusCode string   // "FIELD_CUSTOM_VALIDATION_EXCEPTION"
	Message    string   // as the platform words it, without status code and fields
	Fields     []string // API names
	Value      string   // that its field does not take; "" where it is about no value
	Source     Source   // what refused the row; zero for the platform itself
	// Inner are the errors for which the source refused: those of rows that a
	// trigger or a flow saved itself and that did not get through.
	Inner []RowError
}

// Root is the error that began it: the innermost, the first where there are
// several.
func (e RowError) Root() RowError {
	for len(e.Inner) > 0 {
		e = e.Inner[0]
	}
	return e
}

// FailedRow is a row that was refused, with its first error.
type FailedRow struct {
	Index int    // in the statement
	ID    string // "" for one that was to be inserted
	RowError
}

// Text is the error as a DmlException prints it: "STATUS, message: [Field]".
func (e RowError) Text() string { return e.StatusCode + ", " + e.Detail() }

// Detail is the error without its status code: "message: [Field]".
func (e RowError) Detail() string { return e.Message + ": [" + strings.Join(e.Fields, ", ") + "]" }

// Error is the outcome of an all-or-none statement of which rows failed, in the
// words of a System.DmlException (order-of-execution.md, section 5).
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
		return Failure(e.Op.String(), i, r.ID, r.Errors[0])
	}
	return e.Op.String() + " failed."
}

// Rows are the rows that failed, each with its first error.
func (e *Error) Rows() []FailedRow {
	var out []FailedRow
	for i, r := range e.Results {
		if len(r.Errors) > 0 {
			out = append(out, FailedRow{i, r.ID, r.Errors[0]})
		}
	}
	return out
}

// Failure is the message of a System.DmlException whose first failed row has an
// index, an id ("" for none) and an error; op is what failed: "Insert".
func Failure(op string, index int, id string, first RowError) string {
	with := ""
	if id != "" {
		with = " with id " + id
	}
	return fmt.Sprintf("%s failed. First exception on row %d%s; first error: %s", op, index, with, first.Text())
}

// Fault is an error of the org that Apex code sees as an exception: Type is its
// platform name ("System.QueryException", "System.DmlException").
type Fault struct {
	Type    string
	Message string
	Rows    []RowError // of a DmlException made by the org
	// Inaccessible are the fields that a query in user mode may not read, by
	// object, of a QueryException.
	Inaccessible map[string][]string
}

// Error is the text of the exception as an unhandled one shows.
func (f *Fault) Error() string { return f.Type + ": " + f.Message }

// Failed is what went wrong in a piece of work, as far as it is structure; its
// text stands elsewhere.
type Failed struct {
	Exception string      // "System.DmlException", "ns.RepairException"
	Limit     string      // that was exceeded, as the Limits class names it: "QueryRows"
	NoRow     bool        // a query that had to find a row found none
	Rows      []FailedRow // that were refused
}

// MaxFailedRows is how many of the rows that one exception names are told.
const MaxFailedRows = 200

// Status is the status code of the error that began it; "" when no row was
// refused.
func (f *Failed) Status() string {
	if len(f.Rows) == 0 {
		return ""
	}
	return f.Rows[0].StatusCode
}

// Errors visits every error: of the rows, and those for which they were refused.
func (f *Failed) Errors(visit func(*RowError)) {
	var walk func(*RowError)
	walk = func(e *RowError) {
		visit(e)
		for i := range e.Inner {
			walk(&e.Inner[i])
		}
	}
	for i := range f.Rows {
		walk(&f.Rows[i].RowError)
	}
}

// LeadConversion is what converts one lead (Apex Reference, Database.LeadConvert
// class). An id is "" where a new record shall be made; the ids of those that
// were made are filled in.
type LeadConversion struct {
	LeadID, AccountID, ContactID, OpportunityID string
	Status                                      string // of the lead afterwards
	OpportunityName                             string // "" for the lead's company
	OwnerID                                     string // of new records; "" for the lead's
	NoOpportunity                               bool
	OverwriteLeadSource                         bool // of a contact that was there
}
