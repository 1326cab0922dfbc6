package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// interfaceTable is methods of interfaces, called on whatever object has them.
var interfaceTable = vm.Library{
	"Callable.call":              func(t thread, r val, a vals) val { return t.CallMethod(r, "call", a...) },
	"Queueable.execute":          func(t thread, r val, a vals) val { return t.CallMethod(r, "execute", a...) },
	"Schedulable.execute":        func(t thread, r val, a vals) val { return t.CallMethod(r, "execute", a...) },
	"InstallHandler.onInstall":   func(t thread, r val, a vals) val { return t.CallMethod(r, "onInstall", a...) },
	"Database.Batchable.start":   func(t thread, r val, a vals) val { return t.CallMethod(r, "start", a...) },
	"Database.Batchable.execute": func(t thread, r val, a vals) val { return t.CallMethod(r, "execute", a...) },
	"Database.Batchable.finish":  func(t thread, r val, a vals) val { return t.CallMethod(r, "finish", a...) },
}
