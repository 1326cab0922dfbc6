package org

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// formulaEnv is a record and the org around it, as formulas see them.
type formulaEnv struct {
	tx     *Tx
	ctx    context.Context // formulas are evaluated inside one call of the pipeline
	rec    *schema.Record
	prior  *schema.Record
	parent map[string]*schema.Record
}

var _ formula.Env = (*formulaEnv)(nil)

func (tx *Tx) formulaEnv(ctx context.Context, rec, prior *schema.Record) *formulaEnv {
	return &formulaEnv{tx: tx, ctx: ctx, rec: rec, prior: prior}
}

func (e *formulaEnv) Record() *schema.Record { return e.rec }
func (e *formulaEnv) Prior() *schema.Record  { return e.prior }
func (e *formulaEnv) IsNew() bool            { return e.prior == nil }
func (e *formulaEnv) IsClone() bool          { return false }
func (e *formulaEnv) Now() int64             { return e.tx.org.clock.now }
func (e *formulaEnv) Zone() *time.Location   { return e.tx.user.Zone }

// Parent loads the row a lookup refers to. A polymorphic lookup is followed to
// the object of the id.
func (e *formulaEnv) Parent(rec *schema.Record, lookup *schema.Field) (*schema.Record, error) {
	if p, ok := rec.ParentOf(lookup); ok && p != nil && p.ID() != "" && p.Len() > 2 {
		return p, nil
	}
	id := rec.Get(lookup).Text()
	if id == "" {
		return nil, nil
	}
	if p, ok := e.parent[id]; ok {
		return p, nil
	}
	obj := e.tx.compiled.schema.ByID(id)
	if len(lookup.ReferenceTo) == 1 {
		obj = e.tx.compiled.schema.Object(lookup.ReferenceTo[0])
	}
	if obj == nil || !e.tx.org.stored(obj) {
		return nil, nil
	}
	recs, err := e.tx.org.st.Load(e.ctx, obj, []string{id})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", id, err)
	}
	if e.parent == nil {
		e.parent = map[string]*schema.Record{}
	}
	e.parent[id] = recs[0]
	return recs[0], nil
}

// Lookup is VLOOKUP.
func (e *formulaEnv) Lookup(get, key *schema.Field, text string) (value.Value, error) {
	var out value.Value
	found := false
	err := e.tx.org.st.Scan(e.ctx, key.Object, func(rec *schema.Record) error {
		if !found && value.EqualFold(rec.Get(key).Text(), text) {
			out, found = rec.Get(get), true
		}
		return nil
	})
	return out, err
}

// globals are the global variables of formulas by their first name.
var globals = map[string]func(e *formulaEnv, path []string) (value.Value, bool){
	"$user":           globalUser,
	"$profile":        globalProfile,
	"$organization":   globalOrganization,
	"$label":          globalLabel,
	"$permission":     globalPermission,
	"$setup":          globalSetup,
	"$custommetadata": globalMetadata,
	"$system":         globalSystem,
	"$recordtype":     globalRecordType,
	"$userrole":       globalUserRole,
	"$api":            globalAPI,
}

// Global is the value of a global variable.
func (e *formulaEnv) Global(path []string) (value.Value, bool) {
	if len(path) < 2 {
		return value.Value{}, false
	}
	fn := globals[strings.ToLower(path[0])]
	if fn == nil {
		return value.Value{}, false
	}
	return fn(e, path[1:])
}

// globalAPI is $Api, which needs the session of a client.
func globalAPI(e *formulaEnv, path []string) (value.Value, bool) {
	e.tx.org.ledger.Note(ledger.Approximated, "formula", "$Api."+path[0], "there are no sessions; it is blank", "")
	return value.Value{}, true
}

func fieldOf(rec *schema.Record, path []string) (value.Value, bool) {
	if len(path) != 1 {
		return value.Value{}, false
	}
	f := rec.Object.Field(path[0])
	if f == nil {
		return value.Value{}, false
	}
	return rec.Get(f), true
}

func globalUser(e *formulaEnv, path []string) (value.Value, bool) {
	if strings.EqualFold(path[0], "Id") {
		return value.OfID(e.tx.user.ID), true
	}
	u, err := e.tx.org.user(e.ctx, e.tx.user.ID)
	if err != nil {
		return value.Value{}, false
	}
	if u == nil { // the user of a package has no row
		switch strings.ToLower(path[0]) {
		case "username":
			return value.OfText(e.tx.user.Username), true
		case "profileid":
			return value.OfID(e.tx.user.ProfileID), true
		default:
			return value.Value{}, true
		}
	}
	return fieldOf(u.record, path)
}

