package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// controller is an ApexPages.StandardController or StandardSetController: its
// records and, of a set, what is selected and which page is shown.
type controller struct {
	record   vm.Value
	records  vm.Value
	selected vm.Value
	filter   vm.Value
	sample   *schema.Record // of a set: holds the fields to change in all that are selected
	page     int64
	size     int64
}

func controllerOf(t *vm.Thread, v vm.Value) *controller {
	c, ok := v.Native().(*controller)
	if !ok {
		t.ThrowNull()
	}
	return c
}

func (c *controller) count() int64 { return int64(len(c.records.List().Vals)) }

func (c *controller) pages() int64 { return max(1, (c.count()+c.size-1)/c.size) }

// defaultPageSize is the number of records on a page of a set controller (Apex
// Reference, StandardSetController.getPageSize).
const defaultPageSize = 20

// mostInSet is how many records a set controller handles (Visualforce
// Developer Guide, Standard List Controllers).
const mostInSet = 10_000

// prototype is the record that stands for a set: what is put there is for all
// selected records. A set without records of a known object has none.
func (c *controller) prototype() *schema.Record {
	if c.sample == nil {
		object := c.records.List().Type.Elem().SObject
		if vals := c.records.List().Vals; object == nil && len(vals) > 0 {
			object = vals[0].Record().Object
		}
		if object != nil {
			c.sample = schema.NewRecord(object)
		}
	}
	return c.sample
}

// listViews are the list views of an object as options.
func listViews(t *vm.Thread, sample *schema.Record) []vm.Value {
	if sample == nil {
		return nil
	}
	var out []vm.Value
	for _, rec := range queryInside(t, "SELECT Id, Name FROM ListView WHERE SobjectType = :name ORDER BY Name", sample.Object.Name) {
		out = append(out, t.NewNative("System.SelectOption", &vm.Bag{Values: map[string]vm.Value{
			"value": vm.ID(rec.ID()), "label": vm.OfScalar(rec.Get(rec.Object.Field("Name"))), "disabled": vm.Bool(false)}}))
	}
	return out
}

