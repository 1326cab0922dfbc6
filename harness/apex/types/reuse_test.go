package types_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// TestNextVersionLooksAtWhatChanged checks versions of a few classes through
// one cache: which files are looked at again is the point, and that what was
// found and noted stays the same as in a check from scratch.
func TestNextVersionLooksAtWhatChanged(t *testing.T) {
	t.Parallel()
	first := map[string]string{
		"Base":   "public abstract class Base { public abstract void duty(); public String title() { return 'x'; } }",
		"Child":  "public class Child extends Base { public override void duty() { } }",
		"Caller": "public class Caller { void f(Child c) { String s = c.title(); } }",
		"Labels": "public class Labels { String s = Label.Hello; SBQQ__Quote__c q; }",
		"Other":  "public class Other { Integer i = 1; }",
		"Maker":  "public class Maker { public List<Thing> make(SBQQ__Quote__c q) { return null; } }",
		"Thing":  "public class Thing { public Integer size; }",
		"Sizes":  "public class Sizes { Integer n = new Maker().make(null)[0].size; }",
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
		{"a type of a signature is gone", "Thing", "public class Gone { public Integer size; }", false, 3, 1},
		{"a type of a signature is for tests", "Thing", "@isTest private class Thing { public Integer size; }", false, 3, 0},
		{"a class before the type of a signature", "Maker", strings.Replace(first["Maker"], "Maker {", "Maker { public class Thing { }", 1), false, 3, 1},
		{"a label less", "Other", first["Other"], true, 1, 1},
	}
	for _, c := range cases {
		units, cache := syntax.NewCache(), types.NewCache()
		check := func(version map[string]string, label bool, cache *types.Cache) (list, noted []string) {
			var own []*syntax.Unit
			for _, name := range slices.Sorted(maps.Keys(version)) {
				own = append(own, units.Parse(name+".cls", []byte(version[name]), syntax.Options{APIVersion: 62}).Unit)
			}
			log := &ledger.Ledger{}
			p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: own}}, Cache: cache,
				Env: types.Env{Ledger: log, Label: func(string, string) bool { return label }}})
			for _, d := range p.CheckAll() {
				list = append(list, d.Error())
			}
			for _, e := range log.Entries() {
				noted = append(noted, fmt.Sprintf("%s, %d times from %s", e.Name, e.Count, e.Where))
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
		want, notes := check(next, !c.label, nil)
		if diff := cmp.Diff(append(want, notes...), append(got, noted...)); diff != "" {
			t.Errorf("%s: (-from scratch +through the cache)\n%s", c.name, diff)
		}
		if after-before != c.checked || len(got) != c.errors || len(noted) != 1 {
			t.Errorf("%s: %d files checked, %d errors, %d notes; want %d, %d and 1\n%s", c.name, after-before, len(got), len(noted), c.checked, c.errors, strings.Join(got, "\n"))
		}
	}
}
