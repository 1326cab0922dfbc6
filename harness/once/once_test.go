package once_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/once"
)

// TestDo runs the function once, whatever the number of callers.
func TestDo(t *testing.T) {
	t.Parallel()
	var o once.Once
	var ran atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { o.Do(func() { ran.Add(1) }) })
	}
	group.Wait()
	if n := ran.Load(); n != 1 {
		t.Errorf("ran %d times", n)
	}
}

// TestFailureStays makes every caller fail after the first one did.
func TestFailureStays(t *testing.T) {
	t.Parallel()
	var o once.Once
	ran := 0
	for range 3 {
		func() {
			defer func() {
				if p := recover(); p != "broken" {
					t.Errorf("recovered %v", p)
				}
			}()
			o.Do(func() { ran++; panic("broken") })
			t.Error("went on after a failure")
		}()
	}
	if ran != 1 {
		t.Errorf("ran %d times", ran)
	}
}

// TestNobodyForgetsFailures looks for the Once of package sync, which counts
// work that failed as done.
func TestNobodyForgetsFailures(t *testing.T) {
	t.Parallel()
	forgetful := regexp.MustCompile(`\bsync\.Once\b`)
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "once/") {
			return err
		}
		text, err := os.ReadFile("../" + path)
		if err == nil && forgetful.Match(text) {
			t.Errorf("%s uses sync.Once, which is done after a panic: use once.Once", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
