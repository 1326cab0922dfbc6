package source

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// cumulusFlows is what cumulusci.yml says of the flows and tasks that make an
// org to test in.
type cumulusFlows struct {
	tasks map[string]cumulusTask
	flows map[string]map[string]cumulusStep // by flow, then by number
}

// cumulusTask is a task, as far as it deploys a folder, or a folder of folders.
type cumulusTask struct {
	deploys, bundles bool
	path             string
}

// cumulusStep is a step of a flow: a task or a flow, on a condition.
type cumulusStep struct{ task, flow, when, path string }

// deployClasses are the task classes of CumulusCI that deploy what lies in a
// folder of the project, and whether they take its subfolders for one bundle
// each (known from CumulusCI's task reference).
var deployClasses = map[string]bool{
	"cumulusci.tasks.salesforce.Deploy":        false,
	"cumulusci.tasks.salesforce.DeployBundles": true,
}

// testOrgFlow is the flow that CumulusCI runs to make a scratch org and run a
// project's Apex tests in it, customerFlow the one that gives a subscriber the
// released package.
const (
	testOrgFlow  = "ci_feature"
	customerFlow = "install_prod"
)

// standardFlows are CumulusCI's own flows and tasks for that org, as far as
// they deploy (known from CumulusCI's flow reference). A project's file adds
// steps to them, and replaces steps by number.
func standardFlows() *cumulusFlows {
	return &cumulusFlows{
		tasks: map[string]cumulusTask{
			"deploy":          {deploys: true}, // the package itself
			"install_managed": {deploys: true}, // the package itself
			"deploy_pre":      {deploys: true, bundles: true, path: "unpackaged/pre"},
			"deploy_post":     {deploys: true, bundles: true, path: "unpackaged/post"},
		},
		flows: map[string]map[string]cumulusStep{
			testOrgFlow:        {"1": {flow: "dependencies"}, "2": {flow: "deploy_unmanaged"}, "3": {flow: "config_apextest"}},
			"dependencies":     {"1": {task: "update_dependencies"}, "2": {task: "deploy_pre"}},
			"deploy_unmanaged": {"3": {task: "deploy"}},
			"config_apextest":  {"1": {task: "deploy_post"}, "2": {task: "update_admin_profile"}},
			customerFlow:       {"1": {flow: "dependencies"}, "2": {task: "install_managed"}, "3": {flow: "config_managed"}},
			"config_managed":   {"1": {task: "deploy_post"}, "2": {task: "update_admin_profile"}},
		},
	}
}

// parseCumulusFlows reads the tasks and flows of cumulusci.yml over the
// standard ones.
func parseCumulusFlows(name string, src []byte) (*cumulusFlows, error) {
	var doc struct {
		Tasks map[string]any `yaml:"tasks"`
		Flows map[string]any `yaml:"flows"`
	}
	for _, section := range []string{"tasks", "flows"} {
		if err := decodeYAML(name, sectionOf(src, section), &doc); err != nil {
			return nil, err
		}
	}
	c := standardFlows()
	for name, v := range doc.Tasks {
		c.addTask(name, v)
	}
	for name, v := range doc.Flows {
		c.addFlow(name, v)
	}
	return c, nil
}

func (c *cumulusFlows) addTask(name string, v any) {
	t := c.tasks[name]
	if class := text(mapping(v)["class_path"]); class != "" {
		t.bundles, t.deploys = deployClasses[class]
	}
	t.path = cmp.Or(text(mapping(mapping(v)["options"])["path"]), t.path)
	c.tasks[name] = t
}

func (c *cumulusFlows) addFlow(name string, v any) {
	steps := maps.Clone(c.flows[name])
	if steps == nil {
		steps = map[string]cumulusStep{}
	}
	for number, v := range mapping(mapping(v)["steps"]) {
		s := steps[number]
		if m := mapping(v); m["task"] != nil || m["flow"] != nil {
			s.task, s.flow = text(m["task"]), text(m["flow"])
		}
		s.when = cmp.Or(text(mapping(v)["when"]), s.when)
		s.path = cmp.Or(text(mapping(mapping(v)["options"])["path"]), s.path)
		steps[number] = s
	}
	c.flows[name] = steps
}

// mapping gives a YAML mapping with its keys as text, nil for anything else.
func mapping(v any) map[string]any {
	switch m := v.(type) {
	case map[string]any:
		return m
	case map[any]any:
		out := make(map[string]any, len(m))
		for k, v := range m {
			out[text(k)] = v
		}
		return out
	}
	return nil
}

