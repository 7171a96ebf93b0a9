package config

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shopwarden/rules"
)

// errNoShifts keeps the empty setting apart from one that names nothing.
var errNoShifts = errors.New("names no calendar; write spring-festival-2026, or leave it empty to reset")

// parseCalendars reads ids of calendars divided by commas. Whether they are known is for [Shop.Validate] to say.
func parseCalendars(text string) ([]string, error) {
	var ids []string
	for _, word := range strings.Split(text, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		id, err := parseID(word)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if ids == nil {
		return nil, errNoShifts
	}
	slices.Sort(ids)
	return ids, nil
}

// shifts returns what the joined calendars change, for the time in which the shop had a pack that they are for. It fails for
// one that is unknown, or was never for it.
func (s Shop) shifts(all *Calendars, zone *time.Location) (list []rules.DatedShift, err error) {
	var errs []error
	for _, id := range s.Calendar {
		c, err := all.Dated(id)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		times, err := s.under(c, zone)
		if len(times) == 0 && err == nil {
			err = fmt.Errorf("%s is for shops with the pack %s, not %s", id, strings.Join(c.Packs, " or "), s.pack())
		}
		errs = append(errs, err)
		for _, shift := range c.Shifts {
			for _, t := range times {
				part := shift
				if part.From, part.To = max(shift.From, t.from), min(shift.To, t.until); part.From < part.To {
					list = append(list, part)
				}
			}
		}
	}
	return list, errors.Join(errs...)
}

// stretch is a half-open stretch of time.
type stretch struct{ from, until rules.Instant }

// under returns when the shop had a pack that a calendar is for: a change of the pack leaves what began before as it was.
func (s Shop) under(c *DatedCalendar, zone *time.Location) (times []stretch, err error) {
	from := rules.Instant(math.MinInt64)
	for _, f := range s.Former {
		day, err := rules.ParseDate(f.Until)
		if err != nil {
			return nil, fmt.Errorf("former pack %s: %w", f.Pack, err)
		}
		until := day.At(0, zone)
		if c.For(f.Pack) {
			times = append(times, stretch{from, until})
		}
		from = until
	}
	if c.For(s.pack()) {
		times = append(times, stretch{from, math.MaxInt64})
	}
	return times, nil
}

// Unpublished returns an *[rules.UnpublishedError] when the shop's business hours, or those of its pack where the shop goes
// by these, depend on the holidays of a year that nobody has published; its clocks then take that year for one without
// holidays. nil where nothing depends on them. What else keeps the shop from being judged is its error, too.
func (s Shop) Unpublished(packs *Packs, year int) error {
	book, err := packs.Get(s.pack())
	if err != nil {
		return err
	}
	kind, h, err := parseHours(s.Hours)
	if now := book.Editions[len(book.Editions)-1].Hours; err == nil && kind == rules.ByPlatform && now != "" {
		h, err = parseBusinessHours(now)
	}
	if err != nil || h == nil || h.holidays == "" {
		return err
	}
	days, err := packs.calendars.Holidays(h.holidays)
	if err != nil {
		return err
	}
	return days.Published(year)
}

// reach is how far ahead a clock that starts now is taken to look.
const reach = 31 * 24 * time.Hour

// HolidayGaps returns what the shop's business hours lack of the calendar: problems where a clock that starts now may run
// into a year whose holidays are unknown, notes where it is next year, which is not published until late in this one. A
// shop that does not validate has neither.
func (s Shop) HolidayGaps(packs *Packs, now time.Time) (problems, notes []Problem) {
	gap := func(year int) []Problem {
		var unknown *rules.UnpublishedError
		if !errors.As(s.Unpublished(packs, year), &unknown) {
			return nil
		}
		file := packs.calendars.Origin(unknown.Calendar)
		remedy := "write them into " + file
		if filepath.Base(file) == file { // it comes with the program
			remedy = "copy config/calendar/" + file + " into RULES_DIR/calendar and write them there"
		}
		return []Problem{{fmt.Sprintf("its hours take %d for a year without holidays: %s", year, unknown), "shop " + s.ID, "once they are published, " + remedy}}
	}
	near := now.Add(reach).Year()
	problems = gap(near)
	if next := now.Year() + 1; next != near {
		notes = gap(next)
	}
	return problems, notes
}
