package harness_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rehearsal-dev/rehearsal/"

// everything stands for every other room.
const everything = "*"

// room is one package (and the packages below its folder that have no entry of
// their own) and what it may import of this module. The reason says why the
// wall stands where it does.
type room struct {
	name   string
	may    []string
	reason string
}

// words are the rooms of words that all stages share, and of what is made once for
// all: every room that stands after them may import them.
var words = []string{"harness/once", "harness/cause", "harness/dml"}

// rooms is the layering, from the bottom up: no import runs from an entry to
// one that stands after it.
var rooms = []room{
	{"harness/facts", nil, "documents: tests hold tables to them, and the program does not carry them"},
	{"harness/diag", nil, "the one message type: everything may use it, so it uses nothing"},
	{"harness/once", nil, "what is made once and shared by all scenarios, whatever it is"},
	{"harness/sarif", nil, "the words of another tool's format, for all who write it"},
	{"harness/ledger", nil, "every stage notes what is not exact; a ledger that imported a stage would close a circle"},
	{"harness/value", nil, "scalars of the platform, below schema, store and machine alike"},
	{"harness/cause", nil, "who made a change: the store keeps its text, the machine its places, the judgement reads both"},
	{"harness/javaregex", nil, "one language for Apex and formulas alike, and neither of them"},
	{"harness/dml", nil, "the words of a save: the parser, the machine, flows, the pipeline and the judgement share them"},
	{"harness/finding", nil, "the shape of what is found: made by the judgement and by the mess, read by reports"},
	{"harness/result", []string{"harness/finding", "harness/ledger"}, "a result is data: a program that reads one must not link the engine that made it"},
	{"harness/upgrade/install", nil, "the choices of an install: suites and plans make them, and must not link the installer for that"},
	{"harness/metadata", []string{"harness/diag"}, "a pure model of components; where files come from is source's business"},
	{"harness/suite", []string{"harness/upgrade/install", "harness/metadata", "harness/finding"}, "what a suite says, whoever made it: files, orgs and runs are other rooms' business"},
	{"harness/plan", []string{"harness/suite", "harness/upgrade/install", "harness/metadata", "harness/finding"}, "scenarios as data before anything runs: it reads no package and makes no org"},
	{"harness/source", []string{"harness/metadata", "harness/diag"}, "reads untrusted files; what components mean to an org does not concern it"},
	{"harness/release", []string{"harness/source", "harness/metadata", "harness/diag"}, "the history of a repository: which orgs go which way through it is a suite's to say"},
	{"harness/schema", []string{"harness/metadata", "harness/value", "harness/diag"}, "describes are derived from components and know no rows"},
	{"harness/store", []string{"harness/schema", "harness/value"}, "rows in a database: who may write what is decided above"},
	{"harness/store/storetest", []string{"harness/store", "harness/schema", "harness/metadata", "harness/value"}, "the suite that every store must pass builds its own describes"},
	{"harness/apex/syntax", []string{"harness/diag", "harness/soql/query"}, "text to tree, without knowing any org"},
	{"harness/soql/query", []string{"harness/diag", "harness/apex/syntax"}, "the query language's own tree, shared by Apex and the command line"},
	{"harness/formula", []string{"harness/javaregex", "harness/schema", "harness/value", "harness/diag", "harness/metadata"}, "formulas see one record through an Env; queries and saves are above"},
	{"harness/soql", []string{"harness/soql/query", "harness/formula", "harness/schema", "harness/store", "harness/value", "harness/diag", "harness/metadata", "harness/ledger"}, "queries compile to the store's SQL; limits and permissions are the org's"},
	{"harness/flow", []string{"harness/formula", "harness/soql", "harness/soql/query", "harness/schema", "harness/metadata", "harness/value", "harness/diag", "harness/ledger"}, "reaches the org only through its Host"},
	{"harness/apex/types", []string{"harness/apex/syntax", "harness/soql/query", "harness/schema", "harness/metadata", "harness/value", "harness/diag", "harness/ledger"}, "checks programs once; running them is the machine's"},
	{"harness/aim/offers", []string{"harness/apex/syntax", "harness/metadata", "harness/diag"}, "what two versions offer to users, read from their components: who needs an org to tell it is an experiment"},
	{"harness/apex/vm", []string{"harness/apex/types", "harness/apex/syntax", "harness/soql/query", "harness/schema", "harness/value", "harness/diag", "harness/ledger"}, "reaches the org only through its Host, so that it can be tested without one"},
	{"harness/apex/stdlib", []string{"harness/javaregex", "harness/apex/vm", "harness/apex/types", "harness/apex/syntax", "harness/soql/query", "harness/schema", "harness/metadata", "harness/value", "harness/diag", "harness/ledger"}, "tables of signature and function over the machine's values"},
	{"harness/org/access", []string{"harness/schema"}, "what users may do, as tables and sums; which rows say so is read by the org"},
	{"harness/org/sharing", []string{"harness/org/access", "harness/schema"}, "who sees which rows, as conditions of SQL: reading users and groups, and running the SQL, is the org's"},
	{"harness/org/save", []string{"harness/org/sharing", "harness/schema", "harness/store", "harness/value", "harness/formula", "harness/flow", "harness/metadata", "harness/diag", "harness/ledger"}, "the order of execution, through an Env: it must not know the org that calls it"},
	{"harness/org/cron", nil, "schedules to times: a schedule knows no job"},
	{"harness/org/standard", []string{"harness/org/sharing", "harness/schema", "harness/value"}, "tables of rows that a new org has; writing them is the org's"},
	{"harness/org/automation", []string{"harness/org/save", "harness/org/sharing", "harness/org/standard", "harness/apex/vm", "harness/flow", "harness/formula", "harness/schema", "harness/store", "harness/metadata", "harness/value", "harness/diag"}, "compiles components to what the phases run; it reaches the transaction only through the Env that the phases hand it"},
	{"harness/org", []string{"harness/org/save", "harness/org/access", "harness/org/sharing", "harness/org/automation", "harness/org/cron", "harness/org/standard", "harness/apex", "harness/flow", "harness/formula", "harness/soql", "harness/store", "harness/schema", "harness/metadata", "harness/value", "harness/diag", "harness/ledger"}, "joins the languages, the store and the rules; versions and their judgement are above"},
	{"harness/upgrade", []string{"harness/org", "harness/metadata", "harness/schema", "harness/store", "harness/value", "harness/diag", "harness/ledger"}, "the platform's rules of upgrades; it does not judge what they lead to"},
	{"harness/apextest", []string{"harness/org", "harness/schema", "harness/metadata", "harness/ledger", "harness/diag"}, "runs tests in orgs it makes; where packages come from is source's business"},
	{"harness/upgrade/lint", []string{"harness/sarif", "harness/metadata", "harness/schema", "harness/apex/types", "harness/apex/syntax", "harness/soql/query", "harness/diag"}, "judges the text of two versions: there is no org to look at"},
	{"harness/aim", []string{"harness/upgrade", "harness/org", "harness/apex", "harness/flow", "harness/soql/query", "harness/schema", "harness/metadata", "harness/value", "harness/diag"}, "what two versions touch and ask, from their source: mess and probes take their targets here, so it tries nothing out and judges nothing"},
	{"harness/traffic", []string{"harness/org", "harness/schema", "harness/store", "harness/value", "harness/metadata", "harness/diag"}, "business transactions, whatever upgrade is going on"},
	{"harness/diff", []string{"harness/org", "harness/store", "harness/schema", "harness/metadata", "harness/value"}, "states differences; whether they are wrong is the invariants' question"},
	{"harness/probe", []string{"harness/aim/offers", "harness/apextest", "harness/apex", "harness/suite", "harness/aim", "harness/diff", "harness/upgrade", "harness/upgrade/lint", "harness/org", "harness/finding", "harness/store", "harness/schema", "harness/metadata", "harness/value", "harness/diag", "harness/ledger"}, "tries things out on forks that are thrown away, and judges nothing of what it learns"},
	{"harness/invariant", []string{"harness/aim/offers", "harness/probe", "harness/diff", "harness/finding", "harness/schema", "harness/metadata", "harness/value", "harness/diag"}, "judges evidence that is handed to it: who has no org can not change one, nor ask it more than the evidence says"},
	{"harness/reduce", nil, "how to look for the smallest thing that shows a finding: trying one is the caller's"},
	{"harness/build", []string{"harness/suite", "harness/org", "harness/metadata", "harness/finding"}, "the words that the engine and the makers of orgs share, so that neither knows the other"},
	{"harness", []string{"harness/aim", "harness/plan", "harness/suite", "harness/build", "harness/invariant", "harness/probe", "harness/diff", "harness/upgrade", "harness/traffic", "harness/org", "harness/schema", "harness/soql", "harness/soql/query", "harness/source", "harness/metadata", "harness/result", "harness/finding", "harness/ledger", "harness/diag"}, "the engine: it carries plans out, and makes no orgs and writes no documents"},
	{"fixtures", []string{"harness/aim", "harness/build", "harness/suite", "harness/upgrade", "harness/org", "harness/store", "harness/schema", "harness/metadata", "harness/value", "harness/finding", "harness/source", "harness/diag", "harness/ledger", "harness/apex", "harness/formula", "harness/soql"}, "makes orgs for the harness, so it can not know the harness"},
	{"scenarios", []string{"harness/release", "harness/suite", "harness/finding", "harness/upgrade/install", "harness/invariant/rule", "harness/source", "harness/metadata", "harness/diag"}, "suite files to suites, and repositories to suite files; nothing of how they are run"},
	{"reports", []string{"harness/sarif", "harness/result", "harness/finding", "harness/ledger"}, "pure functions of a result: a report that looked at an org could say more than the result"},
	{"harness/mutation", nil, "breaks the rules of all rooms and runs their tests; it reads their text and imports none"},
	{"cmd", []string{everything}, "wires everything; nobody imports it"},
}

