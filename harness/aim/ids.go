package aim

import (
	"regexp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// FixedID is the id of a record written in the source: no other org has it.
type FixedID struct {
	Component *metadata.Component
	ID        string
	Line      int
}

// recordID is what an id of a record looks like. Fifteen letters alone are
// words: an id has the number of a pod, digits most of all, in its middle.
var recordID = regexp.MustCompile(`\b[a-zA-Z0-9]{3}[a-zA-Z0-9]{2}0[a-zA-Z0-9]{9}(?:[A-Z0-5]{3})?\b`)

// NewFixedIDs lists the ids of records in the code and flows of the new version
// that the old one did not have. Ids of all zeros and of 15 letters without a
// valid tail are texts.
func (a *Upgrade) NewFixedIDs() []FixedID {
	if a.To == nil {
		return nil
	}
	old := map[string]bool{}
	for _, f := range a.before.fixedIDs(nil) {
		old[f.ID] = true
	}
	return a.after.fixedIDs(old)
}

func (v *Version) fixedIDs(except map[string]bool) []FixedID {
	var list []FixedID
	add := func(c *metadata.Component, text string, line int) {
		for _, id := range recordID.FindAllString(text, -1) {
			if !except[id] && plausibleID(id) {
				list = append(list, FixedID{c, id, line})
			}
		}
	}
	for _, c := range v.Package.OfKind(metadata.Flow) {
		textsOf(c.Props, func(text string) { add(c, text, 0) })
	}
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range v.Package.OfKind(kind) {
			if isTestSource(c) || !recordID.Match(c.Source) {
				continue
			}
			u := v.Apex(c)
			for _, root := range u.roots() {
				syntax.Walk(root, func(n syntax.Node) bool {
					if x, ok := n.(*syntax.Literal); ok && x.Kind == syntax.StringLiteral && recordID.FindString(x.Text) == x.Text {
						add(c, x.Text, u.Span(x).Line)
					}
					return true
				})
			}
		}
	}
	return list
}

// plausibleID says that a text is an id: 18 characters with the right tail, or
// 15 with digits in them and more than zeros.
func plausibleID(text string) bool {
	digits, other := 0, false
	for _, c := range text[:15] {
		if c >= '0' && c <= '9' {
			digits++
		}
		other = other || c != '0' && c != 'X' && c != 'x'
	}
	if digits < 5 || !other || text[3:15] == "000000000000" {
		return false
	}
	long, err := value.NewID(text)
	return err == nil && (len(text) == 15 || long == text)
}
