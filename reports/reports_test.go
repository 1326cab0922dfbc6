package reports_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports"
	"github.com/rehearsal-dev/rehearsal/reports/console"
	"github.com/rehearsal-dev/rehearsal/reports/html"
	"github.com/rehearsal-dev/rehearsal/reports/junit"
	"github.com/rehearsal-dev/rehearsal/reports/markdown"
)

var update = flag.Bool("update", false, "write what is made as what is wanted")

func example(t *testing.T) *result.Result {
	t.Helper()
	data, err := os.ReadFile("testdata/result.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := result.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestGolden writes testdata/result.json in every format.
func TestGolden(t *testing.T) {
	t.Parallel()
	plain := func(w io.Writer, r *result.Result) error { return console.Write(w, r, console.Options{}) }
	for file, write := range map[string]func(io.Writer, *result.Result) error{
		"console.txt": plain, "junit.xml": junit.Write, "report.md": markdown.Write, "index.html": html.Write,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			if err := write(&got, example(t)); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("run with -update if this is meant:\n%s", diff)
			}
		})
	}
}

func TestResultSurvivesJSON(t *testing.T) {
	t.Parallel()
	r := example(t)
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := result.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	r.Summarise()
	if diff := cmp.Diff(again.Summary, r.Summary); diff != "" {
		t.Errorf("the summary is not what the scenarios say:\n%s", diff)
	}
}

func TestConsoleWithoutColourHasNoEscapes(t *testing.T) {
	t.Parallel()
	var plain, colour bytes.Buffer
	if err := console.Write(&plain, example(t), console.Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if err := console.Write(&colour, example(t), console.Options{Width: 80, Color: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Error("escapes although there is no colour")
	}
	if stripped := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colour.String(), ""); stripped != plain.String() {
		t.Error("colour changes more than colour")
	}
}

func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := html.Write(&page, example(t)); err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{"<script", "<link", "@import", "src=", "url("} {
		if strings.Contains(page.String(), forbidden) {
			t.Errorf("the page has %q", forbidden)
		}
	}
	if outside := regexp.MustCompile(`href="[^#]`).FindString(page.String()); outside != "" {
		t.Errorf("the page links to %s", outside)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	r := example(t)
	r.Suite.Name = `<script>alert(1)</script>`
	r.Scenarios[0].Error = "]]>&\x01"
	r.Scenarios[0].Status = result.CouldNotRun
	var page, cases bytes.Buffer
	if err := html.Write(&page, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") {
		t.Error("the page has a script")
	}
	if err := junit.Write(&cases, r); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(cases.Bytes(), new(struct{})); err != nil {
		t.Errorf("junit.xml is not XML: %v", err)
	}
}

// TestFactsOfTheKind are in every report, once for the scenarios that share them.
func TestFactsOfTheKind(t *testing.T) {
	t.Parallel()
	r := example(t)
	for i := range r.Scenarios[:2] {
		r.Scenarios[i].Facts = []finding.Fact{{Kind: "unlocked", Text: "overwrites all of it", Check: "customisation-kept",
			Components: []finding.Component{{Kind: "Layout", Name: "Rental-Rental Layout"}}}}
	}
	for name, tt := range map[string]struct {
		write func(io.Writer, *result.Result) error
		want  int // times
	}{
		"console":  {func(w io.Writer, r *result.Result) error { return console.Write(w, r, console.Options{}) }, 1},
		"markdown": {markdown.Write, 1},
		"junit":    {junit.Write, 2}, // in the test case of each scenario
		"html":     {html.Write, 1},
	} {
		var out bytes.Buffer
		if err := tt.write(&out, r); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(out.String(), "overwrites all of it: Layout Rental-Rental Layout"); got != tt.want {
			t.Errorf("%s tells the fact %d times, want %d", name, got, tt.want)
		}
	}
}

// TestWhatWasMissing is in every report: packages that nobody named, objects
// without rows.
func TestWhatWasMissing(t *testing.T) {
	t.Parallel()
	r := example(t)
	tidy := r.Scenarios[1].Coverage
	tidy.Objects = append(tidy.Objects, result.ObjectRows{Object: "Depot"})
	r.Scenarios[0].StandIns, r.Scenarios[1].StandIns = []string{"base"}, []string{"base", "more"}
	for name, write := range map[string]func(io.Writer, *result.Result) error{
		"console":  func(w io.Writer, r *result.Result) error { return console.Write(w, r, console.Options{Width: 1000}) },
		"markdown": markdown.Write, "junit": junit.Write, "html": html.Write,
	} {
		var out bytes.Buffer
		if err := write(&out, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "empty packages stood for base, more, which no source names") {
			t.Errorf("%s does not tell of the empty packages", name)
		}
		if !strings.Contains(out.String(), "populated orgs had no row of Depot") {
			t.Errorf("%s does not tell of the object without rows", name)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "out")
	paths, err := reports.Write(dir, example(t))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(paths) {
		t.Errorf("the folder has %d files, %d were named", len(entries), len(paths))
	}
}