// deployed calls f for each deployment of a flow in its order.
func (c *cumulusFlows) deployed(flow string, namespaced bool, depth int, f func(cumulusTask)) {
	steps := c.flows[flow]
	if depth == 0 {
		return // flows that run each other; CumulusCI refuses them
	}
	for _, number := range slices.SortedFunc(maps.Keys(steps), compareSteps) {
		s := steps[number]
		if !holds(s.when, namespaced) {
			continue
		}
		if s.flow != "" {
			c.deployed(s.flow, namespaced, depth-1, f)
		} else if t := c.tasks[s.task]; t.deploys {
			t.path = cmp.Or(s.path, t.path)
			f(t)
		}
	}
}

// maxFlowDepth bounds how deep flows may run flows.
const maxFlowDepth = 16

// holds says whether the condition of a step holds in the scratch org of a
// test run. Conditions are Python expressions; one that asks for anything else
// than the sort of org does not hold.
func holds(when string, namespaced bool) bool {
	when = strings.TrimSpace(when)
	if rest, negated := strings.CutPrefix(when, "not "); negated {
		known := map[string]bool{"org_config.namespace": !namespaced, "org_config.namespaced": !namespaced}
		return known[strings.TrimSpace(rest)]
	}
	switch when {
	case "", "org_config.scratch":
		return true
	case "org_config.namespace", "org_config.namespaced":
		return namespaced
	}
	return false
}

// compareSteps orders step numbers as versions: 2, 2.1, 2.10, 3.
func compareSteps(a, b string) int {
	split := func(r rune) bool { return r == '.' || r == '/' }
	return slices.CompareFunc(strings.FieldsFunc(a, split), strings.FieldsFunc(b, split), func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		if errX != nil || errY != nil {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(x, y)
	})
}

// beside finds the folders that belong to the org and not to the package: what
// the package directories name for where the package is built and tested, and
// what CumulusCI deploys besides the package before and after it: the record
// types that an org of the package needs, classes that stand in for what other
// products bring. In a read of the whole project they are read too, after the
// package's own folders: what is in both is taken from the package.
func (f *finder) beside() error {
	if len(f.opt.Sources) > 0 || f.part {
		return nil
	}
	name := join(f.base, cumulusFile)
	src, err := f.load(name)
	if err != nil {
		return err
	}
	if src != nil {
		if err := f.deployedByFlows(name, src); err != nil {
			return err
		}
	}
	h := &f.loc.head
	h.Before, h.After = f.apart(h.Before), f.apart(h.After)
	if !f.opt.Project {
		return nil
	}
	f.loc.unpackaged = slices.Concat(h.Before, h.After)
	if len(f.loc.unpackaged) > 0 {
		f.warn(CodeOtherFolder, "reading %s too, which the project deploys to the org it tests in", strings.Join(f.loc.unpackaged, ", "))
	}
	return nil
}

// apart leaves out folders that are not there, are named twice or hold the
// package itself.
func (f *finder) apart(folders []string) []string {
	var kept []string
	for _, folder := range folders {
		holds := slices.ContainsFunc(f.loc.roots, func(root string) bool { return within(root, folder) })
		if f.holds(folder) && !holds && !slices.Contains(kept, folder) {
			kept = append(kept, folder)
		}
	}
	return kept
}

// deployedByFlows asks the flows of cumulusci.yml.
func (f *finder) deployedByFlows(name string, src []byte) error {
	flows, err := parseCumulusFlows(name, src)
	if err != nil {
		f.warn(CodeProject, "what the project's flows deploy beside the package is not read: %v", err)
		return nil
	}
	flow, h := testOrgFlow, &f.loc.head
	if h.Kind == metadata.Managed && !f.opt.Project {
		flow = customerFlow
	}
	list := &h.Before
	flows.deployed(flow, f.opt.Namespace != "" || flow == customerFlow, maxFlowDepth, func(t cumulusTask) {
		folder, err := cleanPath(t.path)
		switch {
		case t.path == "": // the package itself
			list = &h.After
		case err != nil:
			f.warn(CodePath, "%s deploys a folder that is not read: %v", name, err)
		case t.bundles:
			*list = append(*list, f.subfolders(join(f.base, folder))...)
		default:
			*list = append(*list, join(f.base, folder))
		}
	})
	return nil
}

// subfolders lists the folders right inside a folder by name.
func (f *finder) subfolders(folder string) []string {
	var found []string
	for _, e := range f.tree.files() {
		rel, below := strings.CutPrefix(e.path, folder+"/")
		if name, _, deeper := strings.Cut(rel, "/"); below && deeper {
			found = append(found, path.Join(folder, name))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
