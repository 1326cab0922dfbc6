package metadata

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// PropertyChange is one property that differs. Nested properties are joined by
// '/', an entry of a list stands in brackets: "lookupFilter/errorMessage",
// "fieldPermissions[Account.Region__c]/readable". Either From and To are set
// (empty: absent, and the platform assumes nothing), or, for a property that is
// a list of names such as picklistValues, RemovedItems and AddedItems. The body
// of code and the files of bundles are given by their digests.
type PropertyChange struct {
	Name                     string
	From, To                 string
	RemovedItems, AddedItems []string
	Cosmetic                 bool
}

// MarshalJSON writes {"name", "from", "to"} with null for absent, or {"name",
// "removed", "added"} for a list; "cosmetic" only when true.
func (p PropertyChange) MarshalJSON() ([]byte, error) {
	if len(p.RemovedItems)+len(p.AddedItems) > 0 {
		return json.Marshal(struct {
			Name     string   `json:"name"`
			Removed  []string `json:"removed"`
			Added    []string `json:"added"`
			Cosmetic bool     `json:"cosmetic,omitempty"`
		}{p.Name, orEmpty(p.RemovedItems), orEmpty(p.AddedItems), p.Cosmetic})
	}
	return json.Marshal(struct {
		Name     string  `json:"name"`
		From     *string `json:"from"`
		To       *string `json:"to"`
		Cosmetic bool    `json:"cosmetic,omitempty"`
	}{p.Name, orNull(p.From), orNull(p.To), p.Cosmetic})
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// cosmeticNames are properties that neither data nor code can notice: what is
// written for people, the columns of search results, the tracking of history and
// feeds, and the versions of the API and of other packages that code was last
// saved with.
var cosmeticNames = nameSet(`label pluralLabel masterLabel description inlineHelpText relationshipLabel
	shortDescription help helpText helpUrl customHelp customHelpPage startsWith gender caseValues color
	trackHistory trackFeedHistory trackTrending enableHistory enableFeeds recordTypeTrackHistory
	recordTypeTrackFeedHistory businessStatus securityClassification complianceGroup businessOwnerUser
	businessOwnerGroup caption customHelpUrl packageVersions apiVersion
	searchLayouts`)

// isTranslation are the kinds that are words for people from end to end.
var isTranslation = kindSet(`Translations CustomObjectTranslation CustomFieldTranslation
	GlobalValueSetTranslation StandardValueSetTranslation`)

// IsTranslation says that a kind is words for people in another language.
func IsTranslation(kind Kind) bool { return isTranslation[kind] }

// onByDefault are the booleans that the platform takes for true where a file of
// a kind without defaults of its own says nothing; any other is false.
var onByDefault = nameSet(`active isActive enabled isEnabled visible enableSearch isVisible`)

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(names) {
		set[name] = true
	}
	return set
}

// differ collects the property changes of one component.
type differ struct {
	kind    Kind
	spell   func(string) string
	changes []PropertyChange
}

func (d *differ) add(p PropertyChange) {
	p.Cosmetic = p.Cosmetic || isTranslation[d.kind] || isCosmetic(p.Name)
	d.changes = append(d.changes, p)
}

// isCosmetic looks at the last name of a property and at the list it is in.
func isCosmetic(property string) bool {
	first, _, _ := strings.Cut(property, "/")
	return cosmeticNames[lastName(property)] || cosmeticNames[lastName(first)]
}

func lastName(property string) string {
	property = property[strings.LastIndexByte(property, '/')+1:]
	name, _, _ := strings.Cut(property, "[")
	return name
}

