package syntax

// kind is what a token is. The order matters: identifiers and the words that
// may serve as names come first, then the reserved words, then the literals
// and the punctuation, so that a class of kinds is one comparison.
type kind uint8

const (
	tEOF kind = iota

	// tDotted is a name of several parts, a.b.c, written without space: the
	// platform's scanner takes it as one token, whatever words it is made of,
	// and lets parts be empty.
	tDotted

	tIdent
	// Words with a meaning in some places that may be used as names.
	tAfter
	tBefore
	tFind
	tGet
	tInherited
	tSet
	tSharing
	tSwitch
	tSystem
	tTransient
	tUser
	tVoid
	tWhen
	tWith
	tWithout

	// Reserved words.
	tAbstract
	tAnd
	tAs
	tAsc
	tBreak
	tBulk
	tBy
	tCatch
	tClass
	tCommit
	tContinue
	tDelete
	tDesc
	tDo
	tElse
	tEnum
	tExtends
	tFalse
	tFinal
	tFinally
	tFor
	tFrom
	tGlobal
	tHaving
	tIf
	tImplements
	tIn
	tInsert
	tInstanceof
	tInterface
	tLike
	tLimit
	tList
	tMap
	tMerge
	tNew
	tNot
	tNull
	tNulls
	tOn
	tOr
	tOverride
	tPrivate
	tProtected
	tPublic
	tReturn
	tSelect
	tStatic
	tSuper
	tTestMethod
	tThis
	tThrow
	tTrigger
	tTrue
	tTry
	tUndelete
	tUpdate
	tUpsert
	tUsing
	tVirtual
	tWebService
	tWhere
	tWhile

	tDate // a date, datetime or time, which only SOQL knows
	tInt
	tLong
	tDecimal
	tDouble
	tString
	tTextBlock // ''' ... '''

	tLParen
	tRParen
	tLBrack
	tRBrack
	tLBrace
	tRBrace
	tSemi
	tComma
	tDot
	tSafeDot // ?.
	tAt
	tColon
	tQuestion
	tCoalesce // ??
	tArrow    // =>
	tAssign   // =
	tAddAssign
	tSubAssign
	tMulAssign
	tDivAssign
	tAndAssign
	tOrAssign
	tXorAssign
	tEq
	tExact
	tNotEq
	tNotExact
	tAltNotEq // <>
	tLt
	tGt
	tBang
	tTilde
	tPlus
	tMinus
	tStar
	tSlash
	tAmp
	tPipe
	tCaret
	tAndAnd
	tOrOr
	tInc
	tDec

	numKinds
)

const (
	firstType = tDotted
	firstName = tIdent
	lastName  = tWithout
	lastWord  = tWhile
)

// isName reports whether the token may be the name of something.
func (k kind) isName() bool { return k >= firstName && k <= lastName }

// isPath reports whether the token is a name or a dotted name.
func (k kind) isPath() bool { return k >= firstType && k <= lastName }

// isWord reports whether the token is made of letters, reserved or not.
func (k kind) isWord() bool { return k >= firstName && k <= lastWord }

// token is one token of the source; its text is src[pos:end].
type token struct {
	kind kind
	bad  bool // a literal that has been reported already
	pos  int32
	end  int32
}

// kindSet is a set of kinds.
type kindSet [3]uint64

func setOf(kinds ...kind) (s kindSet) {
	for _, k := range kinds {
		s[k>>6] |= 1 << (k & 63)
	}
	return s
}

func (s kindSet) has(k kind) bool { return s[k>>6]&(1<<(k&63)) != 0 }

func (s kindSet) and(t kindSet) kindSet { return kindSet{s[0] | t[0], s[1] | t[1], s[2] | t[2]} }

func kindRange(first, last kind) (s kindSet) {
	for k := first; k <= last; k++ {
		s[k>>6] |= 1 << (k & 63)
	}
	return s
}

// expected is how the platform names a token it missed.
var expected = [numKinds]string{
	tEOF: "<EOF>", tIdent: "IDENTIFIER", tElse: "ELSE", tWhile: "WHILE", tClass: "CLASS", tOn: "ON",
	tLParen: "(", tRParen: ")", tLBrack: "[", tRBrack: "]", tLBrace: "{", tRBrace: "}",
	tSemi: ";", tComma: ",", tColon: ":", tArrow: "=>", tAssign: "=", tLt: "<", tGt: ">", tDot: ".",
}

// words maps every word of the language to its kind.
var words = map[string]kind{
	"after": tAfter, "before": tBefore, "find": tFind, "get": tGet, "inherited": tInherited, "set": tSet,
	"sharing": tSharing, "switch": tSwitch, "system": tSystem, "transient": tTransient, "user": tUser,
	"void": tVoid, "when": tWhen, "with": tWith, "without": tWithout,

	"abstract": tAbstract, "and": tAnd, "as": tAs, "asc": tAsc, "break": tBreak, "bulk": tBulk, "by": tBy,
	"catch": tCatch, "class": tClass, "commit": tCommit, "continue": tContinue, "delete": tDelete,
	"desc": tDesc, "do": tDo, "else": tElse, "enum": tEnum, "extends": tExtends, "false": tFalse,
	"final": tFinal, "finally": tFinally, "for": tFor, "from": tFrom, "global": tGlobal, "having": tHaving,
	"if": tIf, "implements": tImplements, "in": tIn, "insert": tInsert, "instanceof": tInstanceof,
	"interface": tInterface, "like": tLike, "limit": tLimit, "list": tList, "map": tMap, "merge": tMerge,
	"new": tNew, "not": tNot, "null": tNull, "nulls": tNulls, "on": tOn, "or": tOr, "override": tOverride,
	"private": tPrivate, "protected": tProtected, "public": tPublic, "return": tReturn, "select": tSelect,
	"static": tStatic, "super": tSuper, "testmethod": tTestMethod, "this": tThis, "throw": tThrow,
	"trigger": tTrigger, "true": tTrue, "try": tTry, "undelete": tUndelete, "update": tUpdate,
	"upsert": tUpsert, "using": tUsing, "virtual": tVirtual, "webservice": tWebService, "where": tWhere,
	"while": tWhile,
}

// wordTable finds a word by a hash of its length and outer letters; a slot
// holds the few words that share it.
var wordTable [256][]wordSlot

type wordSlot struct {
	text string
	kind kind
}

func init() {
	for text, k := range words {
		h := wordHash(text)
		wordTable[h] = append(wordTable[h], wordSlot{text, k})
	}
}

// wordHash is the same for either case of a letter.
func wordHash(s string) uint8 {
	n := len(s)
	return uint8(n)*37 + (s[0]|0x20)*5 + (s[n-1]|0x20)*11 + (s[n>>1] | 0x20)
}

// lookupWord is the kind of an identifier-shaped text.
func lookupWord(s string) kind {
	if len(s) < 2 || len(s) > 10 {
		return tIdent
	}
	for _, w := range wordTable[wordHash(s)] {
		if len(w.text) == len(s) && foldIs(s, w.text) {
			return w.kind
		}
	}
	return tIdent
}

// foldIs compares a text of identifier characters with a lower-case word of
// the same length. OR-ing 0x20 lowers letters and leaves digits alone.
func foldIs(s, lower string) bool {
	for i := range len(lower) {
		if s[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}
