package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/reports"
)

func (a *app) reportCommand() *cobra.Command {
	var (
		formats []string
		out     string
	)
	cmd := &cobra.Command{
		Use:   "report RESULT",
		Short: "Write the documents of a result again, in formats of choice",
		Long: `Write the documents of a result again, in formats of choice. RESULT is result.json
of a run, or the folder it lies in.

` + formatHelp() + `
  rehearse report rehearsal-report/ --format sarif,markdown -o ci
` + exitHelp,
		Args: arguments("a result: result.json or its folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, f := range formats {
				if !reports.Knows(f) {
					return badInput{fmt.Errorf("--format %q; write %s", f, strings.Join(reports.Formats(), ", "))}
				}
			}
			r, err := readResult(args[0])
			if err != nil {
				return err
			}
			if err := a.checkReports(out); err != nil {
				return err
			}
			paths, err := reports.Write(out, r, formats...)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.errs, "wrote %s\n", strings.Join(paths, ", "))
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&formats, "format", reports.Formats(), "`FORMAT` to write (repeatable, or with commas)")
	cmd.Flags().StringVarP(&out, "out", "o", "rehearsal-report", "folder for the documents")
	return cmd
}

// formatHelp lists the formats with their files.
func formatHelp() string {
	var b strings.Builder
	for _, f := range reports.Formats() {
		fmt.Fprintf(&b, "  %-9s %s\n", f, reports.FileOf(f))
	}
	return b.String()
}
