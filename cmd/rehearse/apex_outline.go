package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types/project"
)

func (a *app) apexOutlineCommand() *cobra.Command {
	var (
		src    sourceFlags
		global bool
	)
	cmd := &cobra.Command{
		Use:   "outline PATH[@REF[:FOLDER]]...",
		Short: "List the types of a package and their members",
		Long: `List the types of a package and their members, with the types they resolve to.
With --global it is the surface that subscribers can use: two outlines compared
show what an upgrade takes away from them.

  rehearse apex outline .
  rehearse apex outline ~/src/MyPackage@v1.3 --global

Further PATHs are packages that the first one depends on; only the first is
listed. --source, --namespace, --kind and --post-install are said of it.
` + exitHelp,
		Args: somePaths,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.loadApex(cmd.Context(), args, &src, nil)
			if err != nil {
				return err
			}
			for _, e := range p.Outline(0, global) {
				fmt.Fprintln(a.out, strings.Repeat("  ", e.Depth)+e.Text)
			}
			return a.brokenFiles(p)
		},
	}
	cmd.Flags().BoolVar(&global, "global", false, "only what subscribers can use")
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

// brokenFiles tells of files that could not be read in full, of which the
// outline may lack something.
func (a *app) brokenFiles(p *project.Project) error {
	for _, d := range p.Syntax {
		fmt.Fprintln(a.errs, d.Error())
	}
	if p.Syntax.Err() != nil {
		return status(exitFindings)
	}
	return nil
}
