package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// everyOrgTakesIt finds what goes well in most orgs and not in those that are at
// a limit or that set something differently.
func everyOrgTakesIt(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.Static.Scarce {
		list = append(list, e.scarce(&e.Static.Scarce[i]))
	}
	for _, m := range e.Static.Mailing {
		list = append(list, e.mailing(m))
	}
	for _, s := range e.Static.Sharing {
		list = append(list, e.sharing(s))
	}
	return list
}

// scarce tells of components of which an org may have few (governor-limits.md,
// section 4).
func (e *Evidence) scarce(s *probe.Scarce) finding.Finding {
	f := finding.New(finding.OrgDependent, fmt.Sprintf("The version adds %s: an org that has all it may have is refused", counted(len(s.Added), s.What)))
	f.Message = fmt.Sprintf("%s adds %s. Enterprise Edition allows %d of them in the org, the subscriber's own included (of dashboards those that run as the logged-in user); other editions allow others.",
		e.To.Version, e.names(s.Added), s.Most)
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: "a limit of the org's edition"}
	f.Components = e.components(s.Added...)
	f.Advice = "ship them in a package of their own that nobody must install, or tell administrators how many the version needs"
	return f
}

// mailing tells of mail that leaves while a record is saved: where the org may
// not send any, the call throws and the save ends.
func (e *Evidence) mailing(m probe.Mailing) finding.Finding {
	f := finding.New(finding.OrgDependent, fmt.Sprintf("%s newly sends mail while records are saved: where deliverability is off, the save fails", m.Class.Name))
	f.Several = "{n} classes newly send mail while records are saved: where deliverability is off, the save fails"
	f.Message = fmt.Sprintf("%s: line %d sends mail and is reached by %s. With e-mail deliverability off, as sandboxes have it, or the daily mails used up, the call throws "+
		"NO_MASS_MAIL_PERMISSION or SINGLE_EMAIL_LIMIT_EXCEEDED, and nothing around it catches that.", m.Class.Name, m.Line, strings.Join(m.Via, ", "))
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: string(m.Class.Kind) + " " + prefixed(e.To.Namespace, m.Class.Name), Line: m.Line}
	f.Components = e.components(m.Class)
	f.Advice = "catch System.EmailException around the call, or ask Messaging.reserveSingleEmailCapacity in a try block first"
	return f
}

// sharing tells of share rows that an org has only while the default of their
// object is private or read-only (sharing.md, section 3).
func (e *Evidence) sharing(s probe.Sharing) finding.Finding {
	object, share := prefixed(e.To.Namespace, s.Object.Name), prefixed(e.To.Namespace, s.Share)
	f := finding.New(finding.OrgDependent, fmt.Sprintf("Apex newly names %s, which an org does not have where %s is Public Read/Write", share, object))
	f.Several = "Apex newly names the share rows of {n} objects, which an org does not have where they are Public Read/Write"
	f.Message = fmt.Sprintf("%s refer to it. An administrator may have set the organization-wide default of %s to Public Read/Write: then the upgrade fails there with \"Invalid type: %s\".",
		e.names(s.Classes), object, share)
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomObject " + object, Detail: "its sharing model is the subscriber's to set"}
	f.Components = e.components(s.Classes...)
	f.Advice = "make share rows by Schema.getGlobalDescribe() and SObjectType.newSObject(), so that the class compiles without them"
	return f
}

// components are components of the package as findings name them.
func (e *Evidence) components(list ...*metadata.Component) []finding.Component {
	var out []finding.Component
	for _, c := range list {
		out = append(out, finding.Component{Kind: string(c.Kind), Name: c.Name, Namespace: e.To.Namespace})
	}
	return out
}

// names lists the first components of a list.
func (e *Evidence) names(list []*metadata.Component) string {
	var names []string
	for i, c := range list {
		if i == finding.SampleSize {
			names = append(names, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		names = append(names, string(c.Kind)+" "+prefixed(e.To.Namespace, c.Name))
	}
	return strings.Join(names, ", ")
}
