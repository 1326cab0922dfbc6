package vm

import (
	"errors"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Exception is the state of an exception object: what System.Exception's
// methods answer. User classes that extend Exception have it too.
type Exception struct {
	Message string
	HasText bool // a message was given; getMessage otherwise says "Script-thrown exception"
	Unused  bool // made by the program and not thrown yet
	Cause   Value
	Frames  []cause.Place // innermost first
	Rows    []DMLRow
	Fields  map[string]Value // further data of special exceptions
	// Inaccessible is what a query or statement in user mode may not use:
	// fields by object.
	Inaccessible map[string][]string

	exceeded string // the limit of a LimitException, by its name in the table
	noRow    bool   // of a QueryException: a row had to be found, and none was
}

// failed is what the exception of a class tells as structure.
func (e *Exception) failed(class string) dml.Failed {
	f := dml.Failed{Exception: class, Limit: e.exceeded, NoRow: e.noRow}
	for x := e; x != nil; x = ExceptionOf(x.Cause) {
		if len(x.Rows) == 0 {
			continue
		}
		for _, r := range x.Rows[:min(len(x.Rows), dml.MaxFailedRows)] {
			f.Rows = append(f.Rows, dml.FailedRow{Index: r.Index, ID: r.ID, RowError: r.RowError})
		}
		break
	}
	return f
}

// DMLRow is one failed row of a DmlException.
type DMLRow struct {
	Index  int
	ID     string
	Record *schema.Record
	dml.RowError
}

// Stack is the stack trace as getStackTraceString prints it.
func (e *Exception) Stack() string { return cause.Stack(e.Frames) }

// Line is the line of the innermost frame, 0 when there is none.
func (e *Exception) Line() int {
	if len(e.Frames) == 0 {
		return 0
	}
	return e.Frames[0].Line
}

// Error is how a thread ends when an exception or a limit leaves it.
type Error struct {
	Type     string // "System.DmlException", "MyNs.Outer.MyException"
	Message  string
	Frames   []cause.Place // the stack where it was thrown, innermost first
	Failed   dml.Failed    // what it tells as structure
	Cause    *Error
	Limit    bool // a governor limit: nothing could have caught it
	Assert   bool // a failed System.assert
	Missing  bool // stopped at something that is not simulated
	Original Value
}

// Error is "System.DmlException: Insert failed. ...".
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Type
	}
	return e.Type + ": " + e.Message
}

// Stack is the stack trace as getStackTraceString prints it.
func (e *Error) Stack() string { return cause.Stack(e.Frames) }

// Refusals are the errors of the rows of a DmlException, or of the exception
// that caused this one.
func (e *Error) Refusals() []dml.RowError {
	var out []dml.RowError
	for _, row := range e.Failed.Rows {
		out = append(out, row.RowError)
	}
	return out
}

// Place is the line that threw; zero when nothing of Apex ran.
func (e *Error) Place() cause.Place {
	if len(e.Frames) == 0 {
		return cause.Place{}
	}
	return e.Frames[0]
}

// Report is the text the platform mails for an unhandled exception: the
// exception, its causes and the stack.
func (e *Error) Report() string {
	var b strings.Builder
	b.WriteString(e.Error())
	for c := e.Cause; c != nil; c = c.Cause {
		b.WriteString("\nCaused by: ")
		b.WriteString(c.Error())
	}
	b.WriteString("\n\n")
	b.WriteString(e.Stack())
	return b.String()
}

// thrown is the panic that carries an Apex exception to the try that catches
// it or to the end of the thread; it never leaves the package.
type thrown struct{ exception Value }

// stop is the panic that nothing in Apex can catch: a limit, a failed
// assertion, something not simulated, an error of the host.
type stop struct {
	exception Value // an Apex exception, or null
	missing   bool
	assert    bool
	err       error
}

// Throw throws an exception of the library by its platform name.
func (t *Thread) Throw(typ, message string) {
	panic(&thrown{t.newException(typ, message)})
}

// Throwf is Throw with a format.
func (t *Thread) Throwf(typ, format string, args ...any) {
	t.Throw(typ, sprintf(format, args...))
}

// ThrowValue throws an exception object.
func (t *Thread) ThrowValue(e Value) { panic(&thrown{e}) }

// ThrowNull is what using null does.
func (t *Thread) ThrowNull() {
	t.Throw("System.NullPointerException", "Attempt to de-reference a null object")
}

// Fail stops the transaction as a failed assertion does; Apex cannot catch it.
func (t *Thread) Fail(message string) {
	panic(&stop{exception: t.newException("System.AssertException", message), assert: true})
}

// Unsupported stops the transaction at something that is not simulated, after
// noting it in the ledger. Apex cannot catch it.
func (t *Thread) Unsupported(name, note string) {
	t.host.Unsupported(t, name, note, t.Where())
	message := name + " is not simulated"
	if note != "" {
		message += ": " + note
	}
	e := t.newException("System.UnsupportedOperationException", message)
	t.host.Event(t, t.event(EventUnsupported, "unsupported", name))
	panic(&stop{exception: e, missing: true})
}

// Check turns an error of the host into what the program sees: a Fault is
// thrown, anything else stops the thread.
func (t *Thread) Check(err error) {
	if err == nil {
		return
	}
	var fault *dml.Fault
	if errors.As(err, &fault) {
		t.throwFault(fault)
	}
	switch e := err.(type) {
	case *Error:
		if !e.Original.IsNull() && !e.Limit && !e.Assert && !e.Missing {
			panic(&thrown{e.Original})
		}
		panic(&stop{exception: e.Original, missing: e.Missing, assert: e.Assert, err: err})
	default:
		panic(&stop{err: err})
	}
}

func (t *Thread) throwFault(f *dml.Fault) {
	v := t.newException(f.Type, f.Message)
	if f.Type == "System.LimitException" {
		panic(&stop{exception: v})
	}
	x := ExceptionOf(v)
	x.Inaccessible = f.Inaccessible
	for i, r := range f.Rows {
		x.Rows = append(x.Rows, DMLRow{Index: i, RowError: r})
	}
	panic(&thrown{v})
}

// ExceptionOf is the state of an exception object, or nil.
func ExceptionOf(v Value) *Exception {
	x, _ := v.Native().(*Exception)
	return x
}

// exceptionCost is the steps of making an exception, which takes down the stack.
const exceptionCost = 100

// newException makes an exception of the library with the stack as it is now.
func (t *Thread) newException(typ, message string) Value {
	t.steps += exceptionCost
	c := t.prog.LibClass(typ)
	o := &Object{Class: c, Native: &Exception{Message: message, HasText: true, Frames: t.Trace()}}
	t.log("EXCEPTION_THROWN", t.at(), c.Name+": "+message)
	return Obj(o)
}

// NewException is newException for the library.
func (t *Thread) NewException(typ, message string) Value { return t.newException(typ, message) }

// asError describes an exception for whoever started the thread.
func (t *Thread) asError(v Value) *Error {
	x := ExceptionOf(v)
	if x == nil {
		return &Error{Type: "System.NullPointerException", Message: "Attempt to de-reference a null object"}
	}
	e := &Error{Type: v.Object().Class.Name, Message: x.Text(), Frames: x.Frames, Original: v}
	e.Failed = x.failed(e.Type)
	if !x.Cause.IsNull() {
		e.Cause = t.asError(x.Cause)
	}
	return e
}

// Text is what getMessage answers for a thrown exception.
func (e *Exception) Text() string {
	if !e.HasText {
		return "Script-thrown exception"
	}
	return e.Message
}
