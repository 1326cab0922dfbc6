package stdlib

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var describeFieldTable = describeMethods("Schema.DescribeFieldResult", map[string]vm.Func{
	"getName": fld(func(f *schema.Field) vm.Value { return vm.Str(f.Name) }),
	"getLocalName": func(t thread, r val, a vals) val {
		return vm.Str(localName(fieldInfo(t, r).Name, t.Namespace()))
	},
	"getLabel":               fld(func(f *schema.Field) vm.Value { return vm.Str(f.Label) }),
	"getInlineHelpText":      fld(func(f *schema.Field) vm.Value { return textOrNull(f.HelpText) }),
	"getLength":              fld(func(f *schema.Field) vm.Value { return vm.Int(int64(f.Length)) }),
	"getByteLength":          fld(func(f *schema.Field) vm.Value { return vm.Int(int64(3 * f.Length)) }),
	"getPrecision":           fld(func(f *schema.Field) vm.Value { return vm.Int(int64(f.Precision)) }),
	"getScale":               fld(func(f *schema.Field) vm.Value { return vm.Int(int64(f.Scale)) }),
	"getDigits":              fld(func(f *schema.Field) vm.Value { return vm.Int(int64(digits(f))) }),
	"getCalculatedFormula":   fld(func(f *schema.Field) vm.Value { return textOrNull(f.Formula) }),
	"getDefaultValueFormula": fld(func(f *schema.Field) vm.Value { return textOrNull(f.DefaultValue) }),
	"getRelationshipName":    fld(func(f *schema.Field) vm.Value { return textOrNull(f.RelationshipName) }),
	"getCompoundFieldName":   fld(func(f *schema.Field) vm.Value { return textOrNull(f.Compound) }),
	"getRelationshipOrder": fld(func(f *schema.Field) vm.Value {
		if !f.MasterDetail {
			return vm.Null
		}
		return vm.Int(int64(f.RelationshipOrder))
	}),
	"getReferenceTargetField":        fld(func(f *schema.Field) vm.Value { return vm.Null }),
	"isAutoNumber":                   fld(func(f *schema.Field) vm.Value { return vm.Bool(f.AutoNumber) }),
	"isCalculated":                   fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Calculated) }),
	"isCascadeDelete":                fld(func(f *schema.Field) vm.Value { return vm.Bool(f.OnParentDelete == schema.Cascade) }),
	"isRestrictedDelete":             fld(func(f *schema.Field) vm.Value { return vm.Bool(f.OnParentDelete == schema.Restrict) }),
	"isCaseSensitive":                fld(func(f *schema.Field) vm.Value { return vm.Bool(f.CaseSensitive) }),
	"isCustom":                       fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Custom) }),
	"isDefaultedOnCreate":            fld(func(f *schema.Field) vm.Value { return vm.Bool(f.DefaultedOnCreate) }),
	"isDependentPicklist":            fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Picklist != nil && f.Picklist.Controlling != "") }),
	"isDeprecatedAndHidden":          fld(func(f *schema.Field) vm.Value { return vm.Bool(false) }),
	"isEncrypted":                    fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Encrypted) }),
	"isExternalID":                   fld(func(f *schema.Field) vm.Value { return vm.Bool(f.ExternalID) }),
	"isFilterable":                   fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Filterable) }),
	"isGroupable":                    fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Groupable) }),
	"isSortable":                     fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Sortable) }),
	"isAggregatable":                 fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Aggregatable) }),
	"isHtmlFormatted":                fld(func(f *schema.Field) vm.Value { return vm.Bool(f.HTML) }),
	"isIdLookup":                     fld(func(f *schema.Field) vm.Value { return vm.Bool(f.IDLookup) }),
	"isNameField":                    fld(func(f *schema.Field) vm.Value { return vm.Bool(f.NameField) }),
	"isNamePointing":                 fld(func(f *schema.Field) vm.Value { return vm.Bool(f.IsPolymorphic()) }),
	"isNillable":                     fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Nillable) }),
	"isPermissionable":               fld(func(f *schema.Field) vm.Value { return vm.Bool(f.IsPermissionable()) }),
	"isRestrictedPicklist":           fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Picklist != nil && f.Picklist.Restricted) }),
	"isUnique":                       fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Unique) }),
	"isWriteRequiresMasterRead":      fld(func(f *schema.Field) vm.Value { return vm.Bool(f.WriteRequiresRead) }),
	"isFormulaTreatNullNumberAsZero": fld(func(f *schema.Field) vm.Value { return vm.Bool(f.TreatBlanksAsZero) }),
	"isQueryByDistance":              fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Type == schema.Location) }),
	"isHighScaleNumber":              fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Scale > 6) }),
	"isAiPredictionField":            fld(func(*schema.Field) vm.Value { return vm.Bool(false) }),
	"isSearchPrefilterable":          fld(func(f *schema.Field) vm.Value { return vm.Bool(f.Type == schema.Reference) }),
	"getDataTranslationEnabled":      fld(func(*schema.Field) vm.Value { return vm.Bool(false) }),
	"isAccessible":                   fldAccess(vm.Accessible),
	"isCreateable":                   fldAccess(vm.Createable),
	"isUpdateable":                   fldAccess(vm.Updateable),
	"getSObjectField":                func(t thread, r val, a vals) val { return t.SObjectField(fieldInfo(t, r)) },
	"getSObjectType":                 func(t thread, r val, a vals) val { return t.SObjectType(fieldInfo(t, r).Object) },
	"getType":                        func(t thread, r val, a vals) val { return displayType(t, fieldInfo(t, r)) },
	"getSOAPType":                    func(t thread, r val, a vals) val { return t.EnumValue("Schema.SOAPType", soapType(fieldInfo(t, r))) },
	"getDefaultValue":                func(t thread, r val, a vals) val { return defaultValue(t, fieldInfo(t, r)) },
	"getPicklistValues":              picklistValues,
	"getReferenceTo": func(t thread, r val, a vals) val {
		var out []vm.Value
		for _, name := range fieldInfo(t, r).ReferenceTo {
			if o := t.Schema().Object(name); o != nil {
				out = append(out, t.SObjectType(o))
			}
		}
		return t.ListOf("Schema.SObjectType", out)
	},
	"getController": func(t thread, r val, a vals) val {
		f := fieldInfo(t, r)
		if f.Picklist == nil || f.Picklist.Controlling == "" {
			return vm.Null
		}
		if c := f.Object.Field(f.Picklist.Controlling); c != nil {
			return t.SObjectField(c)
		}
		return vm.Null
	},
}, vm.Library{
	"Schema.DescribeFieldResult.toString": func(t thread, r val, a vals) val {
		return vm.Str("Schema.DescribeFieldResult[" + fieldInfo(t, r).Name + "]")
	},
	"Schema.PicklistEntry.getLabel":       func(t thread, r val, a vals) val { return vm.Str(entry(r).Label) },
	"Schema.PicklistEntry.getValue":       func(t thread, r val, a vals) val { return vm.Str(entry(r).Name) },
	"Schema.PicklistEntry.isActive":       func(t thread, r val, a vals) val { return vm.Bool(entry(r).Active) },
	"Schema.PicklistEntry.isDefaultValue": func(t thread, r val, a vals) val { return vm.Bool(entry(r).Default) },
})

