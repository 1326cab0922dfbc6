package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
)

// The file as it is written. The schema has checked it already.
type (
	fileSuite struct {
		Name, Description string
		Seed              uint64
		Packages          []filePackage
		Upgrades          []fileUpgrade
		Orgs              []fileOrg
		Modes             []harness.Mode
		Security, Removal string
		Mirror            string
		Expect            fileExpect
		Traffic           *fileTraffic
	}
	filePackage struct {
		Name, Path, Namespace, Kind, PostInstall string
		Versions                                 map[string]fileVersion
		Sources                                  []string
		DependsOn                                []fileDependency
	}
	fileDependency struct {
		ref                                                      string // "name@version", when it is written so
		Name, Path, Folder, Number, Namespace, Kind, PostInstall string
		Version                                                  label
		Sources                                                  []string
	}
	fileVersion struct {
		Ref                  label
		Path, Folder, Number string
	}
	fileUpgrade struct {
		Package           string
		From              labels
		To                label
		Via               labels
		Chain             []label
		Orgs              []string
		Modes             []harness.Mode
		Security, Removal string
	}
	fileOrg struct {
		Name, Description, Recipe, File string
		Edition                         string
		Records                         int
		Seed                            *uint64
		Features                        []string
		Mess                            map[string]fileMess
		Traffic                         *fileTraffic
	}
	fileExpect struct {
		PostInstall string
		Fresh       *fileTraffic // on or off
		Invariants  []struct {
			Name, SOQL, Each, That, Message string
			Orgs                            []string
		}
		Changes []struct {
			Object, Kind, When string
			Fields, Orgs       []string
			Required           bool
		}
		Allow []struct {
			Code, Reason                                    string
			Orgs, Upgrades, Components, Objects, Properties []string
		}
	}
	label    string   // text or a number as written
	labels   []string // one label or several
	fileMess harness.MessSetting

	fileTraffic int // transactions a phase
)

// UnmarshalJSON takes text, or a number with all its digits.
func (l *label) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*l = label(s)
		return nil
	}
	*l = label(data)
	return nil
}

// UnmarshalJSON takes one label or a list.
func (l *labels) UnmarshalJSON(data []byte) error {
	var several []label
	if json.Unmarshal(data, &several) != nil {
		several = make([]label, 1)
		if err := several[0].UnmarshalJSON(data); err != nil {
			return err
		}
	}
	for _, one := range several {
		*l = append(*l, string(one))
	}
	return nil
}

// UnmarshalJSON takes on, off, true, false, a rate or {rate: …}.
func (m *fileMess) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	m.On = true
	switch v := v.(type) {
	case bool:
		m.On = v
	case string:
		m.On = v == "on"
	case float64:
		m.On, m.Rate = v > 0, v
	case map[string]any:
		m.Rate, _ = v["rate"].(float64)
		m.On = m.Rate > 0
	}
	return nil
}

// UnmarshalJSON takes on, off, true, false or how many transactions.
func (t *fileTraffic) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case float64:
		*t = fileTraffic(v)
	case string:
		*t = onOff(v == "on")
	case bool:
		*t = onOff(v)
	}
	return nil
}

func onOff(on bool) fileTraffic {
	if on {
		return harness.DefaultTraffic
	}
	return 0
}

// UnmarshalJSON takes "name@version" or a mapping.
func (f *fileDependency) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &f.ref) == nil {
		return nil
	}
	type plain fileDependency
	return json.Unmarshal(data, (*plain)(f))
}

// suite resolves the names of a checked document.
func (d *document) suite(dir string) (*harness.Suite, error) {
	data, err := json.Marshal(d.value)
	if err != nil {
		return nil, fmt.Errorf("read suite %s: %w", d.file.Name, err)
	}
	var f fileSuite
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("read suite %s: %w", d.file.Name, err)
	}
	s := &harness.Suite{Name: f.Name, Description: f.Description, File: d.file.Name, Seed: f.Seed, Modes: f.Modes, Traffic: (*int)(f.Traffic),
		Security: f.Security, Removal: f.Removal}
	if f.Mirror != "" {
		s.Mirror = within(dir, f.Mirror)
	}
	if s.Name == "" {
		s.Name = strings.TrimSuffix(filepath.Base(d.file.Name), filepath.Ext(d.file.Name))
	}
	listed := map[string]bool{}
	for _, p := range f.Packages {
		listed[p.Name] = true
	}
	for _, p := range f.Packages {
		spec, needed := p.spec(dir, listed)
		s.Packages = append(s.Packages, spec)
		for _, dep := range needed {
			if s.Package(dep.Name) == nil {
				s.Packages = append(s.Packages, dep)
			}
		}
	}
	d.upgrades(s, f.Upgrades, len(f.Packages) == 1)
	for i, o := range f.Orgs {
		s.Orgs = append(s.Orgs, d.org(i, o, dir))
	}
	d.expectations(s, f.Expect)
	d.names(s, f)
	if err := d.err(); err != nil {
		return nil, err
	}
	return s, s.Check()
}

