package formula

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var rewrite = flag.Bool("rewrite", false, "write the results of testdata/cases.txt anew")

// dealSchema is the object that testdata/cases.txt is about, in namespace ns.
func dealSchema(t testing.TB) *schema.Schema {
	t.Helper()
	s := build(t, "ns",
		component("CustomObject", "Deal__c", "label=Deal"),
		component("CustomField", "Deal__c.Amount__c", "type=Number", "precision=16", "scale=2"),
		component("CustomField", "Deal__c.Count__c", "type=Number", "precision=16", "scale=0"),
		component("CustomField", "Deal__c.Blank__c", "type=Number", "precision=16", "scale=2"),
		component("CustomField", "Deal__c.Rate__c", "type=Percent", "precision=5", "scale=2"),
		component("CustomField", "Deal__c.Title__c", "type=Text", "length=80"),
		component("CustomField", "Deal__c.Empty__c", "type=Text", "length=80"),
		component("CustomField", "Deal__c.Stage__c", "type=Picklist"),
		component("CustomField", "Deal__c.NoStage__c", "type=Picklist"),
		component("CustomField", "Deal__c.Tags__c", "type=MultiselectPicklist"),
		component("CustomField", "Deal__c.Start__c", "type=Date"),
		component("CustomField", "Deal__c.NoDate__c", "type=Date"),
		component("CustomField", "Deal__c.At__c", "type=DateTime"),
		component("CustomField", "Deal__c.Clock__c", "type=Time"),
		component("CustomField", "Deal__c.Done__c", "type=Checkbox"),
		component("CustomField", "Deal__c.Open__c", "type=Checkbox"),
		component("CustomField", "Deal__c.Place__c", "type=Location", "scale=5"),
		component("CustomField", "Deal__c.Account__c", "type=Lookup", "referenceTo=Account", "relationshipName=Deals"),
		component("CustomField", "Deal__c.Other__c", "type=Lookup", "referenceTo=Account", "relationshipName=Others"),
		component("CustomField", "Deal__c.Net__c", "type=Number", "formula=Amount__c - Blank__c", "formulaTreatBlanksAs=BlankAsZero"),
		component("CustomField", "Deal__c.Share__c", "type=Percent", "formula=Rate__c / 2"),
		component("CustomField", "Deal__c.Self__c", "type=Number", "formula=Twin__c + 1"),
		component("CustomField", "Deal__c.Twin__c", "type=Number", "formula=Self__c + 1"),
		component("CustomObject", "Settings__c", "customSettingsType=Hierarchy"),
		component("CustomField", "Settings__c.Limit__c", "type=Number"),
		component("CustomObject", "Zip__c", "label=Zip"),
		component("CustomField", "Zip__c.City__c", "type=Text", "length=80"),
	)
	return s
}

