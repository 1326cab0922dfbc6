// Package facts holds the documents that tables, comments and tests of the
// project cite: what is known of the platform, by the published documentation
// and by what others measured (README.md lists them, sources.md says where each
// statement comes from).
//
// It imports nothing, and only tests import it: the program itself has its rules
// as tables, which tests and generators hold to these documents.
package facts

import "embed"

//go:embed *.md *.json schema
var files embed.FS

// Read gives a document by its name ("upgrade-rules.md",
// "schema/value-sets.json"). A name that is none is a mistake of the caller and
// panics.
func Read(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		panic("facts: " + err.Error())
	}
	return data
}
