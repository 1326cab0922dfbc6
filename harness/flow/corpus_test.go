//go:build corpus

package flow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestCorpus reads every flow and workflow rule of the packages in the folder
// that REHEARSAL_CORPUS names. What is wrong with them may only be that another
// package is missing.
func TestCorpus(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("REHEARSAL_CORPUS")
	if corpus == "" {
		t.Fatal("needs a corpus of packages; set REHEARSAL_CORPUS")
	}
	repos, _ := filepath.Glob(filepath.Join(corpus, "*", "repo"))
	for _, repo := range repos {
		name := filepath.Base(filepath.Dir(repo))
		pkg, _, err := source.Read(t.Context(), repo, source.Options{Ref: os.Getenv("REHEARSAL_CORPUS_REF")})
		if err != nil {
			t.Logf("%s is left out: %v", name, err)
			continue
		}
		s, _ := schema.Build(schema.Options{}, schema.Source{Namespace: pkg.Namespace, Components: pkg.Components})
		c := formula.NewCompiler(s)
		for _, comp := range pkg.OfKind(metadata.Flow) {
			f, diags := Parse(comp)
			_, more := f.Link(c, pkg.Namespace, nil)
			t.Logf("%s: flow %s, not simulated: %s", name, comp.Name, strings.Join(f.Unsupported(), ", "))
			for _, d := range append(diags, more...) {
				t.Errorf("%s: %v", name, d)
			}
		}
		rules := map[string][]Owned{}
		for _, comp := range pkg.OfKind(metadata.WorkflowRule) {
			rules[comp.Parent()] = append(rules[comp.Parent()], Owned{Component: comp, Namespace: pkg.Namespace})
		}
		for _, o := range s.Objects() {
			_, diags := LinkWorkflow(c, o, rules[strings.TrimPrefix(o.Name, pkg.Namespace+"__")], func(_, name string) *metadata.Component {
				return pkg.Find(metadata.WorkflowFieldUpdate, name)
			})
			for _, d := range diags {
				t.Errorf("%s: %v", name, d)
			}
		}
	}
}
