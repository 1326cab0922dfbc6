package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// added judges a component that is new in the version.
func (c *checker) added(change metadata.Change) {
	m := change.After
	switch m.Kind {
	case metadata.CustomField:
		c.addedField(m)
	case metadata.ValidationRule:
		if m.Props.Bool("active") && c.existed(m) {
			c.add(RuleStricter, m, "active", "%s is a new active rule on an object that has rows", m.Name)
		}
	}
}

// existed says whether the object that a component belongs to was there before.
func (c *checker) existed(m *metadata.Component) bool {
	object := m.Parent()
	return !strings.Contains(object, "__") || c.before.Find(metadata.CustomObject, object) != nil
}

// addedField holds a new field against what an object with rows allows.
func (c *checker) addedField(m *metadata.Component) {
	if !c.existed(m) || hasSuffix(m.Parent(), "__mdt", "__e") {
		return
	}
	kind := m.Props.Get("type")
	switch {
	case kind == "AutoNumber" && c.managed():
		c.add(NewAutoNumber, m, "type", "%s is a new auto-number field of a released object", m.Name)
	case kind == "MasterDetail":
		c.add(MasterDetailAdded, m, "type", "%s is a new master-detail field of an object that may hold rows", m.Name)
	case m.Props.Bool("required") && m.Props.Get("defaultValue") == "" && !picklistDefault(m):
		if c.managed() {
			c.add(RequiredWithoutDefault, m, "required", "%s is new, required and has no default value", m.Name)
		} else {
			c.add(MadeRequired, m, "required", "%s is new and required: rows that exist have nothing in it", m.Name)
		}
	case m.Props.Bool("required"):
		c.add(MadeRequired, m, "required", "%s is new and required: its default fills new rows only, rows that exist have nothing in it", m.Name)
	}
}

func picklistDefault(m *metadata.Component) bool {
	for _, v := range m.Props.Find("valueSet/valueSetDefinition").All("value") {
		if v.Bool("default") {
			return true
		}
	}
	return false
}

// modified judges what changed of a component.
func (c *checker) modified(change metadata.Change) {
	m := change.After
	if m == nil || change.Before == nil {
		return
	}
	if m.Kind == metadata.Profile {
		if c.after.Kind != metadata.Unmanaged && len(change.Properties) > 0 {
			c.add(ProfileUnreached, m, "", "%d settings of profile %s change; those of components that are not new reach new installs only", len(change.Properties), m.Name)
		}
		return
	}
	if c.managed() && m.Manageability().Upgraded == metadata.No {
		c.add(ComponentOnce, m, "", "%s %s changes; orgs that have it keep theirs", m.Kind, m.Name)
		return
	}
	if c.after.Kind == metadata.Unlocked && slices.ContainsFunc(change.Properties, func(p metadata.PropertyChange) bool {
		return metadata.Attribute(m.Kind, p.Name).SubscriberKeeps() && !quiet(p) && !strings.HasPrefix(p.Name, "picklistValues")
	}) {
		c.add(UnlockedOverwrites, m, "", "%s %s changes in what subscribers may edit; the upgrade overwrites their edits", m.Kind, m.Name)
	}
	for _, p := range change.Properties {
		c.property(change, p)
	}
	c.protection(change)
}

// property judges one property that changed, by what is known of it and then
// by its class.
func (c *checker) property(change metadata.Change, p metadata.PropertyChange) {
	m := change.After
	if m.Kind == metadata.CustomField && c.fieldProperty(change, p) {
		return
	}
	if protecting[p.Name] && protected(change.Before) != protected(m) {
		return // judged as a whole
	}
	if m.Kind == metadata.GlobalValueSet && p.Name == "picklistValues" {
		c.values(m, p)
		return
	}
	if exposing[m.Kind] && (p.Name == "isExposed" && p.From == "true" || strings.HasPrefix(p.Name, "targets") && len(p.RemovedItems) > 0) {
		c.add(ExposureWithdrawn, m, p.Name, "%s withdraws %s", m.Name, p.Name)
		return
	}
	if m.Kind == metadata.ValidationRule && p.Name == "errorConditionFormula" && m.Props.Bool("active") {
		c.add(RuleStricter, m, p.Name, "the condition of %s changes for rows that exist", m.Name)
	}
	if m.Kind == metadata.CustomMetadata && c.recordValue(m, p) {
		return
	}
	if !c.managed() {
		return
	}
	class := metadata.Attribute(m.Kind, p.Name)
	switch {
	case class == metadata.Never:
		at := c.add(AttributeFrozen, m, p.Name, "%s of %s %s changes %s", p.Name, m.Kind, m.Name, words(p))
		at.From, at.To = p.From, p.To
	case class.SubscriberKeeps() && !quiet(p):
		at := c.add(AttributeKept, m, p.Name, "%s of %s %s changes %s for new installs only", p.Name, m.Kind, m.Name, words(p))
		at.From, at.To = p.From, p.To
	}
}

