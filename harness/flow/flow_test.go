package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// comp makes a component from the inside of its XML file.
func comp(t testing.TB, kind metadata.Kind, name, body string) *metadata.Component {
	t.Helper()
	root, err := metadata.ParseXML(name, []byte("<"+string(kind)+">"+body+"</"+string(kind)+">"))
	if err != nil {
		t.Fatal(err)
	}
	return metadata.NewComponent(kind, name, name, root)
}

func testSchema(t testing.TB) *schema.Schema {
	t.Helper()
	s, diags := schema.Build(schema.Options{}, schema.Source{Namespace: "ns", Components: []*metadata.Component{
		comp(t, metadata.CustomObject, "Deal__c", "<label>Deal</label>"),
		comp(t, metadata.CustomField, "Deal__c.Amount__c", "<type>Number</type><precision>16</precision><scale>2</scale>"),
		comp(t, metadata.CustomField, "Deal__c.Note__c", "<type>Text</type><length>80</length>"),
		comp(t, metadata.CustomField, "Deal__c.Stage__c", "<type>Picklist</type><valueSet><valueSetDefinition><value><fullName>New</fullName></value><value><fullName>Won</fullName></value></valueSetDefinition></valueSet>"),
		comp(t, metadata.CustomField, "Deal__c.Due__c", "<type>Date</type>"),
		comp(t, metadata.CustomField, "Deal__c.Account__c", "<type>Lookup</type><referenceTo>Account</referenceTo><relationshipName>Deals</relationshipName>"),
	}})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// host is an org of a few rows that writes down what flows do to it.
type host struct {
	rows []*schema.Record
	log  []string
	fail error
}

func (h *host) Find(_ context.Context, q Find) ([]*schema.Record, error) {
	var out []*schema.Record
	for _, r := range h.rows {
		if r.Object != q.Object {
			continue
		}
		ok, err := q.Matches(r)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, r.Clone(false))
		}
	}
	if q.SortBy != nil {
		slices.SortStableFunc(out, func(a, b *schema.Record) int {
			c := value.Compare(a.Get(q.SortBy), b.Get(q.SortBy))
			if q.Descending {
				return -c
			}
			return c
		})
	}
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}

func (h *host) DML(_ context.Context, op dml.Op, records []*schema.Record) error {
	for _, r := range records {
		var fields []string
		for _, f := range r.Fields() {
			fields = append(fields, f.Name+"="+r.Get(f).String())
		}
		h.log = append(h.log, fmt.Sprintf("%s %s %s", [...]string{"insert", "update", "delete"}[op], r.Object.Name, strings.Join(fields, " ")))
		if op == dml.Insert {
			r.SetID("a00000000000009AAA")
		}
	}
	return h.fail
}

func (h *host) Action(_ context.Context, kind, _, name string, inputs []map[string]Variable) (outputs []map[string]Variable, known bool, err error) {
	if kind != "apex" {
		return nil, false, nil
	}
	h.log = append(h.log, fmt.Sprintf("%s of %d", name, len(inputs)))
	for _, in := range inputs {
		h.log = append(h.log, "given "+in["text"].Value.String())
		outputs = append(outputs, map[string]Variable{"length": {Value: value.OfInt(int32(len(in["text"].Value.Text())))}})
	}
	return outputs, true, nil
}

func (h *host) Unsupported(name, note string) { h.log = append(h.log, name+": "+note) }

func (h *host) Env(rec, prior *schema.Record) formula.Env { return &env{rec, prior} }

type env struct{ rec, prior *schema.Record }

func (e *env) Record() *schema.Record { return e.rec }
func (e *env) Prior() *schema.Record  { return e.prior }
func (e *env) IsNew() bool            { return e.prior == nil }
func (e *env) IsClone() bool          { return false }
func (e *env) Now() int64             { return value.DateOf(2024, 5, 1) * value.MsPerDay }
func (e *env) Zone() *time.Location   { return nil }
func (e *env) Parent(r *schema.Record, f *schema.Field) (*schema.Record, error) {
	p, _ := r.ParentOf(f)
	return p, nil
}
func (e *env) Global(path []string) (value.Value, bool) {
	return value.OfText("Ada"), strings.Join(path, ".") == "$User.FirstName"
}
func (e *env) Lookup(_, _ *schema.Field, _ string) (value.Value, error) { return value.Value{}, nil }

