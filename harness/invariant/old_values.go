package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// outdated finds fields in which rows hold what the old version wrote, and the
// new one would write another value if they were saved. Nothing rewrites them:
// a list or report shows old and new values side by side.
func outdated(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, r := range e.Recomputed {
		rows, now := finding.Rows{Object: r.Field.Object.Name}, newTally()
		for _, row := range r.Rows {
			now.add(row.Is)
			rows.AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: r.Field.Name + ": " + clipPair(row.Was.String(), row.Is.String())})
		}
		f := finding.New(finding.ValuesLeft, fmt.Sprintf("Rows of %s hold what the old version wrote in %s; the new one would write another value", rows.Object, r.Field.Name))
		f.Several = "Rows hold what the old version wrote in {n} fields; the new one would write other values"
		f.Message = fmt.Sprintf("%s of %d hold another value than the new version writes when they are saved: it writes %s. Nothing rewrites them until somebody edits each.",
			counted(rows.Count, "row"), r.Tried, now)
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + r.Field.Object.Name + "." + r.Field.Name, Detail: "what assigns it changed in " + e.To.Version.String()}
		f.Components = []finding.Component{{Kind: "CustomField", Name: metadata.StripNamespace(r.Field.Object.Name, r.Field.Namespace) + "." + metadata.StripNamespace(r.Field.Name, r.Field.Namespace), Namespace: r.Field.Namespace}}
		f.Advice = "save the rows in a batch that the post-install script starts, or tell customers that old rows keep what they have"
		f.Rows = []finding.Rows{rows}
		list = append(list, f)
	}
	return list
}

// readBlank finds fields that code of the new version reads, that new rows have
// by default, and that rows from before leave blank.
func readBlank(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.LeftBlank {
		b := &e.LeftBlank[i]
		rows := rowsNamed(b.Field.Object.Name, b.Rows)
		holds := "null"
		if b.Field.Type == schema.Boolean {
			holds = "false"
		}
		f := finding.New(finding.ValuesLeft, fmt.Sprintf("Rows of %s from before hold %s in %s, which is new and which the package reads", rows.Object, holds, b.Field.Name))
		f.Several = "Rows from before hold nothing in {n} fields that are new and that the package reads"
		f.Message = fmt.Sprintf("%s: a new row gets %s by default, one that is there keeps %s. %s %s it.", counted(rows.Count, "row"), clip(b.Default), holds,
			readersText(b.Readers), verb(len(b.Readers), "reads", "read"))
		if !configures(b.Field.Object) {
			f.Severity = finding.Minor // of one row, not of how the package works
		}
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + prefixed(e.To.Namespace, b.Component.Name), Detail: "new in " + e.To.Version.String()}
		f.Components = []finding.Component{{Kind: "CustomField", Name: b.Component.Name, Namespace: e.To.Namespace}}
		f.Advice = "fill the rows in the post-install script, or let the code take null for the default"
		f.Rows = []finding.Rows{rows}
		e.blameEntered(&f, rows.Object)
		list = append(list, f)
	}
	return list
}

// configures reports whether rows of an object steer the package.
func configures(o *schema.Object) bool {
	return o.Kind == schema.CustomSettingHierarchy || o.Kind == schema.CustomSettingList || o.Kind == schema.CustomMetadata
}

func readersText(readers []*metadata.Component) string {
	const most = 3
	var words []string
	for i, c := range readers {
		if i == most {
			words = append(words, fmt.Sprintf("%d more", len(readers)-most))
			break
		}
		words = append(words, string(c.Kind)+" "+c.Name)
	}
	return strings.Join(words, ", ")
}
