package source

import (
	"bytes"
	"strings"
)

// tokens replaces the namespace tokens that CumulusCI projects write instead of
// their own prefix (corpus-dev.md, part A3, rule 3).
type tokens struct {
	prefix  string // what %%%NAMESPACE%%% becomes
	content []replacement
	names   []replacement
}

type replacement struct{ token, with string }

// newTokens makes the table for a namespace; without one every prefix is empty
// and the default namespace "c" stands for it where one must be named.
func newTokens(namespace string) *tokens {
	prefix, dot, or := "", "", "c"
	if namespace != "" {
		prefix, dot, or = namespace+"__", namespace+".", namespace
	}
	return &tokens{
		prefix: prefix,
		content: []replacement{
			{"%%%NAMESPACE%%%", prefix},
			{"%%%NAMESPACE_DOT%%%", dot},
			{"%%%NAMESPACE_OR_C%%%", or},
			{"%%%NAMESPACED_ORG%%%", prefix},
			{"%%%NAMESPACED_ORG_OR_C%%%", or},
			{"%%%NAMESPACED_RT%%%", dot},
			{"%%%MANAGED_OR_NAMESPACED_ORG%%%", prefix},
			{"%%%MANAGED_OR_NAMESPACED_ORG_OR_C%%%", or},
		},
		names: []replacement{
			{"___NAMESPACE___", prefix},
			{"___NAMESPACED_ORG___", prefix},
			{"___MANAGED_OR_NAMESPACED_ORG___", prefix},
		},
	}
}

// text substitutes in a file's content.
func (t *tokens) text(src []byte) []byte {
	if !bytes.Contains(src, []byte("%%%")) {
		return src
	}
	for _, r := range t.content {
		src = bytes.ReplaceAll(src, []byte(r.token), []byte(r.with))
	}
	return src
}

// name substitutes in a file name.
func (t *tokens) name(s string) string {
	if !strings.Contains(s, "___") {
		return s
	}
	for _, r := range t.names {
		s = strings.ReplaceAll(s, r.token, r.with)
	}
	return s
}
