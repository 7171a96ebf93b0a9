package locale

import (
	"fmt"
	"time"
)

// Duration returns a length of time in its two largest units: 2 h 10 min, 2 小时 10 分. Seconds are shown below ten
// minutes, and what lasts none is less than one. What does not fit is dropped, not rounded up; the sign is ignored.
func (p *Printer) Duration(d time.Duration) HTML {
	if d < 0 {
		d = -d
	}
	days, hours := int64(d/(24*time.Hour)), int64(d%(24*time.Hour)/time.Hour)
	minutes, seconds := int64(d%time.Hour/time.Minute), int64(d%time.Minute/time.Second)
	switch {
	case days > 0:
		return p.lengths("day", days, "hour", hours)
	case hours > 0:
		return p.lengths("hour", hours, "minute", minutes)
	case minutes >= 10:
		return p.lengths("minute", minutes, "second", 0)
	case minutes > 0:
		return p.lengths("minute", minutes, "second", seconds)
	case seconds == 0:
		return p.T("length.moment", nil)
	}
	return p.lengths("second", seconds, "", 0)
}

// lengths joins two units; a zero second one is left out.
func (p *Printer) lengths(unit string, n int64, smaller string, m int64) HTML {
	if m == 0 {
		return p.T("length.whole."+unit, Args{"N": n})
	}
	return p.T("length.part."+unit, Args{"N": n}) + " " + p.T("length.part."+smaller, Args{"N": m})
}

// Clock returns the time of day: 18:00.
func (p *Printer) Clock(t time.Time) HTML { return HTML(t.Format("15:04")) }

// When returns a time of day with the day as seen from now: 18:00 today, 今天 18:00, 18:00 on Wed 25 Nov. Both are taken in
// the zone of t.
func (p *Printer) When(t, now time.Time) HTML { return p.when(t, now, p.Clock(t)) }

// Exactly is [Printer.When] to the second.
func (p *Printer) Exactly(t, now time.Time) HTML { return p.when(t, now, HTML(t.Format("15:04:05"))) }

func (p *Printer) when(t, now time.Time, clock HTML) HTML {
	if word := near(t, now); word != "" {
		return p.T("at."+word, Args{"Clock": clock})
	}
	return p.T("at.date", Args{"Clock": clock, "Date": p.date(t, now)})
}

// Day returns a day as seen from now: today, 昨天, Wed 25 Nov, 2025年11月25日. Both are taken in the zone of t.
func (p *Printer) Day(t, now time.Time) HTML {
	if word := near(t, now); word != "" {
		return p.T("day."+word, nil)
	}
	return p.date(t, now)
}

// Date returns a day by its name, with the year when it is not that of now.
func (p *Printer) Date(t, now time.Time) HTML { return p.date(t, now) }

func (p *Printer) date(t, now time.Time) HTML {
	key := "date.short"
	if now = now.In(t.Location()); t.Year() != now.Year() {
		key = "date.long"
	}
	return p.T(key, Args{
		"Weekday": p.T(fmt.Sprintf("weekday.w%d", t.Weekday()), nil),
		"Month":   p.T(fmt.Sprintf("month.m%d", t.Month()), nil),
		"Day":     HTML(fmt.Sprint(t.Day())),
		"Year":    HTML(fmt.Sprint(t.Year())),
	})
}

// near returns the word for a day next to that of now, "" for any other.
func near(t, now time.Time) string {
	switch ordinal(t) - ordinal(now.In(t.Location())) {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	case -1:
		return "yesterday"
	}
	return ""
}

// ordinal numbers the days.
func ordinal(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}