// deal makes a row of name=value pairs.
func deal(t testing.TB, s *schema.Schema, pairs ...string) *schema.Record {
	t.Helper()
	r := schema.NewRecord(s.Object("ns__Deal__c"))
	for _, p := range pairs {
		name, text, _ := strings.Cut(p, "=")
		f := r.Object.FieldIn("ns", name)
		v, err := literalOf(f, text)
		if err != nil {
			t.Fatal(err)
		}
		r.Set(f, fitField(f, v))
	}
	return r
}

func link(t testing.TB, s *schema.Schema, name, body string, subflow func(string) *Linked) *Linked {
	t.Helper()
	f, diags := Parse(comp(t, metadata.Flow, name, body))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	l, diags := f.Link(formula.NewCompiler(s), "ns", subflow)
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return l
}

const beforeSave = `<status>Active</status><label>Set note</label>
<start><object>Deal__c</object><triggerType>RecordBeforeSave</triggerType><recordTriggerType>CreateAndUpdate</recordTriggerType>
	<filterFormula>{!$Record.Amount__c} &gt; 10</filterFormula><connector><targetReference>How_Big</targetReference></connector></start>
<decisions><name>How_Big</name><defaultConnectorLabel>small</defaultConnectorLabel>
	<defaultConnector><targetReference>Small</targetReference></defaultConnector>
	<rules><name>Big</name><conditionLogic>and</conditionLogic>
		<conditions><leftValueReference>$Record.Amount__c</leftValueReference><operator>GreaterThanOrEqualTo</operator><rightValue><elementReference>Limit</elementReference></rightValue></conditions>
		<conditions><leftValueReference>$Record.Stage__c</leftValueReference><operator>EqualTo</operator><rightValue><stringValue>New</stringValue></rightValue></conditions>
		<connector><targetReference>Big_One</targetReference></connector></rules></decisions>
<assignments><name>Big_One</name><assignmentItems><assignToReference>$Record.Note__c</assignToReference><operator>Assign</operator><value><elementReference>Text_Of</elementReference></value></assignmentItems></assignments>
<recordUpdates><name>Small</name><inputReference>$Record</inputReference><inputAssignments><field>Note__c</field><value><stringValue>small, says {!$User.FirstName}</stringValue></value></inputAssignments></recordUpdates>
<constants><name>Limit</name><dataType>Number</dataType><value><numberValue>100</numberValue></value></constants>
<formulas><name>Text_Of</name><dataType>String</dataType><expression>&quot;big: &quot; &amp; TEXT({!$Record.Amount__c} * 2) &amp; {!Suffix}</expression></formulas>
<variables><name>Suffix</name><dataType>String</dataType><value><stringValue>!</stringValue></value></variables>`

func TestBeforeSaveFlow(t *testing.T) {
	t.Parallel()
	s := testSchema(t)
	l := link(t, s, "Set_Note", beforeSave, nil)
	if l.Trigger != BeforeSave || !l.OnCreate || !l.OnUpdate || !l.Active || len(l.Unsupported()) != 0 {
		t.Fatalf("read as %+v", l.Flow)
	}
	for _, c := range []struct {
		amount, stage, want string
		starts              bool
	}{
		{"5", "New", "", false},
		{"50", "New", "small, says Ada", true},
		{"100", "new", "big: 200!", true},
		{"100", "Won", "small, says Ada", true},
	} {
		h := &host{}
		rec := deal(t, s, "Amount__c="+c.amount, "Stage__c="+c.stage)
		starts, err := l.Starts(h, rec, nil)
		if err != nil || starts != c.starts {
			t.Fatalf("%+v starts: %v, %v", c, starts, err)
		}
		if !starts {
			continue
		}
		if err := runOne(t.Context(), h, l, rec, nil); err != nil {
			t.Fatal(err)
		}
		if got := rec.Get(rec.Object.FieldIn("ns", "Note__c")).Text(); got != c.want || len(h.log) != 0 {
			t.Errorf("%+v: note %q, did %v", c, got, h.log)
		}
	}
}

