package upgrade

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// refuseJobs blocks a version that changes or deletes a class of which a job
// waits, or a class that such a one refers to (versions-and-push.md, F10). What
// is named in a string only, and made by Type.forName, does not count; that is
// how packages keep their jobs out of the way of upgrades.
func (in *installing) refuseJobs() error {
	var jobs []org.PendingJob
	for _, job := range in.org.PendingJobs() {
		if equalName(job.Namespace, in.pkg.Namespace) {
			jobs = append(jobs, job)
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	changed := map[string]string{} // names of classes by their lower case
	for _, act := range in.actions {
		if act.Kind == metadata.ApexClass && changesCode(in.inv, act) {
			changed[strings.ToLower(act.Name)] = act.Name
		}
	}
	if len(changed) == 0 {
		return nil
	}
	blocked := map[string][]string{} // waiting jobs, by the class that changes
	classes := classesOf(in.org, in.pkg.Namespace)
	for _, job := range jobs {
		for name := range classes.reach(job.Class) {
			if changed[name] != "" {
				blocked[name] = append(blocked[name], job.ID)
			}
		}
	}
	if len(blocked) == 0 {
		return nil
	}
	first := slices.Min(slices.Collect(maps.Keys(blocked)))
	ids := slices.Compact(slices.Sorted(slices.Values(blocked[first])))
	failure := fail(JobWaits, "changing Apex class "+changed[first], []string{"ApexClass " + changed[first]}, strings.Join(ids, ", "))
	for _, list := range blocked {
		failure.jobs = append(failure.jobs, list...)
	}
	failure.jobs = slices.Compact(slices.Sorted(slices.Values(failure.jobs)))
	return failure
}

// apexNames are the classes of a namespace and the names that stand in the code
// of each.
type apexNames struct {
	code  map[string][]byte // of each class, by its name in lower case
	words map[string]map[string]bool
}

func classesOf(o *org.Org, ns string) *apexNames {
	a := &apexNames{code: map[string][]byte{}, words: map[string]map[string]bool{}}
	for _, e := range o.Components().OfKind(metadata.ApexClass) {
		if equalName(e.Namespace, ns) {
			a.code[strings.ToLower(e.Component.Name)] = e.Component.Source
		}
	}
	return a
}

// reach lists a class and the classes that it names itself. What those name in
// turn stays free: packages that schedule jobs of their own are upgraded while
// the jobs wait.
func (a *apexNames) reach(class string) map[string]bool {
	class = strings.ToLower(class)
	reached := map[string]bool{}
	if _, known := a.code[class]; known {
		reached[class] = true
		maps.Copy(reached, a.named(class))
	}
	return reached
}

// named lists the names in a class that are classes themselves.
func (a *apexNames) named(class string) map[string]bool {
	if words := a.words[class]; words != nil {
		return words
	}
	words := map[string]bool{}
	for _, word := range codeWords(a.code[class]) {
		if _, is := a.code[word]; is && word != class {
			words[word] = true
		}
	}
	a.words[class] = words
	return words
}

// codeWords are the words of Apex in lower case, those in comments and strings
// left out.
func codeWords(src []byte) []string {
	var words []string
	for i, part := range strings.Split(string(metadata.Code(metadata.ApexClass, src)), "'") {
		if i%2 == 0 {
			words = append(words, strings.FieldsFunc(strings.ToLower(part), notNameRune)...)
		}
	}
	return words
}

// changesCode says whether an action replaces or deletes code that is there.
func changesCode(inv *inventory, act Action) bool {
	have := inv.entry(act.Kind, act.Name)
	switch {
	case have == nil:
		return false
	case act.Verb == Delete:
		return true
	case act.Verb != Rewrite:
		return false
	}
	return !bytes.Equal(metadata.Code(act.Kind, have.Component.Source), metadata.Code(act.Kind, act.Component.Source))
}

// refuseConversions blocks a change of a field's type where it can not be made:
// Apex of the org refers to the field (F17). Only unlocked packages and
// deployments change types; a managed upgrade leaves them as they are.
func (in *installing) refuseConversions() error {
	if in.pkg.Kind == metadata.Managed {
		return nil
	}
	for _, act := range in.actions {
		if act.Kind != metadata.CustomField || act.Verb != Rewrite {
			continue
		}
		was, is := in.inv.entry(act.Kind, act.Name).Component.Props.Get("type"), act.Component.Props.Get("type")
		if was == is || was == "" || is == "" {
			continue
		}
		if class := apexNaming(in.org, act.Component.BaseName()); class != "" {
			return fail(TypeUsed, "changing the type of "+act.Name+" from "+was+" to "+is, []string{"CustomField " + act.Name, "ApexClass " + class}, class)
		}
		in.org.Ledger().Note(ledger.Approximated, "upgrade", "change of a field's type",
			"stored values are converted where that is possible; the platform may refuse some conversions", act.Name)
	}
	return nil
}

// apexNaming gives the first class or trigger of the org in whose code a field's
// name stands.
func apexNaming(o *org.Org, field string) string {
	want := strings.ToLower(field)
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, e := range o.Components().OfKind(kind) {
			if slices.Contains(codeWords(e.Component.Source), want) {
				return e.Component.Name
			}
		}
	}
	return ""
}

func notNameRune(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}

// refuseBrokenApex blocks an unlocked package when Apex of the subscriber does
// not compile with it in the org (F9): an install compiles all Apex unless it is
// told to compile the package's only. A managed package's install goes on; what
// it broke is found afterwards (invariant subscriber-apex-compiles).
func (in *installing) refuseBrokenApex() error {
	if in.pkg.Kind == metadata.Managed || in.opt.PackageApexOnly || !in.otherApex() {
		return nil
	}
	for _, d := range in.org.CheckApex("") {
		if e := in.leftOver(d.Span.File); e != nil && !in.brokenBefore[e.Key()] {
			class := e.Component.Name
			return fail(OwnApexBroken, "compiling all Apex of the org", []string{string(e.Component.Kind) + " " + class}, class, d.Span.Line, d.Span.Column, d.Message)
		}
	}
	return nil
}

// brokenPackages marks the Apex of packages that does not compile in the org as
// it is. The platform compiled it when it was installed, so it is our checker
// that does not understand it; its complaints say nothing of the upgrade.
func (in *installing) brokenPackages() map[org.Key]bool {
	if in.pkg.Kind == metadata.Managed || in.opt.PackageApexOnly || !in.otherApex() {
		return nil
	}
	broken := map[org.Key]bool{}
	for _, d := range in.org.CheckApex("") {
		if e := in.leftOver(d.Span.File); e != nil && e.Package != "" {
			broken[e.Key()] = true
			in.org.Ledger().Note(ledger.Approximated, "upgrade", "compiling "+string(e.Component.Kind)+" "+e.Component.Name,
				"our checker rejects it: "+d.Message+"; the release exists", d.Span.String())
		}
	}
	return broken
}

// leftOver is the class or trigger that a file is of, when it is in the org
// without namespace and not part of the new version: the subscriber's own,
// another package's, or one that left this package and stayed in the org.
func (in *installing) leftOver(file string) *org.Entry {
	class := strings.TrimSuffix(strings.TrimSuffix(file[strings.LastIndexByte(file, '/')+1:], ".cls"), ".trigger")
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		if e := in.org.Components().Find(kind, "", class); e != nil {
			if in.ownApex(e) {
				return nil
			}
			return e
		}
	}
	return nil
}