func fld(f func(*schema.Field) vm.Value) vm.Func {
	return func(t thread, r val, _ vals) val { return f(fieldInfo(t, r)) }
}

func fldAccess(a vm.Access) vm.Func {
	return func(t thread, r val, _ vals) val {
		f := fieldInfo(t, r)
		return vm.Bool(t.Host().Permission(f.Object, f, a))
	}
}

// fieldInfo is the field of a describe result; a token is as good.
func fieldInfo(t *vm.Thread, v vm.Value) *schema.Field {
	if x, ok := v.Native().(*vm.FieldInfo); ok {
		return x.Field
	}
	return fieldToken(t, v)
}

func digits(f *schema.Field) int {
	if f.Type == schema.Int {
		return f.Precision
	}
	return 0
}

type picklistEntry struct {
	v        schema.PicklistValue
	validFor string // of a dependent picklist: base64 of a bit for each controlling value
}

// String is the entry as System.debug shows it.
func (e *picklistEntry) String() string {
	return "Schema.PicklistEntry[getLabel=" + e.v.Label + ";getValue=" + e.v.Name + ";isActive=" + value.OfBool(e.v.Active).String() +
		";isDefaultValue=" + value.OfBool(e.v.Default).String() + ";]"
}

func entry(v vm.Value) schema.PicklistValue { return v.Native().(*picklistEntry).v }

