package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// sources holds each package version of a plan, read once and shared by all
// scenarios.
type sources struct {
	versions map[string]*metadata.Package // by package name, "@", version name
	beside   map[*metadata.Package]beside
}

// beside is what a project deploys to an org before and after its package, as
// the subscriber's own; nil for nothing.
type beside struct{ before, after *metadata.Package }

func (s *sources) get(pkg, version string) *metadata.Package { return s.versions[pkg+"@"+version] }

// readSources reads all versions that a plan needs. Any error is an
// *InputError, unless the context ended.
func readSources(ctx context.Context, plan *Plan, opt RunOptions) (*sources, error) {
	wanted := wantedVersions(plan)
	read := make([]*metadata.Package, len(wanted))
	around := make([]beside, len(wanted))
	warnings := make([]diag.List, len(wanted))
	cache := source.NewCache()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(opt.Jobs)
	for i, w := range wanted {
		pkg := plan.Suite.Package(w.pkg)
		if pkg == nil {
			return nil, &InputError{fmt.Errorf("package %q is not under packages of suite %s", w.pkg, plan.Suite.Name)}
		}
		group.Go(func() error {
			opt.Progress.Reading(w.pkg + " " + w.version)
			p, own, list, err := readVersion(inner, pkg, w.version, plan.Suite, cache)
			if err != nil {
				return fmt.Errorf("read %s %s: %w", w.pkg, w.version, err)
			}
			read[i], around[i], warnings[i] = p, own, list
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return nil, err
		}
		return nil, &InputError{err}
	}
	settleKinds(wanted, read)
	settleNumbers(plan.Suite, wanted, read)
	src := &sources{versions: map[string]*metadata.Package{}, beside: map[*metadata.Package]beside{}}
	for i, w := range wanted {
		src.beside[read[i]] = around[i]
		src.versions[w.pkg+"@"+w.version] = read[i]
		if len(warnings[i]) > 0 {
			opt.Progress.Warned(w.pkg+" "+w.version, warnings[i])
		}
	}
	return src, src.check(plan)
}

// settleKinds makes the versions of a package agree on how it is delivered: one
// that is managed (its post-install class came later than the others) makes all
// of those managed of which nothing else is known.
func settleKinds(wanted []versionKey, read []*metadata.Package) {
	managed := map[string]bool{}
	for i, w := range wanted {
		managed[w.pkg] = managed[w.pkg] || read[i].Kind == metadata.Managed
	}
	for i, w := range wanted {
		if p := read[i]; p.KindDeduced && p.Kind != metadata.Managed && managed[w.pkg] {
			head := *p
			head.Kind = metadata.Managed
			read[i] = &head
		}
	}
}

// settleNumbers numbers the versions of a package by their tags where the
// project files contradict the tags and the suite says no number.
func settleNumbers(s *Suite, wanted []versionKey, read []*metadata.Package) {
	for _, pkg := range s.Packages {
		var at []int
		var versions []*metadata.Package
		for i, w := range wanted {
			if w.pkg == pkg.Name && pkg.Version(w.version).Number == "" {
				at, versions = append(at, i), append(versions, read[i])
			}
		}
		for i, p := range metadata.NumberedByRefs(versions) {
			read[at[i]] = p
		}
	}
}

type versionKey struct{ pkg, version string }

// wantedVersions lists the versions of a plan and of what they depend on, each
// once, in plan order.
func wantedVersions(plan *Plan) []versionKey {
	var wanted []versionKey
	add := func(k versionKey) {
		if !slices.Contains(wanted, k) {
			wanted = append(wanted, k)
		}
	}
	for _, sc := range plan.Scenarios {
		for _, dep := range plan.Suite.dependencies(sc.Package) {
			add(dep)
		}
		for _, v := range append(sc.Path[:len(sc.Path):len(sc.Path)], sc.Between...) {
			add(versionKey{sc.Package, v})
		}
	}
	return wanted
}

// dependencies lists what a package needs, in the order of installing: what a
// dependency needs itself comes before it, each once.
func (s *Suite) dependencies(name string) []versionKey {
	var list []versionKey
	seen := map[string]bool{name: true}
	var visit func(pkg *PackageSpec)
	visit = func(pkg *PackageSpec) {
		if pkg == nil {
			return
		}
		for _, dep := range pkg.DependsOn {
			other, version, _ := strings.Cut(dep, "@")
			if seen[other] {
				continue
			}
			seen[other] = true
			visit(s.Package(other))
			list = append(list, versionKey{other, version})
		}
	}
	visit(s.Package(name))
	return list
}

// readVersion reads one version of a package as the suite describes it.
func readVersion(ctx context.Context, pkg *PackageSpec, name string, suite *Suite, cache *source.Cache) (*metadata.Package, beside, diag.List, error) {
	var own beside
	v := pkg.Version(name)
	path := pkg.Path
	if v.Path != "" {
		path = v.Path
	}
	if source.IsAddress(path) {
		clone, err := source.Mirrored(path, suite.Mirror)
		if err != nil {
			return nil, own, nil, err
		}
		path = clone
	}
	kind, _ := metadata.ParsePackageKind(pkg.Kind)
	opt := source.Options{
		Ref: v.Ref, Folder: v.Folder, Sources: pkg.Sources, Namespace: pkg.Namespace,
		PostInstall: pkg.PostInstall, Kind: kind, Cache: cache, Strict: suite.Strict,
	}
	read, warnings, err := source.Read(ctx, path, opt)
	if err != nil {
		return nil, own, nil, err
	}
	if !suite.Bare {
		var list diag.List
		if own.before, own.after, list, err = source.ReadBeside(ctx, path, opt, read); err != nil {
			return nil, own, nil, err
		}
		warnings = append(warnings, list...)
	}
	return numbered(read, v), own, warnings, nil
}

// numbered gives a version the number that the suite says, or that its name
// is, where the project files leave it open.
func numbered(p *metadata.Package, v VersionSpec) *metadata.Package {
	text := v.Number
	var zero metadata.Version
	if text == "" && p.Version == zero {
		text = strings.TrimLeft(v.Name, "vVrelas/-")
	}
	number, ok := metadata.ParseVersion(text)
	if !ok || text == "" {
		return p
	}
	head := *p
	head.Version = number
	again, _ := metadata.NewPackage(head, p.Components)
	return again
}

// check finds what makes versions unusable for the suite.
func (s *sources) check(plan *Plan) error {
	for _, sc := range plan.Scenarios {
		for i, name := range sc.Path {
			p := s.get(sc.Package, name)
			if len(p.Components) == 0 {
				return &InputError{fmt.Errorf("version %s of %s has no components; check its path and --source", name, sc.Package)}
			}
			named := plan.Suite.Package(sc.Package).PostInstall
			if i == len(sc.Path)-1 && named != "" && p.Find(metadata.ApexClass, named) == nil {
				return &InputError{fmt.Errorf("version %s of %s has no class %s, which is named as its post-install class; check --post-install or postInstall, and --source", name, sc.Package, named)}
			}
			if i > 0 && plan.Suite.Expect.PostInstall && p.PostInstall == "" {
				return &InputError{fmt.Errorf("version %s of %s has no post-install class, and the suite demands one; name it with --post-install or postInstall, or take postInstall: required out of expect", name, sc.Package)}
			}
		}
	}
	return nil
}

// info describes the packages of a plan for the result.
func (s *sources) info(plan *Plan) []result.Package {
	var out []result.Package
	for _, w := range wantedVersions(plan) {
		p := s.get(w.pkg, w.version)
		spec := plan.Suite.Package(w.pkg)
		i := slices.IndexFunc(out, func(have result.Package) bool { return have.Name == w.pkg })
		if i < 0 {
			i = len(out)
			out = append(out, result.Package{Name: w.pkg, Namespace: p.Namespace, Kind: p.Kind.String(), Path: spec.Display})
		}
		out[i].Versions = append(out[i].Versions, result.Version{Name: w.version, Number: p.Version.String(), Ref: p.Ref,
			Commit: p.Commit, PostInstall: p.PostInstall, Components: len(p.Components)})
	}
	return out
}

// expectations are those of the suite with their expressions compiled.
type expectations struct {
	rules   []invariant.Rule
	changes []invariant.Change
}

func compileExpectations(e *Expectations) (expectations, error) {
	var out expectations
	for _, r := range e.Invariants {
		compiled := invariant.Rule{Name: r.Name, SOQL: r.SOQL, Message: r.Message}
		var bad diag.List
		if r.Each != "" {
			compiled.Each, bad = rule.Compile(rule.Row, r.Each, diag.Span{})
		} else {
			compiled.That, bad = rule.Compile(rule.Answer, r.That, diag.Span{})
		}
		if bad != nil {
			return out, fmt.Errorf("expectation %q: %w", r.Name, bad)
		}
		out.rules = append(out.rules, compiled)
	}
	for _, c := range e.Changes {
		compiled := invariant.Change{Object: c.Object, Fields: c.Fields, Kind: c.Kind, Required: c.Required}
		if c.When != "" {
			var bad diag.List
			if compiled.When, bad = rule.Compile(rule.Change, c.When, diag.Span{}); bad != nil {
				return out, fmt.Errorf("expected change of %s: %w", c.Object, bad)
			}
		}
		out.changes = append(out.changes, compiled)
	}
	return out, nil
}
