package sqlite

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
)

// CreateSQL is the statement that makes the table of an object with columns
// for these fields: another database that is saved as an .org file writes the
// tables of one itself.
func CreateSQL(object string, fields []string, columns []store.Column) string {
	entries := make([]table.Entry, len(fields))
	for i, f := range fields {
		entries[i] = table.Entry{Field: strings.ToLower(f), Name: f, Column: columns[i]}
	}
	return table.CreateSQL(database{}, object, entries)
}