// TestLayering holds every import in the tree against the rooms.
func TestLayering(t *testing.T) {
	t.Parallel()
	for file, imports := range importsOf(t) {
		pkg := filepath.ToSlash(filepath.Dir(file))
		own := roomOf(pkg)
		if own == nil {
			t.Errorf("%s is in no room: add %s to the table with what it may import, and why", file, pkg)
			continue
		}
		for _, imported := range imports {
			if !own.allows(imported, strings.HasSuffix(file, "_test.go")) {
				t.Errorf("%s imports %s: %s may not, because %s", file, imported, own.name, own.reason)
			}
		}
	}
}

// TestRoomsAreOrdered makes sure that the table itself runs one way.
func TestRoomsAreOrdered(t *testing.T) {
	t.Parallel()
	var below []string
	for _, r := range rooms {
		if r.reason == "" {
			t.Errorf("%s has no reason", r.name)
		}
		for _, m := range r.may {
			known := m == everything || slices.Contains(below, m) || slices.ContainsFunc(below, func(b string) bool { return strings.HasPrefix(b, m+"/") || strings.HasPrefix(m, b+"/") })
			sibling := r.name == "harness/apex/syntax" && m == "harness/soql/query" // one tree in two packages
			if !known && !sibling {
				t.Errorf("%s may import %s, which is not below it", r.name, m)
			}
		}
		below = append(below, r.name)
	}
}

