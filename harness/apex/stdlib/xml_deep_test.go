package stdlib

import (
	"strings"
	"testing"
	"time"
)

// TestScopesOfPrefixes reads declarations that hide each other and end again.
func TestScopesOfPrefixes(t *testing.T) {
	t.Parallel()
	events, err := readXML(`<a xmlns="u:1" xmlns:p="u:2"><p:b xmlns:p="u:3" p:x="1"><c xmlns=""/></p:b><p:d/><e/></a>`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		if e.tag == "START_ELEMENT" {
			got = append(got, e.name.local+"="+e.name.space)
			for _, a := range e.attrs {
				got = append(got, a.name.local+"="+a.name.space)
			}
		}
	}
	if want := "a=u:1 b=u:3 x=u:3 c= d=u:2 e=u:1"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestDeepXML reads 300,000 levels, each with a declaration and without. When
// each level looks through those around it this takes minutes.
func TestDeepXML(t *testing.T) {
	t.Parallel()
	const depth = 300_000
	for _, begin := range []string{"<a>", `<a xmlns:p="u">`} {
		start := time.Now()
		events, err := readXML(strings.Repeat(begin, depth) + strings.Repeat("</a>", depth))
		if err != nil || len(events) != 2*depth+2 {
			t.Errorf("%s: %d events, %v", begin, len(events), err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %s", begin, took)
		}
	}
}
