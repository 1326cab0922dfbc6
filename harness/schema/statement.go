package schema

import "github.com/rehearsal-dev/rehearsal/harness/dml"

// Statement is one DML statement: up to 10,000 rows.
type Statement struct {
	Op         dml.Op
	Records    []*Record
	Master     *Record // of a merge; Records are the duplicates
	ExternalID *Field  // of an upsert; nil for the Id
	AllOrNone  bool
	Options    *dml.Options // nil for the defaults
}
