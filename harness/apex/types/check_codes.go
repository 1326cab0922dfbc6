package types

// The codes of diagnostics. They are stable.
const (
	CodeUnknownVariable    = "UNKNOWN_VARIABLE"
	CodeUnknownMethod      = "UNKNOWN_METHOD"
	CodeUnknownConstructor = "UNKNOWN_CONSTRUCTOR"
	CodeUnknownType        = "UNKNOWN_TYPE"
	CodeUnknownField       = "UNKNOWN_FIELD"
	CodeUnknownObject      = "UNKNOWN_OBJECT"
	CodeUnknownLabel       = "UNKNOWN_LABEL"
	CodeUnknownPage        = "UNKNOWN_PAGE"
	CodeNotVisible         = "NOT_VISIBLE"
	CodeIllegalAssignment  = "ILLEGAL_ASSIGNMENT"
	CodeIncompatible       = "INCOMPATIBLE_TYPES"
	CodeNotWriteable       = "NOT_WRITEABLE"
	CodeDuplicateVariable  = "DUPLICATE_VARIABLE"
	CodeDuplicateField     = "DUPLICATE_FIELD"
	CodeDuplicateMethod    = "DUPLICATE_METHOD"
	CodeDuplicateType      = "DUPLICATE_TYPE"
	CodeDuplicateWhen      = "DUPLICATE_WHEN"
	CodeMissingReturn      = "MISSING_RETURN"
	CodeUnreachable        = "UNREACHABLE_STATEMENT"
	CodeInvalidReturn      = "INVALID_RETURN"
	CodeInvalidStatement   = "INVALID_STATEMENT"
	CodeInvalidExpression  = "INVALID_EXPRESSION"
	CodeInvalidDeclaration = "INVALID_DECLARATION"
	CodeStaticContext      = "STATIC_CONTEXT"
	CodeNotImplemented     = "MISSING_IMPLEMENTATION"
	CodeInvalidOverride    = "INVALID_OVERRIDE"
	CodeNotConstructible   = "NOT_CONSTRUCTIBLE"
	CodeFinal              = "FINAL_ASSIGNMENT"
	CodeInvalidQuery       = "INVALID_QUERY"
	CodeInvalidAnnotation  = "INVALID_ANNOTATION"
	CodeNotParsed          = "DEPENDENT_CLASS_INVALID"
)

// InvalidType begins the message about a type that is not there.
const InvalidType = "Invalid type: "
