package stdlib

import (
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var timeTable = vm.Library{
	"Time.newInstance": func(t thread, _ val, a vals) val {
		return vm.Time(wrapDay(((num(t, a[0])*60+num(t, a[1]))*60+num(t, a[2]))*1000 + num(t, a[3])))
	},
	"Time.addHours":        func(t thread, r val, a vals) val { return vm.Time(wrapDay(r.Int() + num(t, a[0])*3600_000)) },
	"Time.addMinutes":      func(t thread, r val, a vals) val { return vm.Time(wrapDay(r.Int() + num(t, a[0])*60_000)) },
	"Time.addSeconds":      func(t thread, r val, a vals) val { return vm.Time(wrapDay(r.Int() + num(t, a[0])*1000)) },
	"Time.addMilliseconds": func(t thread, r val, a vals) val { return vm.Time(wrapDay(r.Int() + num(t, a[0]))) },
	"Time.hour":            func(t thread, r val, a vals) val { return vm.Int(r.Int() / 3600_000) },
	"Time.minute":          func(t thread, r val, a vals) val { return vm.Int(r.Int() / 60_000 % 60) },
	"Time.second":          func(t thread, r val, a vals) val { return vm.Int(r.Int() / 1000 % 60) },
	"Time.millisecond":     func(t thread, r val, a vals) val { return vm.Int(r.Int() % 1000) },
	"Time.toString":        func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"TimeZone.getTimeZone": func(t thread, _ val, a vals) val { return zoneValue(t, str(t, a[0])) },
	"TimeZone.getID":       func(t thread, r val, a vals) val { return vm.Str(r.Native().(*zoneNative).name) },
	"TimeZone.toString":    func(t thread, r val, a vals) val { return vm.Str(r.Native().(*zoneNative).name) },
	"TimeZone.getDisplayName": func(t thread, r val, a vals) val {
		z := r.Native().(*zoneNative)
		return vm.Str(formatPattern(t, time.UnixMilli(now(t)).In(z.zone), "'(GMT'XXX')' zzzz") + " (" + z.name + ")")
	},
	"TimeZone.getOffset": func(t thread, r val, a vals) val {
		_, off := time.UnixMilli(num(t, a[0])).In(r.Native().(*zoneNative).zone).Zone()
		return vm.Int(int64(off) * 1000)
	},
}

type zoneNative struct {
	name string
	zone *time.Location
}

// String is the zone as it prints: its name.
func (z *zoneNative) String() string { return z.name }

func zoneValue(t *vm.Thread, name string) vm.Value {
	return t.NewNative("System.TimeZone", &zoneNative{name, namedZone(t, name)})
}

func wrapDay(ms int64) int64 {
	ms %= value.MsPerDay
	if ms < 0 {
		ms += value.MsPerDay
	}
	return ms
}
