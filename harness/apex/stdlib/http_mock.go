package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// mockTable is the mocks of callouts that answer with a static resource (Apex
// Developer Guide, Testing HTTP Callouts Using Static Resources).
var mockTable = vm.Library{
	"StaticResourceCalloutMock.<init>":         mockOf("System.StaticResourceCalloutMock"),
	"StaticResourceCalloutMock.setHeader":      setHeader,
	"StaticResourceCalloutMock.respond":        func(t thread, r val, _ vals) val { return mockAnswer(t, r, bagOf(r).Values["staticresource"]) },
	"MultiStaticResourceCalloutMock.<init>":    mockOf("System.MultiStaticResourceCalloutMock"),
	"MultiStaticResourceCalloutMock.setHeader": setHeader,
	"MultiStaticResourceCalloutMock.setStaticResource": func(t thread, r val, a vals) val {
		bagOf(r).Values["at:"+str(t, a[0])] = a[1]
		return vm.Null
	},
	"MultiStaticResourceCalloutMock.respond": func(t thread, r val, a vals) val {
		endpoint := bagOf(a[0]).Values["endpoint"].Text()
		name, ok := bagOf(r).Values["at:"+endpoint]
		if !ok {
			t.Throwf("System.CalloutException", "No static resource is set for the endpoint %s", endpoint)
		}
		return mockAnswer(t, r, name)
	},
}

func mockOf(class string) vm.Func {
	return func(t thread, _ val, _ vals) val {
		return t.NewNative(class, &vm.Bag{Values: map[string]vm.Value{"statuscode": vm.Int(200)}})
	}
}

// mockAnswer is a response with the body of a static resource and what was
// set on the mock.
func mockAnswer(t *vm.Thread, mock, resource vm.Value) vm.Value {
	out := &vm.Bag{Values: map[string]vm.Value{"body": vm.Str(resourceBody(t, str(t, resource)))}}
	for name, v := range bagOf(mock).Values {
		if name == "status" || name == "statuscode" || isHeader(name) {
			out.Values[name] = v
		}
	}
	return t.NewNative("System.HttpResponse", out)
}

// resourceBody reads a static resource without counting a query.
func resourceBody(t *vm.Thread, name string) string {
	rows := queryInside(t, "SELECT Body FROM StaticResource WHERE Name = :name", name)
	if len(rows) == 0 {
		t.ThrowNull() // what mocks of resources that are not there end with
	}
	rec := rows[0]
	return vm.OfScalar(rec.Get(rec.Object.Field("Body"))).Text()
}

// queryInside runs a query of the library's own, which counts against no limit.
// Its one bind is called name.
func queryInside(t *vm.Thread, soql, name string) []*schema.Record {
	named := func(string) (vm.Bind, bool) { return vm.Bind{Values: []value.Value{value.OfText(name)}}, true }
	rs, err := t.Host().Query(t, &vm.QueryCall{Text: soql, Named: named, Binds: map[*query.Bind]vm.Bind{}, Namespace: t.Namespace()})
	t.Check(err)
	return rs.Records
}
