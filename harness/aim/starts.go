package aim

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// What starts a class from outside of Apex, by what its source says (Apex
// Developer Guide, "Annotations", "Invoking Apex").
var (
	startedByAnnotation = map[string]string{
		"auraenabled": "Lightning components", "remoteaction": "pages", "invocablemethod": "flows", "restresource": "REST calls",
	}
	startedByInterface = map[string]string{
		"schedulable": "a schedule", "system.schedulable": "a schedule", "database.batchable": "batch jobs", "messaging.inboundemailhandler": "incoming mail",
		"installhandler": "installations that name it", "system.installhandler": "installations that name it",
		"uninstallhandler": "uninstalling", "system.uninstallhandler": "uninstalling",
	}
)

// Starts says what starts a class of a version from outside of Apex, "Lightning
// components", "flows"; nothing for one that other Apex calls.
func Starts(pkg *metadata.Package, class *metadata.Component) []string {
	var list []string
	add := func(what string) {
		if what != "" && !slices.Contains(list, what) {
			list = append(list, what)
		}
	}
	unit, _ := syntax.Parse(diag.NewFile(class.Name+".cls", class.Source), syntax.Options{Kind: syntax.ClassUnit})
	if unit.Type != nil {
		startsOf(unit.Type, add)
	}
	for _, kind := range []metadata.Kind{metadata.ApexPage, metadata.ApexComponent} {
		for _, page := range pkg.OfKind(kind) {
			if controls(page, class.Name) {
				add("pages")
			}
		}
	}
	slices.Sort(list)
	return list
}

func startsOf(d syntax.TypeDecl, add func(string)) {
	annotated(d.TypeModifiers(), add)
	class, ok := d.(*syntax.ClassDecl)
	if !ok {
		return
	}
	for _, t := range class.Implements {
		add(startedByInterface[strings.ToLower(t.Name())])
	}
	for _, m := range class.Members {
		switch m := m.(type) {
		case *syntax.MethodDecl:
			annotated(&m.Modifiers, add)
			if m.Modifiers.Set.Has(syntax.WebService) {
				add("SOAP calls")
			}
		case *syntax.ClassDecl:
			startsOf(m, add)
		}
	}
}

func annotated(m *syntax.Modifiers, add func(string)) {
	for _, a := range m.Annotations {
		add(startedByAnnotation[a.Name.Key()])
	}
}

// controls reports whether a page names a class as its controller or extension.
func controls(page *metadata.Component, class string) bool {
	source := string(page.Source)
	for _, attribute := range []string{`controller="`, `extensions="`} {
		for rest := source; ; {
			_, after, found := strings.Cut(rest, attribute)
			if !found {
				break
			}
			names, more, _ := strings.Cut(after, `"`)
			if slices.ContainsFunc(strings.Split(names, ","), func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), class) }) {
				return true
			}
			rest = more
		}
	}
	return false
}

// NamedIn lists for each of some classes the classes and triggers of a version
// that name it, in order, itself left out.
func NamedIn(pkg *metadata.Package, classes []string) map[string][]*metadata.Component {
	asked := map[string]bool{}
	for _, name := range classes {
		asked[strings.ToLower(name)] = true
	}
	in := map[string][]*metadata.Component{}
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range pkg.OfKind(kind) {
			for _, word := range identifiers(string(c.Source)) {
				if asked[word] && !strings.EqualFold(word, c.Name) {
					in[word] = append(in[word], c)
				}
			}
		}
	}
	return in
}
