package upgrade_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestPostInstall runs testdata/postinstall, which goes down post-install.md: a
// script, how it is installed, and what it says and leaves.
func TestPostInstall(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/postinstall", postInstall)
}

// postInstall runs one case. The command is install (a first one), upgrade, push
// or uninstall; "from" is the version that is there before. The input is what
// stands in onInstall, then, after a line "members", what stands beside it, and
// after a line "classes" whole classes of the package, a line each. After a line
// "local" come classes and triggers of the subscriber.
func postInstall(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	ctx := t.Context()
	from, kindName, declaration := "1.2", "managed", "global without sharing class Install implements InstallHandler"
	d.MaybeScanArgs(t, "from", &from)
	d.MaybeScanArgs(t, "kind", &kindName)
	kind, _ := metadata.ParsePackageKind(kindName)
	if d.HasArg("public") {
		declaration = "public class Install implements InstallHandler"
	}
	sections := map[string][]string{}
	at := "script"
	for line := range strings.SplitSeq(d.Input, "\n") {
		if line == "members" || line == "classes" || line == "local" {
			at = line
			continue
		}
		sections[at] = append(sections[at], line)
	}
	method := "global void onInstall(InstallContext ctx) {\n"
	if d.Cmd == "uninstall" {
		declaration = strings.ReplaceAll(declaration, "InstallHandler", "UninstallHandler")
		method = "global void onUninstall(UninstallContext ctx) {\n"
	}
	body := declaration + " {\n" + method + strings.Join(sections["script"], "\n") + "\n}\n" + strings.Join(sections["members"], "\n") + "\n}"
	things := []part{object("Thing__c"), textField("Thing__c.F__c", "")}
	parts := append(things[:2:2], class("Install", body))
	for _, line := range sections["classes"] {
		parts = append(parts, class(nameOfClass(line), line))
	}
	o := newOrg(t)
	ns := "ns"
	if kind != managed {
		ns = ""
	}
	if d.Cmd == "upgrade" || d.Cmd == "push" {
		mustInstall(t, o, version(t, kind, ns, from, things...))
	}
	for _, line := range sections["local"] {
		local := class(nameOfClass(line), line)
		if strings.HasPrefix(line, "trigger") {
			local.kind = "ApexTrigger"
		}
		deployLocal(t, o, local)
	}
	next := version(t, kind, ns, "2.0", parts...)
	next.PostInstall = "Install"
	if d.Cmd == "uninstall" {
		next.PostInstall = ""
		mustInstall(t, o, next)
		return uninstalled(t, o)
	}
	opt := install.Options{}
	if d.Cmd == "push" {
		opt.Mode = install.Push
	}
	report, err := upgrade.Install(ctx, o, next, opt)
	var failure *upgrade.Failure
	if err != nil && !errors.As(err, &failure) {
		return "error: " + err.Error() + "\n"
	}
	out := reported(report.Script)
	if failure != nil {
		out += "refused: " + failure.Message + "\n"
		if report.Script != nil && report.Script.DeveloperMail != "" {
			out += "mail to the developer: " + strings.ReplaceAll(report.Script.DeveloperMail, "\n", "\n  ") + "\n"
		}
	}
	return replaceIDs(o, out+counted(t, o)+drained(t, o))
}

func nameOfClass(line string) string {
	words := strings.Fields(line)
	for i, w := range words {
		if (w == "class" || w == "trigger") && i+1 < len(words) {
			return strings.TrimRight(words[i+1], "({")
		}
	}
	return words[0]
}

// reported is what a script said and used.
func reported(run *upgrade.ScriptRun) string {
	if run == nil {
		return "no script\n"
	}
	if run.Skipped != "" {
		return "skipped: " + run.Skipped + "\n"
	}
	out := ""
	if run.Result != nil {
		for _, line := range run.Result.Debug {
			out += line + "\n"
		}
		for _, mail := range run.Result.Mails {
			out += "mail: " + mail.Subject + "\n"
		}
		if n := len(run.Result.Jobs); n > 0 {
			out += fmt.Sprintf("%d jobs wait\n", n)
		}
	}
	return out
}

// counted is what a script left in the org.
func counted(t *testing.T, o *org.Org) string {
	t.Helper()
	counts, err := o.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, name := range []string{"Account", "ns__Thing__c"} {
		if counts[name] > 0 {
			out += fmt.Sprintf("%d %s\n", counts[name], name)
		}
	}
	if p, ok := o.Package("p"); ok {
		return out + "installed " + p.Version.String() + "\n"
	}
	return out + "not installed\n"
}

func drained(t *testing.T, o *org.Org) string {
	t.Helper()
	runs, err := o.Drain(t.Context(), org.DrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, job := range runs {
		out += strings.TrimSpace(string(job.Kind)+" "+job.Class+" "+job.Step) + " ran"
		if job.Err != nil {
			out += ": " + strings.SplitN(job.Err.Error(), "\n", 2)[0]
		}
		out += "\n"
		if job.Result != nil {
			for _, line := range job.Result.Debug {
				out += "  " + line + "\n"
			}
		}
	}
	return out
}

func uninstalled(t *testing.T, o *org.Org) string {
	t.Helper()
	removed, err := upgrade.Uninstall(t.Context(), o, "ns")
	if err != nil {
		return "refused: " + err.Error() + "\n"
	}
	out := reported(removed.Script)
	if removed.Script != nil && removed.Script.Err != nil {
		out += "script failed: " + strings.SplitN(removed.Script.Err.Error(), "\n", 2)[0] + "\n"
	}
	return replaceIDs(o, out+counted(t, o)+drained(t, o))
}

func replaceIDs(o *org.Org, text string) string {
	return strings.NewReplacer(o.ID(), "ORG", o.AdminID(), "ADMIN").Replace(text)
}
