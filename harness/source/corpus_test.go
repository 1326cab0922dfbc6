//go:build corpus

package source_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/facts"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// The corpus is a folder of bare clones of public packages, one
// "owner+name/repo" each, that an environment variable names; pairs.json has the
// true changes of upgrade pairs, found by another program.
const corpusVariable = "REHEARSAL_CORPUS"

// repository gives the path of a clone, or skips the test.
func repository(t testing.TB, name string) string {
	t.Helper()
	corpus := os.Getenv(corpusVariable)
	if corpus == "" {
		t.Fatalf("needs a corpus of packages; set %s", corpusVariable)
	}
	dir := filepath.Join(corpus, strings.ReplaceAll(name, "/", "+"), "repo")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is not in the corpus", name)
	}
	return dir
}

type truth struct {
	Pair, Repo, From, To string
	Changes              []struct {
		Kind, Name, Change string
		Properties         []struct {
			Name           string
			From, To       *string
			Removed, Added []string
		}
	}
}

// pairOptions says how a pair's package is read where the project files do not.
var pairOptions = map[string]source.Options{
	"D1": {Sources: []string{"nebula-logger", "managed-package/main"}},
	"D2": {Sources: []string{"nebula-logger", "nebula-logger-plugins/Slack", "nebula-logger-recipes"}},
}

// explained are the differences to pairs.json that are known, by pair and
// component, with the reason.
var explained = map[string]map[string]string{
	"D4":  {"Logger": inLiteral},
	"D5":  {"DataImportBatch__c": "its overridden actions and search layouts changed, which pairs.json does not look at"},
	"D6":  {"RP_Constants": inLiteral},
	"D11": {"ActionPlanTemplateImportCntrlTest": inLiteral},
	"D12": {"VOL_SharedCode_TEST": inLiteral},
	"D13": {
		"Contact":                   "action overrides and compact layout of a standard object, which pairs.json does not look at",
		"Locations__c.Block":        inText,
		"Locations__c.Foster":       inText,
		"Locations__c.Organisation": inText,
		"Locations__c.Site":         inText,
		"Locations__c.Unit":         inText,
	},
	"D15": {"StaffAssignmentServiceTest": inLiteral, "StatusReport": inText},
}

const (
	inLiteral = "the change is inside string literals, which pairs.json blanks out"
	inText    = "corpus-dev.md lists it, pairs.json lost it"
)

// listed are the kinds that pairs.json covers.
var listed = map[metadata.Kind]bool{metadata.CustomObject: true, metadata.CustomField: true, metadata.ValidationRule: true,
	metadata.RecordType: true, metadata.ApexTrigger: true, metadata.ApexClass: true, metadata.GlobalValueSet: true}

// TestPairs holds Compare against the true changes of every pair whose
// repository is at hand: nothing missing, nothing extra.
func TestPairs(t *testing.T) {
	t.Parallel()
	var pairs []truth
	if err := json.Unmarshal(facts.Read("pairs.json"), &pairs); err != nil {
		t.Fatal(err)
	}
	for _, pair := range pairs {
		t.Run(pair.Pair, func(t *testing.T) {
			t.Parallel()
			dir := repository(t, pair.Repo)
			opt := pairOptions[pair.Pair]
			opt.Tokens = source.TokensUnmanaged
			opt.Lenient = true // D4: one file of v4.12.9 is not well-formed
			changes := compareRefs(t, dir, pair.From, pair.To, opt)
			got := map[string]metadata.Change{}
			for _, c := range changes {
				if listed[c.Kind] && !c.Cosmetic {
					got[string(c.Kind)+" "+c.Name+" "+string(c.Change)] = c
				}
			}
			known := explained[pair.Pair]
			for _, want := range pair.Changes {
				key := want.Kind + " " + want.Name + " " + want.Change
				c, ok := got[key]
				if !ok {
					if known[want.Name] == "" {
						t.Errorf("missing: %s", key)
					}
					continue
				}
				delete(got, key)
				for _, p := range want.Properties {
					checkProperty(t, key, c, p.Name, p.From, p.To, p.Removed, p.Added)
				}
			}
			for key, c := range got {
				if known[c.Name] != "" {
					continue
				}
				text, _ := json.Marshal(c.Properties)
				t.Errorf("extra: %s %s", key, text)
			}
		})
	}
}

func checkProperty(t *testing.T, key string, c metadata.Change, name string, from, to *string, removed, added []string) {
	t.Helper()
	for _, p := range c.Properties {
		if p.Name != name {
			continue
		}
		same := func(want *string, got string) bool {
			return want == nil && (got == "" || got == assumed(t, c.Kind, name)) || want != nil && *want == got
		}
		if !same(from, p.From) || !same(to, p.To) ||
			strings.Join(removed, ";") != strings.Join(p.RemovedItems, ";") ||
			strings.Join(added, ";") != strings.Join(p.AddedItems, ";") {
			t.Errorf("%s: property %s is %+v", key, name, p)
		}
		return
	}
	t.Errorf("%s: property %s is not among %+v", key, name, c.Properties)
}

// assumed is what the platform takes for a property that a component leaves out.
func assumed(t *testing.T, kind metadata.Kind, property string) string {
	t.Helper()
	root, err := metadata.ParseXML("empty", []byte("<"+string(kind)+"/>"))
	if err != nil {
		t.Fatal(err)
	}
	return metadata.Canonical(kind, root).Get(property)
}

func compareRefs(t testing.TB, dir, from, to string, opt source.Options) []metadata.Change {
	t.Helper()
	var versions [2]*metadata.Package
	opt.Cache = source.NewCache()
	for i, ref := range []string{from, to} {
		opt.Ref = ref
		p, warnings, err := source.Read(t.Context(), dir, opt)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range warnings {
			if i < 5 {
				t.Log(w)
			}
		}
		t.Logf("%s: %s %s %s %v, %d components in %v, post-install %q", ref, p.Name, p.Namespace, p.Version, p.Kind, len(p.Components), p.Folders, p.PostInstall)
		versions[i] = p
	}
	return metadata.Compare(versions[0], versions[1])
}
