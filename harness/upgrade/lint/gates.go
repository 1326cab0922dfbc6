package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Gate is a branch of the install path that hangs on the previous version or on
// how the install is made.
type Gate struct {
	Class     string    `json:"class"`
	Condition string    `json:"condition"`
	Span      diag.Span `json:"span"`
	Taken     []string  `json:"taken"`    // ways for which it holds: "first install", "1.2 manual", "1.2 push"
	Passed    []string  `json:"notTaken"` // ways that come here and do not take it
	Open      []string  `json:"open"`     // ways for which org or data decide
	// Then and Else are the branches in the class's file; Else is empty without.
	Then, Else syntax.Range `json:"-"`
	compares   []comparison
}

// OfVersion reports whether the gate compares the previous version.
func (g *Gate) OfVersion() bool { return len(g.compares) > 0 }

// route is a way to come to the new version.
type route struct {
	name     string
	first    bool // no previous version
	push     bool
	previous metadata.Version
}

// routesOf lists the supported ways: a first install, and from each starting
// version by hand and by push.
func routesOf(old []Old) []route {
	all := []route{{name: "first install", first: true}}
	for _, o := range old {
		for _, push := range []bool{false, true} {
			mode := "manual"
			if push {
				mode = "push"
			}
			all = append(all, route{name: o.Name + " " + mode, push: push, previous: o.Package.Version})
		}
	}
	return all
}

// routes says for each way whether it is in.
type routes []bool

func allRoutes(n int) routes {
	r := make(routes, n)
	for i := range r {
		r[i] = true
	}
	return r
}

func (r routes) none() bool { return !slices.Contains(r, true) }

func (r routes) with(o routes) routes {
	out := slices.Clone(r)
	if out == nil {
		out = make(routes, len(o))
	}
	for i := range o {
		out[i] = out[i] || o[i]
	}
	return out
}

func (r routes) without(o routes) routes {
	out := slices.Clone(r)
	for i := range o {
		out[i] = out[i] && !o[i]
	}
	return out
}

// truth is the answer of a condition for one way.
type truth uint8

