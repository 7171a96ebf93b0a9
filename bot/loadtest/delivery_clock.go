package main

import "time"

// clock runs scale times as fast as the machine's, from origin on. All processes of a run have the same: it goes by the
// wall, so that origin means the same to each of them.
type clock struct {
	origin time.Time
	scale  float64
}

func newClock(scale float64) clock { return clock{time.Now().Round(0), scale} }

// now is the time of the run.
func (c clock) now() time.Time { return c.at(time.Now()) }

// at is the time of the run at an instant of the machine.
func (c clock) at(machine time.Time) time.Time {
	return c.origin.Add(time.Duration(float64(machine.Round(0).Sub(c.origin)) * c.scale))
}

// real is how long a time of the run takes on the machine.
func (c clock) real(d time.Duration) time.Duration { return time.Duration(float64(d) / c.scale) }

// run is how long a time of the machine takes in the run.
func (c clock) run(d time.Duration) time.Duration { return time.Duration(float64(d) * c.scale) }
