package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// labelTable is custom labels by name (Apex Reference, "Label Class").
var labelTable = vm.Library{
	"Label.get": func(t thread, _ val, a vals) val {
		s, ok := t.Label(optional(a[0]), str(t, a[1]), optional(arg(a, 2)))
		if !ok {
			t.Throwf("System.IllegalArgumentException", "Custom label does not exist: %s", a[1].Text())
		}
		return vm.Str(s)
	},
}
