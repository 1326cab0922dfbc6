package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var testTable = vm.Library{
	"Test.isRunningTest": func(t thread, _ val, a vals) val { return vm.Bool(t.Options().Test) },
	"Test.startTest":     service("Test.startTest", vm.Null),
	"Test.stopTest":      service("Test.stopTest", vm.Null),
	"Test.setMock": func(t thread, _ val, a vals) val {
		t.SetMemo("mock:"+strings.ToLower(typeOf(t, a[0]).Name), a[1])
		return vm.Null
	},
	"Test.createStub": func(t thread, _ val, a vals) val { return t.NewStub(typeOf(t, a[0]), a[1]) },
	"Test.setFixedSearchResults": func(t thread, _ val, a vals) val {
		var ids []string
		for _, v := range t.Elements(a[0]) {
			ids = append(ids, v.Text())
		}
		t.SetMemo("search.fixed", ids)
		return vm.Null
	},
	"Test.setCurrentPage":          func(t thread, _ val, a vals) val { t.SetMemo("page", a[0]); return vm.Null },
	"Test.setCurrentPageReference": func(t thread, _ val, a vals) val { t.SetMemo("page", a[0]); return vm.Null },
	"Test.setCreatedDate":          service("Test.setCreatedDate", vm.Null),
	"Test.getStandardPricebookId":  service("Test.getStandardPricebookId", vm.Null),
	"Test.enqueueBatchJobs":        service("Test.enqueueBatchJobs", vm.Null),
}

var httpTable = vm.Library{
	"HttpRequest.<init>":         bag("System.HttpRequest"),
	"HttpResponse.<init>":        bag("System.HttpResponse"),
	"HttpRequest.setHeader":      setHeader,
	"HttpResponse.setHeader":     setHeader,
	"HttpRequest.getHeader":      getHeader,
	"HttpResponse.getHeader":     getHeader,
	"HttpRequest.setBodyAsBlob":  func(t thread, r val, a vals) val { bagOf(r).Values["body"] = vm.Str(a[0].Text()); return vm.Null },
	"HttpResponse.setBodyAsBlob": func(t thread, r val, a vals) val { bagOf(r).Values["body"] = vm.Str(a[0].Text()); return vm.Null },
	"HttpRequest.getBodyAsBlob":  func(t thread, r val, a vals) val { return vm.Blob(bagOf(r).Values["body"].Text()) },
	"HttpResponse.getBodyAsBlob": func(t thread, r val, a vals) val { return vm.Blob(bagOf(r).Values["body"].Text()) },
	"Http.<init>":                bag("System.Http"),
	"Http.send": func(t thread, r val, a vals) val {
		t.Use(vm.Callouts, 1)
		if mock, ok := t.Memo("mock:httpcalloutmock", func() any { return vm.Null }).(vm.Value); ok && !mock.IsNull() {
			return t.CallMethod(mock, "respond", a[0])
		}
		if t.Options().Test {
			t.Throw("System.TypeException", "Methods defined as TestMethod do not support Web service callouts")
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

func setHeader(t thread, r val, a vals) val {
	bagOf(r).Values["header:"+lower(str(t, a[0]))] = a[1]
	return vm.Null
}

func getHeader(t thread, r val, a vals) val { return bagOf(r).Values["header:"+lower(str(t, a[0]))] }
