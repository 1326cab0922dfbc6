//go:build corpus

package flow_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

const corpusBar = 99.5 // per cent of the formulas of real packages that check

// TestCorpusFormulas parses and checks every formula of the packages in the folder
// that REHEARSAL_CORPUS names, at their newest commit and three older releases
// each: formula fields, rules, defaults, filters of lookups and roll-ups,
// workflow and flows.
func TestCorpusFormulas(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("REHEARSAL_CORPUS")
	if corpus == "" {
		t.Fatal("needs a corpus of packages; set REHEARSAL_CORPUS")
	}
	repos, err := filepath.Glob(filepath.Join(corpus, "*", "repo"))
	if err != nil || len(repos) == 0 {
		t.Skipf("no packages in %s", corpus)
	}
	var sum flow.Checked
	versions := 0
	for _, repo := range repos {
		name, cache := filepath.Base(filepath.Dir(repo)), source.NewCache()
		for _, ref := range append([]string{"HEAD"}, olderReleases(repo)...) {
			pkg, _, err := source.Read(t.Context(), repo, source.Options{Ref: ref, Cache: cache})
			if err != nil {
				t.Logf("%s at %s is left out: %v", name, ref, err)
				continue
			}
			one := flow.CheckFormulas(pkg)
			if one.Formulas == 0 {
				continue
			}
			versions++
			sum.Formulas, sum.Foreign, sum.Problems = sum.Formulas+one.Formulas, sum.Foreign+one.Foreign, append(sum.Problems, one.Problems...)
			t.Logf("%s at %s: %d formulas, %d do not check, %d parse and are about objects of other packages",
				name, ref, one.Formulas, len(one.Problems), one.Foreign)
			for _, p := range one.Problems {
				t.Log(p)
			}
		}
	}
	good := sum.Formulas - len(sum.Problems)
	rate := 100 * float64(good) / float64(max(sum.Formulas, 1))
	t.Logf("%d of %d formulas of %d versions check, %.2f %%; %d of them parse and need another package to be checked",
		good, sum.Formulas, versions, rate, sum.Foreign)
	if rate < corpusBar {
		t.Errorf("%.2f %% of the formulas check, want %.1f %%", rate, corpusBar)
	}
}

// olderReleases are three tags of a repository, spread over its history.
func olderReleases(repo string) []string {
	out, err := exec.Command("git", "-C", repo, "tag", "--sort=creatordate").Output()
	if err != nil {
		return nil
	}
	var tags []string
	for tag := range strings.FieldsSeq(string(out)) {
		if lower := strings.ToLower(tag); !strings.Contains(lower, "beta") && !strings.Contains(lower, "uat") {
			tags = append(tags, tag)
		}
	}
	if len(tags) <= 3 {
		return tags
	}
	return []string{tags[len(tags)/4], tags[len(tags)/2], tags[len(tags)*3/4]}
}
