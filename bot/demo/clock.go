package demo

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that runs at a speed of its own. It never goes back and, whatever happens to its speed, never jumps. It
// is safe for concurrent use.
type Clock struct {
	wall func() time.Time // real time

	mu      sync.Mutex
	from    time.Time // what it showed …
	at      time.Time // … at this real instant
	speed   float64
	rush    time.Time // where a rush ends; zero = none
	after   float64   // the speed after it
	changed chan struct{}
}

// Pace is a clock at one moment.
type Pace struct {
	Now   time.Time
	Speed float64   // 0 = paused
	Rush  time.Time // until then it is in a hurry; zero = it is not
}

// NewClock returns a clock that shows start and stands still. wall tells real time.
func NewClock(start time.Time, wall func() time.Time) *Clock {
	return &Clock{wall: wall, from: start, at: wall(), changed: make(chan struct{})}
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time { return c.Pace().Now }

// Pace is what the clock shows, and how fast it runs.
func (c *Clock) Pace() Pace {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settle()
}

// SetSpeed makes the clock run speed times as fast as real time; 0 or less stops it. A rush ends.
func (c *Clock) SetSpeed(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	c.set(max(speed, 0), time.Time{}, 0)
}

// RushTo makes the clock run at speed until it shows to, and from there on as fast as it does now. A clock that stands, or
// shows to already, is left alone.
func (c *Clock) RushTo(to time.Time, speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.settle()
	if p.Speed == 0 || !p.Now.Before(to) {
		return
	}
	after := p.Speed
	if !p.Rush.IsZero() {
		after = c.after
	}
	c.set(speed, to, after)
}

// settle moves the reference point to the present. The caller holds c.mu.
func (c *Clock) settle() Pace {
	present := c.wall()
	now := c.from.Add(scale(present.Sub(c.at), c.speed))
	if !c.rush.IsZero() && !now.Before(c.rush) {
		// The rush ended a moment ago: what is left of the real time since then passed at the speed after it.
		end := c.at.Add(scale(c.rush.Sub(c.from), 1/c.speed))
		now = c.rush.Add(scale(present.Sub(end), c.after))
		c.speed, c.rush = c.after, time.Time{}
	}
	c.from, c.at = now, present
	return Pace{Now: now, Speed: c.speed, Rush: c.rush}
}

func scale(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }

// set changes the speed from the present on and wakes whoever waits. The caller holds c.mu and has settled.
func (c *Clock) set(speed float64, rush time.Time, after float64) {
	c.speed, c.rush, c.after = speed, rush, after
	close(c.changed)
	c.changed = make(chan struct{})
}

// Until returns when the clock shows t, or with the error of ctx when that ends first.
func (c *Clock) Until(ctx context.Context, t time.Time) error {
	for {
		p, changed := c.watch()
		left := t.Sub(p.Now)
		if left <= 0 {
			return nil
		}
		if !p.Rush.IsZero() {
			left = min(left, p.Rush.Sub(p.Now))
		}
		if err := pause(ctx, p.Speed, left, changed); err != nil {
			return err
		}
	}
}

func (c *Clock) watch() (Pace, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settle(), c.changed
}

// pause lets left pass at a speed, unless the speed changes before.
func pause(ctx context.Context, speed float64, left time.Duration, changed <-chan struct{}) error {
	var passed <-chan time.Time
	if speed > 0 {
		timer := time.NewTimer(scale(left, 1/speed) + time.Microsecond)
		defer timer.Stop()
		passed = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-passed:
	}
	return nil
}