// TestReadersOfResultsLinkLittle counts the packages behind a report, those of
// the standard library among them: whoever reads results must not have to link
// the simulator. The console draws tables with a library for terminals.
func TestReadersOfResultsLinkLittle(t *testing.T) {
	t.Parallel()
	for reader, most := range map[string]int{"./harness/result": 150, "./reports/junit": 150, "./reports/markdown": 150, "./reports/html": 150, "./reports/console": 165} {
		list := exec.Command("go", "list", "-deps", reader)
		list.Dir = ".."
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list -deps %s: %v", reader, err)
		}
		if n := strings.Count(string(out), "\n"); n < 10 || n > most {
			t.Errorf("%s links %d packages, up to %d are allowed", reader, n, most)
		}
	}
}

// contextOfNothing is a call of package context that takes no other context.
var contextOfNothing = regexp.MustCompile(`\bcontext\.\w+\(\)`)

// TestContextsComeFromTheCaller: who stops a run stops all that it does. Only
// commands begin a context, and databases clean up after one has ended.
func TestContextsComeFromTheCaller(t *testing.T) {
	t.Parallel()
	for file := range importsOf(t) {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "cmd/") || strings.HasPrefix(file, "harness/store/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		if made := contextOfNothing.Find(text); made != nil {
			t.Errorf("%s makes a context with %s: take the caller's", file, made)
		}
	}
}

// roomOf finds the room that a package belongs to: the longest match.
func roomOf(pkg string) *room {
	var best *room
	for i := range rooms {
		if r := &rooms[i]; within(pkg, r.name) && (best == nil || len(r.name) > len(best.name)) {
			best = r
		}
	}
	return best
}

// within reports whether a package is a room's own or below its folder. The
// root package has no rooms below: what is there has entries of its own.
func within(pkg, name string) bool {
	return pkg == name || name != "harness" && strings.HasPrefix(pkg, name+"/")
}

// allows reports whether a room may import a package. Tests may reach for
// anything that stands below their room in the table.
func (r *room) allows(imported string, test bool) bool {
	target := roomOf(imported)
	if target == nil {
		return false
	}
	if target == r || within(imported, r.name) || slices.Contains(r.may, everything) {
		return true
	}
	for _, m := range r.may {
		if within(imported, m) {
			return true
		}
	}
	if slices.Contains(words, target.name) && position(target) < position(r) {
		return true
	}
	return test && position(target) < position(r)
}

func position(r *room) int {
	return slices.IndexFunc(rooms, func(x room) bool { return x.name == r.name })
}

// importsOf reads the imports of this module in every Go file, by file.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	tree := os.DirFS("..")
	err := fs.WalkDir(tree, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (strings.HasPrefix(e.Name(), ".") && path != "." || e.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		out[path] = nil
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(name, module); ok {
				out[path] = append(out[path], own)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
