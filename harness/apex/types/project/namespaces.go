package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// typesOfNamespace is how many types that are not there must begin with one word
// to let it be the namespace of a package that is not at hand, where none is
// three words long.
const typesOfNamespace = 2

// unknownNamespaces are the first words of types that only a package which is
// not at hand can explain: code that uses no more than another package's classes
// names it nowhere else. The types of a class that is gone are Outer.Inner, never
// three words long: one such type shows a namespace. Two words do with a small
// letter at their beginning, as classes are not written, and where there are
// more such types than the one of a slip.
func unknownNamespaces(errs diag.List, known func(word string) bool) []string {
	uses := map[string]map[string]bool{}
	nested, small := map[string]bool{}, map[string]bool{}
	for _, d := range errs {
		name, ok := strings.CutPrefix(d.Message, types.InvalidType)
		if d.Code != types.CodeUnknownType || !ok {
			continue
		}
		first, rest, dotted := strings.Cut(name, ".")
		key := strings.ToLower(first)
		if !dotted || !namespaceName(key) || known(first) {
			continue
		}
		if uses[key] == nil {
			uses[key] = map[string]bool{}
		}
		uses[key][strings.ToLower(rest)] = true
		if end := strings.IndexAny(rest, "<["); end >= 0 {
			rest = rest[:end]
		}
		nested[key] = nested[key] || strings.Contains(rest, ".")
		small[key] = small[key] || first[0] >= 'a' && first[0] <= 'z'
	}
	maps.DeleteFunc(uses, func(word string, of map[string]bool) bool {
		return !nested[word] && (len(of) < typesOfNamespace || !small[word])
	})
	return slices.Sorted(maps.Keys(uses))
}

// namespaceName reports whether a word has the form of a namespace: at most 15
// letters, digits and underscores (versions-and-push.md).
func namespaceName(s string) bool {
	return len(s) <= 15 && !strings.Contains(s, "__") && !strings.ContainsAny(s, "<>[] ")
}
