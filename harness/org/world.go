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
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

// world is what the components of an org come to: the schema, the Apex
// program, the rules. It is made from content only, so that orgs with the same
// components share it; what costs much is made when first asked for. A world
// is safe for concurrent use.
type world struct {
	registry *Registry
	schema   *schema.Schema
	diags    diag.List
	prefixes map[string]string // key prefixes of the org's own objects
	formulas *formula.Compiler

	programOnce sync.Once
	prog        *vm.Program
	progDiags   diag.List

	byObjectOnce sync.Once
	byObject     map[string][]*Entry // automation by object, lower case

	labelOnce sync.Once
	labels    map[string]string

	plans     soql.Cache
	treePlans sync.Map // planKey to *soql.Plan

	mu    sync.Mutex
	autos map[*schema.Object]*save.Automation
}

// worlds keeps the worlds of a process by the content they were made from.
type worlds struct {
	mu    sync.Mutex
	byKey map[string]*worldSlot
	order []string // least recently used first
}

type worldSlot struct {
	once  sync.Once
	world *world
}

// maxWorlds is how many worlds are kept for orgs to come; those in use stay
// with their orgs.
const maxWorlds = 48

var sharedWorlds = &worlds{byKey: map[string]*worldSlot{}}

func (ws *worlds) get(o *Org, r *Registry) (*world, error) {
	key, err := worldKey(o, r)
	if err != nil {
		return nil, err
	}
	ws.mu.Lock()
	slot := ws.byKey[key]
	if slot == nil {
		slot = &worldSlot{}
		ws.byKey[key] = slot
	} else {
		ws.order = slices.DeleteFunc(ws.order, func(k string) bool { return k == key })
	}
	ws.order = append(ws.order, key)
	for len(ws.order) > maxWorlds {
		delete(ws.byKey, ws.order[0])
		ws.order = ws.order[1:]
	}
	ws.mu.Unlock()
	slot.once.Do(func() { slot.world = makeWorld(o, r) })
	return slot.world, nil
}

// worldKey is the hash of everything a world is made from.
func worldKey(o *Org, r *Registry) (string, error) {
	h := sha256.New()
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
		io.WriteString(h, e.Key().String()+" "+string(e.State)+" "+hash+"\n")
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func makeWorld(o *Org, r *Registry) *world {
	w := &world{registry: r, autos: map[*schema.Object]*save.Automation{}}
	opt := schema.Options{Features: o.cfg.Features, Prefixes: o.state.Prefixes}
	if o.world != nil {
		opt.Previous = o.world.schema
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
	return w
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

// program is the Apex of the org, declared on first use; classes are checked
// and compiled when a run reaches them.
// Observation says what an org notes of the Apex it runs.
type Observation = vm.Observation

// Observe makes the org's Apex note coverage, a profile or method entries from
// now on. The org gets a program of its own for it; Program tells what was
// noted, of forks that are made later too.
func (o *Org) Observe(what Observation) {
	if what == (Observation{}) {
		return
	}
	o.world = makeWorld(o, o.registry)
	o.world.program().Observe(what)
}

// Program is the compiled Apex of the org.
func (o *Org) Program() *vm.Program { return o.world.program() }

func (w *world) program() *vm.Program {
	w.programOnce.Do(func() {
		var packages []types.Package
		at := map[string]int{}
		for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
			for _, e := range w.registry.OfKind(kind) {
				if e.Component.Source == nil {
					continue
				}
				unit, errs := parse(e)
				w.progDiags = append(w.progDiags, errs...)
				ns := strings.ToLower(e.Namespace)
				i, ok := at[ns]
				if !ok {
					i = len(packages)
					at[ns] = i
					packages = append(packages, types.Package{Namespace: e.Namespace})
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
	})
	return w.prog
}

// parsed keeps the trees of Apex files by content, for all orgs of the
// process.
var parsed sync.Map

type parseKey struct {
	kind    metadata.Kind
	file    string
	version string
	source  [sha256.Size]byte
}

type parseResult struct {
	unit  *syntax.Unit
	diags diag.List
}

func parse(e *Entry) (*syntax.Unit, diag.List) {
	c := e.Component
	key := parseKey{c.Kind, c.Span.File, c.APIVersion, sha256.Sum256(c.Source)}
	if have, ok := parsed.Load(key); ok {
		r := have.(*parseResult)
		return r.unit, r.diags
	}
	name := c.Span.File
	if name == "" {
		name = c.Name
	}
	opt := syntax.Options{Kind: syntax.ClassUnit, APIVersion: majorVersion(c.APIVersion)}
	if c.Kind == metadata.ApexTrigger {
		opt.Kind = syntax.TriggerUnit
	}
	unit, diags := syntax.Parse(diag.NewFile(name, c.Source), opt)
	have, _ := parsed.LoadOrStore(key, &parseResult{unit, diags})
	r := have.(*parseResult)
	return r.unit, r.diags
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
// deployment.
func (o *Org) CheckApex(namespace string) diag.List {
	p := o.world.program().Types()
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
	return out
}

// label is the text of a custom label.
func (w *world) label(ns, name string) (string, bool) {
	w.labelOnce.Do(func() {
		w.labels = map[string]string{}
		for _, e := range w.registry.OfKind(metadata.CustomLabel) {
			w.labels[strings.ToLower(e.Namespace+"."+e.Component.Name)] = e.Component.Props.Get("value")
		}
	})
	v, ok := w.labels[strings.ToLower(ns+"."+name)]
	return v, ok
}

// automationOf lists the components of the kinds that act on rows of an
// object.
func (w *world) automationOf(obj *schema.Object, kind metadata.Kind) []*Entry {
	w.byObjectOnce.Do(func() {
		w.byObject = map[string][]*Entry{}
		for _, kind := range []metadata.Kind{metadata.ValidationRule, metadata.WorkflowRule, metadata.DuplicateRule, metadata.Flow, metadata.CustomField} {
			for _, e := range w.registry.OfKind(kind) {
				parent := e.Component.Parent()
				switch kind {
				case metadata.CustomField:
					if e.Component.Props.Child("lookupFilter") == nil {
						continue
					}
				case metadata.Flow:
					parent = e.Component.Props.Get("start/object")
				case metadata.DuplicateRule:
					parent, _, _ = strings.Cut(e.Component.Name, ".")
				}
				if o := w.schema.ObjectIn(e.Namespace, parent); o != nil {
					key := strings.ToLower(o.Name)
					w.byObject[key] = append(w.byObject[key], e)
				}
			}
		}
	})
	var out []*Entry
	for _, e := range w.byObject[strings.ToLower(obj.Name)] {
		if e.Component.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}
