package aim

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// Asked is a condition of a query near the post-install script: a field against a
// text that is written in the source.
type Asked struct {
	Object, Field string // API names as written
	Value         string
	Class         *metadata.Component
	Line          int
}

// askedDepth is how far from the post-install class conditions are read: in it,
// and in the classes that it names.
const askedDepth = 2

// Asks lists the conditions on texts of the queries in the post-install class and
// in the classes that it names, each once.
func (a *Upgrade) Asks() []Asked {
	if a.To == nil || a.To.PostInstall == "" {
		return nil
	}
	var list []Asked
	known := map[Asked]bool{}
	for _, c := range a.To.OfKind(metadata.ApexClass) {
		near := strings.EqualFold(c.Name, a.To.PostInstall) || a.Distance(c.Name) > 0 && a.Distance(c.Name) < askedDepth
		if !near || isTestSource(c) {
			continue
		}
		u := a.after.Apex(c)
		for _, root := range u.roots() {
			syntax.Walk(root, func(n syntax.Node) bool {
				if x, ok := n.(*syntax.SOQL); ok && x.Query != nil && len(x.Query.From) > 0 {
					for _, asked := range conditionsOf(x.Query) {
						asked.Class, asked.Line = c, u.Span(x).Line
						key := asked
						key.Line = 0
						if !known[key] {
							known[key] = true
							list = append(list, asked)
						}
					}
				}
				return true
			})
		}
	}
	return list
}

// conditionsOf lists the comparisons of a query's own fields with texts for being
// equal.
func conditionsOf(q *query.Query) []Asked {
	var list []Asked
	object := q.From[0].Path.String()
	add := func(left, right query.Operand) {
		path, isPath := left.(*query.Path)
		text, isText := right.(*query.Literal)
		if isPath && isText && len(path.Parts) == 1 && text.Kind == query.StringLiteral && text.Text != "" {
			list = append(list, Asked{Object: object, Field: path.Parts[0].Text, Value: text.Text})
		}
	}
	var visit func(c query.Condition)
	visit = func(c query.Condition) {
		switch x := c.(type) {
		case *query.And:
			for _, t := range x.Terms {
				visit(t)
			}
		case *query.Or:
			for _, t := range x.Terms {
				visit(t)
			}
		case *query.Compare:
			if x.Op == query.Equal {
				add(x.Left, x.Right)
			}
		case *query.In:
			for _, v := range x.Values {
				if x.Op == query.InSet {
					add(x.Left, v)
				}
			}
		}
	}
	visit(q.Where)
	return list
}

// Settings lists the custom settings of the old version that the post-install
// class, or a class that it names, names.
func (a *Upgrade) Settings() []string {
	if a.To == nil || a.To.PostInstall == "" {
		return nil
	}
	var list []string
	for _, o := range a.From.OfKind(metadata.CustomObject) {
		if d := a.Distance(o.Name); o.Props.Has("customSettingsType") && d > 0 && d <= askedDepth {
			list = append(list, o.Name)
		}
	}
	return list
}
