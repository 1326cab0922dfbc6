package metadata

import "strings"

// decomposed are the kinds that a project may keep as several files, with the
// presets of source format that do so: each file is a piece of one component.
// Kinds whose pieces are components of their own (labels, workflow rules,
// sharing rules, field translations) stand in the table of children instead.
// Known from the presets that the command line of the platform lists.
var decomposed = []struct {
	Kind Kind
	// Pieces are the properties that files hold, by the suffix of the file.
	Pieces map[string]string
	// Whole are suffixes of files that hold several properties, each as it
	// stands in the component's own file.
	Whole []string
}{
	// decomposePermissionSetBeta writes a folder a property with a file an
	// entry; decomposePermissionSetBeta2 a file a property beside the set's own
	// and one an object in the folder objectSettings.
	{Kind: "PermissionSet", Whole: []string{"objectSettings"}, Pieces: map[string]string{
		"applicationVisibility":             "applicationVisibilities",
		"classAccess":                       "classAccesses",
		"customMetadataTypeAccess":          "customMetadataTypeAccesses",
		"customPermission":                  "customPermissions",
		"customSettingAccess":               "customSettingAccesses",
		"externalCredentialPrincipalAccess": "externalCredentialPrincipalAccesses",
		"externalDataSourceAccess":          "externalDataSourceAccesses",
		"fieldPermission":                   "fieldPermissions",
		"flowAccess":                        "flowAccesses",
		"objectPermission":                  "objectPermissions",
		"pageAccess":                        "pageAccesses",
		"recordTypeVisibility":              "recordTypeVisibilities",
		"tabSetting":                        "tabSettings",
		"userPermission":                    "userPermissions",
	}},
}

// besides are files that belong to a component beside its own, by their suffix:
// decomposeExternalServiceRegistrationBeta keeps the schema of a service so.
var besides = map[Kind][]string{"ExternalServiceRegistration": {"yaml", "yml", "json"}}

// Piece finds out of a file in a folder of a kind that it holds a piece of one
// component. It gives the property of the component that the root of the file
// is, unless the root is named after the kind and holds properties. Dirs are
// the folders between the kind's own and the file, stem and suffix its name.
// A folder may only group whole components, so the name comes from the place
// that a preset gives it.
func Piece(kind Kind, dirs []string, stem, suffix string) (component, property string, ok bool) {
	for _, d := range decomposed {
		if d.Kind != kind {
			continue
		}
		for singular, plural := range d.Pieces {
			if suffix == singular || suffix == plural {
				property = plural
			}
		}
		for _, s := range d.Whole {
			if s == suffix {
				property = s
			}
		}
		if property == "" {
			return "", "", false
		}
		if n := len(dirs); n >= 2 && (dirs[n-1] == property || strings.EqualFold(dirs[n-1], suffix)) {
			return dirs[n-2], property, true
		} else if n >= 1 && !strings.EqualFold(dirs[n-1], stem) && suffix != property {
			return dirs[n-1], property, true
		}
		return stem, property, true
	}
	return "", "", false
}

// Beside says that a file with this suffix belongs to the component of a kind
// that is named like it.
func Beside(kind Kind, suffix string) bool {
	for _, s := range besides[kind] {
		if strings.EqualFold(s, suffix) {
			return true
		}
	}
	return false
}

// Join adds what a piece of a component holds to the component's properties.
func Join(kind Kind, root, piece *Node, property string) {
	if Kind(piece.Name) == kind {
		root.Children = append(root.Children, piece.Children...)
		return
	}
	whole := *piece
	whole.Name = property
	root.Children = append(root.Children, &whole)
}
