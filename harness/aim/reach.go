package aim

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Mailing is code that sends mail while a record is saved, and did not before.
type Mailing struct {
	Class *metadata.Component // that sends
	Line  int
	Via   []string // from the trigger to it: "Trigger LogEntryEvent", "LogEntryEventHandler"
}

// sends are the calls after which a message leaves.
var sends = map[string]bool{"sendemail": true, "sendemailmessage": true}

// NewlyMailing lists the classes that send mail, are reached from a trigger by
// name, and did not send any in the version before. A call whose failure is
// caught where it stands is left out.
func (a *Upgrade) NewlyMailing() []Mailing {
	if a.To == nil {
		return nil
	}
	var list []Mailing
	via := a.after.reachedFromTriggers()
	for _, u := range a.after.Code("sendEmail") {
		path, reached := via[strings.ToLower(u.Component.Name)]
		line := u.openSend()
		if !reached || line == 0 {
			continue
		}
		if was := a.From.Find(u.Component.Kind, u.Component.Name); was != nil && a.before.Apex(was).openSend() > 0 {
			continue
		}
		list = append(list, Mailing{Class: u.Component, Line: line, Via: path})
	}
	return list
}

// openSend is the line of the first call that sends mail outside a try block; 0
// for none.
func (u *Unit) openSend() int {
	line := 0
	var visit func(n syntax.Node) bool
	visit = func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.Try:
			if len(x.Catches) > 0 {
				for _, c := range x.Catches {
					syntax.Walk(c.Body, visit)
				}
				return false
			}
		case *syntax.MethodCall:
			if of, ok := x.X.(*syntax.Name); ok && of.Is("Messaging") && sends[x.Name.Key()] && line == 0 {
				line = u.Span(x).Line
			}
		}
		return true
	}
	for _, n := range u.roots() {
		syntax.Walk(n, visit)
	}
	return line
}

// reachedFromTriggers lists the classes that triggers name, and those that these
// name, each with the shortest way to it, by name in lower case.
func (v *Version) reachedFromTriggers() map[string][]string {
	type step struct {
		c    *metadata.Component
		path []string
	}
	via := map[string][]string{}
	var level []step
	for _, t := range v.Package.OfKind(metadata.ApexTrigger) {
		level = append(level, step{t, []string{"trigger " + t.Name}})
	}
	for len(level) > 0 {
		var next []step
		for _, s := range level {
			for _, word := range identifiers(string(s.c.Source)) {
				c := v.Package.Find(metadata.ApexClass, word)
				if c == nil || via[strings.ToLower(c.Name)] != nil || isTestSource(c) {
					continue
				}
				path := append(slices.Clone(s.path), c.Name)
				via[strings.ToLower(c.Name)] = path
				next = append(next, step{c, path})
			}
		}
		level = next
	}
	return via
}

// Sharing is an object whose share rows Apex of the new version names, and that
// of the old one did not. Such rows exist only while its organisation-wide
// default is private or read-only (sharing.md, section 3).
type Sharing struct {
	Object  *metadata.Component
	Share   string // Log__Share
	Classes []*metadata.Component
}

// NewlySharing lists the objects of the package whose share rows Apex newly
// names as a type.
func (a *Upgrade) NewlySharing() []Sharing {
	if a.To == nil {
		return nil
	}
	var list []Sharing
	for _, o := range a.From.OfKind(metadata.CustomObject) {
		if !strings.HasSuffix(o.Name, "__c") || a.To.Find(metadata.CustomObject, o.Name) == nil {
			continue
		}
		share := strings.TrimSuffix(o.Name, "c") + "Share"
		if len(inApex(a.before.Naming(share))) > 0 {
			continue
		}
		if classes := inApex(a.after.Naming(share)); len(classes) > 0 {
			list = append(list, Sharing{Object: o, Share: share, Classes: classes})
		}
	}
	return list
}

func inApex(list []*metadata.Component) []*metadata.Component {
	var out []*metadata.Component
	for _, c := range list {
		if c.Kind == metadata.ApexClass || c.Kind == metadata.ApexTrigger {
			out = append(out, c)
		}
	}
	return out
}
