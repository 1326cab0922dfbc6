// Package save is the order of execution: what the platform does between a DML
// statement and the rows it leaves behind.
//
// The machine is a list of named phases (phases.go: order-of-execution.md,
// section 1). A statement is cut into chunks of up to 200 rows of one object;
// every chunk goes through the phases in order, and each phase may mark rows
// with errors, which takes them out of the phases after it. All-or-none and
// partial success, with its retries, are the loop around the chunks
// (session.go). Status codes and message texts stand in one table
// (errors.go).
//
// The pipeline reaches the org through Env: ids, clock, user, compiled rules,
// and a way to run the triggers of a chunk. It holds no state besides that of
// the transaction it serves, belongs to that transaction's goroutine, and its
// results depend on nothing but the rows, the rules and the Env.
//
// Left out: permissions on objects and fields, and who sharing lets write a row:
// the caller decides that, and the Guard of a statement marks the rows.
package save

import "github.com/rehearsal-dev/rehearsal/harness/schema"

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

// String is the operation as DmlException messages begin: "Insert".
func (op Op) String() string {
	return [...]string{"Insert", "Update", "Upsert", "Delete", "Undelete", "Merge"}[op]
}

// Statement is one DML statement: up to 10,000 rows.
type Statement struct {
	Op         Op
	Records    []*schema.Record
	Master     *schema.Record // of a merge; Records are the duplicates
	ExternalID *schema.Field  // of an upsert; nil for the Id
	AllOrNone  bool
	Options    Options
	// Guard decides what the user may do with the rows; nil for all, as in
	// system context without sharing.
	Guard Guard
}

// Options is what a statement may ask for besides the defaults
// (Database.DMLOptions, and the switches of the API).
type Options struct {
	AllowFieldTruncation bool // over-long text is cut instead of refused
	AllowDuplicates      bool // duplicate rules that alert do not block
	// HardDelete removes rows for good instead of putting them in the recycle
	// bin (Database.emptyRecycleBin, bulk hard delete).
	HardDelete bool

	// internal marks the platform's own writes (roll-ups, workflow updates),
	// which may set fields that users can not and leave LastModified as it was.
	internal bool
	// mergedInto is the master of a merge whose losers are deleted.
	mergedInto string
}

// Result is the outcome of one row.
type Result struct {
	ID      string
	Success bool
	Created bool // the row was inserted
	Errors  []RowError
	Merged  []string // ids a merge removed
	Updated []string // related ids a merge re-parented
}

// RowError is one error of a row. Fields are API names.
type RowError struct {
	StatusCode string
	Message    string
	Fields     []string
	// Source names what refused the row: "ValidationRule Account.Region_Needed",
	// "ApexTrigger ns.Guard"; "" for the platform itself.
	Source string
}
