package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

var databaseTable = vm.Library{
	"Database.insert":          dmlFunc(dml.Insert, "Database.SaveResult"),
	"Database.insertImmediate": dmlFunc(dml.Insert, "Database.SaveResult"),
	"Database.update":          dmlFunc(dml.Update, "Database.SaveResult"),
	"Database.updateImmediate": dmlFunc(dml.Update, "Database.SaveResult"),
	"Database.insertAsync":     asyncDML(dml.Insert, "Database.SaveResult"),
	"Database.updateAsync":     asyncDML(dml.Update, "Database.SaveResult"),
	"Database.deleteAsync":     asyncDML(dml.Delete, "Database.DeleteResult"),
	"Database.upsert":          dmlFunc(dml.Upsert, "Database.UpsertResult"),
	"Database.delete":          dmlFunc(dml.Delete, "Database.DeleteResult"),
	"Database.deleteImmediate": dmlFunc(dml.Delete, "Database.DeleteResult"),
	"Database.undelete":        dmlFunc(dml.Undelete, "Database.UndeleteResult"),
	"Database.merge":           databaseMerge,
	"Database.emptyRecycleBin": func(t thread, _ val, a vals) val {
		recs := recordsOrIDs(t, a[0])
		t.Use(vm.DMLStatements, 1) // governor-limits.md, section 1
		t.Use(vm.DMLRows, int64(len(recs)))
		res, ok, err := t.Host().Call(t, "Database.emptyRecycleBin", recs)
		t.Check(err)
		if !ok {
			t.Unsupported("Database.emptyRecycleBin", "")
		}
		rows, _ := res.([]dml.Result)
		return resultValue(t, "Database.EmptyRecycleBinResult", a[0], rows)
	},
	"Database.query": func(t thread, _ val, a vals) val {
		return t.Rows(t.Query(dynamic(t, a[0], arg(a, 1), nil)), nil, types.QueryList)
	},
	"Database.queryWithBinds": func(t thread, _ val, a vals) val {
		return t.Rows(t.Query(dynamic(t, a[0], arg(a, 2), a[1].Map())), nil, types.QueryList)
	},
	"Database.countQuery": func(t thread, _ val, a vals) val {
		q := dynamic(t, a[0], arg(a, 1), nil)
		q.Mode = vm.QueryCount
		return vm.Int(int64(t.Query(q).Count))
	},
	"Database.countQueryWithBinds": func(t thread, _ val, a vals) val {
		q := dynamic(t, a[0], arg(a, 2), a[1].Map())
		q.Mode = vm.QueryCount
		return vm.Int(int64(t.Query(q).Count))
	},
	"Database.getQueryLocator": func(t thread, _ val, a vals) val {
		if l, ok := a[0].Native().(*vm.Locator); ok {
			if len(a) == 2 {
				l.Call.Access = accessMode(t, a[1])
			}
			return a[0]
		}
		if l := a[0].List(); l != nil {
			return t.NewNative("Database.QueryLocator", &vm.Iterator{Vals: l.Vals})
		}
		return locator(t, dynamic(t, a[0], arg(a, 1), nil))
	},
	"Database.getQueryLocatorWithBinds": func(t thread, _ val, a vals) val {
		return locator(t, dynamic(t, a[0], arg(a, 2), a[1].Map()))
	},
	"Database.QueryLocator.getQuery": func(t thread, r val, a vals) val {
		l, ok := r.Native().(*vm.Locator)
		switch {
		case !ok:
			return vm.Str("")
		case l.Call.Tree != nil:
			return vm.Str(l.Call.Tree.Numbered("tmpVar"))
		default:
			return vm.Str(l.Text)
		}
	},
	"Database.QueryLocator.iterator": func(t thread, r val, a vals) val {
		if l, ok := r.Native().(*vm.Locator); ok {
			l.Call.Mode = vm.QueryLocator
			rows := t.Rows(t.Query(l.Call), nil, types.QueryList)
			return t.NewNative("Database.QueryLocatorIterator", &vm.Iterator{Vals: rows.List().Vals})
		}
		return r
	},
	"Database.QueryLocatorIterator.hasNext": func(t thread, r val, a vals) val {
		it := r.Native().(*vm.Iterator)
		return vm.Bool(it.At < len(it.Vals))
	},
	"Database.QueryLocatorIterator.next": iteratorNext,
	"Database.getCursor": func(t thread, _ val, a vals) val {
		return cursor(t, dynamic(t, a[0], arg(a, 1), nil))
	},
	"Database.getCursorWithBinds": func(t thread, _ val, a vals) val {
		return cursor(t, dynamic(t, a[0], arg(a, 2), a[1].Map()))
	},
	"Database.Cursor.getNumRecords": func(t thread, r val, a vals) val {
		return vm.Int(int64(r.Native().(*vm.Cursor).Len()))
	},
	"Database.Cursor.fetch": func(t thread, r val, a vals) val {
		return t.Rows(r.Native().(*vm.Cursor).Fetch(t, int(num(t, a[0])), int(num(t, a[1]))), nil, types.QueryList)
	},
	"Database.setSavepoint": func(t thread, _ val, a vals) val {
		return t.NewNative("System.Savepoint", &savepoint{t.Savepoint()})
	},
	"Database.rollback": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		t.Rollback(a[0].Native().(*savepoint).n)
		return vm.Null
	},
	"Database.releaseSavepoint": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		t.Use(vm.DMLStatements, 1) // as setting and rolling back to one (Apex Developer Guide, Transaction Control)
		t.Check(t.Host().Release(t, a[0].Native().(*savepoint).n))
		return vm.Null
	},
}

