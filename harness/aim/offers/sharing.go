package offers

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// SharingWord is what a class declares about whose rows it sees.
type SharingWord string

// The words; a class may have none.
const (
	With      SharingWord = "with sharing"
	Without   SharingWord = "without sharing"
	Inherited SharingWord = "inherited sharing"
)

// Sharing is a class that declares another word in the new version.
type Sharing struct {
	Class   string // without namespace; "Outer.Inner"
	Was, Is SharingWord
}

// declared finds the declaration of a class, its modifiers and its name.
var declared = regexp.MustCompile(`(?i)\b((?:(?:public|private|protected|global|virtual|abstract|(?:with|without|inherited)\s+sharing)\s+)*)class\s+([a-z]\w*)\s*(?:extends\b|implements\b|\{)`)

var sharingWord = regexp.MustCompile(`(?i)\b(with|without|inherited)\s+sharing\b`)

// works finds what rows are read or written by, or code of others is run by.
var works = regexp.MustCompile(`(?i)\[\s*(select|find)\b|\bDatabase\s*\.|\b(insert|update|upsert|delete|undelete|merge)\s+[a-z(\[]|\.newInstance\s*\(|\b(virtual|abstract)\b`)

// SharingWords lists the classes, tests left out, that come or cease to run with
// sharing, or without it, and that do something with rows or run code of others.
func SharingWords(from, to *metadata.Package) []Sharing {
	was := indexOf(from)
	var out []Sharing
	for _, c := range to.Components {
		old := was.find(c.Kind, c.Name)
		if c.Kind != metadata.ApexClass || old == nil || old.Hash == c.Hash || !works.MatchString(code(c)) {
			continue
		}
		before := wordsOf(code(old))
		for class, word := range wordsOf(code(c)) {
			had, known := before[class]
			if !known || !matters(had, word) {
				continue
			}
			name := c.Name
			if !strings.EqualFold(class, c.Name) {
				name += "." + class
			}
			out = append(out, Sharing{name, had, word})
		}
	}
	slices.SortFunc(out, func(a, b Sharing) int { return cmp.Compare(a.Class, b.Class) })
	return out
}

// matters reports whether a change of words may change which rows are seen: a
// class without a word and one that inherits both take their caller's.
func matters(was, is SharingWord) bool {
	return was != is && (was == With || is == With)
}

// wordsOf lists the classes that a source declares with their words.
func wordsOf(source string) map[string]SharingWord {
	out := map[string]SharingWord{}
	for _, m := range declared.FindAllStringSubmatch(source, -1) {
		word := ""
		if w := sharingWord.FindStringSubmatch(m[1]); w != nil {
			word = strings.ToLower(w[1]) + " sharing"
		}
		out[m[2]] = SharingWord(word)
	}
	return out
}
