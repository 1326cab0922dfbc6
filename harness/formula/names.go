package formula

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// name binds a name: a resource of a flow, a global variable, or a field of
// the object or of a parent.
func (b *binder) name(e *Expr) (node, *problem) {
	parts := strings.Split(e.Text, ".")
	if b.context == Flow && b.object != nil && len(parts) > 1 && strings.EqualFold(parts[0], "$Record") {
		return b.triggering(e, parts[1:])
	}
	if r := b.options.Resources; r != nil {
		if res, ok := r.Resource(b.find, parts); ok {
			get := res.Get
			return node{typ: res.Type, eval: func(f *frame) (value.Value, error) { return get(f.env) }}, nil
		}
	}
	if strings.HasPrefix(e.Text, "$") {
		return b.global(e, parts)
	}
	ref, ok := b.resolve(parts)
	if !ok {
		return node{}, b.unknownField(e)
	}
	return b.fieldNode(e, ref)
}

// triggering binds $Record.Field of a flow, which reads fields as the API shows
// them.
func (b *binder) triggering(e *Expr, path []string) (node, *problem) {
	ref, ok := b.resolve(path)
	if !ok {
		return node{}, b.unknownField(e)
	}
	n, err := b.fieldNode(e, ref)
	if err == nil && n.typ != Location {
		n.eval = overParents(ref.steps, rawReader(b.compiler, ref.field), false)
	}
	return n, err
}

// find is Reference while the compiler is at work.
func (b *binder) find(o *schema.Object, path []string) (*Reference, bool) {
	return b.compiler.reference(o, b.ns, path)
}

func (b *binder) unknownField(e *Expr) *problem {
	code := CodeField
	switch {
	case b.tooFar:
		return b.problem(e, code, "Field %s is too far away: a formula reads fields of up to %d relationships.", e.Text, maxSteps)
	case b.foreign:
		code = CodeForeign
	}
	return b.problem(e, code, "Field %s does not exist. Check spelling.", e.Text)
}

// step is one lookup of a path; as names the parent object that a polymorphic
// lookup is read as, if the formula says so.
type step struct {
	lookup *schema.Field
	as     *schema.Object
	queue  bool // read as a queue
}

// maxSteps is how many relationships a path may span (Salesforce Help, Cross-
// Object Formulas).
const maxSteps = 10

type reference struct {
	steps []step
	field *schema.Field
}

// resolve follows a path over parents to a field.
func (b *binder) resolve(parts []string) (reference, bool) {
	var ref reference
	o := b.object
	if o == nil {
		return ref, false
	}
	if len(parts) > 1 && b.relationship(o, parts[0]) == nil && b.compiler.schema.ObjectIn(b.ns, parts[0]) == o {
		parts = parts[1:] // the object's own name may lead
	}
	for len(parts) > 1 {
		if len(ref.steps) == maxSteps {
			b.tooFar = true
			return ref, false
		}
		name, as, _ := strings.Cut(parts[0], ":")
		lookup := b.relationship(o, name)
		if lookup == nil {
			return ref, false
		}
		s := step{lookup: lookup, queue: strings.EqualFold(as, "Queue")}
		if as != "" {
			if s.queue {
				as = "Group"
			}
			if s.as = b.compiler.schema.ObjectIn(b.ns, as); s.as == nil {
				return ref, false
			}
		}
		o = b.parentObject(s, parts[1:])
		if o == nil {
			return ref, false
		}
		ref.steps = append(ref.steps, s)
		parts = parts[1:]
	}
	name := parts[0]
	if n := len(ref.steps); n > 0 && ref.steps[n-1].queue && queueFields[strings.ToLower(name)] != "" {
		name = queueFields[strings.ToLower(name)]
	}
	ref.field = o.FieldIn(b.ns, name)
	return ref, ref.field != nil
}

// queueFields are the names that formulas have for fields of a queue, which is
// a Group: Owner:Queue.QueueName.
var queueFields = map[string]string{"queuename": "Name", "queueemail": "Email"}

func (b *binder) relationship(o *schema.Object, name string) *schema.Field {
	return o.RelationshipIn(b.ns, name)
}

// parentObject is the object a lookup leads to; of several, the one that has
// the next name of the path.
func (b *binder) parentObject(s step, rest []string) *schema.Object {
	if s.as != nil {
		return s.as
	}
	unknown := false
	for _, name := range s.lookup.ReferenceTo {
		o := b.compiler.schema.Object(name)
		if o == nil {
			unknown = true
			continue
		}
		next, _, _ := strings.Cut(rest[0], ":")
		if len(rest) == 1 && o.FieldIn(b.ns, next) != nil || len(rest) > 1 && b.relationship(o, next) != nil {
			return o
		}
	}
	b.foreign = unknown
	return nil
}

