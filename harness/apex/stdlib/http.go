package stdlib

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var httpTable = vm.Library{
	"HttpRequest.<init>":     bag("System.HttpRequest"),
	"HttpResponse.<init>":    bag("System.HttpResponse"),
	"HttpRequest.setHeader":  setHeader,
	"HttpResponse.setHeader": setHeader,
	"HttpRequest.getHeader":  getHeader,
	"HttpResponse.getHeader": getHeader,
	"HttpResponse.getHeaderKeys": func(t thread, r val, a vals) val {
		var keys []vm.Value
		for _, name := range headerKeys(r) {
			keys = append(keys, vm.Str(name))
		}
		return vm.NewList(types.ListOf(types.String), keys)
	},
	"HttpRequest.setBodyDocument": func(t thread, r val, a vals) val {
		b := bagOf(r).Values
		b["bodydocument"], b["body"] = a[0], t.CallMethod(a[0], "toXmlString")
		return vm.Null
	},
	"HttpRequest.getBodyDocument":  bodyDocument,
	"HttpResponse.getBodyDocument": bodyDocument,
	"HttpResponse.getXmlStreamReader": func(t thread, r val, a vals) val {
		text := bagOf(r).Values["body"].Text()
		events, err := readXML(text)
		return t.NewNative("System.XmlStreamReader", &xmlReader{events: events, err: err, text: text})
	},
	"HttpRequest.getCompressed": func(t thread, r val, a vals) val { return vm.Bool(bagOf(r).Values["compressed"].Bool()) },
	"HttpRequest.setClientCertificateName": func(t thread, r val, a vals) val {
		bagOf(r).Values["clientcertificatename"] = a[0]
		return vm.Null
	},
	"HttpRequest.toString": func(t thread, r val, a vals) val {
		b := bagOf(r).Values
		return vm.Str("System.HttpRequest[Endpoint=" + t.Text(b["endpoint"]) + ", Method=" + t.Text(b["method"]) + "]")
	},
	"HttpResponse.toString": func(t thread, r val, a vals) val {
		b := bagOf(r).Values
		return vm.Str("System.HttpResponse[Status=" + t.Text(b["status"]) + ", StatusCode=" + t.Text(b["statuscode"]) + "]")
	},
	"HttpRequest.setBodyAsBlob":  func(t thread, r val, a vals) val { bagOf(r).Values["body"] = vm.Str(a[0].Text()); return vm.Null },
	"HttpResponse.setBodyAsBlob": func(t thread, r val, a vals) val { bagOf(r).Values["body"] = vm.Str(a[0].Text()); return vm.Null },
	"HttpRequest.getBodyAsBlob":  func(t thread, r val, a vals) val { return vm.Blob(bagOf(r).Values["body"].Text()) },
	"HttpResponse.getBodyAsBlob": func(t thread, r val, a vals) val { return vm.Blob(bagOf(r).Values["body"].Text()) },
	"HttpRequest.getBody":        bodyText,
	"HttpResponse.getBody":       bodyText,
	"Http.<init>":                bag("System.Http"),
	"Http.send": func(t thread, r val, a vals) val {
		t.Use(vm.Callouts, 1)
		if mock, ok := t.Memo("mock:httpcalloutmock", func() any { return vm.Null }).(vm.Value); ok && !mock.IsNull() {
			return t.CallMethod(mock, "respond", a[0])
		}
		if t.Options().Test {
			t.Throw("System.TypeException", noCallouts)
		}
		if t.Options().Quiddity == "POST_INSTALL_SCRIPT" {
			t.Throw("System.CalloutException", "Callout from the post install script is not supported")
		}
		out, ok, err := t.Host().Call(t, "Http.send", a[0])
		t.Check(err)
		if !ok {
			t.Unsupported("Http.send", "there is no network in a rehearsal")
		}
		v, _ := out.(vm.Value)
		return v
	},
}

func bag(class string) vm.Func {
	return func(t thread, _ val, _ vals) val {
		return t.NewNative(class, &vm.Bag{Values: map[string]vm.Value{}})
	}
}

func bagOf(v vm.Value) *vm.Bag {
	if b, ok := v.Native().(*vm.Bag); ok {
		return b
	}
	return &vm.Bag{Values: map[string]vm.Value{}}
}

// A header is kept under its name in lower case, and its name as it was first
// written, in the order of setting, in the list "headers".
func setHeader(t thread, r val, a vals) val {
	b, key := bagOf(r).Values, "header:"+lower(str(t, a[0]))
	if _, had := b[key]; !had {
		names := b["headers"].List()
		if names == nil {
			names = vm.NewList(types.ListOf(types.String), nil).List()
		}
		names = vm.NewList(names.Type, append(slices.Clone(names.Vals), a[0])).List()
		b["headers"] = vm.ListValue(names)
	}
	b[key] = a[1]
	return vm.Null
}

func getHeader(t thread, r val, a vals) val { return bagOf(r).Values["header:"+lower(str(t, a[0]))] }

func isHeader(key string) bool { return key == "headers" || strings.HasPrefix(key, "header:") }

// headerKeys are the names of the headers in the order they were set.
func headerKeys(r vm.Value) []string {
	var out []string
	if l := bagOf(r).Values["headers"].List(); l != nil {
		for _, v := range l.Vals {
			out = append(out, v.Text())
		}
	}
	return out
}

// bodyText is the body, an empty text when none was set.
func bodyText(_ thread, r val, _ vals) val {
	if v := bagOf(r).Values["body"]; !v.IsNull() {
		return v
	}
	return vm.Str("")
}

// bodyDocument is the body as a Dom.Document.
func bodyDocument(t thread, r val, _ vals) val {
	b := bagOf(r).Values
	if d := b["bodydocument"]; !d.IsNull() {
		return d
	}
	root, err := parseXML(b["body"].Text())
	if err != nil {
		throwXML(t, err)
	}
	return t.NewNative("Dom.Document", &xmlDocument{root})
}