// dealRecords is a deal with a parent, as it is and as it was before the save.
func dealRecords(t testing.TB, s *schema.Schema) *testRecords {
	t.Helper()
	o := s.Object("ns__Deal__c")
	set := func(rec *schema.Record, name string, v value.Value) {
		f := rec.Object.FieldIn("ns", name)
		if f == nil {
			t.Fatalf("there is no field %s", name)
		}
		rec.Set(f, v)
	}
	dec := func(text string) value.Value { d, _ := value.ParseDec(text); return value.OfDecimal(d) }
	account := schema.NewRecord(s.Object("Account"))
	account.SetID("001000000000001AAA")
	set(account, "Name", value.OfText("Parent Co"))
	set(account, "Industry", value.OfText("Energy"))
	rec := schema.NewRecord(o)
	rec.SetID("a00000000000001AAA")
	set(rec, "Amount__c", dec("1234.50"))
	set(rec, "Count__c", dec("7"))
	set(rec, "Rate__c", dec("25"))
	set(rec, "Title__c", value.OfText("Acme Ltd"))
	set(rec, "Stage__c", value.OfText("Open"))
	set(rec, "Tags__c", value.OfText("Red;Blue"))
	set(rec, "Start__c", value.OfDate(value.DateOf(2024, 2, 29)))
	set(rec, "At__c", value.OfDatetime(value.DateOf(2024, 3, 10)*value.MsPerDay+(15*60+30)*60000+45000))
	set(rec, "Clock__c", value.OfTime((9*60+5)*60000+7250))
	set(rec, "Done__c", value.OfBool(true))
	set(rec, "Place__Latitude__s", dec("37.77500"))
	set(rec, "Place__Longitude__s", dec("-122.41800"))
	set(rec, "Account__c", value.OfID(account.ID()))
	rec.SetParent(o.Field("ns__Account__c"), account)
	prior := rec.Clone(false)
	set(prior, "Amount__c", dec("1000"))
	set(prior, "Stage__c", value.OfText("New"))
	return &testRecords{rec: rec, prior: prior, now: noon, globals: map[string]value.Value{
		"$User.Id":                            value.OfID("005000000000001AAA"),
		"$User.Email":                         value.OfText("ada@example.com"),
		"$Profile.Name":                       value.OfText("System Administrator"),
		"$Setup.ns__Settings__c.ns__Limit__c": dec("10"),
		"$Permission.ns.Skip":                 value.OfBool(true),
		"$Label.ns.Hello":                     value.OfText("Hello"),
		"$CurrencyRate.EUR":                   dec("0.92"),
		"$Organization.Name":                  value.OfText("Acme"),
	}}
}

// TestCases runs testdata/cases.txt. A line is
//
//	[zero|field|default|flow:] formula => result
//
// where a result in quotes is a text, #Error! an evaluation that fails, and
// what follows "! " the message of a formula that does not check. Formulas are
// validation rules with blank fields as blanks unless the line says otherwise.
func TestCases(t *testing.T) {
	t.Parallel()
	const path = "testdata/cases.txt"
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s := dealSchema(t)
	w := dealRecords(t, s)
	c := NewCompiler(s)
	var out strings.Builder
	used := map[string]bool{}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		src, want, isCase := strings.Cut(lines.Text(), " => ")
		if strings.HasPrefix(lines.Text(), "#") || !isCase {
			fmt.Fprintln(&out, lines.Text())
			continue
		}
		got := c.result(s.Object("ns__Deal__c"), w, src, used)
		fmt.Fprintf(&out, "%s => %s\n", src, got)
		if got != want && !*rewrite {
			t.Errorf("%s:%d: %s\n got %s\nwant %s", path, n, src, got, want)
		}
	}
	if *rewrite {
		if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var missing []string
	for name, fn := range functions {
		if !used[name] && fn.unsupported == "" {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("no case for %v", missing)
	}
}

func (c *Compiler) result(o *schema.Object, w *testRecords, line string, used map[string]bool) string {
	ctx, opt, src := Rule, Options{File: ""}, line
	if mode, rest, ok := strings.Cut(line, ": "); ok {
		modes := map[string]Context{"zero": FieldFormula, "field": FieldFormula, "default": Default, "flow": Flow}
		if m, ok := modes[mode]; ok {
			ctx, src, opt.BlankAsZero = m, rest, mode == "zero"
		}
	}
	src = strings.ReplaceAll(src, `\n`, "\n")
	p, diags := c.Compile(o, "ns", src, ctx, opt)
	if p == nil {
		return "! " + diags[0].Message
	}
	p.expr.Walk(func(e *Expr) {
		if e.Op == OpCall {
			used[e.Text] = true
		}
	})
	v, err := p.Eval(w)
	switch {
	case err != nil:
		return "#Error!"
	case v.Kind() == value.Text:
		return fmt.Sprintf("%q", v.Text())
	case v.Kind() == value.Date || v.Kind() == value.Datetime || v.Kind() == value.Time:
		return toText(v)
	case v.Kind() == value.Decimal:
		return v.Decimal().String()
	default:
		return v.String()
	}
}
