package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/org"
)

func (a *app) orgShowCommand() *cobra.Command {
	var f orgFlags
	cmd := &cobra.Command{
		Use:   "show FILE.org",
		Short: "Show what is in an org",
		Long: `Show what is in an org: recipe, seed, packages, record counts, and the mess
that was applied.
` + keptHelp + exitHelp,
		Args: arguments("an org: FILE.org"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.name = args[0]
			return f.look(cmd.Context(), func(o *org.Org) error { return a.showOrg(cmd.Context(), o) })
		},
	}
	f.addStore(cmd)
	return cmd
}

func (a *app) showOrg(ctx context.Context, o *org.Org) error {
	from, err := getOrigin(ctx, o)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "org\t%s\n", o.ID())
	fmt.Fprintf(w, "recipe\t%s\n", cmp.Or(from.Recipe, "(none)"))
	fmt.Fprintf(w, "seed\t%d\n", o.Seed())
	fmt.Fprintf(w, "clock\t%s\n", o.Clock().Time().Format(time.RFC3339))
	for _, p := range o.Packages() {
		fmt.Fprintf(w, "package\t%s %s %s\n", cmp.Or(p.Namespace, p.Name), p.Version, p.VersionID)
	}
	for _, m := range from.Mess {
		fmt.Fprintf(w, "mess\t%s %s: %s\n", m.Number, m.Name, m.Did)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.out, "records")
	w = tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	counts, err := o.Counts(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "  %s\t%d\n", name, counts[name])
	}
	return w.Flush()
}
