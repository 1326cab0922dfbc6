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
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

func (a *app) orgNewCommand() *cobra.Command {
	var (
		src       sourceFlags
		from      origin
		file, pkg string
	)
	cmd := &cobra.Command{
		Use:   "new --recipe NAME -o FILE.org",
		Short: "Make an org and save it as one file",
		Long: `Make an org from a recipe (pristine, small, typical, hostile) and save it as one
file, with a version of a package installed when --package names one.

  rehearse org new --recipe typical --records 10000 --seed 7 --package ~/src/MyPackage@v1.2 -o acme.org
` + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return badInput{errors.New("say where to save the org: -o FILE.org")}
			}
			if _, err := fixtures.FindRecipe(from.Recipe); err != nil {
				return badInput{err}
			}
			from.Package = pkg
			return a.newOrg(cmd.Context(), from, file, &src)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from.Recipe, "recipe", "pristine", "recipe of the org")
	flags.IntVar(&from.Records, "records", 0, "records of each object (default: the recipe's)")
	flags.Uint64Var(&from.Seed, "seed", 0, "seed of everything random")
	flags.StringVar(&pkg, "package", "", "package to install: `PATH[@REF]`")
	flags.StringVarP(&file, "output", "o", "", "`FILE` to save the org to")
	src.add(cmd)
	return cmd
}

func (a *app) newOrg(ctx context.Context, from origin, file string, src *sourceFlags) error {
	req := harness.BuildRequest{Seed: from.Seed, Org: harness.OrgSpec{Name: from.Recipe, Recipe: from.Recipe, Records: from.Records}}
	if from.Package != "" {
		path, ref, folder := source.ParseSpec(from.Package)
		p, err := src.read(ctx, a, path, source.Options{Ref: ref, Folder: folder})
		if err != nil {
			return err
		}
		req.From = p
		req.Install = func(ctx context.Context, o *org.Org) error { return installOne(ctx, o, p) }
	}
	built, err := builder{embedded}.Build(ctx, req)
	if err != nil {
		return err
	}
	defer func() { _ = built.Org.Close() }()
	from.Mess = built.Mess
	if err := putOrigin(ctx, built.Org, from); err != nil {
		return err
	}
	if err := built.Org.Save(ctx, file); err != nil {
		return fmt.Errorf("save org to %s: %w", file, err)
	}
	fmt.Fprintf(a.errs, "wrote %s\n", file)
	return nil
}

func installOne(ctx context.Context, o *org.Org, p *metadata.Package) error {
	if _, err := upgrade.Install(ctx, o, p, upgrade.Options{}); err != nil {
		return fmt.Errorf("install %s %s: %w", p.Name, p.Version, err)
	}
	_, err := o.Drain(ctx, org.DrainOptions{})
	return err
}
