package config

import (
	"errors"
	"fmt"
	"time"

	"shopwarden/rules"
)

// DutyHours reads when a person is on duty, in the words of business hours (mon-fri 09:00-18:00), as a calendar of a zone.
// It fails for what is no such thing, and where the calendar of holidays that it names is unknown.
func (p *Packs) DutyHours(text string, zone *time.Location) (*rules.Calendar, error) {
	kind, h, err := parseHours(text)
	if err != nil {
		return nil, fmt.Errorf("duty: %w", err)
	}
	if kind != rules.OwnHours {
		return nil, errors.New("duty: a person has hours of their own; write mon-fri 09:00-18:00")
	}
	return h.calendar(zone, p.calendars)
}
