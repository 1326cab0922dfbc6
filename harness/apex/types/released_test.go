package types_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// TestReleased binds bodies that our checker rejects: of a release as far as it
// goes, of anybody else not at all. A full check says the same of both.
func TestReleased(t *testing.T) {
	t.Parallel()
	tests := []struct {
		body   string
		errors int
		unfit  []int // statements of a release that can not be bound
	}{
		{"Integer x = 1; Integer x = 2;", 1, nil},                                     // a rule
		{"final Integer y = 1; y = 2;", 1, nil},                                       // another
		{"return; Integer x = 1;", 1, nil},                                            // never reached
		{"C.hidden();", 1, nil},                                                       // another class's business
		{"Object o = 'x'; C c = o;", 1, nil},                                          // a reference is what it is
		{"Object o = 'x'; Boolean b = o instanceof Object;", 1, nil},                  // always so
		{"Long l = 1; Integer i = l;", 1, []int{1}},                                   // bits of another kind
		{"Integer i = 1; nothing.go(i); i = 2;", 1, []int{1}},                         // a name
		{"C.none(1);", 1, []int{0}},                                                   // a method
		{"if (nothing) { Integer i = 1; }", 1, []int{0}},                              // all of a condition
		{"if (true) { nothing.go(); } Integer i = 1;", 1, nil},                        // what is inside stops by itself
		{"for (Integer i : nothing) { } while (none) { } Integer j;", 2, []int{0, 1}}, // loops
	}
	for _, tt := range tests {
		t.Run(tt.body, func(t *testing.T) {
			t.Parallel()
			for _, released := range []bool{false, true} {
				units := []*syntax.Unit{
					class(t, "T.cls", "public class T { public static void m() {"+tt.body+"} }"),
					class(t, "C.cls", "public class C { private static void hidden() { } }"),
				}
				p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: units, Released: released}}})
				if errs := p.CheckAll(); len(errs) != tt.errors {
					t.Errorf("released %v: a full check says %v", released, errs)
				}
				body, errs := p.Class("", "T").Methods()[0].Body()
				if !released {
					if len(errs) == 0 {
						t.Error("code of nobody's release is fit to run")
					}
					continue
				}
				if len(errs) > 0 {
					t.Errorf("a release is not fit to run: %v", errs)
				}
				var unfit []int
				for i, s := range body.Stmts {
					if _, ok := s.(*types.Unfit); ok {
						unfit = append(unfit, i)
					}
				}
				if diff := cmp.Diff(tt.unfit, unfit); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}