// fieldNode reads a field. What it reads is noted in paths and fields.
func (b *binder) fieldNode(e *Expr, ref reference) (node, *problem) {
	f := ref.field
	n := node{typ: TypeOf(f.Type)}
	if len(ref.steps) == 0 {
		n.field = f
	}
	if n.typ == Location {
		return b.locationNode(ref), nil
	}
	var own evaluator
	if f.IsFormula() {
		p, diags := b.compiler.field(f)
		if p == nil {
			return n, b.problem(e, diags[0].Code, "Field %s can not be read: %s", e.Text, diags[0].Message)
		}
		for _, inner := range p.paths {
			b.note(ref.steps, inner.Lookups, inner.Field)
		}
		n.typ = p.fieldType(f)
		own = formulaReader(p, f, b.options.BlankAsZero)
	} else {
		own = fieldReader(f, b.options.BlankAsZero)
	}
	b.note(ref.steps, nil, f)
	n.eval = overParents(ref.steps, own, n.typ == Number && b.options.BlankAsZero)
	return n, nil
}

// fieldType is the type a formula field has in other formulas.
func (p *Program) fieldType(f *schema.Field) Type {
	if t := TypeOf(f.Type); t != Any {
		return t
	}
	return p.Type
}

func (b *binder) note(steps []step, more []*schema.Field, f *schema.Field) {
	path := Path{Field: f}
	var key strings.Builder
	for _, s := range steps {
		path.Lookups = append(path.Lookups, s.lookup)
	}
	path.Lookups = append(path.Lookups, more...)
	for _, l := range path.Lookups {
		key.WriteString(l.Name)
		key.WriteByte('.')
		b.noteField(l)
	}
	b.noteField(f)
	key.WriteString(f.Object.Name + "." + f.Name)
	if !b.seen[key.String()] {
		b.seen[key.String()] = true
		b.paths = append(b.paths, path)
	}
}

func (b *binder) noteField(f *schema.Field) {
	key := "field " + f.Object.Name + "." + f.Name
	if !b.seen[key] {
		b.seen[key] = true
		b.fields = append(b.fields, f)
	}
}

func fieldReader(f *schema.Field, zeroBlank bool) evaluator {
	return func(fr *frame) (value.Value, error) {
		own := f
		if fr.rec.Object != f.Object { // a polymorphic parent, or a newer schema's object
			if own = fr.rec.Object.Field(f.Name); own == nil {
				return null, nil
			}
		}
		return read(fr.rec.Get(own), own, zeroBlank)
	}
}

// formulaReader computes another formula field of the record at hand.
func formulaReader(p *Program, f *schema.Field, zeroBlank bool) evaluator {
	t := TypeOf(f.Type)
	return func(fr *frame) (value.Value, error) {
		v, err := p.eval(fr)
		if err == nil && v.IsNull() {
			switch {
			case t == Boolean:
				return value.OfBool(false), nil
			case t == Number && zeroBlank:
				return number(zero), nil
			}
		}
		return v, err
	}
}

// overParents loads the parents of a path and reads the field of the last. A
// missing parent makes the field blank.
func overParents(steps []step, own evaluator, zeroBlank bool) evaluator {
	if len(steps) == 0 {
		return func(fr *frame) (value.Value, error) {
			if fr.rec == nil {
				return null, nil
			}
			return own(fr)
		}
	}
	return func(fr *frame) (value.Value, error) {
		rec := fr.rec
		for _, s := range steps {
			if rec == nil {
				break
			}
			lookup := s.lookup
			if rec.Object != lookup.Object {
				if lookup = rec.Object.Field(lookup.Name); lookup == nil {
					rec = nil
					break
				}
			}
			parent, err := fr.env.Parent(rec, lookup)
			if err != nil {
				return null, err
			}
			if parent != nil && s.as != nil && parent.Object.Name != s.as.Name {
				parent = nil
			}
			rec = parent
		}
		if rec == nil {
			if zeroBlank {
				return number(zero), nil
			}
			return null, nil
		}
		return own(&frame{env: fr.env, rec: rec})
	}
}

// locationNode is a compound field as its two parts.
func (b *binder) locationNode(ref reference) node {
	part := func(suffix string) evaluator {
		for _, f := range ref.field.Object.Fields {
			if strings.EqualFold(f.Compound, ref.field.Name) && strings.Contains(f.Name, suffix) {
				b.note(ref.steps, nil, f)
				return overParents(ref.steps, fieldReader(f, false), false)
			}
		}
		return func(*frame) (value.Value, error) { return null, nil }
	}
	n := node{typ: Location, lat: part("Latitude"), lon: part("Longitude")}
	n.eval = n.lat
	if len(ref.steps) == 0 {
		n.field = ref.field
	}
	return n
}
