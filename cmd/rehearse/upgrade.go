package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// sourceFlags say what the project files of a package do not.
type sourceFlags struct {
	sources     []string
	namespace   string
	kind        string
	postInstall string
	strict      bool
}

func (f *sourceFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.sources, "source", nil, "source `FOLDER` instead of the package directories (repeatable)")
	flags.StringVar(&f.namespace, "namespace", "", "namespace of the package")
	flags.StringVar(&f.kind, "kind", "", "kind of the package: managed, unlocked or unmanaged")
	flags.StringVar(&f.postInstall, "post-install", "", "name of the post-install `CLASS`")
}

// addStrict adds what a command that reads by itself says of files that can not
// be read.
func (f *sourceFlags) addStrict(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.strict, "strict", false, "stop at a file that can not be read instead of leaving it out with a warning")
}

func (f *sourceFlags) check() error {
	if _, ok := metadata.ParsePackageKind(f.kind); f.kind != "" && !ok {
		return badInput{fmt.Errorf("--kind %q is not a kind of package; use managed, unlocked or unmanaged", f.kind)}
	}
	return nil
}

// args gives the flags back as they were, for reproduce commands.
func (f *sourceFlags) args() []string {
	var args []string
	for _, s := range f.sources {
		args = append(args, "--source", s)
	}
	for _, pair := range [][2]string{{"--namespace", f.namespace}, {"--kind", f.kind}, {"--post-install", f.postInstall}} {
		if pair[1] != "" {
			args = append(args, pair[0], pair[1])
		}
	}
	return args
}

func (a *app) upgradeCommand() *cobra.Command {
	var (
		run       runFlags
		src       sourceFlags
		path, to  string
		from, org []string
		via       []string
		how       howFlags
		with      []string
	)
	cmd := &cobra.Command{
		Use:   "upgrade [--package PATH] [--from REF] [--to REF] [--org NAME]...",
		Short: "Rehearse one upgrade without a suite file",
		Long: `Rehearse one upgrade without a suite file.

PATH is a directory, a zip, a git work tree or a bare repository; REF a tag,
branch or commit of it. Without --package, --from and --to are directories or
zips. --org names a recipe (pristine, small, typical, hostile) or an .org file
and may be repeated, as may --from; --from takes several with commas too. --via
names versions on the way, in order: each is upgraded to before --to. --with
names packages that this one requires, what is needed first; one that is required
and not named becomes an empty stand-in.

In a clone nothing need be said: the upgrade goes from the last release on the way
to HEAD to the files as they are, with what is not committed. Without --to, it goes
to those files; without --from, from the release before --to.

  rehearse upgrade
  rehearse upgrade --package ~/src/MyPackage --from v1.2 --to v1.3 --org pristine --org typical
  rehearse upgrade --from v1/ --to v2/
` + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := src.check(); err != nil {
				return err
			}
			here, err := a.completeWay(cmd.Context(), &path, &from, &to, &src)
			if err != nil {
				return err
			}
			suite, err := upgradeSuite(path, from, via, to, org, &src)
			if err == nil {
				here.apply(suite)
			}
			if err == nil {
				err = how.apply(suite)
			}
			if err == nil {
				err = withPackages(suite, with)
			}
			if err != nil {
				return err
			}
			return a.rehearse(cmd.Context(), cmd, suite, &run)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "package", "", "where the package's source is: `PATH`")
	flags.StringSliceVar(&from, "from", nil, "version to start from: `REF` or directory (repeatable, or with commas)")
	flags.StringSliceVar(&via, "via", nil, "version on the way: `REF` or directory (repeatable, in order)")
	flags.StringSliceVar(&how.modes, "mode", nil, "how it is started: manual or push (repeatable; manual without it)")
	flags.StringVar(&how.security, "security", "", "who gets access to new components: admins or all")
	flags.StringVar(&to, "to", "", "version to upgrade to: `REF` or directory")
	flags.StringArrayVar(&org, "org", []string{"pristine", "typical"}, "recipe or .org file (repeatable)")
	flags.StringArrayVar(&with, "with", nil, "a package that this one requires: `PATH[@REF]` (repeatable, what is needed first)")
	src.add(cmd)
	run.add(cmd)
	return cmd
}

// withPackages makes the packages of a suite depend on others.
func withPackages(s *suite.Suite, with []string) error {
	for _, spec := range with {
		path, ref, folder := source.ParseSpec(spec)
		if _, err := os.Stat(path); err != nil && !source.IsAddress(path) {
			return badInput{fmt.Errorf("--with %s: %w", spec, err)}
		}
		dep := suite.Package{Name: source.NameOf(path), Path: path, Display: path}
		for s.Package(dep.Name) != nil {
			dep.Name += "+"
		}
		version := cmp.Or(ref, suite.AsItIs)
		dep.Versions = []suite.Version{{Name: version, Path: path, Ref: ref, Folder: folder}}
		s.Packages = append(s.Packages, dep)
		s.Packages[0].DependsOn = append(s.Packages[0].DependsOn, dep.Name+"@"+version)
		s.Flags = append(s.Flags, "--with", spec)
	}
	return nil
}

