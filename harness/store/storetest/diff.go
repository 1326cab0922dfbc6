package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// testDiffOfPages holds Diff to the full comparison where rows fill many pages
// of a file and some go over several: written in place, at the same length,
// longer and shorter; with a field that one side alone has; against a copy that
// was saved and opened.
func testDiffOfPages(t *testing.T, f Factory) {
	ctx := context.Background()
	p := &pages{T: t, Rand: rand.New(rand.NewPCG(5, 8))}
	s, o := f.New(t), Thing(t)
	for range 6 {
		var rows []*schema.Record
		for range 250 {
			p.next++
			rows = append(rows, p.row(o, p.next))
		}
		insert(t, s, o, rows...)
	}
	more := Thing(t, NumberField("More__c", "Number", "6", "0"), &metadata.Component{Kind: metadata.CustomField, Name: "Thing__c.Sure__c",
		Props: &metadata.Node{Name: "CustomField", Children: []*metadata.Node{{Name: "type", Text: "Checkbox"}}}})
	for round := range 8 {
		a, err := s.Fork(ctx)
		must(t, err)
		b, err := s.Fork(ctx)
		must(t, err)
		p.mutate(a, o, round*8)
		p.mutate(b, o, 20)
		p.same(b, a, o)
		if round%2 == 0 {
			p.same(s, a, o)
		}
		must(t, a.EnsureTable(ctx, more))
		p.same(b, a, more)
		p.mutate(a, more, 10)
		p.same(b, a, more)
		p.same(a, b, o)
		must(t, a.Close())
		must(t, b.Close())
		p.mutate(s, o, 30)
	}
	path := t.TempDir() + "/saved.org"
	must(t, s.Save(ctx, path))
	opened, err := f.Open(t, path)
	must(t, err)
	defer opened.Close()
	p.same(s, opened, o)
	p.mutate(opened, o, 40)
	p.same(s, opened, o)
	p.same(opened, s, o)
}

type pages struct {
	*testing.T
	*rand.Rand
	next uint64
}

// row makes a row; one in five has a text that is longer than a page.
func (p *pages) row(o *schema.Object, n uint64) *schema.Record {
	set := map[string]value.Value{"Text__c": value.OfText(fmt.Sprint("text ", p.IntN(1000))), "Whole__c": value.OfDecimal(value.NewDec(p.Int64N(9), 0))}
	if p.IntN(5) == 0 {
		set["Long__c"] = value.OfText(strings.Repeat(string(rune('a'+p.IntN(26))), 3900+p.IntN(3)*4100))
	}
	if o.Field("More__c") != nil && p.IntN(2) == 0 {
		set["Sure__c"] = value.OfBool(p.IntN(2) == 0)
		set["More__c"] = value.OfDecimal(value.NewDec(p.Int64N(9), 0))
	}
	return newRow(o, n, set)
}

func (p *pages) mutate(s store.Store, o *schema.Object, steps int) {
	ctx := context.Background()
	for range steps {
		n := p.Uint64N(p.next) + 1
		switch row := load(p.T, s, o, n); {
		case row == nil:
			insert(p.T, s, o, p.row(o, n))
		case p.IntN(4) == 0:
			must(p.T, s.Delete(ctx, o, []string{row.ID()}, store.NoCause))
		default:
			changed := p.row(o, n)
			if long := o.Field("Long__c"); !row.Get(long).IsNull() && p.IntN(2) == 0 {
				// One letter of a long text, far behind its beginning.
				text := []byte(row.Get(long).Text())
				text[len(text)-1-p.IntN(len(text)/2)] ^= 1
				changed = newRow(o, n, map[string]value.Value{"Long__c": value.OfText(string(text))})
			}
			must(p.T, s.Update(ctx, o, []*schema.Record{changed}, store.NoCause))
		}
	}
}

func (p *pages) same(before, now store.Store, o *schema.Object) {
	p.Helper()
	fast, slow := changes(p.T, now, before, o, false), changes(p.T, now, before, o, true)
	slices.Sort(fast)
	slices.Sort(slow)
	if !slices.Equal(fast, slow) {
		p.Fatalf("Diff finds %d\n%.3000s\nthe full comparison %d\n%.3000s", len(fast), strings.Join(fast, "\n"), len(slow), strings.Join(slow, "\n"))
	}
}
