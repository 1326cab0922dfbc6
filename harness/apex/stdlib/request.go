package stdlib

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var requestTable = vm.Library{
	"Request.getCurrent":   func(t thread, _ val, a vals) val { return t.NewNative("System.Request", &vm.Bag{}) },
	"Request.getQuiddity":  func(t thread, r val, a vals) val { return t.EnumValue("System.Quiddity", quiddity(t)) },
	"Request.getRequestId": func(t thread, r val, a vals) val { return vm.Str(requestID(t)) },
}

func requestID(t *vm.Thread) string {
	if id := t.Options().RequestID; id != "" {
		return id
	}
	return t.Memo("request.id", func() any { return fmt.Sprintf("%022X", t.Host().Random()) }).(string)
}
