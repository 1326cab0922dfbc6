package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
)

// storeFlags say which database the orgs of a run live in.
type storeFlags struct {
	kind, dsn, image string
}

func (f *storeFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.kind, "store", "embedded", "where orgs live while they are worked on: embedded, or postgres")
	flags.StringVar(&f.dsn, "dsn", "", "`postgres://…` server for --store postgres (default: a container that is started and removed)")
	flags.StringVar(&f.image, "postgres-image", "", "container image for --store postgres (default: $REHEARSE_POSTGRES_IMAGE, else "+postgres.DefaultImage+")")
}

// check refuses flags that contradict each other.
func (f *storeFlags) check() error {
	switch {
	case f.kind != "embedded" && f.kind != "postgres":
		return badInput{fmt.Errorf("--store %s: choose embedded or postgres", f.kind)}
	case f.kind == "embedded" && (f.dsn != "" || f.image != ""):
		return badInput{errors.New("--dsn and --postgres-image go with --store postgres")}
	}
	return nil
}

// args are the flags that choose the same store again.
func (f *storeFlags) args() []string {
	if f.kind != "postgres" {
		return nil
	}
	args := []string{"--store", "postgres"}
	if f.image != "" {
		args = append(args, "--postgres-image", f.image)
	}
	return args // a DSN may hold a password: it is not repeated
}

// open makes ready what gives each org its database. The second function
// drops all of it.
func (f *storeFlags) open(ctx context.Context) (func(context.Context) (store.Store, error), func() error, error) {
	if f.kind != "postgres" {
		return embedded, func() error { return nil }, nil
	}
	srv, err := postgres.NewServer(ctx, postgres.Options{DSN: f.dsn, Image: f.image})
	if err != nil {
		return nil, nil, err
	}
	return srv.New, srv.Close, nil
}

func embedded(ctx context.Context) (store.Store, error) { return sqlite.New(ctx) }
