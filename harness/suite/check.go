package suite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// Problem is one thing that is wrong with a suite.
type Problem struct {
	// At is the JSON pointer of what it is about, in the form that suite files
	// have: "/upgrades/0/package". What is not said at all has the place where it
	// would stand.
	At      string
	Message string
	Fix     string // what to do about it; may be empty
}

// Problems are all that is wrong with a suite, in its order.
type Problems struct {
	Suite string // its name
	List  []Problem
}

// Error lists the problems, one a line.
func (p *Problems) Error() string {
	var lines []string
	for _, problem := range p.List {
		line := "suite " + p.Suite + ": " + problem.Message
		if problem.Fix != "" {
			line += "; " + problem.Fix
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Check finds what makes a suite useless: nothing to do, names that do not
// resolve, choices that there are not. The error is a *Problems.
func (s *Suite) Check() error {
	c := &checker{suite: s}
	c.empty()
	c.packages()
	c.upgrades()
	c.how("", &s.How)
	c.orgs()
	c.expectations()
	if len(c.list) == 0 {
		return nil
	}
	return &Problems{Suite: s.Name, List: c.list}
}

// checker collects problems.
type checker struct {
	suite *Suite
	list  []Problem
}

func (c *checker) add(at, fix, format string, args ...any) {
	c.list = append(c.list, Problem{At: at, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// place is where an item of a list of the suite is written.
func place(said, list string, i int) string {
	if said != "" {
		return said
	}
	return fmt.Sprintf("/%s/%d", list, i)
}

func (c *checker) empty() {
	for _, part := range []struct {
		name, list string
		size       int
	}{
		{"package", "packages", len(c.suite.Packages)},
		{"upgrade", "upgrades", len(c.suite.Upgrades)},
		{"org", "orgs", len(c.suite.Orgs)},
	} {
		if part.size == 0 {
			c.add("/"+part.list, "add one under "+part.list, "no %s", part.name)
		}
	}
}

func (c *checker) packages() {
	seen := map[string]bool{}
	for i, p := range c.suite.Packages {
		at := place(p.At, "packages", i)
		if seen[p.Name] {
			c.add(at+"/name", "give each a name of its own", "two packages are called %q", p.Name)
		}
		seen[p.Name] = true
		for j, dep := range p.DependsOn {
			name, _, _ := strings.Cut(dep, "@")
			if c.suite.Package(name) == nil {
				c.add(fmt.Sprintf("%s/dependsOn/%d", at, j), "name one as NAME@VERSION, or where its source is: a directory, a zip, or PATH@REF",
					"there is no package %q under packages", name)
			} else if ring := c.suite.wayTo(name, p.Name, nil); ring != nil && p.Name == slices.Min(ring) {
				c.add(fmt.Sprintf("%s/dependsOn/%d", at, j), "take one of them out: neither could be installed first",
					"packages need each other: %s", strings.Join(append([]string{p.Name}, ring...), " needs "))
			}
		}
	}
}

// wayTo is the packages from one to another that it needs, directly or not; nil
// when it does not.
func (s *Suite) wayTo(from, to string, passed []string) []string {
	if from == to {
		return append(slices.Clip(passed), to)
	}
	if p := s.Package(from); p != nil && !slices.Contains(passed, from) {
		for _, dep := range p.DependsOn {
			name, _, _ := strings.Cut(dep, "@")
			if way := s.wayTo(name, to, append(slices.Clip(passed), from)); way != nil {
				return way
			}
		}
	}
	return nil
}

func (c *checker) upgrades() {
	for i, u := range c.suite.Upgrades {
		at := place(u.At, "upgrades", i)
		pkg := c.suite.Package(u.Package)
		if pkg == nil {
			c.add(at+"/package", "give the name of one of them", "the upgrade's package %q is not under packages", u.Package)
			continue
		}
		if len(u.Path) < 2 {
			c.add(at, "", "an upgrade of %s needs a version to start from and one to go to", u.Package)
		}
		c.versions(pkg, u.Path, at)
		for j, name := range u.Orgs {
			if !slices.ContainsFunc(c.suite.Orgs, func(o Org) bool { return o.Name == name }) {
				c.add(fmt.Sprintf("%s/orgs/%d", at, j), "", "there is no org %q under orgs", name)
			}
		}
		c.how(at, &u.How)
	}
}

// versions checks that versions are listed, when the package lists any.
func (c *checker) versions(pkg *Package, path []string, at string) {
	if len(pkg.Versions) == 0 {
		return
	}
	var known []string
	for _, v := range pkg.Versions {
		known = append(known, v.Name)
	}
	for _, name := range path {
		if !slices.Contains(known, name) {
			c.add(at, "known: "+strings.Join(known, ", "), "version %q is not under versions of %s", name, pkg.Name)
			return
		}
	}
}

func (c *checker) how(at string, how *How) {
	for i, mode := range how.Modes {
		choice(c, fmt.Sprintf("%s/modes/%d", at, i), "a way to upgrade", mode, install.Modes)
	}
	if how.Security != "" {
		choice(c, at+"/security", "a choice of who gets access", how.Security, install.Securities)
	}
	if how.Removal != "" {
		choice(c, at+"/removal", "a way to remove components", how.Removal, install.Removals)
	}
}

// choice checks that a value is one of those that there are.
func choice[T ~string](c *checker, at, what string, got T, known []T) {
	if slices.Contains(known, got) {
		return
	}
	var words []string
	for _, k := range known {
		words = append(words, string(k))
	}
	c.add(at, "use "+strings.Join(words, " or "), "%q is not %s", got, what)
}

func (c *checker) orgs() {
	seen := map[string]bool{}
	for i, o := range c.suite.Orgs {
		at := place(o.At, "orgs", i)
		if seen[o.Name] {
			c.add(at+"/name", "give each a name of its own", "two orgs are called %q", o.Name)
		}
		seen[o.Name] = true
		switch {
		case o.File != "" && o.Recipe != "":
			c.add(at+"/file", "remove one of them", "an org has a recipe or a file, not both")
		case o.File == "" && o.Recipe == "":
			c.add(at, "add recipe: pristine", "org %q has neither a recipe nor a file", o.Name)
		}
		if o.File != "" && len(o.Mess) > 0 {
			c.add(at+"/mess", "make the org from a recipe to add mess, or make the mess in the file", "org %q is a file as it is: mess is not added to it", o.Name)
		}
		for j, name := range o.Features {
			if !KnownFeature(name) {
				c.add(fmt.Sprintf("%s/features/%d", at, j), meant(nearest(features, name)), "there is no feature %q", name)
			}
		}
		if o.Edition != "" && !KnownEdition(o.Edition) {
			c.add(at+"/edition", "known: "+strings.Join(editions, ", "), "there is no edition %q", o.Edition)
		}
		if o.Records < 0 {
			c.add(at+"/records", "leave it out for the recipe's own", "org %q has a negative number of records", o.Name)
		}
		for _, m := range o.Mess {
			if m.Rate < 0 || m.Rate > 1 {
				c.add(at+"/mess/"+m.Number, "", "mess %s in %g of the rows; a share is from 0 to 1", m.Number, m.Rate)
			}
		}
	}
}

// meant proposes a name.
func meant(name string) string {
	if name == "" {
		return "features have the names that scratch org definitions use"
	}
	return "did you mean " + name + "?"
}

func (c *checker) expectations() {
	e := &c.suite.Expect
	for i, r := range e.Invariants {
		if (r.Each == "") == (r.That == "") {
			c.add(fmt.Sprintf("/expect/invariants/%d", i), "write each: row.Amount__c > 0",
				"an invariant has either each (asked of every row) or that (asked of the whole answer)")
		}
	}
	for i, ch := range e.Changes {
		if ch.Kind != AnyChange {
			choice(c, fmt.Sprintf("/expect/changes/%d/kind", i), "a change of a record", ch.Kind, []RowChange{Inserted, Updated, Deleted})
		}
	}
	if e.FailOn != "" {
		choice(c, "/expect/failOn", "a severity", e.FailOn, []finding.Severity{finding.Blocker, finding.Major, finding.Minor})
	}
	for i, a := range e.Allow {
		if _, err := time.Parse(time.DateOnly, a.Until); err != nil && a.Until != "" {
			c.add(fmt.Sprintf("/expect/allow/%d/until", i), "write it as 2026-12-31", "%q is no day", a.Until)
		}
		if finding.Describe(finding.Code(a.Code)).Severity == "" {
			var known []string
			for _, k := range finding.Codes {
				known = append(known, string(k.Code))
			}
			c.add(fmt.Sprintf("/expect/allow/%d/code", i), "known: "+strings.Join(known, ", "), "there is no finding %q", a.Code)
		}
	}
}
