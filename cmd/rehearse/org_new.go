package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/fixtures"
	"github.com/rehearsal-dev/rehearsal/harness/build"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

func (a *app) orgNewCommand() *cobra.Command {
	var (
		src  sourceFlags
		from origin
		to   newOrgPlace
		how  newOrgHow
	)
	cmd := &cobra.Command{
		Use:   "new --recipe NAME -o FILE.org",
		Short: "Make an org and save it as one file, or keep it on a server",
		Long: `Make an org from a recipe (pristine, small, typical, hostile) and save it as one
file, with a version of a package installed when --package names one. Several are
installed in the order given, what is needed first; --namespace, --source and
--post-install are of the last.

  rehearse org new --recipe typical --records 10000 --seed 7 --package ~/src/MyPackage@v1.2 -o acme.org
  rehearse org new --package ~/src/Base@v3.0 --package ~/src/MyPackage@v1.2 -o acme.org

With --store postgres --dsn it is made on a PostgreSQL server, which keeps it
under the name that --name gives:

  rehearse org new --recipe typical --seed 7 --store postgres --dsn postgres://… --name acme
` + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := to.check(); err != nil {
				return err
			}
			if err := checkRecipe(from.Records, from.Seed); err != nil {
				return err
			}
			if _, err := fixtures.FindRecipe(from.Recipe); err != nil {
				return badInput{err}
			}
			if err := a.checkOutputs(to.file); err != nil {
				return err
			}
			return a.newOrg(cmd.Context(), from, &to, &src, how)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from.Recipe, "recipe", "pristine", "recipe of the org")
	flags.IntVar(&from.Records, "records", 0, "records of each object (default: the recipe's)")
	flags.Uint64Var(&from.Seed, "seed", 0, "seed of everything random")
	flags.StringArrayVar(&from.Packages, "package", nil, "package to install: `PATH[@REF]` (repeatable, in order)")
	flags.StringArrayVar(&how.with, "with", nil, "package to install before those of --package, as they require it: `PATH[@REF]` (repeatable, in order)")
	flags.BoolVar(&how.bare, "bare", false, "leave out what projects deploy to the org beside the package: unpackaged/pre and post, unpackagedMetadata, seedMetadata")
	flags.StringVarP(&to.file, "output", "o", "", "`FILE` to save the org to")
	flags.StringVar(&to.name, "name", "", "`NAME` under which the server of --dsn keeps the org")
	to.store.add(cmd)
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

// newOrgHow says what else a new org gets.
type newOrgHow struct {
	with []string // packages that are required
	bare bool     // nothing that projects have beside their packages
}

// newOrgPackage is a package to install and what its project has beside it.
type newOrgPackage struct{ pkg, before, after *metadata.Package }

// newOrgPlace is where a new org goes: a file, a server, or both.
type newOrgPlace struct {
	file, name string
	store      storeFlags
}

func (p *newOrgPlace) check() error {
	if err := p.store.check(); err != nil {
		return err
	}
	switch {
	case p.name != "" && p.store.dsn == "":
		return badInput{errors.New("--name is for orgs that a server keeps: add --store postgres --dsn postgres://user:password@host:5432/postgres")}
	case p.name != "":
		return badName(postgres.CheckName(p.name))
	case p.file == "" && p.store.dsn != "":
		return badInput{errors.New("say what the server is to keep the org as: --name NAME; or where to save it: -o FILE.org")}
	case p.file == "":
		return badInput{errors.New("say where to save the org: -o FILE.org")}
	}
	return nil
}

func (a *app) newOrg(ctx context.Context, from origin, to *newOrgPlace, src *sourceFlags, how newOrgHow) (err error) {
	req := build.Request{Seed: from.Seed, Org: suite.Org{Name: from.Recipe, Recipe: from.Recipe, Records: from.Records}}
	packages, err := a.readPackages(ctx, from, src, how)
	if err != nil {
		return err
	}
	if len(packages) > 0 {
		var all []*metadata.Package
		for _, p := range packages {
			all = append(all, p.pkg)
		}
		req.From = all[len(all)-1]
		req.Org.Features = schema.FeaturesFor(nil, all...)
		req.Install = func(ctx context.Context, o *org.Org) error { return installAll(ctx, o, packages) }
	}
	stores, err := to.store.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stores.close()) }()
	built, err := fixtures.Builder{Store: stores.New}.Build(ctx, req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, built.Org.Close()) }()
	from.Mess = built.Mess
	if err := putOrigin(ctx, built.Org, from); err != nil {
		return err
	}
	if err := built.Org.Keep(ctx); err != nil {
		return err
	}
	if to.file != "" {
		if err := built.Org.Save(ctx, to.file); err != nil {
			return fmt.Errorf("save org to %s: %w", to.file, err)
		}
		fmt.Fprintf(a.errs, "wrote %s\n", to.file)
	}
	if to.name != "" {
		return a.keep(ctx, stores.server, built.Org.Store(), to.name)
	}
	return nil
}

// readPackages reads what a new org gets: what is required, then the packages.
func (a *app) readPackages(ctx context.Context, from origin, src *sourceFlags, how newOrgHow) ([]newOrgPackage, error) {
	var packages []newOrgPackage
	specs := slices.Concat(how.with, from.Packages)
	for i, spec := range specs {
		path, ref, folder := source.ParseSpec(spec)
		flags := &sourceFlags{strict: src.strict}
		if i >= len(how.with) {
			flags.kind = src.kind
		}
		if i == len(specs)-1 {
			flags = src
		}
		opt := source.Options{Ref: ref, Folder: folder}
		p, err := flags.read(ctx, a, path, opt)
		if err != nil {
			return nil, err
		}
		one := newOrgPackage{pkg: p}
		if !how.bare {
			var warnings diag.List
			if one.before, one.after, warnings, err = source.ReadBeside(ctx, path, opt, p); err != nil {
				return nil, err
			}
			warn(a.errs, source.NameOf(path), warnings)
		}
		packages = append(packages, one)
	}
	return packages, nil
}

func installAll(ctx context.Context, o *org.Org, packages []newOrgPackage) error {
	own := func(p *metadata.Package) error {
		if p == nil {
			return nil
		}
		return upgrade.DeployOwn(ctx, o, p)
	}
	for _, p := range packages {
		if err := own(p.before); err != nil {
			return err
		}
		if _, err := upgrade.Install(ctx, o, p.pkg, install.Options{StandIns: true}); err != nil {
			return fmt.Errorf("install %s %s: %w", p.pkg.Name, p.pkg.Version, err)
		}
		if _, err := o.Drain(ctx, org.DrainOptions{}); err != nil {
			return err
		}
		if err := own(p.after); err != nil {
			return err
		}
	}
	return nil
}