// howFlags say how the upgrades are made.
type howFlags struct {
	modes    []string
	security string
}

// apply adds them to a suite.
func (h *howFlags) apply(s *suite.Suite) error {
	for _, m := range h.modes {
		if !slices.Contains(install.Modes, install.Mode(m)) {
			return badInput{fmt.Errorf("--mode %q is not a way to upgrade; use manual or push", m)}
		}
		s.How.Modes = append(s.How.Modes, install.Mode(m))
		s.Flags = append(s.Flags, "--mode", m)
	}
	if h.security != "" {
		if !slices.Contains(install.Securities, install.Security(h.security)) {
			return badInput{fmt.Errorf("--security %q is no choice; use admins or all", h.security)}
		}
		s.How.Security = install.Security(h.security)
		s.Flags = append(s.Flags, "--security", h.security)
	}
	return nil
}

// upgradeSuite makes a suite of flags.
func upgradeSuite(path string, from, via []string, to string, orgs []string, src *sourceFlags) (*suite.Suite, error) {
	if len(from) == 0 || to == "" {
		return nil, badInput{errors.New("say from which version to which: --from REF --to REF")}
	}
	s := &suite.Suite{Name: "upgrade", Flags: []string{"upgrade"}}
	pkg := packageOf(path, src)
	if path == "" {
		pkg.Name, pkg.Path, pkg.Display = source.NameOf(filepath.Dir(filepath.Clean(to))), ".", "."
	} else {
		s.Flags = append(s.Flags, "--package", path)
	}
	target, err := versionOf(&pkg, path, to)
	if err != nil {
		return nil, err
	}
	var between []string
	for _, v := range via {
		name, err := versionOf(&pkg, path, v)
		if err != nil {
			return nil, err
		}
		between = append(between, name)
	}
	for _, f := range from {
		name, err := versionOf(&pkg, path, f)
		if err != nil {
			return nil, err
		}
		if name == target {
			return nil, badInput{fmt.Errorf("--from and --to are the same version, %s", name)}
		}
		s.Flags = append(s.Flags, "--from", f)
		s.Upgrades = append(s.Upgrades, suite.Upgrade{Package: pkg.Name, Path: slices.Concat([]string{name}, between, []string{target})})
	}
	for _, v := range via {
		s.Flags = append(s.Flags, "--via", v)
	}
	if to != asTheyAre {
		s.Flags = append(s.Flags, "--to", to)
	}
	s.Packages = []suite.Package{pkg}
	for _, o := range orgs {
		s.Flags = append(s.Flags, "--org", o)
		s.Orgs = append(s.Orgs, orgSpec(o))
	}
	s.Flags = append(s.Flags, src.args()...)
	return s, nil
}

// packageOf is the package at a path, as the flags describe it.
func packageOf(path string, src *sourceFlags) suite.Package {
	opt := src.options()
	return suite.Package{Name: source.NameOf(path), Path: path, Display: path, Sources: opt.Sources, Namespace: opt.Namespace,
		Kind: opt.Kind, PostInstall: opt.PostInstall}
}

// versionOf adds a version to a package and gives the name it has in the suite:
// a ref by itself, a directory or zip by its last part.
func versionOf(pkg *suite.Package, path, given string) (string, error) {
	if path != "" {
		return given, nil
	}
	if !isPath(given) {
		return "", badInput{fmt.Errorf("%s is not a directory or zip; give the repository with --package when it is a ref", given)}
	}
	name := filepath.Base(filepath.Clean(given))
	for _, v := range pkg.Versions {
		if v.Name == name && v.Path != given {
			name = strings.ReplaceAll(strings.Trim(filepath.ToSlash(filepath.Clean(given)), "/"), "/", "-")
		}
	}
	pkg.Versions = append(pkg.Versions, suite.Version{Name: name, Path: given})
	return name, nil
}

// orgSpec reads --org: a recipe, or an .org file.
func orgSpec(s string) suite.Org {
	if strings.HasSuffix(s, ".org") {
		return suite.Org{Name: strings.TrimSuffix(filepath.Base(s), ".org"), File: s}
	}
	return suite.Org{Name: s, Recipe: s}
}

func isPath(s string) bool {
	info, err := os.Stat(s)
	return err == nil && (info.IsDir() || strings.EqualFold(filepath.Ext(s), ".zip"))
}
