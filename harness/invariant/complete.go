package invariant

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// metadataComplete finds custom metadata records of the subscriber that lack
// what the new version requires. Nothing refuses them during the upgrade; the
// subscriber can not save them again, and the package reads nulls.
func metadataComplete(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	var list []finding.Finding
	for _, c := range e.To.OfKind(metadata.CustomField) {
		if !strings.HasSuffix(strings.ToLower(c.Parent()), "__mdt") || !c.Props.Bool("required") {
			continue
		}
		if was := e.From.Find(metadata.CustomField, c.Name); was != nil && was.Props.Bool("required") {
			continue
		}
		o := e.After.Schema().ObjectIn(e.To.Namespace, c.Parent())
		if o == nil {
			continue
		}
		field := o.FieldIn(e.To.Namespace, c.BaseName())
		if field == nil || field.Type == schema.Boolean {
			continue
		}
		rows := finding.Rows{Object: o.Name}
		err := e.ownRows(ctx, e.After, o, func(r *schema.Record) {
			if r.Get(field).IsNull() {
				rows.AddRow(finding.Row{ID: r.ID(), Name: rowName(r)})
			}
		})
		if err != nil {
			return nil, fmt.Errorf("look for records of %s without %s: %w", o.Name, field.Name, err)
		}
		if rows.Count > 0 {
			list = append(list, e.incomplete(c, field, rows))
		}
	}
	return list, nil
}

func (e *Evidence) incomplete(c *metadata.Component, field *schema.Field, rows finding.Rows) finding.Finding {
	f := finding.New(finding.RecordsIncomplete, fmt.Sprintf("Custom metadata of the subscriber lacks %s.%s, which %s requires", rows.Object, field.Name, e.To.Version))
	f.Several = fmt.Sprintf("Custom metadata of the subscriber lacks {n} fields that %s requires", e.To.Version)
	f.Message = fmt.Sprintf("%s without a value in %s: the package reads null there, and the subscriber can not save the record without filling it in", counted(rows.Count, "record"), field.Name)
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + prefixed(e.To.Namespace, c.Name), Detail: "required from " + e.To.Version.String() + " on"}
	f.Components = []finding.Component{{Kind: "CustomField", Name: c.Name, Namespace: e.To.Namespace}}
	f.Rows = []finding.Rows{rows}
	e.blameEntered(&f, rows.Object)
	return f
}

// scriptHasHistory finds upgrades that run a post-install script in an org in
// which no version of the package ever ran one: what the script does for a new
// install never happened there.
func scriptHasHistory(_ context.Context, e *Evidence) ([]finding.Finding, error) {
	for _, step := range e.Steps {
		script := step.Report.Script
		if step.From.PostInstall != "" {
			return nil, nil
		}
		if script == nil || script.Skipped != "" || !asksForHistory(step.To, script.Class) {
			continue
		}
		class := qualified(step.To.Namespace, script.Class)
		f := finding.New(finding.ScriptFirstRun, fmt.Sprintf("%s runs in an org where no version of the package ever ran a script", class))
		f.Message = fmt.Sprintf("%s has no post-install script and %s has one: it is told of an upgrade from %s, so that what it does on a new install, where the previous version is null, never happens in this org",
			step.From.Version, step.To.Version, step.From.Version)
		f.Cause = finding.Cause{Kind: finding.ByScript, Class: class}
		return []finding.Finding{f}, nil
	}
	return nil, nil
}

// asksForHistory reports whether a script tells an upgrade from a new install
// (InstallContext: post-install.md).
func asksForHistory(pkg *metadata.Package, class string) bool {
	c := pkg.Find(metadata.ApexClass, class)
	if c == nil {
		return false
	}
	source := strings.ToLower(string(c.Source))
	return strings.Contains(source, "previousversion(") || strings.Contains(source, "isupgrade(")
}
