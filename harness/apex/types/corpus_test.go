//go:build corpus

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
	with       []string // packages it depends on
	namespace  string   // when the project files do not say it
	sources    []string // folders, likewise
	clean      float64
}{
	{name: "NebulaLogger-4.3", spec: "jongpie+NebulaLogger/repo@v4.3.0", namespace: "Nebula", sources: []string{"nebula-logger", "managed-package/main"}, clean: 0.999},
	{name: "NebulaLogger-4.4", spec: "jongpie+NebulaLogger/repo@v4.4.0", namespace: "Nebula", sources: []string{"nebula-logger", "managed-package/main"}, clean: 0.999},
	{name: "NebulaLoggerHead", spec: "jongpie+NebulaLogger/repo@HEAD", clean: 0.999},
	{name: "Attachments", spec: "douglascayers+sfdc-convert-attachments-to-chatter-files/repo@HEAD", clean: 0.999},
	{name: "Volunteers", spec: "SalesforceFoundation+Volunteers-for-Salesforce/repo@HEAD", clean: 0.999},
	{name: "NPSP", spec: "SalesforceFoundation+NPSP/repo@HEAD", with: []string{
		"SalesforceFoundation+Contacts_and_Organizations/repo@HEAD", "SalesforceFoundation+Households/repo@HEAD",
		"SalesforceFoundation+Recurring_Donations/repo@HEAD", "SalesforceFoundation+Relationships/repo@HEAD",
		"SalesforceFoundation+Affiliations/repo@HEAD"}, clean: 0.999},
	{name: "NPSP-3.150", spec: "SalesforceFoundation+NPSP/repo@rel/3.150", clean: 0.999},
	{name: "NPSP-3.207", spec: "SalesforceFoundation+NPSP/repo@rel/3.207", clean: 0.999},
	{name: "apex-rollup", spec: "jamessimone+apex-rollup/repo@HEAD", clean: 0.999},
	{name: "apex-recipes", spec: "trailheadapps+apex-recipes/repo@HEAD", clean: 0.999},
	{name: "Apex-Opensource-Library", spec: "pkozuchowski+Apex-Opensource-Library/repo@HEAD", clean: 0.999},
	{name: "fflib-apex-mocks", spec: "apex-enterprise-patterns+fflib-apex-mocks/repo@HEAD", clean: 0.999},
	{name: "fflib-apex-common", spec: "apex-enterprise-patterns+fflib-apex-common/repo@HEAD", with: []string{"apex-enterprise-patterns+fflib-apex-mocks/repo@HEAD"}, clean: 0.999},
	{name: "async-lib", spec: "beyond-the-cloud-dev+async-lib/repo@HEAD", clean: 0.999},
	{name: "OutboundFundsModule", spec: "SalesforceFoundation+OutboundFundsModule/repo@HEAD", clean: 0.999},
	{name: "ActionPlansV4", spec: "SalesforceLabs+ActionPlansV4/repo@HEAD", clean: 0.999},
	{name: "apex-mdapi", spec: "certinia+apex-mdapi/repo@HEAD", clean: 0.999},
	{name: "FluentAssert", spec: "SalesforceLabs+FluentAssert/repo@HEAD", clean: 0.999},
	{name: "soql-lib", spec: "beyond-the-cloud-dev+soql-lib/repo@HEAD", clean: 0.999},
	{name: "trigger-actions-framework", spec: "mitchspano+trigger-actions-framework/repo@HEAD", clean: 0.999},
	{name: "apex-fp", spec: "ipavlic+apex-fp/repo@HEAD", clean: 0.999},
	{name: "ApexTestKit", spec: "apexfarm+ApexTestKit/repo@HEAD", clean: 0.999},
	{name: "NebulaFramework", spec: "jongpie+NebulaFramework/repo@HEAD", clean: 0.999},
	{name: "sfdc-trigger-framework", spec: "kevinohara80+sfdc-trigger-framework/repo@HEAD", clean: 0.999},
	{name: "ApexUUID", spec: "jongpie+ApexUUID/repo@HEAD", clean: 0.999},
	{name: "jsonparse", spec: "open-force+jsonparse/repo@HEAD", clean: 0.999},
	{name: "universalmock", spec: "surajp+universalmock/repo@HEAD", clean: 0.999},
	{name: "SObjectFabricator", spec: "mattaddy+SObjectFabricator/repo@HEAD", clean: 0.999},
	{name: "component-library", spec: "kratapps+component-library/repo@HEAD", clean: 0.999},
	{name: "Salesforce-Test-Factory", spec: "dhoechst+Salesforce-Test-Factory/repo@HEAD", clean: 0.999},
	{name: "SmartFactory", spec: "mbotos+SmartFactory-for-Force.com/repo@HEAD", clean: 0.999},
	{name: "ApexQuery", spec: "apexfarm+ApexQuery/repo@HEAD", clean: 0.999},
	{name: "ApexTriggerHandler", spec: "apexfarm+ApexTriggerHandler/repo@HEAD", clean: 0.999},
	{name: "fflib-apex-common-samplecode", spec: "apex-enterprise-patterns+fflib-apex-common-samplecode/repo@HEAD", with: []string{"apex-enterprise-patterns+fflib-apex-mocks/repo@HEAD", "apex-enterprise-patterns+fflib-apex-common/repo@HEAD"}, clean: 0.999},
	{name: "apex-mocks-stress-test", spec: "jamessimone+apex-mocks-stress-test/repo@HEAD", with: []string{"apex-enterprise-patterns+fflib-apex-mocks/repo@HEAD"}, clean: 0.999},
	{name: "salesforce-round-robin", spec: "jamessimone+salesforce-round-robin/repo@HEAD", clean: 0.999},
	{name: "NebulaQueryAndSearch", spec: "jongpie+NebulaQueryAndSearch/repo@HEAD", clean: 0.999},
	{name: "ffhttp-core", spec: "financialforcedev+ffhttp-core/repo@HEAD", clean: 0.999},
	{name: "apex-unified-logging", spec: "rsoesemann+apex-unified-logging/repo@HEAD", clean: 0.999},
	{name: "WELLogger", spec: "ApexFarm+WELLogger/repo@HEAD", clean: 0.999},
	{name: "dreamhouse-lwc", spec: "trailheadapps+dreamhouse-lwc/repo@HEAD", clean: 0.999},
	{name: "EmailValidator", spec: "SalesforceLabs+EmailValidator/repo@HEAD", clean: 0.5}, // an object it uses is not in its source
	{name: "flowtoolbelt", spec: "afawcett+flowtoolbelt/repo@HEAD", clean: 0.999},
	{name: "LightningFlowComponents", spec: "alexed1+LightningFlowComponents/repo@HEAD", sources: []string{"flow_action_components", "force-app", "flow_apps", "flow_process_components", "lightning_page_components"}, clean: 0.9}, // independent projects, each with classes that others have too or that none has,
}

