package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/fixtures"
	"github.com/rehearsal-dev/rehearsal/harness/build"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

func (a *app) apexRunCommand() *cobra.Command {
	var code string
	var in orgFlags
	var limits bool
	cmd := &cobra.Command{
		Use:   "run FILE | run -e CODE",
		Short: "Run anonymous Apex",
		Long: `Run anonymous Apex in an org, or in a pristine one without --org. What
System.debug prints goes to stdout, with --limits the governor limits it used
after that. The org is not changed. FILE may be - for stdin.
` + keptHelp + `
Exit status: 0 it ran, 1 it threw an exception, 2 bad usage or code that does
not compile, 3 could not run.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if (code == "") == (len(args) == 0) || len(args) > 1 {
				return badInput{fmt.Errorf("give a FILE or -e CODE, one of them; see: %s --help", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				data, err := a.readFile(args[0])
				if err != nil {
					return badInput{fmt.Errorf("read Apex: %w", err)}
				}
				code = string(data)
			}
			return a.runApex(cmd.Context(), &in, code, limits)
		},
	}
	cmd.Flags().StringVarP(&code, "execute", "e", "", "`CODE` to run")
	cmd.Flags().BoolVar(&limits, "limits", false, "print the governor limits used")
	in.add(cmd, "`FILE.org` to run in")
	return cmd
}

// maxCode is far more than the characters that all code of an org may have.
const maxCode = 16 << 20

// readFile reads code of a file, or of standard input for "-". How long a pipe or
// a device is can not be known before.
func (a *app) readFile(path string) ([]byte, error) {
	in := a.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	code, err := io.ReadAll(io.LimitReader(in, maxCode+1))
	if err == nil && len(code) > maxCode {
		err = fmt.Errorf("%s is larger than %d MiB", path, maxCode>>20)
	}
	return code, err
}

func (a *app) runApex(ctx context.Context, in *orgFlags, code string, limits bool) error {
	run := func(o *org.Org) error { return a.runIn(ctx, o, code, limits) }
	if in.name != "" {
		return in.look(ctx, run)
	}
	if in.store.kind != "embedded" {
		return badInput{errors.New("say which org of the server to run in: --org NAME")}
	}
	built, err := fixtures.Builder{Store: embedded}.Build(ctx, build.Request{Org: suite.Org{Name: "pristine", Recipe: "pristine"}})
	if err != nil {
		return err
	}
	return errors.Join(run(built.Org), built.Org.Close())
}

func (a *app) runIn(ctx context.Context, o *org.Org, code string, limits bool) error {
	result, err := o.Run(ctx, org.TxOptions{Cause: "anonymous Apex"}, func(tx *org.Tx) error {
		return tx.Anonymous(ctx, code)
	})
	for _, line := range result.Debug {
		fmt.Fprintln(a.out, line)
	}
	if limits {
		a.printLimits(result.Limits)
	}
	if n := len(result.Jobs); n > 0 && err == nil {
		fmt.Fprintf(a.errs, "%s enqueued, which will not run: the org is not kept\n", counted(n, "job"))
	}
	for _, e := range o.Ledger().Entries() {
		if e.Status == ledger.Unsupported {
			fmt.Fprintf(a.errs, "not simulated: %s %s\n", e.Name, e.Note)
		}
	}
	var thrown *org.ApexError
	var list diag.List
	switch {
	case errors.As(err, &thrown):
		fmt.Fprintf(a.errs, "%s\n%s\n", thrown, thrown.Stack())
		return status(exitFindings)
	case errors.As(err, &list):
		return badInput{err}
	}
	return err
}

// printLimits prints a line a limit: its name as the Limits class has it, what
// was used and what is allowed.
func (a *app) printLimits(limits []org.LimitUse) {
	for _, l := range limits {
		name := l.Name
		if l.Namespace != "" {
			name = l.Namespace + "." + name
		}
		fmt.Fprintf(a.out, "%s: %d of %d\n", name, l.Used, l.Max)
	}
}
