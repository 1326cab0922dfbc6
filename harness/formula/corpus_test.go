package formula_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

const corpusBar = 99.5 // per cent of the formulas of real packages that check

// TestCorpus parses and checks every formula of the packages in the folder
// that REHEARSAL_CORPUS names, at their newest commit and three older releases
// each: formula fields, rules, defaults, filters of lookups and roll-ups,
// workflow and flows.
func TestCorpus(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("REHEARSAL_CORPUS")
	if corpus == "" {
		t.Skip("needs a corpus of packages; set REHEARSAL_CORPUS")
	}
	repos, err := filepath.Glob(filepath.Join(corpus, "*", "repo"))
	if err != nil || len(repos) == 0 {
		t.Skipf("no packages in %s", corpus)
	}
	var sum tally
	versions := 0
	for _, repo := range repos {
		name, cache := filepath.Base(filepath.Dir(repo)), source.NewCache()
		for _, ref := range append([]string{"HEAD"}, olderReleases(repo)...) {
			pkg, _, err := source.Read(t.Context(), repo, source.Options{Ref: ref, Cache: cache})
			if err != nil {
				t.Logf("%s at %s is left out: %v", name, ref, err)
				continue
			}
			one := checkPackage(pkg)
			if one.all == 0 {
				continue
			}
			versions++
			sum.add(one)
			t.Logf("%s at %s: %d formulas, %d do not check, %d parse and are about objects of other packages",
				name, ref, one.all, len(one.bad), one.foreign)
			for _, b := range one.bad {
				t.Log(b)
			}
		}
	}
	rate := 100 * float64(sum.all-len(sum.bad)) / float64(max(sum.all, 1))
	t.Logf("%d of %d formulas of %d versions check, %.2f %%; %d of them parse and need another package to be checked",
		sum.all-len(sum.bad), sum.all, versions, rate, sum.foreign)
	if rate < corpusBar {
		t.Errorf("%.2f %% of the formulas check, want %.1f %%", rate, corpusBar)
	}
}

// olderReleases are three tags of a repository, spread over its history.
func olderReleases(repo string) []string {
	out, err := exec.Command("git", "-C", repo, "tag", "--sort=creatordate").Output()
	if err != nil {
		return nil
	}
	var tags []string
	for tag := range strings.FieldsSeq(string(out)) {
		if lower := strings.ToLower(tag); !strings.Contains(lower, "beta") && !strings.Contains(lower, "uat") {
			tags = append(tags, tag)
		}
	}
	if len(tags) <= 3 {
		return tags
	}
	return []string{tags[len(tags)/4], tags[len(tags)/2], tags[len(tags)*3/4]}
}

// foreignName finds names with the namespace of another package.
var foreignName = regexp.MustCompile(`\b[A-Za-z]\w*?__\w+__[cr]\b`)

// tally counts formulas: all, those that parse but need another package to be
// checked, and a line for each wrong one.
type tally struct {
	all, foreign int
	bad          []string
}

func (t *tally) add(o tally) {
	t.all, t.foreign, t.bad = t.all+o.all, t.foreign+o.foreign, append(t.bad, o.bad...)
}

// note counts a formula with what the compiler says of it.
func (t *tally) note(comp *metadata.Component, src string, ok bool, diags diag.List) {
	t.all++
	switch {
	case ok:
	case foreignName.MatchString(diags[0].Message):
		t.foreign++
	default:
		t.bad = append(t.bad, fmt.Sprintf("%s %s: %s: %s", comp.Kind, comp.Name, diags[0].Message, strings.Join(strings.Fields(src), " ")))
	}
}

// checker checks the formulas of one package version.
type checker struct {
	tally
	pkg *metadata.Package
	s   *schema.Schema
	c   *formula.Compiler
}

