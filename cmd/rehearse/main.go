// Command rehearse rehearses Salesforce package upgrades on simulated orgs.
//
// Each command has a file of its own: its flags, its help, and the calls that
// carry it out; there is no logic of the simulator here. Results go to stdout,
// progress and errors to stderr. The exit status is 0 when nothing was found,
// 1 when something was, 2 for bad usage or input, 3 when something could not
// run.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // orgs have time zones, whatever the machine knows
)

// version is set when a release is built.
var version = "0.1.0-dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the process at once
	}()
	os.Exit(execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// execute runs one command line and gives its exit status.
func execute(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	a := newApp(in, out, errs)
	defer a.cleanUp()
	root := a.root()
	root.SetArgs(args)
	return a.exitStatus(root.ExecuteContext(ctx))
}
