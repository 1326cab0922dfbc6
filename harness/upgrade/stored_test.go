package upgrade_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestStored runs testdata/stored: a field of Thing__c as it is ("none" for one
// that is not there), the values of it that the org holds, a line a row, and the
// field as the new version has it. "bin:" before a value puts its row into the
// recycle bin, "null" is no value, "parent" the id of another object's row. The
// answer is what the upgrade is refused with, else the values afterwards, and what
// the ledger got.
func TestStored(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/stored", func(t *testing.T, d *datadriven.TestData) string {
		if d.Cmd != "upgrade" {
			return "unknown command " + d.Cmd
		}
		kind, ns := metadata.Unlocked, ""
		if d.HasArg("managed") {
			kind, ns = managed, "ns"
		}
		was, rest, _ := strings.Cut(d.Input, "\n")
		lines := strings.Split(rest, "\n")
		values, is := lines[:len(lines)-1], lines[len(lines)-1]
		base := []part{object("Thing__c"), object("Other__c")}
		o := newOrg(t)
		mustInstall(t, o, version(t, kind, ns, "1.0", append(base, fieldAs(was)...)...))
		runApex(t, o, insertsOf(values, map[string]string{"": "", "ns": "ns__"}[ns]))
		_, err := upgrade.Install(t.Context(), o, version(t, kind, ns, "1.1", append(base, fieldAs(is)...)...), install.Options{})
		return outcome(t, o, err)
	})
}

// fieldAs is the field of a line of properties, none for "none".
func fieldAs(line string) []part {
	if line == "none" {
		return nil
	}
	xml := "<label>F</label>"
	for _, pair := range strings.Fields(line) {
		name, text, _ := strings.Cut(pair, "=")
		xml += "<" + name + ">" + text + "</" + name + ">"
	}
	return []part{{kind: "CustomField", name: "Thing__c.F__c", xml: xml}}
}

// insertsOf is the Apex that saves rows with values.
func insertsOf(values []string, prefix string) string {
	code := prefix + "Other__c parent = new " + prefix + "Other__c(Name = 'p'); insert parent;\n"
	for i, text := range values {
		text, binned := strings.CutPrefix(text, "bin:")
		text = strings.ReplaceAll(text, "parent", "parent.Id")
		set := ", " + prefix + "F__c = " + text
		if text == "null" || text == "" {
			set = ""
		}
		code += fmt.Sprintf("%sThing__c r%d = new %[1]sThing__c(Name = 'row %02[2]d'%s); insert r%[2]d;\n", prefix, i, set)
		if binned {
			code += fmt.Sprintf("delete r%d;\n", i)
		}
	}
	return code
}

func outcome(t *testing.T, o *org.Org, err error) string {
	t.Helper()
	out := ""
	var failure *upgrade.Failure
	switch {
	case errors.As(err, &failure):
		message, _, _ := strings.Cut(failure.Message, ", first ")
		out = fmt.Sprintf("refused (%s): %s\ncure: %s\n", failure.Class, message, failure.Cure())
	case err != nil:
		t.Fatal(err)
	default:
		for _, v := range valuesOf(t, o) {
			out += v + "\n"
		}
	}
	for _, e := range o.Ledger().Entries() {
		if e.Area == "upgrade" && !strings.HasPrefix(e.Name, "failure ") && !strings.HasPrefix(e.Name, "profile ") {
			out += fmt.Sprintf("ledger: %s: %s\n", e.Name, e.Note)
		}
	}
	return out
}

// valuesOf are the values of the field that rows have, those in the recycle bin
// included.
func valuesOf(t *testing.T, o *org.Org) []string {
	t.Helper()
	var out []string
	for _, ns := range []string{"", "ns"} {
		obj := o.Schema().ObjectIn(ns, "Thing__c")
		if obj == nil {
			continue
		}
		f := obj.FieldIn(ns, "F__c")
		err := o.Store().Scan(t.Context(), obj, func(r *schema.Record) error {
			text := r.Get(f).String()
			if f.Type == schema.Reference && text != "null" {
				text = "parent"
			}
			out = append(out, text)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	return out
}
