// Package project compiles the Apex of package versions that see each other: a
// package with what it depends on and what depends on it.
//
// The machine: the classes and triggers of all packages are parsed on all
// cores, the schema is built from their objects and fields, and package types
// checks the whole; each namespace sees its own and the global surface of the
// others. Trees and results are kept in a Cache by content, so that another
// version costs what it changes.
//
// A Project is immutable and may be shared; the same packages give the same
// diagnostics in the same order.
//
// Left out: labels and pages are looked up only in the packages given; those of
// the platform and of namespaces that are not at hand are taken for granted.
package project

import (
	"bytes"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Cache shares trees, schemas and results between the versions of packages. It
// only grows, and may be used by several goroutines.
type Cache struct {
	units   *syntax.Cache
	results *types.Cache

	mu         sync.Mutex
	schema     *schema.Schema // of the project compiled last
	namespaces map[*syntax.Unit][]string
}

// NewCache makes an empty cache.
func NewCache() *Cache {
	return &Cache{units: syntax.NewCache(), results: types.NewCache(), namespaces: map[*syntax.Unit][]string{}}
}

// Counts tells how many files have been checked so far and how many results
// were taken over from another version.
func (c *Cache) Counts() (checked, reused int) { return c.results.Counts() }

// Options are what the packages do not say.
type Options struct {
	Features []schema.Feature // of the org; every one where none are named
	Ledger   *ledger.Ledger   // takes what is named of packages that are not at hand; may be nil
	Cache    *Cache           // may be nil
}

// Project is the Apex of some packages, parsed and declared.
type Project struct {
	Program *types.Program
	Units   []*syntax.Unit // in the order of the packages
	Syntax  diag.List      // syntax errors, sorted

	counts []int // units of each package
	pkgs   []*metadata.Package
	opt    Options
}

// Load parses the Apex of packages and declares its types. Packages come in
// the order of installation: what is depended on first.
func Load(pkgs []*metadata.Package, opt Options) *Project {
	var files []syntax.Source
	var counts []int
	for _, p := range pkgs {
		of := apexOf(p)
		files, counts = append(files, of...), append(counts, len(of))
	}
	var units *syntax.Cache
	if opt.Cache != nil {
		units = opt.Cache.units
	}
	project := &Project{counts: counts, pkgs: pkgs, opt: opt}
	parsed := syntax.ParseAll(files, units)
	for _, x := range parsed {
		project.Units = append(project.Units, x.Unit)
		project.Syntax = append(project.Syntax, x.Errors...)
	}
	project.Syntax.Sort()
	project.declare(absent(pkgs, project.Units, opt.Cache))
	return project
}

// declare makes the program, with namespaces that are not at hand.
func (p *Project) declare(absent []string) {
	var packages []types.Package
	var results *types.Cache
	if p.opt.Cache != nil {
		results = p.opt.Cache.results
	}
	rest := p.Units
	for i, pkg := range p.pkgs {
		packages = append(packages, types.Package{Namespace: pkg.Namespace, Units: rest[:p.counts[i]:p.counts[i]]})
		rest = rest[p.counts[i]:]
	}
	p.Program, _ = types.NewProgram(types.Config{Schema: schemaOf(p.pkgs, p.opt), Packages: packages, Cache: results,
		Env: types.Env{Absent: absent, Label: names(p.pkgs, metadata.CustomLabel), Ledger: p.opt.Ledger}})
}

// Check lists what is wrong with the Apex of all packages, syntax errors and
// the checker's, sorted.
func (p *Project) Check() diag.List {
	errs := p.Program.CheckAll()
	if more := unknownNamespaces(errs, p.Program.Knows); len(more) > 0 {
		p.declare(append(absent(p.pkgs, p.Units, p.opt.Cache), more...))
		errs = p.Program.CheckAll()
	}
	list := append(append(diag.List(nil), p.Syntax...), errs...)
	list.Sort()
	return list
}

// apexOf are the classes and triggers of a package.
func apexOf(p *metadata.Package) []syntax.Source {
	var files []syntax.Source
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range p.OfKind(kind) {
			files = append(files, syntax.Source{Name: c.Span.File, Src: c.Source, Options: optionsOf(c)})
		}
	}
	return files
}

