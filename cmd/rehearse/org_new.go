package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/fixtures"
	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

func (a *app) orgNewCommand() *cobra.Command {
	var (
		src  sourceFlags
		from origin
		to   newOrgPlace
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
			if _, err := fixtures.FindRecipe(from.Recipe); err != nil {
				return badInput{err}
			}
			return a.newOrg(cmd.Context(), from, &to, &src)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from.Recipe, "recipe", "pristine", "recipe of the org")
	flags.IntVar(&from.Records, "records", 0, "records of each object (default: the recipe's)")
	flags.Uint64Var(&from.Seed, "seed", 0, "seed of everything random")
	flags.StringArrayVar(&from.Packages, "package", nil, "package to install: `PATH[@REF]` (repeatable, in order)")
	flags.StringVarP(&to.file, "output", "o", "", "`FILE` to save the org to")
	flags.StringVar(&to.name, "name", "", "`NAME` under which the server of --dsn keeps the org")
	to.store.add(cmd)
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

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

func (a *app) newOrg(ctx context.Context, from origin, to *newOrgPlace, src *sourceFlags) (err error) {
	req := harness.BuildRequest{Seed: from.Seed, Org: harness.OrgSpec{Name: from.Recipe, Recipe: from.Recipe, Records: from.Records}}
	var packages []*metadata.Package
	for i, spec := range from.Packages {
		path, ref, folder := source.ParseSpec(spec)
		how := &sourceFlags{kind: src.kind}
		if i == len(from.Packages)-1 {
			how = src
		}
		p, err := how.read(ctx, a, path, source.Options{Ref: ref, Folder: folder})
		if err != nil {
			return err
		}
		packages = append(packages, p)
	}
	if len(packages) > 0 {
		req.From = packages[len(packages)-1]
		req.Org.Features = harness.FeaturesFor(nil, packages...)
		req.Install = func(ctx context.Context, o *org.Org) error { return installAll(ctx, o, packages) }
	}
	stores, err := to.store.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stores.close()) }()
	built, err := builder{store: stores.New}.Build(ctx, req)
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

func installAll(ctx context.Context, o *org.Org, packages []*metadata.Package) error {
	for _, p := range packages {
		if _, err := upgrade.Install(ctx, o, p, install.Options{}); err != nil {
			return fmt.Errorf("install %s %s: %w", p.Name, p.Version, err)
		}
		if _, err := o.Drain(ctx, org.DrainOptions{}); err != nil {
			return err
		}
	}
	return nil
}
