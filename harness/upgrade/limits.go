package upgrade

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// orgLimit is how many components of a sort an org may have
// (governor-limits.md, section 4).
type orgLimit struct {
	what      string       // as the text of the failure names it
	class     FailureClass // of the failure
	kind      metadata.Kind
	perObject bool
	// exempt says that components of managed packages do not count: those are
	// taken as listed, which is reviewed (governor-limits.md, last line of
	// section 4).
	exempt bool
	counts func(*metadata.Component) bool
	// most are the numbers by edition: Professional, Enterprise, Unlimited and
	// Performance, Developer. 0: no limit.
	most [4]int
}

func every(*metadata.Component) bool { return true }

func typed(types ...string) func(*metadata.Component) bool {
	return func(c *metadata.Component) bool {
		for _, t := range types {
			if equalName(c.Props.Get("type"), t) {
				return true
			}
		}
		return false
	}
}

func flagged(property string) func(*metadata.Component) bool {
	return func(c *metadata.Component) bool { return c.Props.Bool(property) }
}

func ownObject(c *metadata.Component) bool { return strings.HasSuffix(strings.ToLower(c.Name), "__c") }

// orgLimits are in the order in which they are checked.
var orgLimits = []orgLimit{
	{what: "custom objects", class: TooManyComponents, kind: metadata.CustomObject, exempt: true, counts: ownObject, most: [4]int{50, 200, 2000, 400}},
	{what: "custom objects", class: TooManyComponents, kind: metadata.CustomObject, counts: ownObject, most: [4]int{3000, 3000, 3000, 3000}},
	{what: "custom tabs", class: TooManyComponents, kind: metadata.CustomTab, exempt: true, counts: every, most: [4]int{10, 25, 0, 100}},
	{what: "custom apps", class: TooManyComponents, kind: metadata.CustomApplication, exempt: true, counts: every, most: [4]int{5, 10, 0, 10}},
	{what: "custom fields", class: TooManyComponents, kind: metadata.CustomField, perObject: true, exempt: true, counts: every, most: [4]int{100, 500, 800, 500}},
	{what: "custom fields", class: TooManyComponents, kind: metadata.CustomField, perObject: true, counts: every, most: [4]int{900, 900, 900, 900}},
	{what: "relationship fields", class: TooManyComponents, kind: metadata.CustomField, perObject: true, counts: typed("Lookup", "MasterDetail"), most: [4]int{40, 40, 40, 40}},
	{what: "master-detail fields", class: TooManyComponents, kind: metadata.CustomField, perObject: true, counts: typed("MasterDetail"), most: [4]int{2, 2, 2, 2}},
	{what: "roll-up summary fields", class: TooManyComponents, kind: metadata.CustomField, perObject: true, counts: typed("Summary"), most: [4]int{40, 40, 40, 40}},
	{what: "external id fields", class: TooManyComponents, kind: metadata.CustomField, perObject: true, counts: flagged("externalId"), most: [4]int{25, 25, 25, 25}},
	{what: "active validation rules", class: TooManyComponents, kind: metadata.ValidationRule, perObject: true, counts: flagged("active"), most: [4]int{20, 100, 500, 100}},
	{what: "custom labels", class: TooManyComponents, kind: metadata.CustomLabel, exempt: true, counts: every, most: [4]int{5000, 5000, 5000, 5000}},
	{what: "permission sets", class: TooManyComponents, kind: metadata.PermissionSet, exempt: true, counts: every, most: [4]int{10, 1500, 1500, 1500}},
	{what: "custom notification types", class: TooManyComponents, kind: metadata.CustomNotificationType, counts: every, most: [4]int{500, 500, 500, 500}},
	{what: "", class: TooManyDashboards, kind: metadata.Dashboard, counts: func(c *metadata.Component) bool { return c.Props.Get("dashboardType") == "LoggedInUser" },
		most: [4]int{0, 5, 10, 3}},
}

// column is the place of an edition in the table.
func column(edition string) int {
	switch strings.TrimSuffix(strings.ToLower(edition), " edition") {
	case "professional", "group":
		return 0
	case "unlimited", "performance":
		return 2
	case "developer":
		return 3
	default:
		return 1
	}
}

// refuseLimits blocks a version that brings more than the org's edition allows
// (F6, F7). What was there already is not held against it.
func (in *installing) refuseLimits() error {
	for i := range orgLimits {
		if err := in.refuseLimit(&orgLimits[i]); err != nil {
			return err
		}
	}
	return in.refuseMetadataLimit()
}

