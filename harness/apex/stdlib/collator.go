package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// collatorTable is the order of texts in a locale (Apex Reference, "Collator
// Class").
var collatorTable = vm.Library{
	"Collator.getInstance": func(t thread, _ val, _ vals) val { return t.NewNative("System.Collator", &vm.Bag{}) },
	"Collator.compare": func(t thread, _ val, a vals) val {
		t.Host().Approximated(t, "Collator.compare", "letters with accents come after those without, in every locale", t.Where())
		x, y := str(t, a[0]), str(t, a[1])
		if n := value.CompareFold(x, y); n != 0 {
			return vm.Int(int64(n))
		}
		return vm.Int(int64(vm.CompareText(y, x))) // lower case first
	},
}
