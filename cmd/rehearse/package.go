package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

func (a *app) packageCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "package",
		Short: "Look into the versions of a package",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.packageShowCommand(), a.packageDiffCommand(), a.packageCheckCommand(), a.packageVersionsCommand())
	return cmd
}

// read reads a package version from its source and tells of its warnings.
func (f *sourceFlags) read(ctx context.Context, a *app, spec string, opt source.Options) (*metadata.Package, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	opt.Kind, _ = metadata.ParsePackageKind(f.kind)
	opt.Sources, opt.Namespace, opt.PostInstall = f.sources, f.namespace, f.postInstall
	opt.Strict = f.strict
	p, warnings, err := source.Read(ctx, spec, opt)
	warn(a.errs, source.NameOf(spec), warnings)
	return p, err
}
