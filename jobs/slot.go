package jobs

import (
	"fmt"
	"time"

	"shopwarden/rules"
)

// DefaultDigestAt is when the scorecard is sent where a shop says nothing else.
const DefaultDigestAt = "09:00"

// Slot is one moment of a daily schedule. Day is the local day on which it falls.
type Slot struct {
	Day rules.Date
	At  rules.Instant
}

// Daily is a schedule at one local time of day, in minutes from midnight.
type Daily struct {
	Minute int
	Zone   *time.Location
}

// ParseDaily reads a shop's digest setting: "" is the default, "off" gives ok false.
func ParseDaily(text string, zone *time.Location) (d Daily, ok bool, err error) {
	switch text {
	case "off":
		return Daily{}, false, nil
	case "":
		text = DefaultDigestAt
	}
	minute, err := rules.ParseClock(text)
	if err != nil || minute >= 1440 {
		return Daily{}, false, fmt.Errorf("digest time: %q is no time of day such as 09:00", text)
	}
	return Daily{minute, zone}, true, nil
}

// Next returns the first slot after t. There is exactly one slot per local day: a time that the clocks skip falls right
// after the gap, a time that comes twice on its first coming.
func (d Daily) Next(t rules.Instant) Slot {
	for day := rules.DateOf(t, d.Zone).Next(-1); ; day++ {
		if s := d.on(day); s.At > t {
			return s
		}
	}
}

// Last returns the latest slot at or before t.
func (d Daily) Last(t rules.Instant) Slot {
	for day := rules.DateOf(t, d.Zone).Next(1); ; day-- {
		if s := d.on(day); s.At <= t {
			return s
		}
	}
}

func (d Daily) on(day rules.Date) Slot { return Slot{day, day.At(d.Minute, d.Zone)} }