func optionsOf(c *metadata.Component) syntax.Options {
	opt := syntax.Options{Kind: syntax.ClassUnit}
	if c.Kind == metadata.ApexTrigger {
		opt.Kind = syntax.TriggerUnit
	}
	major, _, _ := strings.Cut(c.APIVersion, ".")
	opt.APIVersion, _ = strconv.Atoi(major) // what is no number is the newest version
	return opt
}

func schemaOf(pkgs []*metadata.Package, opt Options) *schema.Schema {
	features := opt.Features
	if features == nil {
		features = schema.Features() // no org is asked: some org has what the code names
	}
	var sources []schema.Source
	for _, p := range pkgs {
		for _, f := range p.Features {
			features = append(features[:len(features):len(features)], schema.Feature(f))
		}
		sources = append(sources, schema.Source{Namespace: p.Namespace, Components: p.Components})
	}
	build := schema.Options{Features: features}
	c := opt.Cache
	if c == nil {
		s, _ := schema.Build(build, sources...)
		return s
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	build.Previous = c.schema
	c.schema, _ = schema.Build(build, sources...)
	return c.schema
}

// absent are the namespaces that packages depend on and that are not at hand:
// those they declare, and those of the custom names in their code.
func absent(pkgs []*metadata.Package, units []*syntax.Unit, c *Cache) []string {
	have := map[string]bool{"": true}
	for _, p := range pkgs {
		have[strings.ToLower(p.Namespace)] = true
	}
	var list []string
	add := func(ns string) {
		if key := strings.ToLower(ns); !have[key] {
			have[key] = true
			list = append(list, ns)
		}
	}
	for _, p := range pkgs {
		for _, d := range p.Dependencies {
			add(d.Namespace)
		}
	}
	for _, prefixes := range c.prefixes(units) {
		for _, ns := range prefixes {
			add(ns)
		}
	}
	return list
}

// prefixes are the namespaces of the custom names in each file.
func (c *Cache) prefixes(units []*syntax.Unit) [][]string {
	if c == nil {
		c = NewCache()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	lists := make([][]string, len(units))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, u := range units {
		if list, ok := c.namespaces[u]; ok {
			lists[i] = list
			continue
		}
		work.Go(func() error {
			lists[i] = prefixesIn(u)
			return nil
		})
	}
	_ = work.Wait() // none of them fails
	for i, u := range units {
		c.namespaces[u] = lists[i]
	}
	return lists
}

func prefixesIn(u *syntax.Unit) (list []string) {
	if !bytes.Contains(u.File.Src, []byte("__")) {
		return nil
	}
	syntax.Names(string(u.File.Src), func(w string) {
		if !strings.Contains(w, "__") {
			return
		}
		if ns, _, suffix := schema.SplitName(w); ns != "" && suffix != "" && !slices.Contains(list, ns) {
			list = append(list, ns)
		}
	})
	return list
}

// names answers whether a component of a kind is there, by namespace and name.
// Of a namespace without any, and of one that is not at hand, all are taken to
// be there: the package's source need not have them.
func names(pkgs []*metadata.Package, kind metadata.Kind) func(namespace, name string) bool {
	have, some := map[string]bool{}, map[string]bool{}
	for _, p := range pkgs {
		ns := strings.ToLower(p.Namespace)
		for _, c := range p.OfKind(kind) {
			some[ns] = true
			have[ns+"."+strings.ToLower(c.Name)] = true
		}
	}
	return func(namespace, name string) bool {
		ns := strings.ToLower(namespace)
		return !some[ns] || have[ns+"."+strings.ToLower(name)]
	}
}
