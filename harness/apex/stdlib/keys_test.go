package stdlib_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/stdlib"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// inherited are methods that the checker finds on a class above, so that the
// class itself has no signature of them.
var inherited = map[string]bool{"tostring": true, "equals": true, "hashcode": true, "iscreated": true}

// TestKeysAreKnown holds the tables to the checker's library: a function that
// no signature leads to is a slip of the pen. Describe results are read as
// properties too, and the partitions of the cache share their methods.
func TestKeysAreKnown(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"page.reference": true} // what the language itself calls
	for _, k := range types.LibraryKeys() {
		known[strings.ToLower(k)] = true // a function of one overload alone
		k = strings.TrimPrefix(strings.ToLower(k), "system.")
		k, _, _ = strings.Cut(k, "(")
		known[k] = true
		if i := strings.LastIndexByte(k, '.'); i >= 0 {
			known[k[:i]+".get:"+k[i+1:]] = true
			known[k[:i]+".set:"+k[i+1:]] = true
		}
	}
	for k := range stdlib.Functions() {
		method := k[strings.LastIndexByte(k, '.')+1:]
		if !known[k] && !inherited[method] && !strings.HasPrefix(method, "get:") && !strings.HasPrefix(k, "cache.") {
			t.Errorf("no signature has the key %s", k)
		}
	}
}
