package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// oldCallersCompile finds what subscribers may have written against the old
// version and what the new one does not let compile: what they implement, what
// the package offers as global, and, where it has no such word, what is public.
func oldCallersCompile(e *Evidence) []finding.Finding {
	var list []finding.Finding
	var public []probe.BrokenUse
	for _, byType := range e.brokenTypes() {
		first := byType[0]
		if e.OldCallers.Global && !first.Global {
			public = append(public, byType...)
			continue
		}
		if first.Contract {
			list = append(list, e.brokenContract(byType))
		} else if first.Global {
			list = append(list, e.brokenCalls(byType))
		} else {
			public = append(public, byType...)
		}
	}
	if len(public) > 0 {
		list = append(list, e.brokenPublic(public))
	}
	return list
}

// brokenTypes puts the broken uses of a type together, its contract apart from
// what is called. A type that is gone is told once.
func (e *Evidence) brokenTypes() [][]probe.BrokenUse {
	var lists [][]probe.BrokenUse
	at := map[string]int{}
	seen := map[string]bool{}
	for _, l := range e.OldCallers.Lost {
		lists = append(lists, []probe.BrokenUse{{Type: l.Name, Use: l.Name, Global: !e.OldCallers.Global,
			Text: "Dependent class is invalid and needs recompilation: Class " + l.Name + " : " + l.Text}})
	}
	for _, b := range e.OldCallers.Broken {
		key := fmt.Sprint(strings.ToLower(b.Type), b.Contract && !b.Gone, b.Global)
		if seen[key+b.Use] || b.Gone && seen[key] {
			continue
		}
		seen[key+b.Use], seen[key] = true, true
		i, ok := at[key]
		if !ok {
			i = len(lists)
			at[key] = i
			lists = append(lists, nil)
		}
		lists[i] = append(lists[i], b)
	}
	return lists
}

// brokenContract tells of a type that subscribers implement or extend.
func (e *Evidence) brokenContract(uses []probe.BrokenUse) finding.Finding {
	b := uses[0]
	f := e.brokenUse(b, fmt.Sprintf("Apex of a subscriber that %s no longer compiles", b.Use), "Apex of subscribers that implements or extends {n} types of the package no longer compiles")
	f.Message = textsOf(uses)
	return f
}

// brokenCalls tells of a global type of which something can not be used any more.
func (e *Evidence) brokenCalls(uses []probe.BrokenUse) finding.Finding {
	b := uses[0]
	title := fmt.Sprintf("Apex of a subscriber that uses %s no longer compiles", b.Use)
	if len(uses) > 1 {
		title = fmt.Sprintf("Apex of a subscriber that uses %s of %s no longer compiles", counted(len(uses), "global member"), b.Type)
	}
	f := e.brokenUse(b, title, "Apex of subscribers that uses {n} global types no longer compiles")
	f.Message = textsOf(uses)
	return f
}

// brokenPublic tells once of all that is public and not global: code without a
// namespace sees it, whether it was meant for it or not.
func (e *Evidence) brokenPublic(uses []probe.BrokenUse) finding.Finding {
	var names []string
	for _, b := range uses {
		if !slices.Contains(names, b.Type) {
			names = append(names, b.Type)
		}
	}
	f := finding.New(finding.SubscriberApex, fmt.Sprintf("Apex of the org that uses %s of %s no longer compiles", counted(len(uses), "public member"), counted(len(names), "type")))
	if e.OldCallers.Global {
		f.Severity = finding.Minor // what is meant for others is global there
	}
	f.Message = textsOf(uses)
	f.Cause = finding.Cause{Kind: finding.ByComponent, Detail: "changed in " + e.To.Version.String()}
	for _, name := range names {
		f.Components = append(f.Components, finding.Component{Kind: "ApexClass", Name: name, Namespace: e.From.Namespace})
	}
	return f
}

func (e *Evidence) brokenUse(b probe.BrokenUse, title, several string) finding.Finding {
	f := finding.New(finding.SubscriberApex, title)
	f.Several = several
	detail := "changed in " + e.To.Version.String()
	if b.Gone {
		detail = "removed in " + e.To.Version.String()
	}
	outer, _, _ := strings.Cut(strings.TrimPrefix(b.Type, e.From.Namespace+"."), ".")
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "ApexClass " + prefixed(e.From.Namespace, outer), Detail: detail}
	f.Components = []finding.Component{{Kind: "ApexClass", Name: outer, Namespace: e.From.Namespace}}
	return f
}

// textsOf says of each use what the compiler says.
func textsOf(uses []probe.BrokenUse) string {
	var lines []string
	for i, b := range uses {
		if i == finding.SampleSize {
			lines = append(lines, fmt.Sprintf("… and %d more", len(uses)-i))
			break
		}
		lines = append(lines, b.Use+": "+b.Text)
	}
	return strings.Join(lines, "\n")
}
