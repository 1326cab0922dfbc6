package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rehearsal-dev/rehearsal/fixtures/mess"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// resultOf reads result.json, which must be as its schema says, without its
// timing.
func resultOf(t *testing.T, dir string) (*result.Result, []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := resultSchema(t).Validate(doc); err != nil {
		t.Errorf("result.json is not as its schema says: %v", err)
	}
	r, err := result.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	r.Timing = result.Timing{}
	if data, err = r.Encode(); err != nil {
		t.Fatal(err)
	}
	return r, data
}

func resultSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(result.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("result.schema.json", text); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestJobsDoNotShow rehearses the same scenarios one after another and side by
// side: the results are the same, byte for byte, but for their timing.
func TestJobsDoNotShow(t *testing.T) {
	t.Parallel()
	var results [2][]byte
	for i, jobs := range []string{"1", "4"} {
		dir := t.TempDir()
		var errs bytes.Buffer
		args := []string{"run", "quickstart", "--only", "toolshed/1.0-to", "--records", "40", "--jobs", jobs, "--out", dir}
		if code := execute(context.Background(), args, strings.NewReader(""), io.Discard, &errs); code != exitFindings {
			t.Fatalf("exit status %d:\n%s", code, &errs)
		}
		_, results[i] = resultOf(t, dir)
	}
	if !bytes.Equal(results[0], results[1]) {
		t.Error("the number of jobs shows in result.json")
	}
}

// interrupter cancels when the first scenario is told to be over, as Ctrl-C
// does.
type interrupter struct {
	once   sync.Once
	cancel context.CancelFunc
}

func (w *interrupter) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("1/")) {
		w.once.Do(w.cancel)
	}
	return len(p), nil
}

// TestInterruptedRunLeavesAReport stops a run after its first scenario: the
// report has that one, and marks the others.
func TestInterruptedRunLeavesAReport(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir := t.TempDir()
	args := []string{"run", "quickstart", "--only", "toolshed/1.0-to", "--records", "40", "--jobs", "1", "--out", dir}
	if code := execute(ctx, args, strings.NewReader(""), io.Discard, &interrupter{cancel: cancel}); code != exitCouldNotRun {
		t.Errorf("exit status %d, want %d", code, exitCouldNotRun)
	}
	r, _ := resultOf(t, dir)
	if !r.Interrupted || r.Scenarios[0].Status == result.NotRun || r.Scenarios[len(r.Scenarios)-1].Status != result.NotRun {
		t.Errorf("interrupted %v, first %s, last %s", r.Interrupted, r.Scenarios[0].Status, r.Scenarios[len(r.Scenarios)-1].Status)
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		t.Error(err)
	}
}

// TestREADMEKnowsTheCatalogue holds the tables of the README against the
// catalogue of mess and the registry of invariants.
func TestREADMEKnowsTheCatalogue(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("| number | mess | family |\n| --- | --- | --- |\n")
	for _, k := range mess.Catalogue() {
		want.WriteString("| " + k.Number + " | " + k.Name + " | " + string(k.Family) + " |\n")
	}
	if !strings.Contains(string(readme), want.String()) {
		t.Errorf("the README should have this table:\n%s", &want)
	}
	for _, i := range invariant.Registry {
		if !strings.Contains(string(readme), "\n| "+i.Name+" | ") {
			t.Errorf("the README does not say what the check %s finds", i.Name)
		}
	}
}
