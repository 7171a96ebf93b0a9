package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/chart"
	"shopwarden/rules"
)

// Edition is how often a scorecard comes.
type Edition int

// Daily is the scorecard of a closed day, Weekly and Monthly are the reviews of a week (Monday to Sunday) and of a month.
const (
	Daily Edition = iota + 1
	Weekly
	Monthly
)

// String returns "daily", "weekly" or "monthly", as settings and keys have it.
func (e Edition) String() string {
	if e < Daily || e > Monthly {
		return "edition(" + strconv.Itoa(int(e)) + ")"
	}
	return [...]string{"", "daily", "weekly", "monthly"}[e]
}

// Closes reports whether the edition that ended with the day before is closed on a local day: always, on a Monday, on the first
// of a month.
func (e Edition) Closes(day rules.Date) bool {
	switch e {
	case Weekly:
		return day.Weekday() == time.Monday
	case Monthly:
		_, _, n := day.Split()
		return n == 1
	}
	return true
}

// From returns the first day of the edition that is closed on a day: seven days before it, or the first of the month before.
func (e Edition) From(to rules.Date) rules.Date {
	switch e {
	case Weekly:
		return to.Next(-7)
	case Monthly:
		year, month, _ := to.Split()
		return rules.NewDate(year, month-1, 1)
	}
	return to.Next(-1)
}

// The parts of a scorecard that a chat may do without.
const (
	PartWorst   = "worst"   // the worst cases
	PartTips    = "tips"    // the one thing to do, the experiment, and what became of accepted tips
	PartStreaks = "streaks" // good news
	PartPoints  = "points"  // what it may lead to
)

// Choices lists what a chat may have or do without: the editions, then their parts.
func Choices() []string {
	return []string{Daily.String(), Weekly.String(), Monthly.String(), PartWorst, PartTips, PartStreaks, PartPoints}
}

// The words of [Chat.Pictures], beside "".
const (
	PicturesDark = "dark"
	PicturesOff  = "off"
)

// Theme is what the pictures of a chat look like; ok is false when it has none.
func (c Chat) Theme() (theme chart.Theme, ok bool) {
	if c.Pictures == PicturesDark {
		return chart.Dark, true
	}
	return chart.Light, c.Pictures != PicturesOff
}

// Has reports whether the scorecards of a chat have a choice.
func (c Chat) Has(choice string) bool {
	return !slices.Contains(strings.Split(c.Without, ","), choice)
}

// Chosen returns the chat with a choice made. Without any edition it takes no scorecards; one that took none and wants an
// edition gets that one alone.
func (c Chat) Chosen(choice string, on bool) Chat {
	editions := []string{Daily.String(), Weekly.String(), Monthly.String()}
	edition := slices.Contains(editions, choice)
	if edition && on && !c.Digest {
		c.Digest = true
		for _, other := range editions {
			c = c.without(other, true)
		}
	}
	c = c.without(choice, !on)
	if edition && !slices.ContainsFunc(editions, c.Has) {
		c.Digest = false
		for _, other := range editions {
			c = c.without(other, false)
		}
	}
	return c
}

// without keeps the names in the order of [Choices], so that the same choice is the same text.
func (c Chat) without(choice string, is bool) Chat {
	var list []string
	for _, name := range Choices() {
		if name == choice && is || name != choice && !c.Has(name) {
			list = append(list, name)
		}
	}
	c.Without = strings.Join(list, ",")
	return c
}

// weekdays are the words of [Chat.Days], from Monday on. They are read-only.
var weekdays = [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// DaysOf writes weekdays, by [time.Weekday], as [Chat.Days] has them; all of them, or none, are "".
func DaysOf(days [7]bool) string {
	var list []string
	for i, name := range weekdays {
		if days[(i+1)%7] {
			list = append(list, name)
		}
	}
	if len(list) == len(weekdays) {
		return ""
	}
	return strings.Join(list, ",")
}

// On reports whether the daily scorecard comes to the chat on a weekday.
func (c Chat) On(day time.Weekday) bool {
	return c.Days == "" || slices.Contains(strings.Split(c.Days, ","), weekdays[(day+6)%7])
}

// Takes reports whether a chat takes an edition that comes on a weekday.
func (c Chat) Takes(e Edition, day time.Weekday) bool {
	return c.Digest && !c.Paused && c.Has(e.String()) && (e != Daily || c.On(day))
}

// inGeneral stands for the General topic where 0 means something else.
const inGeneral = -1

// CardTopic is the forum topic of the scorecards; 0 is General.
func (c Chat) CardTopic() int { return c.topic(c.Cards) }

// BoardTopic is the forum topic of the board; 0 is General.
func (c Chat) BoardTopic() int { return c.topic(c.Boards) }

func (c Chat) topic(own int) int {
	switch own {
	case 0:
		return c.Thread
	case inGeneral:
		return 0
	}
	return own
}

// Place is what of a chat can come to a forum topic of its own.
type Place int

// The places.
const (
	PlaceAlerts Place = iota + 1
	PlaceCards
	PlaceBoard
)

// String returns "alerts", "cards" or "board".
func (p Place) String() string {
	if p < PlaceAlerts || p > PlaceBoard {
		return "place(" + strconv.Itoa(int(p)) + ")"
	}
	return [...]string{"", "alerts", "cards", "board"}[p]
}

// Topic is the forum topic of a place; 0 is General.
func (c Chat) Topic(p Place) int {
	switch p {
	case PlaceCards:
		return c.CardTopic()
	case PlaceBoard:
		return c.BoardTopic()
	}
	return c.Thread
}

// Put returns the chat with a place in a topic. The other places stay where they are, also those that had none of their own.
func (c Chat) Put(p Place, thread int) Chat {
	cards, board := c.CardTopic(), c.BoardTopic()
	switch p {
	case PlaceAlerts:
		c.Thread = thread
	case PlaceCards:
		cards = thread
	case PlaceBoard:
		board = thread
	}
	c.Cards, c.Boards = c.own(cards), c.own(board)
	return c
}

// own is how a topic of a place is kept.
func (c Chat) own(thread int) int {
	switch thread {
	case c.Thread:
		return 0
	case 0:
		return inGeneral
	}
	return thread
}

// Uses reports whether anything comes to a topic.
func (c Chat) Uses(thread int) bool {
	return c.Thread == thread || c.CardTopic() == thread || c.BoardTopic() == thread
}

// Moved returns the chat with everything that comes to one topic coming to another.
func (c Chat) Moved(from, to int) Chat {
	for _, p := range []Place{PlaceAlerts, PlaceCards, PlaceBoard} {
		if c.Topic(p) == from {
			c = c.Put(p, to)
		}
	}
	return c
}
