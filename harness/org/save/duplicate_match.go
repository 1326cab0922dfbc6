package save

import (
	"slices"
	"strings"
	"unicode"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// matchMethods are the matching methods of matching rules with the algorithms,
// weights and thresholds that Salesforce Help publishes (Matching Methods Used
// with Matching Rules). Where it names a product or a dictionary, something of
// the kind stands in; approximatedMethods says which.
var matchMethods = map[string]func(a, b string) bool{
	"Exact":       sameText,
	"FirstName":   sameFirstName,
	"LastName":    sameLastName,
	"CompanyName": sameCompany,
	"Phone":       samePhone,
	"City":        func(a, b string) bool { return edits(letters(a), letters(b)) >= 0.85 },
	"Street":      sameStreet,
	"Zip":         sameZip,
	"Title":       func(a, b string) bool { return edits(letters(a), letters(b)) >= 0.50 || acronym(a, b) },
}

// approximatedMethods are those that are not as the platform's.
var approximatedMethods = map[string]string{
	"FirstName":   "the platform's dictionary of name variants is not published; the commonest stand in",
	"LastName":    "the sound of names is that of the first Metaphone, the platform's is Metaphone 3",
	"CompanyName": "the platform's dictionary of company names is not published; acronyms and legal forms are known",
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

// sameFirstName takes an initial for the name it begins, and a variant of a
// name for the name.
func sameFirstName(a, b string) bool {
	a, b = letters(a), letters(b)
	if a == "" || b == "" {
		return false
	}
	if len([]rune(a)) == 1 || len([]rune(b)) == 1 {
		return []rune(a)[0] == []rune(b)[0]
	}
	return likeness(a, b) >= 0.85 || slices.ContainsFunc(nameVariants, func(names []string) bool {
		return slices.Contains(names, a) && slices.Contains(names, b)
	})
}

// nameVariants are first names that stand for each other.
var nameVariants = func() [][]string {
	var out [][]string
	for _, line := range []string{"robert bob rob bobby", "william bill will billy", "richard rick dick rich", "james jim jimmy",
		"john jack johnny", "michael mike mick", "thomas tom tommy", "joseph joe joey", "charles charlie chuck", "david dave",
		"daniel dan danny", "edward ed eddie ted", "anthony tony", "andrew andy drew", "alexander alex sandy", "benjamin ben",
		"christopher chris", "gregory greg", "jeffrey jeff", "kenneth ken", "lawrence larry", "matthew matt", "nicholas nick",
		"patrick pat", "peter pete", "philip phil", "ronald ron", "samuel sam", "stephen steve", "steven steve", "theodore ted",
		"timothy tim", "vincent vince", "walter walt", "elizabeth liz beth betty eliza", "katherine kate kathy katie",
		"catherine cathy kate", "margaret maggie meg peggy", "jennifer jen jenny", "susan sue susie", "patricia pat patty tricia",
		"deborah deb debbie", "barbara barb", "rebecca becky", "victoria vicky", "jessica jess", "samantha sam", "kimberly kim",
		"pamela pam", "cynthia cindy", "christine chris tina", "dorothy dot", "abigail abby", "rachel rach"} {
		out = append(out, strings.Fields(line))
	}
	return out
}()

func sameLastName(a, b string) bool {
	a, b = letters(a), letters(b)
	if a == "" || b == "" {
		return false
	}
	sound := metaphone(a)
	return a == b || keystrokes(a, b) >= 0.90 || sound != "" && sound == metaphone(b)
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
	return x != "" && y != "" && (edits(x, y) >= 0.70 || acronym(x, y))
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

// samePhone weighs the sections of a North American number: country 10, area
// 50, exchange 30, line 10; 80 of 100 are a match. Other numbers are compared
// whole.
func samePhone(a, b string) bool {
	x, y := digits(a), digits(b)
	if len(x) == 10 {
		x = "1" + x
	}
	if len(y) == 10 {
		y = "1" + y
	}
	if len(x) != 11 || len(y) != 11 {
		return x != "" && x == y
	}
	score := 0
	for _, section := range []struct{ from, to, weight int }{{0, 1, 10}, {1, 4, 50}, {4, 7, 30}, {7, 11, 10}} {
		if x[section.from:section.to] == y[section.from:section.to] {
			score += section.weight
		}
	}
	return score >= 80
}

// sameZip weighs the part before the dash 90, the one after it 10; 80 of 100
// are a match.
func sameZip(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return letters(a) != "" && letters(a) == letters(b)
}

// streetSuffixes are kinds of street by how they are written.
var streetSuffixes = map[string]string{"street": "street", "st": "street", "str": "street", "avenue": "avenue", "ave": "avenue",
	"av": "avenue", "road": "road", "rd": "road", "boulevard": "boulevard", "blvd": "boulevard", "drive": "drive", "dr": "drive",
	"lane": "lane", "ln": "lane", "court": "court", "ct": "court", "place": "place", "pl": "place", "square": "square", "sq": "square",
	"way": "way", "parkway": "parkway", "pkwy": "parkway", "highway": "highway", "hwy": "highway", "terrace": "terrace", "circle": "circle"}

// suiteWords begin the part of an address within the house.
var suiteWords = map[string]bool{"suite": true, "ste": true, "unit": true, "apt": true, "apartment": true, "floor": true, "fl": true, "room": true, "rm": true}

// address is a street in sections.
type address struct{ number, name, suffix, suite string }

func addressOf(s string) address {
	var out address
	var name []string
	words := strings.Fields(letters(strings.ReplaceAll(s, ",", " ")))
	for i, word := range words {
		switch {
		case suiteWords[word] && i > 0:
			out.suite = strings.Join(words[i+1:], " ")
			out.name = strings.Join(name, " ")
			return out
		case out.number == "" && len(name) == 0 && digits(word) != "":
			out.number = word
		case streetSuffixes[word] != "" && len(name) > 0:
			out.suffix = streetSuffixes[word]
		default:
			name = append(name, word)
		}
	}
	out.name = strings.Join(name, " ")
	return out
}

// sameStreet weighs the sections of an address: name 50 by its edits, number
// 20, suffix 15, suite 15; 80 of 100 are a match.
func sameStreet(a, b string) bool {
	x, y := addressOf(a), addressOf(b)
	if x.name == "" || y.name == "" {
		return false
	}
	score := 50 * edits(x.name, y.name)
	for _, section := range []struct {
		a, b   string
		weight float64
	}{{x.number, y.number, 20}, {x.suffix, y.suffix, 15}, {x.suite, y.suite, 15}} {
		if section.a == section.b {
			score += section.weight
		}
	}
	return score >= 80
}
