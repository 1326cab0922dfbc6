package rule

import (
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Type is what a field holds, as expressions see it. Each may be null.
type Type uint8

// The types.
const (
	Text Type = iota // dates and ids too
	Number
	Truth
)

var celTypes = map[Type]*cel.Type{Text: cel.StringType, Number: cel.DoubleType, Truth: cel.BoolType}

// Check compiles an expression again against what the fields of a row hold, by
// path ("Account.Name"), and lists where it uses one as what it is not. Paths that
// are not given may hold anything. at is where its text begins.
func Check(scope Scope, source string, fields map[string]Type, at diag.Span) diag.List {
	record := cel.ObjectType(rowType)
	vars := map[string]*cel.Type{"row": record, "before": record, "after": record, "rows": cel.ListType(record), "count": cel.DoubleType}
	registry, err := types.NewRegistry()
	if err != nil {
		return diag.List{diag.Errorf(at, "EXPRESSION", "prepare the expression language: %v", err)}
	}
	env, err := environment(scope, vars, cel.CustomTypeProvider(&rowTypes{registry, fields}))
	if err != nil {
		return diag.List{diag.Errorf(at, "EXPRESSION", "prepare the expression language: %v", err)}
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return place(issues, source, scope, at)
	}
	decimals(parsed.NativeRep())
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return place(issues, source, scope, at)
	}
	if out := checked.OutputType(); !out.IsAssignableType(cel.BoolType) && !out.IsExactType(cel.DynType) {
		return diag.List{diag.Errorf(at, "EXPRESSION", "the expression gives %s, it must say true or false", out)}
	}
	return nil
}

// rowType is the name of a row's type; that of what a lookup leads to follows it:
// "@row.Account".
const rowType = "@row" // no name of an expression

// rowTypes are the types of a row and of what its lookups lead to.
type rowTypes struct {
	types.Provider
	fields map[string]Type
}

// FindStructType knows a row.
func (p *rowTypes) FindStructType(name string) (*types.Type, bool) {
	if name == rowType || strings.HasPrefix(name, rowType+".") {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldType knows its fields.
func (p *rowTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	prefix, ok := strings.CutPrefix(name, rowType)
	if !ok {
		return p.Provider.FindStructFieldType(name, field)
	}
	path := strings.TrimPrefix(prefix+"."+field, ".")
	if t, ok := p.fields[path]; ok {
		return &types.FieldType{Type: types.NewNullableType(celTypes[t])}, true
	}
	for have := range p.fields {
		if strings.HasPrefix(have, path+".") {
			return &types.FieldType{Type: types.NewObjectType(rowType + "." + path)}, true
		}
	}
	return &types.FieldType{Type: types.DynType}, true
}
