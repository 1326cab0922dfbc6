package result

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// Comparison is what became of the findings of an earlier result in a later one.
// Findings are the same by their fingerprint.
type Comparison struct {
	New   []Compared `json:"new"`   // in the later result alone
	Gone  []Compared `json:"gone"`  // in the earlier one alone, although it was looked for
	Same  []Compared `json:"same"`  // as before
	Moved []Compared `json:"moved"` // in other orgs, of another severity, or at another line
	// Unknown are those of the earlier result whose scenarios did not run in the
	// later one: whether they are gone nobody knows.
	Unknown []Compared `json:"unknown"`
}

// Compared is one finding, as the later result has it where it has it.
type Compared struct {
	Fingerprint string           `json:"fingerprint"`
	Code        finding.Code     `json:"code"`
	Severity    finding.Severity `json:"severity"` // the gravest
	Title       string           `json:"title"`
	Cause       string           `json:"cause"`
	Where       []string         `json:"where"`         // scenarios, without the name of the suite
	Was         string           `json:"was,omitempty"` // of what moved: what is different
}

// Compare says what became of the findings of an earlier result.
func Compare(old, now *Result) Comparison {
	before, after := old.byFingerprint(), now.byFingerprint()
	ranBefore, ranNow := old.ran(), now.ran()
	var c Comparison
	for _, f := range after.order {
		is := after.found[f]
		was, known := before.found[f]
		if !known {
			c.New = append(c.New, *is)
			continue
		}
		moved := *is
		moved.Was = movement(was, is, ranBefore, ranNow)
		if moved.Was != "" {
			c.Moved = append(c.Moved, moved)
		} else {
			c.Same = append(c.Same, moved)
		}
	}
	for _, f := range before.order {
		if after.found[f] != nil {
			continue
		}
		if was := before.found[f]; slices.ContainsFunc(was.Where, func(id string) bool { return ranNow[id] }) {
			c.Gone = append(c.Gone, *was)
		} else {
			c.Unknown = append(c.Unknown, *was)
		}
	}
	return c
}

// movement says what is different of a finding that both results have; "" for
// nothing. Scenarios that one of them did not run say nothing.
func movement(was, is *Compared, ranBefore, ranNow map[string]bool) string {
	var parts []string
	if was.Severity != is.Severity {
		parts = append(parts, "it "+was.Severity.Word()+" before")
	}
	if was.Cause != is.Cause {
		parts = append(parts, "by "+was.Cause)
	}
	only := func(of, other []string, ran map[string]bool) []string {
		return slices.DeleteFunc(slices.Clone(of), func(id string) bool { return slices.Contains(other, id) || !ran[id] })
	}
	if more := only(is.Where, was.Where, ranBefore); len(more) > 0 {
		parts = append(parts, "not in "+strings.Join(more, ", "))
	}
	if less := only(was.Where, is.Where, ranNow); len(less) > 0 {
		parts = append(parts, "in "+strings.Join(less, ", ")+" too")
	}
	return strings.Join(parts, "; ")
}

// fingerprints are the findings of a result by fingerprint, in the order in which
// they were met.
type fingerprints struct {
	order []string
	found map[string]*Compared
}

func (r *Result) byFingerprint() fingerprints {
	by := fingerprints{found: map[string]*Compared{}}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		for j := range sc.Findings {
			f := &sc.Findings[j]
			print := cmp.Or(f.Fingerprint, finding.FingerprintOf(f))
			c, known := by.found[print]
			if !known {
				c = &Compared{Fingerprint: print, Code: f.Code, Severity: f.Severity, Title: f.Title, Cause: f.Cause.String()}
				by.found[print] = c
				by.order = append(by.order, print)
			}
			if f.Severity.AtLeast(c.Severity) {
				c.Severity = f.Severity
			}
			if id := sc.place(); !slices.Contains(c.Where, id) {
				c.Where = append(c.Where, id)
			}
		}
	}
	return by
}

// place is a scenario's id without the name of its suite.
func (sc *Scenario) place() string {
	return strings.Join([]string{sc.Package, strings.Join(sc.Path, "-to-"), sc.Org, string(sc.Mode)}, "/")
}

// ran are the scenarios that ran to their end.
func (r *Result) ran() map[string]bool {
	ran := map[string]bool{}
	for i := range r.Scenarios {
		if sc := &r.Scenarios[i]; sc.Status == Passed || sc.Status == Found {
			ran[sc.place()] = true
		}
	}
	return ran
}

// Baseline is the earlier result that a run was held against.
type Baseline struct {
	File string `json:"file"` // as given
	// OnlyNew says that findings which the baseline has too make no build fail.
	OnlyNew bool `json:"onlyNew"`
	Comparison
}

// HoldAgainst compares the result with an earlier one. With onlyNew, only what is
// new makes a build fail.
func (r *Result) HoldAgainst(file string, old *Result, onlyNew bool) {
	r.Baseline = &Baseline{File: file, OnlyNew: onlyNew, Comparison: Compare(old, r)}
	r.Summarise()
}

// isNew reports whether the baseline lacks a finding.
func (b *Baseline) isNew(f *finding.Finding) bool {
	return slices.ContainsFunc(b.New, func(c Compared) bool { return c.Fingerprint == f.Fingerprint })
}
