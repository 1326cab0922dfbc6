package syntax

// slab hands out nodes of one type from chunks, so that a file costs a few
// allocations instead of one per node. Chunks grow with the file.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) new() *T {
	if len(s.free) == 0 {
		s.size = min(max(8, s.size*2), 256)
		s.free = make([]T, s.size)
	}
	p := &s.free[0]
	s.free = s.free[1:]
	return p
}

// list collects the elements of a node whose number is not known yet on a
// stack shared by all nodes of the type, and then cuts an exact slice out of
// a chunk.
type list[T any] struct {
	stack []T
	free  []T
	size  int
}

// mark begins a list; the elements pushed after it belong to the list until
// take.
func (l *list[T]) mark() int { return len(l.stack) }

func (l *list[T]) push(x T) { l.stack = append(l.stack, x) }

// take ends the list begun at mark; an empty list is nil.
func (l *list[T]) take(mark int) []T {
	n := len(l.stack) - mark
	if n == 0 {
		return nil
	}
	if len(l.free) < n {
		l.size = min(max(8, l.size*2), 256)
		l.free = make([]T, max(n, l.size))
	}
	out := l.free[:n:n]
	l.free = l.free[n:]
	copy(out, l.stack[mark:])
	clear(l.stack[mark:])
	l.stack = l.stack[:mark]
	return out
}

// arena holds the slabs of one file, for the nodes that a file has many of.
type arena struct {
	names    slab[Name]
	literals slab[Literal]
	fields   slab[FieldAccess]
	calls    slab[MethodCall]
	indexes  slab[Index]
	binaries slab[Binary]
	assigns  slab[Assign]
	unaries  slab[Unary]
	parens   slab[Paren]
	news     slab[NewObject]
	types    slab[TypeRef]
	blocks   slab[Block]
	locals   slab[LocalVar]
	exprs    slab[ExprStmt]
	ifs      slab[If]
	returns  slab[Return]
	methods  slab[MethodDecl]

	exprList  list[Expr]
	stmtList  list[Stmt]
	nameList  list[TypeName]
	typeList  list[*TypeRef]
	varList   list[Var]
	paramList list[Param]
	wordList  list[ModifierWord]
	noteList  list[*Annotation]
	initList  list[FieldInit]
	entryList list[MapEntry]
	memberLst list[Member]
}
