package types

// subtype reports whether every value of a is a value of b as it stands.
func subtype(a, b *Type) bool {
	switch {
	case a == b, b == Object, a == Invalid, b == Invalid:
		return a != Void
	case a == Null:
		return b != Void
	}
	switch b.Kind {
	case KindSObject:
		return a.Kind == KindSObject && (b.SObject == nil && b != AggregateResult)
	case KindClass, KindInterface:
		return classSubtype(a, b)
	case KindList, KindMap, KindSet:
		return a.Kind == b.Kind && argsFit(a, b)
	default:
		return false
	}
}

func classSubtype(a, b *Type) bool {
	if a.Class == nil || b.Class == nil {
		return false
	}
	if a.Kind == KindList || a.Kind == KindSet {
		// Lists and sets can be iterated.
		return b.Class == iterableClass() && (elemFits(a.Args[0], b.Args[0]) || castable(a.Args[0], b.Args[0]))
	}
	if a.Kind != KindClass && a.Kind != KindInterface {
		return false
	}
	x := a.as(b.Class)
	if x == nil {
		return a.Class.hidden()
	}
	switch b.Class {
	case iterableClass():
		return argsFit(x, b) || castable(x.Args[0], b.Args[0])
	case libraryClass("system.comparator"): // one of what is above compares what is below
		return argsFit(x, b) || elemFits(b.Args[0], x.Args[0])
	default:
		return argsFit(x, b)
	}
}

// argsFit reports whether a's type arguments fit b's. Collections of a class
// are collections of what is above it, and those of sObjects go both ways.
func argsFit(a, b *Type) bool {
	if len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if !elemFits(a.Args[i], b.Args[i]) {
			return false
		}
	}
	return true
}

func elemFits(a, b *Type) bool {
	if a == b || a.Kind == KindVar || b.Kind == KindVar {
		return true
	}
	if a.Kind == KindSObject && b.Kind == KindSObject {
		if a == AggregateResult || b == AggregateResult {
			return a == SObject || b == SObject
		}
		return a.SObject == nil || b.SObject == nil || polymorphic(a) || polymorphic(b)
	}
	if (a == String || a == ID) && (b == String || b == ID) {
		return true
	}
	return subtype(a, b)
}

// polymorphic reports whether an sObject type is Name, which stands for the
// parents of lookups to several objects.
func polymorphic(t *Type) bool { return t.SObject != nil && t.SObject.Name == "Name" }

func iterableClass() *Class { return libraryClass("system.iterable") }

// widening is the cost of a numeric conversion, -1 when there is none without
// a cast.
func widening(from, to Kind) int {
	if from < KindInteger || from > KindDecimal || to < KindInteger || to > KindDecimal {
		return -1
	}
	if from <= to {
		return int(to - from)
	}
	if from == KindDecimal && to == KindDouble {
		return 4
	}
	return -1
}

// assignable reports whether a value of type a may be assigned to b without a
// cast.
func assignable(a, b *Type) bool { return conversionCost(a, b) >= 0 }

// conversionCost orders the conversions for overload resolution: 0 is none at
// all, -1 impossible.
func conversionCost(a, b *Type) int {
	switch {
	case a == Void || b == Void:
		return -1
	case a == b:
		return 0
	case a == Invalid, b == Invalid:
		return 1
	case a == Null:
		if b == Object {
			return 3
		}
		return 2
	}
	if w := widening(a.Kind, b.Kind); w >= 0 {
		return w
	}
	switch {
	case a == String && b == ID:
		return 4
	case a == ID && b == String:
		return 2
	case a == Date && b == Datetime:
		return 2
	case b == Object:
		return 50
	case subtype(a, b):
		return subtypeCost(a, b)
	default:
		return -1
	}
}

// subtypeCost is the distance to a type above.
func subtypeCost(a, b *Type) int {
	switch {
	case b.Kind == KindSObject:
		return 5
	case len(a.Args) > 0 && len(a.Args) == len(b.Args) && a.Kind == b.Kind:
		cost := 1
		for i := range a.Args {
			if a.Args[i] != b.Args[i] {
				cost += 1 + min(max(0, conversionCost(a.Args[i], b.Args[i])), 15)
			}
		}
		return cost
	case b.Kind == KindInterface:
		return 15
	}
	cost := 5
	for c := a.Class; c != nil && c != b.Class; c = c.superClass() {
		cost++
	}
	return cost
}

// castable reports whether an explicit cast from a to b can succeed.
func castable(a, b *Type) bool {
	if assignable(a, b) || assignable(b, a) || a == Object || b == Object {
		return a != Void && b != Void
	}
	if a.IsNumber() && b.IsNumber() {
		return true
	}
	if a.Kind == KindSObject && b.Kind == KindSObject {
		return a.SObject == nil || b.SObject == nil || polymorphic(a) || polymorphic(b)
	}
	if a.Kind == b.Kind && len(a.Args) > 0 && len(a.Args) == len(b.Args) {
		for i := range a.Args {
			if !castable(a.Args[i], b.Args[i]) {
				return false
			}
		}
		return true
	}
	if a.Kind == KindInterface || b.Kind == KindInterface {
		return a.Class != nil && b.Class != nil
	}
	return false
}

// numeric gives the type of arithmetic on two numbers.
func numeric(a, b *Type) *Type {
	if a.Kind >= b.Kind {
		return a
	}
	return b
}