const afterSave = `<status>Active</status>
<start><object>Deal__c</object><triggerType>RecordAfterSave</triggerType><recordTriggerType>Update</recordTriggerType>
	<filterLogic>and</filterLogic><filters><field>Stage__c</field><operator>EqualTo</operator><value><stringValue>Won</stringValue></value></filters>
	<doesRequireRecordChangedToMeetCriteria>true</doesRequireRecordChangedToMeetCriteria>
	<connector><targetReference>Others</targetReference></connector></start>
<recordLookups><name>Others</name><object>Deal__c</object><filters><field>Note__c</field><operator>EqualTo</operator><value><elementReference>$Record.Note__c</elementReference></value></filters>
	<sortField>Amount__c</sortField><sortOrder>Desc</sortOrder><storeOutputAutomatically>true</storeOutputAutomatically><connector><targetReference>Each</targetReference></connector></recordLookups>
<loops><name>Each</name><collectionReference>Others</collectionReference><iterationOrder>Asc</iterationOrder>
	<nextValueConnector><targetReference>Add</targetReference></nextValueConnector><noMoreValuesConnector><targetReference>Mail</targetReference></noMoreValuesConnector></loops>
<assignments><name>Add</name>
	<assignmentItems><assignToReference>Sum</assignToReference><operator>Add</operator><value><elementReference>Each.Amount__c</elementReference></value></assignmentItems>
	<assignmentItems><assignToReference>Each.Note__c</assignToReference><operator>Assign</operator><value><stringValue>seen</stringValue></value></assignmentItems>
	<assignmentItems><assignToReference>Changed</assignToReference><operator>Add</operator><value><elementReference>Each</elementReference></value></assignmentItems>
	<connector><targetReference>Each</targetReference></connector></assignments>
<actionCalls><name>Mail</name><actionName>emailSimple</actionName><actionType>emailSimple</actionType><connector><targetReference>Save</targetReference></connector></actionCalls>
<recordUpdates><name>Save</name><inputReference>Changed</inputReference><connector><targetReference>New_Deal</targetReference></connector><faultConnector><targetReference>Fail</targetReference></faultConnector></recordUpdates>
<recordCreates><name>New_Deal</name><object>Deal__c</object>
	<inputAssignments><field>Amount__c</field><value><elementReference>Sum</elementReference></value></inputAssignments>
	<inputAssignments><field>Due__c</field><value><elementReference>$Flow.CurrentDate</elementReference></value></inputAssignments>
	<storeOutputAutomatically>true</storeOutputAutomatically><connector><targetReference>Mark</targetReference></connector></recordCreates>
<recordUpdates><name>Mark</name><inputReference>$Record</inputReference><inputAssignments><field>Note__c</field><value><elementReference>New_Deal</elementReference></value></inputAssignments></recordUpdates>
<customErrors><name>Fail</name><customErrorMessages><errorMessage>could not save: {!$Flow.FaultMessage}</errorMessage><isFieldError>true</isFieldError><fieldSelection>Note__c</fieldSelection></customErrorMessages></customErrors>
<variables><name>Sum</name><dataType>Number</dataType><value><numberValue>0</numberValue></value></variables>
<variables><name>Changed</name><dataType>SObject</dataType><objectType>Deal__c</objectType><isCollection>true</isCollection></variables>`

func TestAfterSaveFlow(t *testing.T) {
	t.Parallel()
	s := testSchema(t)
	l := link(t, s, "Sum_Up", afterSave, nil)
	if d := cmp.Diff([]string{"actionCalls Mail"}, l.Unsupported()); d != "" {
		t.Error(d)
	}
	h := &host{rows: []*schema.Record{
		deal(t, s, "Id=a00000000000001AAA", "Note__c=x", "Amount__c=3"),
		deal(t, s, "Id=a00000000000002AAA", "Note__c=X", "Amount__c=4.5"),
		deal(t, s, "Id=a00000000000003AAA", "Note__c=y", "Amount__c=9"),
	}}
	rec, prior := deal(t, s, "Id=a00000000000004AAA", "Stage__c=Won", "Note__c=x"), deal(t, s, "Stage__c=New")
	for _, c := range []struct {
		rec, prior *schema.Record
		want       bool
	}{{rec, prior, true}, {rec, rec, false}, {rec, nil, false}, {prior, rec, false}} {
		if got, err := l.Starts(h, c.rec, c.prior); err != nil || got != c.want {
			t.Errorf("starts: %v, %v, want %v", got, err, c.want)
		}
	}
	if err := runOne(t.Context(), h, l, rec, prior); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Flow actionCalls: element Mail of flow Sum_Up was reached and passed over",
		"update ns__Deal__c Id=a00000000000002AAA ns__Note__c=seen",
		"update ns__Deal__c Id=a00000000000001AAA ns__Note__c=seen",
		"insert ns__Deal__c ns__Amount__c=7.5 ns__Due__c=2024-05-01 00:00:00",
		"update ns__Deal__c Id=a00000000000004AAA ns__Note__c=a00000000000009AAA",
	}
	if d := cmp.Diff(want, h.log); d != "" {
		t.Error(d)
	}
	if rec.Get(rec.Object.FieldIn("ns", "Note__c")).Text() != "x" {
		t.Error("an after-save flow changed the record in hand")
	}

	h.fail = errors.New("no")
	err := runOne(t.Context(), h, l, rec, prior)
	var custom *CustomError
	if !errors.As(err, &custom) || custom.Message != "could not save: no" || custom.Field.Name != "ns__Note__c" {
		t.Errorf("got %v, want the custom error", err)
	}
}

