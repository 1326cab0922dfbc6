package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
	"github.com/rehearsal-dev/rehearsal/scenarios"
)

// TestFaultsOfTheServer lets the server fail in the middle of the first of
// several scenarios. That one is not run and says why; the others come to the
// same verdict as on the embedded store; nothing is left behind.
func TestFaultsOfTheServer(t *testing.T) {
	t.Parallel()
	pgtest.Server(t) // skips where there is none
	plan := faultPlan(t)
	want := verdicts(t, plan, builder{store: embedded, load: (&stores{}).load}, nil)
	for _, c := range []struct {
		name  string
		start func(*testing.T) (postgres.Options, string) // "" or the container
		fault func(t *testing.T, srv *postgres.Server, container string)
		mend  func(t *testing.T, container string)
		cause string
	}{
		{name: "container restarted", fault: func(t *testing.T, srv *postgres.Server, _ string) {
			docker(t, "restart", "-t", "5", containerOf(t, srv))
		}},
		{name: "container killed", fault: func(t *testing.T, srv *postgres.Server, _ string) { docker(t, "kill", containerOf(t, srv)) }},
		{name: "container removed", fault: func(t *testing.T, srv *postgres.Server, _ string) { docker(t, "rm", "-fv", containerOf(t, srv)) }},
		{name: "disk full", start: smallDisk, cause: "could not ",
			fault: func(t *testing.T, _ *postgres.Server, container string) {
				_ = exec.Command("docker", "exec", container, "sh", "-c", "cat /dev/zero > $PGDATA/fill").Run() // ends when there is no room
			},
			mend: func(t *testing.T, container string) {
				docker(t, "exec", container, "rm", "/var/lib/postgresql/data/fill")
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			opt, container := postgres.Options{}, ""
			if c.start != nil {
				opt, container = c.start(t)
			}
			srv, err := postgres.NewServer(t.Context(), opt)
			if err != nil {
				pgtest.SkipWithout(t, err)
			}
			s := &stores{srv.New, srv}
			h := &meddler{plan: plan, fault: func() { c.fault(t, srv, container) }}
			if c.mend != nil {
				h.mend = func() { c.mend(t, container) }
			}
			got := verdicts(t, plan, builder{store: s.New, load: s.load}, h)
			last := ""
			if opt.DSN == "" {
				last = containerOf(t, srv)
			}
			if err := s.close(); err != nil {
				t.Errorf("clean up after the fault: %v", err)
			}
			if last != "" && strings.Contains(docker(t, "ps", "-aq", "--no-trunc"), last) {
				t.Error("the container of the run is left")
			}
			if opt.DSN != "" {
				none(t, opt.DSN, srv)
			}
			for i := range got {
				switch {
				case i == 0 && (got[i].Status != harness.CouldNotRun || got[i].Error == "" || len(got[i].Findings) > 0 || !strings.Contains(got[i].Error, c.cause)):
					t.Errorf("the scenario in which the server failed: %s, %d findings, %q; want it not run for %q", got[i].Status, len(got[i].Findings), got[i].Error, c.cause)
				case i > 0 && !bytes.Equal(encoded(t, got[i]), encoded(t, want[i])):
					t.Errorf("scenario %s: %s %q, on the embedded store %s", got[i].ID, got[i].Status, got[i].Error, want[i].Status)
				}
			}
		})
	}
}

func faultPlan(t *testing.T) *harness.Plan {
	t.Helper()
	suite, err := scenarios.Builtin(scenarios.Quickstart, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i := range suite.Orgs {
		suite.Orgs[i].Records = 30
	}
	plan, err := harness.NewPlan(suite)
	if err == nil {
		plan, err = plan.Only("toolshed/1.0-to")
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func verdicts(t *testing.T, plan *harness.Plan, b builder, h harness.Progress) []harness.Scenario {
	t.Helper()
	r, err := harness.Run(t.Context(), plan, harness.RunOptions{Builder: b, Jobs: 1, Progress: h})
	if err != nil {
		t.Fatal(err)
	}
	return r.Scenarios
}

func encoded(t *testing.T, sc harness.Scenario) []byte {
	t.Helper()
	data, err := json.Marshal(sc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// meddler makes the server fail when the first scenario upgrades its org.
type meddler struct {
	plan        *harness.Plan
	fault, mend func()
	once, again sync.Once
}

func (*meddler) Reading(string)                {}
func (*meddler) Warned(string, diag.List)      {}
func (*meddler) Started(*harness.Planned, int) {}
func (m *meddler) Step(sc *harness.Planned, _ int, what string) {
	if sc.ID == m.plan.Scenarios[0].ID && strings.HasPrefix(what, "upgrading") {
		m.once.Do(m.fault)
	}
}
func (m *meddler) Finished(*harness.Planned, harness.Status, int) {
	if m.mend != nil {
		m.again.Do(m.mend)
	}
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Errorf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// containerOf finds the container of a server by its port.
func containerOf(t *testing.T, srv *postgres.Server) string {
	t.Helper()
	for _, word := range strings.Fields(srv.DSN()) {
		if port, ok := strings.CutPrefix(word, "port="); ok {
			return docker(t, "ps", "-q", "--no-trunc", "--filter", "publish="+port)
		}
	}
	return ""
}

func ask(t *testing.T, dsn, sql string) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		t.Error(err)
		return nil
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Error(err)
	}
	return out
}

// none demands that a run has no database left.
func none(t *testing.T, dsn string, srv *postgres.Server) {
	t.Helper()
	if left := ask(t, dsn, `SELECT datname::text FROM pg_database WHERE datname LIKE 'rehearse\_`+srv.RunNumber()+`\_%'`); len(left) > 0 {
		t.Errorf("databases are left: %v", left)
	}
}

// smallDisk starts a server whose databases lie on a small disk.
func smallDisk(t *testing.T) (postgres.Options, string) {
	t.Helper()
	image := os.Getenv("REHEARSE_POSTGRES_IMAGE")
	if image == "" {
		image = postgres.DefaultImage
	}
	if prefix := os.Getenv("TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX"); prefix != "" {
		image = prefix + "/" + image
	}
	id := docker(t, "run", "-d", "-p", "127.0.0.1::5432", "-e", "POSTGRES_PASSWORD=small", "-e", "PGDATA=/var/lib/postgresql/data",
		"-e", "POSTGRES_INITDB_ARGS=--waldir=/tmp/wal", "--tmpfs", "/var/lib/postgresql/data:size=400m", image)
	t.Cleanup(func() { docker(t, "rm", "-fv", id) })
	address, _, _ := strings.Cut(docker(t, "port", id, "5432/tcp"), "\n")
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	dsn := "postgres://postgres:small@" + net.JoinHostPort(host, port) + "/postgres?sslmode=disable"
	for range 150 {
		if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
			_ = conn.Close(t.Context())
			return postgres.Options{DSN: dsn}, id
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("the server on a small disk does not start: ", docker(t, "logs", id))
	return postgres.Options{}, ""
}
