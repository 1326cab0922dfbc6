package org

import "time"

// Clock is an org's virtual clock. It moves only when it is told to, so that
// nothing in an org depends on the machine's time.
type Clock struct {
	now int64 // milliseconds since the epoch
}

// Now is the time in milliseconds since the epoch, UTC.
func (c *Clock) Now() int64 { return c.now }

// Time is Now as a time in UTC.
func (c *Clock) Time() time.Time { return time.UnixMilli(c.now).UTC() }

// Advance moves the clock forward; a negative duration does nothing.
func (c *Clock) Advance(d time.Duration) {
	if d > 0 {
		c.now += d.Milliseconds()
	}
}

// AdvanceTo moves the clock to a time in milliseconds since the epoch unless
// it is already past it.
func (c *Clock) AdvanceTo(ms int64) { c.now = max(c.now, ms) }
