package reports_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/reports"
)

const writeForever = "REHEARSE_TEST_WRITE_REPORTS"

var outcomes = regexp.MustCompile(`outcome[": =a-z]*([0-9a-f]{16})`)

// shown lists the outcomes of the files of a report, by file.
func shown(t *testing.T, dir string) map[string]string {
	t.Helper()
	have := map[string]string{}
	for _, name := range []string{"result.json", "junit.xml", "report.md", "index.html"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		m := outcomes.FindSubmatch(data)
		if m == nil {
			t.Fatalf("%s does not say of which outcome it is", name)
		}
		have[name] = string(m[1])
	}
	return have
}

func mixed(have map[string]string) bool {
	seen := map[string]bool{}
	for _, outcome := range have {
		seen[outcome] = true
	}
	return len(seen) > 1
}

// TestKilledWhileWriting ends a process again and again while it replaces a
// report. What it leaves is never of two runs, and the next run shows the whole.
func TestKilledWhileWriting(t *testing.T) {
	if dir := os.Getenv(writeForever); dir != "" {
		r := example(t)
		for i := 0; ; i++ {
			r.Seed = uint64(i)
			r.Summarise()
			if _, err := reports.Write(dir, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Parallel()
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 40 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledWhileWriting$")
		cmd.Env = append(os.Environ(), writeForever+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); len(shown(t, dir)) == 0 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(random.IntN(40_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if have := shown(t, dir); mixed(have) {
			t.Fatalf("kill %d left files of several runs: %v", i, have)
		}
		past := time.Now().Add(-time.Minute)
		_ = os.Chtimes(filepath.Join(dir, ".report-whole"), past, past)
		if err := reports.Probe(dir); err != nil {
			t.Fatal(err)
		}
		if have := shown(t, dir); len(have) != 4 || mixed(have) {
			t.Fatalf("after kill %d and a new start there is %v", i, have)
		}
	}
}

// TestWritersTogether lets several write into one folder at once.
func TestWritersTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	done := make(chan error)
	for i := range 4 {
		go func() {
			r := example(t)
			r.Seed = uint64(i)
			r.Summarise()
			var err error
			for range 5 {
				if _, e := reports.Write(dir, r); e != nil {
					err = fmt.Errorf("writer %d: %w", i, e)
				}
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if have := shown(t, dir); len(have) != 4 || mixed(have) {
		t.Errorf("after four writers there is %v", have)
	}
}
