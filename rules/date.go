package rules

import (
	"fmt"
	"time"
)

// Date is a local calendar day as days since 1970-01-01; it has no zone of its own.
type Date int32

// DateOf returns the local day of an instant.
func DateOf(t Instant, loc *time.Location) Date {
	y, m, d := time.UnixMilli(int64(t)).In(loc).Date()
	return NewDate(y, m, d)
}

// NewDate returns the date of a year, month and day; out-of-range values roll over as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads "2026-11-22".
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is no date such as 2026-11-22", text)
	}
	return Date(t.Unix() / 86400), nil
}

// String returns "2026-11-22".
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Split returns the year, the month and the day of the month.
func (d Date) Split() (year int, month time.Month, day int) { return d.utc().Date() }

// Next returns the date n days later.
func (d Date) Next(n int) Date { return d + Date(n) }

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// At returns the instant at which a local clock shows minute minutes after midnight of the day (1440 is the next
// midnight). Where the clock is set forward over that time, it is the first instant after the gap; where it is set back,
// the first of the two. time.Date alone may answer with the day before (America/Santiago, midnight).
func (d Date) At(minute int, loc *time.Location) Instant {
	u := d.Next(minute / 1440).utc()
	minute %= 1440
	want := time.Date(u.Year(), u.Month(), u.Day(), minute/60, minute%60, 0, 0, time.UTC)
	t := time.Date(u.Year(), u.Month(), u.Day(), minute/60, minute%60, 0, 0, loc)
	start, end := t.ZoneBounds()
	if wall(t) != want.Unix() {
		return gapEnd(t, start, end, want.Unix())
	}
	if !start.IsZero() { // was the clock set back just before? then it has shown the same time once already
		if first := t.Add(-overlap(start)); wall(first) == want.Unix() {
			return InstantOf(first)
		}
	}
	return InstantOf(t)
}

// overlap returns by how much the clock was set back at a zone change, 0 when it was not.
func overlap(change time.Time) time.Duration {
	_, after := change.Zone()
	_, before := change.Add(-time.Second).Zone()
	return time.Duration(max(before-after, 0)) * time.Second
}

// gapEnd returns the zone change next to t whose jump covers the wanted wall time.
func gapEnd(t, start, end time.Time, want int64) Instant {
	if wall(t) < want && !end.IsZero() {
		return InstantOf(end)
	}
	return InstantOf(start)
}

// wall returns what a local clock shows, as seconds as if it stood in UTC.
func wall(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}
