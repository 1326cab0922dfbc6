package javaregex

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

// TestLoneSurrogate: half a pair is a character of its own, and no part of one.
func TestLoneSurrogate(t *testing.T) {
	t.Parallel()
	p, err := Compile(`\ud83d`)
	if err != nil {
		t.Fatal(err)
	}
	m := p.Matcher("\U0001F600 \xED\xA0\xBD")
	if ok, err := m.Find(); !ok || err != nil {
		t.Fatalf("no match: %v", err)
	}
	if from, to := m.Group(0); from != 5 || to != 8 {
		t.Errorf("matched %d to %d, want 5 to 8", from, to)
	}
}

// TestBound: what reads its text without end is stopped at the same place each
// time, and what a million readings suffice for is not.
func TestBound(t *testing.T) {
	t.Parallel()
	as := strings.Repeat("a", 200)
	for _, c := range []struct {
		pattern, text string
		over          bool
	}{
		{`(a*)*\1b`, as[:40], true},
		{`(.*,){12}P`, strings.Repeat("1,", 60), true},
		{`(a+)+$`, as + "b", false}, // Java remembers where such a loop failed
		{`(?:a|aa)+$`, as + "b", false},
		{`a`, strings.Repeat("b", 999_999), false},
		{`a`, strings.Repeat("b", 1_000_001), true},
		{`(?:ab)*c`, strings.Repeat("ab", 100_000), true},
		{`(?:ab)*`, strings.Repeat("ab", 400_000), false},
		{`(?:(?:a|b)*x?)*!`, strings.Repeat("ab", 100_000), true},
		{`(?:(?=(?:a|b)*)a|b)*!`, strings.Repeat("ab", 2_000), true},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		reads := -1
		for range 2 {
			m := p.Matcher(c.text)
			_, err = m.Find()
			if over := errors.Is(err, ErrTooComplicated); over != c.over {
				t.Errorf("%s on %d characters: over the bound %v, want %v (%d readings)", c.pattern, len(c.text), over, c.over, m.Reads())
			}
			if reads >= 0 && reads != m.Reads() {
				t.Errorf("%s: %d readings, then %d", c.pattern, reads, m.Reads())
			}
			reads = m.Reads()
		}
	}
}

// TestBoundIsOfTheMatcher: the readings of all matches of a text count together.
func TestBoundIsOfTheMatcher(t *testing.T) {
	t.Parallel()
	p, err := Compile(`\w`)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	m := p.Matcher(strings.Repeat("a", 1_200_000))
	for {
		ok, err := m.Find()
		if err != nil {
			break
		}
		if !ok {
			t.Fatal("the text was read to its end")
		}
		n++
	}
	if n != 1_000_000 {
		t.Errorf("%d matches before the bound", n)
	}
}

// TestDeep: what is nested without measure is refused, not followed.
func TestDeep(t *testing.T) {
	t.Parallel()
	for _, open := range []string{"(", "[", "(?:", "(?=", "[^"} {
		if _, err := Compile(strings.Repeat(open, 100_000)); !errors.Is(err, ErrTooComplicated) {
			t.Errorf("%s 100,000 times: %v", open, err)
		}
	}
}

// TestRegion: what holds in a part of a text, with its ends as ends of the text
// and as places in it.
func TestRegion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern                string
		anchoring, transparent bool
		want                   bool
	}{
		{`^bc$`, true, false, true}, {`^bc$`, false, false, false}, {`bc`, false, false, true},
		{`bc(?=d)`, true, false, false}, {`bc(?=d)`, true, true, true},
		{`(?<=a)bc`, true, false, false}, {`(?<=a)bc`, true, true, true},
		{`\bbc\b`, true, false, true}, {`\bbc\b`, true, true, false}, {`\Abc\z`, true, true, true},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		m := p.Matcher("abcd")
		m.Region(1, 3)
		m.SetAnchoring(c.anchoring)
		m.SetTransparent(c.transparent)
		if got, _ := m.Matches(); got != c.want {
			t.Errorf("%s, anchoring %v, transparent %v: %v", c.pattern, c.anchoring, c.transparent, got)
		}
	}
}

// TestSets: sets follow the laws of sets.
func TestSets(t *testing.T) {
	t.Parallel()
	for name, table := range unicode.Categories {
		set := tables(table)
		for _, r := range []rune{0, 'a', 'Z', 0xFF, 0x100, 0x3042, 0xD800, 0x1F600, 0x10FFFF} {
			if set.has(r) != unicode.Is(table, r) || set.negate().has(r) == set.has(r) || set.and(set.negate()).has(r) {
				t.Errorf("%s and %U", name, r)
			}
		}
	}
}

// FuzzCompile: any pattern is read or refused, and what is read ends.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{`a+b`, `\Qa.b\E`, `[a-z&&[^x]]`, `\p{Alpha}+`, `(?i)x`, `a++`, `[[:x]`, `\`, `[`, `\Q`, `\p{`, `(?<=a{2,3})\1`} {
		f.Add(s, "aab xab")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := Compile(pattern)
		if err != nil {
			_ = err.Error()
			return
		}
		m := p.Matcher(text)
		for range 50 {
			if ok, err := m.Find(); !ok || err != nil {
				break
			}
			for g := 0; g <= p.Groups(); g++ {
				if from, to := m.Group(g); from > to || to > len(text) {
					t.Fatalf("%q on %q: group %d from %d to %d", pattern, text, g, from, to)
				}
			}
		}
	})
}
