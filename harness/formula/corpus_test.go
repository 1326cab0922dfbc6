package formula_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

const corpusBar = 99.5 // per cent of the formulas of real packages that check

// TestCorpus parses and checks every formula of the packages in the folder
// that REHEARSAL_CORPUS names, at their newest commit.
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
	all, good := 0, 0
	for _, repo := range repos {
		pkg, _, err := source.Read(t.Context(), repo, source.Options{Ref: os.Getenv("REHEARSAL_CORPUS_REF")})
		if err != nil {
			t.Logf("%s is left out: %v", filepath.Base(filepath.Dir(repo)), err)
			continue
		}
		n, foreign, bad := checkPackage(pkg)
		all, good = all+n, good+n-len(bad)
		t.Logf("%s: %d formulas, %d do not check, %d parse and are about objects of other packages",
			filepath.Base(filepath.Dir(repo)), n, len(bad), foreign)
		for _, b := range bad {
			t.Log(b)
		}
	}
	rate := 100 * float64(good) / float64(max(all, 1))
	t.Logf("%d of %d formulas check, %.2f %%", good, all, rate)
	if rate < corpusBar {
		t.Errorf("%.2f %% of the formulas check, want %.1f %%", rate, corpusBar)
	}
}

// foreignName finds names with the namespace of another package.
var foreignName = regexp.MustCompile(`\b[A-Za-z]\w*?__\w+__[cr]\b`)

// checkPackage gives the number of formulas, how many of them parse but need
// another package to be checked, and a line for each wrong one.
func checkPackage(pkg *metadata.Package) (all, foreign int, bad []string) {
	s, _ := schema.Build(schema.Options{Features: []schema.Feature{schema.RecordTypes}},
		schema.Source{Namespace: pkg.Namespace, Components: pkg.Components})
	c := formula.NewCompiler(s)
	check := func(comp *metadata.Component, object, src string, ctx formula.Context, returns schema.FieldType) {
		if src == "" {
			return
		}
		all++
		if e, diags := formula.Parse("", src); e == nil {
			bad = append(bad, fmt.Sprintf("%s %s: %s", comp.Kind, comp.Name, diags[0].Message))
			return
		}
		o := s.ObjectIn(pkg.Namespace, object)
		if o == nil && foreignName.MatchString(object) {
			foreign++
			return
		}
		if p, diags := c.Compile(o, pkg.Namespace, src, ctx, formula.Options{Returns: returns}); p == nil {
			if foreignName.MatchString(diags[0].Message) {
				foreign++
				return
			}
			bad = append(bad, fmt.Sprintf("%s %s: %s: %s", comp.Kind, comp.Name, diags[0].Message, strings.Join(strings.Fields(src), " ")))
		}
	}
	for _, comp := range pkg.Components {
		switch comp.Kind {
		case "ValidationRule":
			check(comp, comp.Parent(), comp.Props.Get("errorConditionFormula"), formula.Rule, schema.Boolean)
		case "WorkflowRule":
			check(comp, comp.Parent(), comp.Props.Get("formula"), formula.Rule, schema.Boolean)
		case "WorkflowFieldUpdate":
			check(comp, comp.Parent(), comp.Props.Get("formula"), formula.Rule, schema.AnyType)
		case "CustomField":
			returns := schema.AnyType
			if o := s.ObjectIn(pkg.Namespace, comp.Parent()); o != nil {
				if f := o.FieldIn(pkg.Namespace, comp.BaseName()); f != nil {
					returns = f.Type
				}
			}
			check(comp, comp.Parent(), comp.Props.Get("formula"), formula.FieldFormula, returns)
			if !slices.Contains([]string{"Picklist", "MultiselectPicklist", "Checkbox"}, comp.Props.Get("type")) {
				check(comp, comp.Parent(), comp.Props.Get("defaultValue"), formula.Default, returns)
			}
		}
	}
	return all, foreign, bad
}
