package sharing

import (
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/once"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Viewer is the user of a View.
type Viewer struct {
	ID       string
	External bool // a user of a site or portal: the external defaults count
	Guest    bool // owns nothing and stands in no group
	Rights   *access.Rights
	Grantees *Grantees
}

// View is one user's sight of the rows of an org.
type View struct {
	schema *schema.Schema
	viewer Viewer

	mu   sync.Mutex
	open map[reach]bool
	key  string
	once once.Once
}

type reach struct {
	object *schema.Object
	level  Level
}

// NewView makes the View of a user over a schema.
func NewView(s *schema.Schema, v Viewer) *View {
	return &View{schema: s, viewer: v, open: map[reach]bool{}}
}

// SQL is what a condition is written into.
type SQL interface {
	// Table makes sure that the table of an object is there and gives its name
	// and an alias that is free, both as SQL writes them.
	Table(o *schema.Object) (name, alias string)
	// Column is a column of an alias.
	Column(alias string, f *schema.Field) string
	// Index says that rows are found by a field.
	Index(f *schema.Field)
	// In tests a column of ids against a list that Arg gives by name.
	In(column, arg string) string
}

// Rights is what the user may do with objects.
func (v *View) Rights() *access.Rights { return v.viewer.Rights }

// Arg gives the ids of a list that a condition names.
func (v *View) Arg(name string) []string {
	if name == grantees {
		return v.viewer.Grantees.IDs
	}
	return v.viewer.Grantees.owners[name]
}

const grantees = "grantees"

// Key tells the forms of conditions apart: Views over one schema with one Key
// write the same SQL and differ in the lists that Arg gives.
func (v *View) Key() string {
	v.once.Do(func() {
		var b strings.Builder
		if v.viewer.External {
			b.WriteString("external")
		}
		if v.viewer.Guest {
			b.WriteString("guest")
		}
		for _, o := range v.schema.Objects() {
			if v.governed(o) && !v.Open(o, Read) {
				b.WriteString("," + strings.ToLower(o.Name))
			}
		}
		v.key = b.String()
	})
	return v.key
}

// governed reports whether sharing says anything of an object by itself.
func (v *View) governed(o *schema.Object) bool {
	return o.IDField() != nil && o.Kind.Stored() && (o.Kind == schema.Custom || ModelOf(o) != "" || len(parents[strings.ToLower(o.Name)].fields) > 0 || files[strings.ToLower(o.Name)])
}

// Open reports whether the user reaches all rows of an object so.
func (v *View) Open(o *schema.Object, l Level) bool {
	v.mu.Lock()
	open, known := v.open[reach{o, l}]
	v.mu.Unlock()
	if known {
		return open
	}
	open = v.isOpen(o, l)
	v.mu.Lock()
	v.open[reach{o, l}] = open
	v.mu.Unlock()
	return open
}

func (v *View) isOpen(o *schema.Object, l Level) bool {
	if v.overAll(o, l) {
		return true
	}
	if masters := v.masters(o); len(masters) > 0 {
		return !slices.ContainsFunc(masters, func(f *schema.Field) bool {
			m := v.schema.Object(f.ReferenceTo[0])
			return m != nil && !v.Open(m, throughMaster(f, l))
		})
	}
	if own, rows, ok := SharedBy(v.schema, o); ok && rows.Parent != nil {
		return v.Open(own, Read)
	}
	if files[strings.ToLower(o.Name)] {
		return false
	}
	model := modelFor(o, v.viewer.External)
	if v.viewer.Guest && model != "" && model != controlled {
		model = "private"
	}
	p, follows := parents[strings.ToLower(o.Name)]
	if (model == "" || model == controlled) && follows {
		return v.parentsOpen(o, p, l)
	}
	if model == "" || model == controlled {
		return true
	}
	if follows && p.any { // activities: private, but for what they are about
		return false
	}
	return defaults[model] >= l
}

// overAll reports whether a right over all records of the object reaches so
// far.
func (v *View) overAll(o *schema.Object, l Level) bool {
	use := access.ToEdit
	if l <= Read {
		use = access.ToRead
	}
	return v.viewer.Rights.Records(o, use)
}

// parentsOpen reports whether all parents that rows follow are open.
func (v *View) parentsOpen(o *schema.Object, p following, l Level) bool {
	for _, name := range p.fields {
		f := o.Field(name)
		if f == nil {
			continue
		}
		if !p.any {
			if m := v.schema.Object(f.ReferenceTo[0]); m != nil && !v.Open(m, min(l, p.level(l))) {
				return false
			}
			continue
		}
		if len(v.closed(p.level(l))) > 0 {
			return false
		}
	}
	return true
}

// closed lists the objects that polymorphic lookups may point at and whose rows
// the user does not all reach so.
func (v *View) closed(l Level) []*schema.Object {
	var out []*schema.Object
	for _, o := range v.schema.Objects() {
		if o.KeyPrefix == "" || o.Kind != schema.Custom && (o.Kind != schema.Standard || models[strings.ToLower(o.Name)] == "" && o.SharingModel == "") {
			continue
		}
		if p := parents[strings.ToLower(o.Name)]; p.any { // activities follow others themselves
			continue
		}
		if !v.Open(o, l) {
			out = append(out, o)
		}
	}
	return out
}

// masters are the master-detail lookups that decide who reaches the rows of an
// object, the primary first. One that leads back to the object decides nothing:
// the platform makes no such relationship, though source may spell one.
func (v *View) masters(o *schema.Object) []*schema.Field {
	return slices.DeleteFunc(mastersOf(o), func(f *schema.Field) bool { return v.leadsTo(f, o, map[*schema.Object]bool{}) })
}

// leadsTo reports whether the masters behind a lookup come to an object.
func (v *View) leadsTo(f *schema.Field, o *schema.Object, seen map[*schema.Object]bool) bool {
	master := v.schema.Object(f.ReferenceTo[0])
	if master == nil || master == o || seen[master] {
		return master == o
	}
	seen[master] = true
	return slices.ContainsFunc(mastersOf(master), func(next *schema.Field) bool { return v.leadsTo(next, o, seen) })
}

// mastersOf are the master-detail lookups of an object, the primary first.
func mastersOf(o *schema.Object) []*schema.Field {
	var out []*schema.Field
	if o.Kind != schema.Custom {
		return nil
	}
	for _, f := range o.Fields {
		if f.MasterDetail && len(f.ReferenceTo) == 1 {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *schema.Field) int { return a.RelationshipOrder - b.RelationshipOrder })
	return out
}

// throughMaster is what a detail needs on its master to be reached so: to write
// it takes Edit, or Read where the relationship says so (Object Reference,
// CustomField.writeRequiresMasterRead).
func throughMaster(f *schema.Field, l Level) Level {
	if l <= Read || f.WriteRequiresRead {
		return Read
	}
	return Edit
}
