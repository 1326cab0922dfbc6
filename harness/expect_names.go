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

// checkNames holds the names in the suite's expectations against the versions
// that they are asked of, before anything runs. An org that is a file may have
// more than is known here, so that what is asked of one is not checked.
func (s *sources) checkNames(p *plan.Plan, rules []invariant.Rule) error {
	seen := map[string]bool{}
	for i := range p.Scenarios {
		sc := &p.Scenarios[i]
		way := sc.Package + "\x00" + strings.Join(sc.Path, "\x00")
		if sc.Org.File != "" || seen[way] {
			continue
		}
		seen[way] = true
		var known *schema.Schema
		for j, r := range rules {
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
	return nil
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
