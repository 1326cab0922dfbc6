package org_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TestOrg runs the scripts of testdata/org. Their commands are the methods of
// script; rows have names, and ids print as the name of their row.
func TestOrg(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/org", func(t *testing.T, path string) {
		s := &script{t: t, ids: map[string]string{}, names: map[string]string{}}
		defer s.close()
		datadriven.RunTest(t, path, s.run)
	})
}

// TestLibrary runs the scripts of testdata/library, a file for each Apex class
// whose methods need an org around them; those that do not are in package stdlib.
func TestLibrary(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/library", func(t *testing.T, path string) {
		s := &script{t: t, ids: map[string]string{}, names: map[string]string{}}
		defer s.close()
		datadriven.RunTest(t, path, s.run)
	})
}

type script struct {
	t     *testing.T
	org   *org.Org
	ids   map[string]string // by name of row
	names map[string]string // by id
}

func (s *script) close() {
	if s.org != nil {
		if err := s.org.Close(); err != nil {
			s.t.Error(err)
		}
	}
}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	ctx := context.Background()
	var out string
	var err error
	switch d.Cmd {
	case "new":
		err = s.newOrg(ctx, d)
	case "deploy":
		out, err = s.deploy(ctx, d)
	case "insert", "update", "upsert", "delete", "undelete":
		out, err = s.dml(ctx, d)
	case "rows":
		out, err = s.rows(ctx, d)
	case "soql":
		out, err = s.soql(ctx, d)
	case "apex":
		out, err = s.apex(ctx, d)
	case "install":
		out, err = s.install(ctx, d)
	case "drain":
		out, err = s.drain(ctx, d)
	case "trace":
		out = s.trace()
	case "causes":
		out, err = s.causes(ctx)
	case "ledger":
		for _, e := range s.org.Ledger().Entries() {
			out += fmt.Sprintf("%s %s %s: %s\n", e.Status, e.Area, e.Name, e.Note)
		}
	case "check":
		for _, d := range s.org.CheckApex(arg(d, "ns")) {
			out += fmt.Sprintf("%d: %s\n", d.Span.Line, d.Message)
		}
	case "user":
		err = s.addUser(ctx, d)
	case "phases":
		for _, op := range []dml.Op{dml.Insert, dml.Delete, dml.Undelete} {
			out += op.String() + ": " + strings.Join(save.Phases(op), ", ") + "\n"
		}
	default:
		d.Fatalf(t, "unknown command %s", d.Cmd)
	}
	if err != nil {
		out += "error: " + err.Error() + "\n"
	}
	return s.anonymous(out)
}

func arg(d *datadriven.TestData, key string) string {
	for _, a := range d.CmdArgs {
		if a.Key == key {
			return strings.Join(a.Vals, ",")
		}
	}
	return ""
}

func (s *script) newOrg(ctx context.Context, d *datadriven.TestData) error {
	s.close()
	var features []schema.Feature
	for _, f := range strings.Split(arg(d, "features"), ",") {
		if f != "" {
			features = append(features, schema.Feature(f))
		}
	}
	o, err := org.New(ctx, org.Config{Name: "Test", Seed: 7, Features: features})
	s.org = o
	if err == nil {
		s.name("admin", o.AdminID())
		s.name("org", o.ID())
	}
	return err
}

func (s *script) addUser(ctx context.Context, d *datadriven.TestData) error {
	name := d.CmdArgs[0].Key
	id, err := s.org.AddUser(ctx, org.NewUser{Alias: name, Inactive: arg(d, "inactive") != ""})
	s.name(name, id)
	return err
}

func (s *script) name(name, id string) {
	s.ids[name] = id
	if len(id) == 18 {
		s.names[id] = name
		s.names[id[:15]] = name
	}
}

// anonymous prints ids as the names of their rows.
func (s *script) anonymous(text string) string {
	for id, name := range s.names {
		if len(id) == 18 {
			text = strings.ReplaceAll(text, id, "@"+name)
		}
	}
	for id, name := range s.names {
		if len(id) == 15 {
			text = strings.ReplaceAll(text, id, "@"+name+"/15")
		}
	}
	return text
}

