package javaregex

import "math"

// kind is what a node of the tree matches.
type kind uint8

const (
	kindAll    kind = iota // its kids, one behind the other
	kindAny                // the first of its kids that leads to a match
	kindSet                // a character
	kindRepeat             // its kid, min to max times
	kindMaybe              // its kid or nothing
	kindGroup              // its kid; group is its number, 0 for one that is not counted
	kindAtomic             // its kid, as it matches first
	kindAhead              // its kid here, and nothing is passed
	kindBehind             // its kid up to here
	kindReference
	kindBegin
	kindLineStart
	kindUnixLineStart
	kindLineEnd
	kindUnixLineEnd
	kindEnd
	kindBound
	kindLastMatch
	kindLineBreak
	kindGrapheme
	kindGraphemeBound
)

// mode is how a quantifier takes: as much as it can, as little, or as much and
// gives nothing back.
type mode uint8

const (
	greedy mode = iota
	lazy
	possessive
)

type node struct {
	kind     kind
	mode     mode
	negative bool
	multi    bool // of a line's end: under the flag m; of a bound or reference: by Unicode
	plain    bool // of a character or reference: case counts
	// quantifiedGroup marks a quantifier that stands behind a group, which Java
	// runs by other rules than one behind a character.
	quantifiedGroup bool
	char            rune
	set             *charset
	group           int
	min, max        int
	kids            []*node
}

// reach is what Java knows of the length of what a node matches. The sums are
// of 32 bits as Java's are: what runs over has no maximum.
type reach struct {
	min, max      int32
	bounded       bool
	deterministic bool
}

// measure walks a node as the study of java.util.regex.Pattern does.
func (n *node) measure() reach {
	r := reach{bounded: true, deterministic: true}
	switch n.kind {
	case kindSet:
		r.min, r.max = 1, 1
	case kindAll:
		for _, k := range n.kids {
			r.follow(k.measure())
		}
	case kindAny:
		r = n.kids[0].measure()
		for _, k := range n.kids[1:] {
			next := k.measure()
			r.min, r.max, r.bounded = min(r.min, next.min), max(r.max, next.max), r.bounded && next.bounded
		}
		r.deterministic = false
	case kindGroup, kindAtomic:
		return n.kids[0].measure()
	case kindMaybe:
		r = n.kids[0].measure()
		r.min, r.deterministic = 0, false
	case kindRepeat:
		return n.measureRepeat()
	case kindReference:
		r.bounded = false
	case kindLineBreak:
		r.min, r.max = 1, 2
	}
	return r
}

func (n *node) measureRepeat() reach {
	r := n.kids[0].measure()
	if n.isLoop(r) {
		return reach{}
	}
	fixed := n.min == n.max
	if wide := int64(r.min) * int64(n.min); wide > 0xFFFFFFF {
		r.min = 0xFFFFFFF
	} else {
		r.min = int32(wide)
	}
	if r.max *= int32(n.max); r.max < 0 {
		r.bounded = false
	}
	r.deterministic = r.deterministic && fixed
	return r
}

// follow adds what stands behind.
func (r *reach) follow(next reach) {
	r.min += next.min
	if before := r.max; r.bounded && next.bounded {
		if r.max += next.max; r.max < before {
			r.bounded = false
		}
	} else {
		r.bounded = false
	}
	r.deterministic = r.deterministic && next.deterministic
}

// isLoop reports whether the quantifier goes back into its iterations: it
// stands behind a group that can match in several ways.
func (n *node) isLoop(kid reach) bool {
	k := n.kids[0].kind
	return n.quantifiedGroup && n.mode != possessive && k == kindGroup && !kid.deterministic
}

// first is the set of characters that a match may begin with; nil when it may
// be empty or is not known.
func (n *node) first() *charset {
	switch n.kind {
	case kindSet:
		return n.set
	case kindGroup, kindAtomic:
		return n.kids[0].first()
	case kindRepeat:
		if n.min > 0 {
			return n.kids[0].first()
		}
	case kindAny:
		all := newSet()
		for _, k := range n.kids {
			f := k.first()
			if f == nil {
				return nil
			}
			all = all.union(f)
		}
		return all
	case kindAll:
		return firstOf(n.kids)
	}
	return nil
}

func firstOf(kids []*node) *charset {
	all := newSet()
	for _, k := range kids {
		if f := k.first(); f != nil {
			return all.union(f)
		}
		if k.kind != kindRepeat && k.kind != kindMaybe {
			return nil
		}
		f := k.kids[0].first() // it may be passed over
		if f == nil {
			return nil
		}
		all = all.union(f)
	}
	return nil
}

// shortest is the least number of characters a match has.
func (n *node) shortest() int {
	return int(min(max(n.measure().min, 0), math.MaxInt32))
}
