package upgrade

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Removed is what an uninstall did. It is made also when it was refused: then
// Failure says why, and the org has none of the changes.
type Removed struct {
	Package    org.InstalledPackage
	Components []org.Key // deleted, deprecated ones included
	Rows       []Rows    // deleted with their objects
	Script     *ScriptRun
	Failure    *Failure
}

// Rows is how many records of an object went with it.
type Rows struct {
	Object string
	Count  int
}

// Uninstall removes an installed package, by name or namespace, with all its
// components and the records of its objects. It is refused while something
// outside the package refers to a component (versions-and-push.md, section 8,
// Uninstall refusals). A failing uninstall script does not stop it: only what
// the script did is discarded (post-install.md, section 5).
func Uninstall(ctx context.Context, o *org.Org, name string) (*Removed, error) {
	p, ok := o.Package(name)
	if !ok {
		var known []string
		for _, have := range o.Packages() {
			known = append(known, have.Name)
		}
		return nil, fmt.Errorf("uninstall %s from org %s: no such package is installed; there are: %s", name, o.Name(), strings.Join(known, ", "))
	}
	r := &Removed{Package: p}
	err := o.Attempt(ctx, func() error { return r.uninstall(ctx, o) })
	var failure *Failure
	if errors.As(err, &failure) {
		r.Failure, r.Components, r.Rows = failure, nil, nil
		return r, failure
	}
	if err != nil {
		return r, fmt.Errorf("uninstall %s from org %s: %w", name, o.Name(), err)
	}
	return r, nil
}

// cause is what the uninstall's own writes are blamed on.
func (r *Removed) cause() cause.Transaction {
	return cause.Transaction("uninstall of " + r.Package.Name)
}

func (r *Removed) uninstall(ctx context.Context, o *org.Org) error {
	own, others := r.divide(o)
	if err := refuseUses(r.Package, own, others); err != nil {
		return err
	}
	if err := refuseWaiting(o, r.Package); err != nil {
		return err
	}
	if err := r.runUninstallScript(ctx, o, own); err != nil {
		return err
	}
	change := org.Change{Cause: r.cause()}
	for _, e := range own {
		if e.Component.Kind == metadata.CustomObject {
			if err := r.deleteRows(ctx, o, e); err != nil {
				return err
			}
		}
		change.Remove = append(change.Remove, org.Removal{Key: e.Key()})
		r.Components = append(r.Components, e.Key())
	}
	if _, err := o.Deploy(ctx, change); err != nil {
		return err
	}
	return o.RemovePackage(ctx, r.Package.Name, r.Package.Namespace)
}

// divide splits what the org has into the package's components and all others.
func (r *Removed) divide(o *org.Org) (own, others []*org.Entry) {
	for _, e := range o.Components().All() {
		if e.Package == r.Package.Name && equalName(e.Namespace, r.Package.Namespace) {
			own = append(own, e)
		} else {
			others = append(others, e)
		}
	}
	return own, others
}

// refuseUses finds components of others that live in the package's objects or
// name its components: Apex by its code, all else by what its metadata names.
func refuseUses(p org.InstalledPackage, own, others []*org.Entry) error {
	names := map[string]*org.Entry{}
	for _, e := range own {
		if word := wordFor(p.Namespace, e.Component); word != "" {
			names[word] = e
		}
	}
	for _, e := range others {
		used := names[strings.ToLower(e.Component.Parent())]
		if used == nil {
			used = usedBy(e.Component, names)
		}
		if used == nil || used.Component.Kind == metadata.CustomObject && !metadata.IsOwnObject(used.Component.Name) {
			continue
		}
		c := e.Component
		what := string(used.Component.Kind) + " " + used.Component.Name
		return &Failure{Class: "uninstall", Type: DeployError, Step: "uninstalling " + p.Name, Message: useText(used.Component, c),
			Components: []string{what, string(c.Kind) + " " + c.Name}}
	}
	return nil
}

// wordFor is the word by which others name a component; "" for kinds that are
// not named. Classes of a namespace go by "ns.name".
func wordFor(ns string, c *metadata.Component) string {
	base := strings.ToLower(c.BaseName())
	switch c.Kind {
	case metadata.ApexClass:
		if ns != "" {
			return strings.ToLower(ns) + "." + base
		}
		return base
	case metadata.CustomObject, metadata.CustomField, metadata.RecordType, metadata.Layout, metadata.PermissionSet, metadata.CustomPermission, metadata.Flow, metadata.ApexPage, metadata.ApexComponent:
		if c.Kind == metadata.CustomObject || c.Kind == metadata.CustomField {
			if full := strings.ToLower(qualify(ns, base)); strings.Contains(full, "__") {
				return full
			}
			return ""
		}
		if ns != "" {
			return strings.ToLower(ns) + "__" + base
		}
	}
	return ""
}

