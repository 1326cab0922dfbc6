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
	cmd.AddCommand(a.packageShowCommand(), a.packageDiffCommand())
	return cmd
}

// read reads a package version from its source.
func (f *sourceFlags) read(ctx context.Context, path, ref, folder string) (*metadata.Package, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	kind, _ := metadata.ParsePackageKind(f.kind)
	p, _, err := source.Read(ctx, path, source.Options{Ref: ref, Folder: folder, Sources: f.sources,
		Namespace: f.namespace, PostInstall: f.postInstall, Kind: kind})
	return p, err
}
