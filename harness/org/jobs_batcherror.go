package org

import (
	"context"
	"errors"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
)

// maxJobScope is how long JobScope of a BatchApexErrorEvent may be.
const maxJobScope = 32000

// raiseBatchError publishes the BatchApexErrorEvent of a batch that implements
// Database.RaisesPlatformEvents and had an exception nobody caught. What the
// failed transaction did is undone, the event is not (Platform Events Developer
// Guide, "Firing Platform Events from Batch Apex").
func (o *Org) raiseBatchError(ctx context.Context, j *job, run JobRun, scope []vm.Value, requestID string) error {
	obj := o.compiled.schema.Object("BatchApexErrorEvent")
	var thrown *ApexError
	if obj == nil || !errors.As(run.Err, &thrown) || thrown.Missing {
		return nil
	}
	var ids []string
	for _, v := range scope {
		if r := v.Record(); r != nil && r.ID() != "" {
			ids = append(ids, r.ID())
		}
	}
	text := strings.Join(ids, ",")
	fs := standard.Fields{"AsyncApexJobId": j.id, "ExceptionType": thrown.Type, "Message": thrown.Message, "StackTrace": thrown.Stack(),
		"Phase": strings.ToUpper(run.Step), "RequestId": requestID, "DoesExceedJobScopeMaxLength": len(text) > maxJobScope}
	if len(text) <= maxJobScope {
		fs["JobScope"] = text
	}
	events := []published{o.stamp(fs.Record(obj), vm.Null, j.user.ID)}
	if o.test != nil { // waits for the test, as what code publishes does
		o.test.events = append(o.test.events, events...)
		return nil
	}
	return o.deliver(ctx, events, j.causes())
}
