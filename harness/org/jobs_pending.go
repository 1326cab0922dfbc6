package org

// PendingJob is asynchronous work that waits in the org.
type PendingJob struct {
	ID        string // AsyncApexJob id; of a scheduled job its CronTrigger id
	Namespace string
	Class     string // top-level class, without namespace
	Scheduled bool   // by System.schedule: it waits until its time comes
}

// PendingJobs lists the work that waits, in the order in which it was asked for.
func (o *Org) PendingJobs() []PendingJob {
	var list []PendingJob
	for _, j := range o.queue.jobs {
		p := PendingJob{ID: j.id, Namespace: j.call.Namespace, Class: j.class(), Scheduled: j.cron != nil}
		if p.Scheduled {
			p.ID = j.triggerID
		}
		list = append(list, p)
	}
	return list
}

// Edition is the org's edition: "Enterprise Edition".
func (o *Org) Edition() string { return o.cfg.Edition }
