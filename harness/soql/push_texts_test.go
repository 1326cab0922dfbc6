package soql

import (
	"math/rand/v2"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// formulaText makes a random formula of a type.
type formulaText struct{ *rand.Rand }

func (r formulaText) pick(list ...string) string { return list[r.IntN(len(list))] }

func (r formulaText) of(t formula.Type, depth int) string {
	switch t {
	case formula.Number:
		return r.number(depth)
	case formula.Text:
		return r.text(depth)
	case formula.Boolean:
		return r.condition(depth)
	case formula.Date:
		return r.date(depth)
	default:
		return r.datetime(depth)
	}
}

func (r formulaText) chosen(t formula.Type, depth int) string {
	a, b := r.of(t, depth), r.of(t, depth)
	switch r.IntN(5) {
	case 0:
		return "BLANKVALUE(" + a + "," + b + ")"
	case 1:
		return "CASE(" + r.pick("Stage__c", "Parent__r.Stage__c", "Code__c") + ",'New'," + a + ",'Won'," + b + "," + r.of(t, 0) + ")"
	case 2:
		return "IFERROR(" + a + "," + b + ")"
	case 3:
		return "NULLVALUE(" + a + "," + b + ")"
	default:
		return "IF(" + r.condition(depth) + "," + a + "," + r.pick(b, b, "NULL") + ")"
	}
}

func (r formulaText) number(depth int) string {
	if depth == 0 {
		return r.pick("Amount__c", "Count__c", "Fine__c", "Rate__c", "Gross__c", "Share__c", "Parent__r.Amount__c", "Parent__r.Gross__c",
			"Parent__r.Parent__r.Count__c", "0", "1", "2.5", "-3", "100", "0.001", "7")
	}
	a, b := r.number(depth-1), r.number(depth-1)
	switch r.IntN(16) {
	case 0, 1:
		return "(" + a + r.pick(" + ", " - ", " * ") + b + ")"
	case 2:
		return "ROUND(" + a + r.pick(" / ", " * ") + b + "," + r.pick("0", "1", "2", "4") + ")"
	case 3:
		return r.pick("FLOOR", "CEILING", "MFLOOR", "MCEILING") + "(" + a + r.pick(" / ", " - ") + b + ")"
	case 4:
		return r.pick("MAX", "MIN") + "(" + a + "," + b + ")"
	case 5:
		return "MOD(" + a + "," + b + ")"
	case 6:
		return "ABS(-" + a + ")"
	case 7:
		return a + " / " + r.pick("2", "100", "8", "0", b)
	case 8:
		return "LEN(" + r.text(depth-1) + ")"
	case 9:
		return "FIND(" + r.text(0) + "," + r.text(depth-1) + ")"
	case 10:
		return r.pick("YEAR", "MONTH", "DAY", "WEEKDAY", "DAYOFYEAR") + "(" + r.date(depth-1) + ")"
	case 11:
		return "(" + r.date(depth-1) + " - " + r.date(depth-1) + ")"
	case 12:
		return "ROUND(" + r.datetime(depth-1) + " - " + r.datetime(depth-1) + ",3)"
	case 13:
		return r.pick("HOUR", "MINUTE", "SECOND") + "(At__c)"
	case 14:
		return "PICKLISTCOUNT(Tags__c)"
	default:
		return r.chosen(formula.Number, depth-1)
	}
}

func (r formulaText) text(depth int) string {
	if depth == 0 {
		return r.pick("Code__c", "Name", "Label__c", "Parent__r.Name", "Parent__r.Label__c", "Id", "Parent__c", "'a'", "'é'", "''", `'it\'s'`,
			"TEXT(Stage__c)", "$User.Id", "'B'")
	}
	a, b := r.text(depth-1), r.text(depth-1)
	switch r.IntN(9) {
	case 0, 1:
		return "(" + a + r.pick(" & ", " + ") + b + ")"
	case 2:
		return r.pick("LEFT", "RIGHT") + "(" + a + "," + r.pick("0", "1", "2", "-1", "30") + ")"
	case 3:
		return "MID(" + a + "," + r.pick("0", "1", "2") + "," + r.pick("1", "2") + ")"
	case 4:
		return r.pick("UPPER", "LOWER", "TRIM") + "(" + a + ")"
	case 5:
		return "SUBSTITUTE(" + a + "," + b + ",'z')"
	default:
		return r.chosen(formula.Text, depth-1)
	}
}

func (r formulaText) condition(depth int) string {
	if depth == 0 {
		return r.pick("Done__c", "Late__c", "Parent__r.Done__c", "Parent__r.Late__c", "ISBLANK(Due__c)", "TRUE", "ISPICKVAL(Stage__c,'Won')",
			"INCLUDES(Tags__c,'a')", "ISPICKVAL(Parent__r.Stage__c,'')")
	}
	operator := r.pick("=", "<>", "<", "<=", ">", ">=")
	switch r.IntN(11) {
	case 0:
		return r.pick("AND", "OR") + "(" + r.condition(depth-1) + "," + r.condition(depth-1) + "," + r.condition(0) + ")"
	case 1:
		return "NOT(" + r.condition(depth-1) + ")"
	case 2, 3:
		return "(" + r.number(depth-1) + operator + r.number(depth-1) + ")"
	case 4:
		return "(" + r.text(depth-1) + operator + r.text(depth-1) + ")"
	case 5:
		return "(" + r.date(depth-1) + operator + r.date(depth-1) + ")"
	case 6:
		return r.pick("CONTAINS", "BEGINS") + "(" + r.text(depth-1) + "," + r.text(0) + ")"
	case 7:
		return r.pick("ISBLANK", "ISNULL") + "(" + r.of(formula.Type(1+r.IntN(2)), depth-1) + ")"
	case 8:
		return "(" + r.condition(depth-1) + r.pick("=", "<>") + r.condition(0) + ")"
	case 9:
		return "(" + r.number(depth-1) + " / " + r.number(0) + operator + r.number(0) + ")"
	default:
		return r.chosen(formula.Boolean, depth-1)
	}
}

func (r formulaText) date(depth int) string {
	if depth == 0 {
		return r.pick("Due__c", "Next__c", "Parent__r.Due__c", "Parent__r.Next__c", "TODAY()", "DATE(2024,2,29)", "DATE(2023,2,29)")
	}
	switch r.IntN(3) {
	case 0:
		return "(" + r.date(depth-1) + r.pick(" + ", " - ") + r.number(depth-1) + ")"
	case 1:
		return "DATEVALUE(" + r.datetime(depth-1) + ")"
	default:
		return r.chosen(formula.Date, depth-1)
	}
}

func (r formulaText) datetime(depth int) string {
	if depth == 0 {
		return r.pick("Seen__c", "Parent__r.Seen__c", "NOW()", "DATETIMEVALUE(Due__c)")
	}
	if r.IntN(2) == 0 {
		return "(" + r.datetime(depth-1) + r.pick(" + ", " - ") + r.number(depth-1) + ")"
	}
	return r.chosen(formula.DateTime, depth-1)
}

// generated are the kinds of formula field that are generated.
var generated = []struct {
	t     formula.Type
	field schema.FieldType
}{{formula.Number, schema.Double}, {formula.Number, schema.Percent}, {formula.Text, schema.String}, {formula.Boolean, schema.Boolean},
	{formula.Date, schema.Date}, {formula.DateTime, schema.Datetime}}
