// Package html writes a Result as one self-contained page that can be mailed
// on: no script, no font, no picture from elsewhere, light or dark as the
// reader's system is, charts as inline SVG.
//
// The page is a template (page.html, style.css) over the arrangement of
// package view; charts.go draws. It is a pure function of the Result.
package html

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

//go:embed page.html
var pageText string

//go:embed style.css
var styleText string

// page is what the template sees.
type page struct {
	*result.Result
	Style   template.CSS
	Verdict string
	Tone    string // clean, blocker, major: colours the verdict
	Table   view.Table
	Groups  []view.Group
	Notes   []view.Group
	Mended  []string
	Stopped []*result.Scenario
	When    string
	Took    string
}

var tmpl = template.Must(template.New("page").Funcs(template.FuncMap{
	"label":       view.Label,
	"count":       view.Count,
	"thousands":   func(n int) string { return view.Thousands(int64(n)) },
	"rows":        view.RowsLine,
	"change":      view.ChangeLine,
	"traffic":     view.TrafficLine,
	"byChange":    byChange,
	"accepted":    view.AcceptedFindings,
	"kindFacts":   view.KindFacts,
	"exercised":   view.CoverageOf,
	"score":       view.ScoreOf,
	"title":       view.Title,
	"words":       view.Words,
	"first":       func(list []finding.Component) []finding.Component { return list[:min(finding.SampleSize, len(list))] },
	"rest":        func(list []finding.Component) []finding.Component { return list[min(finding.SampleSize, len(list)):] },
	"anchor":      anchor,
	"codeChart":   codeChart,
	"scoreChart":  scoreChart,
	"limitChart":  limitChart,
	"rowChart":    rowChart,
	"inc":         func(n int) int { return n + 1 },
	"join":        strings.Join,
	"cellTone":    cellTone,
	"pairs":       view.Pairs,
	"pairTone":    pairTone,
	"pairHeaders": func() []string { return view.PairHeaders },
	"some":        some,
	"more":        func(n int) int { return max(0, n-most) },
	"others":      func(g view.Group) []*result.Scenario { return g.Where[1:] },
	"commit":      func(s string) string { return s[:min(8, len(s))] },
}).Parse(pageText))

// most is how many changed components of one change a scenario lists.
const most = 200

// Write writes the page.
func Write(w io.Writer, r *result.Result) error {
	r = plain.Of(r)
	p := page{
		Result: r, Style: template.CSS(styleText), Verdict: view.Verdict(r), Tone: tone(r),
		Table: view.NewTable(r), Groups: view.Groups(r), Notes: view.Notes(r), Mended: view.Mended(r),
		When: r.Timing.Started.UTC().Format("2 January 2006, 15:04 UTC"),
		Took: fmt.Sprintf("%.1f s", float64(r.Timing.Millis)/1000),
	}
	for i := range r.Scenarios {
		if sc := &r.Scenarios[i]; sc.Status == result.CouldNotRun {
			p.Stopped = append(p.Stopped, sc)
		}
	}
	if err := tmpl.Execute(w, p); err != nil {
		return fmt.Errorf("write result of suite %s as HTML: %w", r.Suite.Name, err)
	}
	return nil
}

// tone is the gravest thing found.
func tone(r *result.Result) string {
	tone := "clean"
	if r.Summary.CouldNotRun+r.Summary.NotRun > 0 {
		tone = "major"
	}
	for i := range r.Scenarios {
		if u := r.Scenarios[i].Unknown; u != nil && !u.Before {
			tone = "major"
		}
		for _, f := range r.Scenarios[i].Findings {
			if f.Severity == finding.Blocker {
				return "blocker"
			}
			if !view.IsNote(&f) {
				tone = "major"
			}
		}
	}
	return tone
}

func cellTone(c view.Cell) string {
	switch {
	case c.Scenario == nil:
		return "none"
	case !c.Known() && !c.Loud():
		return "major"
	case c.Scenario.Status == result.Passed:
		return "clean"
	case c.Scenario.Status == result.Found:
		return string(c.Worst)
	default:
		return "stopped"
	}
}

func pairTone(p view.Pair) string {
	switch {
	case p.Ran < p.Scenarios:
		return "stopped"
	case p.Worst() == "":
		return "clean"
	default:
		return string(p.Worst())
	}
}

// anchor makes an id for a fragment of the page.
func anchor(s string) string {
	return "s-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s)
}

func some(list []result.ComponentChange) []result.ComponentChange {
	return list[:min(most, len(list))]
}

// fold is the components of a scenario that one change happened to.
type fold struct {
	Title string // "component added"
	Kinds string // "12 CustomField, 3 ApexClass"
	Open  bool
	List  []result.ComponentChange
}

// folded is from how many components on a list is closed at first.
const folded = 12

// byChange gathers changed components by what happened to them, what matters
// most to a subscriber first.
func byChange(list []result.ComponentChange) []fold {
	var folds []fold
	for _, change := range []string{"removed", "deprecated", "modified", "added"} {
		f := fold{Title: change + " component"}
		kinds := map[string]int{}
		for _, c := range list {
			if c.Change == change {
				f.List = append(f.List, c)
				kinds[c.Kind]++
			}
		}
		if len(f.List) == 0 {
			continue
		}
		names := slices.Sorted(maps.Keys(kinds))
		slices.SortStableFunc(names, func(a, b string) int { return kinds[b] - kinds[a] })
		for i, name := range names {
			names[i] = fmt.Sprintf("%d %s", kinds[name], name)
		}
		f.Kinds, f.Open = strings.Join(names, ", "), len(f.List) < folded
		folds = append(folds, f)
	}
	return folds
}
