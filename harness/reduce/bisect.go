// Package reduce makes what shows a finding small: Bisect finds the first of many
// commits that shows it.
//
// Nothing here rehearses anything: the caller says how one thing is tried, and
// whether it shows the finding. The same answers give the same result.
package reduce

import (
	"context"
	"errors"
)

// Commit is one commit of a history.
type Commit struct {
	ID      string
	Parents []string // those that are not in the history are of no account
}

// Verdict is what trying one commit says.
type Verdict uint8

// The verdicts.
const (
	Absent  Verdict = iota // the finding is not there
	Shows                  // it is
	Unknown                // the commit can not be tried
)

// Bisection is what a search came to.
type Bisection struct {
	First string // the first commit that shows the finding; "" where that is not known
	// Suspects are the commits of which one is the first, where those between
	// could not be tried: in the order of the history.
	Suspects []string
	Skipped  []string // commits that could not be tried, in the order of trying
	Tried    int      // how many were tried, skipped ones among them
}

// Bisect finds the first commit that shows a finding. The history is what came
// after a commit that does not show it, up to one that does, which is the first of
// the list; merges are commits with several parents. It halves what is left each
// time: a commit that shows the finding leaves itself and what it was made from,
// one that does not leaves the others. One that can not be tried is passed over.
func Bisect(ctx context.Context, history []Commit, try func(context.Context, string) (Verdict, error)) (*Bisection, error) {
	if len(history) == 0 {
		return nil, errors.New("bisect: there is no commit between the two")
	}
	s := &search{parents: map[string][]string{}, left: map[string]bool{}, skipped: map[string]bool{}, tip: history[0].ID}
	for _, c := range history {
		s.order = append(s.order, c.ID)
		s.parents[c.ID] = c.Parents
		s.left[c.ID] = true
	}
	b := &Bisection{}
	for len(s.left) > 1 {
		next, older := s.middle()
		if next == "" {
			break
		}
		b.Tried++
		verdict, err := try(ctx, next)
		if err != nil {
			return nil, err
		}
		switch verdict {
		case Shows:
			s.left, s.tip = older, next
		case Absent:
			for id := range older {
				delete(s.left, id)
			}
		default:
			s.skipped[next] = true
			b.Skipped = append(b.Skipped, next)
		}
	}
	if len(s.left) == 1 {
		b.First = s.tip
		return b, nil
	}
	for _, id := range s.order {
		if s.left[id] {
			b.Suspects = append(b.Suspects, id)
		}
	}
	return b, nil
}

// search is what is left of a history.
type search struct {
	order   []string
	parents map[string][]string
	left    map[string]bool // the first one is among these; tip is, and shows the finding
	skipped map[string]bool
	tip     string
}

// middle is the commit that halves what is left best, of those that can be tried,
// and what is left of what it was made from, itself included; "" for none.
func (s *search) middle() (best string, older map[string]bool) {
	most := 0
	for _, id := range s.order {
		if !s.left[id] || s.skipped[id] || id == s.tip {
			continue
		}
		reached := s.reach(id)
		if half := min(len(reached), len(s.left)-len(reached)); half > most {
			most, best, older = half, id, reached
		}
	}
	return best, older
}

// reach is what is left of what a commit was made from, itself included.
func (s *search) reach(id string) map[string]bool {
	reached := map[string]bool{id: true}
	todo := []string{id}
	for len(todo) > 0 {
		last := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range s.parents[last] {
			if s.left[p] && !reached[p] {
				reached[p] = true
				todo = append(todo, p)
			}
		}
	}
	return reached
}
