package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
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
func readSources(ctx context.Context, p *plan.Plan, opt RunOptions) (*sources, error) {
	wanted := p.Versions()
	read := make([]*metadata.Package, len(wanted))
	around := make([]beside, len(wanted))
	warnings := make([]diag.List, len(wanted))
	cache := source.NewCache()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(opt.Jobs)
	for i, w := range wanted {
		pkg := p.Suite.Package(w.Package)
		if pkg == nil {
			return nil, &InputError{fmt.Errorf("package %q is not under packages of suite %s", w.Package, p.Suite.Name)}
		}
		group.Go(func() error {
			opt.Progress.Reading(w.Package + " " + w.Name)
			version, own, list, err := readVersion(inner, p.Suite, pkg, w.Name, cache)
			if err != nil {
				return fmt.Errorf("read %s %s: %w", w.Package, w.Name, err)
			}
			read[i], around[i], warnings[i] = version, own, list
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
	settleNames(wanted, read)
	settleNumbers(p.Suite, wanted, read)
	src := &sources{versions: map[string]*metadata.Package{}, beside: map[*metadata.Package]beside{}}
	for i, w := range wanted {
		src.beside[read[i]] = around[i]
		src.versions[w.Package+"@"+w.Name] = read[i]
		if len(warnings[i]) > 0 {
			opt.Progress.Warned(w.Package+" "+w.Name, warnings[i])
		}
	}
	return src, src.check(p)
}

// settleKinds makes the versions of a package agree on how it is delivered: one
// that is managed (its post-install class came later than the others) makes all
// of those managed of which nothing else is known.
func settleKinds(wanted []plan.Version, read []*metadata.Package) {
	managed := map[string]bool{}
	for i, w := range wanted {
		managed[w.Package] = managed[w.Package] || read[i].Kind == metadata.Managed
	}
	for i, w := range wanted {
		if p := read[i]; p.KindDeduced && p.Kind != metadata.Managed && managed[w.Package] {
			head := *p
			head.Kind = metadata.Managed
			read[i] = &head
		}
	}
}

// settleNames gives the versions of a package one name, that of the last: the
// suite says that they are one package, whatever a project that was renamed or
// the folders v1 and v2 call them.
func settleNames(wanted []plan.Version, read []*metadata.Package) {
	names := map[string]string{}
	for i, w := range wanted {
		names[w.Package] = read[i].Name
	}
	for i, w := range wanted {
		if p := read[i]; p.Name != names[w.Package] {
			head := *p
			head.Name = names[w.Package]
			read[i] = &head
		}
	}
}

// settleNumbers numbers the versions of a package by their tags where the
// project files contradict the tags and the suite says no number.
func settleNumbers(s *suite.Suite, wanted []plan.Version, read []*metadata.Package) {
	for _, pkg := range s.Packages {
		var at []int
		var versions []*metadata.Package
		for i, w := range wanted {
			if w.Package == pkg.Name && pkg.Version(w.Name).Number == "" {
				at, versions = append(at, i), append(versions, read[i])
			}
		}
		for i, p := range metadata.NumberedByRefs(versions) {
			read[at[i]] = p
		}
	}
}

// readVersion reads one version of a package as the suite describes it.
func readVersion(ctx context.Context, s *suite.Suite, pkg *suite.Package, name string, cache *source.Cache) (*metadata.Package, beside, diag.List, error) {
	var own beside
	v := pkg.Version(name)
	path := pkg.Path
	if v.Path != "" {
		path = v.Path
	}
	if source.IsAddress(path) {
		clone, err := source.Mirrored(path, s.Mirror)
		if err != nil {
			return nil, own, nil, err
		}
		path = clone
	}
	opt := source.Options{
		Ref: v.Ref, Folder: v.Folder, Sources: pkg.Sources, Namespace: pkg.Namespace,
		PostInstall: pkg.PostInstall, Kind: pkg.Kind, Cache: cache, Strict: s.Strict,
	}
	read, warnings, err := source.Read(ctx, path, opt)
	if err != nil {
		return nil, own, nil, err
	}
	if !s.Bare {
		var list diag.List
		if own.before, own.after, list, err = source.ReadBeside(ctx, path, opt, read); err != nil {
			return nil, own, nil, err
		}
		warnings = append(warnings, list...)
	}
	return numbered(read, v), own, warnings, nil
}

// numbered gives a version its number by the rule of the suite.
func numbered(p *metadata.Package, v suite.Version) *metadata.Package {
	number, _ := v.Numbered(p.Version)
	if number == p.Version {
		return p
	}
	head := *p
	head.Version = number
	return &head
}

// check finds what makes versions unusable for the suite.
func (s *sources) check(p *plan.Plan) error {
	for _, sc := range p.Scenarios {
		for i, name := range sc.Path {
			pkg := s.get(sc.Package, name)
			if len(pkg.Components) == 0 {
				return &InputError{fmt.Errorf("version %s of %s has no components; check its path and --source", name, sc.Package)}
			}
			named := p.Suite.Package(sc.Package).PostInstall
			if i == len(sc.Path)-1 && named != "" && pkg.Find(metadata.ApexClass, named) == nil {
				return &InputError{fmt.Errorf("version %s of %s has no class %s, which is named as its post-install class; check --post-install or postInstall, and --source", name, sc.Package, named)}
			}
			if i > 0 && p.Suite.Expect.PostInstall && pkg.PostInstall == "" {
				return &InputError{fmt.Errorf("version %s of %s has no post-install class, and the suite demands one; name it with --post-install or postInstall, or take postInstall: required out of expect", name, sc.Package)}
			}
		}
		if err := s.inLine(p, &sc); err != nil {
			return &InputError{err}
		}
	}
	return nil
}

// inLine checks that the versions of a path can follow each other: no verdict
// about two packages, or about going back, would mean anything.
func (s *sources) inLine(p *plan.Plan, sc *plan.Scenario) error {
	for i := 1; i < len(sc.Path); i++ {
		from, to := s.get(sc.Package, sc.Path[i-1]), s.get(sc.Package, sc.Path[i])
		if from.Namespace != "" && to.Namespace != "" && !strings.EqualFold(from.Namespace, to.Namespace) && !p.Suite.Package(sc.Package).Renamed {
			return fmt.Errorf("%s %s has namespace %s and %s has namespace %s: these are two packages, and no upgrade leads from one to the other; if it is one package all the same, say renamed: true in the suite",
				sc.Package, sc.Path[i-1], from.Namespace, sc.Path[i], to.Namespace)
		}
		var none metadata.Version
		if from.Version != none && to.Version != none && to.Version.Compare(from.Version) < 0 && to.Kind != metadata.Unmanaged {
			return fmt.Errorf("%s %s is version %s and %s is version %s: an org never goes back to an older version; exchange from and to, or say the numbers in the suite",
				sc.Package, sc.Path[i-1], from.Version, sc.Path[i], to.Version)
		}
	}
	return nil
}

// info describes the packages of a plan for the result.
func (s *sources) info(p *plan.Plan) []result.Package {
	var out []result.Package
	for _, w := range p.Versions() {
		pkg := s.get(w.Package, w.Name)
		spec := p.Suite.Package(w.Package)
		i := slices.IndexFunc(out, func(have result.Package) bool { return have.Name == w.Package })
		if i < 0 {
			i = len(out)
			out = append(out, result.Package{Name: w.Package, Namespace: pkg.Namespace, Kind: pkg.Kind.String(), Path: spec.Display})
		}
		out[i].Versions = append(out[i].Versions, result.Version{Name: w.Name, Number: pkg.Version.String(), Ref: pkg.Ref,
			Commit: pkg.Commit, PostInstall: pkg.PostInstall, Components: len(pkg.Components)})
	}
	return out
}
