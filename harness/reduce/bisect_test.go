package reduce_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/reduce"
)

// history reads "d<b,c c<a b<a a", newest first.
func history(text string) (list []reduce.Commit) {
	for _, field := range strings.Fields(text) {
		id, parents, _ := strings.Cut(field, "<")
		c := reduce.Commit{ID: id}
		if parents != "" {
			c.Parents = strings.Split(parents, ",")
		}
		list = append(list, c)
	}
	return list
}

// tries answers for a defect that came with a commit: what was made from it shows
// it. Commits in unknown can not be tried.
func tries(list []reduce.Commit, culprit string, unknown ...string) func(context.Context, string) (reduce.Verdict, error) {
	parents := map[string][]string{}
	for _, c := range list {
		parents[c.ID] = c.Parents
	}
	var has func(id string) bool
	has = func(id string) bool { return id == culprit || slices.ContainsFunc(parents[id], has) }
	return func(_ context.Context, id string) (reduce.Verdict, error) {
		switch {
		case slices.Contains(unknown, id):
			return reduce.Unknown, nil
		case has(id):
			return reduce.Shows, nil
		default:
			return reduce.Absent, nil
		}
	}
}

// line is a history without branches, newest first: "9<8 8<7 …".
func line(n int) []reduce.Commit {
	var list []reduce.Commit
	for i := n; i > 0; i-- {
		list = append(list, reduce.Commit{ID: fmt.Sprint(i), Parents: []string{fmt.Sprint(i - 1)}})
	}
	return list
}

func TestBisectFindsEveryCulprit(t *testing.T) {
	t.Parallel()
	merged := history("h<g g<e,f f<d e<c d<b c<b b<a a")
	for name, list := range map[string][]reduce.Commit{"line": line(33), "one": line(1), "merges": merged,
		"merge at the top": history("c<a,b b a"), "two roots": history("d<b,c c b<a a")} {
		for _, c := range list {
			// The last commit shows it, or there is nothing to look for.
			if verdict, _ := tries(list, c.ID)(t.Context(), list[0].ID); verdict != reduce.Shows {
				continue
			}
			b, err := reduce.Bisect(t.Context(), list, tries(list, c.ID))
			if err != nil || b.First != c.ID || len(b.Suspects) > 0 {
				t.Errorf("%s: %s brought it, found %+v, %v", name, c.ID, b, err)
			}
			if name == "line" && b.Tried > 6 {
				t.Errorf("%d tries for 33 commits", b.Tried)
			}
		}
	}
}

func TestBisectPassesOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		culprit string
		unknown []string
		want    string
	}{
		{"3", []string{"8", "4"}, "3"},           // the commit before it and it itself can be tried
		{"5", []string{"4"}, "5 4"},              // 4 or 5: who knows
		{"5", []string{"5", "6"}, "7 6 5"},       // one of three
		{"9", []string{"1", "2", "3", "4"}, "9"}, // far from it
	} {
		list := line(9)
		b, err := reduce.Bisect(t.Context(), list, tries(list, c.culprit, c.unknown...))
		got := b.First
		if got == "" {
			got = strings.Join(b.Suspects, " ")
		}
		if err != nil || got != c.want {
			t.Errorf("%s, without %v: %q, want %q, %v", c.culprit, c.unknown, got, c.want, err)
		}
		for _, id := range b.Skipped {
			if !slices.Contains(c.unknown, id) {
				t.Errorf("%s was skipped and could be tried", id)
			}
		}
	}
}

func TestBisectEnds(t *testing.T) {
	t.Parallel()
	if _, err := reduce.Bisect(t.Context(), nil, nil); err == nil {
		t.Error("nothing to search, and no error")
	}
	stop := errors.New("stop")
	if _, err := reduce.Bisect(t.Context(), line(5), func(context.Context, string) (reduce.Verdict, error) { return 0, stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}
