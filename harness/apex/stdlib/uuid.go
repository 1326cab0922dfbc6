package stdlib

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// uuidTable is random ids in the form of RFC 9562, from the org's stream of
// random numbers (Apex Reference, "UUID Class").
var uuidTable = vm.Library{
	"UUID.randomUUID": func(t thread, _ val, a vals) val {
		return t.NewNative("System.UUID", &uuid{randomUUID(t)})
	},
	"UUID.fromString": func(t thread, _ val, a vals) val { return t.NewNative("System.UUID", &uuid{str(t, a[0])}) },
	"UUID.toString":   func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"UUID.equals":     func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"UUID.hashCode":   func(t thread, r val, _ vals) val { return vm.Int(int64(t.HashCode(r))) },
}

type uuid struct{ text string }

// String is the id in its usual form.
func (u *uuid) String() string { return u.text }

// EqualNative and HashNative compare ids by text.
func (u *uuid) EqualNative(o any) bool { w, ok := o.(*uuid); return ok && w.text == u.text }

// HashNative goes with EqualNative.
func (u *uuid) HashNative() uint32 { return uint32(vm.HashText(u.text)) }

func randomUUID(t *vm.Thread) string {
	hi, lo := t.Host().Random(), t.Host().Random()
	hi = hi&^0xF000 | 0x4000
	lo = lo&^(3<<62) | 2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xFFFF, hi&0xFFFF, lo>>48, lo&0xFFFFFFFFFFFF)
}