func TestSubflow(t *testing.T) {
	t.Parallel()
	s := testSchema(t)
	double := link(t, s, "Double", `<start><connector><targetReference>Go</targetReference></connector></start>
		<assignments><name>Go</name><assignmentItems><assignToReference>Out</assignToReference><operator>Assign</operator><value><elementReference>Twice</elementReference></value></assignmentItems></assignments>
		<formulas><name>Twice</name><dataType>Number</dataType><expression>{!In} * 2</expression></formulas>
		<variables><name>In</name><dataType>Number</dataType><isInput>true</isInput></variables><variables><name>Out</name><dataType>Number</dataType><isOutput>true</isOutput></variables>`, nil)
	caller := link(t, s, "Caller", `<start><object>Deal__c</object><triggerType>RecordBeforeSave</triggerType><recordTriggerType>Create</recordTriggerType><connector><targetReference>Call</targetReference></connector></start>
		<subflows><name>Call</name><flowName>Double</flowName><inputAssignments><name>In</name><value><elementReference>$Record.Amount__c</elementReference></value></inputAssignments>
		<outputAssignments><assignToReference>Got</assignToReference><name>Out</name></outputAssignments><connector><targetReference>Set</targetReference></connector></subflows>
		<assignments><name>Set</name><assignmentItems><assignToReference>$Record.Amount__c</assignToReference><operator>Assign</operator><value><elementReference>Got</elementReference></value></assignmentItems></assignments>
		<variables><name>Got</name><dataType>Number</dataType></variables>`, func(string) *Linked { return double })
	rec := deal(t, s, "Amount__c=21")
	if err := runOne(t.Context(), &host{}, caller, rec, nil); err != nil {
		t.Fatal(err)
	}
	if got := rec.Get(rec.Object.FieldIn("ns", "Amount__c")).String(); got != "42" {
		t.Errorf("got %s, want 42", got)
	}
}

func TestWrongFlows(t *testing.T) {
	t.Parallel()
	s := testSchema(t)
	for _, c := range []struct{ body, want string }{
		{`<assignments><name>A</name><connector><targetReference>B</targetReference></connector></assignments>`, "element A leads to B, which does not exist"},
		{`<start><object>Nothing__c</object></start>`, "object Nothing__c does not exist"},
		{`<formulas><name>F</name><expression>LEN(1)</expression></formulas>`, "formula F: Incorrect parameter type for function 'LEN()'. Expected Text, received Number"},
		{`<start><object>Deal__c</object><filterFormula>{!$Record.Nope__c}</filterFormula></start>`, "formula the entry condition: Field $Record.Nope__c does not exist"},
	} {
		f, diags := Parse(comp(t, metadata.Flow, "F", c.body))
		_, more := f.Link(formula.NewCompiler(s), "ns", nil)
		if got := append(diags, more...); len(got) != 1 || !strings.Contains(got[0].Message, c.want) {
			t.Errorf("got %v, want %q", got, c.want)
		}
	}
	endless := link(t, s, "Endless", `<start><connector><targetReference>A</targetReference></connector></start><assignments><name>A</name><connector><targetReference>A</targetReference></connector></assignments>`, nil)
	if err := runOne(t.Context(), &host{}, endless, nil, nil); err == nil || !strings.Contains(err.Error(), "more than 100000 elements") {
		t.Errorf("got %v", err)
	}
	loop := link(t, s, "Loop", `<start><connector><targetReference>A</targetReference></connector></start><assignments><name>A</name><assignmentItems><assignToReference>V</assignToReference><value><elementReference>F</elementReference></value></assignmentItems></assignments>
		<variables><name>V</name><dataType>Number</dataType></variables><formulas><name>F</name><dataType>Number</dataType><expression>{!F} + 1</expression></formulas>`, nil)
	var fault *Fault
	if err := runOne(t.Context(), &host{}, loop, nil, nil); !errors.As(err, &fault) || fault.Element != "A" {
		t.Errorf("got %v", err)
	}
}

