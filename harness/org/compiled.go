package org

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/stdlib"
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/once"
	"github.com/rehearsal-dev/rehearsal/harness/org/automation"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

// compiled is what the components of an org come to: the schema, the Apex
// program, the rules. It is made from content only, so that orgs with the same
// components share it; what costs much is made when first asked for. It
// is safe for concurrent use.
type compiled struct {
	registry   *Registry
	schema     *schema.Schema
	diags      diag.List
	prefixes   map[string]string // key prefixes of the org's own objects
	formulas   *formula.Compiler
	automation *automation.Compiler

	// covered says that the program notes which of its lines ran.
	covered     bool
	programOnce once.Once
	prog        *vm.Program
	of          *compiled // the one that this is with an answer; nil for none
	answer      vm.Answer
	answering   [vm.PassOver + 1]struct {
		once once.Once
		with *compiled
	}
	progDiags diag.List

	labelOnce once.Once
	labels    map[string]string

	plans     soql.Cache
	treePlans sync.Map // planKey to *soql.Plan
}

// compiledCache keeps what was compiled in a process by the content it was made from.
type compiledCache struct {
	mu    sync.Mutex
	byKey map[string]*compiledSlot
	order []string // least recently used first
}

type compiledSlot struct {
	once     once.Once
	compiled *compiled
}

// maxCompiled is how many are kept for orgs to come; those in use stay
// with their orgs.
const maxCompiled = 48

var sharedCompiled = &compiledCache{byKey: map[string]*compiledSlot{}}

func (c *compiledCache) get(o *Org, r *Registry) (*compiled, error) {
	key, err := compiledKey(o, r)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	slot := c.byKey[key]
	if slot == nil {
		slot = &compiledSlot{}
		c.byKey[key] = slot
	} else {
		c.order = slices.DeleteFunc(c.order, func(k string) bool { return k == key })
	}
	c.order = append(c.order, key)
	for len(c.order) > maxCompiled {
		delete(c.byKey, c.order[0])
		c.order = c.order[1:]
	}
	c.mu.Unlock()
	slot.once.Do(func() { slot.compiled = compile(o, r) })
	return slot.compiled, nil
}

