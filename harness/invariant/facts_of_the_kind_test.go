package invariant_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// TestWhatTheReleaseDoesNotTouch tells edits that are gone as a fact of the kind
// of upgrade where the release leaves the property alone, and as a finding where
// it changes it, or where the kind of upgrade keeps what the subscriber owns.
func TestWhatTheReleaseDoesNotTouch(t *testing.T) {
	t.Parallel()
	label := func(value, words string) *metadata.Component {
		return metadatatest.Component(metadata.CustomLabel, "Greeting", "<CustomLabel><value>"+value+"</value><shortDescription>"+words+"</shortDescription></CustomLabel>")
	}
	const edited = " overwrites what the subscriber changed, whether the release touches it or not: value"
	for name, tt := range map[string]struct {
		kind     metadata.PackageKind
		from, to *metadata.Component // to nil: the version does not have it any more
		finding  bool
		fact     string
	}{
		"not changed by an unlocked release":                   {metadata.Unlocked, label("Hello", "a"), label("Hello", "a"), false, edited},
		"not changed by an unmanaged release":                  {metadata.Unmanaged, label("Hello", "a"), label("Hello", "a"), false, edited},
		"another property changed":                             {metadata.Unlocked, label("Hello", "a"), label("Hello", "b"), false, edited},
		"changed by an unlocked release":                       {metadata.Unlocked, label("Hi", "a"), label("Hello", "a"), true, ""},
		"changed by an unmanaged release":                      {metadata.Unmanaged, label("Hi", "a"), label("Hello", "a"), true, ""},
		"a managed upgrade has no business with it":            {metadata.Managed, label("Hello", "a"), label("Hello", "a"), true, ""},
		"the release brings what the subscriber had by chance": {metadata.Unlocked, nil, label("Hello", "a"), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			put := func(c *metadata.Component, edited ...string) *org.Entry {
				return &org.Entry{Component: c, Package: "p", State: org.Unmanaged, Edited: edited}
			}
			b := newBench(t, put(label("Servus", "a"), "value"))
			b.deploy(put(tt.to))
			b.step.From, b.step.To = packageOf(tt.kind, tt.from), packageOf(tt.kind, tt.to)
			var facts []string
			found := 0
			for _, o := range b.outcomes() {
				for _, f := range o.Facts {
					if f.Check != "customisation-kept" || len(f.Components) != 1 {
						t.Fatalf("the fact is %+v", f)
					}
					facts = append(facts, f.Kind+" "+f.Text+": "+f.Components[0].Note)
				}
				for _, f := range o.Findings {
					if f.Code == finding.CustomisationLost {
						found++
					}
				}
			}
			if (found == 1) != tt.finding || found > 1 {
				t.Errorf("found %d times, want %v", found, tt.finding)
			}
			if text := strings.Join(facts, "; "); (text != "") != (tt.fact != "") || text != "" && text != tt.kind.String()+tt.fact {
				t.Errorf("the facts are %q, want %q", text, tt.fact)
			}
		})
	}
}

func packageOf(kind metadata.PackageKind, components ...*metadata.Component) *metadata.Package {
	if components[0] == nil {
		components = nil
	}
	pkg, _ := metadata.NewPackage(metadata.Package{Name: "p", Kind: kind}, components)
	return pkg
}

// TestApexBrokenBefore tells of Apex that an administrator has to leave out of
// the compilation once, however many versions are on the way.
func TestApexBrokenBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.step.From, b.step.To = packageOf(metadata.Unlocked, nil), packageOf(metadata.Unlocked, nil)
	broken := &upgrade.Failure{Class: upgrade.OwnApexBroken, Components: []string{"ApexClass Theirs"}}
	b.step.Report = &upgrade.Report{Overcome: []*upgrade.Failure{broken, broken}}
	for _, o := range b.outcomes() {
		if len(o.Findings) > 0 {
			t.Errorf("found %+v", o.Findings)
		}
		if o.Name != "upgrade-succeeds" {
			continue
		}
		want := []finding.Component{{Kind: "ApexClass", Name: "Theirs"}}
		if len(o.Facts) != 1 || !strings.Contains(o.Facts[0].Text, "was broken before") || !cmp.Equal(o.Facts[0].Components, want) {
			t.Errorf("the facts are %+v", o.Facts)
		}
	}
}

// TestRulesSwitchedOnAgain tells rows that a rule refuses again, which the
// subscriber had switched off, as a fact where the release leaves the rule alone.
func TestRulesSwitchedOnAgain(t *testing.T) {
	t.Parallel()
	rule := func(active string) *metadata.Component {
		return metadatatest.Component(metadata.ValidationRule, "Account.Phone_Needed",
			"<ValidationRule><active>"+active+"</active><errorConditionFormula>ISBLANK(Phone)</errorConditionFormula><errorMessage>No phone.</errorMessage></ValidationRule>")
	}
	for name, tt := range map[string]struct {
		from  string // whether the old version has it active
		found bool
	}{
		"the release leaves it alone":    {"true", false},
		"the release has switched it on": {"false", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			put := func(active string) *org.Entry {
				return &org.Entry{Component: rule(active), Package: "p", State: org.Unmanaged, Edited: []string{"active"}}
			}
			b := newBench(t, put("false"))
			b.deploy(put("true"))
			b.step.From, b.step.To = packageOf(metadata.Unlocked, rule(tt.from)), packageOf(metadata.Unlocked, rule("true"))
			var refusing []finding.Component
			found := false
			for _, o := range b.outcomes() {
				for _, f := range o.Findings {
					found = found || f.Code == finding.SaveBroken
				}
				for _, f := range o.Facts {
					if strings.Contains(f.Text, "refuse rows again") {
						refusing = f.Components
					}
				}
			}
			if found != tt.found || (len(refusing) == 1) == tt.found {
				t.Errorf("found %v, told of the kind: %v", found, refusing)
			}
		})
	}
}