// ownApex says that a component of the org is in the new version.
func (in *installing) ownApex(e *org.Entry) bool {
	return e.Namespace == in.pkg.Namespace && in.pkg.Find(e.Component.Kind, e.Component.Name) != nil
}

// otherApex says that the org has Apex without namespace that is not part of
// the new version.
func (in *installing) otherApex() bool {
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, e := range in.org.Components().OfKind(kind) {
			if e.Namespace == "" && !in.ownApex(e) {
				return true
			}
		}
	}
	return false
}

// runTests runs the package's tests in the org (F8; upgrade-rules.md, section 2,
// step 5), on a copy: tests leave nothing behind.
func (in *installing) runTests(ctx context.Context) error {
	if in.Tests == nil {
		if in.hasTests() {
			in.org.Ledger().Note(ledger.Approximated, "upgrade", "package tests at install",
				"not run; a test that fails in the subscriber's org may stop the install", in.pkg.Name)
		}
		return nil
	}
	failures, err := in.Tests(ctx, in.org, in.pkg)
	if err != nil {
		return fmt.Errorf("run the tests of %s in org %s: %w", in.pkg.Name, in.org.Name(), err)
	}
	if len(failures) == 0 {
		return nil
	}
	return fail(TestFails, fmt.Sprintf("running the package's tests, of which %d fail", len(failures)), nil, failures[0])
}

func (in *installing) hasTests() bool {
	return slices.ContainsFunc(in.pkg.OfKind(metadata.ApexClass), func(c *metadata.Component) bool {
		return bytes.Contains(bytes.ToLower(c.Source), []byte("@istest"))
	})
}
