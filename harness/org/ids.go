package org

import "github.com/rehearsal-dev/rehearsal/harness/schema"

// NewID gives a new record id of 18 characters from the org's counter of the
// object's key prefix.
func (o *Org) NewID(obj *schema.Object) string { return "" }
