package metadata

import (
	"slices"
	"strings"
)

// Node is an element of a property tree. Text is the trimmed character data of
// a leaf; an element with children has no Text. Line and Column are where the
// element begins in its file, from 1; they are zero for what canonicalisation
// filled in. A nil *Node is an empty tree: every method may be called on it.
type Node struct {
	Name, Text   string
	Children     []*Node
	Line, Column int
}

// Child is the first child with this name, or nil.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// All gives every child with this name, in order.
func (n *Node) All(name string) []*Node {
	if n == nil {
		return nil
	}
	var all []*Node
	for _, c := range n.Children {
		if c.Name == name {
			all = append(all, c)
		}
	}
	return all
}

// Find follows a path of names separated by '/' through first children.
func (n *Node) Find(path string) *Node {
	for n != nil && path != "" {
		head, rest, _ := strings.Cut(path, "/")
		n, path = n.Child(head), rest
	}
	return n
}

// Get is the text at a path ("valueSet/restricted"), empty when absent.
func (n *Node) Get(path string) string {
	if at := n.Find(path); at != nil {
		return at.Text
	}
	return ""
}

// Has says whether there is a node at a path.
func (n *Node) Has(path string) bool { return n.Find(path) != nil }

// Bool is true when the text at a path is "true", in any case.
func (n *Node) Bool(path string) bool { return strings.EqualFold(n.Get(path), "true") }

// Texts gives the text of every child with this name, in order.
func (n *Node) Texts(name string) []string {
	var texts []string
	for _, c := range n.All(name) {
		texts = append(texts, c.Text)
	}
	return texts
}

// Clone is a deep copy.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Children = make([]*Node, len(n.Children))
	for i, child := range n.Children {
		c.Children[i] = child.Clone()
	}
	return &c
}

// Equal compares names, text and children, not positions.
func (n *Node) Equal(o *Node) bool {
	if n == nil || o == nil {
		return n == o
	}
	return n.Name == o.Name && n.Text == o.Text &&
		slices.EqualFunc(n.Children, o.Children, (*Node).Equal)
}
