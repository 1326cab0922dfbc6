package html

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

// bar is one line of a horizontal bar chart.
type bar struct {
	label, value, class string
	share               float64 // of the full width, 0..1
}

// Chart measures, in SVG units, which are pixels of the page.
const (
	chartWidth = 640
	labelWidth = 190
	valueWidth = 120
	barHeight  = 12
	lineHeight = 26
)

// bars draws a horizontal bar chart with a title for screen readers.
func bars(title string, list []bar, track bool) template.HTML {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	height := lineHeight * len(list)
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartWidth, height, html.EscapeString(title))
	full := float64(chartWidth - labelWidth - valueWidth)
	for i, item := range list {
		y := i * lineHeight
		fmt.Fprintf(&b, `<text class="label" x="0" y="%d">%s</text>`, y+17, html.EscapeString(item.label))
		if track {
			fmt.Fprintf(&b, `<rect class="track" x="%d" y="%d" width="%.1f" height="%d" rx="3"/>`, labelWidth, y+7, full, barHeight)
		}
		width := max(2, full*min(1, item.share))
		fmt.Fprintf(&b, `<rect class="bar %s" x="%d" y="%d" width="%.1f" height="%d" rx="3"/>`, item.class, labelWidth, y+7, width, barHeight)
		at := float64(labelWidth) + width + 8
		if track {
			at = float64(labelWidth) + full + 10
		}
		fmt.Fprintf(&b, `<text class="value" x="%.1f" y="%d">%s</text>`, at, y+17, html.EscapeString(item.value))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// codeChart draws how often each code was found.
func codeChart(r *result.Result) template.HTML {
	largest := 1
	for _, c := range r.Summary.ByCode {
		largest = max(largest, c.Count)
	}
	var list []bar
	for _, c := range r.Summary.ByCode {
		list = append(list, bar{string(c.Code), fmt.Sprint(c.Count), string(finding.Describe(c.Code).Severity), float64(c.Count) / float64(largest)})
	}
	return bars("Findings by code", list, false)
}

// scoreChart draws scenarios by status as one band.
func scoreChart(r *result.Result) template.HTML {
	s := view.ScoreOf(r)
	if r.Summary.Scenarios == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="band" viewBox="0 0 %d 14" preserveAspectRatio="none" role="img" aria-label="Scenarios by outcome">`, chartWidth)
	x := 0.0
	for _, part := range []struct {
		n     int
		class string
	}{{s.Clean, "clean"}, {s.Noted, "minor"}, {s.Breaks, "major"}, {s.Fails, "blocker"}, {s.CouldNotRun, "stopped"}, {s.NotStarted, "none"}} {
		width := float64(chartWidth) * float64(part.n) / float64(r.Summary.Scenarios)
		if part.n > 0 {
			fmt.Fprintf(&b, `<rect class="bar %s" x="%.1f" y="0" width="%.1f" height="14"/>`, part.class, x, max(0, width-2))
		}
		x += width
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// limitChart draws how much of each governor limit the install transaction used.
func limitChart(limits []result.LimitUse) template.HTML {
	var list []bar
	for _, l := range limits {
		if l.Max <= 0 || l.Used == 0 {
			continue
		}
		share := float64(l.Used) / float64(l.Max)
		class := "plain"
		switch {
		case share > 1:
			class = "blocker"
		case share >= 0.7:
			class = "major"
		}
		list = append(list, bar{l.Name, view.Thousands(l.Used) + " of " + view.Thousands(l.Max), class, share})
	}
	return bars("Governor limits used", list, true)
}

// rowChart draws how many records of each object changed.
func rowChart(objects []result.ObjectChange) template.HTML {
	largest := 1
	for _, o := range objects {
		largest = max(largest, o.Inserted+o.Updated+o.Deleted)
	}
	var list []bar
	for _, o := range objects {
		n := o.Inserted + o.Updated + o.Deleted
		list = append(list, bar{o.Object, view.Thousands(int64(n)), "plain", float64(n) / float64(largest)})
	}
	return bars("Records changed by object", list, false)
}
