//go:build mutation

package mutation

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestTableApplies holds the table against the code: every text to replace is
// there once, and every test it names is there. It takes seconds.
func TestTableApplies(t *testing.T) {
	t.Parallel()
	table, err := readTable()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range table {
		if _, err := m.apply(); err != nil {
			t.Error(err)
		}
		missing, err := m.missing()
		if err != nil {
			t.Error(err)
		}
		for _, name := range missing {
			t.Errorf("%s: mutation %s: no test of %s is called %s", m.at, m.id, strings.Join(m.tests, ", "), name)
		}
	}
}

// TestMutations runs the whole table. First the tests that it names must pass on
// the code as it is; then each mutation must make one of them fail.
func TestMutations(t *testing.T) {
	table, err := readTable()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("as it is", func(t *testing.T) {
		all := mutation{tests: packages(table), run: "."}
		if out, err := all.test(""); err != nil {
			t.Fatalf("tests that the table names fail on the code as it is: %v\n%s", err, out)
		}
	})
	var mu sync.Mutex
	verdicts := map[string]string{}
	t.Run("changed", func(t *testing.T) {
		for _, m := range table {
			t.Run(m.id, func(t *testing.T) {
				t.Parallel()
				by, err := m.judge(t.TempDir())
				verdict := "noticed by " + by
				switch {
				case err != nil:
					verdict = "error"
					t.Error(err)
				case by == "":
					verdict = "NOT NOTICED"
					t.Errorf("%s: no test of %s notices that this rule is broken: %s (%s)", m.at, strings.Join(m.tests, ", "), m.rule, m.source)
				}
				mu.Lock()
				defer mu.Unlock()
				verdicts[m.id] = verdict
			})
		}
	})
	noticed := 0
	var lines strings.Builder
	for _, m := range table {
		verdict, ran := verdicts[m.id]
		if !ran {
			continue
		}
		if strings.HasPrefix(verdict, "noticed") {
			noticed++
		}
		fmt.Fprintf(&lines, "%-34s %s: %s\n", m.id, m.rule, verdict)
	}
	t.Logf("%d of %d mutations noticed\n%s", noticed, len(verdicts), lines.String())
}

// judge runs the tests of a mutation on the changed code and names the one that
// noticed, "" for none.
func (m *mutation) judge(dir string) (by string, err error) {
	changed, err := m.apply()
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, filepath.Base(changed.file))
	if err := os.WriteFile(file, []byte(changed.content), 0o600); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{changed.file: file}})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	out, err := m.test(list)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case !errors.As(err, &exit):
		return "", fmt.Errorf("%s: mutation %s: run its tests: %w", m.at, m.id, err)
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return "", fmt.Errorf("%s: mutation %s does not build: %s", m.at, m.id, out)
	}
	return firstFailure(out), nil
}

// test runs "go test" over the packages of a mutation with an overlay, "" for
// the code as it is.
func (m *mutation) test(overlay string) (string, error) {
	args := []string{"test", "-vet=off", "-count=1", "-failfast", "-timeout=5m", "-run", m.run}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	for _, pkg := range m.tests {
		args = append(args, "./"+pkg)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// firstFailure is the innermost test that failed first; a run that ended before
// any test did, with a panic or at its time limit, says so.
func firstFailure(out string) string {
	var names []string
	for _, match := range failure.FindAllStringSubmatch(out, -1) {
		names = append(names, match[1])
	}
	if len(names) == 0 {
		return "a panic or the time limit"
	}
	deepest := names[0]
	for _, name := range slices.Backward(names) {
		if strings.HasPrefix(name, deepest) {
			deepest = name
		}
	}
	return deepest
}
