package diff

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// CauseKind says what sort of transaction wrote a row.
type CauseKind string

// The kinds of cause.
const (
	Script     CauseKind = "script"     // the post-install script, in the install transaction
	Job        CauseKind = "job"        // asynchronous work that a transaction started
	Business   CauseKind = "business"   // users who went on working, and what their work started
	Automation CauseKind = "automation" // a flow, workflow or roll-up that ran along
	Upgrade    CauseKind = "upgrade"    // components that came or went
	Other      CauseKind = "other"
)

// How the texts of causes begin, by who names them.
const (
	scriptPrefix = "post-install script "
	// BusinessLabel begins the cause of all that traffic writes.
	BusinessLabel = "traffic"
	separator     = " | "
)

// Cause is what made a write, taken apart. The org joins it as a text: the
// transaction, then the job it started, then the line of Apex that runs, then
// the automation that acts.
type Cause struct {
	Kind   CauseKind
	Text   string // all of it, as the journal has it
	Root   string // the transaction that started it: "post-install script Install"
	Job    string // "BatchApex Repair", the innermost
	Class  string // class or trigger whose line wrote: "ns.Repair", "Trigger.ns.Name"
	Method string
	Line   int
	Acting []string // "Flow Set_Region", outermost first
}

// jobWords begin the part of a cause that names a job.
var jobWords = []string{"Future ", "Queueable ", "BatchApex ", "ScheduledApex ", "platform event "}

// ParseCause takes the text of a cause apart.
func ParseCause(text string) Cause {
	parts := strings.Split(text, separator)
	c := Cause{Text: text, Root: parts[0]}
	for _, part := range parts[1:] {
		switch {
		case slices.ContainsFunc(jobWords, func(w string) bool { return strings.HasPrefix(part, w) }):
			c.Job = part
		case !c.place(part):
			c.Acting = append(c.Acting, part)
		}
	}
	switch {
	case strings.HasPrefix(c.Root, BusinessLabel+" "):
		c.Kind = Business
	case text == "":
		c.Kind = Upgrade
	case len(c.Acting) > 0:
		c.Kind = Automation
	case c.Job != "":
		c.Kind = Job
	case c.FromScript():
		c.Kind = Script
	default:
		c.Kind = Other
	}
	return c
}

// place reads "Class.ns.Repair.run: line 12, column 1" or "Trigger.T: line 2".
func (c *Cause) place(part string) bool {
	at, rest, ok := strings.Cut(part, ": line ")
	if !ok {
		return false
	}
	number, _, _ := strings.Cut(rest, ",")
	line, err := strconv.Atoi(number)
	if err != nil {
		return false
	}
	c.Class, c.Method, c.Line = at, "", line
	if name, isClass := strings.CutPrefix(at, "Class."); isClass {
		c.Class = name
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			c.Class, c.Method = name[:i], name[i+1:]
		}
	}
	return true
}

// FromScript reports whether a post-install script, or a job that it started,
// is where the write began.
func (c Cause) FromScript() bool { return strings.HasPrefix(c.Root, scriptPrefix) }

// String is the cause as readers want it: the innermost that has a name.
func (c Cause) String() string {
	var parts []string
	if c.Kind == Business {
		return "business that went on"
	}
	if len(c.Acting) > 0 {
		parts = append(parts, c.Acting[len(c.Acting)-1])
	}
	if c.Class != "" {
		place := c.Class
		if c.Method != "" {
			place += "." + c.Method
		}
		parts = append(parts, place+", line "+strconv.Itoa(c.Line))
	}
	switch {
	case c.Job != "":
		parts = append(parts, "job "+c.Job)
	case c.Class == "":
		parts = append(parts, c.Root)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// Causes are what wrote one row, oldest first.
type Causes []Cause

// Texts gives the causes as the journal has them, for keys and messages.
func (list Causes) Texts() []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Text
	}
	return out
}

// Business reports whether users had a hand in the row. The journal is kept by
// row, so what else wrote it can not be told apart field by field.
func (list Causes) Business() bool {
	return slices.ContainsFunc(list, func(c Cause) bool { return c.Kind == Business })
}

// Change is the records of one object that the upgrade changed, counted.
type Change struct {
	Kinds  map[RowKind]int
	Fields []FieldCount    // sorted by field
	Causes []CauseCount    // most records first
	Users  map[RowKind]int // records that users had a hand in, not counted above
}

// FieldCount is a field that differs in updated records, with one as an example.
type FieldCount struct {
	Field
	Rows int
	Of   string // name of the example, or its id
}

// CauseCount is one cause and how many of the records it wrote. A record may
// have several causes.
type CauseCount struct {
	Cause Cause
	Text  string // Cause in words
	Rows  int
}

// Summary counts the records of an object. Those that users had a hand in are
// counted apart, since what else wrote them can not be told field by field.
func (o *Object) Summary() Change {
	c := Change{Kinds: map[RowKind]int{}, Users: map[RowKind]int{}}
	fields, causes := map[string]int{}, map[string]int{}
	for i := range o.Rows {
		row := &o.Rows[i]
		if row.Causes.Business() {
			c.Users[row.Kind]++
			continue
		}
		c.Kinds[row.Kind]++
		for _, f := range row.Fields {
			j, ok := fields[f.Field.Name]
			if !ok {
				j = len(c.Fields)
				fields[f.Field.Name] = j
				c.Fields = append(c.Fields, FieldCount{Field: f, Of: cmp.Or(row.Name, row.ID)})
			}
			c.Fields[j].Rows++
		}
		for _, cause := range row.Causes.orUpgrade() {
			j, ok := causes[cause.String()]
			if !ok {
				j = len(c.Causes)
				causes[cause.String()] = j
				c.Causes = append(c.Causes, CauseCount{Cause: cause, Text: cause.String()})
			}
			c.Causes[j].Rows++
		}
	}
	slices.SortFunc(c.Fields, func(a, b FieldCount) int { return cmp.Compare(a.Field.Field.Name, b.Field.Field.Name) })
	slices.SortFunc(c.Causes, func(a, b CauseCount) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Text, b.Text)) })
	return c
}

// orUpgrade gives rows that no transaction wrote a cause: they changed with
// their components.
func (list Causes) orUpgrade() Causes {
	if len(list) == 0 {
		return Causes{{Kind: Upgrade, Root: "the upgrade's change of components"}}
	}
	return list
}
