// Package ledger is the fidelity ledger: what a run relied on that the
// simulator only approximates or does not simulate at all, by name.
//
// Code that reaches something inexact calls Note; the result of the run lists
// the entries. What a run did not touch is not in its ledger. A Ledger may be
// used by several goroutines; its entries come out sorted, so that the order
// of work does not show.
package ledger

import (
	"cmp"
	"slices"
	"sync"
)

// Status says how far the simulation of one thing can be trusted.
type Status string

// The statuses that are listed; what is exact is not.
const (
	Approximated Status = "approximated" // simulated, but known or suspected to differ from the platform
	Unsupported  Status = "unsupported"  // not simulated; the run went round it or stopped at it
)

// Entry is one thing that a run relied on. Area is the part of the platform
// ("apex", "soql", "metadata", "formula", "flow", "save", "upgrade"), Name
// the platform's own name for it ("Messaging.sendEmail(…)"), Note what is
// different and Where the first place that reached it.
type Entry struct {
	Status Status `json:"status"`
	Area   string `json:"area"`
	Name   string `json:"name"`
	Note   string `json:"note,omitempty"`
	Where  string `json:"where,omitempty"`
	Count  int    `json:"count"`
}

type key struct {
	status     Status
	area, name string
}

// Ledger collects entries. The zero Ledger is ready for use, and a nil one
// takes notes and forgets them.
type Ledger struct {
	mu      sync.Mutex
	entries map[key]*Entry
}

// Note records that a run reached something inexact. The same status, area and
// name again only adds to the count; the smallest where is kept, so that the
// entry does not depend on which goroutine came first.
func (l *Ledger) Note(status Status, area, name, note, where string) {
	l.Add(Entry{Status: status, Area: area, Name: name, Note: note, Where: where, Count: 1})
}

// Add takes over an entry of another ledger: as Note does, e.Count times.
func (l *Ledger) Add(e Entry) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key{e.Status, e.Area, e.Name}
	have := l.entries[k]
	if have == nil {
		if l.entries == nil {
			l.entries = make(map[key]*Entry)
		}
		l.entries[k] = &e
		return
	}
	have.Count += e.Count
	if have.Where == "" || e.Where != "" && e.Where < have.Where {
		have.Where = e.Where
	}
	if have.Note == "" || e.Note != "" && e.Note < have.Note {
		have.Note = e.Note
	}
}

// Merge adds all entries of another ledger.
func (l *Ledger) Merge(other *Ledger) {
	for _, e := range other.Entries() {
		l.Add(e)
	}
}

// Entries lists what was noted, sorted by status, area and name.
func (l *Ledger) Entries() []Entry {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Entry, 0, len(l.entries))
	for _, e := range l.entries {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Name, b.Name))
	})
	return out
}
