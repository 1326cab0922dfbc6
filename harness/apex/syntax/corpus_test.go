//go:build corpus

package syntax

import (
	"bufio"
	"fmt"
	goparser "go/parser"
	gotoken "go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// corpusEnv names a folder of bare git repositories, */repo or *.git, with
// real packages. Tests and benchmarks over them are skipped without it.
const corpusEnv = "REHEARSAL_CORPUS"

// corpusRefEnv names the ref to read, HEAD when empty.
const corpusRefEnv = "REHEARSAL_CORPUS_REF"

// namespaceToken is what build tools replace by a namespace before deploying.
var namespaceToken = regexp.MustCompile(`%%%[A-Z_]+%%%`)

func corpusRepos(t testing.TB) []string {
	t.Helper()
	root := os.Getenv(corpusEnv)
	if root == "" {
		t.Fatal(corpusEnv + " does not point at repositories")
	}
	var repos []string
	for _, pattern := range []string{"*/repo", "*.git"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		repos = append(repos, found...)
	}
	return repos
}

// apexFiles reads every class and trigger of a repository at a ref.
func apexFiles(t testing.TB, repo, ref string, visit func(path string, src []byte)) {
	t.Helper()
	out, err := exec.Command("git", "--git-dir", repo, "ls-tree", "-r", "-z", ref).Output()
	if err != nil {
		t.Logf("%s has no %s", repo, ref)
		return
	}
	cat := exec.Command("git", "--git-dir", repo, "cat-file", "--batch")
	in, _ := cat.StdinPipe()
	stdout, _ := cat.StdoutPipe()
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = cat.Wait() }()
	r := bufio.NewReader(stdout)
	for _, entry := range strings.Split(string(out), "\x00") {
		meta, path, ok := strings.Cut(entry, "\t")
		if !ok || !strings.HasSuffix(path, ".cls") && !strings.HasSuffix(path, ".trigger") {
			continue
		}
		sha := strings.Fields(meta)[2]
		fmt.Fprintln(in, sha)
		var size int
		head, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(head, sha+" blob %d", &size); err != nil {
			continue
		}
		src := make([]byte, size+1)
		if _, err := io.ReadFull(r, src); err != nil {
			t.Fatal(err)
		}
		visit(path, namespaceToken.ReplaceAll(src[:size], nil))
	}
}

func kindOf(path string) UnitKind {
	if strings.HasSuffix(path, ".trigger") {
		return TriggerUnit
	}
	return ClassUnit
}

// TestCorpusParses holds that real packages have no syntax errors. Files that
// are scripts of anonymous Apex under a class's extension are named and read
// as such.
func TestCorpusParses(t *testing.T) {
	ref := os.Getenv(corpusRefEnv)
	if ref == "" {
		ref = "HEAD"
	}
	for _, repo := range corpusRepos(t) {
		t.Run(filepath.Base(filepath.Dir(repo)), func(t *testing.T) {
			files, size, scripts := 0, 0, 0
			apexFiles(t, repo, ref, func(path string, src []byte) {
				files++
				size += len(src)
				_, errs := Parse(diag.NewFile(path, src), Options{Kind: kindOf(path)})
				if len(errs) == 0 {
					return
				}
				if _, again := Parse(diag.NewFile(path, src), Options{Kind: AnonymousUnit}); len(again) == 0 {
					scripts++
					t.Logf("%s: anonymous Apex, not a class", path)
					return
				}
				t.Errorf("%v (%d errors)", errs[0], len(errs))
			})
			t.Logf("%d files, %d bytes, %d scripts", files, size, scripts)
		})
	}
}

// BenchmarkParse is the speed over all Apex of the corpus, to be compared with
// BenchmarkGoParser of the same run.
func BenchmarkParse(b *testing.B) {
	var files []*diag.File
	size := 0
	for _, repo := range corpusRepos(b) {
		apexFiles(b, repo, "HEAD", func(path string, src []byte) {
			files = append(files, diag.NewFile(path, src))
			size += len(src)
		})
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			Parse(f, Options{Kind: kindOf(f.Name)})
		}
	}
}

// BenchmarkGoParser is go/parser over the standard library, the yardstick.
func BenchmarkGoParser(b *testing.B) {
	corpusRepos(b)
	var files [][]byte
	size := 0
	_ = filepath.WalkDir(filepath.Join(runtime.GOROOT(), "src"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			src, _ := os.ReadFile(path)
			files = append(files, src)
			size += len(src)
		}
		return nil
	})
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, src := range files {
			_, _ = goparser.ParseFile(gotoken.NewFileSet(), "", src, goparser.SkipObjectResolution)
		}
	}
}
