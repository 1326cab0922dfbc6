package probe

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// LeftBlank is a field that is new with a default, and the rows older than it:
// a default fills new rows only.
type LeftBlank struct {
	Component *metadata.Component // of the new version
	Field     *schema.Field
	Default   string
	Readers   []*metadata.Component // code and flows of the new version that name the field
	Rows      []RowName
}

// leftBlank reads which rows are empty in fields that the new version fills by
// default, and whose code reads them.
func leftBlank(ctx context.Context, s *Subject, e *Evidence) error {
	for _, c := range s.To.OfKind(metadata.CustomField) {
		def := strings.Trim(c.Props.Get("defaultValue"), `"' `)
		if s.From.Find(metadata.CustomField, c.Name) != nil || def == "" || strings.EqualFold(def, "false") {
			continue
		}
		blank := LeftBlank{Component: c, Default: def}
		if err := s.readBlank(ctx, &blank); err != nil {
			return fmt.Errorf("rows without %s: %w", c.Name, err)
		}
		if len(blank.Rows) == 0 {
			continue
		}
		if blank.Readers = readersOf(s.To, c); len(blank.Readers) > 0 {
			e.LeftBlank = append(e.LeftBlank, blank)
		}
	}
	return nil
}

// readBlank finds the rows that were there before and hold nothing, or false.
func (s *Subject) readBlank(ctx context.Context, blank *LeftBlank) error {
	upgraded := cmp.Or(s.Upgraded, s.After)
	o := upgraded.Schema().ObjectIn(s.To.Namespace, blank.Component.Parent())
	if o == nil || !o.Kind.Stored() {
		return nil
	}
	was := s.Before.Schema().Object(o.Name)
	blank.Field = o.FieldIn(s.To.Namespace, blank.Component.BaseName())
	if was == nil || blank.Field == nil || !blank.Field.IsStored() {
		return nil
	}
	var ids []string
	err := ownRows(ctx, upgraded, o, func(r *schema.Record) {
		if v := r.Get(blank.Field); v.IsNull() || blank.Field.Type == schema.Boolean && !v.Bool() {
			ids = append(ids, r.ID())
			blank.Rows = append(blank.Rows, RowName{r.ID(), diff.NameOf(r)})
		}
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	old, err := s.Before.Store().Load(ctx, was, ids)
	if err != nil {
		return err
	}
	rows := blank.Rows[:0]
	for i, r := range old {
		if r != nil {
			rows = append(rows, blank.Rows[i])
		}
	}
	blank.Rows = rows
	return nil
}

// readersOf are the classes, triggers and flows of a version that name a field,
// tests left out.
func readersOf(pkg *metadata.Package, field *metadata.Component) []*metadata.Component {
	word := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(field.BaseName()) + `\b`)
	var list []*metadata.Component
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range pkg.OfKind(kind) {
			code := metadata.Code(kind, c.Source)
			if word.Match(code) && !testCode.Match(code) {
				list = append(list, c)
			}
		}
	}
	for _, c := range pkg.OfKind(metadata.Flow) {
		if names(c.Props, word) {
			list = append(list, c)
		}
	}
	return list
}

// testCode is a class of tests.
var testCode = regexp.MustCompile(`(?i)^\s*@isTest\b`)

// names reports whether a text of a tree has a word.
func names(n *metadata.Node, word *regexp.Regexp) bool {
	if word.MatchString(n.Text) {
		return true
	}
	for _, c := range n.Children {
		if names(c, word) {
			return true
		}
	}
	return false
}
