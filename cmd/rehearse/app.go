package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
	"github.com/rehearsal-dev/rehearsal/scenarios"
)

// The exit statuses.
const (
	exitClean       = 0
	exitFindings    = 1
	exitBadInput    = 2
	exitCouldNotRun = 3
)

const exitHelp = `
Exit status: 0 nothing found, 1 findings, 2 bad usage or input, 3 could not run.`

// app is what all commands share: where output goes and what was made on the
// way.
type app struct {
	in        io.Reader
	out, errs io.Writer // what is written there is made plain: names and messages are those of strangers
	screen    streams
	temps     []string
	made      []string // folders for output that were made, the innermost first
}

// streams are the outputs as they were given, for what draws on a terminal and
// for data that must not change.
type streams struct{ out, errs io.Writer }

func newApp(in io.Reader, out, errs io.Writer) *app {
	return &app{in: in, out: plain.NewWriter(out), errs: plain.NewWriter(errs), screen: streams{out, errs}}
}

// status is an error that only sets the exit status; what there is to say has
// been said.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// badInput marks an error in what the user gave.
type badInput struct{ err error }

func (b badInput) Error() string { return b.err.Error() }
func (b badInput) Unwrap() error { return b.err }

// exitStatus prints an error, if there is one to print, and says how to exit.
func (a *app) exitStatus(err error) int {
	var told status
	if err == nil {
		return exitClean
	}
	if errors.As(err, &told) {
		return int(told)
	}
	fmt.Fprintf(a.errs, "rehearse: %s\n", err)
	var (
		bad    badInput
		input  *harness.InputError
		suite  *scenarios.Error
		source *source.Error
	)
	switch {
	case errors.As(err, &bad), errors.As(err, &input), errors.As(err, &suite), errors.As(err, &source):
		return exitBadInput
	case errors.Is(err, context.Canceled):
		return exitCouldNotRun
	default:
		return exitCouldNotRun
	}
}

// temp makes a folder that is gone when the command ends.
func (a *app) temp() (string, error) {
	dir, err := os.MkdirTemp("", "rehearse-")
	if err != nil {
		return "", fmt.Errorf("make a temporary folder: %w; set TMPDIR to one that can be written", err)
	}
	a.temps = append(a.temps, dir)
	return dir, nil
}

func (a *app) cleanUp() {
	for _, w := range []io.Writer{a.out, a.errs} {
		if held, ok := w.(*plain.Writer); ok {
			_ = held.Flush()
		}
	}
	for _, dir := range a.temps {
		_ = os.RemoveAll(dir)
	}
	for _, dir := range a.made {
		_ = os.Remove(dir) // only when it is empty
	}
}

// terminal reports whether a stream is a terminal, and its width.
func terminal(stream any) (width int, ok bool) {
	f, isFile := stream.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	return width, err == nil
}

// color reports whether output may be coloured.
func (a *app) color() bool {
	_, tty := terminal(a.screen.out)
	return tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "rehearse",
		Short: "Rehearse a Salesforce package upgrade before any customer sees it",
		Long: `Rehearse a Salesforce package upgrade before any customer sees it.

It builds simulated orgs, pristine and messy, installs the old version of a
package from its real source, upgrades it, runs its real post-install script,
and reports what that broke and why.

  rehearse run                    the suite in ./rehearse.yaml, else the built-in quickstart
  rehearse init                   write a suite for the package in this clone
  rehearse upgrade                in a clone: the last release to the files as they are
  rehearse upgrade --package PATH --from REF --to REF
  rehearse sweep PATH             every release against its predecessor
` + exitHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errs)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return badInput{fmt.Errorf("%w; see: %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(a.initCommand(), a.runCommand(), a.upgradeCommand(), a.sweepCommand(), a.bisectCommand(), a.compareCommand(), a.reportCommand(), a.uninstallCommand(), a.packageCommand(), a.orgCommand(),
		a.soqlCommand(), a.formulaCommand(), a.apexCommand(), a.probeCommand(), a.schemaCommand(), a.versionCommand())
	return root
}

// noArguments refuses arguments; on a command that only groups others they are
// names that it does not know.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return badInput{fmt.Errorf("%s takes no arguments, got %q; see: %s --help", cmd.CommandPath(), args[0], cmd.CommandPath())}
	}
	cmd.SuggestionsMinimumDistance = 2
	hint := "see: " + cmd.CommandPath() + " --help"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return badInput{fmt.Errorf("unknown command %q; %s", args[0], hint)}
}

// arguments demands so many arguments, naming them.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		return badInput{fmt.Errorf("%s needs %s; see: %s --help", cmd.CommandPath(), strings.Join(names, " and "), cmd.CommandPath())}
	}
}