// validFor is the bits of the controlling values that a value goes with, the
// first value first (SOAP API Developer Guide, PicklistEntry).
func validFor(f *schema.Field, v schema.PicklistValue) string {
	if f.Picklist.Controlling == "" {
		return ""
	}
	names := []string{"false", "true"} // of a checkbox
	if c := f.Object.Field(f.Picklist.Controlling); c != nil && c.Picklist != nil {
		names = names[:0]
		for _, v := range c.Picklist.Values {
			names = append(names, v.Name)
		}
	}
	bits := make([]byte, (len(names)+7)/8)
	for i, name := range names {
		if v.ValidFor == nil || slices.ContainsFunc(v.ValidFor, func(s string) bool { return strings.EqualFold(s, name) }) {
			bits[i/8] |= 0x80 >> (i % 8)
		}
	}
	return base64.StdEncoding.EncodeToString(bits)
}

// picklistValues lists the active values.
func picklistValues(t thread, r val, _ vals) val {
	f := fieldInfo(t, r)
	var out []vm.Value
	if f.Picklist != nil {
		for _, v := range f.Picklist.Values {
			if v.Active {
				out = append(out, t.NewNative("Schema.PicklistEntry", &picklistEntry{v, validFor(f, v)}))
			}
		}
	}
	return t.ListOf("Schema.PicklistEntry", out)
}

// displayType is the Schema.DisplayType of a field.
func displayType(t *vm.Thread, f *schema.Field) vm.Value {
	name := strings.ToUpper(f.Type.String())
	if name == "INT" {
		name = "INTEGER"
	}
	return t.EnumValue("Schema.DisplayType", name)
}

// soapType is the Schema.SOAPType of a field.
func soapType(f *schema.Field) string {
	switch f.Type {
	case schema.Boolean:
		return "BOOLEAN"
	case schema.Int:
		return "INTEGER"
	case schema.Double, schema.Currency, schema.Percent:
		return "DOUBLE"
	case schema.Date:
		return "DATE"
	case schema.Datetime:
		return "DATETIME"
	case schema.Time:
		return "TIME"
	case schema.ID, schema.Reference:
		return "ID"
	case schema.Base64:
		return "BASE64BINARY"
	case schema.Address:
		return "ADDRESS"
	case schema.Location:
		return "LOCATION"
	case schema.AnyType:
		return "ANYTYPE"
	default:
		return "STRING"
	}
}

// defaultValue is getDefaultValue: the value of a default that is a constant;
// null for formulas. A checkbox without one is false.
func defaultValue(_ *vm.Thread, f *schema.Field) vm.Value {
	s := strings.TrimSpace(f.DefaultValue)
	switch {
	case f.Type == schema.Boolean:
		return vm.Bool(strings.EqualFold(s, "true"))
	case f.Picklist != nil && f.Picklist.Default() != "" && s == "":
		return vm.Str(f.Picklist.Default())
	case s == "":
		return vm.Null
	case !f.Custom && f.Type.IsText(): // plain values; those of custom fields are formulas
		return vm.Str(s)
	}
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] && !strings.ContainsAny(s[1:len(s)-1], string(s[0])) {
		return vm.Str(s[1 : len(s)-1])
	}
	switch f.Type {
	case schema.Int, schema.Long, schema.Double, schema.Currency, schema.Percent:
		d, err := value.ParseDec(s)
		if err != nil {
			return vm.Null
		}
		if f.Type == schema.Int {
			n, _ := d.Int64()
			return vm.Int(n)
		}
		if f.Type == schema.Double && f.Scale == 0 {
			return vm.Decimal(d)
		}
		return vm.Decimal(d)
	}
	return vm.Null
}