func (s *script) deploy(ctx context.Context, d *datadriven.TestData) (string, error) {
	dir := s.t.TempDir()
	for _, f := range txtar.Parse([]byte(d.Input)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return "", err
		}
	}
	manifest := filepath.Join(dir, "package.xml")
	if err := os.WriteFile(manifest, []byte(`<Package xmlns="http://soap.sforce.com/2006/04/metadata"><version>60.0</version></Package>`), 0o644); err != nil {
		return "", err
	}
	p, _, err := source.Read(ctx, dir, source.Options{Namespace: arg(d, "ns"), Kind: metadata.Unmanaged})
	if err != nil {
		return "", err
	}
	change := org.Change{Cause: "deploy"}
	state := org.Unmanaged
	if p.Namespace != "" {
		state = org.Installed
		if _, err := s.org.SetPackage(ctx, org.InstalledPackage{Name: p.Namespace, Namespace: p.Namespace, Kind: metadata.Managed,
			Certified: arg(d, "certified") != ""}); err != nil {
			return "", err
		}
	}
	for _, c := range p.Components {
		change.Put = append(change.Put, &org.Entry{Component: c, Namespace: p.Namespace, Package: p.Namespace, State: state})
	}
	diags, err := s.org.Deploy(ctx, change)
	out := ""
	for _, d := range diags {
		out += d.Message + "\n"
	}
	return out, err
}

var ops = map[string]dml.Op{"insert": dml.Insert, "update": dml.Update, "upsert": dml.Upsert, "delete": dml.Delete, "undelete": dml.Undelete}

// dml runs one statement. A line is "name: Field=value; Field=value"; the name
// stands for a row, "@name" for its id and "null" for null.
func (s *script) dml(ctx context.Context, d *datadriven.TestData) (string, error) {
	obj := s.org.Schema().Object(d.CmdArgs[0].Key)
	if obj == nil {
		return "", fmt.Errorf("no object %s", d.CmdArgs[0].Key)
	}
	st := schema.Statement{Op: ops[d.Cmd], AllOrNone: arg(d, "partial") == "", Options: &dml.Options{
		AllowFieldTruncation: arg(d, "truncate") != "", HardDelete: arg(d, "hard") != "",
		AllowDuplicateSave: arg(d, "allow") != ""}}
	if k := arg(d, "key"); k != "" {
		st.ExternalID = obj.Field(k)
	}
	var names []string
	for _, line := range strings.Split(strings.TrimSpace(d.Input), "\n") {
		name, values, _ := strings.Cut(line, ":")
		rec, err := s.record(obj, d.Cmd, name, values)
		if err != nil {
			return "", err
		}
		st.Records = append(st.Records, rec)
		names = append(names, name)
	}
	out := ""
	_, err := s.org.Run(ctx, org.TxOptions{User: s.ids[arg(d, "as")], Cause: "test"}, func(tx *org.Tx) error {
		results, err := tx.DML(ctx, st)
		for i, r := range results {
			out += s.result(names[i], r)
		}
		return err
	})
	if st.AllOrNone && err != nil {
		return out, err
	}
	return out, err
}

func (s *script) record(obj *schema.Object, cmd, name, values string) (*schema.Record, error) {
	rec := schema.NewRecord(obj)
	if cmd != "insert" {
		rec.SetID(s.ids[name])
	}
	for _, pair := range strings.Split(values, ";") {
		key, text, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok {
			continue
		}
		f := obj.Field(key)
		if f == nil {
			return nil, fmt.Errorf("no field %s", key)
		}
		rec.Set(f, s.value(f, text))
	}
	return rec, nil
}

func (s *script) value(f *schema.Field, text string) value.Value {
	if n, rest, ok := strings.Cut(text, "*"); ok { // 300*x
		if times, err := strconv.Atoi(n); err == nil {
			return value.OfText(strings.Repeat(rest, times))
		}
	}
	switch {
	case text == "null":
		return value.Value{}
	case strings.HasPrefix(text, "@"):
		return value.OfID(s.ids[text[1:]])
	case f.Type == schema.Boolean:
		return value.OfBool(text == "true")
	case f.Type.IsNumber():
		d, err := value.ParseDec(text)
		if err != nil {
			return value.OfText(text)
		}
		return value.OfDecimal(d)
	default:
		return value.OfText(text)
	}
}

func (s *script) result(name string, r dml.Result) string {
	if r.Success {
		if s.ids[name] == "" {
			s.name(name, r.ID)
		}
		return ""
	}
	out := ""
	for _, e := range r.Errors {
		out += name + ": " + e.Text()
		if e.Source.Acts() {
			out += " (" + e.Source.String() + ")"
		}
		out += "\n"
	}
	return out
}