// nodes compares two canonical trees; either may be nil.
func (d *differ) nodes(path string, a, b *Node) {
	switch {
	case a.isLeaf() && b.isLeaf():
		d.leaves(path, a, b)
		return
	}
	ga, gb := groups(a), groups(b)
	for len(ga) > 0 || len(gb) > 0 {
		switch {
		case len(gb) == 0 || len(ga) > 0 && ga[0][0].Name < gb[0][0].Name:
			d.group(path, ga[0], nil)
			ga = ga[1:]
		case len(ga) == 0 || gb[0][0].Name < ga[0][0].Name:
			d.group(path, nil, gb[0])
			gb = gb[1:]
		default:
			d.group(path, ga[0], gb[0])
			ga, gb = ga[1:], gb[1:]
		}
	}
}

func (n *Node) isLeaf() bool { return n == nil || len(n.Children) == 0 }

func (d *differ) leaves(path string, a, b *Node) {
	from, to := "", ""
	if a != nil {
		from = a.Text
	}
	if b != nil {
		to = b.Text
	}
	if from == to || sameText(lastName(path), d.spell(from), d.spell(to)) {
		return
	}
	if (isAssumed(lastName(path), from) || from == "") && (isAssumed(lastName(path), to) || to == "") {
		return
	}
	d.add(PropertyChange{Name: path, From: from, To: to})
}

// isAssumed says that a property with this text says no more than its absence.
// Files of other API versions spell out more of what is assumed anyway.
func isAssumed(name, text string) bool {
	return text == "false" && !onByDefault[name] || text == "None" && name == "encryptionScheme"
}

// sameText says that two texts mean the same. White space inside formulas and
// the namespace prefix of own names do not count; in values that are stored as
// data every character does.
func sameText(property, from, to string) bool {
	switch property {
	case "formula", "errorConditionFormula":
		return strings.Join(strings.Fields(from), " ") == strings.Join(strings.Fields(to), " ")
	case "type", "referenceTo", "sharingModel":
		return strings.EqualFold(from, to)
	}
	return from == to
}

// groups cuts the sorted children into runs of one name.
func groups(n *Node) [][]*Node {
	if n == nil {
		return nil
	}
	var all [][]*Node
	for i := 0; i < len(n.Children); {
		j := i + 1
		for j < len(n.Children) && n.Children[j].Name == n.Children[i].Name {
			j++
		}
		all = append(all, n.Children[i:j])
		i = j
	}
	return all
}

// lists are repeated elements that are reported under a name of their own.
var lists = map[Kind]map[string]string{
	CustomField:      {"valueSet/valueSetDefinition/value": "picklistValues"},
	GlobalValueSet:   {"customValue": "picklistValues"},
	StandardValueSet: {"standardValue": "picklistValues"},
}

// group compares the children of one name.
func (d *differ) group(path string, a, b []*Node) {
	name := firstOf(a, b).Name
	if path != "" {
		name = path + "/" + name
	}
	if known := lists[d.kind][name]; known != "" {
		name = known
	}
	keysA, okA := keysOf(a)
	keysB, okB := keysOf(b)
	switch {
	case len(a) <= 1 && len(b) <= 1 && !(okA && okB && keyed(firstOf(a, b).Name)):
		d.nodes(name, only(a), only(b))
	case okA && okB:
		d.keyed(name, a, b, keysA, keysB)
	default:
		d.items(name, renderings(a), renderings(b))
	}
}

func firstOf(a, b []*Node) *Node {
	if len(a) > 0 {
		return a[0]
	}
	return b[0]
}

func only(n []*Node) *Node {
	if len(n) == 0 {
		return nil
	}
	return n[0]
}

// keyElements are the elements that name an entry of a list, in the order in
// which they are tried.
var keyElements = []string{"fullName", "field", "valueName", "picklist", "object", "apexClass", "apexPage",
	"tab", "recordType", "application", "actionName", "flow", "name", "customLabel", "masterLabel", "layout"}

func keyed(element string) bool {
	return element == "value" || element == "customValue" || element == "standardValue" || setKeys[element] != nil
}