var controllerTable = vm.Library{
	"ApexPages.StandardController.<init>": func(t thread, _ val, a vals) val {
		if a[0].IsNull() {
			t.ThrowNull()
		}
		return t.NewNative("ApexPages.StandardController", &controller{record: a[0]})
	},
	"ApexPages.StandardController.getRecord": func(t thread, r val, a vals) val { return controllerOf(t, r).record },
	"ApexPages.StandardController.getId": func(t thread, r val, a vals) val {
		return idOrNull(controllerOf(t, r).record.Record().ID())
	},
	"ApexPages.StandardController.addFields": func(t thread, r val, a vals) val { return vm.Null },
	"ApexPages.StandardController.reset":     func(t thread, r val, a vals) val { return vm.Null },
	"ApexPages.StandardController.save": func(t thread, r val, a vals) val {
		rec := controllerOf(t, r).record.Record()
		op := dml.Insert
		if rec.ID() != "" {
			op = dml.Update
		}
		t.DML(&vm.DMLCall{Statement: schema.Statement{Op: op, Records: []*schema.Record{rec}, AllOrNone: true}})
		return newPage(t, "/"+rec.ID())
	},
	"ApexPages.StandardController.delete": func(t thread, r val, a vals) val {
		rec := controllerOf(t, r).record.Record()
		t.DML(&vm.DMLCall{Statement: schema.Statement{Op: dml.Delete, Records: []*schema.Record{rec}, AllOrNone: true}})
		return newPage(t, "/"+rec.Object.KeyPrefix)
	},
	"ApexPages.StandardController.view": func(t thread, r val, a vals) val {
		return newPage(t, recordPath(t, r))
	},
	"ApexPages.StandardController.edit": func(t thread, r val, a vals) val {
		return newPage(t, recordPath(t, r)+"/e")
	},
	"ApexPages.StandardController.cancel": func(t thread, r val, a vals) val {
		return newPage(t, recordPath(t, r))
	},
	"ApexPages.StandardSetController.<init>": func(t thread, _ val, a vals) val {
		c := &controller{records: a[0], page: 1, size: defaultPageSize}
		if l, ok := a[0].Native().(*vm.Locator); ok {
			c.records = t.Rows(t.Query(l.Call), nil, types.QueryList)
		}
		if c.records.List() == nil {
			t.ThrowNull()
		}
		c.selected = vm.NewList(c.records.List().Type, nil)
		return t.NewNative("ApexPages.StandardSetController", c)
	},
	"ApexPages.StandardSetController.getRecords": func(t thread, r val, a vals) val {
		c := controllerOf(t, r)
		all := c.records.List()
		from := min((c.page-1)*c.size, c.count())
		to := min(from+c.size, c.count())
		return vm.NewList(all.Type, append([]val(nil), all.Vals[from:to]...))
	},
	"ApexPages.StandardSetController.getSelected":   func(t thread, r val, a vals) val { return controllerOf(t, r).selected },
	"ApexPages.StandardSetController.setSelected":   func(t thread, r val, a vals) val { controllerOf(t, r).selected = a[0]; return vm.Null },
	"ApexPages.StandardSetController.getResultSize": func(t thread, r val, a vals) val { return vm.Int(controllerOf(t, r).count()) },
	"ApexPages.StandardSetController.getPageSize":   func(t thread, r val, a vals) val { return vm.Int(controllerOf(t, r).size) },
	"ApexPages.StandardSetController.setPageSize": func(t thread, r val, a vals) val {
		controllerOf(t, r).size = max(1, num(t, a[0]))
		return vm.Null
	},
	"ApexPages.StandardSetController.getPageNumber": func(t thread, r val, a vals) val { return vm.Int(controllerOf(t, r).page) },
	"ApexPages.StandardSetController.setPageNumber": func(t thread, r val, a vals) val {
		c := controllerOf(t, r)
		c.page = min(max(1, num(t, a[0])), c.pages())
		return vm.Null
	},
	"ApexPages.StandardSetController.getHasNext": func(t thread, r val, a vals) val {
		c := controllerOf(t, r)
		return vm.Bool(c.page < c.pages())
	},
	"ApexPages.StandardSetController.getHasPrevious": func(t thread, r val, a vals) val { return vm.Bool(controllerOf(t, r).page > 1) },
	"ApexPages.StandardSetController.next": func(t thread, r val, a vals) val {
		c := controllerOf(t, r)
		c.page = min(c.page+1, c.pages())
		return vm.Null
	},
	"ApexPages.StandardSetController.previous": func(t thread, r val, a vals) val {
		c := controllerOf(t, r)
		c.page = max(c.page-1, 1)
		return vm.Null
	},
	"ApexPages.StandardSetController.first": func(t thread, r val, a vals) val { controllerOf(t, r).page = 1; return vm.Null },
	"ApexPages.StandardSetController.last": func(t thread, r val, a vals) val {
		c := controllerOf(t, r)
		c.page = c.pages()
		return vm.Null
	},
	"ApexPages.StandardSetController.addFields":   func(thread, val, vals) val { return vm.Null },
	"ApexPages.StandardSetController.getFilterId": func(t thread, r val, _ vals) val { return controllerOf(t, r).filter },
	"ApexPages.StandardSetController.setFilterId": func(t thread, r val, a vals) val { controllerOf(t, r).filter = a[0]; return vm.Null },
	"ApexPages.StandardSetController.getCompleteResult": func(t thread, r val, _ vals) val {
		return vm.Bool(controllerOf(t, r).count() <= mostInSet)
	},
	"ApexPages.StandardSetController.getRecord": func(t thread, r val, _ vals) val {
		return vm.Record(controllerOf(t, r).prototype())
	},
	"ApexPages.StandardSetController.getListViewOptions": func(t thread, r val, _ vals) val {
		return t.ListOf("System.SelectOption", listViews(t, controllerOf(t, r).prototype()))
	},
	"ApexPages.StandardSetController.cancel": func(t thread, r val, a vals) val { return newPage(t, "/") },
	"ApexPages.StandardSetController.save": func(t thread, r val, a vals) val {
		t.DML(&vm.DMLCall{Statement: schema.Statement{Op: dml.Update, Records: t.Records(controllerOf(t, r).records), AllOrNone: true}})
		return newPage(t, "/")
	},
}

// recordPath is the address of a controller's record, which has the id of 15
// characters (seen in addresses of records' pages).
func recordPath(t *vm.Thread, controller vm.Value) string {
	id := controllerOf(t, controller).record.Record().ID()
	return "/" + id[:min(15, len(id))]
}
