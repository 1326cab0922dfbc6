package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/modules/postgres"
	"github.com/testcontainers/testcontainers-go/wait"
)

// container is a server started for one run.
type container struct {
	dsn     string
	running *postgres.PostgresContainer
}

// The labels by which containers of runs that died are found. Where
// testcontainers' own reaper runs, it has removed them before.
const (
	labelRun     = "rehearse.run"
	labelMachine = "rehearse.machine"
	labelProcess = "rehearse.process"
)

// Unavailable is the error when there is no server to be had. It says both
// ways out.
type Unavailable struct{ Cause error }

// Error says why there is no server and what can be done.
func (e *Unavailable) Error() string {
	return fmt.Sprintf("start PostgreSQL in a container: %v; start Docker, or name a server of your own with --dsn postgres://user:password@host:5432/postgres", e.Cause)
}

// Unwrap gives what Docker said.
func (e *Unavailable) Unwrap() error { return e.Cause }

// settings suit a server whose data nobody needs after the run.
var settings = []string{"postgres", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
	"-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB",
	"-c", "checkpoint_timeout=30min", "-c", "work_mem=32MB", "-c", "maintenance_work_mem=128MB", "-c", "jit=off"}

// startTime is how long a server may take to start: many that start at once on
// a small computer take turns.
const startTime = 5 * time.Minute

func startContainer(ctx context.Context, image, run string) (*container, error) {
	if image == "" {
		image = os.Getenv("REHEARSE_POSTGRES_IMAGE")
	}
	if image == "" {
		image = DefaultImage
	}
	if err := checkDocker(ctx); err != nil {
		return nil, &Unavailable{err}
	}
	if err := sweepContainers(ctx); err != nil {
		return nil, &Unavailable{fmt.Errorf("remove containers of earlier runs: %w", err)}
	}
	me := thisProcess()
	c, err := postgres.Run(ctx, image,
		testcontainers.WithLogger(log.New(io.Discard, "", 0)),
		testcontainers.WithLabels(map[string]string{labelRun: run, labelMachine: me.Machine, labelProcess: strconv.Itoa(me.Process)}),
		testcontainers.WithCmd(settings...),
		testcontainers.WithWaitStrategyAndDeadline(startTime,
			wait.ForLog("database system is ready to accept connections").WithOccurrence(2).WithStartupTimeout(startTime),
			wait.ForListeningPort("5432/tcp").WithStartupTimeout(startTime)))
	out := &container{running: c}
	if err == nil {
		out.dsn, err = c.ConnectionString(ctx, "sslmode=disable")
	}
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		} else {
			err = &Unavailable{fmt.Errorf("image %s: %w", image, err)}
		}
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return nil, errors.Join(err, out.stop(stopping))
	}
	return out, nil
}

// silence keeps the library's own log out of ours. Its logger is one for the
// whole process, set without a lock.
var silence = sync.OnceFunc(func() { tclog.SetDefault(log.New(io.Discard, "", 0)) })

// checkDocker finds out whether Docker answers.
func checkDocker(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics when it finds no engine
			err = fmt.Errorf("docker does not answer: %v", p)
		}
	}()
	silence()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return fmt.Errorf("docker does not answer: %w", err)
	}
	defer provider.Close()
	if err := provider.Health(ctx); err != nil {
		return fmt.Errorf("docker does not answer: %w", err)
	}
	return nil
}

// sweepContainers removes the containers of runs whose process is gone from
// this machine.
func sweepContainers(ctx context.Context) error {
	docker, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return err
	}
	defer docker.Close()
	list, err := docker.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: client.Filters{}.Add("label", labelRun)})
	if err != nil {
		return err
	}
	for _, c := range list.Items {
		process, _ := strconv.Atoi(c.Labels[labelProcess])
		who := owner{Machine: c.Labels[labelMachine], Process: process}
		if !who.isDead() {
			continue
		}
		// That another run removes it, or has, is as good.
		_, err := docker.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		if err != nil && !errdefs.IsNotFound(err) && !errdefs.IsConflict(err) {
			return err
		}
	}
	return nil
}

// stop removes the container with all that is in it.
func (c *container) stop(ctx context.Context) error {
	if c.running == nil {
		return nil
	}
	if err := testcontainers.TerminateContainer(c.running, testcontainers.StopContext(ctx), testcontainers.StopTimeout(0)); err != nil {
		return fmt.Errorf("remove the container of PostgreSQL: %w; the next run will try again", err)
	}
	return nil
}
