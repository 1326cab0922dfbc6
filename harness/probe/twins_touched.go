package probe

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// acting are the kinds of component that do something when a row is saved, or
// that what does is written in.
var acting = []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger, metadata.Flow, metadata.WorkflowRule, metadata.WorkflowFieldUpdate,
	metadata.ValidationRule, metadata.CustomField, metadata.CustomMetadata, metadata.CustomLabel, metadata.DuplicateRule, metadata.RecordType}

// touched is what a release changes of what acts when rows are saved.
type touched struct {
	components []diff.Component
	words      map[string]bool // that stand in them, in lower case: names of objects and fields among them
	parents    map[string]bool // objects that they belong to, in lower case, without a namespace
}

// word is a name in source.
var word = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_]*`)

// isTest finds classes of tests, which no transaction of a user runs.
var isTest = regexp.MustCompile(`(?i)@istest\b`)

func touchedBy(s *Subject) *touched {
	t := &touched{words: map[string]bool{}, parents: map[string]bool{}}
	for i := range s.Diff.Components {
		c := &s.Diff.Components[i]
		if c.Cosmetic || !slices.Contains(acting, c.Key.Kind) {
			continue
		}
		var sources []*metadata.Component
		for _, e := range []*Entry{c.Before, c.After} {
			if e != nil && !(c.Key.Kind == metadata.ApexClass && isTest.Match(e.Component.Source)) {
				sources = append(sources, e.Component)
			}
		}
		if len(sources) == 0 || len(sources) == 2 && sameCode(sources[0].Source, sources[1].Source) {
			continue
		}
		t.components = append(t.components, *c)
		for _, source := range sources {
			t.read(source)
		}
	}
	return t
}

// comment finds comments of Apex and runs of space.
var comment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|\s+`)

// sameCode reports whether two bodies differ in comments and space only.
func sameCode(a, b []byte) bool {
	return a != nil && b != nil && string(comment.ReplaceAll(a, nil)) == string(comment.ReplaceAll(b, nil))
}

// newWords are the names that a source has and an earlier one had not, in the order
// in which they stand there, the first few.
func newWords(was, is []byte) []string {
	const most = 8
	known := map[string]bool{}
	for _, w := range word.FindAllString(string(comment.ReplaceAll(was, []byte(" "))), -1) {
		known[strings.ToLower(w)] = true
	}
	var out []string
	for _, w := range word.FindAllString(string(comment.ReplaceAll(is, []byte(" "))), -1) {
		if !known[strings.ToLower(w)] && len(out) < most {
			known[strings.ToLower(w)] = true
			out = append(out, w)
		}
	}
	return out
}

func (t *touched) read(c *metadata.Component) {
	if parent := c.Parent(); parent != "" {
		t.parents[strings.ToLower(parent)] = true
	}
	t.add(c.BaseName())
	if c.Source != nil {
		t.add(string(c.Source))
	}
	if c.Props != nil && c.Kind != metadata.ApexClass && c.Kind != metadata.ApexTrigger {
		t.node(c.Props)
	}
}

func (t *touched) node(n *metadata.Node) {
	t.add(n.Text)
	for _, child := range n.Children {
		t.node(child)
	}
}

func (t *touched) add(text string) {
	for _, w := range word.FindAllString(text, -1) {
		t.words[strings.ToLower(w)] = true
	}
}

// names reports whether an object or field is named in what changed, with or
// without the package's namespace.
func (t *touched) names(api, ns string) bool {
	api = strings.ToLower(api)
	return t.words[api] || t.words[metadata.StripNamespace(api, strings.ToLower(ns))]
}

// target is an object that transactions are tried on.
type target struct {
	name  string
	close bool // what changed names it
}

// objects lists the objects to try transactions on: first those that are named in
// what changed, then the others that the package may have a say in.
func (t *twinRun) objects() []target {
	ns := t.subject.To.Namespace
	var list []target
	seen := map[string]bool{}
	for _, o := range append(t.subject.concerned(), t.named()...) {
		old := t.subject.Before.Schema().Object(o.Name)
		if old == nil || seen[o.Name] || !old.Createable && !old.Updateable || old.Kind.IsCustomSetting() || o.Kind != schema.Standard && o.Kind != schema.Custom {
			continue
		}
		seen[o.Name] = true
		bare := metadata.StripNamespace(strings.ToLower(o.Name), strings.ToLower(ns))
		list = append(list, target{o.Name, t.touched.names(o.Name, ns) || t.touched.parents[bare]})
	}
	slices.SortStableFunc(list, func(a, b target) int {
		return cmp.Or(cmp.Compare(rank(a.close), rank(b.close)), cmp.Compare(a.name, b.name))
	})
	return list
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// named are the standard objects of users that what changed names.
func (t *twinRun) named() []*schema.Object {
	var list []*schema.Object
	for _, name := range usersObjects {
		if o := t.subject.After.Schema().Object(name); o != nil && saveable(o) && t.touched.names(name, "") {
			list = append(list, o)
		}
	}
	return list
}

// usersObjects are standard objects that users work on.
var usersObjects = []string{"Account", "Contact", "Lead", "Opportunity", "Case", "Task", "Event", "Campaign", "CampaignMember", "OpportunityContactRole",
	"Contract", "Order", "Product2", "Asset", "ContentVersion"}
