package museum_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// collection is museum.yaml.
type collection struct {
	Stacks  map[string][]string `yaml:"stacks"` // "OWNER/NAME@REF", what is needed first
	Defects []exhibit           `yaml:"defects"`
	Quiet   []exhibit           `yaml:"quiet"`
}

// exhibit is one pair of releases. README.md says what the fields mean.
type exhibit struct {
	ID         string   `yaml:"id"`
	Repository string   `yaml:"repository"`
	From       string   `yaml:"from"`
	To         string   `yaml:"to"`
	Stack      string   `yaml:"stack"`
	Namespace  string   `yaml:"namespace"`
	Sources    []string `yaml:"sources"`
	Defect     string   `yaml:"defect"`
	Condition  string   `yaml:"condition"`
	Takes      string   `yaml:"takes"`
	Recognise  string   `yaml:"recognise"`
	Changes    string   `yaml:"changes"`
}

func load(t *testing.T) *collection {
	t.Helper()
	text, err := os.ReadFile("museum.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c collection
	if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return &c
}

// recognised is the first finding of a result in which an expression recognises
// a defect: it is held against code, title and the finding as JSON, without what
// every finding of the pair has (its command) and what is said of its kind.
func recognised(r *result.Result, expression *regexp.Regexp) *finding.Finding {
	for i := range r.Scenarios {
		for j := range r.Scenarios[i].Findings {
			f := r.Scenarios[i].Findings[j]
			f.Reproduce, f.Advice = "", ""
			var text bytes.Buffer
			enc := json.NewEncoder(&text)
			enc.SetEscapeHTML(false)
			if enc.Encode(f) == nil && expression.MatchString(fmt.Sprintf("%s %s %s", f.Code, f.Title, text.String())) {
				return &r.Scenarios[i].Findings[j]
			}
		}
	}
	return nil
}

// volume counts the different findings of a result: loud ones are those that
// make a build fail, the others are notes.
func volume(r *result.Result) (loud, notes int) {
	for _, g := range r.Findings {
		if g.Severity.AtLeast(finding.Major) {
			loud++
		} else {
			notes++
		}
	}
	return loud, notes
}

// TestTheCollectionIsWhole holds museum.yaml to its own rules.
func TestTheCollectionIsWhole(t *testing.T) {
	t.Parallel()
	c := load(t)
	seen := map[string]bool{}
	check := func(e exhibit, needs map[string]string) {
		if seen[e.ID] {
			t.Errorf("%s is there twice", e.ID)
		}
		seen[e.ID] = true
		needs["repository"], needs["from"], needs["to"] = e.Repository, e.From, e.To
		for field, value := range needs {
			if value == "" {
				t.Errorf("%s has no %s", e.ID, field)
			}
		}
		if e.Stack != "" && e.Namespace == "" {
			t.Errorf("%s stands on others and has no namespace", e.ID)
		}
		if e.Stack != "" && len(c.Stacks[e.Stack]) == 0 {
			t.Errorf("%s stands on %s, which is no stack", e.ID, e.Stack)
		}
	}
	for _, e := range c.Defects {
		check(e, map[string]string{"defect": e.Defect, "condition": e.Condition, "takes": e.Takes, "recognise": e.Recognise})
		if _, err := regexp.Compile(e.Recognise); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
	for _, e := range c.Quiet {
		check(e, map[string]string{"changes": e.Changes})
		if e.Recognise != "" || e.Defect != "" {
			t.Errorf("%s is quiet and has a defect", e.ID)
		}
	}
	if len(c.Defects) < 41 || len(c.Quiet) < 9 {
		t.Errorf("%d defects and %d quiet pairs; nothing leaves the museum", len(c.Defects), len(c.Quiet))
	}
}

// TestRecognise holds expressions against findings: what every finding of a pair
// carries along must not recognise anything.
func TestRecognise(t *testing.T) {
	t.Parallel()
	r := &result.Result{Scenarios: []result.Scenario{{}, {Findings: []finding.Finding{
		{Code: finding.DataLost, Severity: finding.Blocker, Title: "2 rows of Bell__c are gone", Advice: "ring", Reproduce: "rehearse --package tower",
			Rows: []finding.Rows{{Object: "Bell__c", Count: 2, Sample: []finding.Row{{ID: "a01", Note: "Tone__c: <A> → null"}}}}},
	}}}}
	for expression, want := range map[string]bool{
		`data-lost[\s\S]*Tone__c`: true, `<A>`: true, `^data-lost 2 rows`: true,
		`tower`: false, `"ring"`: false, `Clapper__c`: false,
	} {
		if got := recognised(r, regexp.MustCompile(expression)) != nil; got != want {
			t.Errorf("%s: recognised %v, want %v", expression, got, want)
		}
	}
	r.Summarise()
	r.Findings = append(r.Findings, result.Group{Severity: finding.Minor})
	if loud, notes := volume(r); loud != 1 || notes != 1 {
		t.Errorf("%d loud and %d notes", loud, notes)
	}
}
