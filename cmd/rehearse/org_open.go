package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
)

// orgFlags say which org a command is about: an .org file, or one that a
// PostgreSQL server keeps.
type orgFlags struct {
	name  string // of the file, or of the org on the server
	store storeFlags
}

const keptHelp = `
With --store postgres --dsn postgres://… the org is one that the server keeps,
given by its name; 'rehearse org list' shows which there are.
`

func (f *orgFlags) add(cmd *cobra.Command, usage string) {
	cmd.Flags().StringVar(&f.name, "org", "", usage)
	f.addStore(cmd)
}

func (f *orgFlags) addStore(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.store.kind, "store", "embedded", "where the org is: embedded (an .org file), or postgres")
	flags.StringVar(&f.store.dsn, "dsn", "", "`postgres://…` server that keeps the org")
}

// with opens the org for a call. What the call writes to an .org file is lost
// unless it saves it; what it writes to a kept org stays.
func (f *orgFlags) with(ctx context.Context, call func(*org.Org) error) error {
	if err := f.store.check(); err != nil {
		return err
	}
	if f.store.kind != "postgres" {
		o, err := openOrg(ctx, f.name)
		if err != nil {
			return err
		}
		return errors.Join(call(o), o.Close())
	}
	return f.onServer(ctx, func(srv *postgres.Server) error {
		o, err := openKept(ctx, srv, f.name)
		if err != nil {
			return err
		}
		return errors.Join(call(o), o.Close())
	})
}

// look opens the org for a call that leaves no trace in it.
func (f *orgFlags) look(ctx context.Context, call func(*org.Org) error) error {
	return f.with(ctx, func(o *org.Org) error {
		return o.Undone(ctx, func() error { return call(o) })
	})
}

// change opens the org for a call whose outcome takes the place of the org
// when it succeeds.
func (f *orgFlags) change(ctx context.Context, call func(*org.Org) error) error {
	if f.store.kind != "postgres" {
		return f.with(ctx, func(o *org.Org) error {
			if err := call(o); err != nil {
				return err
			}
			return o.Save(ctx, f.name)
		})
	}
	if err := f.store.check(); err != nil {
		return err
	}
	return f.onServer(ctx, func(srv *postgres.Server) error {
		kept, err := openKept(ctx, srv, f.name)
		if err != nil {
			return err
		}
		o, err := kept.Fork(ctx, "")
		if err = errors.Join(err, kept.Close()); err != nil {
			return err
		}
		if err = call(o); err == nil {
			err = o.Keep(ctx)
		}
		if err == nil {
			err = srv.Replace(ctx, o.Store(), f.name)
		}
		return errors.Join(err, o.Close())
	})
}

// onServer connects to the server for a call.
func (f *orgFlags) onServer(ctx context.Context, call func(*postgres.Server) error) error {
	srv, err := f.store.server(ctx)
	if err != nil {
		return err
	}
	return errors.Join(call(srv), srv.Close())
}

// openKept opens an org of a server; a name that it does not know is bad input.
func openKept(ctx context.Context, srv *postgres.Server, name string) (*org.Org, error) {
	st, err := srv.Open(ctx, name)
	var none *postgres.NoOrg
	if errors.As(err, &none) {
		return nil, badInput{err}
	}
	if err != nil {
		return nil, err
	}
	o, err := org.OpenIn(ctx, st, name)
	if err != nil {
		return nil, fmt.Errorf("open org %s: %w", name, err)
	}
	return o, nil
}