// spec is a package, and those that it names only as what it depends on.
func (p filePackage) spec(dir string, listed map[string]bool) (spec harness.PackageSpec, needed []harness.PackageSpec) {
	spec = harness.PackageSpec{
		Name: p.Name, Path: within(dir, p.Path), Display: p.Path, Namespace: p.Namespace, Kind: p.Kind,
		PostInstall: p.PostInstall, Sources: p.Sources,
	}
	for name, v := range p.Versions {
		version := harness.VersionSpec{Name: name, Ref: string(v.Ref), Folder: v.Folder, Number: v.Number}
		if v.Path != "" {
			version.Path = within(spec.Path, v.Path)
		}
		spec.Versions = append(spec.Versions, version)
	}
	slices.SortFunc(spec.Versions, func(a, b harness.VersionSpec) int { return strings.Compare(a.Name, b.Name) })
	for i := range p.DependsOn {
		d := &p.DependsOn[i]
		if !d.place(dir, listed) {
			spec.DependsOn = append(spec.DependsOn, d.ref)
			continue
		}
		dep := d.spec(dir)
		spec.DependsOn = append(spec.DependsOn, dep.Name+"@"+cmp.Or(string(d.Version), harness.AsItIs))
		needed = append(needed, dep)
	}
	return spec, needed
}

