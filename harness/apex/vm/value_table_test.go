package vm

import (
	"testing"
)

// TestTableKeepsOrder puts, replaces and removes keys and compares the table
// with a list that does the same.
func TestTableKeepsOrder(t *testing.T) {
	t.Parallel()
	var tb table
	var want []int64
	find := func(n int64) int {
		for i, w := range want {
			if w == n {
				return i
			}
		}
		return -1
	}
	state := uint32(1)
	for range 5000 {
		state = state*1664525 + 1013904223
		n := int64(state>>16) % 97
		if state>>31 == 0 {
			tb.put(nil, Int(n), Bool(true))
			if find(n) < 0 {
				want = append(want, n)
			}
			continue
		}
		_, had := tb.remove(nil, Int(n))
		i := find(n)
		if had != (i >= 0) {
			t.Fatalf("remove(%d) = %v, want %v", n, had, i >= 0)
		}
		if i >= 0 {
			want = append(want[:i], want[i+1:]...)
		}
	}
	keys := tb.keys()
	if len(keys) != len(want) || tb.live != len(want) {
		t.Fatalf("%d keys, %d live, want %d", len(keys), tb.live, len(want))
	}
	for i, k := range keys {
		if k.Int() != want[i] {
			t.Fatalf("key %d is %d, want %d", i, k.Int(), want[i])
		}
	}
}

// TestUTF16 counts and cuts text as the program sees it.
func TestUTF16(t *testing.T) {
	t.Parallel()
	const s = "aé😀z"
	if n := Len16(s); n != 5 {
		t.Errorf("Len16 = %d, want 5", n)
	}
	for _, c := range []struct {
		begin, end int64
		want       string
	}{{0, 2, "aé"}, {2, 4, "😀"}, {4, 5, "z"}} {
		if got, ok := Slice16(s, c.begin, c.end); !ok || got != c.want {
			t.Errorf("Slice16(%d, %d) = %q, %v, want %q", c.begin, c.end, got, ok, c.want)
		}
	}
	half, _ := Slice16(s, 2, 3)
	if Len16(half) != 1 || FromUnits(append(Units(half), Units("x")...)) != half+"x" {
		t.Errorf("half a pair is not kept: %q", half)
	}
}
