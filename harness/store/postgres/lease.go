package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
)

// A lease is a comment on the model database of a run: who the run is and
// until when it is surely alive, by the server's clock.

const (
	leaseTime  = 2 * time.Minute
	leaseRenew = 20 * time.Second
)

// owner tells the process of a run from others.
type owner struct {
	Machine string `json:"machine"` // "" where machines can not be told apart
	Process int    `json:"process"`
}

// runNumber is a number that no other run has. It is in no result.
func runNumber() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func appName(run string) string { return "rehearse " + run }

// thisProcess is the owner that this process is. Process numbers mean something
// only within one boot of one machine and one namespace of processes.
func thisProcess() owner {
	o := owner{Process: os.Getpid()}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, err2 := os.Readlink("/proc/self/ns/pid")
	if err == nil && err2 == nil {
		o.Machine = strings.TrimSpace(string(boot)) + " " + space
	}
	return o
}

// isDead reports whether the process is known to have ended.
func (o owner) isDead() bool {
	me := thisProcess()
	if o.Machine == "" || o.Machine != me.Machine || runtime.GOOS != "linux" {
		return false
	}
	p, err := os.FindProcess(o.Process)
	if err != nil {
		return true
	}
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

// renew writes the lease.
func (srv *Server) renew(ctx context.Context) error {
	who, err := json.Marshal(thisProcess())
	if err != nil {
		return err
	}
	return srv.manage(ctx, fmt.Sprintf(`DO $do$ BEGIN EXECUTE format('COMMENT ON DATABASE %s IS %%L', '%s ' || extract(epoch FROM now() + interval '%d seconds')::bigint); END $do$`,
		table.Quote(srv.model), strings.ReplaceAll(string(who), "'", "''"), int(leaseTime.Seconds())))
}

// keepLease renews the lease until the run ends. A failure is left to the next
// time: the calls of the stores report what is wrong with the server.
func (srv *Server) keepLease(ctx context.Context) {
	defer close(srv.stopped)
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			srv.admin.Lock()
			_ = srv.renew(ctx)
			srv.admin.Unlock()
		}
	}
}

var ourName = regexp.MustCompile(`^rehearse_([0-9a-f]{12})_[0-9]+$`)

// found is a run of which the server has databases.
type found struct {
	names    []string
	owner    owner
	expired  bool
	sessions bool
}

// sweep drops the databases of runs that have died: those whose process is
// gone from this machine, and those whose lease has run out and who have no
// session left.
func (srv *Server) sweep(ctx context.Context) error {
	runs, err := srv.findRuns(ctx)
	if err != nil {
		return err
	}
	for _, run := range slices.Sorted(maps.Keys(runs)) {
		r := runs[run]
		if run == srv.run || !r.owner.isDead() && (r.sessions || !r.expired) {
			continue
		}
		// The model goes last: it holds the lease by which the others are known.
		slices.SortFunc(r.names, func(a, b string) int { return strings.Compare(b, a) })
		for _, name := range r.names {
			if err := srv.session.script(ctx, "DROP DATABASE IF EXISTS "+table.Quote(name)+" WITH (FORCE)"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (srv *Server) findRuns(ctx context.Context) (map[string]*found, error) {
	rows, err := srv.ask(ctx, `SELECT d.datname, coalesce(shobj_description(d.oid, 'pg_database'), ''), extract(epoch FROM now())::bigint,
(SELECT count(*) FROM pg_stat_activity a WHERE a.application_name = 'rehearse ' || split_part(d.datname, '_', 2))
FROM pg_database d WHERE d.datname LIKE 'rehearse\_%' AND pg_has_role(d.datdba, 'USAGE')`)
	if err != nil {
		return nil, err
	}
	runs := map[string]*found{}
	for _, row := range rows {
		name, lease := string(row[0]), string(row[1])
		m := ourName.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		r := runs[m[1]]
		if r == nil {
			r = &found{expired: true}
			runs[m[1]] = r
		}
		r.names = append(r.names, name)
		r.sessions = r.sessions || string(row[3]) != "0"
		var now, until int64
		_, _ = fmt.Sscan(string(row[2]), &now)
		if who, end, ok := strings.Cut(lease, "} "); ok && json.Unmarshal([]byte(who+"}"), &r.owner) == nil {
			_, _ = fmt.Sscan(end, &until)
			r.expired = until < now
		}
	}
	return runs, nil
}

func sortedNames(m map[string]bool) []string {
	names := slices.Sorted(maps.Keys(m))
	slices.Reverse(names) // the model last
	return names
}
