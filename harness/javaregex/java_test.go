package javaregex

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answer is what java.util.regex says to one case (testdata/Answers.java).
type answer struct {
	Pattern, Text, With           string
	Error, Replaced, ReplaceError string
	Matches, LookingAt, HitEnd    bool
	RequireEnd                    bool
	Found                         [][]int
	Split, Split2, SplitAll       []string
}

func answers(t *testing.T) []answer {
	t.Helper()
	f, err := os.Open("testdata/java.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []answer
	for s := bufio.NewScanner(f); s.Scan(); {
		var a answer
		if err := json.Unmarshal(s.Bytes(), &a); err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
		out = append(out, a)
	}
	return out
}

// TestJava holds every answer against Java's.
func TestJava(t *testing.T) {
	t.Parallel()
	all := answers(t)
	if len(all) < 600 {
		t.Errorf("%d cases, want at least 600", len(all))
	}
	for _, want := range all {
		p, err := Compile(want.Pattern)
		got := answer{Pattern: want.Pattern, Text: want.Text, With: want.With}
		if err != nil {
			got.Error = err.Error()
		} else if err := got.fill(p); err != nil {
			t.Errorf("%q on %q: %v", want.Pattern, want.Text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q on %q (-Java +ours):\n%s", want.Pattern, want.Text, diff)
		}
	}
}

func (a *answer) fill(p *Pattern) error {
	m := p.Matcher(a.Text)
	var errs [7]error
	a.Matches, errs[0] = m.Matches()
	a.HitEnd, a.RequireEnd = m.HitEnd(), m.HitEnd() && m.RequireEnd()
	a.LookingAt, errs[1] = m.LookingAt()
	m.Reset()
	a.Found = [][]int{}
	for range 20 {
		ok, err := m.Find()
		if errs[2] = err; !ok {
			break
		}
		var groups []int
		for g := 0; g <= p.Groups(); g++ {
			from, to := m.Group(g)
			groups = append(groups, units(a.Text, from), units(a.Text, to))
		}
		a.Found = append(a.Found, groups)
	}
	a.Split, errs[3] = p.Split(a.Text, 0)
	a.Split2, errs[4] = p.Split(a.Text, 2)
	a.SplitAll, errs[5] = p.Split(a.Text, -1)
	a.Split = append([]string{}, a.Split...)
	replaced, err := p.Matcher(a.Text).Replace(a.With, -1, func(int) {})
	if err != nil && !errors.Is(err, ErrTooComplicated) {
		a.ReplaceError, err = err.Error(), nil
	}
	a.Replaced, errs[6] = replaced, err
	return errors.Join(errs[:]...)
}

// units is a place in bytes as Java counts it; -1 stays.
func units(s string, at int) int {
	if at < 0 {
		return at
	}
	n := 0
	for i := 0; i < at; {
		r, size := decode(s[i:])
		if n++; r > 0xFFFF {
			n++
		}
		i += size
	}
	return n
}