type savepoint struct{ n int }

func cursor(t *vm.Thread, q *vm.QueryCall) vm.Value {
	keepScope(t, q)
	q.Mode = vm.QueryCursor
	return t.NewNative("Database.Cursor", t.NewCursor(q))
}

// keepScope lets the binds of a query see the variables of now when it runs
// later.
func keepScope(t *vm.Thread, q *vm.QueryCall) {
	now, scope := q.Named, t.Scope()
	q.Named = func(name string) (vm.Bind, bool) {
		if v, ok := scope(name); ok {
			return t.BindValue(v), true
		}
		return now(name)
	}
}

func locator(t *vm.Thread, q *vm.QueryCall) vm.Value {
	t.CheckLocator(q)
	keepScope(t, q)
	return t.NewNative("Database.QueryLocator", &vm.Locator{Call: q, Text: q.Text})
}

// dynamic is a query given as text. Without a map its binds are the variables
// in scope, which only the caller's code knows by slot; Thread.Variable finds
// them by name.
func dynamic(t *vm.Thread, text, access vm.Value, binds *vm.Map) *vm.QueryCall {
	q := &vm.QueryCall{Text: str(t, text), Namespace: t.Namespace(), Sharing: t.Sharing(), Access: accessMode(t, access)}
	q.Named = func(name string) (vm.Bind, bool) {
		if binds == nil {
			v, ok := t.Variable(name)
			if !ok {
				return vm.Bind{}, false
			}
			return t.BindValue(v), true
		}
		found, ok := vm.Null, false
		binds.Each(func(k, v vm.Value) bool {
			if vm.EqualFold(k.Text(), name) {
				found, ok = v, true
			}
			return !ok
		})
		return t.BindValue(found), ok
	}
	return q
}

// accessMode reads an AccessLevel; without one the mode is that of the class.
func accessMode(t *vm.Thread, v vm.Value) vm.AccessMode {
	l, ok := v.Native().(*accessLevel)
	switch {
	case !ok:
		return t.Access()
	case l.user:
		return vm.UserMode
	default:
		return vm.SystemMode
	}
}

// accessLevel is the state of an AccessLevel.
type accessLevel struct{ user bool }

