package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/reports"
	"github.com/rehearsal-dev/rehearsal/scenarios"
)

func (a *app) initCommand() *cobra.Command {
	var (
		out          string
		check, force bool
	)
	cmd := &cobra.Command{
		Use:   "init [PATH]",
		Short: "Write a suite for a package",
		Long: `Write a suite for a package, with comments: from its last releases to the files
as they are, in orgs as its scratch definitions have them. It looks at the tags of
the repository, the project files, the post-install script, and orgs/*.json and
config/*scratch*.json. PATH is a clone, the folder itself without it.

  rehearse init --check       what would be in it, and what it would do
  rehearse init && rehearse run
` + exitHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return badInput{fmt.Errorf("%s takes one PATH, got %d; see: %s --help", cmd.CommandPath(), len(args), cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			path := append(args, ".")[0]
			if out == "" {
				out = filepath.Join(".", suiteFile)
			}
			if _, err := os.Lstat(out); err == nil && !force && !check {
				return badInput{fmt.Errorf("%s is there already; write another with --out, or this one anew with --force", out)}
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return badInput{err}
			}
			text, err := scenarios.Draft(cmd.Context(), path, filepath.Dir(out))
			if err != nil {
				return badInput{err}
			}
			suite, err := scenarios.Parse(out, text, filepath.Dir(out))
			if err != nil {
				return fmt.Errorf("the suite that was drafted for %s can not be read: %w", path, err)
			}
			planned, err := plan.New(suite)
			if err != nil {
				return fmt.Errorf("the suite that was drafted for %s can not be planned: %w", path, err)
			}
			if check {
				fmt.Fprintf(a.dataOut(), "%s\n", text)
				fmt.Fprintf(a.errs, "it would go into %s; what it would do:\n%s", out, planned)
				return nil
			}
			if err := a.checkOutputs(out); err != nil {
				return err
			}
			if err := reports.WriteFile(out, text); err != nil {
				return badInput{err}
			}
			run := "rehearse run"
			if filepath.Clean(out) != suiteFile {
				run += " " + out
			}
			fmt.Fprintf(a.errs, "wrote %s: %s; run it with: %s\n", out, counted(len(planned.Scenarios), "scenario"), run)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&out, "out", "", "`FILE` to write (default: rehearse.yaml)")
	flags.BoolVar(&check, "check", false, "print what would be in it, and write nothing")
	flags.BoolVar(&force, "force", false, "write over a suite that is there")
	return cmd
}
