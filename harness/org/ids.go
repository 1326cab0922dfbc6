package org

import (
	"hash/fnv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// NewID gives a new record id of 18 characters from the org's counter of the
// object's key prefix: more rows of one object move no other object's ids.
func (o *Org) NewID(obj *schema.Object) string {
	prefix := obj.KeyPrefix
	if prefix == "" {
		prefix = fallbackPrefix(obj)
	}
	return o.nextID(prefix)
}

// fallbackPrefix serves the families whose describe gives no prefix
// (system-fields.md, section 1).
func fallbackPrefix(obj *schema.Object) string {
	switch obj.Kind {
	case schema.History:
		return "017"
	case schema.Feed:
		return "0D5"
	case schema.Share:
		return "02c"
	case schema.CustomMetadata:
		return "m00"
	default:
		return "000"
	}
}

// firstCounter is what the counter of a prefix begins after, so that ids look
// as those of an org that has lived for a while.
const firstCounter = 62 * 62 * 62 * 62

func (o *Org) nextID(prefix string) string {
	n := o.state.Counters[prefix] + 1
	o.state.Counters[prefix] = n
	return value.MakeID(prefix, o.state.Instance, firstCounter+n)
}

// instanceOf is the three characters of the instance in an org's ids: the pod
// of two and a zero.
func instanceOf(seed uint64) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	h := fnv.New64a()
	for i := range 8 {
		h.Write([]byte{byte(seed >> (8 * i))})
	}
	n := h.Sum64()
	return string([]byte{digits[n%10], digits[n/10%62], '0'})
}

// nextNumber is the next number of an auto-number field.
func (o *Org) nextNumber(f *schema.Field) int64 {
	key := strings.ToLower(f.Object.Name + "." + f.Name)
	n, used := o.state.Numbers[key]
	if !used {
		n = max(f.StartingNumber, 1) - 1
		if f.StartingNumber == 0 && !f.Custom && !f.Object.IsCustom() {
			n = 999 // standard auto-numbers of a new org begin at 1000
		}
	}
	n++
	o.state.Numbers[key] = n
	return n
}
