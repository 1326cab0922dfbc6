package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
)

func (a *app) orgSaveCommand() *cobra.Command {
	f := orgFlags{}
	cmd := &cobra.Command{
		Use:   "save NAME FILE.org --store postgres --dsn postgres://…",
		Short: "Copy an org that a server keeps to an .org file",
		Long: `Copy an org that a PostgreSQL server keeps to an .org file, which every command
opens and 'rehearse org load' takes back. The org on the server stays.
` + exitHelp,
		Args: arguments("a NAME", "a FILE.org"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.name = args[0]
			if err := f.onlyServer(); err != nil {
				return err
			}
			if err := a.checkOutputs(args[1]); err != nil {
				return err
			}
			err := f.with(cmd.Context(), func(o *org.Org) error { return o.Store().Save(cmd.Context(), args[1]) })
			if err == nil {
				fmt.Fprintf(a.errs, "wrote %s\n", args[1])
			}
			return err
		},
	}
	f.addStore(cmd)
	return cmd
}

func (a *app) orgLoadCommand() *cobra.Command {
	f := orgFlags{}
	cmd := &cobra.Command{
		Use:   "load FILE.org NAME --store postgres --dsn postgres://…",
		Short: "Copy an .org file to a server that keeps it",
		Long: `Copy an .org file to a PostgreSQL server, which keeps it under NAME: up to 40
small letters, digits, dots, dashes and underscores.
` + exitHelp,
		Args: arguments("a FILE.org", "a NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.onlyServer(); err != nil {
				return err
			}
			ctx := cmd.Context()
			o, err := openOrg(ctx, args[0]) // what is wrong with the file is told before the server is asked
			if err != nil {
				return err
			}
			if err := o.Close(); err != nil {
				return err
			}
			return f.onServer(ctx, func(srv *postgres.Server) error {
				st, err := srv.Load(ctx, args[0])
				if err != nil {
					return err
				}
				return errors.Join(a.keep(ctx, srv, st, args[1]), st.Close())
			})
		},
	}
	f.addStore(cmd)
	return cmd
}

// keep gives an org its name on the server; a name that will not do is bad
// input.
func (a *app) keep(ctx context.Context, srv *postgres.Server, st store.Store, name string) error {
	if err := badName(srv.Keep(ctx, st, name)); err != nil {
		return err
	}
	fmt.Fprintf(a.errs, "kept org %s\n", name)
	return nil
}

// badName marks the error of a name that will not do as bad input.
func badName(err error) error {
	var bad *postgres.BadName
	if errors.As(err, &bad) {
		return badInput{err}
	}
	return err
}

func (a *app) orgListCommand() *cobra.Command {
	f := orgFlags{}
	cmd := &cobra.Command{
		Use:   "list --store postgres --dsn postgres://…",
		Short: "List the orgs that a server keeps",
		Long:  "List the names of the orgs that a PostgreSQL server keeps, sorted.\n" + exitHelp,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.onlyServer(); err != nil {
				return err
			}
			return f.onServer(cmd.Context(), func(srv *postgres.Server) error {
				names, err := srv.Orgs(cmd.Context())
				for _, name := range names {
					fmt.Fprintln(a.out, name)
				}
				return err
			})
		},
	}
	f.addStore(cmd)
	return cmd
}

func (a *app) orgRemoveCommand() *cobra.Command {
	f := orgFlags{}
	cmd := &cobra.Command{
		Use:   "remove NAME --store postgres --dsn postgres://…",
		Short: "Drop an org that a server keeps",
		Long:  "Drop an org that a PostgreSQL server keeps, for good.\n" + exitHelp,
		Args:  arguments("a NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.onlyServer(); err != nil {
				return err
			}
			return f.onServer(cmd.Context(), func(srv *postgres.Server) error {
				err := srv.Remove(cmd.Context(), args[0])
				var none *postgres.NoOrg
				if errors.As(err, &none) {
					return badInput{err}
				}
				return err
			})
		},
	}
	f.addStore(cmd)
	return cmd
}

// onlyServer refuses commands about kept orgs without the flags for a server.
func (f *orgFlags) onlyServer() error {
	if f.store.kind != "postgres" {
		return badInput{errors.New("this is about orgs that a server keeps: add --store postgres --dsn postgres://user:password@host:5432/postgres")}
	}
	return nil
}
