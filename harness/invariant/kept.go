package invariant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// dataKept finds records that are gone, values that were emptied, and changes
// that no step of the package made.
func dataKept(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	var list []finding.Finding
	for i := range e.Diff.Objects {
		list = append(list, e.lostRows(&e.Diff.Objects[i])...)
	}
	lost, err := e.lostFields(ctx)
	return append(list, lost...), err
}

// lostRows judges the records of one object.
func (e *Evidence) lostRows(o *diff.Object) []finding.Finding {
	groups := newGrouping()
	for i := range o.Rows {
		row := &o.Rows[i]
		switch {
		case row.Causes.Business():
			// Users changed what is theirs.
		case row.Kind == diff.Deleted:
			f, first := groups.at("deleted" + strings.Join(row.Causes.Texts(), "; "))
			if first {
				*f = finding.New(finding.DataLost, "Records of "+o.Object.Name+" were deleted")
				f.Several = "Records of {n} objects were deleted"
				f.Cause = causeOfWrites(row.Causes)
				f.Rows = []finding.Rows{{Object: o.Object.Name}}
			}
			f.Rows[0].AddRow(finding.Row{ID: row.ID, Name: row.Name})
		case row.Kind == diff.Updated && !e.byPackage(row.Causes):
			f, first := groups.at("altered" + strings.Join(row.Causes.Texts(), "; "))
			if first {
				*f = finding.New(finding.DataAltered, "Records of "+o.Object.Name+" changed and no step of the package wrote them")
				f.Several = "Records of {n} objects changed and no step of the package wrote them"
				f.Cause = causeOfWrites(row.Causes)
				f.Rows = []finding.Rows{{Object: o.Object.Name}}
			}
			f.Rows[0].AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: changeNote(row.Fields)})
		}
	}
	return groups.list()
}

// byPackage reports whether one of the causes is a step of the package: its
// script, or a job that the script started, with nothing of the subscriber
// between it and the row.
func (e *Evidence) byPackage(causes diff.Causes) bool {
	return slices.ContainsFunc(causes, func(c cause.Cause) bool {
		return c.FromScript() && !e.ofSubscriber(c)
	})
}

// ofSubscriber reports whether the code or the automation that wrote belongs
// to the subscriber.
func (e *Evidence) ofSubscriber(c cause.Cause) bool {
	own := func(kind metadata.Kind, name string) bool {
		return slices.ContainsFunc(e.After.Components().OfKind(kind), func(entry *org.Entry) bool {
			return entry.Package == "" && entry.Namespace == "" && strings.EqualFold(entry.Component.Name, name)
		})
	}
	if trigger := c.Place.Trigger; trigger != "" {
		return own(metadata.ApexTrigger, trigger)
	}
	if outer, _, _ := strings.Cut(c.Place.Class, "."); outer != "" && own(metadata.ApexClass, outer) {
		return true
	}
	return slices.ContainsFunc(c.Acting, func(a cause.Actor) bool {
		return slices.ContainsFunc(a.Names, func(name string) bool { return own(metadata.Kind(a.Kind), name) })
	})
}

// causeKinds says how a finding names what wrote.
var causeKinds = map[cause.Kind]finding.CauseKind{
	cause.ByScript: finding.ByScript, cause.ByJob: finding.ByJob, cause.ByAutomation: finding.ByAutomation,
	cause.ByBusiness: finding.ByBusiness, cause.ByUpgrade: finding.ByPlatform, cause.ByOther: finding.ByUnknown,
}

// causeOfWrites is the first of what wrote a row, with the others by name.
func causeOfWrites(causes diff.Causes) finding.Cause {
	if len(causes) == 0 {
		return finding.Cause{Kind: finding.ByPlatform, Detail: "the upgrade's change of components"}
	}
	first := causes[0]
	p := first.Place
	c := finding.Cause{Kind: causeKinds[first.Kind()], Class: p.Class, Method: p.Method, Line: p.Line, Trigger: p.Trigger, Job: first.Job().String()}
	if p.Trigger != "" {
		c.Kind = finding.ByTrigger
	}
	var others []string
	if p.IsZero() && c.Job == "" {
		others = append(others, string(first.Transaction))
	}
	for _, a := range first.Acting {
		others = append(others, a.String())
	}
	for _, more := range causes[1:] {
		if s := more.Words(); !slices.Contains(others, s) {
			others = append(others, s)
		}
	}
	c.Detail = strings.Join(others, "; ")
	return c
}

func changeNote(fields []diff.Field) string {
	var parts []string
	for _, f := range fields {
		if len(parts) == 3 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%s: %s → %s", f.Field.Name, clip(f.Before.String()), clip(f.After.String())))
	}
	return strings.Join(parts, "; ")
}

// clip keeps a value to a length that fits a line.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// lostFields finds fields that are gone and held values.
func (e *Evidence) lostFields(ctx context.Context) ([]finding.Finding, error) {
	var list []finding.Finding
	for _, c := range e.Diff.Components {
		if c.Key.Kind != metadata.CustomField || c.Change != diff.ComponentRemoved {
			continue
		}
		object, name, _ := strings.Cut(c.Key.Name, ".")
		o := e.Before.Schema().ObjectIn(c.Key.Namespace, object)
		if o == nil || o.FieldIn(c.Key.Namespace, name) == nil {
			continue
		}
		n, err := e.Before.Store().Count(ctx, o)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		f := finding.New(finding.DataLost, fmt.Sprintf("The field %s was removed together with its values", c.FullName()))
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + c.FullName()}
		f.Rows = []finding.Rows{{Object: o.Name, Count: int(n)}}
		f.Components = []finding.Component{{Kind: "CustomField", Name: c.Key.Name, Namespace: c.Key.Namespace}}
		list = append(list, f)
	}
	return list, nil
}

