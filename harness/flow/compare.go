package flow

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// logicOf turns the logic of flow conditions into a function of its parts.
func logicOf(count int, logic string) (func(test func(int) (bool, error)) (bool, error), error) {
	switch strings.ToLower(logic) {
	case "or":
		return func(test func(int) (bool, error)) (bool, error) {
			for i := range count {
				if ok, err := test(i); ok || err != nil {
					return ok, err
				}
			}
			return false, nil
		}, nil
	case "", "and":
		logic = ""
	}
	return formula.ParseCondition(count, logic)
}

// compare evaluates a flow operator. Texts compare without case; an empty text
// is null.
func compare(operator string, x, y value.Value) bool {
	x, y = blankText(x), blankText(y)
	switch operator {
	case "EqualTo":
		return equal(x, y)
	case "NotEqualTo":
		return !equal(x, y)
	case "IsNull":
		return x.IsNull() == truth(y)
	case "IsBlank", "IsEmpty":
		return x.IsNull() == truth(y)
	case "StartsWith":
		return strings.HasPrefix(fold(x), fold(y))
	case "EndsWith":
		return strings.HasSuffix(fold(x), fold(y))
	case "Contains":
		return strings.Contains(fold(x), fold(y))
	}
	if x.IsNull() || y.IsNull() {
		return false
	}
	c := value.Compare(x, y)
	switch operator {
	case "GreaterThan":
		return c > 0
	case "GreaterThanOrEqualTo":
		return c >= 0
	case "LessThan":
		return c < 0
	case "LessThanOrEqualTo":
		return c <= 0
	default:
		return false
	}
}

// comparable reports whether compare knows the operator.
func comparable(operator string) bool {
	switch operator {
	case "EqualTo", "NotEqualTo", "IsNull", "IsBlank", "IsEmpty", "StartsWith", "EndsWith", "Contains", "GreaterThan",
		"GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo", "In", "NotIn":
		return true
	default:
		return false
	}
}

func blankText(v value.Value) value.Value {
	if v.Kind() == value.Text && v.Text() == "" {
		return value.Value{}
	}
	return v
}

// truth reads the right side of IsNull, which may be the text "true".
func truth(v value.Value) bool {
	return v.Bool() || v.Kind() == value.Text && strings.EqualFold(v.Text(), "true")
}

// equal treats a blank checkbox as false.
func equal(x, y value.Value) bool {
	if x.Kind() == value.Bool || y.Kind() == value.Bool {
		return truth(x) == truth(y)
	}
	return value.Equal(x, y)
}

func fold(v value.Value) string {
	if v.IsNull() {
		return ""
	}
	return value.Fold(v.String())
}

func contains(list []value.Value, v value.Value) bool {
	for _, w := range list {
		if equal(w, v) {
			return true
		}
	}
	return false
}
