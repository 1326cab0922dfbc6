package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/aim/offers"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// mostTwinCalls is how many calls are tried in both orgs at most.
const mostTwinCalls = 100

// calls carries out the same calls of what the package offers in both orgs: the
// static methods that components and other code call, invocable actions, the
// controllers of pages with what they show and do, jobs that need no argument.
// Asked are those of classes that changed, and of classes that name one.
func (t *twinRun) calls(ctx context.Context) error {
	t.left = mostTwinCalls
	return t.apart(ctx, func() error {
		if err := t.prepare(ctx); err != nil {
			return err
		}
		if err := t.callAll(ctx); err != nil {
			return err
		}
		return t.personas(ctx)
	})
}

// prepare makes a row of each object that the release names, which is called what
// the calls say.
func (t *twinRun) prepare(ctx context.Context) error {
	for _, o := range t.objects() {
		obj := t.before.org.Schema().Object(o.name)
		if !o.close || !obj.Createable {
			continue
		}
		rec, ok, err := t.row(ctx, obj, variant{all: true, text: callText}, 0)
		if err != nil {
			return err
		}
		if ok {
			if rec, err = t.acceptable(ctx, rec); err != nil {
				return err
			}
		}
		if rec == nil || !ok {
			continue
		}
		if _, err := t.insertUnseen(ctx, rec); err != nil {
			return err
		}
	}
	return nil
}

func (t *twinRun) callAll(ctx context.Context) error {
	entries := offers.EntryPoints(t.subject.From, t.subject.To, t.reached())
	for i := range entries {
		p := &entries[i]
		var acts []*act
		switch p.Kind {
		case offers.StaticCall, offers.Invocable:
			seen := map[string]bool{}
			for _, with := range []arguments{{text: callText}, {text: callText, unsaved: true}, {text: longText}} {
				if a := t.static(ctx, p, with); !seen[a.code] {
					seen[a.code] = true
					acts = append(acts, a)
				}
			}
		case offers.Controller, offers.Extension:
			acts = t.controller(ctx, p)
		case offers.Batch:
			acts = []*act{t.code("running the batch "+p.Class, fmt.Sprintf("Database.executeBatch(new %s());", p.Class))}
		case offers.Schedulable:
			acts = []*act{t.code("running the scheduled class "+p.Class, fmt.Sprintf("new %s().execute(null);", p.Class))}
		case offers.Queueable:
			acts = []*act{t.code("running the queueable "+p.Class, fmt.Sprintf("System.enqueueJob(new %s());", p.Class))}
		}
		for _, a := range acts {
			if err := t.alone(ctx, a); err != nil {
				return fmt.Errorf("%s in both versions: %w", a.what, err)
			}
		}
	}
	return nil
}

// The texts that calls are made with: characters that mean something to queries,
// pages and markup; more than any field of text holds.
const callText = "Twin & Sons <of> Co"

var longText = strings.Repeat("long ", 27_000)

// reached says of a class whether it changed, or names one that did.
func (t *twinRun) reached() func(class *metadata.Component) bool {
	changed := map[string]bool{}
	var names []string
	for i := range t.touched.components {
		c := &t.touched.components[i]
		if c.Key.Kind == metadata.ApexClass {
			changed[strings.ToLower(c.Key.Name)] = true
			names = append(names, regexp.QuoteMeta(c.Key.Name))
		}
	}
	if len(names) == 0 {
		return func(*metadata.Component) bool { return false }
	}
	called := regexp.MustCompile(`(?i)\b(` + strings.Join(names, "|") + `)\b`)
	return func(class *metadata.Component) bool {
		return changed[strings.ToLower(class.Name)] || called.Match(class.Source)
	}
}

// code is an act that runs anonymous Apex in the namespace of the package.
func (t *twinRun) code(what, code string) *act {
	return &act{what: what, code: code, namespace: t.subject.From.Namespace}
}

// said marks what a call tells of itself in the debug output.
const said = "TWIN\t"

// arguments are what a call is made with.
type arguments struct {
	text    string
	unsaved bool           // rows are new ones, not such that are there
	about   *schema.Object // of the rows among the arguments, for names of fields
}