// rows prints fields of all rows of an object, recycle bin included.
func (s *script) rows(ctx context.Context, d *datadriven.TestData) (string, error) {
	obj := s.org.Schema().Object(d.CmdArgs[0].Key)
	if obj == nil {
		return "", fmt.Errorf("no object %s", d.CmdArgs[0].Key)
	}
	out := ""
	err := s.org.Store().Scan(ctx, obj, func(rec *schema.Record) error {
		line := ""
		if f := obj.Field("IsDeleted"); f != nil && rec.Get(f).Bool() {
			line = "(deleted) "
		}
		for _, a := range d.CmdArgs[1:] {
			f := obj.Field(a.Key)
			if f == nil {
				return fmt.Errorf("no field %s", a.Key)
			}
			line += a.Key + "=" + rec.Get(f).String() + " "
		}
		out += strings.TrimSpace(line) + "\n"
		return nil
	})
	return out, err
}

func (s *script) soql(ctx context.Context, d *datadriven.TestData) (string, error) {
	out := ""
	_, err := s.org.Run(ctx, org.TxOptions{}, func(tx *org.Tx) error {
		recs, err := tx.Query(ctx, d.Input, nil)
		for _, rec := range recs {
			line := ""
			rec.Each(func(f *schema.Field, v value.Value) {
				if f.Name != "Id" {
					line += f.Name + "=" + v.String() + " "
				}
			})
			out += strings.TrimSpace(line) + "\n"
		}
		return err
	})
	return out, err
}

func (s *script) apex(ctx context.Context, d *datadriven.TestData) (string, error) {
	res, err := s.org.Run(ctx, org.TxOptions{Cause: "anonymous Apex"}, func(tx *org.Tx) error { return tx.Anonymous(ctx, d.Input) })
	out := ""
	for _, line := range res.Debug {
		out += line + "\n"
	}
	for _, m := range res.Mails {
		out += "mail to " + strings.Join(m.To, ", ") + ": " + m.Subject + "\n"
	}
	return out, err
}

// install runs a post-install script as the user of its package.
func (s *script) install(ctx context.Context, d *datadriven.TestData) (string, error) {
	ns := arg(d, "ns")
	ic := org.InstallContext{IsUpgrade: arg(d, "from") != "", PreviousVersion: arg(d, "from"), IsPush: arg(d, "push") != ""}
	res, err := s.org.Run(ctx, org.TxOptions{Cause: "post-install script", Package: ns}, func(tx *org.Tx) error {
		return tx.InstallScript(ctx, ns, d.CmdArgs[0].Key, ic)
	})
	out := strings.Join(res.Debug, "\n")
	if out != "" {
		out += "\n"
	}
	for _, l := range res.Limits {
		if l.Used > 0 && l.Name != "CpuTime" {
			out += fmt.Sprintf("%s %d of %d\n", l.Name, l.Used, l.Max)
		}
	}
	return out + fmt.Sprintf("jobs %d\n", len(res.Jobs)), err
}

func (s *script) drain(ctx context.Context, d *datadriven.TestData) (string, error) {
	opt := org.DrainOptions{}
	if h := arg(d, "hours"); h != "" {
		n, err := strconv.Atoi(h)
		if err != nil {
			return "", err
		}
		opt.Until = s.org.Clock().Time().Add(time.Duration(n) * time.Hour)
	}
	if jobs := arg(d, "jobs"); jobs != "" {
		n, err := strconv.Atoi(jobs)
		if err != nil {
			return "", err
		}
		s.org.LimitJobs(n)
	}
	runs, err := s.org.Drain(ctx, opt)
	out := ""
	for _, r := range runs {
		out += fmt.Sprintf("%s %s %s %s rows=%d", r.Kind, r.Class, r.Method, r.Step, r.Rows)
		if r.Err != nil {
			out += " failed: " + r.Err.Error()
		}
		out += "\n"
	}
	return out, err
}

// causes prints who is blamed for the writes so far.
func (s *script) causes(ctx context.Context) (string, error) {
	out := ""
	st := s.org.Store()
	err := st.Journal(ctx, 0, func(e store.JournalEntry) error {
		out += fmt.Sprintf("%d %s of %s: %s\n", len(e.IDs), [...]string{"", "inserted", "updated", "deleted"}[e.Op], e.Object, st.CauseText(e.Cause))
		return nil
	})
	return out, err
}

func (s *script) trace() string {
	out := ""
	for _, e := range s.org.Trace().Events() {
		out += strings.TrimSpace(fmt.Sprintf("%s %s.%s:%d %s: %s %s", e.Kind, cause.Place{Class: e.Place.Class, Trigger: e.Place.Trigger}.Code(), e.Place.Method, e.Place.Line, e.Type, e.Message, e.Object)) + "\n"
	}
	s.org.Trace().Reset()
	return out
}