const (
	open truth = iota // org or data decide
	no
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth { return [...]truth{open, yes, no}[t] }

// comparison is one previousVersion().compareTo(new Version(...)) of a gate.
type comparison struct {
	op      syntax.Op
	version metadata.Version
}

// text is the version as it is written.
func (c comparison) text() string {
	if c.version.Patch == anyPatch {
		return fmt.Sprintf("%d.%d", c.version.Major, c.version.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", c.version.Major, c.version.Minor, c.version.Patch)
}

// Exact is a version that a gate is for, and whether it is the one that is being
// installed, from which no org can come.
type Exact struct {
	Version metadata.Version
	Own     bool
}

// ForOne lists the versions that a gate compares the previous one with for being
// equal; own is the version that is installed.
func (g *Gate) ForOne(own metadata.Version) []Exact {
	var list []Exact
	for _, c := range g.compares {
		if c.op == syntax.Eq || c.op == syntax.Exact {
			list = append(list, c.exact(own))
		}
	}
	return list
}

// Below lists the versions that a gate lets in from below: of "< 1.7" the last
// one that it takes.
func (g *Gate) Below() []metadata.Version {
	var list []metadata.Version
	for _, c := range g.compares {
		v := c.version
		v.Patch = max(v.Patch, 0)
		switch c.op {
		case syntax.LtEq:
			list = append(list, v)
		case syntax.Lt:
			switch {
			case v.Patch > 0:
				v.Patch--
			case v.Minor > 0:
				v.Minor--
			default:
				v.Major--
			}
			list = append(list, v)
		}
	}
	return list
}

// exact is the version of a comparison, three parts of it.
func (c comparison) exact(own metadata.Version) Exact {
	e := Exact{Version: c.version, Own: !own.IsZero() && compareVersions(own, c.version) == 0}
	e.Version.Patch = max(e.Version.Patch, 0)
	return e
}

// branch goes through an if statement for the ways that take each side.
func (w *walker) branch(x *syntax.If) {
	asked := w.asked
	w.asked = asked || asksFirst(x.Cond)
	w.expression(x.Cond)
	w.asked = asked
	answers := make([]truth, len(w.at))
	taken, passed := slices.Clone(w.at), slices.Clone(w.at)
	for i := range w.at {
		if w.at[i] {
			answers[i] = w.path.holds(x.Cond, &w.path.routes[i])
			taken[i], passed[i] = answers[i] != no, answers[i] != yes
		}
	}
	if compares, gate := gateOf(x.Cond); gate {
		w.path.gate(w, x, answers, compares)
	}
	w.at = taken
	w.stmt(x.Then)
	after := w.at
	w.at = passed
	if x.Else != nil {
		w.stmt(x.Else)
	}
	w.at = after.with(w.at)
}

// asksFirst says that a condition asks whether there is a previous version.
func asksFirst(cond syntax.Expr) (found bool) {
	syntax.Walk(cond, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.MethodCall:
			found = found || x.Name.Is("isUpgrade")
		case *syntax.Binary:
			left, right := syntax.Unparen(x.Left), syntax.Unparen(x.Right)
			found = found || isNull(right) && givesVersion(left) || isNull(left) && givesVersion(right)
		}
		return true
	})
	return found
}

// gate notes a branch, adding to what an earlier call of the method told.
func (p *path) gate(w *walker, x *syntax.If, answers []truth, compares []comparison) {
	span := w.class.unit.Span(x.Cond)
	i, known := p.gateAt[span.String()]
	if !known {
		i = len(p.gates)
		p.gateAt[span.String()] = i
		r := x.Cond.At()
		g := Gate{Class: w.class.name, Span: span, Then: x.Then.At(), compares: compares, Taken: []string{}, Passed: []string{}, Open: []string{},
			Condition: strings.Join(strings.Fields(string(w.class.unit.File.Src[r.Pos:r.End])), " ")}
		if x.Else != nil {
			g.Else = x.Else.At()
		}
		p.gates = append(p.gates, g)
	}
	g := &p.gates[i]
	for j, a := range answers {
		if !w.at[j] {
			continue
		}
		list := [...]*[]string{&g.Open, &g.Passed, &g.Taken}[a]
		if !slices.Contains(*list, p.routes[j].name) {
			*list = append(*list, p.routes[j].name)
		}
	}
}

// judgeGates finds gates that no way takes, and those that match one version.
func (p *path) judgeGates() {
	for _, g := range p.gates {
		c := p.classes[strings.ToLower(g.Class)]
		report := func(code Code, format string, args ...any) {
			problem := newProblem(code, c.top, "", fmt.Sprintf(format, args...))
			problem.Span = g.Span
			p.found = append(p.found, problem)
		}
		own := slices.ContainsFunc(g.ForOne(p.pkg.Version), func(x Exact) bool { return x.Own })
		if len(g.Taken)+len(g.Open) == 0 && !own {
			report(GateNeverTaken, "no supported way takes the branch %s", g.Condition)
		}
		for _, cmp := range g.compares {
			switch {
			case cmp.op != syntax.Eq && cmp.op != syntax.Exact:
			case cmp.exact(p.pkg.Version).Own:
				report(GateOwnVersion, "the branch %s is taken when coming from %s, which is the version that is installed", g.Condition, cmp.text())
			default:
				report(GateExact, "the branch %s is taken when coming from %s and from no other version", g.Condition, cmp.text())
			}
		}
	}
}

// gateOf says whether a condition asks for the previous version or the mode, and
// lists its comparisons.
func gateOf(cond syntax.Expr) (compares []comparison, gate bool) {
	syntax.Walk(cond, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.Binary:
			if op, version, ok := versionTest(x); ok {
				compares, gate = append(compares, comparison{op, version}), true
			}
		case *syntax.MethodCall:
			gate = gate || x.Name.Is("previousVersion") || x.Name.Is("isPush") || x.Name.Is("isUpgrade")
		}
		return true
	})
	return compares, gate
}

// holds evaluates a condition for one way; what it can not tell is open.
func (p *path) holds(x syntax.Expr, r *route) truth {
	switch x := syntax.Unparen(x).(type) {
	case *syntax.Literal:
		if x.Kind == syntax.BooleanLiteral {
			return truthOf(x.Bool)
		}
	case *syntax.Unary:
		if x.Op == syntax.Not {
			return p.holds(x.X, r).not()
		}
	case *syntax.MethodCall:
		switch {
		case x.Name.Is("isUpgrade"):
			return truthOf(!r.first)
		case x.Name.Is("isPush"):
			return truthOf(r.push)
		}
	case *syntax.Binary:
		return p.binary(x, r)
	}
	return open
}

