package sqlite

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// CreateSQL is the statement that makes the table of an object with columns
// for these fields: another database that is saved as an .org file writes the
// tables of one itself.
func CreateSQL(object string, fields []string, columns []store.Column) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + quote(object) + "(")
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(f) + " " + declaration(columns[i]))
		if strings.EqualFold(f, "Id") {
			b.WriteString(" NOT NULL PRIMARY KEY")
		}
	}
	b.WriteByte(')')
	return b.String()
}