// static is a call of a static method.
func (t *twinRun) static(ctx context.Context, p *offers.EntryPoint, with arguments) *act {
	for _, param := range p.Params {
		if obj := t.before.org.Schema().ObjectIn(t.subject.From.Namespace, param.Type); obj != nil {
			with.about = obj
		}
	}
	var args []string
	if p.Request != "" {
		var set []string
		for _, f := range p.Fields {
			if expr := t.argument(ctx, f, with); expr != "null" {
				set = append(set, fmt.Sprintf("r%%d.%s = %s;", f.Name, expr))
			}
		}
		// Two requests: flows that act on several rows ask for all at once.
		var code strings.Builder
		for n := range 2 {
			fmt.Fprintf(&code, "%s r%d = new %s();\n", p.Request, n, p.Request)
			for _, line := range set {
				fmt.Fprintf(&code, line+"\n", n)
			}
		}
		fmt.Fprintf(&code, answers+"%s(new List<%s>{ r0, r1 });\n", p.Name(), p.Request)
		if p.Returns == "" {
			return t.code("running the action "+p.Name(), strings.Replace(code.String(), answers, "", 1))
		}
		return t.code("running the action "+p.Name(), code.String()+tell("result", "what it answers"))
	}
	for _, param := range p.Params {
		args = append(args, t.argument(ctx, param, with))
	}
	call := fmt.Sprintf("%s(%s);\n", p.Name(), strings.Join(args, ", "))
	if p.Returns != "" && !strings.EqualFold(p.Returns, "void") {
		call = answers + call + tell("result", "what it answers")
	}
	for _, m := range p.Saves {
		call += fmt.Sprintf("%s.%s();\n", p.Class, m)
	}
	verb := "calling "
	if p.Kind == offers.Invocable {
		verb = "running the action "
	}
	switch {
	case with.text == longText:
		return t.code(verb+p.Name()+" with a long text", call)
	case with.unsaved:
		return t.code(verb+p.Name()+" with a row that is new", call)
	}
	return t.code(verb+p.Name(), call)
}

// answers begins the call of a method whose answer is told.
const answers = "Object result = "

// shownCall is the call of a method in the code of an act; "" for a page, a job or
// a save.
func shownCall(code string) string {
	_, after, answered := strings.Cut(code, answers)
	if !answered {
		if strings.HasPrefix(code, "Test.") || strings.HasPrefix(code, "new ") || strings.HasPrefix(code, "Database.") {
			return ""
		}
		after = code
	}
	call, _, _ := strings.Cut(after, ";\n")
	return strings.TrimSpace(call)
}

// tell is Apex that tells what an expression comes to.
func tell(expr, name string) string {
	return fmt.Sprintf("try { System.debug('%s%s\\t' + JSON.serialize(%s)); } catch (System.JSONException e) { System.debug('%s%s\\tvalue'); }\n",
		"TWIN\\t", name, expr, "TWIN\\t", name)
}

// controller is a page: what it shows, and each of its actions with what a user
// enters.
func (t *twinRun) controller(ctx context.Context, p *offers.EntryPoint) []*act {
	make := fmt.Sprintf("Test.setCurrentPage(new PageReference('/apex/%s'));\n%s c = new %s();\n", p.Page, p.Class, p.Class)
	if p.Kind == offers.Extension {
		row := t.argument(ctx, offers.EntryParam{Name: "row", Type: p.Object}, arguments{text: callText})
		make = fmt.Sprintf("Test.setCurrentPage(new PageReference('/apex/%s'));\n%s c = new %s(new ApexPages.StandardController(%s));\n", p.Page, p.Class, p.Class, row)
	}
	show := make
	for _, g := range p.Getters {
		show += fmt.Sprintf("try { Object o = c.%s; %s } catch (Exception e) { System.debug('%s%s\\tthrew ' + e.getTypeName()); }\n", g, strings.TrimSpace(tell("o", g)), "TWIN\\t", g)
	}
	acts := []*act{t.code("opening the page "+p.Page, show)}
	enter := make
	for _, f := range p.Fields {
		switch kind := strings.ToLower(f.Type); {
		case kind == "string":
			enter += fmt.Sprintf("if (String.isBlank(c.%s)) { c.%s = '%s'; }\n", f.Name, f.Name, callText)
		case t.before.org.Schema().ObjectIn(t.subject.From.Namespace, f.Type) != nil:
			enter += t.fill("c."+f.Name, t.before.org.Schema().ObjectIn(t.subject.From.Namespace, f.Type))
		}
	}
	for _, a := range p.Actions {
		acts = append(acts, t.code(fmt.Sprintf("doing %s on the page %s", a, p.Page), enter+"c."+a+"();\n"))
	}
	return acts
}

