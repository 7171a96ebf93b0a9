package config

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"shopwarden/rules"
)

// readCalendar reads one file: holidays where it has years, else shifts. With problems booked neither can be used.
func readCalendar(top value, known func(rule string) error) (*rules.Holidays, *DatedCalendar) {
	if top.has("years") {
		return readHolidays(top), nil
	}
	return nil, readDated(top, known)
}

// readNamed reads the id, which must be the name of the file, and the name for people.
func readNamed(o object) (id string, name rules.Text) {
	id = readNeeded(o, "calendar", parseID)
	base := filepath.Base(o.src.file)
	if stem := strings.TrimSuffix(base, filepath.Ext(base)); id != "" && id != stem {
		o.failField("calendar", "%q must be the name of the file, %q; change one of them", id, stem)
	}
	if v, ok := o.need("name"); ok {
		name = readName(v)
	}
	return id, name
}

func readName(v value) rules.Text {
	n, ok := v.object("zh", "en")
	if !ok {
		return rules.Text{}
	}
	return rules.Text{Zh: readNeeded(n, "zh", parseText), En: readNeeded(n, "en", parseText)}
}

func readHolidays(top value) *rules.Holidays {
	o, ok := top.object("calendar", "name", "workweek", "source", "years")
	if !ok {
		return nil
	}
	id, name := readNamed(o)
	if id != "" && !isCalendarWord(id) {
		o.failField("calendar", "%q means something else in a shop's hours; choose another name", id)
	}
	workweek := readNeeded(o, "workweek", parseWeekdays)
	readNeeded(o, "source", parseText)
	r := yearReader{workweek: workweek, seen: map[rules.Date]int{}}
	var years []rules.HolidayYear
	listed := map[int]int{}
	for _, item := range o.fields["years"].list() {
		y := r.read(item)
		if first := listed[y.Year]; first > 0 {
			item.field("year").fail("%d stands on line %d already", y.Year, first)
		} else if y.Year > 0 {
			listed[y.Year] = item.line
		}
		years = append(years, y)
	}
	return rules.NewHolidays(id, name, workweek, years)
}

// yearReader reads years and remembers the line of every day, so that none is named twice.
type yearReader struct {
	workweek [7]bool
	seen     map[rules.Date]int
}

func (r *yearReader) read(v value) (y rules.HolidayYear) {
	o, ok := v.object("year", "published", "as_of", "source", "off", "work")
	if !ok {
		return y
	}
	y.Year = readNeeded(o, "year", wholeNumber(2000, 2100))
	y.Source = readNeeded(o, "source", parseText)
	y.AsOf = read(o, "as_of", rules.ParseDate)
	y.Published = true
	if _, said := o.fields["published"]; said {
		y.Published = read(o, "published", parseBool)
	}
	if !y.Published {
		o.need("as_of")
		for _, name := range []string{"off", "work"} {
			if at, ok := o.fields[name]; ok {
				at.fail("a year that is not published has no days; leave published out, or the days")
			}
		}
		return y
	}
	if off, ok := o.need("off"); ok {
		for _, item := range off.list() {
			y.Days = append(y.Days, r.off(item, y.Year))
		}
	}
	if work, ok := o.fields["work"]; ok {
		for _, item := range work.list() {
			y.Days = append(y.Days, r.work(item, y.Year))
		}
	}
	return y
}

func (r *yearReader) off(v value, year int) (h rules.Holiday) {
	o, ok := v.object("from", "to", "name")
	if !ok {
		return h
	}
	h.From, h.To = readNeeded(o, "from", rules.ParseDate), readNeeded(o, "to", rules.ParseDate)
	if n, ok := o.need("name"); ok {
		h.Name = readName(n)
	}
	switch {
	case h.From == 0 || h.To == 0:
	case h.To < h.From:
		o.failField("to", "%s lies before %s", h.To, h.From)
	case h.To-h.From > 31:
		o.failField("to", "%s to %s is longer than a month", h.From, h.To)
	default:
		r.mark(v, h, year)
	}
	return h
}

func (r *yearReader) work(v value, year int) rules.Holiday {
	d := readValue(v, rules.ParseDate)
	h := rules.Holiday{From: d, To: d, Worked: true}
	switch {
	case d == 0:
	case r.workweek[d.Weekday()]:
		v.fail("%s is a %s, which is worked anyway", d, d.Weekday())
	default:
		r.mark(v, h, year)
	}
	return h
}

