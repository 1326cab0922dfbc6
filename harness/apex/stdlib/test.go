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
