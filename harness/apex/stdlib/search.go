package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// searchTable is SOSL, and its answer in objects of its own (Apex Reference,
// Search.query, Search.find).
var searchTable = vm.Library{
	"Search.query": func(t thread, _ val, a vals) val {
		q := dynamic(t, a[0], arg(a, 1), nil)
		return t.Search(&vm.SearchCall{Text: q.Text, Namespace: q.Namespace, Sharing: q.Sharing, Access: q.Access, Named: q.Named}, nil)
	},
	"Search.find": func(t thread, _ val, a vals) val {
		found := vm.NewMap(types.MapOf(types.String, types.ListOf(types.Library("Search.SearchResult").Type())))
		for _, list := range t.Elements(t.Hook("search.query", a...)) {
			var out []val
			for _, v := range list.List().Vals {
				out = append(out, t.NewNative("Search.SearchResult", &vm.Bag{Values: map[string]val{"sobject": v}}))
			}
			if len(out) > 0 {
				name := list.List().Vals[0].Record().Object.Name
				found.Put(t, vm.Str(strings.ToLower(name)), t.ListOf("Search.SearchResult", out))
			}
		}
		return t.NewNative("Search.SearchResults", &vm.Bag{Values: map[string]val{"found": vm.MapValue(found)}})
	},
	"Search.SearchResults.get": func(t thread, r val, a vals) val {
		if list := bagOf(r).Values["found"].Map().Get(t, vm.Str(lower(str(t, a[0])))); !list.IsNull() {
			return list
		}
		return t.ListOf("Search.SearchResult", nil)
	},
	"Search.SearchResult.getSObject": fromBag("sobject"),
	"Search.SearchResult.getSnippet": func(t thread, r val, a vals) val {
		t.Host().Approximated(t, "Search.SearchResult.getSnippet", "the whole text of the field, nothing marked", t.Where())
		rec := bagOf(r).Values["sobject"].Record()
		name := "Name"
		if len(a) == 1 {
			name = str(t, a[0])
		}
		f := fieldOf(t, rec.Object, vm.Str(name))
		return vm.FieldValue(f, rec.Get(f))
	},
}
