package store

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// audit are the lookups that stand on every row and that hardly anything
// filters by.
var audit = map[string]bool{"CreatedById": true, "LastModifiedById": true, "RecordTypeId": true}

// IndexLookups makes the indexes that queries of an object are likely to want:
// lookups to parents, unique fields and external ids. Indexes are otherwise
// made when a query first wants one, in each fork again; whoever fills a large
// org calls this once after it, before it is forked.
func IndexLookups(ctx context.Context, st Store, o *schema.Object) error {
	for _, f := range o.Fields {
		wanted := f.Type == schema.Reference && !audit[f.Name] || f.Unique || f.ExternalID
		if !wanted || !f.IsStored() {
			continue
		}
		if err := st.EnsureIndex(ctx, f); err != nil {
			return err
		}
	}
	return nil
}