// TestCorpus counts false errors over real packages, which compile on the
// platform: whatever the full check says about them is wrong.
func TestCorpus(t *testing.T) {
	root := os.Getenv("REHEARSAL_CORPUS")
	if root == "" {
		t.Fatal("REHEARSAL_CORPUS is not set: no real packages to check")
	}
	for _, c := range corpus {
		t.Run(c.name, func(t *testing.T) {
			var pkgs []*metadata.Package
			for _, spec := range append(c.with, c.spec) {
				path, ref, folder := source.ParseSpec(spec)
				pkg, _, err := source.Read(context.Background(), filepath.Join(root, path), source.Options{Ref: ref, Folder: folder, Namespace: c.namespace, Sources: c.sources, Lenient: true})
				if err != nil {
					t.Skipf("reading %s: %v", spec, err)
				}
				pkgs = append(pkgs, pkg)
			}
			checkPackages(t, pkgs, c.clean)
		})
	}
}

// checkPackages checks the last package with the others in reach.
func checkPackages(t *testing.T, pkgs []*metadata.Package, want float64) {
	pkg := pkgs[len(pkgs)-1]
	var sources []schema.Source
	var packages []types.Package
	features := schema.Features() // as a check without an org has them
	bad := 0
	start := time.Now()
	for _, p := range pkgs {
		for _, f := range p.Features {
			features = append(features, schema.Feature(f))
		}
		sources = append(sources, schema.Source{Namespace: p.Namespace, Components: p.Components})
		units, n := parseAll(p)
		bad += n
		packages = append(packages, types.Package{Namespace: p.Namespace, Units: units})
	}
	parsed := time.Since(start)
	sch, _ := schema.Build(schema.Options{Features: features}, sources...)
	start = time.Now()
	log := &ledger.Ledger{}
	var absent []string
	for _, d := range pkg.Dependencies {
		if !slices.ContainsFunc(pkgs, func(p *metadata.Package) bool { return p.Namespace == d.Namespace }) {
			absent = append(absent, d.Namespace)
		}
	}
	p, _ := types.NewProgram(types.Config{Schema: sch, Packages: packages, Env: types.Env{Ledger: log, Absent: absent}})
	errs := p.CheckAll()
	units := 0
	for _, p := range packages {
		units += len(p.Units)
	}
	t.Logf("%s: %d units, parsed in %v, checked in %v, namespace %q", pkg.Name, units, parsed.Round(time.Millisecond), time.Since(start).Round(time.Millisecond), pkg.Namespace)
	wrong := map[string]bool{}
	for _, d := range errs {
		wrong[d.Span.File] = true
	}
	share := 1 - float64(len(wrong))/float64(max(1, units))
	t.Logf("%d errors in %d units: %.1f %% clean; %d not parsed", len(errs), len(wrong), 100*share, bad)
	for _, e := range log.Entries() {
		t.Logf("ledger: %s ×%d", e.Name, e.Count)
	}
	report(t, errs)
	if share < want {
		t.Errorf("%.1f %% of the classes check clean, want %.1f %%", 100*share, 100*want)
	}
}

// parseAll parses the classes and triggers of a package and counts those with
// syntax errors.
func parseAll(p *metadata.Package) (units []*syntax.Unit, bad int) {
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range p.OfKind(kind) {
			u, errs := parse(c)
			if errs.Err() != nil {
				bad++
			}
			units = append(units, u)
		}
	}
	return units, bad
}

func parse(c *metadata.Component) (*syntax.Unit, diag.List) {
	opt := syntax.Options{Kind: syntax.ClassUnit}
	if c.Kind == metadata.ApexTrigger {
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
