package stdlib

import (
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// hoursTable is the class BusinessHours (Apex Reference): time counted inside
// the hours of a row, in its own zone.
var hoursTable = vm.Library{
	"BusinessHours.add":    addHours,
	"BusinessHours.addGmt": addHours,
	"BusinessHours.diff": func(t thread, _ val, a vals) val {
		h, from, to := hoursOf(t, a[0]), num(t, a[1]), num(t, a[2])
		if to < from {
			return vm.Long(-h.between(to, from))
		}
		return vm.Long(h.between(from, to))
	},
	"BusinessHours.isWithin": func(t thread, _ val, a vals) val {
		h, at := hoursOf(t, a[0]), num(t, a[1])
		return vm.Bool(h.next(at) == at)
	},
	"BusinessHours.nextStartDate": func(t thread, _ val, a vals) val {
		return vm.Datetime(hoursOf(t, a[0]).next(num(t, a[1])))
	},
}

func addHours(t thread, _ val, a vals) val {
	return vm.Datetime(hoursOf(t, a[0]).add(num(t, a[1]), num(t, a[2])))
}

// hours are the hours of a week: from and to in milliseconds since midnight by
// weekday, open all day when both are midnight, closed when there are none.
type hours struct {
	zone     *time.Location
	open     [7]bool
	from, to [7]int64
}

// hoursOf reads the row of business hours of an id.
func hoursOf(t *vm.Thread, id vm.Value) *hours {
	object := t.Schema().Object("BusinessHours")
	rows := queryInside(t, "SELECT FIELDS(STANDARD) FROM BusinessHours WHERE Id = :name", str(t, id))
	if len(rows) == 0 {
		t.Throwf("System.InvalidParameterValueException", "Invalid business hours id: %s", id.Text())
	}
	if len(queryInside(t, "SELECT Id FROM Holiday LIMIT 1", "")) > 0 {
		t.Host().Approximated(t, "BusinessHours", "holidays count as other days", t.Where())
	}
	get := func(name string) value.Value { return rows[0].Get(object.Field(name)) }
	h := &hours{zone: namedZone(t, get("TimeZoneSidKey").Text())}
	for day := range h.open {
		from, to := get(time.Weekday(day).String()+"StartTime"), get(time.Weekday(day).String()+"EndTime")
		if h.open[day] = !from.IsNull() && !to.IsNull(); !h.open[day] {
			continue
		}
		h.from[day], h.to[day] = from.Int64(), to.Int64()
		if h.to[day] == 0 {
			h.to[day] = value.MsPerDay
		}
	}
	return h
}

// farthest is how many days are searched for one that is open, and counted over.
const farthest = 20 * 366

// day is the open time of the day that lies so many days from that of a moment.
func (h *hours) day(at int64, offset int) (from, to int64, open bool) {
	m := time.UnixMilli(at).In(h.zone)
	m = time.Date(m.Year(), m.Month(), m.Day()+offset, 0, 0, 0, 0, h.zone)
	w := m.Weekday()
	clock := func(ms int64) int64 {
		return time.Date(m.Year(), m.Month(), m.Day(), 0, 0, 0, 0, h.zone).Add(time.Duration(ms) * time.Millisecond).UnixMilli()
	}
	return clock(h.from[w]), clock(h.to[w]), h.open[w]
}

// next is a moment itself when it is inside the hours, else when they begin next.
func (h *hours) next(at int64) int64 {
	for i := range farthest {
		from, to, open := h.day(at, i)
		if open && to > at {
			return max(from, at)
		}
	}
	return at
}

// between is the open time from one moment to a later one.
func (h *hours) between(from, to int64) (sum int64) {
	for i := range farthest {
		start, end, open := h.day(from, i)
		if start > to {
			break
		}
		if open {
			sum += max(0, min(end, to)-max(start, from))
		}
	}
	return sum
}

// add is the moment when so much open time has passed; it goes back for a
// negative time.
func (h *hours) add(at, span int64) int64 {
	for i := range farthest {
		if span < 0 {
			start, end, open := h.day(at, -i)
			if end = min(end, at); !open || end <= start {
				continue
			}
			if start-end <= span {
				return end + span
			}
			span += end - start
			continue
		}
		start, end, open := h.day(at, i)
		if start = max(start, at); !open || end <= start {
			continue
		}
		if end-start >= span {
			return start + span
		}
		span -= end - start
	}
	return at
}
