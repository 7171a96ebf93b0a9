package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwarden/rules"
)

// hours is what somebody wrote for business hours: blocks per weekday, own exceptions, and the holidays that apply.
type hours struct {
	week     [7][]rules.Block // by time.Weekday
	own      []rules.Exception
	holidays string // id of a calendar of holidays, "" = none
}

// parseHours reads always, platform (also ""), or business hours; of the latter h is set.
func parseHours(text string) (kind rules.Hours, h *hours, err error) {
	switch text {
	case "", "platform":
		return rules.ByPlatform, nil, nil
	case "always":
		return rules.AroundTheClock, nil, nil
	}
	h, err = parseBusinessHours(text)
	switch {
	case err == nil:
	case len(strings.Fields(text)) == 1:
		return 0, nil, fmt.Errorf("%w, nor always or platform", err)
	default:
		return 0, nil, err
	}
	return rules.OwnHours, h, nil
}

// parseBusinessHours reads parts divided by ";", each of them
//
//	09:00-12:00,13:30-18:00      hours of every day
//	mon-fri 09:00-18:00          hours of some days; "mon,wed", "sat" and "fri-mon" do as well
//	2026-12-24 09:00-12:00       hours of one date, or of 2026-12-24..2026-12-26
//	2026-12-25 closed            a date, or some days, without hours
//	cn-holidays                  closed on the holidays of that calendar, open as on a Monday on its make-up workdays
//
// The calendar may also stand behind a part: "mon-fri 09:00-18:00 cn-holidays". A day is named once; days that are not named
// are closed; a date wins over holidays and holidays over the week. Hours over midnight belong to the day they begin on.
func parseBusinessHours(text string) (*hours, error) {
	h := &hours{}
	var named [7]bool
	for _, part := range strings.Split(text, ";") {
		words := strings.Fields(part)
		if n := len(words); n > 0 && isCalendarWord(words[n-1]) {
			if h.holidays != "" {
				return nil, fmt.Errorf("%s and %s: holidays of one calendar only", h.holidays, words[n-1])
			}
			h.holidays, words = words[n-1], words[:n-1]
		}
		if len(words) == 0 {
			continue
		}
		if err := h.part(words, &named); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(h.week[:], func(b []rules.Block) bool { return len(b) > 0 }) {
		return nil, fmt.Errorf("%q opens on no day of the week; write mon-fri 09:00-18:00", text)
	}
	return h, nil
}

// part reads one part without its calendar.
func (h *hours) part(words []string, named *[7]bool) error {
	first, rest := words[0], strings.Join(words[1:], " ")
	if isDateWord(first) {
		return h.dates(first, rest)
	}
	days := [7]bool{true, true, true, true, true, true, true}
	if strings.ContainsRune("0123456789-:", rune(first[0])) {
		rest = strings.Join(words, " ")
	} else {
		var err error
		if days, err = parseWeekdays(first); err != nil {
			return err
		}
		if rest == "" {
			return fmt.Errorf("%q has no hours; write %s 09:00-18:00", first, first)
		}
	}
	for d := range days {
		if days[d] && named[d] {
			return fmt.Errorf("%s has hours twice; write them together, such as 09:00-12:00,13:30-18:00", dayNames[d])
		}
		named[d] = named[d] || days[d]
	}
	return h.add(days, rest)
}

// add gives days their blocks. What lies behind midnight goes to the day after.
func (h *hours) add(days [7]bool, text string) error {
	if text == "closed" {
		return nil
	}
	for _, one := range strings.Split(text, ",") {
		blocks, err := rules.ParseBlocks(one)
		if err != nil {
			return err
		}
		for d := range days {
			if !days[d] {
				continue
			}
			h.week[d] = append(h.week[d], blocks[len(blocks)-1])
			if len(blocks) > 1 { // two blocks of one: over midnight
				next := (d + 1) % len(days)
				h.week[next] = append(h.week[next], blocks[0])
			}
		}
	}
	return nil
}

// dates reads the hours of a date, or of a run of dates.
func (h *hours) dates(word, text string) error {
	begin, end, run := strings.Cut(word, "..")
	from, err := rules.ParseDate(begin)
	if err != nil {
		return err
	}
	e := rules.Exception{From: from, To: from}
	if run {
		if e.To, err = rules.ParseDate(end); err != nil {
			return err
		}
	}
	switch {
	case e.To < e.From:
		return fmt.Errorf("%q ends before it begins", word)
	case text == "":
		return fmt.Errorf("%q has no hours; write %s closed, or %s 09:00-12:00", word, word, word)
	case text != "closed":
		if e.Blocks, err = rules.ParseBlocks(text); err != nil {
			return err
		}
		for i, b := range strings.Split(text, ",") {
			if one, _ := rules.ParseBlocks(b); len(one) > 1 {
				return fmt.Errorf("%q: block %d goes over midnight; write each date by itself", text, i+1)
			}
		}
	}
	h.own = append(h.own, e)
	return nil
}

// calendar returns the calendar of the hours in a zone. It fails when their holidays are unknown.
func (h *hours) calendar(zone *time.Location, all *Calendars) (*rules.Calendar, error) {
	var exceptions []rules.Exception
	if h.holidays != "" {
		days, err := all.Holidays(h.holidays)
		if err != nil {
			return nil, err
		}
		exceptions = days.Exceptions(h.week)
	}
	return rules.Weekly(zone, h.week, append(exceptions, h.own...)), nil
}

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// parseWeekdays reads days of the week: mon-fri, sat, "mon,wed-fri". A run may go over the weekend: fri-mon.
func parseWeekdays(text string) (days [7]bool, err error) {
	for _, run := range strings.Split(strings.ToLower(text), ",") {
		first, last, more := strings.Cut(run, "-")
		if !more {
			last = first
		}
		from, to := slices.Index(dayNames[:], first), slices.Index(dayNames[:], last)
		if from < 0 || to < 0 {
			return [7]bool{}, fmt.Errorf("%q are no days of the week; write mon-fri, or sat,sun", text)
		}
		for d := from; ; d = (d + 1) % len(days) {
			days[d] = true
			if d == to {
				break
			}
		}
	}
	return days, nil
}

// isCalendarWord reports whether a word of hours can be nothing but the id of a calendar.
func isCalendarWord(word string) bool {
	if !plainID.MatchString(word) || word[0] <= '9' || slices.Contains([]string{"closed", "always", "platform"}, word) {
		return false
	}
	_, err := parseWeekdays(word)
	return err != nil
}

// isDateWord reports whether a word begins like a date.
func isDateWord(word string) bool { return len(word) >= 10 && word[4] == '-' && word[7] == '-' }

// checkedHours accepts what [parseHours] reads; whether the calendar of holidays is known is for [Shop.Validate] to say.
func checkedHours(text string) (string, error) {
	_, _, err := parseHours(text)
	return text, err
}
