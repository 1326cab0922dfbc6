package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestDecide runs testdata/decide: what an org holds and what the new version
// has, a component a line, and what the upgrade makes of it. A "!" before a
// held component says that the subscriber deleted it.
func TestDecide(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/decide", decide)
}

// TestRemovals runs testdata/removals: what becomes of components that left, and
// of members of groups.
func TestRemovals(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/removals", decide)
}

// TestTypes runs testdata/types, a file a component type: what an upgrade makes
// of it by the table of manageability, and of each of its attributes by class.
// Every case names the line of the facts that it follows.
func TestTypes(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/types", func(t *testing.T, path string) { datadriven.RunTest(t, path, decide) })
}

func decide(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	if d.Cmd != "upgrade" {
		return "unknown command " + d.Cmd
	}
	kindName := "managed"
	d.MaybeScanArgs(t, "kind", &kindName)
	removal := string(install.Mixed)
	d.MaybeScanArgs(t, "removal", &removal)
	kind, ok := metadata.ParsePackageKind(kindName)
	if !ok {
		return "unknown kind " + kindName
	}
	held, next, _ := strings.Cut(d.Input+"\n", "=>\n")
	org := scripted{}
	for _, line := range strings.Split(strings.TrimSpace(held), "\n") {
		if name, deleted := strings.CutPrefix(line, "!"); deleted {
			c := parseComponent(name)
			org.add(c.Kind, c.Name, &Held{Deleted: true})
		} else if line != "" {
			c := parseComponent(line)
			org.add(c.Kind, c.Name, &Held{Component: c})
		}
	}
	var components []*metadata.Component
	for _, line := range strings.Split(strings.TrimSpace(next), "\n") {
		if line != "" {
			components = append(components, parseComponent(line))
		}
	}
	pkg, _ := metadata.NewPackage(metadata.Package{Name: "sample", Kind: kind}, components)
	var b strings.Builder
	for _, act := range Decide(pkg, org, install.Removal(removal)) {
		b.WriteString(describe(act))
	}
	return b.String()
}

// scripted is an Inventory written down in a test file.
type scripted map[string]*Held

func (s scripted) add(kind metadata.Kind, name string, h *Held) { s[string(kind)+" "+name] = h }

func (s scripted) Held(kind metadata.Kind, name string) *Held { return s[string(kind)+" "+name] }

func (s scripted) Owned() []*metadata.Component {
	var owned []*metadata.Component
	for _, h := range s {
		if h.Component != nil {
			owned = append(owned, h.Component)
		}
	}
	slices.SortFunc(owned, func(a, b *metadata.Component) int {
		return strings.Compare(string(a.Kind)+a.Name, string(b.Kind)+b.Name)
	})
	return owned
}

// parseComponent reads "Kind Name property=text path/to=text | body".
func parseComponent(line string) *metadata.Component {
	head, body, _ := strings.Cut(line, " | ")
	words := strings.Fields(head)
	c := &metadata.Component{Kind: metadata.Kind(words[0]), Name: words[1]}
	if body != "" {
		c.Source = []byte(body)
	}
	root := &metadata.Node{Name: words[0]}
	for _, w := range words[2:] {
		path, text, _ := strings.Cut(w, "=")
		at := root
		steps := strings.Split(path, "/")
		for i, step := range steps {
			child := at.Child(step)
			if child == nil || i == len(steps)-1 {
				child = &metadata.Node{Name: step}
				at.Children = append(at.Children, child)
			}
			at = child
		}
		at.Text = text
	}
	return metadata.WithProps(c, root)
}

func describe(act Action) string {
	line := fmt.Sprintf("%s %s %s", act.Verb, act.Kind, act.Name)
	if act.Component != nil {
		line += printProps("", act.Component.Props)
	}
	for _, w := range act.Withheld {
		line += fmt.Sprintf(" [%s %s]", w.Class, w.Property)
	}
	return line + "\n"
}

func printProps(prefix string, n *metadata.Node) string {
	out := ""
	for _, c := range n.Children {
		if len(c.Children) > 0 {
			out += printProps(prefix+c.Name+"/", c)
		} else {
			out += " " + prefix + c.Name + "=" + c.Text
		}
	}
	return out
}