// protecting are the properties by which a component is protected.
var protecting = map[string]bool{"protected": true, "visibility": true}

// exposing are the kinds that say whether subscribers may use them.
var exposing = map[metadata.Kind]bool{metadata.LightningComponentBundle: true, metadata.LightningMessageChannel: true}

// quiet says that nobody misses a property that stays behind: an order of
// entries.
func quiet(p metadata.PropertyChange) bool {
	return strings.HasSuffix(p.Name, "/order") || strings.HasSuffix(p.Name, "/sortOrder")
}

// words tells a change in a clause.
func words(p metadata.PropertyChange) string {
	if len(p.RemovedItems)+len(p.AddedItems) > 0 {
		var parts []string
		if len(p.RemovedItems) > 0 {
			parts = append(parts, "(gone: "+some(p.RemovedItems)+")")
		}
		if len(p.AddedItems) > 0 {
			parts = append(parts, "(new: "+some(p.AddedItems)+")")
		}
		return strings.Join(parts, " ")
	}
	return "from " + shown(p.From) + " to " + shown(p.To)
}

// some lists items, the first few of many.
func some(items []string) string {
	const most = 8
	if len(items) <= most {
		return strings.Join(items, ", ")
	}
	return strings.Join(items[:most], ", ") + " and " + strconv.Itoa(len(items)-most) + " more"
}

