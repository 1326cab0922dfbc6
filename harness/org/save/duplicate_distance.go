package save

import "strings"

// How alike two texts are, from 0 to 1, by the measures that matching methods
// use.

// likeness is the Jaro-Winkler similarity of two texts, from 0 to 1.
func likeness(s, t string) float64 {
	a, b := []rune(s), []rune(t)
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	window := max(len(a), len(b))/2 - 1
	inA, inB := make([]bool, len(a)), make([]bool, len(b))
	common := 0
	for i := range a {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if !inB[j] && a[i] == b[j] {
				inA[i], inB[j] = true, true
				common++
				break
			}
		}
	}
	if common == 0 {
		return 0
	}
	moved, j := 0, 0
	for i := range a {
		if !inA[i] {
			continue
		}
		for !inB[j] {
			j++
		}
		if a[i] != b[j] {
			moved++
		}
		j++
	}
	m := float64(common)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(moved/2))/m) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*0.1*(1-jaro)
}

// edits is one less the share of letters to insert, delete or replace.
func edits(s, t string) float64 {
	return distance(s, t, func(a, b rune) float64 { return 1 })
}

// keystrokes is the same, where hitting the key beside the right one counts
// half.
func keystrokes(s, t string) float64 {
	return distance(s, t, func(a, b rune) float64 {
		if strings.ContainsRune(keysBeside[a], b) {
			return 0.5
		}
		return 1
	})
}

// keysBeside are the neighbours of each letter on a QWERTY keyboard.
var keysBeside = func() map[rune]string {
	out := map[rune]string{}
	rows := []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}
	for i, row := range rows {
		for j, key := range row {
			for _, di := range []int{-1, 0, 1} {
				for _, dj := range []int{-1, 0, 1} {
					if k, l := i+di, j+dj; k >= 0 && k < len(rows) && l >= 0 && l < len(rows[k]) {
						out[key] += rows[k][l : l+1]
					}
				}
			}
		}
	}
	return out
}()

func distance(s, t string, replace func(a, b rune) float64) float64 {
	a, b := []rune(s), []rune(t)
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	row := make([]float64, len(b)+1)
	for j := range row {
		row[j] = float64(j)
	}
	for i, x := range a {
		corner := row[0]
		row[0] = float64(i + 1)
		for j, y := range b {
			cost := corner
			if x != y {
				cost += replace(x, y)
			}
			corner = row[j+1]
			row[j+1] = min(cost, corner+1, row[j]+1)
		}
	}
	return 1 - row[len(b)]/float64(max(len(a), len(b)))
}

// metaphone writes how an English name sounds (L. Philips, Hanging on the
// Metaphone, 1990).
func metaphone(name string) string {
	word := strings.ToUpper(name)
	for _, first := range []string{"AE", "GN", "KN", "PN", "WR"} { // only the second letter sounds
		if strings.HasPrefix(word, first) {
			word = word[1:]
		}
	}
	var out strings.Builder
	at := func(i int) byte {
		if i < 0 || i >= len(word) {
			return 0
		}
		return word[i]
	}
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c == at(i-1) && c != 'C' || c < 'A' || c > 'Z' {
			continue
		}
		sound, used := soundOf(at, i)
		out.WriteString(sound)
		i += used
	}
	return out.String()
}

func oneOf(c byte, set string) bool { return c != 0 && strings.IndexByte(set, c) >= 0 }

// soundOf is the sound at a place, and how many letters after it belong to it.
func soundOf(at func(int) byte, i int) (sound string, used int) {
	const vowels, soft = "AEIOU", "EIY"
	c, next := at(i), at(i+1)
	switch {
	case oneOf(c, vowels):
		if i == 0 {
			return string(c), 0
		}
		return "", 0
	case c == 'B' && next == 0 && at(i-1) == 'M': // lamb
		return "", 0
	case c == 'C' && next == 'H':
		return "X", 1
	case c == 'C' && next == 'I' && at(i+2) == 'A':
		return "X", 0
	case c == 'C' && oneOf(next, soft):
		return "S", 0
	case c == 'C' && next == 'K':
		return "K", 1
	case c == 'C', c == 'Q':
		return "K", 0
	case c == 'D' && next == 'G' && oneOf(at(i+2), soft):
		return "J", 1
	case c == 'D':
		return "T", 0
	case c == 'G' && next == 'H' && !oneOf(at(i+2), vowels): // night
		return "", 1
	case c == 'G' && next == 'N' && at(i+2) == 0: // sign
		return "", 0
	case c == 'G' && oneOf(next, soft):
		return "J", 0
	case c == 'G':
		return "K", 0
	case c == 'H':
		if oneOf(next, vowels) && !oneOf(at(i-1), "CSPTG") {
			return "H", 0
		}
		return "", 0
	case c == 'P' && next == 'H':
		return "F", 1
	case c == 'S' && next == 'H':
		return "X", 1
	case c == 'S' && next == 'I' && oneOf(at(i+2), "AO"):
		return "X", 0
	case c == 'T' && next == 'H':
		return "0", 1
	case c == 'T' && next == 'I' && oneOf(at(i+2), "AO"):
		return "X", 0
	case c == 'T' && next == 'C' && at(i+2) == 'H':
		return "", 0
	case c == 'V':
		return "F", 0
	case c == 'W', c == 'Y':
		if oneOf(next, vowels) {
			return string(c), 0
		}
		return "", 0
	case c == 'X':
		return "KS", 0
	case c == 'Z':
		return "S", 0
	default:
		return string(c), 0
	}
}
