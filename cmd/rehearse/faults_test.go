package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/fixtures"
	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/result"
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
	want := onEmbedded(t, plan)
	for _, c := range []struct {
		name  string
		fault func(t *testing.T, container string)
	}{
		{name: "container restarted", fault: func(t *testing.T, id string) { docker(t, "restart", "-t", "5", id) }},
		{name: "container killed", fault: func(t *testing.T, id string) { docker(t, "kill", id) }},
		{name: "container removed", fault: func(t *testing.T, id string) { docker(t, "rm", "-fv", id) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv, err := postgres.NewServer(t.Context(), postgres.Options{})
			if err != nil {
				pgtest.SkipWithout(t, err)
			}
			s := &stores{srv.New, srv}
			h := &meddler{plan: plan, fault: func() { c.fault(t, containerOf(t, srv)) }}
			got := verdicts(t, plan, builder{fixtures.Builder{Store: s.New}, s.load}, h)
			last := containerOf(t, srv)
			if err := s.close(); err != nil {
				t.Errorf("clean up after the fault: %v", err)
			}
			if last == "" || strings.Contains(docker(t, "ps", "-aq", "--no-trunc"), last) {
				t.Errorf("the container %q of the run is left", last)
			}
			firstNotRun(t, got, want, "")
		})
	}
}

func onEmbedded(t *testing.T, plan *plan.Plan) []result.Scenario {
	t.Helper()
	return verdicts(t, plan, builder{fixtures.Builder{Store: embedded}, (&stores{}).load}, nil)
}

// firstNotRun wants the first scenario not run, for a cause that names what
// happened, and the others as they should be.
func firstNotRun(t *testing.T, got, want []result.Scenario, cause string) {
	t.Helper()
	for i := range got {
		switch {
		case i == 0 && (got[i].Status != result.CouldNotRun || got[i].Error == "" || !strings.Contains(got[i].Error, cause) || len(got[i].Findings) > 0):
			t.Errorf("the scenario in which the server failed: %s, %d findings, %q; want it not run, with a cause (%q)", got[i].Status, len(got[i].Findings), got[i].Error, cause)
		case i > 0 && !bytes.Equal(encoded(t, got[i]), encoded(t, want[i])):
			t.Errorf("scenario %s: %s %q, on the embedded store %s", got[i].ID, got[i].Status, got[i].Error, want[i].Status)
		}
	}
}

// TestFaultsOfAServerThatStays cuts the connections of a run to a server of the
// user's own, and fills its disk.
func TestFaultsOfAServerThatStays(t *testing.T) {
	t.Parallel()
	plan := faultPlan(t)
	want := onEmbedded(t, plan)
	server, dsn := smallServer(t)
	const full = "/small/full"
	for _, c := range []struct{ name, fault, mended, cause string }{
		{name: "connections cut", cause: "conn",
			fault: `psql -U postgres -h /var/run/postgresql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'rehearse %'"`},
		{name: "disk full", cause: "the disk of the server is full", mended: "rm -f " + full,
			fault: "head -c 1500000 /dev/zero >/small/spare; cat /dev/zero 2>/dev/null >" + full + "; rm /small/spare"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, err := postgres.NewServer(t.Context(), postgres.Options{DSN: dsn})
			if err != nil {
				t.Fatal(err)
			}
			s := &stores{srv.New, srv}
			h := &meddler{plan: plan, fault: func() { docker(t, "exec", server, "sh", "-c", c.fault) }}
			if c.mended != "" {
				h.mend = func() { docker(t, "exec", server, "sh", "-c", c.mended) }
			}
			got := verdicts(t, plan, builder{fixtures.Builder{Store: s.New}, s.load}, h)
			if err := s.close(); err != nil {
				t.Errorf("clean up after the fault: %v", err)
			}
			firstNotRun(t, got, want, c.cause)
			if left := docker(t, "exec", server, "psql", "-U", "postgres", "-h", "/var/run/postgresql", "-Atc", "SELECT datname FROM pg_database WHERE datname LIKE 'rehearse%'"); left != "" {
				t.Errorf("databases are left: %s", left)
			}
		})
	}
}

// smallServer starts a server with little room, of the image that the runs
// would use. Its log has room of its own: without, a full disk ends a server.
func smallServer(t *testing.T) (id, dsn string) {
	t.Helper()
	pgtest.Server(t) // skips where there is none
	image := srvImage(t)
	id = docker(t, "run", "-d", "-e", "POSTGRES_PASSWORD=x", "-e", "PGDATA=/small/data", "--tmpfs", "/small:size=400m",
		"-e", "POSTGRES_INITDB_ARGS=--waldir=/log/wal", "--tmpfs", "/log:mode=1777", "-p", "127.0.0.1::5432", image)
	t.Cleanup(func() { docker(t, "rm", "-fv", id) })
	dsn = "postgres://postgres:x@" + docker(t, "port", id, "5432/tcp") + "/postgres"
	for range 120 {
		srv, err := postgres.Connect(t.Context(), postgres.Options{DSN: dsn})
		if err == nil {
			_ = srv.Close()
			return id, dsn
		}
		time.Sleep(500 * time.Millisecond)
	}
	t.Fatal("the small server does not answer")
	return
}

func srvImage(t *testing.T) string {
	t.Helper()
	srv, err := postgres.NewServer(t.Context(), postgres.Options{})
	if err != nil {
		pgtest.SkipWithout(t, err)
	}
	defer srv.Close()
	return docker(t, "inspect", "--format", "{{.Config.Image}}", containerOf(t, srv))
}

func faultPlan(t *testing.T) *plan.Plan {
	t.Helper()
	suite, err := scenarios.Builtin(scenarios.Quickstart, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i := range suite.Orgs {
		suite.Orgs[i].Records = 30
	}
	plan, err := plan.New(suite)
	if err == nil {
		plan, err = plan.Only("toolshed/1.0-to")
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func verdicts(t *testing.T, plan *plan.Plan, b builder, h harness.Progress) []result.Scenario {
	t.Helper()
	r, err := harness.Run(t.Context(), plan, harness.RunOptions{Builder: b, Jobs: 1, Progress: h})
	if err != nil {
		t.Fatal(err)
	}
	return r.Scenarios
}

func encoded(t *testing.T, sc result.Scenario) []byte {
	t.Helper()
	data, err := json.Marshal(sc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// meddler makes the server fail when the first scenario upgrades its org.
type meddler struct {
	plan        *plan.Plan
	fault, mend func() // mend, when the scenario has ended; nil for nothing
	once        sync.Once
}

func (*meddler) Reading(string)              {}
func (*meddler) Warned(string, diag.List)    {}
func (*meddler) Started(*plan.Scenario, int) {}
func (m *meddler) Step(sc *plan.Scenario, _ int, what string) {
	if sc.ID == m.plan.Scenarios[0].ID && strings.HasPrefix(what, "upgrading") {
		m.once.Do(m.fault)
	}
}
func (m *meddler) Finished(sc *plan.Scenario, _ result.Status, _ int) {
	if m.mend != nil && sc.ID == m.plan.Scenarios[0].ID {
		m.mend()
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