func (in *installing) refuseLimit(l *orgLimit) error {
	most := l.most[column(in.org.Edition())]
	if l.exempt && in.pkg.Kind == metadata.Managed || most == 0 && l.class != TooManyDashboards {
		return nil
	}
	added := map[string]string{} // the first new component, by object
	count := map[string]int{}
	of := func(c *metadata.Component) string {
		if l.perObject {
			return strings.ToLower(c.Parent())
		}
		return ""
	}
	for _, act := range in.actions {
		if act.Kind == l.kind && act.Verb == Create && l.counts(act.Component) {
			object := of(act.Component)
			count[object]++
			if added[object] == "" {
				added[object] = act.Name
			}
		}
	}
	if len(added) == 0 {
		return nil
	}
	for _, e := range in.org.Components().OfKind(l.kind) {
		if l.counts(e.Component) && !(l.exempt && e.State != org.Unmanaged) && !in.goes(l.kind, e.Component.Name) {
			count[of(e.Component)]++
		}
	}
	for _, act := range in.actions {
		if act.Kind != l.kind || act.Verb != Create || added[of(act.Component)] != act.Name || count[of(act.Component)] <= most {
			continue
		}
		step := fmt.Sprintf("adding %s %s, %d of %d", act.Kind, act.Name, count[of(act.Component)], most)
		components := []string{string(act.Kind) + " " + act.Name}
		if l.class == TooManyDashboards {
			return fail(TooManyDashboards, step, components)
		}
		what := l.what
		if l.perObject {
			what += " on " + act.Component.Parent()
		}
		return fail(TooManyComponents, step, components, what)
	}
	return nil
}

// metadataBytes is what the records of custom metadata types of an org, and
// those of each managed package, may take.
const metadataBytes = 10 << 20

// refuseMetadataLimit blocks records of custom metadata types beyond what the
// org may hold (F5). A record takes the lengths of its type's fields, whatever
// they hold; long texts take what they hold. Deprecated records count.
func (in *installing) refuseMetadataLimit() error {
	total, first := 0, ""
	lengths := map[string]int{}
	for _, act := range in.actions {
		if act.Kind == metadata.CustomMetadata && act.Component != nil {
			total += in.recordBytes(lengths, act.Component)
			if act.Verb == Create && first == "" {
				first = act.Name
			}
		}
	}
	if first == "" {
		return nil
	}
	for _, e := range in.org.Components().OfKind(metadata.CustomMetadata) {
		if same := equalName(e.Namespace, in.pkg.Namespace); in.pkg.Kind != metadata.Managed && e.State == org.Unmanaged || same {
			if in.pkg.Find(metadata.CustomMetadata, e.Component.Name) == nil || !same {
				total += in.recordBytes(lengths, e.Component)
			}
		}
	}
	if total <= metadataBytes {
		return nil
	}
	return fail(MetadataFull, fmt.Sprintf("adding records of custom metadata types, %d of %d bytes", total, metadataBytes),
		[]string{"CustomMetadata " + first}, first)
}

// recordBytes is what one record takes.
func (in *installing) recordBytes(lengths map[string]int, record *metadata.Component) int {
	typeName, _, _ := strings.Cut(record.Name, ".")
	size, known := lengths[strings.ToLower(typeName)]
	if !known {
		for _, f := range in.pkg.OfKind(metadata.CustomField) {
			if equalName(f.Parent(), typeName+"__mdt") && f.Props.Get("type") != "LongTextArea" {
				n, err := strconv.Atoi(f.Props.Get("length"))
				if err != nil {
					n = 18 // numbers, dates, references
				}
				size += n
			}
		}
		lengths[strings.ToLower(typeName)] = size
	}
	for _, v := range record.Props.All("values") {
		if f := in.pkg.Find(metadata.CustomField, typeName+"__mdt."+v.Get("field")); f != nil && f.Props.Get("type") == "LongTextArea" {
			size += len(v.Get("value"))
		}
	}
	return size
}

// Scarce is a sort of component of which an org may have few, and what a version
// adds to it.
type Scarce struct {
	What  string // of one: "custom app"
	Most  int    // in Enterprise Edition
	Added []*metadata.Component
}

// fewest is up to how many components of a sort an org has to count its own.
const fewest = 10

// ScarceIn lists what a version has more of than the one before, where an org
// may have few: an org that has all of its own is refused.
func ScarceIn(from, to *metadata.Package) []Scarce {
	var list []Scarce
	for i := range orgLimits {
		l := &orgLimits[i]
		most := l.most[column("Enterprise Edition")]
		if l.exempt && to.Kind == metadata.Managed || most == 0 || most > fewest || l.perObject {
			continue
		}
		s := Scarce{What: strings.TrimSuffix(l.what, "s"), Most: most}
		if l.class == TooManyDashboards {
			s.What = "dynamic dashboard"
		}
		before := 0
		for _, c := range from.OfKind(l.kind) {
			if l.counts(c) {
				before++
			}
		}
		after := 0
		for _, c := range to.OfKind(l.kind) {
			if !l.counts(c) {
				continue
			}
			after++
			if was := from.Find(c.Kind, c.Name); was == nil || !l.counts(was) {
				s.Added = append(s.Added, c)
			}
		}
		if len(s.Added) > 0 && after > before {
			list = append(list, s)
		}
	}
	return list
}
