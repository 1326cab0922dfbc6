package stdlib

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var requestTable = vm.Library{
	"Request.getCurrent":   func(t thread, _ val, a vals) val { return t.NewNative("System.Request", &vm.Bag{}) },
	"Request.getQuiddity":  func(t thread, r val, a vals) val { return t.EnumValue("System.Quiddity", quiddity(t)) },
	"Request.getRequestId": func(t thread, r val, a vals) val { return vm.Str(requestID(t)) },
	"UUID.randomUUID": func(t thread, _ val, a vals) val {
		return t.NewNative("System.UUID", &uuid{randomUUID(t)})
	},
	"UUID.fromString": func(t thread, _ val, a vals) val { return t.NewNative("System.UUID", &uuid{str(t, a[0])}) },
	"UUID.toString":   func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
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

func requestID(t *vm.Thread) string {
	if id := t.Options().RequestID; id != "" {
		return id
	}
	return t.Memo("request.id", func() any { return fmt.Sprintf("%022X", t.Host().Random()) }).(string)
}

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

// needPartition refuses a partition that the org does not have (measured: a
// peer's issue 160); without a name the default one is meant.
func needPartition(t *vm.Thread, area, part string) {
	ns, name, named := strings.Cut(part, ".")
	if !named {
		return
	}
	if lower(ns) == "local" {
		ns = t.Namespace()
	}
	if has, ok, err := t.Host().Call(t, "Cache.hasPartition", ns, name); ok && err == nil && has == false {
		t.Throwf("Cache."+area+"."+area+"CacheException", "The partition %s does not exist", part)
	}
}

func cachePut(t *vm.Thread, m *vm.Map, key, v vm.Value) vm.Value {
	t.Host().Approximated(t, "Cache", "cached values last until the end of the transaction", t.Where())
	m.Put(t, key, v)
	return vm.Null
}

type partition struct{ name string }

// enqueueDeployment asks the org to deploy; tests can not (Apex Developer Guide,
// "Test Metadata Deployments").
func enqueueDeployment(t thread, r val, a vals) val {
	if t.Options().Test {
		t.Throw("System.AsyncException", "Metadata cannot be deployed from within a test")
	}
	return service("Metadata.Operations.enqueueDeployment", vm.Null)(t, r, a)
}

var metadataTable = vm.Library{
	"Metadata.Operations.enqueueDeployment": enqueueDeployment,
	"Metadata.Operations.retrieve":          service("Metadata.Operations.retrieve", vm.Null),
	"Metadata.DeployContainer.<init>": func(t thread, _ val, a vals) val {
		list := t.ListOf("Metadata.Metadata", nil)
		return t.NewNative("Metadata.DeployContainer", &vm.Bag{Values: map[string]vm.Value{"metadata": list}})
	},
	"Metadata.DeployContainer.addMetadata": func(t thread, r val, a vals) val {
		bagOf(r).Values["metadata"].List().Append(t, a[0])
		return vm.Null
	},
	"Metadata.DeployContainer.getMetadata": func(t thread, r val, a vals) val { return bagOf(r).Values["metadata"] },
	"Metadata.CustomMetadata.<init>": func(t thread, _ val, a vals) val {
		list := t.ListOf("Metadata.CustomMetadataValue", nil)
		return t.NewNative("Metadata.CustomMetadata", &vm.Bag{Values: map[string]vm.Value{"values": list}})
	},
}

var miscTable = vm.Library{
	"Callable.call":              func(t thread, r val, a vals) val { return t.CallMethod(r, "call", a...) },
	"Queueable.execute":          func(t thread, r val, a vals) val { return t.CallMethod(r, "execute", a...) },
	"Schedulable.execute":        func(t thread, r val, a vals) val { return t.CallMethod(r, "execute", a...) },
	"InstallHandler.onInstall":   func(t thread, r val, a vals) val { return t.CallMethod(r, "onInstall", a...) },
	"Database.Batchable.start":   func(t thread, r val, a vals) val { return t.CallMethod(r, "start", a...) },
	"Database.Batchable.execute": func(t thread, r val, a vals) val { return t.CallMethod(r, "execute", a...) },
	"Database.Batchable.finish":  func(t thread, r val, a vals) val { return t.CallMethod(r, "finish", a...) },
	"Network.getNetworkId":       func(t thread, _ val, a vals) val { return vm.Null },
	"Site.getSiteId":             func(t thread, _ val, a vals) val { return vm.Null },
	"Site.getName":               func(t thread, _ val, a vals) val { return vm.Null },
}