func globalProfile(e *formulaEnv, path []string) (value.Value, bool) {
	if strings.EqualFold(path[0], "Id") {
		return value.OfID(e.tx.user.ProfileID), true
	}
	return e.loaded("Profile", e.tx.user.ProfileID, path)
}

// globalUserRole is the role of the running user; blank without one.
func globalUserRole(e *formulaEnv, path []string) (value.Value, bool) {
	id, ok := globalUser(e, []string{"UserRoleId"})
	if !ok || id.IsNull() {
		return value.Value{}, true
	}
	return e.loaded("UserRole", id.Text(), path)
}

func globalOrganization(e *formulaEnv, path []string) (value.Value, bool) {
	return e.loaded("Organization", e.tx.org.state.OrgID, path)
}

func (e *formulaEnv) loaded(object, id string, path []string) (value.Value, bool) {
	obj := e.tx.compiled.schema.Object(object)
	recs, err := e.tx.org.st.Load(e.ctx, obj, []string{id})
	if err != nil || recs[0] == nil {
		return value.Value{}, err == nil
	}
	return fieldOf(recs[0], path)
}

func globalLabel(e *formulaEnv, path []string) (value.Value, bool) {
	ns, name := qualified(path)
	text, ok := e.tx.compiled.label(ns, name)
	if !ok {
		text, ok = e.tx.compiled.label("", name)
	}
	return value.OfText(text), ok
}

// qualified parts the name of a component, written ns.Name or ns__Name.
func qualified(path []string) (ns, name string) {
	name = path[len(path)-1]
	if len(path) == 2 {
		return path[0], name
	}
	if i := strings.Index(name, "__"); i > 0 {
		return name[:i], name[i+2:]
	}
	return "", name
}

func globalPermission(e *formulaEnv, path []string) (value.Value, bool) {
	ns, name := qualified(path)
	return value.OfBool(host{e.tx}.CustomPermission(ns, name)), true
}

// globalSetup is $Setup.Setting__c.Field__c: the merged row of a hierarchy
// setting.
func globalSetup(e *formulaEnv, path []string) (value.Value, bool) {
	obj := e.tx.compiled.schema.Object(path[0])
	if obj == nil || obj.Kind != schema.CustomSettingHierarchy {
		return value.Value{}, false
	}
	rec, stored, err := e.tx.mergedSetting(e.ctx, obj, "")
	if err != nil {
		return value.Value{}, false
	}
	if !stored && !e.unset(obj, rec) {
		return value.Value{}, false
	}
	return fieldOf(rec, path[1:])
}

// unset gives the record of a setting of which nothing is stored the default
// values of its fields, as formulas see them (reports of people who met it). A
// default that asks for a setting again gets a blank one.
func (e *formulaEnv) unset(obj *schema.Object, rec *schema.Record) bool {
	if e.tx.unsetting {
		return true
	}
	e.tx.unsetting = true
	defer func() { e.tx.unsetting = false }()
	env := pipelineEnv{e.tx}
	for _, d := range env.Automation(obj).Defaults {
		v, err := d.Value(e.ctx, env, rec)
		if err != nil {
			return false
		}
		rec.Set(d.Field, v)
	}
	falseBooleans(rec)
	return true
}

// globalMetadata is $CustomMetadata.Type__mdt.Record.Field__c.
func globalMetadata(e *formulaEnv, path []string) (value.Value, bool) {
	if len(path) != 3 {
		return value.Value{}, false
	}
	obj := e.tx.compiled.schema.Object(path[0])
	if obj == nil {
		return value.Value{}, false
	}
	recs, err := host{e.tx}.Metadata(e.tx.thread, obj, path[1])
	if err != nil || len(recs) == 0 {
		return value.Value{}, err == nil
	}
	return fieldOf(recs[0], path[2:])
}

func globalSystem(e *formulaEnv, path []string) (value.Value, bool) {
	if strings.EqualFold(path[0], "OriginDateTime") {
		return value.OfDatetime(-2208988800000), true // 1900-01-01T00:00:00Z
	}
	return value.Value{}, false
}

func globalRecordType(e *formulaEnv, path []string) (value.Value, bool) {
	if e.rec == nil {
		return value.Value{}, false
	}
	f := e.rec.Object.Field("RecordTypeId")
	if f == nil {
		return value.Value{}, true
	}
	id := e.rec.Get(f).Text()
	if id == "" {
		return value.Value{}, true
	}
	return e.loaded("RecordType", id, path)
}
