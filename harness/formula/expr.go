package formula

// Op says what a node of the tree is.
type Op uint8

// The kinds of node.
const (
	OpNumber Op = iota // Text is the literal
	OpString           // Text is the value, escapes resolved
	OpTrue
	OpFalse
	OpNull
	OpName   // Text is the path: "Account.Owner.Name", "$User.Id"
	OpCall   // Text is the function name in capitals
	OpUnary  // Text is the operator: - + !
	OpBinary // Text is the operator: + - * / ^ & && || = <> < <= > >=
)

// Expr is a node of a formula. Pos and End are byte offsets into its text. It
// is immutable once parsed.
type Expr struct {
	Op       Op
	Text     string
	Args     []*Expr
	Pos, End int
}

// Walk calls fn for the node and everything under it, parents first.
func (e *Expr) Walk(fn func(*Expr)) {
	fn(e)
	for _, a := range e.Args {
		a.Walk(fn)
	}
}
