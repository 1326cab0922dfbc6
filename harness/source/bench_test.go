//go:build corpus

package source_test

import (
	"io"
	"os/exec"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// The bars: reading a large package at its newest tag takes at most three times
// as long as archiving that tag with git, comparing two of its tags at most six
// times. BenchmarkArchive is the yardstick.
const (
	largePackage = "SalesforceFoundation/NPSP"
	newestTag    = "rel/3.236"
	tagBefore    = "rel/3.235"
)

func BenchmarkArchive(b *testing.B) {
	dir := repository(b, largePackage)
	for b.Loop() {
		cmd := exec.Command("git", "-C", dir, "archive", newestTag)
		cmd.Stdout = io.Discard
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkShow(b *testing.B) {
	dir := repository(b, largePackage)
	for b.Loop() {
		mustRead(b, dir, source.Options{Ref: newestTag})
	}
}

func BenchmarkDiff(b *testing.B) {
	dir := repository(b, largePackage)
	for b.Loop() {
		cache := source.NewCache()
		before := mustRead(b, dir, source.Options{Ref: tagBefore, Cache: cache})
		metadata.Compare(before, mustRead(b, dir, source.Options{Ref: newestTag, Cache: cache}))
	}
}
