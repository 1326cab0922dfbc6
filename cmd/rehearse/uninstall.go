package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

func (a *app) uninstallCommand() *cobra.Command {
	var in orgFlags
	var name string
	cmd := &cobra.Command{
		Use:   "uninstall --org FILE --package NAME",
		Short: "Remove a package from an org",
		Long: `Remove a package from an org, with all its components, deprecated ones
included, and the records of its objects. The package's uninstall script runs
first; when it fails, the uninstall goes on without what the script did. While
something outside the package uses one of its components it is refused, and the
org stays as it was.
` + keptHelp + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if in.name == "" || name == "" {
				return badInput{errors.New("say what to remove from where: --org FILE --package NAME")}
			}
			ctx := cmd.Context()
			var removed *upgrade.Removed
			err := in.change(ctx, func(o *org.Org) (err error) {
				if _, ok := o.Package(name); !ok {
					return badInput{fmt.Errorf("package %s is not installed in %s; see: rehearse org show %s", name, in.name, in.name)}
				}
				removed, err = upgrade.Uninstall(ctx, o, name)
				return err
			})
			var refused *upgrade.Failure
			if errors.As(err, &refused) {
				fmt.Fprintf(a.out, "refused: %s\n", refused.Message)
				return status(exitFindings)
			}
			if err != nil {
				return err
			}
			return a.showRemoved(removed)
		},
	}
	flags := cmd.Flags()
	in.add(cmd, "the org: `FILE`.org")
	flags.StringVar(&name, "package", "", "`NAME` or namespace of the package")
	return cmd
}

// showRemoved tells what went; a script that failed is a finding.
func (a *app) showRemoved(r *upgrade.Removed) error {
	fmt.Fprintf(a.out, "removed %s %s: %d components\n", r.Package.Name, r.Package.Version, len(r.Components))
	for _, rows := range r.Rows {
		fmt.Fprintf(a.out, "  %d records of %s\n", rows.Count, rows.Object)
	}
	if r.Script == nil {
		return nil
	}
	if r.Script.Err != nil {
		fmt.Fprintf(a.out, "the uninstall script %s failed, and what it did was discarded: %s\n", r.Script.Class, r.Script.Err)
		return status(exitFindings)
	}
	fmt.Fprintf(a.out, "the uninstall script %s ran\n", r.Script.Class)
	return nil
}