// mark books days outside the year, where December of the year before still belongs to it, and days that come twice.
func (r *yearReader) mark(v value, h rules.Holiday, year int) {
	first, last := rules.NewDate(year-1, time.December, 1), rules.NewDate(year, time.December, 31)
	for d := h.From; d <= h.To; d++ {
		switch line := r.seen[d]; {
		case d < first || d > last:
			v.fail("%s is no day of %d", d, year)
			return
		case line > 0:
			v.fail("%s stands on line %d already", d, line)
			return
		default:
			r.seen[d] = v.line
		}
	}
}

func readDated(top value, known func(rule string) error) *DatedCalendar {
	o, ok := top.object("calendar", "name", "packs", "zone", "source", "shifts")
	if !ok {
		return nil
	}
	c := &DatedCalendar{}
	c.ID, c.Name = readNamed(o)
	c.Packs = readList(o, "packs", parseID)
	c.Source = readNeeded(o, "source", parseText)
	zone := readNeeded(o, "zone", parseZone)
	list, ok := o.need("shifts")
	if !ok || zone == nil {
		return c
	}
	c.Zone = zone.String()
	for _, item := range list.list() {
		c.Shifts = append(c.Shifts, readShift(item, c.ID, zone, known))
	}
	if len(c.Shifts) == 0 {
		list.fail("is empty; a calendar needs a shift")
	}
	return c
}

func readShift(v value, id string, zone *time.Location, known func(rule string) error) rules.DatedShift {
	s := rules.DatedShift{ID: id}
	o, ok := v.object("rules", "regions", "from", "to", "until", "within", "exclude")
	if !ok {
		return s
	}
	o.need("rules")
	s.Rules = readList(o, "rules", func(text string) (string, error) {
		if _, err := parseID(text); err != nil {
			return "", err
		}
		return text, known(text)
	})
	s.Regions = readList(o, "regions", parseText)
	s.From = readNeeded(o, "from", instantIn(zone, 0))
	s.To = readNeeded(o, "to", instantIn(zone, 0))
	if s.From != 0 && s.To != 0 && s.To <= s.From {
		o.failField("to", "is not after from; to is the first instant that is no longer in it")
	}
	s.Until = read(o, "until", instantIn(zone, 1))
	s.Within = read(o, "within", parseDuration)
	s.Exclude = read(o, "exclude", parseBool)
	if s.Until != 0 && s.From != 0 && s.Until <= s.From {
		o.failField("until", "lies before the cases begin")
	}
	_, until := o.fields["until"]
	_, within := o.fields["within"]
	if !until && !within && !s.Exclude {
		v.fail("changes nothing; give until, within or exclude: true")
	}
	return s
}

// instantIn returns a parser for instants as a local clock shows them: 2026-02-10, 2026-02-10 20:00, 2026-02-10 20:00:59, or
// RFC 3339 with an offset of its own. As a begin (last = 0) a date is its midnight. As an end that still belongs to it (last
// = 1) a date is its last millisecond, and a local time that ends in :59 the last millisecond of that second: platforms
// write 23:59:59 for the whole day.
func instantIn(zone *time.Location, last int) func(string) (rules.Instant, error) {
	return func(text string) (rules.Instant, error) {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return rules.InstantOf(t), nil
		}
		day, clock, timed := strings.Cut(text, " ")
		d, err := rules.ParseDate(day)
		if err != nil {
			return 0, fmt.Errorf("%q is no instant; write 2026-02-10, 2026-02-10 20:00 or 2026-02-10T20:00:00+08:00", text)
		}
		if !timed {
			return d.Next(last).At(0, zone) - rules.Instant(last), nil
		}
		second := 0
		if len(clock) == len("20:00:59") && clock[5] == ':' {
			if second, err = strconv.Atoi(clock[6:]); err != nil || second < 0 || second > 59 {
				return 0, fmt.Errorf("%q is no time of day such as 20:00 or 23:59:59", clock)
			}
			clock = clock[:5]
		}
		minute, err := rules.ParseClock(clock)
		if err != nil {
			return 0, err
		}
		at := d.At(minute, zone) + rules.Instant(second)*1000
		if second == 59 && last == 1 {
			at += 999
		}
		return at, nil
	}
}