// usedBy gives the first component that another one names.
func usedBy(c *metadata.Component, names map[string]*org.Entry) *org.Entry {
	var found *org.Entry
	add := func(text string) {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r != '.' && notNameRune(r) })
		for _, word := range words {
			parts := strings.Split(word, ".")
			for i, part := range parts {
				if found == nil {
					found = names[part]
				}
				if found == nil && i > 0 {
					found = names[parts[i-1]+"."+part]
				}
			}
		}
	}
	switch c.Kind {
	case metadata.ApexClass, metadata.ApexTrigger:
		for i, part := range strings.Split(string(metadata.Code(c.Kind, c.Source)), "'") {
			if i%2 == 0 { // what stands in strings is looked up when it runs
				add(part)
			}
		}
	case metadata.ApexPage, metadata.ApexComponent:
		add(string(c.Source))
	}
	namesIn(c.Props, add)
	return found
}

// useText words a refusal as the platform does for these kinds
// (versions-and-push.md, section 8, Uninstall refusals).
func useText(used, by *metadata.Component) string {
	switch {
	case used.Kind == metadata.Layout:
		return "Page Layout " + used.BaseName() + ": This installed component is referenced by a locally created component."
	case used.Kind == metadata.CustomField && strings.HasPrefix(string(by.Kind), "Workflow"):
		return "Custom Field " + used.BaseName() + ": The custom field is in use in a workflow rule."
	default:
		return fmt.Sprintf("%s - Component is in use by another component in your organization. %s %s", used.Name, by.Kind, by.Name)
	}
}

// refuseWaiting refuses while jobs of the package's classes wait: they name
// classes that would be gone (versions-and-push.md, section 8, F10 and Uninstall
// refusals).
func refuseWaiting(o *org.Org, p org.InstalledPackage) error {
	var ids, components []string
	for _, job := range o.PendingJobs() {
		if job.Class != "" && equalName(job.Namespace, p.Namespace) && (p.Namespace != "" || ownedClass(o, p.Name, job.Class)) {
			ids, components = append(ids, job.ID), append(components, "ApexClass "+job.Class)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	slices.Sort(components)
	f := fail(JobWaits, "uninstalling "+p.Name, slices.Compact(components), strings.Join(ids, ", "))
	f.Class = "uninstall"
	return f
}

func ownedClass(o *org.Org, pkg, class string) bool {
	e := o.Components().Find(metadata.ApexClass, "", class)
	return e != nil && equalName(e.Package, pkg)
}

func qualify(ns, name string) string {
	if ns == "" {
		return name
	}
	return ns + "__" + name
}

// uninstallHandler finds a class that implements the uninstall interface.
var uninstallHandler = regexp.MustCompile(`(?i)\bclass\s+\w+[^{]*\bimplements\b[^{]*\bUninstallHandler\b[^{]*\{`)

func (r *Removed) runUninstallScript(ctx context.Context, o *org.Org, own []*org.Entry) error {
	if r.Package.Kind != metadata.Managed {
		return nil
	}
	i := slices.IndexFunc(own, func(e *org.Entry) bool {
		return e.Component.Kind == metadata.ApexClass && uninstallHandler.Match(metadata.Code(metadata.ApexClass, e.Component.Source))
	})
	if i < 0 {
		return nil
	}
	class := own[i].Component.Name
	run := &ScriptRun{Class: class, Context: org.InstallContext{OrganizationID: o.ID(), InstallerID: o.AdminID()}}
	r.Script = run
	opt := org.TxOptions{Cause: cause.Transaction("uninstall script " + class), Package: r.Package.Name, Namespace: r.Package.Namespace}
	run.Result, run.Err = o.Run(ctx, opt, func(tx *org.Tx) error {
		return tx.UninstallScript(ctx, r.Package.Namespace, class, run.Context)
	})
	var apex *org.ApexError
	if run.Err != nil && !errors.As(run.Err, &apex) {
		return fmt.Errorf("run uninstall class %s: %w", class, run.Err)
	}
	return nil
}

func (r *Removed) deleteRows(ctx context.Context, o *org.Org, e *org.Entry) error {
	obj := o.Schema().ObjectIn(r.Package.Namespace, e.Component.Name)
	if obj == nil || !obj.Kind.Stored() || !metadata.IsOwnObject(e.Component.Name) || !o.Store().HasTable(obj) {
		return nil
	}
	var ids []string
	err := o.Store().Scan(ctx, obj, func(rec *schema.Record) error {
		ids = append(ids, rec.ID())
		return nil
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	r.Rows = append(r.Rows, Rows{obj.Name, len(ids)})
	return o.Store().Delete(ctx, obj, ids, o.Store().Cause(cause.Of(r.cause()).String()))
}