// String is the level as it prints. From experience; the reference does not
// show it.
func (l *accessLevel) String() string {
	if l.user {
		return "AccessLevel.USER_MODE"
	}
	return "AccessLevel.SYSTEM_MODE"
}

var systemMode, userMode = &accessLevel{}, &accessLevel{user: true}

// level gives one of the two access levels: the same object every time in a
// transaction, so that they compare.
func level(l *accessLevel) vm.Func {
	return func(t thread, _ val, _ vals) val {
		return t.Memo(l.String(), func() any { return t.NewNative("System.AccessLevel", l) }).(vm.Value)
	}
}

// dmlFunc makes a Database method: (records [, external id field] [, allOrNone
// or DMLOptions] [, access level]).
func dmlFunc(op dml.Op, class string) vm.Func {
	return func(t thread, _ val, a vals) val {
		call := &vm.DMLCall{Statement: schema.Statement{Op: op, AllOrNone: true, Records: recordsOrIDs(t, a[0])}, Access: t.Access()}
		for _, v := range a[1:] {
			dmlArgument(t, call, v)
		}
		if _, single := single(a[0]); !single && len(call.Records) == 0 {
			return t.ListOf(class, nil)
		}
		return resultValue(t, class, a[0], t.DML(call))
	}
}

// asyncDML makes a method for external objects: (records [, callback] [, access
// level]). Other records are updated and deleted at once, each for itself, without
// a call back, but not inserted (from the tests of a public package).
func asyncDML(op dml.Op, class string) vm.Func {
	save := dmlFunc(op, class)
	return func(t thread, r val, a vals) val {
		if op == dml.Insert {
			return notExternal(t, a[0])
		}
		t.Host().Approximated(t, "Database."+op.String()+"Async", "saves at once; the callback is not called", t.Where())
		return save(t, r, append([]val{a[0], vm.Bool(false)}, a[1:]...))
	}
}

// notExternal is what inserting other records than those of external objects in
// the background gives.
func notExternal(t *vm.Thread, v vm.Value) vm.Value {
	t.Host().Approximated(t, "Database.insertAsync", "the error of rows that are not of an external object is not known", t.Where())
	rows := make([]dml.Result, len(recordsOrIDs(t, v)))
	for i := range rows {
		rows[i].Errors = []dml.RowError{{StatusCode: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
			Message: "entity type cannot be inserted: not an external object"}}
	}
	return resultValue(t, "Database.SaveResult", v, rows)
}

func single(v vm.Value) (vm.Value, bool) { return v, v.List() == nil && v.Set() == nil }

func dmlArgument(t *vm.Thread, call *vm.DMLCall, v vm.Value) {
	switch n := v.Native().(type) {
	case *vm.FieldToken:
		f := n.Field
		if other := len(call.Records) > 0 && call.Records[0].Object != f.Object; other || !f.ExternalID && !f.IDLookup && f.Type != schema.ID {
			t.Throwf("System.SObjectException", "Invalid field for upsert, must be an External Id custom or standard indexed field: %s (%s)", f.Name, f.Object.Name)
		}
		call.ExternalID = f
		if f.Type == schema.ID {
			call.ExternalID = nil
		}
	case *accessLevel:
		call.Access = accessMode(t, v)
	case *dmlOptions:
		call.Options = n.options()
		if !n.allOrNone.IsNull() {
			call.AllOrNone = n.allOrNone.Bool()
		} else {
			call.AllOrNone = false
		}
	default:
		if v.Kind() == vm.KindBoolean {
			call.AllOrNone = v.Bool()
		}
	}
}

