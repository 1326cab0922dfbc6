package types_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// class parses one class; its file is named after the first word after class,
// interface or enum.
func class(t testing.TB, name, src string) *syntax.Unit {
	t.Helper()
	u, errs := syntax.Parse(diag.NewFile(name, []byte(src)), syntax.Options{APIVersion: 62})
	if errs.Err() != nil {
		t.Fatal(errs)
	}
	return u
}

// TestSubscriberSeesOnlyGlobal holds a subscriber's class against two versions
// of a managed package: a removed or narrowed member is named with its place, a
// renamed parameter is no error.
func TestSubscriberSeesOnlyGlobal(t *testing.T) {
	t.Parallel()
	subscriber := class(t, "Mine.cls", "public class Mine {\n  void f() {\n    ns.Api.go(1);\n    new ns.Api('x').name = 'y';\n  }\n}")
	cases := []struct{ name, api, want string }{
		{"as it was", "global class Api { global String name; global Api(String s) { } global static void go(Integer i) { } }", ""},
		{"a parameter renamed", "global class Api { global String name; global Api(String t) { } global static void go(Integer n) { } }", ""},
		{"a method removed", "global class Api { global String name; global Api(String s) { } }",
			"Mine.cls:3:12: error: Method does not exist or incorrect signature: void go(Integer) from the type ns.Api [UNKNOWN_METHOD]"},
		{"a parameter's type changed", "global class Api { global String name; global Api(String s) { } global static void go(String i) { } }",
			"Mine.cls:3:12: error: Method does not exist or incorrect signature: void go(Integer) from the type ns.Api [UNKNOWN_METHOD]"},
		{"a method made public", "global class Api { global String name; global Api(String s) { } public static void go(Integer i) { } }",
			"Mine.cls:3:12: error: Method is not visible: void go(Integer) from the type ns.Api [NOT_VISIBLE]"},
		{"a public overload beside the global one", "global class Api { global String name; global Api(String s) { } global static void go(Long i) { } public static void go(Integer i) { } }", ""},
		{"a field made public", "global class Api { public String name; global Api(String s) { } global static void go(Integer i) { } }",
			"Mine.cls:4:21: error: Variable is not visible: ns.Api.name [NOT_VISIBLE]"},
		{"the class made public", "public class Api { public String name; public Api(String s) { } public static void go(Integer i) { } }",
			"Mine.cls:3:8: error: Type is not visible: ns.Api [NOT_VISIBLE]"},
	}
	for _, c := range cases {
		p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{
			{Namespace: "ns", Units: []*syntax.Unit{class(t, "Api.cls", c.api)}}, {Units: []*syntax.Unit{subscriber}}}})
		got, _, _ := strings.Cut(p.CheckAll().Error(), "\n")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestAbsentPackage counts what belongs to a package that is not at hand in one
// ledger entry instead of errors.
func TestAbsentPackage(t *testing.T) {
	t.Parallel()
	u := class(t, "A.cls", `public class A { void f(SBQQ__Quote__c q) { q.SBQQ__Net__c = 1; SBQQ.Api.go(q.SBQQ__Account__r.Name);
		for (SBQQ__Quote__c x : [SELECT Id, SBQQ__Net__c FROM SBQQ__Quote__c]) { insert x; } new SBQQ.Other(1).run().then(); } SBQQ.Thing t; }`)
	var l ledger.Ledger
	p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: []*syntax.Unit{u}}},
		Env: types.Env{Ledger: &l, Absent: []string{"sbqq"}}})
	if errs := p.CheckAll(); len(errs) > 0 {
		t.Error(errs)
	}
	if e := l.Entries(); len(e) == 0 || e[0].Count < 5 {
		t.Errorf("the ledger has %v", e)
	}
}

