package org

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// Schedulables lists the classes of a namespace that can be scheduled and made
// without arguments, as an administrator schedules them: by name.
func (o *Org) Schedulables(namespace string) []string {
	var names []string
	for _, c := range o.compiled.program().Types().Classes() {
		if c.Namespace != namespace || c.Test || c.Abstract || c.Kind != types.KindClass || c.Access < types.Public || c.Unit.Bad {
			continue
		}
		if t := o.compiled.program().Types().TypeByName("", "System.Schedulable"); t == nil || !c.SubtypeOf(t) {
			continue
		}
		for _, m := range c.Constructors() {
			if len(m.Params) == 0 && (m.Decl == nil || m.Access >= types.Public) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// RunScheduled runs the scheduled job of a name once, ahead of its time, as it
// stands in the queue of the org from, with the classes that this org has now.
// The state of its instance is read anew under them: see vm.Program.Adopt. The
// job stays where it waits. found is false where no such job waits or its class
// is gone here.
func (o *Org) RunScheduled(ctx context.Context, from *Org, name string) (run JobRun, found bool, err error) {
	for _, j := range from.queue.jobs {
		if j.cron == nil || j.call.Name != name {
			continue
		}
		once, call := *j, *j.call
		once.call, once.once, once.compiled = &call, true, o.compiled
		if from.compiled != o.compiled {
			adopted, lost := o.compiled.program().Adopt(j.call.Instance)
			if lost != "" {
				return run, false, nil
			}
			call.Instance = adopted
		}
		if run, err = o.runJob(ctx, &once); err != nil {
			return run, true, fmt.Errorf("run scheduled job %s: %w", name, err)
		}
		return run, true, nil
	}
	return run, false, nil
}
