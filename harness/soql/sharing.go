package soql

import (
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// SharingSQL is where a Sharing writes its conditions: tables, columns and
// lists of ids as the query's SQL has them.
type SharingSQL struct{ b *builder }

// Table makes sure that an object's table is there and gives its name and an
// alias that is free.
func (s *SharingSQL) Table(o *schema.Object) (name, alias string) {
	s.b.touch(o)
	*s.b.aliases++
	return quote(o.Name), fmt.Sprintf("t%d", *s.b.aliases)
}

// Index says that rows are found by a field.
func (s *SharingSQL) Index(f *schema.Field) {
	if !slices.Contains(s.b.shared, f) {
		s.b.shared = append(s.b.shared, f)
	}
}

// Column is a column of an alias.
func (s *SharingSQL) Column(alias string, f *schema.Field) string { return alias + "." + quote(f.Name) }

// In tests a column against the list of a name, given when the query runs.
func (s *SharingSQL) In(column, arg string) string {
	p := s.b.param(func(r *run) (value.Value, error) { return IDList(r.env.Sharing.Arg(arg)), nil })
	return s.b.d.In(column, p, store.Identifier, false)
}

// IDList is a list of ids as a parameter of SQL holds it: for Dialect.In.
func IDList(ids []string) value.Value {
	list := make([]value.Value, len(ids))
	for i, id := range ids {
		list[i] = value.OfText(id)
	}
	return jsonList(list, store.Column{Kind: store.Text})
}

// visible is the condition that the rows of the query's object are seen; ""
// for none.
func (b *builder) visible() string {
	if b.sharing == nil {
		return ""
	}
	return b.sharing.Visible(b.root.object, b.root.alias, &SharingSQL{b})
}