// customisationKept finds components of the subscriber that changed or are
// gone, and packaged ones whose edits by the subscriber are gone.
func customisationKept(_ context.Context, e *Evidence) ([]finding.Finding, error) {
	var list []finding.Finding
	for _, c := range e.Diff.Components {
		if c.Before == nil {
			continue
		}
		own := c.Before.Package == "" && c.Change != diff.ComponentAdded
		edits := lostEdits(c)
		if !own && len(edits) == 0 {
			continue
		}
		f := finding.New(finding.CustomisationLost, fmt.Sprintf("%s %s, which the subscriber set up, was %s", c.Key.Kind, c.FullName(), c.Change))
		if len(edits) > 0 {
			f.Title = fmt.Sprintf("The subscriber's changes to %s %s are gone", c.Key.Kind, c.FullName())
		}
		f.Several = fmt.Sprintf("{n} components which the subscriber set up were %s", c.Change)
		if len(edits) > 0 {
			f.Several = "The subscriber's changes to {n} components are gone"
		}
		f.Message = strings.Join(propertyNotes(c.Properties, edits), "; ")
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: string(c.Key.Kind) + " " + c.FullName(), Detail: e.overwrote()}
		f.Components = []finding.Component{{Kind: string(c.Key.Kind), Name: c.Key.Name, Namespace: c.Key.Namespace}}
		list = append(list, f)
	}
	return list, nil
}

// overwrote says why an upgrade took a subscriber's edit away. A managed
// upgrade keeps what the subscriber owns; the others replace components whole
// (upgrade-rules.md, section 7).
func (e *Evidence) overwrote() string {
	if len(e.Steps) == 0 {
		return ""
	}
	switch kind := e.Steps[len(e.Steps)-1].To.Kind; kind {
	case metadata.Unlocked, metadata.Unmanaged:
		return fmt.Sprintf("the upgrade of an %s package replaces components whole", kind)
	default:
		return "the new version of the package"
	}
}

// lostEdits are the properties that the subscriber changed and that are now
// different.
func lostEdits(c diff.Component) []string {
	var lost []string
	for _, p := range c.Properties {
		if slices.Contains(c.Before.Edited, p.Name) {
			lost = append(lost, p.Name)
		}
	}
	return lost
}

func propertyNotes(properties []metadata.PropertyChange, only []string) []string {
	var notes []string
	for _, p := range properties {
		if len(only) == 0 || slices.Contains(only, p.Name) {
			notes = append(notes, PropertyNote(p))
		}
	}
	return notes
}

// PropertyNote says how a property differs: "length: 80 → 255".
func PropertyNote(p metadata.PropertyChange) string {
	if p.Name == "" {
		return "content" // of a component that is one file
	}
	if len(p.RemovedItems)+len(p.AddedItems) > 0 {
		var parts []string
		if trees := append(slices.Clone(p.RemovedItems), p.AddedItems...); !slices.ContainsFunc(trees, func(s string) bool { return !strings.HasPrefix(s, "{") }) {
			// Entries without a name: their texts tell nobody anything.
			return fmt.Sprintf("%s: %d of before, %d of now differ", p.Name, len(p.RemovedItems), len(p.AddedItems))
		}
		for _, item := range p.RemovedItems {
			parts = append(parts, "without "+clip(item))
		}
		for _, item := range p.AddedItems {
			parts = append(parts, "with "+clip(item))
		}
		return p.Name + ": " + strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s: %s → %s", p.Name, clip(firstLine(p.From)), clip(firstLine(p.To)))
}

// subscriberApexCompiles compiles all Apex of the subscriber in both orgs, and
// finds what compiled before and does not now.
func subscriberApexCompiles(_ context.Context, e *Evidence) ([]finding.Finding, error) {
	after := broken(e.After)
	if len(after) == 0 {
		return nil, nil
	}
	before := broken(e.Before)
	var list []finding.Finding
	for _, d := range after {
		if slices.ContainsFunc(before, func(b message) bool { return b.text == d.text && b.file == d.file }) {
			continue
		}
		f := finding.New(finding.SubscriberApex, fmt.Sprintf("%s of the subscriber no longer compiles", d.file))
		f.Several = "{n} errors in Apex of the subscriber that compiled before"
		f.Message = d.text
		f.Cause = finding.Cause{Kind: finding.ByComponent, Class: strings.TrimSuffix(d.file, ".cls"), Line: d.line}
		list = append(list, f)
	}
	return list, nil
}

type message struct {
	file, text string
	line       int
}

// broken compiles the subscriber's Apex.
func broken(o *org.Org) []message {
	if !slices.ContainsFunc(o.Components().All(), subscriberApex) {
		return nil
	}
	var out []message
	for _, d := range o.CheckApex("") {
		out = append(out, message{d.Span.File, d.Message, d.Span.Line})
	}
	return out
}

func subscriberApex(e *org.Entry) bool {
	return e.Package == "" && (e.Component.Kind == metadata.ApexClass || e.Component.Kind == metadata.ApexTrigger)
}