// recordsOrIDs reads the first argument of a DML method: a record, an id, or a
// list of one of them.
func recordsOrIDs(t *vm.Thread, v vm.Value) []*schema.Record {
	one := func(x vm.Value) *schema.Record {
		if r := x.Record(); r != nil {
			return r
		}
		id := t.Convert(x, types.KindID)
		if id.Kind() != vm.KindID {
			t.ThrowNull()
		}
		o := t.Schema().ByPrefix(id.Text()[:3])
		if o == nil {
			t.Throwf("System.SObjectException", "Unrecognized id prefix: %s", id.Text()[:3])
		}
		r := schema.NewRecord(o)
		r.SetID(id.Text())
		return r
	}
	if v.IsNull() {
		t.ThrowNull()
	}
	if v.List() == nil {
		return []*schema.Record{one(v)}
	}
	var out []*schema.Record
	for _, x := range v.List().Vals {
		out = append(out, one(x))
	}
	return out
}

func databaseMerge(t thread, _ val, a vals) val {
	master := a[0].Record()
	if master == nil {
		t.ThrowNull()
	}
	call := &vm.DMLCall{Statement: schema.Statement{Op: dml.Merge, AllOrNone: true, Master: master}, Access: t.Access()}
	vals := []vm.Value{a[1]}
	if l := a[1].List(); l != nil {
		vals = l.Vals
	}
	for _, v := range vals {
		for _, rec := range recordsOrIDs(t, v) {
			if rec.Object != master.Object { // a row of another object is none of the master's
				id := rec.ID()
				rec = schema.NewRecord(master.Object)
				rec.SetID(id)
			}
			call.Records = append(call.Records, rec)
		}
	}
	for _, v := range a[2:] {
		dmlArgument(t, call, v)
	}
	return resultValue(t, "Database.MergeResult", a[1], t.DML(call))
}

// dmlOptions is the state of Database.DMLOptions.
type dmlOptions struct {
	allOrNone, truncate, locale, localize    vm.Value
	duplicateHeader, emailHeader, ruleHeader vm.Value
}

var dmlOptionFields = map[string]func(*dmlOptions) *vm.Value{
	"optAllOrNone":         func(o *dmlOptions) *vm.Value { return &o.allOrNone },
	"allowFieldTruncation": func(o *dmlOptions) *vm.Value { return &o.truncate },
	"localeOptions":        func(o *dmlOptions) *vm.Value { return &o.locale },
	"localizeErrors":       func(o *dmlOptions) *vm.Value { return &o.localize },
	"duplicateRuleHeader":  func(o *dmlOptions) *vm.Value { return header(&o.duplicateHeader) },
	"emailHeader":          func(o *dmlOptions) *vm.Value { return header(&o.emailHeader) },
	"assignmentRuleHeader": func(o *dmlOptions) *vm.Value { return header(&o.ruleHeader) },
}

// header makes the header object that the platform has there from the start.
func header(v *vm.Value) *vm.Value {
	if v.IsNull() {
		*v = vm.Obj(&vm.Object{Native: &vm.Bag{Values: map[string]vm.Value{}}})
	}
	return v
}

func (o *dmlOptions) options() *dml.Options {
	get := func(h vm.Value, name string) vm.Value {
		if b, ok := h.Native().(*vm.Bag); ok {
			return b.Values[name]
		}
		return vm.Null
	}
	return &dml.Options{
		AllowFieldTruncation:    o.truncate.Bool(),
		AllowDuplicateSave:      get(o.duplicateHeader, "allowsave").Bool(),
		RunAsCurrentUser:        get(o.duplicateHeader, "runascurrentuser").Bool(),
		DuplicateRuleIncludeRec: get(o.duplicateHeader, "includerecorddetails").Bool(),
		UseDefaultRule:          get(o.ruleHeader, "usedefaultrule").Bool(),
		AssignmentRuleID:        get(o.ruleHeader, "assignmentruleid").Text(),
		TriggerAutoResponse:     get(o.emailHeader, "triggerautoresponseemail").Bool(),
		TriggerUserEmail:        get(o.emailHeader, "triggeruseremail").Bool(),
		TriggerOtherEmail:       get(o.emailHeader, "triggerotheremail").Bool(),
		LocaleOptions:           o.locale.Text(),
	}
}