// fill is Apex that enters texts into a row that a page shows.
func (t *twinRun) fill(row string, obj *schema.Object) string {
	lines := ""
	for _, f := range obj.Fields {
		switch {
		case !f.Createable || f.Unique || f.AutoNumber || f.Picklist != nil:
		case f.Type == schema.Email:
			lines += fmt.Sprintf("%s.%s = 'twin.sons@example.com';\n", row, f.Name)
		case f.NameField || f.Name == "FirstName" || f.Name == "LastName" || f.Name == "Company":
			lines += fmt.Sprintf("%s.%s = '%s';\n", row, f.Name, cut(callText, f.Length))
		}
	}
	return fmt.Sprintf("if (%s != null) {\n%s}\n", row, lines)
}

// argument is Apex for a value of a type; "null" where none can be made.
func (t *twinRun) argument(ctx context.Context, p offers.EntryParam, with arguments) string {
	kind := strings.ToLower(strings.ReplaceAll(p.Type, " ", ""))
	switch {
	case kind == "string" && strings.HasSuffix(strings.ToLower(p.Name), "id"), kind == "id":
		if id := t.rowFor(ctx, p.Name); id != "" {
			return "'" + id + "'"
		}
		return "null"
	case kind == "string" && strings.Contains(strings.ToLower(p.Name), "field"):
		return "'" + namingFields(with.about)[0] + "'"
	case kind == "string":
		return "'" + with.text + "'"
	case kind == "integer" || kind == "long":
		return "1"
	case kind == "decimal" || kind == "double":
		return "12.5"
	case kind == "boolean":
		return "true"
	case kind == "date":
		return "Date.today()"
	case kind == "datetime":
		return "Datetime.now()"
	case strings.HasSuffix(kind, "[]"):
		return t.listOf(ctx, p, strings.TrimSuffix(p.Type, "[]"), "List", with)
	case strings.HasPrefix(kind, "list<"), strings.HasPrefix(kind, "set<"):
		open := strings.Index(p.Type, "<")
		return t.listOf(ctx, p, strings.TrimSuffix(p.Type[open+1:], ">"), p.Type[:open], with)
	case strings.HasPrefix(kind, "map<"):
		return "new " + p.Type + "()"
	}
	if obj := t.before.org.Schema().ObjectIn(t.subject.From.Namespace, p.Type); obj != nil && obj.Kind.Stored() {
		if with.unsaved {
			return t.unsaved(obj, p.Type, with.text)
		}
		if ids, err := firstRows(ctx, t.before.org, obj, 1); err == nil && len(ids) > 0 {
			return fmt.Sprintf("(%s) Database.query('SELECT %s FROM %s WHERE Id = \\'%s\\'')[0]", p.Type, strings.Join(plainFields(obj), ", "), obj.Name, ids[0])
		}
		return "new " + p.Type + "()"
	}
	return "null"
}

// unsaved is Apex for a new row with what names it.
func (t *twinRun) unsaved(obj *schema.Object, kind, text string) string {
	var set []string
	for _, name := range namingFields(obj) {
		f := obj.Field(name)
		switch {
		case f == nil || !f.Createable || f.AutoNumber:
		case f.Type == schema.Email:
			set = append(set, name+" = 'new.twin@example.com'")
		default:
			set = append(set, fmt.Sprintf("%s = 'New %s'", name, cut(text, max(0, f.Length-4))))
		}
	}
	return fmt.Sprintf("new %s(%s)", kind, strings.Join(set, ", "))
}

// namingFields are the fields by which users know a row of an object.
func namingFields(obj *schema.Object) []string {
	if obj == nil {
		return []string{"Name"}
	}
	var out []string
	for _, name := range []string{"FirstName", "LastName", "Email", "Company", "Subject"} {
		if obj.Field(name) != nil {
			out = append(out, name)
		}
	}
	if len(out) == 0 && obj.NameField != nil {
		out = []string{obj.NameField.Name}
	}
	if len(out) == 0 {
		out = []string{"Id"}
	}
	return out
}

