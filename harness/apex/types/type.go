package types

import (
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Kind is what sort of type a Type is.
type Kind uint8

// The kinds. KindInvalid is the type of what has already given an error; it
// converts to and from everything, so that one slip gives one message.
const (
	KindInvalid Kind = iota
	KindVoid
	KindNull // the type of the literal null
	KindBoolean
	KindInteger
	KindLong
	KindDouble
	KindDecimal
	KindString
	KindID
	KindBlob
	KindDate
	KindDatetime
	KindTime
	KindObject  // Object, above every other type
	KindSObject // SObject, or one sObject type when Type.SObject is set
	KindList
	KindSet
	KindMap
	KindClass     // a class of a user or of the library; Type.Args of generic ones
	KindInterface // likewise
	KindEnum
	KindVar // a type parameter inside a generic library class
)

// Type is an Apex type. Types are interned: two types are the same exactly
// when their pointers are equal.
type Type struct {
	Kind    Kind
	Name    string         // as messages show it: "List<Account>", "ns.Outer.Inner"
	Args    []*Type        // of List, Set, Map and generic library classes
	Class   *Class         // of classes, interfaces and enums; also of List, Set, Map and scalars: their library class
	SObject *schema.Object // of a concrete sObject type

	Index     int  // of a KindVar, which parameter it is
	universal bool // the same in every Program

	mu      sync.Mutex
	derived map[derivedKey]*Type
}

// AggregateResult is the type of rows of aggregate queries.
var AggregateResult = scalar(KindSObject, "AggregateResult")

// derivedKey names a generic type made from the type that holds it and at most
// one more argument.
type derivedKey struct {
	kind  Kind
	class *Class
	first *Type
	other *Type
}

// The types that are the same in every program.
var (
	Invalid  = scalar(KindInvalid, "?")
	Void     = scalar(KindVoid, "void")
	Null     = scalar(KindNull, "null")
	Boolean  = scalar(KindBoolean, "Boolean")
	Integer  = scalar(KindInteger, "Integer")
	Long     = scalar(KindLong, "Long")
	Double   = scalar(KindDouble, "Double")
	Decimal  = scalar(KindDecimal, "Decimal")
	String   = scalar(KindString, "String")
	ID       = scalar(KindID, "Id")
	Blob     = scalar(KindBlob, "Blob")
	Date     = scalar(KindDate, "Date")
	Datetime = scalar(KindDatetime, "Datetime")
	Time     = scalar(KindTime, "Time")
	Object   = scalar(KindObject, "Object")
	SObject  = scalar(KindSObject, "SObject")
)

func scalar(k Kind, name string) *Type { return &Type{Kind: k, Name: name, universal: true} }

// ListOf is List<elem>.
func ListOf(elem *Type) *Type { return generic(KindList, listClass(), elem) }

// SetOf is Set<elem>.
func SetOf(elem *Type) *Type { return generic(KindSet, setClass(), elem) }

// MapOf is Map<key, val>.
func MapOf(key, val *Type) *Type { return generic(KindMap, mapClass(), key, val) }

// generic interns a type with arguments. It is kept by the first argument that
// belongs to one Program only, so that it lives no longer than that.
func generic(kind Kind, class *Class, args ...*Type) *Type {
	home := args[0]
	for _, a := range args {
		if !a.universal {
			home = a
			break
		}
	}
	key := derivedKey{kind: kind, class: class, first: args[0]}
	if len(args) > 1 {
		key.other = args[1]
	}
	home.mu.Lock()
	defer home.mu.Unlock()
	if t := home.derived[key]; t != nil {
		return t
	}
	t := &Type{Kind: kind, Class: class, Args: args, Name: genericName(kind, class, args), universal: true}
	for _, a := range args {
		t.universal = t.universal && a.universal
	}
	if home.derived == nil {
		home.derived = make(map[derivedKey]*Type)
	}
	home.derived[key] = t
	return t
}

func genericName(kind Kind, class *Class, args []*Type) string {
	var b strings.Builder
	switch kind {
	case KindList:
		b.WriteString("List")
	case KindSet:
		b.WriteString("Set")
	case KindMap:
		b.WriteString("Map")
	default:
		b.WriteString(class.FullName())
	}
	for i, a := range args {
		b.WriteString([]string{"<", ","}[min(i, 1)])
		b.WriteString(a.Name)
	}
	b.WriteByte('>')
	return b.String()
}

// String is the name of the type.
func (t *Type) String() string { return t.Name }

// Elem is the element type of a List or Set, the value type of a Map, and nil
// for every other type.
func (t *Type) Elem() *Type {
	switch t.Kind {
	case KindList, KindSet:
		return t.Args[0]
	case KindMap:
		return t.Args[1]
	default:
		return nil
	}
}

// Key is the key type of a Map, nil for every other type.
func (t *Type) Key() *Type {
	if t.Kind == KindMap {
		return t.Args[0]
	}
	return nil
}

// IsNumber reports whether the type is Integer, Long, Double or Decimal.
func (t *Type) IsNumber() bool { return t.Kind >= KindInteger && t.Kind <= KindDecimal }

// IsReference reports whether values of the type are references to a class's
// instances, library classes included; collections and records are not.
func (t *Type) IsReference() bool { return t.Kind == KindClass || t.Kind == KindInterface }
