package vm

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Log is a debug log as the platform writes it (Apex Developer Guide, Debug
// Log): a line an event, with the time of day, the nanoseconds of CPU time since
// the transaction began, and fields between bars. It grows while a thread
// runs.
type Log struct {
	Lines []string
	bytes int
}

// maxLog is the size of the largest debug log (Apex Developer Guide, Debug Log).
const maxLog = 20 << 20

// log writes one line; line is that of the running code.
func (t *Thread) log(event string, fields ...string) {
	if t.opt.Log == nil || t.opt.Log.bytes > maxLog {
		return
	}
	ns := (t.spent + t.steps) * (1_000_000 / StepsPerMillisecond)
	at := time.UnixMilli(t.host.Now() + ns/1_000_000).In(t.zone())
	var b strings.Builder
	fmt.Fprintf(&b, "%s.%d (%d)|%s", at.Format("15:04:05"), at.Nanosecond()/1_000_000, ns, event)
	for _, f := range fields {
		b.WriteByte('|')
		b.WriteString(f)
	}
	l := t.opt.Log
	if l.bytes += b.Len() + 1; l.bytes > maxLog {
		b.Reset()
		b.WriteString("*********** MAXIMUM DEBUG LOG SIZE REACHED ***********")
	}
	l.Lines = append(l.Lines, b.String())
}

func (t *Thread) zone() *time.Location {
	if z := t.host.User().Zone; z != nil {
		return z
	}
	return time.UTC
}

// at is the line of the running code as logs show it.
func (t *Thread) at() string {
	if t.cur.code == nil {
		return "[EXTERNAL]"
	}
	return "[" + strconv.Itoa(t.cur.place().Line) + "]"
}

// logged makes a method write its entry and exit.
func logged(c *code, run stmt) stmt {
	var params []string
	for _, p := range c.method.Params {
		params = append(params, p.Type.Name)
	}
	signature := c.label() + "(" + strings.Join(params, ", ") + ")"
	entry, exit := "METHOD_ENTRY", "METHOD_EXIT"
	if strings.HasSuffix(c.label(), "<init>") {
		entry, exit = "CONSTRUCTOR_ENTRY", "CONSTRUCTOR_EXIT"
	}
	return func(f *frame) ctl {
		t := f.t
		if t.opt.Log == nil {
			return run(f)
		}
		from := "[EXTERNAL]"
		if f.prev.code != nil {
			from = "[" + strconv.Itoa(f.prev.place().Line) + "]"
		}
		t.log(entry, from, signature)
		defer func() { t.log(exit, from, signature) }()
		return run(f)
	}
}

// LogUnit writes the lines around a transaction, which is what fn runs, and
// the governor limits that it used.
func (t *Thread) LogUnit(name string, fn func() error) error {
	t.log("EXECUTION_STARTED")
	t.log("CODE_UNIT_STARTED", "[EXTERNAL]", name)
	err := fn()
	if err != nil {
		t.log("FATAL_ERROR", err.Error())
	}
	t.log("CODE_UNIT_FINISHED", name)
	t.logLimits()
	t.log("EXECUTION_FINISHED")
	return err
}

// loggedLimits are the limits in the order of the debug log's lines.
var loggedLimits = []Limit{Queries, QueriedRows, SoslQueries, DMLStatements, PublishImmediate, DMLRows, CPUTime, HeapSize,
	Callouts, EmailInvocations, FutureCalls, QueueableJobs, MobilePush}

func (t *Thread) logLimits() {
	t.log("CUMULATIVE_LIMIT_USAGE")
	t.log("LIMIT_USAGE_FOR_NS", "(default)", "")
	usage := t.Usage()
	for _, l := range loggedLimits {
		t.opt.Log.Lines = append(t.opt.Log.Lines, fmt.Sprintf("  %s: %d out of %d", limitTable[l].log, usage[l], t.limits.Max[l]))
	}
	t.log("CUMULATIVE_LIMIT_USAGE_END")
}
