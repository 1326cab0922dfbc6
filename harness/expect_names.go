package harness

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// checkNames holds the names in the suite's expectations, and what they take them
// for, against the versions that they are asked of, before anything runs. An org that is a file may have
// more than is known here, so that what is asked of one is not checked.
func (s *sources) checkNames(p *plan.Plan, expect expectations) error {
	seen := map[string]bool{}
	for i := range p.Scenarios {
		sc := &p.Scenarios[i]
		way := sc.Package + "\x00" + strings.Join(sc.Path, "\x00")
		if sc.Org.File != "" || seen[way] {
			continue
		}
		seen[way] = true
		var known *schema.Schema
		for j, r := range expect.rules {
			if !suite.Matches(p.Suite.Expect.Invariants[j].Orgs, sc.Org.Name) {
				continue
			}
			if known == nil {
				known = s.schemaOf(p, sc)
			}
			if err := checkRule(known, s.get(sc.Package, sc.Path[len(sc.Path)-1]).Namespace, &r); err != nil {
				return fmt.Errorf("expectation %q of %s %s: %w", r.Name, sc.Package, sc.Path[len(sc.Path)-1], err)
			}
		}
		for j, c := range expect.changes {
			if c.When == nil || !suite.Matches(p.Suite.Expect.Changes[j].Orgs, sc.Org.Name) {
				continue
			}
			if known == nil {
				known = s.schemaOf(p, sc)
			}
			if err := checkChange(known, s.get(sc.Package, sc.Path[len(sc.Path)-1]).Namespace, &c); err != nil {
				return fmt.Errorf("expected change of %s of %s %s: %w", c.Object, sc.Package, sc.Path[len(sc.Path)-1], err)
			}
		}
	}
	return nil
}

// schemaOf is what an org has at the end of a way, with every feature.
func (s *sources) schemaOf(p *plan.Plan, sc *plan.Scenario) *schema.Schema {
	var list []schema.Source
	add := func(pkg *metadata.Package) {
		own := s.beside[pkg]
		for _, part := range []*metadata.Package{own.before, pkg, own.after} {
			if part != nil {
				list = append(list, schema.Source{Namespace: part.Namespace, Components: part.Components})
			}
		}
	}
	for _, dep := range p.Dependencies(sc.Package) {
		add(s.get(dep.Package, dep.Name))
	}
	for _, name := range sc.Path {
		add(s.get(sc.Package, name))
	}
	built, _ := schema.Build(schema.Options{Features: schema.Features()}, list...)
	return built
}

// checkRule compiles a query, and looks for the names of its expression among
// what it selects.
func checkRule(known *schema.Schema, ns string, r *invariant.Rule) error {
	if _, err := soql.CompileText(known, ns, r.SOQL); err != nil {
		if namesOthers(known, r.SOQL) {
			return nil // of a package that nothing here describes
		}
		return err
	}
	parsed, bad := query.Parse(diag.NewFile("query", []byte(r.SOQL)))
	if bad != nil {
		return bad
	}
	selected, all := selectedPaths(parsed, ns)
	if !all {
		return nil
	}
	for _, expression := range []*rule.Rule{r.Each, r.That} {
		if expression == nil {
			continue
		}
		for _, path := range expression.Paths() {
			name := bare(path.String(), ns)
			if !slices.Contains([]string{"row", "before", "rows"}, path.Variable) || name == "" || name == "id" || slices.ContainsFunc(selected, func(have string) bool { return have == name || strings.HasPrefix(have, name+".") }) {
				continue
			}
			return fmt.Errorf("%q reads %s.%s, which the query does not select; add it to %s", expression, path.Variable, path, r.SOQL)
		}
	}
	fields := map[string]rule.Type{}
	if o := known.ObjectIn(ns, parsed.From[0].Path.String()); o != nil {
		for _, item := range parsed.Select {
			addType(fields, known, o, ns, strings.Split(item.(*query.Field).Expr.(*query.Path).String(), "."))
		}
	}
	for scope, expression := range map[rule.Scope]*rule.Rule{rule.Row: r.Each, rule.Answer: r.That} {
		if expression != nil {
			if bad := rule.Check(scope, expression.String(), fields, diag.Span{}); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// checkChange holds the condition of an expected change against the fields of its
// object.
func checkChange(known *schema.Schema, ns string, c *invariant.Change) error {
	o := known.ObjectIn(ns, c.Object)
	if o == nil {
		return nil // of a package that nothing here describes, or found out when it runs
	}
	fields := map[string]rule.Type{}
	for _, f := range o.Fields {
		addType(fields, known, o, ns, []string{f.Name})
	}
	if bad := rule.Check(rule.Change, c.When.String(), fields, diag.Span{}); bad != nil {
		return bad
	}
	return nil
}

// addType adds what the field at the end of a path holds, under each name that
// expressions have for it.
func addType(fields map[string]rule.Type, known *schema.Schema, o *schema.Object, ns string, path []string) {
	names := []string{""}
	for i, part := range path {
		f := o.FieldIn(ns, part)
		name := ""
		if i < len(path)-1 {
			if f = o.RelationshipIn(ns, part); f == nil || len(f.ReferenceTo) != 1 {
				return
			}
			name = f.RelationshipName
			if o = known.Object(f.ReferenceTo[0]); o == nil {
				return
			}
		} else if f != nil {
			name = f.Name
		}
		if f == nil || f.Type.IsCompound() || f.Type == schema.AnyType {
			return
		}
		both := []string{name}
		if plain, ok := strings.CutPrefix(name, ns+"__"); ok && ns != "" {
			both = append(both, plain)
		}
		var longer []string
		for _, before := range names {
			for _, n := range both {
				longer = append(longer, strings.TrimPrefix(before+"."+n, "."))
			}
		}
		names = longer
		if i == len(path)-1 {
			for _, n := range names {
				fields[n] = typeOf(f)
			}
		}
	}
}

func typeOf(f *schema.Field) rule.Type {
	switch {
	case f.Type == schema.Boolean:
		return rule.Truth
	case f.Type.IsNumber():
		return rule.Number
	default:
		return rule.Text
	}
}

// namespaced is a name of a package's: "base__Payment__c".
var namespaced = regexp.MustCompile(`\b([A-Za-z]\w*?)__\w+?__\w+`)

// namesOthers reports whether a query names something with a namespace of which
// no object is known.
func namesOthers(known *schema.Schema, soql string) bool {
	for _, m := range namespaced.FindAllStringSubmatch(soql, -1) {
		if !slices.ContainsFunc(known.Objects(), func(o *schema.Object) bool { return strings.EqualFold(o.Namespace, m[1]) }) {
			return true
		}
	}
	return false
}

// selectedPaths lists the paths that a query selects; all is false where it
// selects anything else, whose name in the answer is not told by the text.
func selectedPaths(q *query.Query, ns string) (paths []string, all bool) {
	for _, item := range q.Select {
		field, ok := item.(*query.Field)
		if !ok {
			return nil, false
		}
		path, ok := field.Expr.(*query.Path)
		if !ok || field.Alias != nil {
			return nil, false
		}
		paths = append(paths, bare(path.String(), ns))
	}
	return paths, len(q.From) == 1 && q.From[0].Alias == nil
}

// bare is a path in lower case, without the package's namespace.
func bare(path, ns string) string {
	parts := strings.Split(strings.ToLower(path), ".")
	for i, part := range parts {
		parts[i] = strings.TrimPrefix(part, strings.ToLower(ns)+"__")
	}
	return strings.Join(parts, ".")
}
