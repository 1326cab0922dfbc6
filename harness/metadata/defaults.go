package metadata

import (
	_ "embed"
	"strings"
)

//go:embed defaults.txt
var defaultsText string

// defaultRule fills in one property of a kind where it is absent.
type defaultRule struct {
	when  []condition
	path  []string // of what the property is in, from the root
	name  string
	value string
	copy  bool // value names a sibling to copy
}

type condition struct{ name, value string } // value empty: present

var defaultRules = readDefaults(defaultsText)

func readDefaults(text string) map[Kind][]defaultRule {
	table := map[Kind][]defaultRule{}
	for _, f := range rows(text) {
		kind, conditions, _ := strings.Cut(f[0], "?")
		var when []condition
		for c := range strings.SplitSeq(conditions, "&") {
			if c != "" {
				name, value, _ := strings.Cut(c, "=")
				when = append(when, condition{name, value})
			}
		}
		for _, setting := range f[1:] {
			property, value, _ := strings.Cut(setting, "=")
			path := strings.Split(property, "/")
			value, isCopy := strings.CutPrefix(value, "$")
			table[Kind(kind)] = append(table[Kind(kind)], defaultRule{
				when: when, path: path[:len(path)-1], name: path[len(path)-1], value: value, copy: isCopy})
		}
	}
	return table
}

// fillDefaults adds what the platform assumes for absent properties.
func fillDefaults(kind Kind, root *Node) {
rules:
	for i := range defaultRules[kind] {
		r := &defaultRules[kind][i]
		for _, c := range r.when {
			at := root.Child(c.name)
			if at == nil || c.value != "" && at.Text != c.value {
				continue rules
			}
		}
		r.fill(root, r.path)
	}
}

func (r *defaultRule) fill(n *Node, path []string) {
	if len(path) > 0 {
		for _, c := range n.Children {
			if c.Name == path[0] {
				r.fill(c, path[1:])
			}
		}
		return
	}
	if n.Child(r.name) != nil {
		return
	}
	value := r.value
	if r.copy {
		value = n.Get(r.value)
	}
	n.Children = append(n.Children, &Node{Name: r.name, Text: value})
}
