package flow

import (
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Codes of the diagnostics of flows and workflow rules.
const (
	CodeFlow     = "FLOW"          // the flow does not hang together
	CodeFormula  = "FLOW_FORMULA"  // a formula or condition in it is wrong
	CodeWorkflow = "WORKFLOW_RULE" // a workflow rule or field update is wrong
)

// simulated are the kinds of step that Run knows.
var simulated = map[string]bool{
	"assignments": true, "decisions": true, "loops": true, "recordLookups": true, "recordCreates": true,
	"recordUpdates": true, "recordDeletes": true, "subflows": true, "customErrors": true,
}

// foreignSteps are the kinds of element that exist on the platform and are not
// simulated here; the value is whether the element is a step or a resource.
var foreignSteps = map[string]bool{
	"actionCalls": true, "apexPluginCalls": true, "collectionProcessors": true, "orchestratedStages": true,
	"recordRollbacks": true, "screens": true, "steps": true, "transforms": true, "waits": true,
	"dynamicChoiceSets": false, "choices": false, "stages": false, "experiments": true,
}

// Parse reads a Flow component. Elements that are not simulated make no
// diagnostic: they are listed by Unsupported.
func Parse(c *metadata.Component) (*Flow, diag.List) {
	p := c.Props
	f := &Flow{Name: c.Name, Label: p.Get("label"), Active: strings.EqualFold(p.Get("status"), "Active"),
		APIVersion: p.Get("apiVersion"), elements: map[string]*element{}, start: &start{}}
	f.Order, _ = strconv.Atoi(p.Get("triggerOrder"))
	if f.Label == "" {
		f.Label = f.Name
	}
	var diags diag.List
	for _, n := range p.Children {
		switch n.Name {
		case "start":
			f.readStart(n)
		case "startElementReference":
			f.start.next = n.Text
		case "variables":
			f.variables = append(f.variables, n)
		case "constants":
			f.constants = append(f.constants, n)
		case "formulas":
			f.formulaNodes = append(f.formulaNodes, n)
		case "textTemplates":
			f.templates = append(f.templates, n)
		default:
			step, known := foreignSteps[n.Name]
			if known {
				f.foreign = append(f.foreign, n)
			}
			if simulated[n.Name] || step {
				f.add(n)
			}
		}
	}
	for _, name := range f.order {
		diags = append(diags, f.checkConnectors(c, f.elements[name])...)
	}
	return f, diags
}

func (f *Flow) add(n *metadata.Node) {
	e := &element{name: n.Get("name"), kind: n.Name, props: n, next: n.Get("connector/targetReference"),
		fault: n.Get("faultConnector/targetReference")}
	f.elements[e.name] = e
	f.order = append(f.order, e.name)
	if !simulated[n.Name] && !(n.Name == "actionCalls" && n.Get("actionType") == "apex") {
		f.unsupported = append(f.unsupported, n.Name+" "+e.name)
	}
}

func (f *Flow) checkConnectors(c *metadata.Component, e *element) diag.List {
	var diags diag.List
	for _, to := range []string{e.next, e.fault} {
		if to != "" && f.elements[to] == nil {
			at := c.Span
			at.Line, at.Column = e.props.Line, e.props.Column
			diags = append(diags, diag.Errorf(at, CodeFlow, "flow %s: element %s leads to %s, which does not exist", f.Name, e.name, to))
		}
	}
	return diags
}

func (f *Flow) readStart(n *metadata.Node) {
	f.Object = n.Get("object")
	f.start.next = n.Get("connector/targetReference")
	f.start.filters = n.All("filters")
	f.start.logic = n.Get("filterLogic")
	f.start.formula = n.Get("filterFormula")
	f.start.onlyOnNew = n.Bool("doesRequireRecordChangedToMeetCriteria")
	switch n.Get("triggerType") {
	case "RecordBeforeSave":
		f.Trigger = BeforeSave
	case "RecordAfterSave":
		f.Trigger = AfterSave
	case "RecordBeforeDelete":
		f.Trigger = BeforeDelete
	}
	switch n.Get("recordTriggerType") {
	case "Create":
		f.OnCreate = true
	case "Update":
		f.OnUpdate = true
	case "CreateAndUpdate":
		f.OnCreate, f.OnUpdate = true, true
	case "Delete":
		f.OnDelete = true
	}
	for _, path := range n.All("scheduledPaths") {
		f.unsupported = append(f.unsupported, strings.TrimSpace("scheduledPaths "+path.Get("name")+path.Get("pathType")))
	}
}