// compiledKey is the hash of everything that compiled is made from.
func compiledKey(o *Org, r *Registry) (string, error) {
	h := sha256.New()
	if o.ran != nil {
		io.WriteString(h, "notes its lines\n")
	}
	for _, f := range slices.Sorted(slices.Values(o.cfg.Features)) {
		io.WriteString(h, string(f)+"\n")
	}
	for _, k := range slices.Sorted(maps.Keys(o.state.Prefixes)) {
		io.WriteString(h, k+"="+o.state.Prefixes[k]+"\n")
	}
	for _, e := range r.Arrived() {
		hash := e.Component.Hash
		if hash == "" {
			data, err := json.Marshal(e.Component)
			if err != nil {
				return "", fmt.Errorf("hash %s: %w", e.Key(), err)
			}
			hash = string(data)
		}
		io.WriteString(h, e.Key().String()+" "+string(e.State)+" "+strconv.FormatBool(e.released())+" "+hash+"\n")
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func compile(o *Org, r *Registry) *compiled {
	w := &compiled{registry: r, covered: o.ran != nil}
	opt := schema.Options{Features: o.cfg.Features, Prefixes: o.state.Prefixes}
	if o.compiled != nil {
		opt.Previous = o.compiled.schema
	}
	w.schema, w.diags = schema.Build(opt, sources(r)...)
	w.prefixes = map[string]string{}
	for _, obj := range w.schema.Custom() {
		if obj.AutoPrefix && obj.KeyPrefix != "" {
			w.prefixes[strings.ToLower(obj.Name)] = obj.KeyPrefix
		}
	}
	for name, prefix := range o.state.Prefixes {
		if w.prefixes[name] == "" {
			w.prefixes[name] = prefix // of an object that is gone: not given again
		}
	}
	w.formulas = formula.NewCompiler(w.schema)
	w.automation = automation.New(w.schema, w.formulas, components{r}, func(obj *schema.Object, event dml.Event) bool {
		return len(triggersFor(w.program(), obj, event)) > 0
	})
	return w
}

// components is a registry as the compilers of rules read it.
type components struct{ *Registry }

// Find finds a component by kind, namespace and name.
func (c components) Find(kind metadata.Kind, namespace, name string) (flow.Owned, bool) {
	e := c.Registry.Find(kind, namespace, name)
	if e == nil {
		return flow.Owned{}, false
	}
	return flow.Owned{Component: e.Component, Namespace: e.Namespace, Package: e.Package}, true
}

// OfKind lists the components of a kind.
func (c components) OfKind(kind metadata.Kind) []flow.Owned {
	var out []flow.Owned
	for _, e := range c.Registry.OfKind(kind) {
		out = append(out, flow.Owned{Component: e.Component, Namespace: e.Namespace, Package: e.Package})
	}
	return out
}

// sources groups the components by who brought them, in the order they came.
func sources(r *Registry) []schema.Source {
	var out []schema.Source
	for _, e := range r.Arrived() {
		if n := len(out); n == 0 || !strings.EqualFold(out[n-1].Namespace, e.Namespace) {
			out = append(out, schema.Source{Namespace: e.Namespace})
		}
		last := &out[len(out)-1]
		last.Components = append(last.Components, e.Component)
	}
	return out
}

// Observation says what an org notes of the Apex it runs.
type Observation = vm.Observation

// Observe makes the org's Apex note coverage, a profile or method entries from
// now on. The org gets a program of its own for it. Program tells what was
// noted of forks that are made later too, and Ran which lines ran.
func (o *Org) Observe(what Observation) {
	if what == (Observation{}) {
		return
	}
	if what.Coverage {
		o.NoteRan()
	}
	o.compiled = compile(o, o.registry)
	what.Coverage = false // of the program from its beginning on
	o.compiled.program().Observe(what)
}

// Program is the compiled Apex of the org.
func (o *Org) Program() *vm.Program { return o.compiled.program() }

// program is the Apex of the org, declared on first use; classes are checked
// and compiled when a run reaches them.
func (w *compiled) program() *vm.Program {
	w.programOnce.Do(func() {
		if w.of != nil {
			w.prog = w.of.program().Answering(w.answer)
			return
		}
		var packages []types.Package
		type owner struct {
			namespace string
			released  bool
		}
		at := map[owner]int{}
		for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
			for _, e := range w.registry.OfKind(kind) {
				if e.Component.Source == nil {
					continue
				}
				unit, errs := parse(e)
				w.progDiags = append(w.progDiags, errs...)
				of := owner{strings.ToLower(e.Namespace), e.released()}
				i, ok := at[of]
				if !ok {
					i = len(packages)
					at[of] = i
					packages = append(packages, types.Package{Namespace: e.Namespace, Released: of.released})
				}
				packages[i].Units = append(packages[i].Units, unit)
			}
		}
		slices.SortStableFunc(packages, func(a, b types.Package) int {
			return cmp.Compare(strings.ToLower(a.Namespace), strings.ToLower(b.Namespace))
		})
		p, diags := types.NewProgram(types.Config{Schema: w.schema, Packages: packages, Env: types.Env{
			Label: func(ns, name string) bool { _, ok := w.label(ns, name); return ok },
			Page:  func(ns, name string) bool { return w.registry.Find(metadata.ApexPage, ns, name) != nil },
		}})
		w.progDiags = append(w.progDiags, diags...)
		w.prog = vm.NewProgram(p, stdlib.Functions())
		w.prog.Observe(Observation{Coverage: w.covered})
	})
	return w.prog
}

// with is what the same components come to where an answer stands for what is not
// simulated.
func (w *compiled) with(a vm.Answer) *compiled {
	if w.of != nil {
		w = w.of
	}
	if a == vm.Stop {
		return w
	}
	at := &w.answering[a]
	at.once.Do(func() {
		at.with = &compiled{registry: w.registry, schema: w.schema, diags: w.diags, prefixes: w.prefixes, formulas: w.formulas,
			automation: w.automation, of: w, answer: a}
	})
	return at.with
}

// Answer is what stands for something that is not simulated.
type Answer = vm.Answer

// The answers.
const (
	Stop        = vm.Stop        // none: the transaction ends there
	NullAnswer  = vm.NullAnswer  // null
	EmptyAnswer = vm.EmptyAnswer // an empty value of its type
	PassOver    = vm.PassOver    // none: the statement that asks is left out
)

// Answer makes the org's Apex go on where it reaches what is not simulated, from
// now on, with an answer in its place. Forks that are made later do so too.
func (o *Org) Answer(a vm.Answer) {
	o.answer = a
	o.compiled = o.compiled.with(a)
}

// parsedBytes is how much Apex source has its trees kept for orgs to come: some
// ten versions of a large package.
const parsedBytes = 64 << 20

// parsed keeps the trees of Apex files, for all orgs of the process.
var parsed = syntax.NewCacheOf(parsedBytes)

func parse(e *Entry) (*syntax.Unit, diag.List) {
	c := e.Component
	opt := syntax.Options{Kind: syntax.ClassUnit, APIVersion: majorVersion(c.APIVersion)}
	if c.Kind == metadata.ApexTrigger {
		opt.Kind = syntax.TriggerUnit
	}
	made := parsed.Parse(cmp.Or(c.Span.File, c.Name), c.Source, opt)
	return made.Unit, made.Errors
}

func majorVersion(s string) int {
	head, _, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(head)
	if err != nil {
		return 0
	}
	return n
}

// CheckApex compiles all Apex of a namespace, "" for the subscriber's, against
// the org as it is now and lists what is wrong as the platform does after a
// deployment. What is not known of an error is noted in the ledger.
func (o *Org) CheckApex(namespace string) diag.List {
	p := o.compiled.program().Types()
	var out diag.List
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, e := range o.registry.OfKind(kind) {
			if strings.EqualFold(e.Namespace, namespace) && e.Component.Source != nil {
				_, errs := parse(e)
				out = append(out, errs...)
			}
		}
	}
	out = append(out, p.Check(namespace)...)
	out.Sort()
	for _, d := range out {
		for _, note := range d.Notes {
			o.ledger.Note(ledger.Approximated, "apex", "compile error: "+d.Message, note, d.Span.String())
		}
	}
	return out
}

// label is the text of a custom label.
func (w *compiled) label(ns, name string) (string, bool) {
	w.labelOnce.Do(func() {
		w.labels = map[string]string{}
		for _, e := range w.registry.OfKind(metadata.CustomLabel) {
			w.labels[strings.ToLower(e.Namespace+"."+e.Component.Name)] = e.Component.Props.Get("value")
		}
	})
	v, ok := w.labels[strings.ToLower(ns+"."+name)]
	return v, ok
}
