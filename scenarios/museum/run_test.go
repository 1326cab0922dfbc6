//go:build museum

package museum_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// most bounds one pair: what takes longer has not run.
const most = 15 * time.Minute

// visit is what came of one pair.
type visit struct {
	result  *result.Result // nil where nothing ran
	said    string         // by the command, of what can not be rehearsed
	seconds float64
	mb      int64 // at the peak; 0 where the result is an older one
}

// TestMuseum rehearses every pair of museum.yaml and prints what was found. A
// defect that is missed fails nothing: the table is the answer.
// is the count, which MUSEUM_FOUND and MUSEUM_LOUD say.
//
//	REHEARSAL_CORPUS  the folder of clones, see scenarios/public/README.md
//	REHEARSE          the command (bin/rehearse)
//	MUSEUM_RESULTS    where results are kept; a pair whose result is there is not run again
//	MUSEUM_ONLY       ids, with commas
func TestMuseum(t *testing.T) {
	corpus := os.Getenv("REHEARSAL_CORPUS")
	if corpus == "" {
		t.Skip("set REHEARSAL_CORPUS to a folder of clones, see scenarios/public/README.md")
	}
	command, err := filepath.Abs(os.Getenv("REHEARSE"))
	if os.Getenv("REHEARSE") == "" || err != nil {
		command, _ = filepath.Abs("../../bin/rehearse")
	}
	kept := os.Getenv("MUSEUM_RESULTS")
	if kept == "" {
		kept = t.TempDir()
	}
	c := load(t)
	found, of := 0, 0
	for _, e := range chosen(c.Defects) {
		v := c.visit(t, command, corpus, kept, e)
		of++
		if told := v.tells(regexp.MustCompile(e.Recognise)); told != "" {
			found++
			v.print(e, "found", told)
		} else {
			v.print(e, "missed", e.Defect+" Takes: "+e.Takes)
		}
	}
	allLoud := 0
	for _, e := range chosen(c.Quiet) {
		v := c.visit(t, command, corpus, kept, e)
		if v.result == nil {
			v.print(e, "no run", v.said)
			continue
		}
		loud, notes := volume(v.result)
		allLoud += loud
		v.print(e, fmt.Sprintf("%d+%d", loud, notes), e.Changes)
		for _, g := range v.result.Findings {
			fmt.Printf("      %-8s %-24s %s [%s]\n", g.Severity, g.Code, cut(g.Title), orgsOf(g.Scenarios))
		}
	}
	fmt.Printf("\n%d of %d found; quiet pairs: %d loud\n", found, of, allLoud)
}

// chosen are the exhibits that MUSEUM_ONLY names, all of them without it.
func chosen(all []exhibit) []exhibit {
	only := os.Getenv("MUSEUM_ONLY")
	if only == "" {
		return all
	}
	var some []exhibit
	for _, e := range all {
		if strings.Contains(","+only+",", ","+e.ID+",") {
			some = append(some, e)
		}
	}
	return some
}

// visit rehearses one pair, blind: nothing but the versions is said, and what
// the project files of the package do not say.
func (c *collection) visit(t *testing.T, command, corpus, kept string, e exhibit) visit {
	t.Helper()
	out := filepath.Join(kept, e.ID)
	if r := decode(t, out); r != nil {
		return visit{result: r, seconds: float64(r.Timing.Millis) / 1000}
	}
	args := []string{"upgrade", "--package", at(corpus, e.Repository), "--from", e.From, "--to", e.To, "--out", out}
	orgs := []string{"pristine", "small", "typical", "hostile"}
	if e.Stack != "" {
		orgs = orgs[:3]
		suite := filepath.Join(out, "suite.yaml")
		if err := os.MkdirAll(out, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(suite, []byte(c.suite(corpus, e, orgs)), 0o600); err != nil {
			t.Fatal(err)
		}
		args = []string{"run", suite, "--out", out}
	} else {
		for _, o := range orgs {
			args = append(args, "--org", o)
		}
	}
	for _, folder := range e.Sources {
		args = append(args, "--source", folder)
	}
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Stderr = &said
	began := time.Now()
	err := cmd.Run()
	v := visit{result: decode(t, out), said: strings.TrimSpace(said.String()), seconds: time.Since(began).Seconds()}
	if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		v.mb = used.Maxrss / 1024
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v; build it with task build, or name it with REHEARSE", command, err)
	}
	return v
}

// at is where a collection keeps the clone of a repository, as for scenarios/public.
func at(corpus, repository string) string {
	return path.Join(corpus, strings.Replace(repository, "/", "+", 1), "repo")
}

// suite is a suite file for a package on top of others.
func (c *collection) suite(corpus string, e exhibit, orgs []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\npackages:\n", strings.ToLower(e.ID))
	var names []string
	for i, needed := range c.Stacks[e.Stack] {
		repository, ref, _ := strings.Cut(needed, "@")
		fmt.Fprintf(&b, "  - {name: base%d, path: %q, kind: managed}\n", i, at(corpus, repository))
		names = append(names, fmt.Sprintf("base%d@%s", i, ref))
	}
	fmt.Fprintf(&b, "  - {name: top, path: %q, kind: managed, namespace: %q, dependsOn: [%s]}\n", at(corpus, e.Repository), e.Namespace, strings.Join(names, ", "))
	fmt.Fprintf(&b, "upgrades:\n  - {package: top, from: %s, to: %s}\norgs:\n", e.From, e.To)
	for _, o := range orgs {
		fmt.Fprintf(&b, "  - {name: %s, recipe: %s}\n", o, o)
	}
	return b.String()
}

func decode(t *testing.T, dir string) *result.Result {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "result.json"))
	if err != nil {
		return nil
	}
	r, err := result.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tells is the finding in which an expression recognises the defect, or what the
// command says of a pair that can not be rehearsed for that very reason.
func (v *visit) tells(expression *regexp.Regexp) string {
	if v.result == nil {
		if expression.MatchString(v.said) {
			return v.said
		}
		return ""
	}
	f := recognised(v.result, expression)
	if f == nil {
		return ""
	}
	var orgs []string
	for _, sc := range v.result.Scenarios {
		for i := range sc.Findings {
			if result.GroupKey(&sc.Findings[i]) == result.GroupKey(f) {
				orgs = append(orgs, sc.Org)
				break
			}
		}
	}
	return fmt.Sprintf("%s %s: %s [%s]", f.Severity, f.Code, f.Title, strings.Join(orgs, " "))
}

func (v *visit) print(e exhibit, came, text string) {
	unrun := ""
	if v.result == nil {
		unrun = " (did not run: " + cut(v.said) + ")"
	} else if n := v.result.Summary.CouldNotRun; n > 0 {
		unrun = fmt.Sprintf(" (%d of %d orgs did not run)", n, v.result.Summary.Scenarios)
	}
	fmt.Printf("%-4s %-7s %6.1fs %5d MB  %s%s\n", e.ID, came, v.seconds, v.mb, cut(text), unrun)
}

// orgsOf are the orgs of scenarios, from their ids.
func orgsOf(ids []string) string {
	var orgs []string
	for _, id := range ids {
		parts := strings.Split(id, "/")
		orgs = append(orgs, parts[len(parts)-2])
	}
	return strings.Join(orgs, " ")
}

// cut makes a text one line of a table.
func cut(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 220 {
		return string(runes[:220]) + "…"
	}
	return text
}
