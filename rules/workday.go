package rules

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Holiday is a run of public holidays, or of days that are worked to make up for one (Worked). Both ends are included.
type Holiday struct {
	From, To Date
	Name     Text // empty where Worked
	Worked   bool
}

// HolidayYear is what is known of one year. Days may begin in the December before: a year's notice sometimes reaches back.
type HolidayYear struct {
	Year      int
	Published bool
	AsOf      Date // when that was looked up, 0 = nobody said
	Days      []Holiday
	Source    string
}

// Holidays are the working days of one country: a working week and, by year, what differs from it. A year that nobody has
// published has no working days to ask for: every question about it is answered with an [UnpublishedError], never with an
// ordinary week. It is read-only after construction and safe for concurrent use.
type Holidays struct {
	id       string
	name     Text
	workweek [7]bool // by time.Weekday
	years    map[int]HolidayYear
	worked   map[Date]bool // of the days that differ from the week
}

// NewHolidays returns the holidays of the given years. workweek says by time.Weekday what is worked in an ordinary week. Of
// two entries for one day the later holds.
func NewHolidays(id string, name Text, workweek [7]bool, years []HolidayYear) *Holidays {
	h := &Holidays{id: id, name: name, workweek: workweek, years: map[int]HolidayYear{}, worked: map[Date]bool{}}
	for _, y := range years {
		h.years[y.Year] = y
		for _, run := range y.Days {
			for d := run.From; d <= run.To; d++ {
				h.worked[d] = run.Worked
			}
		}
	}
	return h
}

// ID returns the calendar's id, such as cn-holidays.
func (h *Holidays) ID() string { return h.id }

// Name returns its name for people.
func (h *Holidays) Name() Text { return h.name }

// Days returns the holidays and make-up workdays of a year in order of date, published false when nobody knows them yet.
// The list is a copy.
func (h *Holidays) Days(year int) (days []Holiday, published bool) {
	y := h.years[year]
	days = slices.Clone(y.Days)
	slices.SortFunc(days, func(a, b Holiday) int { return int(a.From - b.From) })
	return days, y.Published
}

// UnpublishedError says that a question needs the holidays of a year that nobody has published yet.
type UnpublishedError struct {
	Calendar string
	Year     int
	AsOf     Date // when it was looked up, 0 = the year is not listed at all
}

func (e *UnpublishedError) Error() string {
	if e.AsOf == 0 {
		return fmt.Sprintf("%s: the holidays of %d are not listed", e.Calendar, e.Year)
	}
	return fmt.Sprintf("%s: the holidays of %d were not published as of %s", e.Calendar, e.Year, e.AsOf)
}

// Published returns nil for a year whose days are known, else an *[UnpublishedError].
func (h *Holidays) Published(year int) error {
	y := h.years[year]
	if y.Published {
		return nil
	}
	return &UnpublishedError{h.id, year, y.AsOf}
}

// Working reports whether a day is worked. It fails with *[UnpublishedError] when the day's year is not published.
func (h *Holidays) Working(d Date) (bool, error) {
	if err := h.Published(d.utc().Year()); err != nil {
		return false, err
	}
	if worked, differs := h.worked[d]; differs {
		return worked, nil
	}
	return h.workweek[d.Weekday()], nil
}

// Add returns the n-th working day after d; d itself, worked or not, for n = 0. n must not be negative. It fails with
// *[UnpublishedError] when it must look into a year that is not published.
func (h *Holidays) Add(d Date, n int) (Date, error) {
	for n > 0 {
		d++
		worked, err := h.Working(d)
		if err != nil {
			return 0, err
		}
		if worked {
			n--
		}
	}
	return d, nil
}

// Between counts the working days after from up to and including to, 0 when to is not after from, so that Between(d,
// Add(d, n)) is n. It fails with *[UnpublishedError] when one of those days lies in a year that is not published.
func (h *Holidays) Between(from, to Date) (n int, err error) {
	for d := from + 1; d <= to; d++ {
		worked, err := h.Working(d)
		if err != nil {
			return 0, err
		}
		if worked {
			n++
		}
	}
	return n, nil
}

// Exceptions returns how the published years change a week of hours, for [Weekly]: a holiday has none, a make-up workday
// those of the first day of the working week that has any. Years that are not published change nothing: whoever builds a
// calendar from this must say so with [Holidays.Published].
func (h *Holidays) Exceptions(week [7][]Block) (list []Exception) {
	var workday []Block
	for i := range week {
		d := (int(time.Monday) + i) % len(week)
		if h.workweek[d] && len(week[d]) > 0 {
			workday = week[d]
			break
		}
	}
	for _, year := range slices.Sorted(maps.Keys(h.years)) {
		for _, run := range h.years[year].Days {
			e := Exception{From: run.From, To: run.To}
			if run.Worked {
				e.Blocks = workday
			}
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b Exception) int { return int(a.From - b.From) })
	return list
}