func shown(s string) string {
	if s == "" {
		return "nothing"
	}
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// fieldProperty judges a property of a field; true when that is all there is to
// say of it.
func (c *checker) fieldProperty(change metadata.Change, p metadata.PropertyChange) bool {
	m := change.After
	said := func(code Code, format string, args ...any) {
		at := c.add(code, m, p.Name, format, args...)
		at.From, at.To = p.From, p.To
	}
	switch p.Name {
	case "type":
		if c.managed() {
			said(DataTypeChanged, "%s changes its type %s", m.Name, words(p))
		} else if users := c.apexNaming(m.BaseName()); len(users) > 0 {
			at := c.add(ConvertedFieldInApex, m, p.Name, "%s changes its type %s and is named in %s", m.Name, words(p), some(users))
			at.From, at.To = p.From, p.To
			at.Platform = strings.ReplaceAll(at.Platform, "%s", users[0])
		}
		return true
	case "relationshipName":
		said(ChildRelationship, "%s renames its child relationship %s", m.Name, words(p))
		if !c.managed() {
			at := &c.found[len(c.found)-1]
			at.Effect = Breaks // the platform allows it outside managed packages
		}
		return true
	case "length":
		if p.To != "" && number(p.To) < number(p.From) {
			said(LengthReduced, "%s becomes shorter, %s", m.Name, words(p))
			if hasSuffix(m.Parent(), "__e") {
				c.found[len(c.found)-1].Effect = Risk // events are not stored; who publishes longer texts fails
			}
		}
		return true
	case "precision", "scale":
		if before, after := digits(change.Before), digits(m); stored(m) && p.To != "" && number(p.To) < number(p.From) {
			said(PrecisionReduced, "%s has fewer digits: %s %s", m.Name, p.Name, words(p))
		} else if stored(m) && p.Name == "scale" && m.Props.Has("precision") && after < before {
			said(PrecisionReduced, "%s has fewer digits before the decimal point: %d instead of %d, since scale goes %s", m.Name, after, before, words(p))
		}
		return true
	case "formula":
		if c.managed() && (p.From == "" || p.To == "") {
			said(DataTypeChanged, "%s %s", m.Name, map[bool]string{true: "becomes a formula field", false: "is no formula field any more"}[p.From == ""])
		}
		return true
	case "required":
		if p.To == "true" {
			said(MadeRequired, "%s becomes required; rows that are empty stay empty and can not be saved", m.Name)
		}
		return true
	case "defaultValue":
		said(DefaultNewRowsOnly, "the default of %s changes %s; rows that exist keep what they have", m.Name, words(p))
		return true
	case "picklistValues":
		c.values(m, p)
		return true
	}
	return false
}

// stored says that a field holds values of its own, not computed ones.
func stored(m *metadata.Component) bool {
	return m.Props.Get("formula") == "" && m.Props.Get("type") != "Summary"
}

// digits are those of a number before the decimal point.
func digits(m *metadata.Component) int {
	return number(m.Props.Get("precision")) - number(m.Props.Get("scale"))
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// values judges picklist values that came and went.
func (c *checker) values(m *metadata.Component, p metadata.PropertyChange) {
	if len(p.AddedItems) > 0 && c.after.Kind != metadata.Unmanaged {
		at := c.add(PicklistUnreached, m, p.Name, "%s gets the values %s, which no org that has the field receives", m.Name, some(p.AddedItems))
		at.To = strings.Join(p.AddedItems, ";")
	}
	if len(p.RemovedItems) > 0 {
		at := c.add(ValuesVanish, m, p.Name, "%s loses the values %s, which rows may hold and orgs that have the field keep", m.Name, some(p.RemovedItems))
		at.From = strings.Join(p.RemovedItems, ";")
	}
}

// recordValue judges a value of a custom metadata record; true when the type's
// field leaves it to the subscriber.
func (c *checker) recordValue(m *metadata.Component, p metadata.PropertyChange) bool {
	typeName, _, _ := strings.Cut(m.Name, ".")
	_, rest, ok := strings.Cut(p.Name, "[")
	if !ok || !c.managed() {
		return false
	}
	field, _, _ := strings.Cut(rest, "]")
	def := c.after.Find(metadata.CustomField, typeName+"__mdt."+field)
	if def == nil || def.Props.Get("fieldManageability") != "SubscriberControlled" {
		return false
	}
	at := c.add(RecordKept, m, p.Name, "%s of record %s changes %s for new installs only", field, m.Name, words(p))
	at.From, at.To = p.From, p.To
	return true
}

// protection judges changes of who may refer to a component.
func (c *checker) protection(change metadata.Change) {
	was, is := protected(change.Before), protected(change.After)
	if !c.managed() || was == is {
		return
	}
	property := "protected"
	if change.After.Props.Has("visibility") {
		property = "visibility"
	}
	if is {
		c.add(ProtectionNarrowed, change.After, property, "%s %s becomes protected", change.Kind, change.Name)
	} else if c.isPatch() {
		c.add(PatchProtection, change.After, property, "%s %s becomes public in a patch", change.Kind, change.Name)
	}
}

func protected(m *metadata.Component) bool {
	return m.Props.Bool("protected") || strings.EqualFold(m.Props.Get("visibility"), "Protected") ||
		strings.EqualFold(m.Props.Get("visibility"), "PackageProtected")
}

// apexNaming lists Apex classes and triggers of the new version in whose code a
// name stands as a word.
func (c *checker) apexNaming(name string) []string {
	var users []string
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, m := range c.after.OfKind(kind) {
			if hasWord(string(metadata.Code(kind, m.Source)), name) {
				users = append(users, m.Name)
			}
		}
	}
	return users
}

// hasWord finds a name that is not part of a longer one, in any case.
func hasWord(text, word string) bool {
	text, word = strings.ToLower(text), strings.ToLower(word)
	for i := 0; ; {
		at := strings.Index(text[i:], word)
		if at < 0 {
			return false
		}
		from, to := i+at, i+at+len(word)
		if (from == 0 || !nameByte(text[from-1])) && (to == len(text) || !nameByte(text[to])) {
			return true
		}
		i = to
	}
}

func nameByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z'
}

func hasSuffix(name string, suffixes ...string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(strings.ToLower(name), s) })
}
