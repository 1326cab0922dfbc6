package stdlib

import (
	"net/url"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var pageTable = vm.Library{
	// Page.Name is the page's address in small letters.
	"page.reference": func(t thread, _ val, a vals) val {
		name := a[1].Text()
		if ns := a[0].Text(); ns != "" {
			name = ns + "__" + name
		}
		return newPage(t, "/apex/"+strings.ToLower(name))
	},
	"PageReference.<init>": func(t thread, _ val, a vals) val {
		if r := a[0].Record(); r != nil {
			return newPage(t, "/"+r.ID())
		}
		return newPage(t, a[0].Text()) // null is no address, and no error
	},
	"PageReference.getUrl":        func(t thread, r val, a vals) val { return vm.Str(pageURL(t, r)) },
	"PageReference.toString":      func(t thread, r val, a vals) val { return vm.Str("System.PageReference[" + pageURL(t, r) + "]") },
	"PageReference.getParameters": func(t thread, r val, a vals) val { return bagOf(r).Values["parameters"] },
	"PageReference.getCookies":    func(t thread, r val, a vals) val { return cookiesOf(t, r) },
	"PageReference.setCookies": func(t thread, r val, a vals) val {
		cookies := cookiesOf(t, r).Map()
		for _, c := range t.Elements(a[0]) {
			cookies.Put(t, bagOf(c).Values["name"], c)
		}
		return vm.Null
	},
	"Cookie.<init>":                 newCookie,
	"Cookie.getName":                cookiePart("name"),
	"Cookie.getValue":               cookiePart("value"),
	"Cookie.getPath":                cookiePart("path"),
	"Cookie.getMaxAge":              cookiePart("maxage"),
	"Cookie.isSecure":               cookiePart("secure"),
	"Cookie.getSameSite":            cookiePart("samesite"),
	"Cookie.isHttpOnly":             cookiePart("httponly"),
	"Cookie.getDomain":              func(t thread, r val, a vals) val { return vm.Null },
	"PageReference.setRedirect":     chained("redirect"),
	"PageReference.setRedirectCode": chained("redirectcode"),
	"PageReference.setAnchor":       chained("anchor"),
	"PageReference.getHeaders":      func(_ thread, r val, _ vals) val { return bagOf(r).Values["headers"] },
	"PageReference.getContent":      noContent("getContent"),
	"PageReference.getContentAsPDF": noContent("getContentAsPDF"),
	"PageReference.getRedirect":     func(_ thread, r val, _ vals) val { return vm.Bool(bagOf(r).Values["redirect"].Bool()) },
	"PageReference.getRedirectCode": func(_ thread, r val, _ vals) val { return vm.Int(bagOf(r).Values["redirectcode"].Int()) },
	"PageReference.forResource": func(t thread, _ val, a vals) val {
		address := "/resource/" + itoa(now(t)) + "/" + str(t, a[0])
		if path := arg(a, 1); !path.IsNull() {
			address += "/" + path.Text()
		}
		return newPage(t, address)
	},
	"ApexPages.currentPage": func(t thread, _ val, a vals) val { return currentPage(t) },
	"ApexPages.hasMessages": func(t thread, _ val, a vals) val {
		for _, m := range messages(t).Vals {
			if len(a) == 0 || bagOf(m).Values["severity"].Same(a[0]) {
				return vm.Bool(true)
			}
		}
		return vm.Bool(false)
	},
	"ApexPages.getMessages": func(t thread, _ val, a vals) val { return vm.ListValue(messages(t)) },
	"ApexPages.addMessage":  func(t thread, _ val, a vals) val { messages(t).Append(t, a[0]); return vm.Null },
	"ApexPages.addMessages": func(t thread, _ val, a vals) val {
		b := &vm.Bag{Values: map[string]vm.Value{"summary": vm.Str(errorMessage(t, a[0])), "severity": t.EnumValue("ApexPages.Severity", "ERROR")}}
		messages(t).Append(t, t.NewNative("ApexPages.Message", b))
		return vm.Null
	},
	"SelectOption.<init>": func(t thread, _ val, a vals) val {
		b := &vm.Bag{Values: map[string]vm.Value{"value": a[0], "label": a[1], "disabled": vm.Bool(arg(a, 2).Bool())}}
		return t.NewNative("System.SelectOption", b)
	},
	"ApexPages.Message.getComponentLabel": func(thread, val, vals) val { return vm.Null }, // of input that failed on a page
	"ApexPages.Action.getExpression":      func(_ thread, r val, _ vals) val { return bagOf(r).Values["action"] },
	"Test.clearApexPageMessages": func(t thread, _ val, _ vals) val {
		messages(t).Vals = nil
		return vm.Null
	},
	"ApexPages.Message.toString": func(t thread, r val, a vals) val {
		return vm.Str(`ApexPages.Message["` + t.Text(bagOf(r).Values["summary"]) + `"]`) // as logs show it
	},
	"ApexPages.Message.<init>": func(t thread, _ val, a vals) val {
		b := &vm.Bag{Values: map[string]vm.Value{"severity": a[0], "summary": a[1], "detail": a[1]}}
		if len(a) > 2 {
			b.Values["detail"] = a[2]
		}
		return t.NewNative("ApexPages.Message", b)
	},
}

// cookiesOf is the cookies of a page by name, none to begin with.
func cookiesOf(t *vm.Thread, page vm.Value) vm.Value {
	values := bagOf(page).Values
	if values["cookies"].IsNull() {
		values["cookies"] = vm.MapValue(t.MapOf("System.Cookie"))
	}
	return values["cookies"]
}

// newCookie is Cookie(name, value, path, maxAge, isSecure [, SameSite
// [, isHttpOnly]]).
func newCookie(t thread, _ val, a vals) val {
	return t.NewNative("System.Cookie", &vm.Bag{Values: map[string]vm.Value{"name": a[0], "value": a[1], "path": a[2], "maxage": a[3],
		"secure": a[4], "samesite": arg(a, 5), "httponly": vm.Bool(arg(a, 6).Bool())}})
}

func cookiePart(name string) vm.Func {
	return func(_ thread, r val, _ vals) val { return bagOf(r).Values[name] }
}

// newPage is a page at an address, whose query and fragment become its
// parameters, found whatever the case of their names, and its anchor.
func newPage(t *vm.Thread, address string) vm.Value {
	address, anchor, _ := strings.Cut(address, "#")
	address, query, _ := strings.Cut(address, "?")
	params := vm.NewMap(types.MapOf(types.String, types.String))
	params.AnyCase()
	for part := range strings.SplitSeq(query, "&") {
		name, text, _ := strings.Cut(part, "=")
		if name != "" {
			params.Put(t, vm.Str(unescapeQuery(name)), vm.Str(unescapeQuery(text)))
		}
	}
	return t.NewNative("System.PageReference", &vm.Bag{Values: map[string]vm.Value{"url": vm.Str(address),
		"parameters": vm.MapValue(params), "headers": newTexts(), "anchor": textOrNull(anchor)}})
}

// unescapeQuery decodes a part of a query; what is not well-formed stays.
func unescapeQuery(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

// pageURL is the address with the parameters in the order of their names. The
// platform keeps parameters in a map that is sorted without case: a public
// package's tests compare an address whose parameters were put in another order.
func pageURL(t *vm.Thread, page vm.Value) string {
	b := bagOf(page).Values
	params := b["parameters"].Map()
	names := params.Keys()
	slices.SortStableFunc(names, func(x, y vm.Value) int {
		return strings.Compare(strings.ToLower(x.Text()), strings.ToLower(y.Text()))
	})
	out, sep := b["url"].Text(), "?"
	for _, name := range names {
		if v := params.Get(t, name); !v.IsNull() {
			out += sep + escapeQuery(name.Text()) + "=" + escapeQuery(v.Text())
			sep = "&"
		}
	}
	if a := b["anchor"].Text(); a != "" {
		out += "#" + a
	}
	return out
}

// noContent is what rendering a page does in a test; nothing renders pages here.
func noContent(method string) vm.Func {
	return func(t thread, _ val, _ vals) val {
		if t.Options().Test {
			t.Throwf("System.VisualforceException", "Methods defined as TestMethod do not support %s call", method)
		}
		t.Unsupported("PageReference."+method, "pages are not rendered")
		return vm.Null
	}
}

func currentPage(t *vm.Thread) vm.Value {
	return t.Memo("page", func() any {
		if t.Options().Test { // tests put parameters on a page that nobody opened
			return newPage(t, "/")
		}
		return vm.Null
	}).(vm.Value)
}

func messages(t *vm.Thread) *vm.List {
	return t.Memo("page.messages", func() any { return t.ListOf("ApexPages.Message", nil).List() }).(*vm.List)
}
