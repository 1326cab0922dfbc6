package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

func (a *app) packageDiffCommand() *cobra.Command {
	var (
		src            sourceFlags
		path, from, to string
		asJSON         bool
	)
	cmd := &cobra.Command{
		Use:   "diff --package PATH --from REF --to REF",
		Short: "Show what differs between two versions of a package",
		Long: `Show what differs between two versions of a package, component by component.
What does not matter is left out: layout of files, order of elements, API
versions, defaults that are written out. Without --package, --from and --to
are directories or zips.
` + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" || to == "" {
				return badInput{errors.New("say which versions to compare: --from REF --to REF")}
			}
			opt := source.Options{Cache: source.NewCache(), Lenient: true}
			before, err := src.version(cmd.Context(), a, path, from, opt)
			if err != nil {
				return fmt.Errorf("read %s: %w", from, err)
			}
			after, err := src.version(cmd.Context(), a, path, to, opt)
			if err != nil {
				return fmt.Errorf("read %s: %w", to, err)
			}
			return a.showDifference(metadata.Diff(from, to, before, after), asJSON)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "package", "", "where the package's source is: `PATH`")
	flags.StringVar(&from, "from", "", "earlier version: `REF` or directory")
	flags.StringVar(&to, "to", "", "later version: `REF` or directory")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

// version reads a ref of a path, or a path of its own.
func (f *sourceFlags) version(ctx context.Context, a *app, path, given string, opt source.Options) (*metadata.Package, error) {
	if path == "" {
		if !isPath(given) {
			return nil, badInput{fmt.Errorf("%s is not a directory or zip; give the repository with --package when it is a ref", given)}
		}
		return f.read(ctx, a, given, opt)
	}
	opt.Ref = given
	return f.read(ctx, a, path, opt)
}

func (a *app) showDifference(d metadata.Difference, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(d)
	}
	marks := map[metadata.ChangeType]string{metadata.Added: "+", metadata.Removed: "-", metadata.Modified: "~"}
	for _, c := range d.Changes {
		cosmetic := ""
		if c.Cosmetic {
			cosmetic = "  (cosmetic)"
		}
		fmt.Fprintf(a.out, "%s %s %s%s\n", marks[c.Change], c.Kind, c.Name, cosmetic)
		for _, p := range c.Properties {
			fmt.Fprintf(a.out, "    %s\n", invariant.PropertyNote(p))
		}
	}
	if len(d.Changes) == 0 {
		fmt.Fprintln(a.out, "no difference")
	}
	return nil
}
