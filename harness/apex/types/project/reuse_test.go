package project_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types/project"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// edits change what a class offers to others: how often its name, the type and
// the access of its members and what it inherits matter elsewhere is the point.
var edits = []struct{ find, replace string }{
	{`(public|global) (static )?(\w+) (\w+)\(`, "$1 ${2}${3} ${4}Gone("},
	{`(public|global) (static )?(\w+) (\w+)\(`, "private ${2}${3} ${4}("},
	{`(public|global) (static )?String (\w+)`, "$1 ${2}Integer $3"},
	{`(public|global|private) (static )?(\w+) (\w+)\((\w+) (\w+)\)`, "$1 ${2}${3} ${4}(${5} ${6}, Integer more)"},
	{` (extends|implements) \w+`, ""},
	{`abstract class (\w+) [^{]*\{`, "$0 public abstract void newDuty();"},
	{`interface (\w+) \{`, "interface $1 { void newDuty();"},
	{`(public|global) class (\w+) `, "$1 class ${2}Gone "},
	{`(public|global|private) class (\w+) `, "private class ${2} "},
	{`enum (\w+) \{`, "enum $1 { EXTRA, "},
	{`(public|global) (\w+) (\w+) \{ ?get; set; ?\}`, "$1 $2 ${3}Gone { get; set; }"},
	{`virtual `, ""},
	{`final `, ""},
	{`(public|global) static final`, "private static final"},
}

// TestResultsAreTakenOverOnlyWhileTheyHold edits a package in many ways, one at
// a time: through a cache of the version before, the diagnostics must be those
// of a check from scratch.
func TestResultsAreTakenOverOnlyWhileTheyHold(t *testing.T) {
	for _, c := range edited {
		pkg := c.read(t)
		r := rand.New(rand.NewPCG(7, 11))
		cache := project.NewCache()
		project.Load([]*metadata.Package{pkg}, project.Options{Cache: cache}).Check()
		errors, done := 0, 0
		for done < c.count {
			version, what := edit(pkg, r)
			if version == nil {
				continue
			}
			done++
			want := project.Load([]*metadata.Package{version}, project.Options{}).Check()
			got := project.Load([]*metadata.Package{version}, project.Options{Cache: cache}).Check()
			errors += len(want)
			if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
				t.Errorf("%s: %s: (-alone +after the others)\n%s", c.name, what, diff)
			}
		}
		checked, reused := cache.Counts()
		t.Logf("%s: %d edits, %d errors, %d files checked, %d taken over", c.name, done, errors, checked, reused)
	}
}

// edit makes a version with one edit of one class, or without one field; nil
// when the edit it drew finds nothing to do.
func edit(pkg *metadata.Package, r *rand.Rand) (*metadata.Package, string) {
	list := slices.Clone(pkg.Components)
	i := r.IntN(len(list))
	c := list[i]
	switch c.Kind {
	case metadata.CustomField:
		out, _ := metadata.NewPackage(*pkg, slices.Delete(list, i, i+1))
		return out, "without " + c.Name
	case metadata.ApexClass:
		e := edits[r.IntN(len(edits))]
		re := regexp.MustCompile(e.find)
		at := re.FindAllStringSubmatchIndex(string(c.Source), -1)
		if at == nil {
			return nil, ""
		}
		m := at[r.IntN(len(at))]
		text := string(c.Source)
		copied := *c
		copied.Source = []byte(text[:m[0]] + string(re.ExpandString(nil, e.replace, text, m)) + text[m[1]:])
		list[i] = &copied
		out, _ := metadata.NewPackage(*pkg, list)
		return out, fmt.Sprintf("%s: %q to %q", c.Name, text[m[0]:m[1]], e.replace)
	default:
		return nil, ""
	}
}
