package probe

import (
	"context"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/probe/subscriber"
)

// OldCallers is what Apex of subscribers that was written against the old
// version meets in the new one.
type OldCallers struct {
	Tried  int         // classes of the package that changed or left
	Broken []BrokenUse // in the order of types
	Lost   []LostClass // classes that left the package, stay in the org and do not compile there any more
	Global bool        // the old version says by the word global what it offers
}

// BrokenUse is a use of the old version that the new one does not allow.
type BrokenUse = subscriber.Broken

// LostClass is a class of the old version that the org keeps and can not
// compile.
type LostClass struct{ Name, Text string }

// oldCallers compiles what a subscriber may have written against the classes
// that the upgrade changes, before it and after it.
func oldCallers(_ context.Context, s *Subject, e *Evidence) error {
	changed := changedClasses(s.From, s.To)
	if len(changed) == 0 {
		return nil
	}
	before := subscriber.Version{Namespace: s.From.Namespace, Program: s.Before.Program().Types()}
	after := subscriber.Version{Namespace: s.To.Namespace, Program: s.After.Program().Types()}
	e.OldCallers.Tried = len(changed)
	e.OldCallers.Broken = subscriber.Compare(before, after, changed)
	e.OldCallers.Global = offersGlobal(before, s.From)
	for _, name := range changed {
		if s.To.Find(metadata.ApexClass, name) != nil {
			continue
		}
		was, is := before.Program.Class(before.Namespace, name), after.Program.Class(after.Namespace, name)
		if was == nil || is == nil || was.Test || len(was.Check()) > 0 {
			continue
		}
		if errs := is.Check(); len(errs) > 0 {
			e.OldCallers.Lost = append(e.OldCallers.Lost, LostClass{name, errs[0].Message})
		}
	}
	return nil
}

// changedClasses are the classes of a version that its successor changes or
// does not have.
func changedClasses(from, to *metadata.Package) []string {
	var names []string
	for _, c := range metadata.Compare(from, to) {
		if c.Kind == metadata.ApexClass && c.Before != nil && (c.After == nil || !c.Cosmetic) {
			names = append(names, c.Name)
		}
	}
	return names
}

// offersGlobal reports whether a version says by the word global what it offers.
func offersGlobal(v subscriber.Version, pkg *metadata.Package) bool {
	return slices.ContainsFunc(pkg.OfKind(metadata.ApexClass), func(c *metadata.Component) bool {
		if !strings.Contains(strings.ToLower(string(c.Source)), "global") {
			return false
		}
		class := v.Program.Class(v.Namespace, c.Name)
		return class != nil && class.Access == types.Global && !class.Test
	})
}
