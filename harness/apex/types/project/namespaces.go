package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// How often the first word of types that are not there must stand to be taken
// for the namespace of a package that is not at hand: a slip is one word in one
// place, a package's types are several in several files.
const (
	typesOfNamespace = 3
	filesOfNamespace = 2
)

// unknownNamespaces are the first words of types (usf.Service.Flow) that only a
// package which is not at hand can explain. Code that uses no more than another
// package's classes names it nowhere else.
func unknownNamespaces(errs diag.List) []string {
	type use struct{ types, files map[string]bool }
	uses := map[string]use{}
	for _, d := range errs {
		name, ok := strings.CutPrefix(d.Message, types.InvalidType)
		if d.Code != types.CodeUnknownType || !ok {
			continue
		}
		first, rest, dotted := strings.Cut(name, ".")
		if first = strings.ToLower(first); !dotted || !namespaceName(first) {
			continue
		}
		if uses[first].types == nil {
			uses[first] = use{map[string]bool{}, map[string]bool{}}
		}
		uses[first].types[strings.ToLower(rest)] = true
		uses[first].files[d.Span.File] = true
	}
	maps.DeleteFunc(uses, func(_ string, u use) bool {
		return len(u.types) < typesOfNamespace || len(u.files) < filesOfNamespace
	})
	return slices.Sorted(maps.Keys(uses))
}

// namespaceName reports whether a word has the form of a namespace: at most 15
// letters, digits and underscores (versions-and-push.md).
func namespaceName(s string) bool {
	return len(s) <= 15 && !strings.Contains(s, "__") && !strings.ContainsAny(s, "<>[] ")
}