func checkPackage(pkg *metadata.Package) tally {
	s, _ := schema.Build(schema.Options{Features: []schema.Feature{schema.RecordTypes}},
		schema.Source{Namespace: pkg.Namespace, Components: pkg.Components})
	c := &checker{pkg: pkg, s: s, c: formula.NewCompiler(s)}
	for _, comp := range pkg.Components {
		switch comp.Kind {
		case "ValidationRule":
			c.formula(comp, comp.Props.Get("errorConditionFormula"), formula.Rule, schema.Boolean)
		case "WorkflowRule":
			c.formula(comp, comp.Props.Get("formula"), formula.Rule, schema.Boolean)
			c.items(comp, c.object(comp), comp.Props.All("criteriaItems"), comp.Props.Get("booleanFilter"))
		case "WorkflowFieldUpdate":
			c.formula(comp, comp.Props.Get("formula"), formula.Rule, schema.AnyType)
		case "Flow":
			c.flow(comp)
		case "CustomField":
			c.field(comp)
		}
	}
	return c.tally
}

func (c *checker) object(comp *metadata.Component) *schema.Object {
	return c.s.ObjectIn(c.pkg.Namespace, comp.Parent())
}

func (c *checker) formula(comp *metadata.Component, src string, ctx formula.Context, returns schema.FieldType) {
	if src == "" {
		return
	}
	if e, diags := formula.Parse("", src); e == nil {
		c.note(comp, src, false, diags)
		return
	}
	o := c.object(comp)
	if o == nil && foreignName.MatchString(comp.Parent()) {
		c.all++
		c.foreign++
		return
	}
	p, diags := c.c.Compile(o, c.pkg.Namespace, src, ctx, formula.Options{Returns: returns})
	c.note(comp, src, p != nil, diags)
}

func (c *checker) field(comp *metadata.Component) {
	returns, o := schema.AnyType, c.object(comp)
	var f *schema.Field
	if o != nil {
		if f = o.FieldIn(c.pkg.Namespace, comp.BaseName()); f != nil {
			returns = f.Type
		}
	}
	c.formula(comp, comp.Props.Get("formula"), formula.FieldFormula, returns)
	if !slices.Contains([]string{"Picklist", "MultiselectPicklist", "Checkbox"}, comp.Props.Get("type")) {
		c.formula(comp, comp.Props.Get("defaultValue"), formula.Default, returns)
	}
	if f == nil {
		return
	}
	if f.Summary != nil {
		if child := c.s.Object(f.Summary.Child); child != nil {
			c.items(comp, child, comp.Props.All("summaryFilterItems"), "")
		}
	}
	if lf := comp.Props.Child("lookupFilter"); lf != nil && len(f.ReferenceTo) == 1 {
		if target := c.s.Object(f.ReferenceTo[0]); target != nil && lf.Child("filterItems") != nil {
			p, diags := c.c.LookupFilter(o, target, c.pkg.Namespace, itemsOf(lf.All("filterItems")), lf.Get("booleanFilter"))
			c.note(comp, "lookup filter", p != nil, diags)
		}
	}
}

func (c *checker) items(comp *metadata.Component, o *schema.Object, nodes []*metadata.Node, logic string) {
	if len(nodes) == 0 || o == nil {
		return
	}
	p, diags := c.c.Criteria(o, c.pkg.Namespace, itemsOf(nodes), logic)
	c.note(comp, "filter", p != nil, diags)
}

func itemsOf(nodes []*metadata.Node) []formula.Item {
	out := make([]formula.Item, len(nodes))
	for i, n := range nodes {
		out[i] = formula.Item{Field: n.Get("field"), Operation: n.Get("operation"), Value: n.Get("value"), ValueField: n.Get("valueField")}
	}
	return out
}

// flow checks the formulas and conditions of a flow; each diagnostic counts as
// a wrong one.
func (c *checker) flow(comp *metadata.Component) {
	f, diags := flow.Parse(comp)
	count := len(comp.Props.All("formulas"))
	if f != nil {
		_, more := f.Link(c.c, c.pkg.Namespace, nil)
		diags = append(diags, more...)
	}
	for range max(count-len(diags), 0) {
		c.all++
	}
	for i := range diags {
		c.note(comp, "flow", false, diags[i:])
	}
}