func (p *path) binary(x *syntax.Binary, r *route) truth {
	switch x.Op {
	case syntax.AndAlso:
		a, b := p.holds(x.Left, r), p.holds(x.Right, r)
		if a == no || b == no {
			return no
		}
		return min(a, b)
	case syntax.OrElse:
		a, b := p.holds(x.Left, r), p.holds(x.Right, r)
		if a == yes || b == yes {
			return yes
		}
		if a == no && b == no {
			return no
		}
		return open
	}
	if op, version, ok := versionTest(x); ok {
		if r.first || r.previous.IsZero() {
			return open // an exception, unless something before it asked for null; or the number is not known
		}
		return truthOf(compares(compareVersions(r.previous, version), op))
	}
	left, right := syntax.Unparen(x.Left), syntax.Unparen(x.Right)
	if isNull(left) {
		left, right = right, left
	}
	if isNull(right) && givesVersion(left) {
		switch x.Op {
		case syntax.Eq, syntax.Exact:
			return truthOf(r.first)
		case syntax.NotEq, syntax.NotExact, syntax.AltNotEq:
			return truthOf(!r.first)
		}
	}
	if l, ok := right.(*syntax.Literal); ok && l.Kind == syntax.BooleanLiteral && (x.Op == syntax.Eq || x.Op == syntax.NotEq) {
		answer := p.holds(left, r)
		if l.Bool == (x.Op == syntax.Eq) {
			return answer
		}
		return answer.not()
	}
	return open
}

// givesVersion says that an expression is the previous version.
func givesVersion(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.MethodCall:
		return x.Name.Is("previousVersion")
	case *syntax.Name:
		name := x.Key()
		return strings.Contains(name, "prev") && strings.Contains(name, "version")
	}
	return false
}

func isNull(x syntax.Expr) bool {
	l, ok := x.(*syntax.Literal)
	return ok && l.Kind == syntax.NullLiteral
}

// versionTest reads previous.compareTo(new Version(a, b)) op 0.
func versionTest(x *syntax.Binary) (syntax.Op, metadata.Version, bool) {
	call, ok := syntax.Unparen(x.Left).(*syntax.MethodCall)
	if !ok || !call.Name.Is("compareTo") || len(call.Args) != 1 {
		return 0, metadata.Version{}, false
	}
	zero, ok := syntax.Unparen(x.Right).(*syntax.Literal)
	version, known := versionOf(call.Args[0])
	if !ok || zero.Kind != syntax.IntegerLiteral || zero.Int != 0 || !known {
		return 0, metadata.Version{}, false
	}
	return x.Op, version, true
}

func isVersion(x syntax.Expr) bool {
	_, ok := versionOf(x)
	return ok
}

// versionOf reads new Version(1, 2) or new System.Version(1, 2, 3). A build of
// -1 says that the patch was not given.
func versionOf(x syntax.Expr) (metadata.Version, bool) {
	n, ok := syntax.Unparen(x).(*syntax.NewObject)
	if !ok || len(n.Args) < 2 || len(n.Args) > 3 ||
		!strings.EqualFold(n.Type.Name(), "Version") && !strings.EqualFold(n.Type.Name(), "System.Version") {
		return metadata.Version{}, false
	}
	v := metadata.Version{}
	parts := []*int{&v.Major, &v.Minor, &v.Patch}
	for i, a := range n.Args {
		l, ok := syntax.Unparen(a).(*syntax.Literal)
		if !ok || l.Kind != syntax.IntegerLiteral {
			return metadata.Version{}, false
		}
		number, err := strconv.Atoi(strconv.FormatInt(l.Int, 10))
		if err != nil {
			return metadata.Version{}, false
		}
		*parts[i] = number
	}
	if len(n.Args) == 2 {
		v.Patch = anyPatch
	}
	return v, true
}

// anyPatch marks a two-part version: compared with a three-part one the patch
// is ignored (post-install.md, section 1).
const anyPatch = -1

func compareVersions(previous, literal metadata.Version) int {
	previous.Build = 0
	if literal.Patch == anyPatch {
		previous.Patch, literal.Patch = 0, 0
	}
	return previous.Compare(literal)
}

func compares(order int, op syntax.Op) bool {
	switch op {
	case syntax.Lt:
		return order < 0
	case syntax.LtEq:
		return order <= 0
	case syntax.Gt:
		return order > 0
	case syntax.GtEq:
		return order >= 0
	case syntax.Eq, syntax.Exact:
		return order == 0
	default:
		return order != 0
	}
}

// previousVersion finds a comparison that a first install comes to, where there
// is no previous version.
func (w *walker) previousVersion(x *syntax.MethodCall) {
	if w.at[0] && !w.asked && givesVersion(syntax.Unparen(x.X)) {
		w.path.say(GateNullVersion, w.class, x, "a first install comes to this comparison, where previousVersion() is null")
	}
}
