package save

import (
	"strings"
	"unicode"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// matchMethods are the matching methods of matching rules (Salesforce Help,
// Matching Methods Used with Matching Rules). The fuzzy ones follow the
// published algorithms and thresholds as far as they are published: no
// dictionaries of nicknames, no sounds.
var matchMethods = map[string]func(a, b string) bool{
	"Exact":       sameText,
	"FirstName":   sameFirstName,
	"LastName":    func(a, b string) bool { return likeness(letters(a), letters(b)) >= 0.90 },
	"CompanyName": sameCompany,
	"Phone":       samePhone,
	"City":        func(a, b string) bool { return likeness(letters(a), letters(b)) >= 0.85 },
	"Street":      func(a, b string) bool { return likeness(street(a), street(b)) >= 0.80 },
	"Zip":         sameZip,
	"Title":       func(a, b string) bool { return likeness(letters(a), letters(b)) >= 0.50 || acronym(a, b) },
}

func sameText(a, b string) bool { return value.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// letters is a text folded and without anything but letters, digits and single
// blanks.
func letters(s string) string {
	var b strings.Builder
	for _, r := range value.Fold(s) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), " ") && unicode.IsSpace(r):
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

// sameFirstName takes an initial for the name it begins.
func sameFirstName(a, b string) bool {
	a, b = letters(a), letters(b)
	if a == "" || b == "" {
		return false
	}
	if len([]rune(a)) == 1 || len([]rune(b)) == 1 {
		return []rune(a)[0] == []rune(b)[0]
	}
	return likeness(a, b) >= 0.85
}

// companyWords say what a company is rather than which.
var companyWords = map[string]bool{"inc": true, "incorporated": true, "corp": true, "corporation": true, "co": true, "company": true,
	"ltd": true, "limited": true, "llc": true, "llp": true, "plc": true, "gmbh": true, "ag": true, "sa": true, "the": true, "and": true}

func company(s string) string {
	var kept []string
	for word := range strings.FieldsSeq(letters(s)) {
		if !companyWords[word] {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}

func sameCompany(a, b string) bool {
	x, y := company(a), company(b)
	return x != "" && y != "" && (likeness(x, y) >= 0.90 || acronym(x, y))
}

// acronym reports whether one text is made of the initials of the other.
func acronym(a, b string) bool {
	initials := func(s string) string {
		var out strings.Builder
		for word := range strings.FieldsSeq(letters(s)) {
			out.WriteRune([]rune(word)[0])
		}
		return out.String()
	}
	x, y := strings.ReplaceAll(letters(a), " ", ""), strings.ReplaceAll(letters(b), " ", "")
	return len(initials(a)) > 1 && initials(a) == y || len(initials(b)) > 1 && initials(b) == x
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// samePhone compares the digits, without the country code 1.
func samePhone(a, b string) bool {
	x, y := strings.TrimPrefix(digits(a), "1"), strings.TrimPrefix(digits(b), "1")
	return x != "" && x == y
}

// sameZip compares the part before the dash.
func sameZip(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return letters(a) != "" && letters(a) == letters(b)
}

var streetWords = map[string]string{"st": "street", "str": "street", "ave": "avenue", "av": "avenue", "rd": "road", "blvd": "boulevard",
	"dr": "drive", "ln": "lane", "ct": "court", "pl": "place", "sq": "square", "n": "north", "s": "south", "e": "east", "w": "west"}

func street(s string) string {
	var out []string
	for word := range strings.FieldsSeq(letters(s)) {
		if long := streetWords[word]; long != "" {
			word = long
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

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
