package diag_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

func TestClip(t *testing.T) {
	t.Parallel()
	var list diag.List
	for i := range 5 {
		list = append(list, diag.Errorf(diag.Span{File: "A.cls", Line: i + 1}, "c", "a%d", i))
	}
	list = append(list, diag.Errorf(diag.Span{File: "B.cls", Line: 1}, "c", "b"))
	var got []string
	for _, d := range list.Clip(2) {
		got = append(got, d.Error())
	}
	want := []string{"A.cls:1: error: a0 [c]", "A.cls:2: error: a1 (and 3 more in this file) [c]", "B.cls:1: error: b [c]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if list[1].Message != "a1" {
		t.Errorf("the list itself changed: %q", list[1].Message)
	}
}

// TestErrorIsBounded holds the text of a long list to what can be read.
func TestErrorIsBounded(t *testing.T) {
	t.Parallel()
	var list diag.List
	for i := range 50_000 {
		list = append(list, diag.Errorf(diag.Span{File: "A.cls", Line: i + 1}, "c", "wrong"))
	}
	lines := strings.Split(list.Error(), "\n")
	if len(lines) != diag.Most || !strings.Contains(lines[diag.Most-1], fmt.Sprintf("and %d more", 50_000-diag.Most)) {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}
