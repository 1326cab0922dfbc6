package harness

import (
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"
)

// gauge looks at how much memory lives in the process, for those who want to
// know the most of it while they were at work.
type gauge struct {
	mu       sync.Mutex
	watchers map[*int64]bool // bytes at the peak
	quit     chan struct{}
}

// every is how often a gauge looks.
const every = 50 * time.Millisecond

func newGauge() *gauge {
	g := &gauge{watchers: map[*int64]bool{}, quit: make(chan struct{})}
	go func() {
		ticks := time.NewTicker(every)
		defer ticks.Stop()
		for {
			select {
			case <-g.quit:
				return
			case <-ticks.C:
				g.look()
			}
		}
	}()
	return g
}

// look notes what there is now.
func (g *gauge) look() {
	now := resident()
	g.mu.Lock()
	defer g.mu.Unlock()
	for peak := range g.watchers {
		*peak = max(*peak, now)
	}
}

// resident is the memory of the process in bytes: what the system says of it,
// databases included, else what the runtime holds.
func resident() int64 {
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			if pages, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				return pages * int64(os.Getpagesize())
			}
		}
	}
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// watch begins to note the peak; the function that comes back ends it and gives
// the peak in megabytes.
func (g *gauge) watch() func() int64 {
	peak := new(int64)
	g.mu.Lock()
	g.watchers[peak] = true
	g.mu.Unlock()
	return func() int64 {
		g.look()
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.watchers, peak)
		return *peak >> 20
	}
}

func (g *gauge) stop() { close(g.quit) }