// place says that a dependency names where a package is, and not a package that
// is listed: a mapping, or the path of a directory or zip with or without a ref.
func (d *fileDependency) place(dir string, listed map[string]bool) bool {
	if d.ref == "" {
		return true
	}
	at := strings.LastIndexByte(d.ref, '@')
	path, version := d.ref, ""
	if at > 0 {
		path, version = d.ref[:at], d.ref[at+1:]
	}
	if listed[path] || !strings.ContainsAny(path, `/\`) && !exists(within(dir, path)) {
		return false
	}
	d.Path, d.Version = path, label(version)
	return true
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// spec is the package that a dependency with a source of its own stands for.
func (d *fileDependency) spec(dir string) harness.PackageSpec {
	dep := harness.PackageSpec{Name: d.Name, Path: within(dir, d.Path), Display: d.Path, Namespace: d.Namespace, Kind: d.Kind,
		PostInstall: d.PostInstall, Sources: d.Sources}
	if dep.Name == "" {
		dep.Name = harness.NameOf(d.Path)
	}
	if d.Version == "" {
		dep.Versions = []harness.VersionSpec{{Name: harness.AsItIs, Folder: d.Folder, Number: d.Number, Path: dep.Path}}
	} else if d.Folder != "" || d.Number != "" {
		dep.Versions = []harness.VersionSpec{{Name: string(d.Version), Ref: string(d.Version), Folder: d.Folder, Number: d.Number}}
	}
	return dep
}

// within makes a path of the suite relative to its folder; an address stays as
// it is.
func within(dir, path string) string {
	if filepath.IsAbs(path) || harness.IsAddress(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// upgrades resolves the ways; the only package that the file lists need not be
// named.
func (d *document) upgrades(s *harness.Suite, list []fileUpgrade, only bool) {
	for i, u := range list {
		at := "/upgrades/" + itoa(i)
		if u.Package == "" && only {
			u.Package = s.Packages[0].Name
		}
		pkg := s.Package(u.Package)
		if pkg == nil {
			d.report(d.spot(at+"/package", at), "SUITE", "the upgrade's package "+quote(u.Package)+" is not under packages", "give the name of one of them")
			continue
		}
		if (len(u.Chain) > 0) == (len(u.From) > 0) {
			d.report(d.values[at], "SUITE", "an upgrade has either from and to, or a chain of versions", "write from: 1.0 and to: 1.1, or chain: [1.0, 1.1]")
			continue
		}
		var paths [][]string
		for _, from := range u.From {
			paths = append(paths, slices.Concat([]string{from}, u.Via, []string{string(u.To)}))
		}
		if len(u.Chain) > 0 {
			var chain []string
			for _, v := range u.Chain {
				chain = append(chain, string(v))
			}
			paths = append(paths, chain)
		}
		for _, path := range paths {
			d.versions(pkg, path, at)
			s.Upgrades = append(s.Upgrades, harness.UpgradeSpec{Package: u.Package, Path: path, Orgs: u.Orgs,
				Modes: u.Modes, Security: u.Security, Removal: u.Removal})
		}
	}
}

// versions checks that versions are listed, when the package lists any.
func (d *document) versions(pkg *harness.PackageSpec, path []string, at string) {
	if len(pkg.Versions) == 0 {
		return
	}
	var known []string
	for _, v := range pkg.Versions {
		known = append(known, v.Name)
	}
	for _, name := range path {
		if !slices.Contains(known, name) {
			d.report(d.values[at], "SUITE", "version "+quote(name)+" is not under versions of "+pkg.Name, "known: "+strings.Join(known, ", "))
			return
		}
	}
}

func (d *document) org(i int, o fileOrg, dir string) harness.OrgSpec {
	at := "/orgs/" + itoa(i)
	if o.File != "" && o.Recipe != "" {
		d.report(d.keys[at+"/file"], "SUITE", "an org has a recipe or a file, not both", "remove one of them")
	}
	if o.Recipe == "" && o.File == "" {
		o.Recipe = o.Name
	}
	spec := harness.OrgSpec{
		Name: o.Name, Description: o.Description, Recipe: o.Recipe, Records: o.Records,
		Seed: o.Seed, Features: o.Features, Edition: o.Edition, Traffic: (*int)(o.Traffic),
	}
	if o.File != "" {
		spec.File = within(dir, o.File)
	}
	for number, m := range o.Mess {
		m.Number = number
		spec.Mess = append(spec.Mess, harness.MessSetting(m))
	}
	slices.SortFunc(spec.Mess, func(a, b harness.MessSetting) int { return strings.Compare(a.Number, b.Number) })
	return spec
}

func (d *document) expectations(s *harness.Suite, f fileExpect) {
	e := harness.Expectations{PostInstall: f.PostInstall == "required", Strict: f.Changes != nil, FreshOff: f.Fresh != nil && *f.Fresh == 0}
	for i, r := range f.Invariants {
		at := "/expect/invariants/" + itoa(i)
		if (r.Each == "") == (r.That == "") {
			d.report(d.values[at], "SUITE", "an invariant has either each (asked of every row) or that (asked of the whole answer)", "write each: row.Amount__c > 0")
		}
		d.expression(rule.Row, r.Each, at+"/each")
		d.expression(rule.Answer, r.That, at+"/that")
		e.Invariants = append(e.Invariants, harness.RuleSpec{Name: r.Name, SOQL: r.SOQL, Each: r.Each, That: r.That, Message: r.Message, Orgs: r.Orgs})
	}
	for i, c := range f.Changes {
		d.expression(rule.Change, c.When, "/expect/changes/"+itoa(i)+"/when")
		e.Changes = append(e.Changes, harness.ChangeSpec{Object: c.Object, Fields: c.Fields, Kind: c.Kind, Required: c.Required, When: c.When, Orgs: c.Orgs})
	}
	for i, a := range f.Allow {
		if finding.Describe(finding.Code(a.Code)).Severity == "" {
			var known []string
			for _, k := range finding.Codes {
				known = append(known, string(k.Code))
			}
			d.report(d.values["/expect/allow/"+itoa(i)+"/code"], "SUITE", "there is no finding "+quote(a.Code), "known: "+strings.Join(known, ", "))
		}
		e.Allow = append(e.Allow, harness.AllowSpec{Code: a.Code, Orgs: a.Orgs, Reason: a.Reason,
			Upgrades: a.Upgrades, Components: a.Components, Objects: a.Objects, Properties: a.Properties})
	}
	s.Expect = e
}

func (d *document) expression(scope rule.Scope, source, pointer string) {
	if source == "" {
		return
	}
	_, bad := rule.Compile(scope, source, d.textAt(pointer))
	d.bad = append(d.bad, bad...)
}

// names checks what must be unique or known across the file.
func (d *document) names(s *harness.Suite, f fileSuite) {
	orgs := map[string]bool{}
	for i, o := range s.Orgs {
		if orgs[o.Name] {
			d.report(d.values["/orgs/"+itoa(i)+"/name"], "SUITE", "two orgs are called "+quote(o.Name), "give each a name of its own")
		}
		orgs[o.Name] = true
	}
	for i, u := range f.Upgrades {
		for j, name := range u.Orgs {
			if !orgs[name] {
				d.report(d.values["/upgrades/"+itoa(i)+"/orgs/"+itoa(j)], "SUITE", "there is no org "+quote(name)+" under orgs", "")
			}
		}
	}
	packages := map[string]bool{}
	for i, p := range f.Packages {
		if packages[p.Name] {
			d.report(d.values["/packages/"+itoa(i)+"/name"], "SUITE", "two packages are called "+quote(p.Name), "give each a name of its own")
		}
		packages[p.Name] = true
		for j, dep := range p.DependsOn {
			name, _, _ := strings.Cut(dep.ref, "@")
			if dep.ref != "" && dep.Path == "" && s.Package(name) == nil {
				d.report(d.values["/packages/"+itoa(i)+"/dependsOn/"+itoa(j)], "SUITE", "there is no package "+quote(name)+" under packages",
					"name one as NAME@VERSION, or where its source is: a directory, a zip, or PATH@REF")
			}
		}
	}
}

// spot is the position of the first pointer that has one.
func (d *document) spot(pointers ...string) diag.Span {
	for _, p := range pointers {
		if at, ok := d.values[p]; ok {
			return at
		}
	}
	return diag.Span{File: d.file.Name}
}
