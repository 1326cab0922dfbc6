//go:build !corpus

package project_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// edited is the package that is edited where there are no public ones: the
// sample package with the most classes.
var edited = []struct {
	name  string
	count int
	read  func(testing.TB) *metadata.Package
}{
	{"toolshed 1.3", 60, func(t testing.TB) *metadata.Package {
		pkg, _, err := source.Read(t.Context(), "../../../../scenarios/packages/toolshed/v1.3", source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return pkg
	}},
}
