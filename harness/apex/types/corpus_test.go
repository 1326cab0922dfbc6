package types_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// corpus are real packages: a directory of REHEARSAL_CORPUS each, holding a
// bare repository "repo", and the share of classes that must check clean.
var corpus = []struct {
	name, spec string
	opt        source.Options
	clean      float64
}{
	{"NebulaLogger", "jongpie+NebulaLogger/repo@v4.4.0:nebula-logger", source.Options{}, 0.95},
	{"NebulaLoggerHead", "jongpie+NebulaLogger/repo@HEAD", source.Options{}, 0.95},
	{"Attachments", "douglascayers+sfdc-convert-attachments-to-chatter-files/repo@HEAD", source.Options{}, 0.95},
	{"Volunteers", "SalesforceFoundation+Volunteers-for-Salesforce/repo@HEAD", source.Options{}, 0.95},
	{"RecurringDonations", "SalesforceFoundation+Recurring_Donations/repo@HEAD", source.Options{}, 0.9},
	{"NPSP", "SalesforceFoundation+NPSP/repo@HEAD", source.Options{}, 0.9},
}

// TestCorpus counts false errors over real packages, which compile on the
// platform: whatever the full check says about them is wrong.
func TestCorpus(t *testing.T) {
	root := os.Getenv("REHEARSAL_CORPUS")
	if root == "" {
		t.Skip("REHEARSAL_CORPUS is not set: no real packages to check")
	}
	for _, c := range corpus {
		t.Run(c.name, func(t *testing.T) {
			path, ref, folder := source.ParseSpec(c.spec)
			opt := c.opt
			opt.Ref, opt.Folder = ref, folder
			pkg, _, err := source.Read(context.Background(), filepath.Join(root, path), opt)
			if err != nil {
				t.Skipf("reading %s: %v", c.spec, err)
			}
			checkPackage(t, pkg, c.clean)
		})
	}
}

func checkPackage(t *testing.T, pkg *metadata.Package, want float64) {
	features := []schema.Feature{schema.RecordTypes, schema.Communities, schema.MultiCurrency}
	for _, f := range pkg.Features {
		features = append(features, schema.Feature(f))
	}
	sch, _ := schema.Build(schema.Options{Features: features}, schema.Source{Namespace: pkg.Namespace, Components: pkg.Components})
	start := time.Now()
	var units []*syntax.Unit
	bad := map[string]bool{}
	for _, kind := range []metadata.Kind{"ApexClass", "ApexTrigger"} {
		for _, c := range pkg.OfKind(kind) {
			u, errs := parse(c)
			if errs.Err() != nil {
				bad[u.File.Name] = true
			}
			units = append(units, u)
		}
	}
	parsed := time.Since(start)
	start = time.Now()
	log := &ledger.Ledger{}
	var absent []string
	for _, d := range pkg.Dependencies {
		absent = append(absent, d.Namespace)
	}
	p, _ := types.NewProgram(types.Config{Schema: sch, Packages: []types.Package{{Namespace: pkg.Namespace, Units: units}}, Env: types.Env{Ledger: log, Absent: absent}})
	errs := p.CheckAll()
	t.Logf("%s: %d units, parsed in %v, checked in %v", pkg.Name, len(units), parsed.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
	wrong := map[string]bool{}
	for _, d := range errs {
		wrong[d.Span.File] = true
	}
	share := 1 - float64(len(wrong))/float64(max(1, len(units)))
	t.Logf("%d errors in %d of %d units: %.1f %% clean; %d not parsed; namespace %q", len(errs), len(wrong), len(units), 100*share, len(bad), pkg.Namespace)
	for _, e := range log.Entries() {
		t.Logf("ledger: %s ×%d", e.Name, e.Count)
	}
	report(t, errs)
	if share < want {
		t.Errorf("%.1f %% of the classes check clean, want %.1f %%", 100*share, 100*want)
	}
}

func parse(c *metadata.Component) (*syntax.Unit, diag.List) {
	opt := syntax.Options{Kind: syntax.ClassUnit}
	if c.Kind == "ApexTrigger" {
		opt.Kind = syntax.TriggerUnit
	}
	major, _, _ := strings.Cut(c.APIVersion, ".")
	opt.APIVersion, _ = strconv.Atoi(major)
	return syntax.Parse(diag.NewFile(c.Span.File, c.Source), opt)
}

var detail = regexp.MustCompile(`: .*`)

// report lists the commonest messages, each with a place.
func report(t *testing.T, errs diag.List) {
	counts, example := map[string]int{}, map[string]string{}
	for _, d := range errs {
		key := d.Message
		if os.Getenv("REHEARSAL_DETAIL") == "" {
			key = detail.ReplaceAllString(d.Message, "")
		}
		counts[key]++
		if example[key] == "" {
			example[key] = d.Span.String() + ": " + d.Message
		}
	}
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys[:min(len(keys), 60)] {
		t.Logf("%5d %s", counts[k], example[k])
	}
}
