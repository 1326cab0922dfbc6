package diff

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Contents compares the records of two orgs that came about in different ways,
// and so gave their rows different ids: rows count by what they hold. A
// reference stands for the name of what it points to; moments, numbers of
// automatic names and texts that are random or ids only count as there or not.
// Fields that one of the orgs lacks are left out. Rows whose ids are in skip
// are passed over in both orgs.
//
// A row that only b has is Inserted, one that only a has is Deleted; two that
// go by one name are told as Updated. Objects are sorted by name, rows come in
// the order in which they were inserted.
func Contents(ctx context.Context, a, b *org.Org, skip map[string]bool) ([]Object, error) {
	names := slices.Concat(a.Store().Touched(), b.Store().Touched())
	slices.Sort(names)
	was, is := newReader(a, skip), newReader(b, skip)
	var objects []Object
	for _, name := range slices.Compact(names) {
		oa, ob := a.Schema().Object(name), b.Schema().Object(name)
		if oa == nil || ob == nil || ignoredObject(ob) || peopleAndRights[strings.ToLower(ob.Name)] {
			continue
		}
		rows, err := contentsOf(ctx, was, is, oa, ob)
		if err != nil {
			return nil, fmt.Errorf("compare what %s holds in %s and in %s: %w", ob.Name, a.Name(), b.Name(), err)
		}
		if len(rows) > 0 {
			objects = append(objects, Object{Object: ob, Rows: rows})
		}
	}
	slices.SortFunc(objects, func(x, y Object) int { return cmp.Compare(x.Object.Name, y.Object.Name) })
	return objects, nil
}

// peopleAndRights are objects of the org's own set-up: they come with the org,
// not with a package.
var peopleAndRights = map[string]bool{"user": true, "profile": true, "userlicense": true}

// content is a row as it compares.
type content struct {
	row    *schema.Record
	key    string   // all of it
	name   string   // what a reader knows it by
	values []string // of the fields compared
}

// reader turns the rows of one org into contents.
type reader struct {
	org   *org.Org
	skip  map[string]bool
	names map[string]map[string]string // of rows by object, then id
}

func newReader(o *org.Org, skip map[string]bool) *reader {
	return &reader{org: o, skip: skip, names: map[string]map[string]string{}}
}

func contentsOf(ctx context.Context, was, is *reader, oa, ob *schema.Object) ([]Row, error) {
	var fields []*schema.Field
	for _, f := range ob.Fields {
		if other := oa.Field(f.Name); tellsContent(f) && other != nil && tellsContent(other) {
			fields = append(fields, f)
		}
	}
	olds, err := was.read(ctx, oa, fields)
	if err != nil {
		return nil, err
	}
	news, err := is.read(ctx, ob, fields)
	if err != nil {
		return nil, err
	}
	olds, news = without(olds, news), without(news, olds)
	return paired(olds, news, fields), nil
}

// tellsContent says that a field holds what somebody put there.
func tellsContent(f *schema.Field) bool {
	if ignoredField(f) || !f.IsStored() || f.Type == schema.ID || f.AutoNumber {
		return false
	}
	switch strings.ToLower(f.Name) {
	case "createddate", "createdbyid", "isdeleted":
		return false
	}
	return true
}

// read lists the rows of an object, those in the recycle bin left out.
func (r *reader) read(ctx context.Context, o *schema.Object, fields []*schema.Field) ([]content, error) {
	if !r.org.Store().HasTable(o) {
		return nil, nil
	}
	var rows []*schema.Record
	err := r.org.Store().Scan(ctx, o, func(rec *schema.Record) error {
		if !binned(rec) && !r.skip[rec.ID()] {
			rows = append(rows, rec)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]content, 0, len(rows))
	for _, rec := range rows {
		c := content{row: rec, name: NameOf(rec)}
		for _, f := range fields {
			text, err := r.text(ctx, f, get(rec, f))
			if err != nil {
				return nil, err
			}
			c.values = append(c.values, text)
			if f.Type == schema.Reference && c.name == "" && strings.EqualFold(f.Name, "SetupOwnerId") {
				c.name = text
			}
		}
		if o.NameField != nil && o.NameField.AutoNumber {
			c.name = ""
		}
		c.key = strings.Join(c.values, "\x00")
		list = append(list, c)
	}
	return list, nil
}

// randomText are texts that another run of the same code makes anew: ids, UUIDs
// and digests.
var randomText = regexp.MustCompile(`(?i)^([a-z0-9]{15}|[a-z0-9]{18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,})$`)

// text is a value as it compares.
func (r *reader) text(ctx context.Context, f *schema.Field, v value.Value) (string, error) {
	switch {
	case v.IsNull():
		if f.Type == schema.Boolean {
			return "false", nil // a checkbox without a value reads false
		}
		return "", nil
	case f.Type == schema.Datetime || f.Type == schema.Time:
		return "a moment", nil
	case f.Type == schema.Reference:
		return r.target(ctx, f, v.Text())
	}
	text := v.String()
	if randomText.MatchString(text) && strings.ContainsAny(text, "0123456789") {
		return "a made-up text", nil
	}
	return text, nil
}

// target is the name of what an id points to, or its object where it has none.
func (r *reader) target(ctx context.Context, f *schema.Field, id string) (string, error) {
	for _, name := range f.ReferenceTo {
		o := r.org.Schema().Object(name)
		if o == nil || !o.Kind.Stored() || !r.org.Store().HasTable(o) || !strings.HasPrefix(id, o.KeyPrefix) {
			continue
		}
		names, ok := r.names[o.Name]
		if !ok {
			names = map[string]string{}
			err := r.org.Store().Scan(ctx, o, func(rec *schema.Record) error {
				names[rec.ID()] = NameOf(rec)
				return nil
			})
			if err != nil {
				return "", err
			}
			r.names[o.Name] = names
		}
		if o.NameField != nil && o.NameField.AutoNumber {
			return o.Name, nil
		}
		if found, ok := names[id]; ok {
			return o.Name + " " + found, nil
		}
	}
	return "another record", nil
}

// without takes off one row for each equal one of others.
func without(list, others []content) []content {
	count := map[string]int{}
	for _, o := range others {
		count[o.key]++
	}
	var rest []content
	for _, c := range list {
		if count[c.key] > 0 {
			count[c.key]--
			continue
		}
		rest = append(rest, c)
	}
	return rest
}

// paired makes one difference of two rows that go by one name, and of the only
// two that are left.
func paired(olds, news []content, fields []*schema.Field) []Row {
	var rows []Row
	used := make([]bool, len(news))
	for _, o := range olds {
		i := slices.IndexFunc(news, func(n content) bool { return n.name != "" && n.name == o.name })
		if len(olds) == 1 && len(news) == 1 {
			i = 0
		}
		if i < 0 || used[i] {
			rows = append(rows, Row{ID: o.row.ID(), Name: o.name, Kind: Deleted, Before: o.row})
			continue
		}
		used[i] = true
		row := Row{ID: news[i].row.ID(), Name: news[i].name, Kind: Updated, Before: o.row, After: news[i].row}
		for j, f := range fields {
			if o.values[j] != news[i].values[j] {
				row.Fields = append(row.Fields, Field{f, get(o.row, f), get(news[i].row, f)})
			}
		}
		rows = append(rows, row)
	}
	for i, n := range news {
		if !used[i] {
			rows = append(rows, Row{ID: n.row.ID(), Name: n.name, Kind: Inserted, After: n.row})
		}
	}
	return rows
}
