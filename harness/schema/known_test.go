package schema

import (
	"slices"
	"strings"
	"testing"
)

// TestKnownObjectsFit: what is written by hand beside the facts adds to objects
// that are there, repeats nothing, and refers to objects that are known.
func TestKnownObjectsFit(t *testing.T) {
	t.Parallel()
	s, _ := Build(Options{Features: Features()})
	for paragraph := range strings.SplitSeq(knownText, "\n\n") {
		head, _, _ := strings.Cut(paragraph, "\n")
		if strings.HasPrefix(head, "#") {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(head, "+"), "\t")
		if strings.Contains("\n"+standardText, "\n"+name+"\t") != strings.HasPrefix(head, "+") && !strings.Contains(knownText, "\n"+name+"\t") {
			t.Errorf("%s: '+' is for objects that are there already, and for those only", name)
		}
		o := s.Object(name)
		if o == nil || o.IDField() == nil {
			t.Fatalf("%s does not decode", name)
		}
		seen := map[string]bool{}
		for _, f := range o.Fields {
			if key := strings.ToLower(f.Name); seen[key] {
				t.Errorf("%s.%s stands there twice", name, f.Name)
			} else {
				seen[key] = true
			}
			for _, r := range f.ReferenceTo {
				if s.Object(r) == nil && s.Outline(r) == nil {
					t.Errorf("%s.%s refers to %s, which is no object", name, f.Name, r)
				}
			}
		}
		children := map[string]bool{}
		for _, c := range o.Children {
			if c.Name != "" && children[c.Name] {
				t.Errorf("%s has two children named %s", name, c.Name)
			}
			children[c.Name] = true
		}
	}
}

func TestOutlines(t *testing.T) {
	t.Parallel()
	s, _ := Build(Options{})
	for _, c := range []struct{ name, want string }{
		{"electronicmediagroup", "ElectronicMediaGroup"}, // by its key prefix
		{"TaskChangeEvent", "TaskChangeEvent"},           // of an object that is described
		{"quoteShare", "QuoteShare"},
		{"Account", ""}, // described
		{"Quote", ""},   // described: the org lacks the feature
		{"Nothing", ""},
		{"NothingShare", ""},
		{"Share", ""},
		{"ElectronicMediaGroup__c", ""},
	} {
		o := s.Outline(c.name)
		switch {
		case o == nil && c.want != "", o != nil && o.Name != c.want:
			t.Errorf("outline of %s is %v, want %q", c.name, o, c.want)
		case o != nil && (o != s.Outline(c.want) || !o.Outline || o.IDField() == nil || o.Field("CreatedDate") == nil):
			t.Errorf("outline of %s is made twice, or not as it should be: %+v", c.name, o)
		case s.Object(c.name) != nil && c.want != "":
			t.Errorf("an org holds %s", c.name)
		}
	}
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	all := Features()
	for _, want := range []Feature{MultiCurrency, PersonAccounts, RecordTypes, "Quotes", "Knowledge", "?"} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is not among the features", want)
		}
	}
	s, _ := Build(Options{Features: all})
	for _, name := range []string{"Quote.QuoteNumber", "Case.EntitlementId", "Knowledge__kav.Title", "EmailMessage.ToIds", "ListEmail.Subject", "EventLogFile.EventType"} {
		object, field, _ := strings.Cut(name, ".")
		if o := s.Object(object); o == nil || o.Field(field) == nil {
			t.Errorf("there is no %s with every feature", name)
		}
	}
}
