package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func testForks(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	for i := range 100 {
		insert(t, s, o, newRow(o, uint64(i+1), map[string]value.Value{"Text__c": value.OfText("base")}))
	}
	fork, err := s.Fork(ctx)
	must(t, err)
	if len(fork.Touched()) != 0 {
		t.Error("a fresh fork has been written to")
	}
	must(t, fork.Update(ctx, o, []*schema.Record{newRow(o, 1, map[string]value.Value{"Text__c": value.OfText("fork")})}, store.NoCause))
	must(t, s.Delete(ctx, o, []string{value.MakeID(o.KeyPrefix, "000", 2)}, store.NoCause))
	grandchild, err := fork.Fork(ctx)
	must(t, err)
	must(t, s.Close())
	if load(t, grandchild, o, 1).Get(o.Field("Text__c")).Text() != "fork" || load(t, fork, o, 2) == nil {
		t.Error("forks are not independent")
	}
	if got := fork.Touched(); !slices.Equal(got, []string{"Thing__c"}) {
		t.Errorf("touched: %v", got)
	}
	must(t, fork.Close())
	if n, _ := grandchild.Count(ctx, o); n != 100 {
		t.Errorf("%d rows in the fork of a closed store", n)
	}
	must(t, grandchild.Close())
}

func testConcurrentForks(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	insert(t, s, o, newRow(o, 1, nil))
	errs := make(chan error, 4)
	for n := range 4 {
		fork, err := s.Fork(ctx)
		must(t, err)
		go func() {
			defer fork.Close()
			for i := range 50 {
				r := newRow(o, uint64(100+i), map[string]value.Value{"Text__c": value.OfText(fmt.Sprint(n))})
				if err := fork.Insert(ctx, o, []*schema.Record{r}, store.NoCause); err != nil {
					errs <- err
					return
				}
			}
			if count, err := fork.Count(ctx, o); err != nil || count != 51 {
				errs <- fmt.Errorf("fork %d has %d rows, %w", n, count, err)
				return
			}
			errs <- nil
		}()
	}
	for range 4 {
		must(t, <-errs)
	}
}

func changes(t testing.TB, after, before store.Store, o *schema.Object, compare bool) []string {
	t.Helper()
	var out []string
	note := func(c store.RowChange) error {
		line := fmt.Sprint(value.IDCounter(c.ID))
		switch {
		case c.Before == nil:
			line += " added"
		case c.After == nil:
			line += " deleted"
		}
		for _, f := range c.ChangedFields() {
			line += " " + f.Name
			if c.After != nil {
				line += "=" + c.After.Get(f).String()
			}
		}
		out = append(out, line)
		return nil
	}
	if compare {
		must(t, store.CompareAll(context.Background(), before, after, o, note))
	} else {
		must(t, after.Diff(context.Background(), before, o, note))
	}
	return out
}

func testDiff(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	for i := range 10 {
		insert(t, s, o, newRow(o, uint64(i+1), map[string]value.Value{"Text__c": value.OfText("a"), "Amount__c": decimal(t, "1.00")}))
	}
	fork, err := s.Fork(ctx)
	must(t, err)
	if got := changes(t, fork, s, o, false); len(got) != 0 {
		t.Errorf("a fresh fork differs: %v", got)
	}
	must(t, fork.Update(ctx, o, []*schema.Record{newRow(o, 3, map[string]value.Value{"Text__c": value.OfText("A")}),
		newRow(o, 5, map[string]value.Value{"Text__c": {}})}, store.NoCause))
	must(t, fork.Delete(ctx, o, []string{value.MakeID("a00", "000", 10), value.MakeID("a00", "000", 7)}, store.NoCause))
	insert(t, fork, o, newRow(o, 11, nil), newRow(o, 7, map[string]value.Value{"Text__c": value.OfText("again")}))
	want := []string{"3 Text__c=A", "5 Text__c=null", "7 Text__c=again Amount__c=null", "10 deleted Id IsDeleted Text__c Amount__c Flag__c", "11 added Id=" + value.MakeID("a00", "000", 11) + " IsDeleted=false Flag__c=false"}
	if got := changes(t, fork, s, o, false); !slices.Equal(got, want) {
		t.Errorf("differences:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	wider := Thing(t, NumberField("Amount__c", "Currency", "18", "4"), NumberField("New__c", "Number", "18", "0"))
	next, err := s.Fork(ctx)
	must(t, err)
	must(t, next.Update(ctx, wider, []*schema.Record{newRow(wider, 1, map[string]value.Value{"Amount__c": decimal(t, "1.0001"), "New__c": decimal(t, "3")})}, store.NoCause))
	if got := changes(t, next, s, wider, false); !slices.Equal(got, []string{"1 Amount__c=1.0001 New__c=3"}) {
		t.Errorf("differences over a change of the field: %v", got)
	}
}

func testRandomDiff(t *testing.T, f Factory) {
	ctx := context.Background()
	rnd := rand.New(rand.NewPCG(1, 2))
	s, o := f.New(t), Thing(t)
	mutate := func(s store.Store, steps int) {
		for range steps {
			n := rnd.Uint64N(60) + 1
			set := map[string]value.Value{"Text__c": value.OfText(fmt.Sprint(rnd.IntN(3))), "Amount__c": value.OfDecimal(value.NewDec(rnd.Int64N(4), 2))}
			switch row := load(t, s, o, n); {
			case row == nil:
				insert(t, s, o, newRow(o, n, set))
			case rnd.IntN(3) == 0:
				must(t, s.Delete(ctx, o, []string{row.ID()}, store.NoCause))
			default:
				must(t, s.Update(ctx, o, []*schema.Record{newRow(o, n, set)}, store.NoCause))
			}
		}
	}
	mutate(s, 60)
	for range 10 {
		a, err := s.Fork(ctx)
		must(t, err)
		b, err := s.Fork(ctx)
		must(t, err)
		mutate(a, 30)
		mutate(b, 30)
		fast, slow := changes(t, b, a, o, false), changes(t, b, a, o, true)
		slices.Sort(fast)
		slices.Sort(slow)
		if !slices.Equal(fast, slow) {
			t.Fatalf("Diff finds\n%s\nthe full comparison\n%s", strings.Join(fast, "\n"), strings.Join(slow, "\n"))
		}
		must(t, a.Close())
		must(t, b.Close())
	}
}
