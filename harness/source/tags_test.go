//go:build corpus

package source_test

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// pairsEach is how many pairs of successive tags a repository gives: the
// longest histories would drown the others.
const pairsEach = 14

// TestSuccessiveTags compares successive releases of every repository of the
// corpus: it reads and compares without an error, a version does not differ
// from itself, and the difference read backwards is the same one mirrored.
func TestSuccessiveTags(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv(corpusVariable)
	if corpus == "" {
		t.Fatalf("needs a corpus of packages; set %s", corpusVariable)
	}
	repos, err := filepath.Glob(filepath.Join(corpus, "*", "repo"))
	if err != nil {
		t.Fatal(err)
	}
	total, changes := 0, 0
	for _, dir := range repos {
		cache := source.NewCache()
		var last *metadata.Package
		var lastTag string
		pairs := 0
		for _, tag := range releases(t.Context(), dir) {
			if pairs == pairsEach {
				break
			}
			p, _, err := source.Read(t.Context(), dir, source.Options{Ref: tag, Cache: cache})
			if err != nil {
				t.Logf("%s@%s is passed over: %v", dir, tag, firstLine(err))
				continue
			}
			if d := metadata.Compare(p, p); len(d) > 0 {
				t.Errorf("%s@%s differs from itself: %+v", dir, tag, d[0])
			}
			if last != nil {
				forth, back := metadata.Compare(last, p), metadata.Compare(p, last)
				mirrored(t, dir+" "+lastTag+" "+tag, forth, back)
				changes += len(forth)
				pairs++
			}
			last, lastTag = p, tag
		}
		total += pairs
		t.Logf("%s: %d pairs", filepath.Base(filepath.Dir(dir)), pairs)
	}
	t.Logf("%d pairs, %d changes", total, changes)
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// releases lists the tags of a repository that carry a version number, newest
// first; betas are not releases.
func releases(ctx context.Context, dir string) []string {
	out, err := exec.CommandContext(ctx, "git", "--git-dir="+dir, "tag").Output()
	if err != nil {
		return nil
	}
	var tags []string
	numbers := map[string]metadata.Version{}
	for tag := range strings.FieldsSeq(string(out)) {
		v, ok := metadata.ParseVersion(tag)
		if ok && !strings.Contains(strings.ToLower(tag), "beta") {
			tags, numbers[tag] = append(tags, tag), v
		}
	}
	slices.SortFunc(tags, func(a, b string) int { return cmp.Or(numbers[b].Compare(numbers[a]), cmp.Compare(a, b)) })
	return tags
}

// mirrored holds a difference against the one read backwards.
func mirrored(t *testing.T, pair string, forth, back []metadata.Change) {
	t.Helper()
	if len(forth) != len(back) {
		t.Errorf("%s: %d changes forth, %d back", pair, len(forth), len(back))
		return
	}
	opposite := map[metadata.ChangeType]metadata.ChangeType{metadata.Added: metadata.Removed, metadata.Removed: metadata.Added, metadata.Modified: metadata.Modified}
	for i, f := range forth {
		b := back[i]
		if f.Kind != b.Kind || !strings.EqualFold(f.Name, b.Name) || b.Change != opposite[f.Change] || len(f.Properties) != len(b.Properties) {
			t.Errorf("%s: %s %s %s forth, %s %s %s back", pair, f.Change, f.Kind, f.Name, b.Change, b.Kind, b.Name)
			continue
		}
		for j, p := range f.Properties {
			q := b.Properties[j]
			if p.Name != q.Name || p.From != q.To || p.To != q.From || len(p.AddedItems) != len(q.RemovedItems) || len(p.RemovedItems) != len(q.AddedItems) {
				t.Errorf("%s: %s %s: %+v forth, %+v back", pair, f.Kind, f.Name, p, q)
			}
		}
	}
}