func TestWorkflow(t *testing.T) {
	t.Parallel()
	s := testSchema(t)
	updates := map[string]*metadata.Component{
		"Deal__c.Note": comp(t, metadata.WorkflowFieldUpdate, "Deal__c.Note", `<field>Note__c</field><operation>Formula</operation><formula>"n" &amp; TEXT(Amount__c)</formula>`),
		"Deal__c.Due":  comp(t, metadata.WorkflowFieldUpdate, "Deal__c.Due", `<field>Due__c</field><operation>Null</operation>`),
		"Deal__c.Next": comp(t, metadata.WorkflowFieldUpdate, "Deal__c.Next", `<field>Stage__c</field><operation>NextValue</operation>`),
		"Deal__c.Lit":  comp(t, metadata.WorkflowFieldUpdate, "Deal__c.Lit", `<field>Amount__c</field><operation>Literal</operation><literalValue>5</literalValue>`),
	}
	rule := func(name, trigger, action, condition string) Owned {
		return Owned{Component: comp(t, metadata.WorkflowRule, "Deal__c."+name, "<active>true</active><triggerType>"+trigger+"</triggerType>"+condition+
			"<actions><name>"+action+"</name><type>FieldUpdate</type></actions><actions><name>M</name><type>Alert</type></actions>"), Namespace: "ns"}
	}
	big := `<criteriaItems><field>Deal__c.Amount__c</field><operation>greaterThan</operation><value>10</value></criteriaItems>`
	w, diags := LinkWorkflow(formula.NewCompiler(s), s.Object("ns__Deal__c"), []Owned{
		rule("A", "onCreateOnly", "Note", big),
		rule("B", "onAllChanges", "Due", "<formula>ISCHANGED(Amount__c)</formula>"),
		rule("C", "onCreateOrTriggeringUpdate", "Next", big),
		rule("D", "onAllChanges", "Lit", "<formula>Amount__c &gt; 1000</formula>"),
		rule("E", "onAllChanges", "Lit", "<formula>Nope__c</formula>"),
	}, func(_, name string) *metadata.Component { return updates[name] })
	if len(diags) != 1 || !strings.Contains(diags[0].Message, "rule Deal__c.E: Field Nope__c does not exist") {
		t.Errorf("got %v", diags)
	}
	for _, c := range []struct {
		rec, prior string
		want       []string
	}{
		{"20", "", []string{"A ns__Note__c=n20", "C ns__Stage__c=Won"}},
		{"5", "", nil},
		{"20", "30", []string{"B ns__Due__c=null"}},
		{"20", "5", []string{"B ns__Due__c=null", "C ns__Stage__c=Won"}},
		{"2000", "2000", []string{"D ns__Amount__c=5"}},
	} {
		e := &env{rec: deal(t, s, "Amount__c="+c.rec, "Stage__c=New")}
		if c.prior != "" {
			e.prior = deal(t, s, "Amount__c="+c.prior)
		}
		var got []string
		alerts := 0
		for _, ch := range w.Run(e, workflowHost{&alerts}) {
			got = append(got, strings.TrimPrefix(ch.Rule, "Deal__c.")+" "+ch.Field.Name+"="+ch.Value.String())
		}
		if d := cmp.Diff(c.want, got); d != "" || alerts != len(c.want) {
			t.Errorf("%s after %s: %d alerts, %s", c.rec, c.prior, alerts, d)
		}
	}
}

// workflowHost counts what is not simulated and knows no one.
type workflowHost struct{ unsupported *int }

func (h workflowHost) Unsupported(string, string) { *h.unsupported++ }

func (workflowHost) Named(string, string, *schema.Object, string) string { return "" }

