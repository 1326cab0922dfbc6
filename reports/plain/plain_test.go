package plain_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/reports/plain"
)

var texts = []struct{ in, want string }{
	{"", ""},
	{"Grüße, 世界 👩\u200d🔧", "Grüße, 世界 👩\u200d🔧"},
	{"a\tb\nc", "a\tb\nc"},
	{"dos\r\nends\r\n", "dos\nends\n"},
	{"over\rwritten", `over\u000dwritten`},
	{"\x1b[31mred\x07", `\u001b[31mred\u0007`},
	{"\x00\x7f\u0085\u009b1m", `\u0000\u007f\u0085\u009b1m`},
	{"user\u202etxt.exe\u2066\u2069\u200f\u061c", `user\u202etxt.exe\u2066\u2069\u200f\u061c`},
	{"line\u2028separator\u2029", `line\u2028separator\u2029`},
	{"no\xff UTF-8 \xe2\x82", "no\uFFFD UTF-8 \uFFFD\uFFFD"},
	{"end\r", `end\u000d`},
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, x := range texts {
		if got := plain.Text(x.in); got != x.want {
			t.Errorf("%q is %q, want %q", x.in, got, x.want)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	if got := plain.Line(" a\r\n# b\t\x1bc "); got != `a # b \u001bc` {
		t.Errorf("%q", got)
	}
}

// TestWriter writes texts in pieces of every length: where they are cut does
// not show.
func TestWriter(t *testing.T) {
	t.Parallel()
	for _, x := range texts {
		for size := 1; size <= len(x.in); size++ {
			var got bytes.Buffer
			w := plain.NewWriter(&got)
			for rest := []byte(x.in); len(rest) > 0; rest = rest[min(size, len(rest)):] {
				piece := rest[:min(size, len(rest))]
				if n, err := w.Write(piece); n != len(piece) || err != nil {
					t.Fatalf("%d bytes written, %v", n, err)
				}
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if got.String() != x.want {
				t.Errorf("%q in pieces of %d is %q, want %q", x.in, size, got.String(), x.want)
			}
		}
	}
}

type tree struct {
	Name   string
	List   []string
	Map    map[string]any
	Below  *tree
	When   time.Time
	Number int
	Fixed  [1]string
}

func TestOf(t *testing.T) {
	t.Parallel()
	when := time.Unix(1, 0)
	in := tree{"a\x1b", []string{"b\x1b"}, map[string]any{"c\x1b": []any{"d\x1b", 7, nil}}, &tree{Name: "e\u202e"}, when, 5, [1]string{"f\a"}}
	want := tree{`a\u001b`, []string{`b\u001b`}, map[string]any{`c\u001b`: []any{`d\u001b`, 7, nil}}, &tree{Name: `e\u202e`}, when, 5, [1]string{`f\u0007`}}
	if diff := cmp.Diff(want, plain.Of(in)); diff != "" {
		t.Error(diff)
	}
	if in.Name != "a\x1b" || in.List[0] != "b\x1b" || in.Below.Name != "e\u202e" {
		t.Error("what was given has changed")
	}
}
