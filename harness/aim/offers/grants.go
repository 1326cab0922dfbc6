package offers

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Grant is access to one thing that a permission set gives.
type Grant struct {
	Kind metadata.Kind // of the thing: ApexClass, CustomField; "" for a user permission
	Name string        // as the permission set names it
	How  string        // "read", "edit"; "" where there is one way only
}

// Grants are how a packaged permission set that both versions have changes.
type Grants struct {
	Set string // name without namespace
	// Lost is what the old version granted and the new one does not, though it has
	// the thing. Gained is what lets users see or change rows and fields that were
	// not shared with them: all rows of an object, all fields, all data.
	Lost, Gained []Grant
}

// permission is a kind of entry of a permission set: its element, the property
// that names the thing, the kind of the thing, and the properties that grant
// (Metadata API, "PermissionSet").
type permission struct {
	element, key string
	kind         metadata.Kind
	grants       map[string]string // property to how it is told
}

var one = map[string]string{"enabled": "", "visible": ""}

// permissions are the entries that are compared.
var permissions = []permission{
	{"objectPermissions", "object", metadata.CustomObject, map[string]string{"allowRead": "read", "allowCreate": "create", "allowEdit": "edit", "allowDelete": "delete",
		"viewAllRecords": viewAll, "modifyAllRecords": modifyAll, "viewAllFields": allFields}},
	{"fieldPermissions", "field", metadata.CustomField, map[string]string{"readable": "read", "editable": "edit"}},
	{"classAccesses", "apexClass", metadata.ApexClass, one},
	{"pageAccesses", "apexPage", metadata.ApexPage, one},
	{"customPermissions", "name", metadata.CustomPermission, one},
	{"customMetadataTypeAccesses", "name", metadata.CustomObject, one},
	{"customSettingAccesses", "name", metadata.CustomObject, one},
	{"flowAccesses", "flow", metadata.Flow, one},
	{"recordTypeVisibilities", "recordType", metadata.RecordType, one},
	{"tabSettings", "tab", metadata.CustomTab, map[string]string{"visibility": ""}},
	{"applicationVisibilities", "application", metadata.CustomApplication, one},
	{"userPermissions", "name", "", one},
}

// The grants of an object that go beyond what is shared.
const (
	viewAll   = "view all records"
	modifyAll = "modify all records"
	allFields = "view all fields"
)

// farReaching are user permissions that open what was closed.
var farReaching = []string{"ViewAllData", "ModifyAllData", "ManageUsers", "AuthorApex", "ViewAllUsers", "CustomizeApplication"}

// PermissionSets tells how the permission sets that both versions have differ in
// what they grant, those without a difference left out.
func PermissionSets(from, to *metadata.Package) []Grants {
	was, is := indexOf(from), indexOf(to)
	var out []Grants
	for _, c := range to.Components {
		old := was.find(c.Kind, c.Name)
		if c.Kind != metadata.PermissionSet || old == nil || old.Hash == c.Hash {
			continue
		}
		before, after := grantsOf(was, old), grantsOf(is, c)
		g := Grants{Set: c.Name}
		for key, grant := range before {
			if _, kept := after[key]; !kept && is.needs(was, grant, after) {
				g.Lost = append(g.Lost, grant)
			}
		}
		for key, grant := range after {
			if _, had := before[key]; !had && opens(grant) && (grant.Kind == "" || was.find(grant.Kind, grant.Name) != nil || !strings.Contains(grant.Name, "__")) {
				g.Gained = append(g.Gained, grant)
			}
		}
		sortGrants(g.Lost)
		sortGrants(g.Gained)
		if len(g.Lost)+len(g.Gained) > 0 {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b Grants) int { return cmp.Compare(a.Set, b.Set) })
	return out
}

func opens(g Grant) bool {
	return g.How == viewAll || g.How == modifyAll || g.Kind == "" && slices.Contains(farReaching, g.Name)
}

func sortGrants(list []Grant) {
	slices.SortFunc(list, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.How, b.How))
	})
}

// grantsOf lists what a permission set grants, by kind, thing and way.
func grantsOf(x *index, set *metadata.Component) map[string]Grant {
	out := map[string]Grant{}
	for _, p := range permissions {
		for _, entry := range set.Props.All(p.element) {
			for property, how := range p.grants {
				granted := entry.Bool(property)
				if property == "visibility" {
					granted = !strings.EqualFold(entry.Get(property), "None") && entry.Get(property) != ""
				}
				if granted {
					g := Grant{p.kind, entry.Get(p.key), how}
					out[x.key(g)] = g
				}
			}
		}
	}
	return out
}

func (x *index) key(g Grant) string { return string(g.Kind) + " " + x.bare(g.Name) + " " + g.How }

// needs reports whether the new version has the thing and users need the grant for
// it: not of a thing that is gone, of a field that no longer takes rights or of
// which all are granted, of an object that is not granted at all any more, of a
// class that nobody calls from outside.
func (x *index) needs(was *index, g Grant, granted map[string]Grant) bool {
	thing := x.find(g.Kind, g.Name)
	if thing == nil && was.find(g.Kind, g.Name) != nil {
		return false
	}
	switch g.Kind {
	case metadata.CustomField:
		object, _, _ := strings.Cut(g.Name, ".")
		_, readsObject := granted[x.key(Grant{metadata.CustomObject, object, "read"})]
		_, readsAll := granted[x.key(Grant{metadata.CustomObject, object, allFields})]
		objectHere := was.find(metadata.CustomObject, object) != nil
		return (readsObject || !objectHere) && !(readsAll && g.How == "read") && (thing == nil || takesRights(thing, g.How))
	case metadata.ApexClass:
		return thing == nil || x.entered(thing)
	default:
		return true
	}
}

// takesRights reports whether rights of a field can be granted: not of a required
// field and of a master-detail, and a formula can not be edited (Metadata API,
// "PermissionSet", fieldPermissions).
func takesRights(f *metadata.Component, how string) bool {
	kind := f.Props.Get("type")
	if strings.EqualFold(kind, "MasterDetail") || f.Props.Bool("required") {
		return false
	}
	computed := f.Props.Get("formula") != "" || strings.EqualFold(kind, "Summary") || strings.EqualFold(kind, "AutoNumber")
	return how == "read" || !computed
}

// entryPoint finds what makes a class one that users call from outside.
var entryPoint = regexp.MustCompile(`(?i)@(AuraEnabled|InvocableMethod|RestResource|RemoteAction|HttpGet|HttpPost)\b|\bwebservice\b`)

// entered reports whether users call a class from outside: its methods, or pages
// that it controls.
func (x *index) entered(class *metadata.Component) bool {
	if entryPoint.Match(class.Source) {
		return true
	}
	controls := regexp.MustCompile(`(?i)(controller|extensions)\s*=\s*"[^"]*\b` + regexp.QuoteMeta(class.Name) + `\b`)
	return slices.ContainsFunc(x.pkg.Components, func(c *metadata.Component) bool {
		return (c.Kind == metadata.ApexPage || c.Kind == metadata.ApexComponent) && controls.Match(c.Source)
	})
}
