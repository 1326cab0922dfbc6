package formula

import (
	"strconv"
	"strings"
)

// joined combines numbered conditions by filter logic: numbers, AND, OR, NOT
// and parentheses.
func joined(conds []node, logic string) (node, *problem) {
	if strings.TrimSpace(logic) == "" {
		return junction(true, conds), nil
	}
	p := &logicParser{conds: conds, words: logicWords(logic)}
	n, ok := p.or(0)
	if !ok || p.at != len(p.words) {
		return node{}, &problem{code: CodeSyntax, message: "filter logic " + strconv.Quote(logic) +
			" is not made of the numbers of the filter items, AND, OR, NOT and parentheses"}
	}
	return n, nil
}

func logicWords(s string) []string {
	return strings.Fields(strings.ToUpper(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(s)))
}

type logicParser struct {
	conds []node
	words []string
	at    int
}

func (p *logicParser) take(word string) bool {
	if p.at < len(p.words) && p.words[p.at] == word {
		p.at++
		return true
	}
	return false
}

func (p *logicParser) or(depth int) (node, bool) {
	return p.chain("OR", false, func() (node, bool) {
		return p.chain("AND", true, func() (node, bool) { return p.term(depth) })
	})
}

func (p *logicParser) chain(word string, and bool, operand func() (node, bool)) (node, bool) {
	n, ok := operand()
	if !ok {
		return n, false
	}
	args := []node{n}
	for p.take(word) {
		if n, ok = operand(); !ok {
			return n, false
		}
		args = append(args, n)
	}
	if len(args) == 1 {
		return args[0], true
	}
	return junction(and, args), true
}

func (p *logicParser) term(depth int) (node, bool) {
	switch {
	case depth > maxDepth:
		return node{}, false
	case p.take("NOT"):
		n, ok := p.term(depth + 1)
		if !ok {
			return n, false
		}
		return node{typ: Boolean, eval: not(n.eval)}, true
	case p.take("("):
		n, ok := p.or(depth + 1)
		return n, ok && p.take(")")
	case p.at < len(p.words):
		i, err := strconv.Atoi(p.words[p.at])
		if err != nil || i < 1 || i > len(p.conds) {
			return node{}, false
		}
		p.at++
		return p.conds[i-1], true
	}
	return node{}, false
}
