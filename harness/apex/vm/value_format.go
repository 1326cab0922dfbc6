package vm

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// Text is a value as concatenation and System.debug show it.
func (t *Thread) Text(v Value) string {
	switch v.k {
	case KindString, KindID:
		return v.Text()
	case KindInteger, KindLong:
		return strconv.FormatInt(v.n, 10)
	case KindBlob:
		return "Blob[" + strconv.FormatInt(v.n, 10) + "]"
	case KindNull, KindBoolean, KindDouble, KindDecimal, KindDate, KindDatetime, KindTime:
		s, _ := v.Scalar()
		return s.String()
	}
	p := printer{t: t}
	p.print(v)
	return p.b.String()
}

// ValueOf is a value as String.valueOf gives it: a Date without a time, a
// Datetime in the user's zone.
func (t *Thread) ValueOf(v Value) string {
	switch v.k {
	case KindDate:
		return value.FormatDate(v.n)
	case KindDatetime:
		days, ms := value.DaysOf(v.n, t.host.User().Zone)
		return value.OfDatetime(days*value.MsPerDay + ms).String()
	default:
		return t.Text(v)
	}
}

// printer writes collections, records and objects; a reference it is inside of
// already prints as "(already output)".
type printer struct {
	t    *Thread
	b    strings.Builder
	open []Value
}

// printDepth bounds how deep nested values are shown.
const printDepth = 50

func (p *printer) print(v Value) {
	p.t.Fits(p.b.Len())
	p.t.Work(1)
	switch v.k {
	case KindList, KindSet, KindMap, KindObject, KindRecord:
		for _, o := range p.open {
			if o.p == v.p {
				p.b.WriteString("(already output)")
				return
			}
		}
		if len(p.open) > printDepth {
			p.b.WriteString("...")
			return
		}
		p.open = append(p.open, v)
		p.reference(v)
		p.open = p.open[:len(p.open)-1]
	case KindEnum:
		p.b.WriteString(EnumName(v))
	default:
		p.b.WriteString(p.t.Text(v))
	}
}

func (p *printer) reference(v Value) {
	switch v.k {
	case KindList:
		p.sequence("(", v.List().Vals, ")")
	case KindSet:
		p.sequence("{", v.Set().Values(), "}")
	case KindMap:
		p.b.WriteByte('{')
		n := 0
		v.Map().Each(func(k, e Value) bool {
			if n > 0 {
				p.b.WriteString(", ")
			}
			if n++; n > mostPrinted {
				p.b.WriteString("...")
				return false
			}
			p.print(k)
			p.b.WriteByte('=')
			p.print(e)
			return true
		})
		p.b.WriteByte('}')
	case KindRecord:
		p.record(v.Record())
	default:
		p.object(v)
	}
}

// mostPrinted is how many elements of a collection are printed
// (verified-behaviours-2.md, row 74).
const mostPrinted = 10

func (p *printer) sequence(open string, vals []Value, end string) {
	p.b.WriteString(open)
	for i, v := range vals {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if i == mostPrinted {
			p.b.WriteString("...")
			break
		}
		p.print(v)
	}
	p.b.WriteString(end)
}

func (p *printer) record(r *schema.Record) {
	p.b.WriteString(r.Object.Name)
	p.b.WriteString(":{")
	n := 0
	r.Each(func(f *schema.Field, v value.Value) {
		if n > 0 {
			p.b.WriteString(", ")
		}
		n++
		p.b.WriteString(f.Name)
		p.b.WriteByte('=')
		p.b.WriteString(v.String())
	})
	if named := r.Aliased(); named != nil {
		for i, name := range named.Names {
			if n++; n > 1 {
				p.b.WriteString(", ")
			}
			p.b.WriteString(name + "=" + named.Values[i].String())
		}
	}
	p.b.WriteByte('}')
}

func (p *printer) object(v Value) {
	o := v.Object()
	if o.stub == nil && !o.Class.Def.Lib {
		if c := o.Class.prepare().text; c != nil {
			s := p.t.call(c, o, nil)
			p.b.WriteString(p.t.Text(s))
			return
		}
	}
	switch n := o.Native.(type) {
	case fmt.Stringer:
		p.b.WriteString(n.String())
		return
	case *Exception: // one that was never thrown prints as other objects do (a public package's test)
		if n.Unused {
			p.b.WriteString(o.Class.Def.Name + ":[]: ")
		} else {
			p.b.WriteString(o.Class.Name + ": ")
		}
		p.b.WriteString(n.Text())
		return
	case *schema.AggregateRow:
		p.aggregate(n)
		return
	case *Bag:
		if fn := p.t.prog.libFunc(o.Class.Def.FullName() + ".toString"); fn != nil {
			p.b.WriteString(fn(p.t, v, nil).Text())
			return
		}
	}
	p.b.WriteString(o.Class.Def.Name)
	if o.stub != nil { // the platform's generated class, as logs show it
		p.b.WriteString("__sfdc_ApexStub")
	}
	p.b.WriteString(":[")
	if !o.Class.Def.Lib {
		fields := o.Class.Def.Fields()
		for i, f := range fields {
			if i > 0 {
				p.b.WriteString(", ")
			}
			p.b.WriteString(f.Name)
			p.b.WriteByte('=')
			if f.Slot >= 0 && f.Slot < len(o.Fields) {
				p.print(o.Fields[f.Slot])
			}
		}
	}
	p.b.WriteByte(']')
}

func (p *printer) aggregate(r *schema.AggregateRow) {
	p.b.WriteString("AggregateResult:{")
	for i, n := range r.Names {
		if i > 0 {
			p.b.WriteString(", ")
		}
		p.b.WriteString(n + "=" + r.Values[i].String())
	}
	p.b.WriteByte('}')
}
