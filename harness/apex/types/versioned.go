package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// The API versions from which on a class or trigger behaves otherwise, by its
// own version. Where only the sources of released packages tell, the version is
// the first of which none is known to behave as before.
const (
	BlankSettingsFrom    = 22 // Apex Developer Guide, Custom Settings Methods, "getInstance"
	TestClassesFrom      = 28 // Apex Developer Guide, "isTest Annotation"
	StrictReturnsFrom    = 31 // a released package has a class of version 30 that says otherwise
	LaxJSONFrom          = 35 // Apex Reference, JSON.deserialize
	StrictFlowFrom       = 43 // released packages have classes of versions 19 to 39
	PrivateAccessorsFrom = 43 // a released package changed its classes from 37 to 43 for it
	OneAuraEnabledFrom   = 55 // Apex Developer Guide, "AuraEnabled Annotation"
	UserModeFrom         = 67 // Apex Reference, "Versioned Behavior Changes"
)

// Behaviour is something that a class does otherwise from an API version on.
type Behaviour struct {
	From int    // the API version
	Name string // stable: "user-mode"
	Was  string // before, as the end of "the class …"
	Is   string // from then on, so as well
	// uses is the first place of a unit that depends on it, nil for none.
	uses func(u *syntax.Unit) syntax.Node
}

// Uses is the first place of a unit that behaves otherwise from the version on;
// nil where there is none.
func (b *Behaviour) Uses(u *syntax.Unit) syntax.Node { return b.uses(u) }

// Behaviours lists the versioned behaviours that change what code does or
// whether it compiles, oldest first. What is refused in tests alone is left out,
// since tests are not run in the orgs of subscribers.
var Behaviours = []Behaviour{
	{BlankSettingsFrom, "blank-settings", "gets null of a hierarchy setting of which nothing is stored", "gets an empty record", usesSettings},
	{LaxJSONFrom, "lax-json", "throws when JSON has a field that the record's object lacks", "leaves it out", usesRecordJSON},
	{OneAuraEnabledFrom, "one-auraenabled", "may have several @AuraEnabled methods of one name", "does not compile with them", usesOverloads},
	{UserModeFrom, "user-mode", "reads and writes in system mode where it says nothing", "reads and writes in user mode: rows, objects and fields that the user has no right to are not found, or refused", usesPlainData},
	{UserModeFrom, "with-sharing", "runs without sharing, or as its caller does, where it says nothing", "runs with sharing: rows that are not shared with the user are not found", usesNoSharing},
	{UserModeFrom, "security-enforced", "may say WITH SECURITY_ENFORCED", "does not compile with it", usesEnforced},
}

// Crosses lists the behaviours that change between two API versions; 0 is the
// newest.
func Crosses(was, is int) []Behaviour {
	var list []Behaviour
	for _, b := range Behaviours {
		if was != 0 && was < b.From && (is == 0 || is >= b.From) {
			list = append(list, b)
		}
	}
	return list
}

// since reports whether a file is compiled with an API version or a later one.
func since(u *syntax.Unit, version int) bool { return u.APIVersion == 0 || u.APIVersion >= version }

// firstNode is the first node of a unit that passes a test.
func firstNode(u *syntax.Unit, ok func(syntax.Node) bool) syntax.Node {
	var found syntax.Node
	visit := func(n syntax.Node) bool {
		if found == nil && ok(n) {
			found = n
		}
		return found == nil
	}
	if u.Type != nil {
		syntax.Walk(u.Type, visit)
	}
	if u.Trigger != nil {
		for _, n := range u.Trigger.Items {
			syntax.Walk(n, visit)
		}
	}
	return found
}

func usesSettings(u *syntax.Unit) syntax.Node {
	return firstNode(u, func(n syntax.Node) bool {
		x, ok := n.(*syntax.MethodCall)
		if !ok || !x.Name.Is("getInstance") && !x.Name.Is("getOrgDefaults") {
			return false
		}
		of, ok := x.X.(*syntax.Name)
		return ok && strings.HasSuffix(of.Key(), "__c")
	})
}

func usesRecordJSON(u *syntax.Unit) syntax.Node {
	return firstNode(u, func(n syntax.Node) bool {
		x, ok := n.(*syntax.MethodCall)
		if !ok || !x.Name.Is("deserialize") {
			return false
		}
		of, ok := x.X.(*syntax.Name)
		return ok && of.Is("JSON")
	})
}

func usesOverloads(u *syntax.Unit) syntax.Node {
	known := map[string]bool{}
	return firstNode(u, func(n syntax.Node) bool {
		m, ok := n.(*syntax.MethodDecl)
		if !ok || m.Modifiers.Annotation("AuraEnabled") == nil {
			return false
		}
		twice := known[m.Name.Key()]
		known[m.Name.Key()] = true
		return twice
	})
}

// dataCalls are the methods of Database that read or write, and take an access
// level as their last argument.
var dataCalls = wordSet("query querywithbinds getquerylocator getquerylocatorwithbinds countquery insert update upsert delete undelete merge convertlead")

func usesPlainData(u *syntax.Unit) syntax.Node {
	return firstNode(u, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.SOQL:
			return x.Query != nil && x.Query.With == nil
		case *syntax.DML:
			return x.Mode == syntax.DefaultMode
		case *syntax.MethodCall:
			of, ok := x.X.(*syntax.Name)
			return ok && of.Is("Database") && dataCalls[x.Name.Key()] && !statesAccess(x.Args)
		}
		return false
	})
}

func statesAccess(args []syntax.Expr) bool {
	if len(args) == 0 {
		return false
	}
	of, ok := syntax.Unparen(args[len(args)-1]).(*syntax.FieldAccess)
	return ok && (of.Name.Is("SYSTEM_MODE") || of.Name.Is("USER_MODE"))
}

func usesNoSharing(u *syntax.Unit) syntax.Node {
	d, ok := u.Type.(*syntax.ClassDecl)
	if !ok || d.Modifiers.Set.Any(syntax.WithSharing|syntax.WithoutSharing|syntax.InheritedSharing) {
		return nil
	}
	return usesPlainData(u)
}

func usesEnforced(u *syntax.Unit) syntax.Node {
	return firstNode(u, func(n syntax.Node) bool {
		x, ok := n.(*syntax.SOQL)
		return ok && x.Query != nil && x.Query.With != nil && x.Query.With.Mode.Is("SECURITY_ENFORCED")
	})
}
