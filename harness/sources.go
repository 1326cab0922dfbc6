package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rehearsal-dev/rehearsal/harness/aim"
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
	unusable map[string]error // of scenarios, by id, where the run walks on

	mu    sync.Mutex
	aimed map[[2]*metadata.Package]*aim.Upgrade
}

// aimAt studies two versions, once for all scenarios that go from one to the
// other.
func (s *sources) aimAt(from, to *metadata.Package) *aim.Upgrade {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := [2]*metadata.Package{from, to}
	if s.aimed[key] == nil {
		s.aimed[key] = aim.New(from, to)
	}
	return s.aimed[key]
}

// beside is what a project deploys to an org before and after its package, as
// the subscriber's own; nil for nothing.
type beside struct{ before, after *metadata.Package }

func (s *sources) get(pkg, version string) *metadata.Package { return s.versions[pkg+"@"+version] }

// readSources reads all versions that a plan needs. Any error is an
// *InputError, unless the context ended; where the run walks on, those of scenarios
// whose versions can not be used are kept. The plan that comes back is the one to
// run.
func readSources(ctx context.Context, p *plan.Plan, opt RunOptions) (*sources, *plan.Plan, error) {
	wanted := p.Versions()
	read := make([]*metadata.Package, len(wanted))
	around := make([]beside, len(wanted))
	warnings := make([]diag.List, len(wanted))
	failed := make([]error, len(wanted))
	cache := source.NewCache()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(opt.Jobs)
	for i, w := range wanted {
		pkg := p.Suite.Package(w.Package)
		if pkg == nil {
			return nil, nil, &InputError{fmt.Errorf("package %q is not under packages of suite %s", w.Package, p.Suite.Name)}
		}
		group.Go(func() error {
			opt.Progress.Reading(w.Package + " " + w.Name)
			version, own, list, err := readVersion(inner, p.Suite, pkg, w.Name, cache)
			if err != nil {
				failed[i] = fmt.Errorf("read %s %s: %w", w.Package, w.Name, err)
				if opt.WalkOn && inner.Err() == nil {
					return nil
				}
				return failed[i]
			}
			read[i], around[i], warnings[i] = version, own, list
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return nil, nil, err
		}
		return nil, nil, &InputError{err}
	}
	for i, namespace := range leftOut(p.Suite, wanted, read) {
		pkg := *p.Suite.Package(wanted[i].Package)
		pkg.Namespace = namespace
		version, own, list, err := readVersion(ctx, p.Suite, &pkg, wanted[i].Name, cache)
		if err != nil {
			return nil, nil, &InputError{fmt.Errorf("read %s %s: %w", wanted[i].Package, wanted[i].Name, err)}
		}
		read[i], around[i], warnings[i] = version, own, list
	}
	src := &sources{versions: map[string]*metadata.Package{}, beside: map[*metadata.Package]beside{}, unusable: map[string]error{},
		aimed: map[[2]*metadata.Package]*aim.Upgrade{}}
	usable := slices.DeleteFunc(slices.Clone(wanted), func(w plan.Version) bool { return failed[slices.Index(wanted, w)] != nil })
	var versions []*metadata.Package
	for _, w := range usable {
		versions = append(versions, read[slices.Index(wanted, w)])
	}
	settleKinds(usable, versions)
	settleNames(usable, versions)
	settleNumbers(p.Suite, usable, versions)
	for k, w := range usable {
		i := slices.Index(wanted, w)
		src.beside[versions[k]] = around[i]
		src.versions[w.Package+"@"+w.Name] = versions[k]
		if len(warnings[i]) > 0 {
			opt.Progress.Warned(w.Package+" "+w.Name, warnings[i])
		}
	}
	p, err := src.check(p, func(v plan.Version) error {
		if i := slices.Index(wanted, v); i >= 0 {
			return failed[i]
		}
		return nil
	}, opt.WalkOn)
	return src, p, err
}

// leftOut are the versions whose project files leave the namespace out, by index,
// with the one that the other versions of the package have. A package never changes
// its namespace, so that a version without one was built from files that say too
// little: "namespace": "" is what a project file keeps that is worked on in an org
// without it. Source that is no package has none.
func leftOut(s *suite.Suite, wanted []plan.Version, read []*metadata.Package) map[int]string {
	said := map[string][]string{}
	for i, w := range wanted {
		if p := read[i]; p != nil && p.Kind == metadata.Managed && p.Namespace != "" && !slices.Contains(said[w.Package], p.Namespace) {
			said[w.Package] = append(said[w.Package], p.Namespace)
		}
	}
	missing := map[int]string{}
	for i, w := range wanted {
		p := read[i]
		if p == nil || p.Namespace != "" || !p.KindDeduced || p.Kind == metadata.Unmanaged {
			continue
		}
		if names := said[w.Package]; len(names) == 1 && s.Package(w.Package).Kind == metadata.Undeclared {
			missing[i] = names[0]
		}
	}
	return missing
}

// settleKinds makes the versions of each package agree on how it is delivered.
func settleKinds(wanted []plan.Version, read []*metadata.Package) {
	of := map[string][]int{}
	for i, w := range wanted {
		of[w.Package] = append(of[w.Package], i)
	}
	for _, at := range of {
		var versions []*metadata.Package
		for _, i := range at {
			versions = append(versions, read[i])
		}
		for k, p := range metadata.OfOneKind(versions) {
			read[at[k]] = p
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

// check finds what makes versions unusable for the suite: an *InputError, or,
// where the run walks on, a note for those scenarios. What comes back is the plan
// without versions between that can not be read.
func (s *sources) check(p *plan.Plan, failed func(plan.Version) error, walkOn bool) (*plan.Plan, error) {
	checked := *p
	checked.Scenarios = slices.Clone(p.Scenarios)
	for i := range checked.Scenarios {
		sc := &checked.Scenarios[i]
		sc.Between = slices.DeleteFunc(slices.Clone(sc.Between), func(name string) bool {
			return failed(plan.Version{Package: sc.Package, Name: name}) != nil
		})
		var err error
		for _, v := range p.Needs(sc) {
			err = cmp.Or(err, failed(v))
		}
		if err == nil {
			err = s.usable(p, sc)
			if err != nil && sc.Where != "" {
				err = fmt.Errorf("%s: %w", sc.Where, err)
			}
		}
		if err != nil && !walkOn {
			return nil, &InputError{err}
		}
		if err != nil {
			s.unusable[sc.ID] = err
		}
	}
	return &checked, nil
}

// without is a plan without the scenarios that can not run.
func (s *sources) without(p *plan.Plan) *plan.Plan {
	kept := *p
	kept.Scenarios = slices.DeleteFunc(slices.Clone(p.Scenarios), func(sc plan.Scenario) bool { return s.unusable[sc.ID] != nil })
	return &kept
}

// usable checks the versions of one scenario: that each has what is asked of it,
// and that they can follow each other.
func (s *sources) usable(p *plan.Plan, sc *plan.Scenario) error {
	for i, name := range sc.Path {
		pkg := s.get(sc.Package, name)
		if len(pkg.Components) == 0 {
			return fmt.Errorf("version %s of %s has no components; check its path and --source", name, sc.Package)
		}
		named := p.Suite.Package(sc.Package).PostInstall
		if i == len(sc.Path)-1 && named != "" && pkg.Find(metadata.ApexClass, named) == nil {
			return fmt.Errorf("version %s of %s has no class %s, which is named as its post-install class; check --post-install or postInstall, and --source", name, sc.Package, named)
		}
		if i > 0 && p.Suite.Expect.PostInstall && pkg.PostInstall == "" {
			return fmt.Errorf("version %s of %s has no post-install class, and the suite demands one; name it with --post-install or postInstall, or take postInstall: required out of expect", name, sc.Package)
		}
	}
	return s.inLine(p, sc)
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
		if pkg == nil {
			continue // it could not be read, and the run walked on
		}
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
