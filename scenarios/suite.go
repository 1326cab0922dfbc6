package scenarios

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// The file as it is written. The schema has checked it already.
type (
	fileSuite struct {
		Name, Description string
		Seed              uint64
		Packages          []filePackage
		Upgrades          []fileUpgrade
		Orgs              []fileOrg
		fileHow
		Mirror  string
		Depth   suite.Depth
		Expect  fileExpect
		Traffic *fileTraffic
	}
	filePackage struct {
		Name, Path, Namespace, Kind, PostInstall string
		Versions                                 map[string]fileVersion
		Sources                                  []string
		Renamed                                  bool
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
		Package string
		From    labels
		To      label
		Via     labels
		Chain   []label
		Orgs    []string
		fileHow
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
		FailOn      finding.Severity
		Fresh       *fileTraffic // on or off
		Invariants  []struct {
			Name, SOQL, Each, That, Message string
			Mends                           bool
			Orgs                            []string
		}
		Changes []struct {
			Object, Kind, When string
			Fields, Orgs       []string
			Required           bool
		}
		Allow []struct {
			Code, Reason, Until, Issue                      string
			Orgs, Upgrades, Components, Objects, Properties []string
		}
	}
	fileHow struct {
		Modes    []install.Mode
		Security install.Security
		Removal  install.Removal
	}
	label    string   // text or a number as written
	labels   []string // one label or several
	fileMess suite.Mess

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
	switch v := v.(type) {
	case bool:
		m.Off = !v
	case string:
		m.Off = v != "on"
	case float64:
		m.Off, m.Rate = v <= 0, v
	case map[string]any:
		m.Rate, _ = v["rate"].(float64)
		m.Off = m.Rate <= 0
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
		return suite.DefaultTraffic
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
func (d *document) suite(dir string) (*suite.Suite, error) {
	data, err := json.Marshal(d.value)
	if err != nil {
		return nil, fmt.Errorf("read suite %s: %w", d.file.Name, err)
	}
	var f fileSuite
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("read suite %s: %w", d.file.Name, err)
	}
	s := &suite.Suite{Name: f.Name, Description: f.Description, File: d.file.Name, Seed: f.Seed, How: f.how(), Traffic: (*int)(f.Traffic), Depth: f.Depth}
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
	var needed []suite.Package
	for i, p := range f.Packages {
		spec, more := p.spec(dir, "/packages/"+itoa(i), listed)
		s.Packages, needed = append(s.Packages, spec), append(needed, more...)
	}
	for _, dep := range needed {
		if s.Package(dep.Name) == nil {
			s.Packages = append(s.Packages, dep)
		}
	}
	d.upgrades(s, f.Upgrades, len(f.Packages) == 1)
	for i, o := range f.Orgs {
		s.Orgs = append(s.Orgs, o.spec(dir, "/orgs/"+itoa(i)))
	}
	d.expectations(s, f.Expect)
	d.check(s)
	if err := d.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// check reports what is wrong with the suite that the file says, each problem
// once: several ways may come from one place.
func (d *document) check(s *suite.Suite) {
	var wrong *suite.Problems
	if !errors.As(s.Check(), &wrong) {
		return
	}
	for i, p := range wrong.List {
		if !slices.Contains(wrong.List[:i], p) {
			d.report(d.spot(p.At), "SUITE", p.Message, p.Fix)
		}
	}
}

// spec is a package, and those that it names only as what it depends on.
func (p filePackage) spec(dir, at string, listed map[string]bool) (spec suite.Package, needed []suite.Package) {
	kind, _ := metadata.ParsePackageKind(p.Kind)
	spec = suite.Package{
		Name: p.Name, Path: within(dir, p.Path), Display: p.Path, Namespace: p.Namespace, Kind: kind,
		PostInstall: p.PostInstall, Sources: p.Sources, Renamed: p.Renamed, At: at,
	}
	for name, v := range p.Versions {
		version := suite.Version{Name: name, Ref: string(v.Ref), Folder: v.Folder, Number: v.Number}
		if v.Path != "" {
			version.Path = within(spec.Path, v.Path)
		}
		spec.Versions = append(spec.Versions, version)
	}
	slices.SortFunc(spec.Versions, func(a, b suite.Version) int { return strings.Compare(a.Name, b.Name) })
	for i := range p.DependsOn {
		d := &p.DependsOn[i]
		if !d.place(dir, listed) {
			spec.DependsOn = append(spec.DependsOn, d.ref)
			continue
		}
		dep := d.spec(dir, at+"/dependsOn/"+itoa(i))
		spec.DependsOn = append(spec.DependsOn, dep.Name+"@"+cmp.Or(string(d.Version), suite.AsItIs))
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
func (d *fileDependency) spec(dir, at string) suite.Package {
	kind, _ := metadata.ParsePackageKind(d.Kind)
	dep := suite.Package{Name: d.Name, Path: within(dir, d.Path), Display: d.Path, Namespace: d.Namespace, Kind: kind,
		PostInstall: d.PostInstall, Sources: d.Sources, At: at}
	if dep.Name == "" {
		dep.Name = source.NameOf(d.Path)
	}
	if d.Version == "" {
		dep.Versions = []suite.Version{{Name: suite.AsItIs, Folder: d.Folder, Number: d.Number, Path: dep.Path}}
	} else if d.Folder != "" || d.Number != "" {
		dep.Versions = []suite.Version{{Name: string(d.Version), Ref: string(d.Version), Folder: d.Folder, Number: d.Number}}
	}
	return dep
}

// within makes a path of the suite relative to its folder; an address stays as
// it is.
func within(dir, path string) string {
	if filepath.IsAbs(path) || source.IsAddress(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// upgrades resolves the ways; the only package that the file lists need not be
// named.
func (d *document) upgrades(s *suite.Suite, list []fileUpgrade, only bool) {
	for i, u := range list {
		at := "/upgrades/" + itoa(i)
		if u.Package == "" && only {
			u.Package = s.Packages[0].Name
		}
		if len(u.Chain) > 0 && len(u.From) > 0 {
			d.report(d.values[at], "SUITE", "an upgrade has either from and to, or a chain of versions", "write from: 1.0 and to: 1.1, or chain: [1.0, 1.1]")
		}
		for _, path := range u.paths() {
			s.Upgrades = append(s.Upgrades, suite.Upgrade{Package: u.Package, Path: path, Orgs: u.Orgs, How: u.how(), At: at, Where: d.spot(at).String()})
		}
	}
}

// paths are the ways that an upgrade of the file stands for: one for each
// version to start from.
func (u *fileUpgrade) paths() [][]string {
	if len(u.From) == 0 {
		var chain []string
		for _, v := range u.Chain {
			chain = append(chain, string(v))
		}
		return [][]string{chain}
	}
	var paths [][]string
	for _, from := range u.From {
		paths = append(paths, slices.Concat([]string{from}, u.Via, []string{string(u.To)}))
	}
	return paths
}

// how is how upgrades are started.
func (h fileHow) how() suite.How {
	return suite.How{Modes: h.Modes, Security: h.Security, Removal: h.Removal}
}

// spec is an org; one that says neither recipe nor file is named after its
// recipe.
func (o fileOrg) spec(dir, at string) suite.Org {
	if o.Recipe == "" && o.File == "" {
		o.Recipe = o.Name
	}
	spec := suite.Org{
		Name: o.Name, Description: o.Description, Recipe: o.Recipe, Records: o.Records,
		Seed: o.Seed, Features: o.Features, Edition: o.Edition, Traffic: (*int)(o.Traffic), At: at,
	}
	if o.File != "" {
		spec.File = within(dir, o.File)
	}
	for number, m := range o.Mess {
		m.Number = number
		spec.Mess = append(spec.Mess, suite.Mess(m))
	}
	slices.SortFunc(spec.Mess, func(a, b suite.Mess) int { return strings.Compare(a.Number, b.Number) })
	return spec
}

func (d *document) expectations(s *suite.Suite, f fileExpect) {
	e := suite.Expectations{PostInstall: f.PostInstall == "required", Strict: f.Changes != nil, FreshOff: f.Fresh != nil && *f.Fresh == 0, FailOn: f.FailOn}
	for i, r := range f.Invariants {
		at := "/expect/invariants/" + itoa(i)
		d.expression(rule.Row, r.Each, at+"/each")
		d.expression(rule.Answer, r.That, at+"/that")
		e.Invariants = append(e.Invariants, suite.Rule{Name: r.Name, SOQL: r.SOQL, Each: r.Each, That: r.That, Message: r.Message, Mends: r.Mends, Orgs: r.Orgs})
	}
	for i, c := range f.Changes {
		d.expression(rule.Change, c.When, "/expect/changes/"+itoa(i)+"/when")
		e.Changes = append(e.Changes, suite.Change{Object: c.Object, Fields: c.Fields, Kind: suite.RowChange(c.Kind), Required: c.Required, When: c.When, Orgs: c.Orgs})
	}
	for i, a := range f.Allow {
		e.Allow = append(e.Allow, suite.Allow{Code: a.Code, Orgs: a.Orgs, Reason: a.Reason, Until: a.Until, Issue: a.Issue,
			Where:    d.spot("/expect/allow/" + itoa(i)).String(),
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

// spot is the position of what a pointer names, else of what it would stand in.
func (d *document) spot(pointer string) diag.Span {
	for pointer != "" {
		if at, ok := d.values[pointer]; ok {
			return at
		}
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
	return diag.Span{File: d.file.Name}
}