// keysOf gives a distinct key for every entry, or false when there is none.
func keysOf(entries []*Node) ([]string, bool) {
	keys := make([]string, len(entries))
	seen := make(map[string]bool, len(entries))
	for i, n := range entries {
		key := n.Text
		if len(n.Children) > 0 {
			for _, element := range keyElements {
				if key = n.Get(element); key != "" {
					break
				}
			}
			if extra := n.Get("formFactor"); extra != "" {
				key += "," + extra
			}
			if n.Name == "layoutAssignments" {
				key += "," + n.Get("recordType")
			}
		}
		if key == "" || seen[key] {
			return nil, false
		}
		keys[i], seen[key] = key, true
	}
	return keys, true
}

// keyed compares two lists by the keys of their entries: what came, what went,
// and the properties of those that stayed.
func (d *differ) keyed(name string, a, b []*Node, keysA, keysB []string) {
	at := make(map[string]*Node, len(b))
	for i, k := range keysB {
		at[d.spell(k)] = b[i]
	}
	kept := make(map[string]bool, len(a))
	var removed, added []string
	for i, k := range keysA {
		other := at[d.spell(k)]
		if other == nil {
			removed = append(removed, k)
			continue
		}
		kept[d.spell(k)] = true
		if len(a[i].Children) > 0 {
			d.nodes(name+"["+d.spell(k)+"]", a[i], other)
		}
	}
	for _, k := range keysB {
		if !kept[d.spell(k)] {
			added = append(added, k)
		}
	}
	switch {
	case len(removed)+len(added) > 0:
		d.add(PropertyChange{Name: name, RemovedItems: removed, AddedItems: added})
	case setKeys[a[0].Name] == nil && !slices.EqualFunc(keysA, keysB, func(x, y string) bool { return d.spell(x) == d.spell(y) }):
		// Another order of the same entries is for the eye.
		d.add(PropertyChange{Name: name + "/order", From: strings.Join(keysA, ";"), To: strings.Join(keysB, ";"), Cosmetic: true})
	}
}

// items compares two lists whose entries have no key, as wholes.
func (d *differ) items(name string, a, b []string) {
	count := map[string]int{}
	for _, s := range a {
		count[d.spell(s)]++
	}
	var removed, added []string
	for _, s := range b {
		if count[d.spell(s)] > 0 {
			count[d.spell(s)]--
		} else {
			added = append(added, s)
		}
	}
	for _, s := range a {
		if count[d.spell(s)] > 0 {
			count[d.spell(s)]--
			removed = append(removed, s)
		}
	}
	if len(removed)+len(added) > 0 {
		d.add(PropertyChange{Name: name, RemovedItems: shorten(removed), AddedItems: shorten(added)})
	}
}

func renderings(entries []*Node) []string {
	all := make([]string, len(entries))
	for i, n := range entries {
		var b strings.Builder
		n.render(&b)
		all[i] = b.String()
	}
	return all
}

// render writes a subtree on one line: "{field=Name isRequired=true}".
func (n *Node) render(b *strings.Builder) {
	if len(n.Children) == 0 {
		b.WriteString(n.Text)
		return
	}
	b.WriteByte('{')
	some := false
	for _, c := range n.Children {
		if len(c.Children) == 0 && isAssumed(c.Name, c.Text) {
			continue
		}
		if some {
			b.WriteByte(' ')
		}
		some = true
		b.WriteString(c.Name)
		b.WriteByte('=')
		c.render(b)
	}
	b.WriteByte('}')
}

// shorten keeps a list of rendered entries fit to read; entries that would
// become alike keep a digest.
func shorten(items []string) []string {
	const limit = 200
	items = slices.Clone(items)
	for i, s := range items {
		if len(s) > limit {
			cut := limit
			for !utf8.RuneStart(s[cut]) {
				cut--
			}
			items[i] = s[:cut] + "… " + digest([]byte(s))
		}
	}
	return items
}

func digest(text []byte) string {
	if text == nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:6])
}
