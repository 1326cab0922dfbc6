package cause

import (
	"strconv"
	"strings"
)

// Place is a line of Apex: of a stack trace, or of what wrote a row.
type Place struct {
	Class   string // "ns.Outer.Inner", or Anonymous; "" for code of a trigger
	Trigger string // "ns.Name"; "" for code of a class
	Method  string // "", "<init>", "<clinit>" or a method's name
	Line    int    // from 1; 0 where no line is known
}

// Anonymous is the class of an anonymous block, as stack traces name it.
const Anonymous = "AnonymousBlock"

// How the platform writes places (Apex Reference, Exception.getStackTraceString).
const (
	classWord   = "Class."
	triggerWord = "Trigger."
	lineWord    = ": line "
	// columnWord ends a place. The platform gives column 1 for nearly every
	// statement.
	columnWord = ", column 1"
)

// IsZero reports whether there is no place: nothing of Apex ran.
func (p Place) IsZero() bool { return p == Place{} }

// Unit is the class or trigger as stack traces name it: "Class.ns.Outer.Inner",
// "Trigger.ns.Name", "AnonymousBlock"; "" for no place.
func (p Place) Unit() string {
	switch {
	case p.Trigger != "":
		return triggerWord + p.Trigger
	case p.Class == "" || p.Class == Anonymous:
		return p.Class
	default:
		return classWord + p.Class
	}
}

// Code is the method for readers: "ns.Outer.run", "Trigger.ns.Name".
func (p Place) Code() string {
	code := p.Class
	if p.Trigger != "" {
		code = triggerWord + p.Trigger
	}
	if p.Method != "" {
		code += "." + p.Method
	}
	return code
}

// String is the place as a line of a stack trace: "Class.ns.Repair.run: line
// 12, column 1"; "" for no place.
func (p Place) String() string {
	if p.IsZero() {
		return ""
	}
	unit := p.Unit()
	if p.Method != "" {
		unit += "." + p.Method
	}
	return unit + lineWord + strconv.Itoa(p.Line) + columnWord
}

// ParsePlace reads what Place.String writes. The last name of a class is its
// method: code of a class always has one. ok is false for other text.
func ParsePlace(text string) (p Place, ok bool) {
	unit, rest, found := strings.Cut(text, lineWord)
	number, ends := strings.CutSuffix(rest, columnWord)
	line, err := strconv.Atoi(number)
	if !found || !ends || err != nil || line < 0 || strconv.Itoa(line) != number {
		return Place{}, false
	}
	p.Line = line
	if name, is := strings.CutPrefix(unit, triggerWord); is && name != "" {
		p.Trigger = name
		return p, true
	}
	if unit == Anonymous {
		p.Class = Anonymous
		return p, true
	}
	name, is := strings.CutPrefix(unit, classWord)
	i := strings.LastIndexByte(name, '.')
	if !is || i <= 0 || i == len(name)-1 {
		return Place{}, false
	}
	p.Class, p.Method = name[:i], name[i+1:]
	return p, true
}

// Stack prints frames as a stack trace, innermost first.
func Stack(frames []Place) string {
	var b strings.Builder
	for i, p := range frames {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	return b.String()
}
