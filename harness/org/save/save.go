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

// manner is how a statement runs, besides what it says itself.
type manner struct {
	// guard decides what the user may do with the rows; nil for all, as in
	// system context without sharing.
	guard Guard
	// internal marks the platform's own writes (roll-ups, workflow updates),
	// which may set fields that users can not and leave LastModified as it was.
	internal bool
	// mergedInto is the master of a merge whose losers are deleted.
	mergedInto string
}
