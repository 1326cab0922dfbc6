package org_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/stdlib"
	"github.com/rehearsal-dev/rehearsal/harness/facts"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

var updateArguments = flag.Bool("update-arguments", false, "write what the cells of testdata/arguments.txt answer, keeping their marks")

// TestArguments is the matrix of wrong arguments: every function of the library
// that takes a field, an object, a relationship, a record type, a query, an id or
// a type is called with a wrong one, with null, with a blank one and with one of
// another object. The cells are generated over the signatures of
// apex-stdlib-index.md that have a function. testdata/arguments.txt says what each
// answers, with a mark: "=" is what the platform answers, "~" is near it, "?" is not
// known.
func TestArguments(t *testing.T) {
	t.Parallel()
	cells := argumentCells()
	want := readArguments(t)
	got, noted := answers(t, cells)
	marks := map[byte]int{}
	var table strings.Builder
	for _, c := range cells {
		row, known := want[c.name]
		if !known {
			row.mark = '?'
		}
		marks[row.mark]++
		if row.mark == '?' && !noted[c.name] {
			t.Errorf("%s is not known, and its call leaves nothing in the ledger: add it to the doubts of the library", c.name)
		}
		fmt.Fprintf(&table, "%c %s: %s\n", row.mark, c.name, got[c.name])
		switch {
		case *updateArguments:
		case !known:
			t.Errorf("%s has no row; it answers %s: run with -update-arguments, and mark whether that is what the platform answers", c.name, got[c.name])
		case row.answer != got[c.name]:
			t.Errorf("%s\n  answers %s\n  want    %s", c.name, got[c.name], row.answer)
		}
		delete(want, c.name)
	}
	for name := range want {
		if !*updateArguments {
			t.Errorf("%s has a row and is no cell", name)
		}
	}
	if *updateArguments {
		if err := os.WriteFile("testdata/arguments.txt", []byte(argumentsHead+table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	exact, near, unknown := marks['='], marks['~'], marks['?']
	t.Logf("%d cells: %d exact, %d approximated, %d unknown", len(cells), exact, near, unknown)
	if 10*unknown > len(cells) {
		t.Errorf("%d of %d cells are undecided, more than a tenth", unknown, len(cells))
	}
}

const argumentsHead = `# What library functions answer to wrong arguments; see TestArguments.
# "=" as the platform, "~" near it, "?" not known.

`

type answer struct {
	mark   byte
	answer string
}

func readArguments(t *testing.T) map[string]answer {
	t.Helper()
	f, err := os.Open("testdata/arguments.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := map[string]answer{}
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		name, text, ok := strings.Cut(line[2:], ": ")
		if !ok || !strings.Contains("=~?", line[:1]) {
			t.Fatalf("testdata/arguments.txt: cannot read %q", line)
		}
		rows[name] = answer{line[0], text}
	}
	return rows
}

// argument is one cell: a call with one argument that is wrong.
type argument struct {
	name string // "Database.query(String queryString) queryString=wrong"
	code string // anonymous Apex that prints what it answers
}

// signature is a line of the index: "static query(String queryString): List<SObject>".
var signature = regexp.MustCompile(`^ (static )?(new )?(\w+)\((.*)\)(?:: (.+))?$`)

// argumentCells generates the cells over the index.
func argumentCells() []argument {
	have := stdlib.Functions()
	var cells []argument
	class := ""
	for line := range strings.SplitSeq(string(facts.Read("apex-stdlib-index.md")), "\n") {
		if words := strings.Fields(line); len(words) > 1 && len(words[0]) == 1 && strings.Contains("CAVIE", words[0]) {
			class = words[1]
			continue
		}
		m := signature.FindStringSubmatch(line)
		if m == nil || class == "" || receivers[class] == "-" {
			continue
		}
		method := m[3]
		if m[2] != "" {
			method = "<init>"
		}
		short := strings.TrimPrefix(class, "System.")
		if key := strings.ToLower(short + "." + method); have[key] == nil && have[strings.ToLower(class+"."+method)] == nil {
			continue
		}
		cells = append(cells, cellsOf(short, method, m)...)
	}
	for _, m := range describeMaps {
		for _, wrong := range wrongArguments[m.role] {
			cells = append(cells, argument{fmt.Sprintf("Lookup %s of=%s", m.name, wrong.name),
				"Object answer = " + strings.ReplaceAll(m.code, "{}", wrong.code) + "; System.debug(answer);"})
		}
	}
	return cells
}

// describeMaps are the ways to find fields, objects, record types and
// relationships by name that are no parameter of a method of their own.
var describeMaps = []struct{ name, role, code string }{
	{"Account.fields.getMap()", "field", "Account.SObjectType.getDescribe().fields.getMap().get({})"},
	{"Schema.getGlobalDescribe()", "object", "Schema.getGlobalDescribe().get({})"},
	{"Account.fieldSets.getMap()", "object", "Account.SObjectType.getDescribe().fieldSets.getMap().get({})"},
	{"getRecordTypeInfosByName()", "relationship", "Account.SObjectType.getDescribe().getRecordTypeInfosByName().get({})"},
	{"getRecordTypeInfosByDeveloperName()", "relationship", "Account.SObjectType.getDescribe().getRecordTypeInfosByDeveloperName().get({})"},
	{"getRecordTypeInfosById()", "id", "Account.SObjectType.getDescribe().getRecordTypeInfosById().get({})"},
	{"SObject.getSObject(relationship)", "relationship", "a.getSObject({})"},
	{"SObject.getSObjects(relationship)", "relationship", "a.getSObjects({})"},
	{"SObject.putSObject(relationship)", "relationship", "a.putSObject({}, new Account())"},
	{"Id.getSObjectType()", "id", "({}).getSObjectType()"},
	{"SObject Id assigned", "id text", "new Account(Id = {})"},
	{"SObject.put('Id')", "id text", "a.put('Id', {})"},
	{"SObject.put('OwnerId')", "id text", "a.put('OwnerId', {})"},
	{"Type.forName(namespace, name)", "type name", "Type.forName('', {})"},
}

// cellsOf are the cells of one signature.
func cellsOf(class, method string, m []string) []argument {
	params := splitParams(m[4])
	var cells []argument
	for i, p := range params {
		for _, wrong := range wrongArguments[roleOf(p)] {
			args := make([]string, len(params))
			for j, other := range params {
				args[j] = rightArgument(other)
			}
			args[i] = wrong.code
			if strings.HasSuffix(p.typ, "[]") || strings.HasPrefix(p.typ, "List<") {
				args[i] = "new " + elementList(p.typ) + "{ " + wrong.code + " }"
			}
			call := class + "." + method + "(" + strings.Join(args, ", ") + ")"
			switch {
			case method == "<init>":
				call = "new " + class + "(" + strings.Join(args, ", ") + ")"
			case m[1] == "" && receivers[class] != "":
				call = receivers[class] + "." + method + "(" + strings.Join(args, ", ") + ")"
			}
			code := "Object answer = " + call + "; System.debug(answer);"
			if m[5] == "void" {
				code = call + "; System.debug('done');"
			}
			cells = append(cells, argument{fmt.Sprintf("%s.%s(%s) %s=%s", class, method, m[4], p.name, wrong.name), code})
		}
	}
	return cells
}

type param struct{ typ, name string }

// splitParams takes "Map<String, Object> bindMap, Id id" apart.
func splitParams(list string) []param {
	var out []param
	depth, start := 0, 0
	add := func(text string) {
		text = strings.TrimSpace(text)
		if at := strings.LastIndexByte(text, ' '); at > 0 {
			out = append(out, param{strings.ReplaceAll(text[:at], " ", ""), text[at+1:]})
		}
	}
	for i, c := range list {
		switch {
		case c == '<':
			depth++
		case c == '>':
			depth--
		case c == ',' && depth == 0:
			add(list[start:i])
			start = i + 1
		}
	}
	add(list[start:])
	return out
}

func elementList(typ string) string {
	typ = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(typ, "List<"), ">"), "[]")
	return "List<" + typ + ">"
}

// roleOf is what an argument stands for, by its type and name; "" for none of
// those that the matrix is about.
func roleOf(p param) string {
	typ := strings.ToLower(p.typ)
	for _, prefix := range []string{"schema.", "system.", "list<"} {
		typ = strings.TrimPrefix(typ, prefix)
	}
	typ = strings.TrimSuffix(strings.TrimSuffix(typ, ">"), "[]")
	name := strings.ToLower(p.name)
	switch typ {
	case "sobjectfield":
		return "field token"
	case "sobjecttype":
		return "object token"
	case "type":
		return "type"
	case "id":
		return "id"
	case "string":
	default:
		return ""
	}
	switch {
	case strings.Contains(name, "field"):
		return "field"
	case strings.Contains(name, "relationship"):
		return "relationship"
	case strings.Contains(name, "query"):
		return "query"
	case strings.HasSuffix(name, "id"), strings.HasSuffix(name, "ids"):
		return "id text"
	case strings.Contains(name, "sobject"):
		return "object"
	case name == "fullyqualifiedname":
		return "type name"
	default:
		return ""
	}
}

type wrongArgument struct{ name, code string }

// wrongArguments are the values that a cell puts in, by role. The variables are
// those of argumentsSetup.
var wrongArguments = map[string][]wrongArgument{
	"field":        {{"wrong", "'Nope__c'"}, {"null", "noText"}, {"blank", "''"}, {"foreign", "'LastName'"}},
	"field token":  {{"null", "noField"}, {"foreign", "Contact.LastName"}},
	"relationship": {{"wrong", "'Nope__r'"}, {"null", "noText"}, {"blank", "''"}},
	"object":       {{"wrong", "'Nope__c'"}, {"null", "noText"}, {"blank", "''"}},
	"object token": {{"null", "noObject"}, {"foreign", "Task.SObjectType"}},
	"query":        {{"wrong", "'nonsense'"}, {"null", "noText"}, {"blank", "''"}, {"foreign", "'SELECT Nope__c FROM Account'"}, {"object", "'SELECT Id FROM Nope__c'"}},
	"id":           {{"wrong", "lost"}, {"null", "noId"}, {"foreign", "c.Id"}},
	"id text":      {{"wrong", "'nonsense'"}, {"null", "noText"}, {"blank", "''"}, {"foreign", "String.valueOf(c.Id)"}},
	"type":         {{"null", "noType"}, {"foreign", "Contact.class"}},
	"type name":    {{"wrong", "'Nope'"}, {"null", "noText"}, {"blank", "''"}},
}

// receivers are what methods of instances are called on. "-" leaves a class out:
// one that no code can have an instance of, or whose ids name nothing.
var receivers = map[string]string{
	"SObject": "a", "JSONGenerator": "gen", "JSONParser": "JSON.createParser('{}')", "Type": "Account.class",
	"Database.LeadConvert": "new Database.LeadConvert()", "Cache.Partition": "Cache.Org.getPartition('local.p')",
	"QueueableDuplicateSignature.Builder": "new QueueableDuplicateSignature.Builder()",
	"Schema.SObjectType":                  "Account.SObjectType",
	"ApexPages.StandardController":        "new ApexPages.StandardController(a)",
	"ApexPages.StandardSetController":     "new ApexPages.StandardSetController(new List<Account>{ a })",
	"FormulaEval.FormulaBuilder":          "Formula.builder()",
	"Search.SearchResult":                 "-", "Search.SearchResults": "Search.find('FIND \\'x\\' IN ALL FIELDS RETURNING Account(Name)')",
	"ApexPages.Message": "-",
}

// rightArgument is an argument that is right, by type and name.
func rightArgument(p param) string {
	typ := strings.ToLower(p.typ)
	for _, prefix := range []string{"schema.", "system."} {
		typ = strings.TrimPrefix(typ, prefix)
	}
	if right := rightByName[p.name]; right != "" {
		return right
	}
	if right := rightByType[typ]; right != "" {
		return right
	}
	switch roleOf(p) {
	case "field":
		return "'Name'"
	case "field token":
		return "Account.Name"
	case "object":
		return "'Account'"
	case "query":
		return "'SELECT Id FROM Account'"
	case "id", "id text":
		return "a.Id"
	case "type":
		return "Account.class"
	}
	return "'x'"
}

// rightByName are right arguments where the type alone does not say enough.
var rightByName = map[string]string{
	"startDate": "System.now().addDays(-1)", "jsonString": "'{}'", "methods": "new List<Auth.VerificationMethod>()",
	"userId": "UserInfo.getUserId()", "businessHoursId": "String.valueOf([SELECT Id FROM BusinessHours LIMIT 1].Id)",
}

// rightByType are right arguments where the type says enough.
var rightByType = map[string]string{
	"boolean": "true", "datetime": "System.now()", "date": "System.today()", "time": "Time.newInstance(1, 2, 3, 4)", "long": "1L",
	"integer": "1", "decimal": "1.5", "double": "1.5d", "blob": "Blob.valueOf('x')", "object": "(Object) 'x'", "accesslevel": "AccessLevel.SYSTEM_MODE",
	"map<string,object>": "new Map<String, Object>()", "map": "new Map<String, Object>()", "sobject": "a", "sobject[]": "new List<SObject>{ a }",
	"list<sobject>": "new List<SObject>{ a }", "accesstype": "AccessType.READABLE", "list<string>": "new List<String>{ 'x' }",
	"stubprovider": "null", "messaging.attachmentretrievaloption": "Messaging.AttachmentRetrievalOption.NONE", "sandboxpostcopy": "null",
	"apexpages.severity": "ApexPages.Severity.ERROR",
}

// argumentsSetup is what every cell begins with.
const argumentsSetup = `Account a = [SELECT Id, Name FROM Account LIMIT 1]; Contact c = [SELECT Id, LastName FROM Contact LIMIT 1];
String noText; Id noId; SObjectField noField; SObjectType noObject; Type noType; Id lost = '001000000000099AAA';
JSONGenerator gen = JSON.createGenerator(false); gen.writeStartObject();
try {
`

// answers runs the cells, each in a transaction that is undone; noted are those
// that left something in the ledger.
func answers(t *testing.T, cells []argument) (got map[string]string, noted map[string]bool) {
	t.Helper()
	ctx := t.Context()
	o, err := org.New(ctx, org.Config{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	if _, err := runText(ctx, o, "insert new Account(Name = 'Acme'); insert new Contact(LastName = 'Carr');"); err != nil {
		t.Fatal(err)
	}
	ids := regexp.MustCompile(`\b[0-9a-zA-Z]{15}(?:[A-Z0-5]{3})?\b`)
	got, noted = map[string]string{}, map[string]bool{}
	for _, c := range cells {
		err := o.Undone(ctx, func() error {
			out, err := runText(ctx, o, argumentsSetup+c.code+"\n} catch (Exception e) { System.debug(e.getTypeName() + ': ' + e.getMessage()); }")
			if err != nil {
				out = append(out, err.Error())
			}
			noted[c.name] = len(o.Ledger().Entries()) > 0
			line := strings.ReplaceAll(strings.Join(out, " / "), "\n", "\\n")
			got[c.name] = ids.ReplaceAllStringFunc(line, func(id string) string {
				if strings.ContainsAny(id[:3], "0123456789") {
					return "ID"
				}
				return id
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return got, noted
}

func runText(ctx context.Context, o *org.Org, code string) ([]string, error) {
	res, err := o.Run(ctx, org.TxOptions{Cause: "test", Test: true}, func(tx *org.Tx) error { return tx.Anonymous(ctx, code) })
	return slices.Clone(res.Debug), err
}
