package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// The platform cache is empty in every transaction: values put are kept until
// its end.
var cacheTable = cacheFuncs()

func cacheFuncs() vm.Library {
	out := vm.Library{}
	for _, area := range []string{"Org", "Session"} {
		p := "Cache." + area + "."
		out[p+"get"] = func(t thread, _ val, a vals) val {
			m, k := cacheOf(t, area, a[len(a)-1])
			return m.Get(t, k)
		}
		out[p+"put"] = func(t thread, _ val, a vals) val {
			needPartition(t, area, partitionOf(a[0].Text()))
			m, k := cacheOf(t, area, a[0])
			return cachePut(t, m, k, a[1])
		}
		out[p+"contains"] = func(t thread, _ val, a vals) val {
			m, k := cacheOf(t, area, a[0])
			return vm.Bool(m.Has(t, k))
		}
		out[p+"remove"] = func(t thread, _ val, a vals) val {
			m, k := cacheOf(t, area, a[len(a)-1])
			had := m.Has(t, k)
			m.Remove(t, k)
			return vm.Bool(had)
		}
		out[p+"isAvailable"] = func(t thread, _ val, a vals) val { return vm.Bool(true) }
		out[p+"getPartition"] = func(t thread, _ val, a vals) val {
			return t.NewNative("Cache."+area+"Partition", &partition{area + ":" + str(t, a[0])})
		}
	}
	entries := cacheEntries
	for _, class := range []string{"OrgPartition", "SessionPartition", "Partition"} {
		p := "Cache." + class + "."
		name := func(r vm.Value) string { return r.Native().(*partition).name }
		out[p+"get"] = func(t thread, r val, a vals) val { return entries(t, name(r)).Get(t, a[len(a)-1]) }
		out[p+"put"] = func(t thread, r val, a vals) val {
			area, part, _ := strings.Cut(name(r), ":")
			needPartition(t, area, part)
			return cachePut(t, entries(t, name(r)), a[0], a[1])
		}
		out[p+"contains"] = func(t thread, r val, a vals) val { return vm.Bool(entries(t, name(r)).Has(t, a[0])) }
		out[p+"remove"] = func(t thread, r val, a vals) val {
			had := entries(t, name(r)).Has(t, a[len(a)-1])
			entries(t, name(r)).Remove(t, a[len(a)-1])
			return vm.Bool(had)
		}
		out[p+"isAvailable"] = func(t thread, r val, a vals) val { return vm.Bool(true) }
		out[p+"getName"] = func(t thread, r val, a vals) val { _, n, _ := strings.Cut(name(r), ":"); return vm.Str(n) }
		out[p+"getCapacity"] = func(t thread, r val, a vals) val { return vm.Double(0) } // percent in use
		out[p+"getNumKeys"] = func(t thread, r val, a vals) val { return vm.Long(int64(len(entries(t, name(r)).Keys()))) }
		out[p+"getKeys"] = func(t thread, r val, a vals) val {
			return vm.NewSet(t, types.SetOf(types.String), entries(t, name(r)).Keys())
		}
	}
	return out
}

// cacheEntries is what a partition holds; area alone is the default one.
func cacheEntries(t *vm.Thread, part string) *vm.Map {
	return t.Memo("cache:"+lower(part), func() any { return vm.NewMap(types.MapOf(types.String, types.Object)) }).(*vm.Map)
}

// partitionOf is the partition that a key names: "local.Part" of local.Part.key.
func partitionOf(key string) string {
	if i := strings.LastIndexByte(key, '.'); i > 0 {
		return key[:i]
	}
	return ""
}

// cacheOf is the partition that a key is in and the key there.
func cacheOf(t *vm.Thread, area string, key vm.Value) (*vm.Map, vm.Value) {
	part := partitionOf(key.Text())
	if part == "" {
		return cacheEntries(t, area), key
	}
	return cacheEntries(t, area+":"+part), vm.Str(key.Text()[len(part)+1:])
}

// needPartition refuses a partition that the org does not have; without a name
// the default one is meant.
func needPartition(t *vm.Thread, area, part string) {
	ns, name, named := strings.Cut(part, ".")
	if !named {
		return
	}
	if lower(ns) == "local" {
		ns = t.Namespace()
	}
	if has, ok, err := t.Host().Call(t, "Cache.hasPartition", ns, name); ok && err == nil && has == false {
		t.Host().Approximated(t, "Cache."+area+"."+area+"CacheException", "the words that refuse a partition that is not there are not known", t.Where())
		t.Throwf("Cache."+area+"."+area+"CacheException", "The partition %s does not exist", part)
	}
}

func cachePut(t *vm.Thread, m *vm.Map, key, v vm.Value) vm.Value {
	t.Host().Approximated(t, "Cache", "cached values last until the end of the transaction", t.Where())
	m.Put(t, key, v)
	return vm.Null
}

type partition struct{ name string }