// TestConcurrentBinding binds one program from many goroutines at once.
func TestConcurrentBinding(t *testing.T) {
	t.Parallel()
	var units []*syntax.Unit
	src := "public virtual class B { public virtual String go(List<String> l) { return l[0] + new B().go(new List<String>()); } public Integer p { get; set; } }"
	for _, name := range []string{"B", "C", "D"} {
		units = append(units, class(t, name+".cls", strings.ReplaceAll(strings.Replace(src, "class B", "class "+name, 1), "new B", "new C")))
	}
	p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: units}}})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if errs := p.CheckAll(); len(errs) > 0 {
				t.Error(errs)
			}
		})
	}
	wait.Wait()
}

// TestTypeByName is Type.forName's look-up.
func TestTypeByName(t *testing.T) {
	t.Parallel()
	p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{
		{Namespace: "ns", Units: []*syntax.Unit{class(t, "Api.cls", "global class Api { global class Inner { } }")}}}})
	got := map[string]string{}
	for _, name := range []string{"Api", "api.inner", "ns.Api", "ns.Api.Inner", "List<Account>", "Map<Id, List<ns.Api>>",
		"Account", "System.HttpRequest", "Database.SaveResult", "Schema.Account", "String[]", "Nothing", "List<Nothing>"} {
		if x := p.TypeByName("ns", name); x != nil {
			got[name] = x.Name
		}
	}
	want := map[string]string{"Api": "ns.Api", "api.inner": "ns.Api.Inner", "ns.Api": "ns.Api", "ns.Api.Inner": "ns.Api.Inner",
		"List<Account>": "List<Account>", "Map<Id, List<ns.Api>>": "Map<Id,List<ns.Api>>", "Account": "Account",
		"System.HttpRequest": "HttpRequest", "Database.SaveResult": "Database.SaveResult", "Schema.Account": "Account", "String[]": "List<String>"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLibraryKeysAreDistinct guards the names that implementations register
// under.
func TestLibraryKeysAreDistinct(t *testing.T) {
	t.Parallel()
	keys := types.LibraryKeys()
	have := map[string]bool{}
	for _, k := range keys {
		have[k] = true
	}
	for _, k := range []string{"System.String.substring(Integer,Integer)", "System.List.add(T)", "System.Map.get(K)",
		"Database.SaveResult.isSuccess()", "System.HttpRequest.<init>()", "System.Exception.<init>(String)",
		"System.InstallContext.previousVersion()", "System.Enum.valueOf(String)", "System.Database.insert(List<SObject>,Boolean)"} {
		if !have[k] {
			t.Errorf("there is no %s", k)
		}
	}
	if len(keys) < 4500 {
		t.Errorf("only %d keys", len(keys))
	}
}

// FuzzCheck binds whatever parses: the checker must answer with diagnostics.
func FuzzCheck(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.txt")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, line := range strings.Split(string(data), "\n") {
			if strings.Contains(line, "class A") || strings.HasPrefix(line, "trigger") {
				f.Add(line)
			}
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, kind := range []syntax.UnitKind{syntax.ClassUnit, syntax.TriggerUnit, syntax.AnonymousUnit} {
			u, _ := syntax.Parse(diag.NewFile("A", []byte(src)), syntax.Options{Kind: kind})
			u.Bad = false // bind also what is only half there
			p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: []*syntax.Unit{u}}}})
			p.CheckAll()
			if kind == syntax.AnonymousUnit {
				p.Anonymous(u, "")
			}
		}
	})
}

// BenchmarkNewProgram is what an org pays for a deployment: declarations and
// headers of 100 classes.
func BenchmarkNewProgram(b *testing.B) {
	var units []*syntax.Unit
	for i := range 100 {
		units = append(units, class(b, "A.cls", "public virtual class A"+strconv.Itoa(i)+" extends A"+strconv.Itoa(i/2)+" { class C { } interface D extends E { } interface E { } Integer f() { return 1; } }"))
	}
	for b.Loop() {
		types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: units}}})
	}
}
