//go:build corpus

package project_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types/project"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// corpusRoot is the directory with the real packages, one directory each that
// holds a bare repository "repo"; without it there is nothing to do.
func corpusRoot(t testing.TB) string {
	root := os.Getenv("REHEARSAL_CORPUS")
	if root == "" {
		t.Fatal("REHEARSAL_CORPUS is not set: no real packages to check")
	}
	return root
}

var sources = source.NewCache()

// read reads OWNER+NAME@REF of the corpus.
func read(t testing.TB, spec string, opt source.Options) *metadata.Package {
	t.Helper()
	name, ref, _ := strings.Cut(spec, "@")
	opt.Ref, opt.Cache = ref, sources
	pkg, _, err := source.Read(context.Background(), filepath.Join(corpusRoot(t), name, "repo"), opt)
	if err != nil {
		t.Skipf("reading %s: %v", spec, err)
	}
	return pkg
}

// edited are the packages that are edited.
var edited = []struct {
	name  string
	count int
	read  func(testing.TB) *metadata.Package
}{
	{"NebulaLogger", 150, func(t testing.TB) *metadata.Package {
		return read(t, "jongpie+NebulaLogger@v4.4.0", source.Options{Namespace: "Nebula", Sources: []string{"nebula-logger", "managed-package/main"}})
	}},
	{"Volunteers-for-Salesforce", 60, func(t testing.TB) *metadata.Package {
		return read(t, "SalesforceFoundation+Volunteers-for-Salesforce@HEAD", source.Options{})
	}},
}

// base are the packages below NPSP, in the order of installation.
var base = []string{"SalesforceFoundation+Contacts_and_Organizations@HEAD", "SalesforceFoundation+Households@HEAD",
	"SalesforceFoundation+Recurring_Donations@HEAD", "SalesforceFoundation+Relationships@HEAD", "SalesforceFoundation+Affiliations@HEAD"}

func nonprofit(t testing.TB, ref string) []*metadata.Package {
	var pkgs []*metadata.Package
	for _, spec := range base {
		pkgs = append(pkgs, read(t, spec, source.Options{}))
	}
	return append(pkgs, read(t, "SalesforceFoundation+NPSP@"+ref, source.Options{}))
}

// largest reads the package of the benchmarks once: NPSP with what is below it,
// and a second version that differs in 20 classes.
var largest = sync.OnceValue(func() func(testing.TB) (first, second []*metadata.Package) {
	var first, second []*metadata.Package
	return func(t testing.TB) ([]*metadata.Package, []*metadata.Package) {
		if first == nil {
			first = nonprofit(t, "HEAD")
			last := len(first) - 1
			second = append(slices.Clone(first[:last]), changed(first[last], 20))
		}
		return first, second
	}
})

// changed is a package in which every so manieth class has one more method.
func changed(p *metadata.Package, classes int) *metadata.Package {
	list := slices.Clone(p.Components)
	step := len(p.OfKind(metadata.ApexClass)) / classes
	n, done := 0, 0
	for i, c := range list {
		end := strings.LastIndexByte(string(c.Source), '}')
		if c.Kind != metadata.ApexClass || end < 0 || !strings.Contains(string(c.Source), " class ") {
			continue
		}
		if n++; n%step == 0 && done < classes {
			copied := *c
			copied.Source = []byte(string(c.Source[:end]) + "\n    public String addedLater(Integer i) { return String.valueOf(i); }\n}\n")
			list[i] = &copied
			done++
		}
	}
	out, _ := metadata.NewPackage(*p, list)
	return out
}

func bytesOf(pkgs []*metadata.Package) (n int64) {
	for _, p := range pkgs {
		for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
			for _, c := range p.OfKind(kind) {
				n += int64(len(c.Source))
			}
		}
	}
	return n
}

// BenchmarkParseLargest is the parse alone, on all cores.
func BenchmarkParseLargest(b *testing.B) {
	pkgs, _ := largest()(b)
	var files []syntax.Source
	for _, p := range pkgs {
		for _, c := range p.OfKind(metadata.ApexClass) {
			files = append(files, syntax.Source{Name: c.Span.File, Src: c.Source})
		}
	}
	b.SetBytes(bytesOf(pkgs))
	for b.Loop() {
		syntax.ParseAll(files, nil)
	}
}

// BenchmarkCheckLargest is the first check of several versions: parse, schema,
// check, and what the next version needs.
func BenchmarkCheckLargest(b *testing.B) {
	pkgs, _ := largest()(b)
	b.SetBytes(bytesOf(pkgs))
	for b.Loop() {
		project.Load(pkgs, project.Options{Cache: project.NewCache()}).Check()
	}
}

// BenchmarkCheckOnce is the check of one version, as the command line does it:
// nothing is prepared for a next one.
func BenchmarkCheckOnce(b *testing.B) {
	pkgs, _ := largest()(b)
	b.SetBytes(bytesOf(pkgs))
	for b.Loop() {
		project.Load(pkgs, project.Options{}).Check()
	}
}

// BenchmarkCheckNextVersion is the check of a version that differs in 20
// classes from one that has been checked.
func BenchmarkCheckNextVersion(b *testing.B) {
	first, second := largest()(b)
	b.SetBytes(bytesOf(second))
	for b.Loop() {
		b.StopTimer()
		c := project.NewCache()
		project.Load(first, project.Options{Cache: c}).Check()
		runtime.GC() // the first check's garbage is no cost of the next
		b.StartTimer()
		project.Load(second, project.Options{Cache: c}).Check()
	}
}

// TestNextVersionsAgree checks one version after the other through one cache,
// and each for itself: the diagnostics must be the same.
func TestNextVersionsAgree(t *testing.T) {
	for _, c := range []struct {
		repo string
		opt  source.Options
		refs []string
	}{
		{"SalesforceFoundation+NPSP", source.Options{}, []string{"rel/3.207", "rel/3.208", "rel/3.209", "HEAD"}},
		{"jongpie+NebulaLogger", source.Options{Namespace: "Nebula", Sources: []string{"nebula-logger", "managed-package/main"}}, []string{"v4.2.0", "v4.3.0", "v4.4.0", "v4.3.0"}},
		{"jamessimone+apex-rollup", source.Options{}, []string{"v1.6.0", "v1.6.1", "HEAD"}},
	} {
		t.Run(c.repo, func(t *testing.T) {
			t.Parallel()
			cache := project.NewCache()
			for _, ref := range c.refs {
				pkg := []*metadata.Package{read(t, c.repo+"@"+ref, c.opt)}
				fresh := project.Load(pkg, project.Options{}).Check()
				got := project.Load(pkg, project.Options{Cache: cache}).Check()
				if diff := cmp.Diff(lines(fresh), lines(got)); diff != "" {
					t.Errorf("%s: (-alone +after the others)\n%s", ref, diff)
				}
				checked, reused := cache.Counts()
				t.Logf("%s: %d errors; so far %d files checked, %d taken over", ref, len(got), checked, reused)
			}
		})
	}
}
