package diff

import (
	"cmp"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
)

// Causes are what wrote one row, oldest first.
type Causes []cause.Cause

// Texts gives the causes as the journal has them, for keys and messages.
func (list Causes) Texts() []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.String()
	}
	return out
}

// Business reports whether users had a hand in the row. The journal is kept by
// row, so what else wrote it can not be told apart field by field.
func (list Causes) Business() bool {
	return slices.ContainsFunc(list, func(c cause.Cause) bool { return c.Kind() == cause.ByBusiness })
}

// Change is the records of one object that the upgrade changed, counted.
type Change struct {
	Kinds  map[RowKind]int
	Fields []FieldCount    // sorted by field
	Causes []CauseCount    // most records first
	Users  map[RowKind]int // records that users had a hand in, not counted above
}

// FieldCount is a field that differs in updated records, with one as an example.
type FieldCount struct {
	Field
	Rows int
	Of   string // name of the example, or its id
}

// CauseCount is one cause and how many of the records it wrote. A record may
// have several causes.
type CauseCount struct {
	Cause cause.Cause
	Text  string // Cause in words
	Rows  int
}

// Summary counts the records of an object. Those that users had a hand in are
// counted apart, since what else wrote them can not be told field by field.
func (o *Object) Summary() Change {
	c := Change{Kinds: map[RowKind]int{}, Users: map[RowKind]int{}}
	fields, causes := map[string]int{}, map[string]int{}
	for i := range o.Rows {
		row := &o.Rows[i]
		if row.Causes.Business() {
			c.Users[row.Kind]++
			continue
		}
		c.Kinds[row.Kind]++
		for _, f := range row.Fields {
			j, ok := fields[f.Field.Name]
			if !ok {
				j = len(c.Fields)
				fields[f.Field.Name] = j
				c.Fields = append(c.Fields, FieldCount{Field: f, Of: cmp.Or(row.Name, row.ID)})
			}
			c.Fields[j].Rows++
		}
		for _, by := range row.Causes.orUpgrade() {
			words := by.Words()
			if by.IsZero() {
				words = byUpgrade
			}
			j, ok := causes[words]
			if !ok {
				j = len(c.Causes)
				causes[words] = j
				c.Causes = append(c.Causes, CauseCount{Cause: by, Text: words})
			}
			c.Causes[j].Rows++
		}
	}
	slices.SortFunc(c.Fields, func(a, b FieldCount) int { return cmp.Compare(a.Field.Field.Name, b.Field.Field.Name) })
	slices.SortFunc(c.Causes, func(a, b CauseCount) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Text, b.Text)) })
	return c
}

// byUpgrade is what no transaction wrote, in words.
const byUpgrade = "the upgrade's change of components"

// orUpgrade gives rows that no transaction wrote a cause: they changed with
// their components.
func (list Causes) orUpgrade() Causes {
	if len(list) == 0 {
		return Causes{{}}
	}
	return list
}
