package types_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// TestNextVersionLooksAtWhatChanged checks versions of a few classes through
// one cache: which files are looked at again is the point, and that what was
// found stays the same as in a check from scratch.
func TestNextVersionLooksAtWhatChanged(t *testing.T) {
	t.Parallel()
	first := map[string]string{
		"Base":   "public abstract class Base { public abstract void duty(); public String title() { return 'x'; } }",
		"Child":  "public class Child extends Base { public override void duty() { } }",
		"Caller": "public class Caller { void f(Child c) { String s = c.title(); } }",
		"Labels": "public class Labels { String s = Label.Hello; SBQQ__Quote__c q; }",
		"Other":  "public class Other { Integer i = 1; }",
	}
	cases := []struct {
		name, class, source string
		label               bool // the label is gone
		checked, errors     int
	}{
		{"as it was", "Other", first["Other"], false, 0, 0},
		{"a body changed", "Other", "public class Other { Integer i = 2; }", false, 1, 0},
		{"a member of another type", "Base", strings.Replace(first["Base"], "String title() { return 'x'; }", "Integer title() { return 1; }", 1), false, 3, 1},
		{"one more abstract method", "Base", strings.Replace(first["Base"], "duty();", "duty(); public abstract void more();", 1), false, 2, 1},
		{"a class of a variable's name", "Other", "public class C { }", false, 2, 0},
		{"a label less", "Other", first["Other"], true, 1, 1},
	}
	for _, c := range cases {
		units, cache := syntax.NewCache(), types.NewCache()
		check := func(version map[string]string, label bool, cache *types.Cache) (list, noted []string) {
			var own []*syntax.Unit
			for _, name := range []string{"Base", "Child", "Caller", "Labels", "Other"} {
				own = append(own, units.Parse(name+".cls", []byte(version[name]), syntax.Options{APIVersion: 62}).Unit)
			}
			log := &ledger.Ledger{}
			p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: own}}, Cache: cache,
				Env: types.Env{Ledger: log, Label: func(string, string) bool { return label }}})
			for _, d := range p.CheckAll() {
				list = append(list, d.Error())
			}
			for _, e := range log.Entries() {
				noted = append(noted, e.Name)
			}
			return list, noted
		}
		check(first, true, cache)
		before, _ := cache.Counts()
		next := map[string]string{}
		for k, v := range first {
			next[k] = v
		}
		next[c.class] = c.source
		got, noted := check(next, !c.label, cache)
		after, _ := cache.Counts()
		want, _ := check(next, !c.label, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-from scratch +through the cache)\n%s", c.name, diff)
		}
		if after-before != c.checked || len(got) != c.errors || len(noted) != 1 {
			t.Errorf("%s: %d files checked, %d errors, %d notes; want %d, %d and 1", c.name, after-before, len(got), len(noted), c.checked, c.errors)
		}
	}
}
