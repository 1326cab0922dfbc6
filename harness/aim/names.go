package aim

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// WordsInCommon counts words of two API names of which one begins with the
// other: ApplyDataMaskRules__c and IsDataMaskingEnabled__c have two.
func WordsInCommon(a, b, ns string) int {
	n := 0
	others := nameWords(metadata.StripNamespace(b, ns))
	for _, word := range nameWords(metadata.StripNamespace(a, ns)) {
		if slices.ContainsFunc(others, func(o string) bool { return strings.HasPrefix(o, word) || strings.HasPrefix(word, o) }) {
			n++
		}
	}
	return n
}

// nameWords are the words of an API name in lower case, those of at least four
// letters: shorter ones say nothing.
func nameWords(name string) []string {
	var words []string
	start := 0
	name = strings.TrimSuffix(name, "__c")
	flush := func(end int) {
		if end-start >= 4 {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_':
			flush(i)
			start = i + 1
		case c >= 'A' && c <= 'Z' && i > start && (name[i-1] < 'A' || name[i-1] > 'Z'):
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return words
}
