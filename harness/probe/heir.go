package probe

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// heirOf guesses which new field of the same object takes the place of one
// that is gone: of the same sort, with words of its name in common.
func (s *Subject) heirOf(f *schema.Field) *schema.Field {
	o := s.After.Schema().Object(f.Object.Name)
	if o == nil {
		return nil
	}
	var best *schema.Field
	most := 0
	for _, next := range o.Fields {
		name := f.Object.Name + "." + next.Name
		added := s.To.Find(metadata.CustomField, metadata.StripNamespace(name, s.To.Namespace)) != nil &&
			f.Object.Field(next.Name) == nil && next.Namespace == f.Namespace
		if !added || !next.IsStored() || !sameSort(f, next) {
			continue
		}
		if n := wordsInCommon(f.Name, next.Name, f.Namespace); n > most {
			best, most = next, n
		}
	}
	return best
}

func sameSort(a, b *schema.Field) bool {
	return a.Type == b.Type && slices.Equal(a.ReferenceTo, b.ReferenceTo) ||
		a.Type.IsText() && b.Type.IsText() || a.Type.IsNumber() && b.Type.IsNumber()
}

// wordsInCommon counts words of two API names of which one begins with the
// other: ApplyDataMaskRules__c and IsDataMaskingEnabled__c have two.
func wordsInCommon(a, b, ns string) int {
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