// FuzzParse: no property tree crashes the parser, the linker or the run.
func FuzzParse(f *testing.F) {
	for _, body := range []string{beforeSave, afterSave} {
		f.Add([]byte("<Flow>" + body + "</Flow>"))
	}
	s := testSchema(f)
	c := formula.NewCompiler(s)
	f.Fuzz(func(t *testing.T, src []byte) {
		root, err := metadata.ParseXML("f", src)
		if err != nil {
			return
		}
		flow, _ := Parse(metadata.NewComponent(metadata.Flow, "F", "f", root))
		l, _ := flow.Link(c, "ns", nil)
		_, _ = l.Starts(&host{}, deal(t, s, "Amount__c=1"), nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = runOne(ctx, &host{}, l, deal(t, s, "Amount__c=1"), nil)
	})
}

// runOne runs a flow for one record.
func runOne(ctx context.Context, h Host, l *Linked, rec, prior *schema.Record) error {
	return Run(ctx, h, l, []*schema.Record{rec}, []*schema.Record{prior})[0]
}

const calling = `<status>Active</status>
<start><object>Deal__c</object><triggerType>RecordBeforeSave</triggerType><recordTriggerType>Create</recordTriggerType>
	<connector><targetReference>Measure</targetReference></connector></start>
<actionCalls><name>Measure</name><actionName>Measure</actionName><actionType>apex</actionType>
	<inputParameters><name>text</name><value><elementReference>$Record.Note__c</elementReference></value></inputParameters>
	<storeOutputAutomatically>true</storeOutputAutomatically><connector><targetReference>Keep</targetReference></connector></actionCalls>
<assignments><name>Keep</name><assignmentItems><assignToReference>$Record.Amount__c</assignToReference><operator>Assign</operator>
	<value><elementReference>Measure.length</elementReference></value></assignmentItems></assignments>`

func TestInterviewsCallAnActionTogether(t *testing.T) {
	t.Parallel()
	s := testSchema(t)
	l := link(t, s, "Calling", calling, nil)
	if len(l.Unsupported()) != 0 {
		t.Errorf("not simulated: %v", l.Unsupported())
	}
	h := &host{}
	recs := []*schema.Record{deal(t, s, "Note__c=abc"), deal(t, s, "Note__c=de")}
	for _, err := range Run(t.Context(), h, l, recs, make([]*schema.Record, 2)) {
		if err != nil {
			t.Error(err)
		}
	}
	if d := cmp.Diff([]string{"Measure of 2", "given abc", "given de"}, h.log); d != "" {
		t.Error(d)
	}
	for i, want := range []string{"3", "2"} {
		if got := recs[i].Get(recs[i].Object.FieldIn("ns", "Amount__c")).String(); got != want {
			t.Errorf("record %d: %s, want %s", i, got, want)
		}
	}
}

const counting = `<status>Active</status>
<start><object>Deal__c</object><triggerType>RecordBeforeSave</triggerType><recordTriggerType>Create</recordTriggerType>
	<connector><targetReference>Others</targetReference></connector></start>
<recordLookups><name>Others</name><object>Deal__c</object><filters><field>Note__c</field><operator>EqualTo</operator><value><stringValue>x</stringValue></value></filters>
	<storeOutputAutomatically>true</storeOutputAutomatically><connector><targetReference>Keep</targetReference></connector></recordLookups>
<assignments><name>Keep</name><assignmentItems><assignToReference>$Record.Amount__c</assignToReference><operator>AssignCount</operator>
	<value><elementReference>Others</elementReference></value></assignmentItems></assignments>`

func TestAssignCount(t *testing.T) {
	t.Parallel()
	s := testSchema(t)
	l := link(t, s, "Counting", counting, nil)
	h := &host{rows: []*schema.Record{deal(t, s, "Id=a00000000000001AAA", "Note__c=x"), deal(t, s, "Id=a00000000000002AAA", "Note__c=x"), deal(t, s, "Id=a00000000000003AAA", "Note__c=y")}}
	rec := deal(t, s, "Note__c=new")
	if err := runOne(t.Context(), h, l, rec, nil); err != nil {
		t.Fatal(err)
	}
	if got := rec.Get(rec.Object.FieldIn("ns", "Amount__c")).String(); got != "2" && got != "2.00" {
		t.Errorf("count: %s, want 2", got)
	}
}
