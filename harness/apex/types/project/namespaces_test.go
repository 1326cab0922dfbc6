package project_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types/project"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// TestNamespacesThatAreNotAtHand tells the types of a package that is not there
// from those of a class that is gone.
func TestNamespacesThatAreNotAtHand(t *testing.T) {
	t.Parallel()
	const at = "Mine.cls:1:21: error: Invalid type: "
	for _, c := range []struct {
		members string
		want    []string
	}{
		{"Away.Outer.Inner a;", nil},
		{"List<Away.Outer.Inner> a; Object b = Away.Made.by();", nil},
		{"away.One a; away.Two b;", nil},
		{"away.One a;", []string{at + "away.One [UNKNOWN_TYPE]"}},
		{"Gone.Inner a;", []string{at + "Gone.Inner [UNKNOWN_TYPE]"}},
		{"Gone.A a; Gone.B b;", []string{at + "Gone.A [UNKNOWN_TYPE]", "Mine.cls:1:31: error: Invalid type: Gone.B [UNKNOWN_TYPE]"}},
		{"Mine.Outer.Inner a;", []string{at + "Mine.Outer.Inner [UNKNOWN_TYPE]"}},
		{"Gone.Pair<x.y> a;", []string{at + "Gone.Pair<x.y> [UNKNOWN_TYPE]", "Mine.cls:1:31: error: Invalid type: x.y [UNKNOWN_TYPE]"}},
	} {
		pkg, _ := metadata.NewPackage(metadata.Package{}, []*metadata.Component{{Kind: metadata.ApexClass, Name: "Mine", APIVersion: "62.0",
			Source: []byte("public class Mine { " + c.members + " }"), Span: diag.Span{File: "Mine.cls"}}})
		got := lines(project.Load([]*metadata.Package{pkg}, project.Options{}).Check())
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.members, diff)
		}
	}
}

func lines(list diag.List) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Error())
	}
	return out
}
