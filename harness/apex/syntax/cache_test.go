package syntax

import (
	"fmt"
	"sync"
	"testing"
)

func class(i int) []byte { return []byte(fmt.Sprintf("public class C%04d { }", i)) }

// TestCacheForgetsTheOldest fills a cache that has room for three files.
func TestCacheForgetsTheOldest(t *testing.T) {
	t.Parallel()
	c := NewCacheOf(3 * len(class(0)))
	parse := func(i int) *Unit { return c.Parse(fmt.Sprintf("C%d.cls", i), class(i), Options{Kind: ClassUnit}).Unit }
	first, second := parse(1), parse(2)
	parse(3)
	if parse(1) != first {
		t.Error("a file that there is room for is parsed again")
	}
	parse(4) // in the place of 2, which was used before 1 and 3
	if parse(1) != first {
		t.Error("a file used lately is forgotten")
	}
	if parse(2) == second {
		t.Error("the file used longest ago is kept over the bound")
	}
	if len(c.entries) != 3 || c.recent.Len() != 3 || c.size != c.most {
		t.Errorf("%d entries, %d in order, %d bytes", len(c.entries), c.recent.Len(), c.size)
	}
	if huge := append(class(9), make([]byte, 10*c.most)...); c.Parse("Huge.cls", huge, Options{}).Unit == nil || c.recent.Len() != 1 {
		t.Errorf("a file larger than the cache leaves %d entries", c.recent.Len())
	}
}

// TestCacheGrows: a cache without a bound keeps everything, and gives all who
// parse a file at once one tree.
func TestCacheGrows(t *testing.T) {
	t.Parallel()
	c := NewCache()
	var wait sync.WaitGroup
	units := make([][50]*Unit, 4)
	for g := range units {
		wait.Go(func() {
			for i := range units[g] {
				units[g][i] = c.Parse("C.cls", class(i), Options{Kind: ClassUnit}).Unit
			}
		})
	}
	wait.Wait()
	for g := range units {
		if units[g] != units[0] {
			t.Fatal("two trees of one file")
		}
	}
	if len(c.entries) != 50 {
		t.Errorf("%d entries", len(c.entries))
	}
}
