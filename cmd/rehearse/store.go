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

// stores gives each org of a run its database.
type stores struct {
	New    func(context.Context) (store.Store, error)
	server *postgres.Server // nil for the embedded store
}

// open makes ready where the orgs of a run live; close drops all of it.
func (f *storeFlags) open(ctx context.Context) (*stores, error) {
	if f.kind != "postgres" {
		return &stores{New: embedded}, nil
	}
	srv, err := postgres.NewServer(ctx, postgres.Options{DSN: f.dsn, Image: f.image})
	if err != nil {
		return nil, err
	}
	return &stores{srv.New, srv}, nil
}

// load opens an .org file as the database of an org.
func (s *stores) load(ctx context.Context, path string) (store.Store, error) {
	if s.server == nil {
		return sqlite.Open(ctx, path)
	}
	return s.server.Load(ctx, path)
}

func (s *stores) close() error {
	if s.server == nil {
		return nil
	}
	return s.server.Close()
}

// server connects to the server that keeps orgs.
func (f *storeFlags) server(ctx context.Context) (*postgres.Server, error) {
	if f.dsn == "" {
		return nil, badInput{errors.New("orgs are kept on a server that stays: name it with --dsn postgres://user:password@host:5432/postgres")}
	}
	return postgres.Connect(ctx, postgres.Options{DSN: f.dsn})
}

func embedded(ctx context.Context) (store.Store, error) { return sqlite.New(ctx) }