func (t *twinRun) listOf(ctx context.Context, p offers.EntryParam, element, list string, with arguments) string {
	if strings.EqualFold(element, "String") && strings.Contains(strings.ToLower(p.Name), "field") {
		return fmt.Sprintf("new %s<%s>{ '%s' }", list, element, strings.Join(namingFields(with.about), "', '"))
	}
	one := t.argument(ctx, offers.EntryParam{Name: strings.TrimSuffix(p.Name, "s"), Type: element}, with)
	if one == "null" {
		return fmt.Sprintf("new %s<%s>()", list, element)
	}
	return fmt.Sprintf("new %s<%s>{ %s }", list, element, one)
}

// plainFields are the stored fields of an object that both versions have.
func plainFields(obj *schema.Object) []string {
	const most = 60
	var out []string
	for _, f := range obj.Fields {
		if f.IsStored() && !f.Type.IsCompound() && f.Type != schema.Base64 && len(out) < most {
			out = append(out, f.Name)
		}
	}
	return out
}

// rowFor is the id of a row that a parameter means by its name: of the object that
// is called so, else of the first object of the package that has rows.
func (t *twinRun) rowFor(ctx context.Context, name string) string {
	name = strings.TrimSuffix(strings.ToLower(name), "id")
	var fallback string
	for _, o := range t.objects() {
		obj := t.before.org.Schema().Object(o.name)
		ids, err := firstRows(ctx, t.before.org, obj, 1)
		if err != nil || len(ids) == 0 {
			continue
		}
		bare := strings.TrimSuffix(metadata.StripNamespace(strings.ToLower(obj.Name), strings.ToLower(t.subject.From.Namespace)), "__c")
		if bare == name || strings.ReplaceAll(bare, "_", "") == name {
			return ids[0]
		}
		if fallback == "" && name == "record" {
			fallback = ids[0]
		}
	}
	return fallback
}

// call carries out the code of an act and takes what it tells. Code that does not
// compile in one of the versions is not compared: the signature is another.
func (s *twinSide) call(ctx context.Context, a *act) (*effect, error) {
	compiles := true
	e, err := s.observe(ctx, a, func(tx *org.Tx) error {
		err := tx.Anonymous(ctx, a.code)
		var diags diag.List
		compiles = !errors.As(err, &diags)
		return err
	})
	if err != nil {
		return nil, err
	}
	e.unknown = e.unknown || !compiles
	e.told = summaries(e.debug)
	return e, nil
}

// typeInJSON finds the rows in what JSON.serialize writes.
var typeInJSON = regexp.MustCompile(`"attributes":\{"type":"([A-Za-z0-9_]+)"`)

// summaries are what calls told, each in a few words that two runs of the same
// code tell alike: how many rows of which objects, whether there is something.
func summaries(debug []string) map[string]string {
	out := map[string]string{}
	for _, line := range debug {
		if told, ok := strings.CutPrefix(line, said); ok {
			name, text, _ := strings.Cut(told, "\t")
			out[name] = summary(text)
		}
	}
	return out
}

func summary(text string) string {
	text = strings.TrimSpace(text)
	rows := map[string]int{}
	var order []string
	for _, m := range typeInJSON.FindAllStringSubmatch(text, -1) {
		if rows[m[1]] == 0 {
			order = append(order, m[1])
		}
		rows[m[1]]++
	}
	switch {
	case text == "null" || text == `""` || text == "[]" || text == "{}":
		return "nothing"
	case len(order) > 0:
		var parts []string
		for _, object := range order {
			parts = append(parts, fmt.Sprintf("%d %s", rows[object], object))
		}
		return strings.Join(parts, ", ")
	case strings.HasPrefix(text, "["):
		var list []json.RawMessage
		if json.Unmarshal([]byte(text), &list) != nil {
			return "something"
		}
		return fmt.Sprintf("%d entries", len(list))
	case text == "true" || text == "false" || strings.HasPrefix(text, "threw "):
		return text
	default:
		return "something"
	}
}
