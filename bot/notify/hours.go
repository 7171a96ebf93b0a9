package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Three kinds of hours meet here and are kept apart. The platform's window decides how promises are counted; the rules know
// it and nothing here does. The shop's own hours decide whether an alert makes a sound: outside of them it comes silently. The
// quiet hours of a chat, and a chat that was muted, decide when an alert comes: what is told meanwhile waits, is looked at
// again when they end, and comes as one message. A rule that is urgent in a chat heeds neither.

// DefaultBudget is how many alerts may ring in a chat on one day where the chat says nothing else. It is our own number: one
// for each hour of a working day of twelve hours. Nobody acts on more, and what rings more often is soon turned off, together
// with the alert that matters. The rest is counted and told of in the scorecard.
const DefaultBudget = 12

// Unlimited is a budget without an end.
const Unlimited = -1

// budget is how many alerts may ring here on one day.
func (c Chat) budget() int {
	if c.Budget == 0 {
		return DefaultBudget
	}
	return c.Budget
}

// UrgentHere reports whether a rule rings in this chat whatever the hour, and however much rang before.
func (c Chat) UrgentHere(rule string) bool {
	return slices.Contains(strings.Split(c.Urgent, ","), rule) && rule != ""
}

// WithUrgent returns the chat with a rule that is urgent in it, or is not. The ids are kept in order, so that the same choice
// is always written the same.
func (c Chat) WithUrgent(rule string, urgent bool) Chat {
	ids := slices.DeleteFunc(strings.Split(c.Urgent, ","), func(id string) bool { return id == "" || id == rule })
	if urgent {
		ids = append(ids, rule)
	}
	slices.Sort(ids)
	c.Urgent = strings.Join(ids, ",")
	return c
}

// ParseQuiet reads quiet hours such as 22:00-08:00, which may cross midnight, and returns them as [Chat.Quiet] keeps them.
// They begin and end within a day and are never all of it.
func ParseQuiet(text string) (string, error) {
	from, to, err := parseQuiet(text)
	if err != nil {
		return "", err
	}
	return clockText(from) + "-" + clockText(to), nil
}

// parseQuiet returns minutes after midnight; to is above 1440 where the hours cross it.
func parseQuiet(text string) (from, to int, err error) {
	a, b, ok := strings.Cut(text, "-")
	from, errA := rules.ParseClock(a)
	to, errB := rules.ParseClock(b)
	if !ok || errA != nil || errB != nil || from == to%dayLength || from >= dayLength {
		return 0, 0, fmt.Errorf("%q is no period of a day such as 22:00-08:00", text)
	}
	if to < from {
		to += dayLength
	}
	return from, to, nil
}

// dayLength is the minutes of a day.
const dayLength = 24 * 60

// clockText writes minutes after midnight.
func clockText(minute int) string {
	if minute != dayLength {
		minute %= dayLength
	}
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// quietEnd is when the quiet hours end that hold at now, 0 when none do. Both ends are taken from the local clock of their
// own day, so a night in which the clock is changed is an hour longer or shorter. Hours that cannot be read are none: better
// a message at night than none.
func quietEnd(quiet string, now rules.Instant, zone *time.Location) rules.Instant {
	from, to, err := parseQuiet(quiet)
	if err != nil {
		return 0
	}
	today := rules.DateOf(now, zone)
	for _, d := range []rules.Date{today.Next(-1), today} {
		if end := d.At(to, zone); d.At(from, zone) <= now && now < end {
			return end
		}
	}
	return 0
}

// QuietUntil is when a chat that wants no sound now may be told again, 0 when that is now. Quiet hours that have begun when
// it is no longer muted follow at once.
func (c Chat) QuietUntil(now rules.Instant, zone *time.Location) rules.Instant {
	until := max(c.Muted, now)
	until = max(until, quietEnd(c.Quiet, until, zone))
	if until == now {
		return 0
	}
	return until
}

// Manner is how an alert may come to a chat. The zero Manner is: at once, with a sound, as often as it likes.
type Manner struct {
	After  rules.Instant // it waits until then; 0 = it does not
	Silent bool
	Noise  *outbox.Noise // nil = it does not count
}

// MannerOf says how a message of a kind about a rule may come to a chat. Only what reaches people by itself and is an alert
// is held back: breaches, warnings, violations, reminders, escalations. Of these violations and escalations never count
// towards the budget, since each is the sum of many, and what makes no sound does not count either.
func MannerOf(p *rules.Policy, chat Chat, kind, rule string, now rules.Instant) Manner {
	switch kind {
	case outbox.Violation, outbox.Breach, outbox.Warning, outbox.Reminder, outbox.Escalation:
	default:
		return Manner{}
	}
	if chat.UrgentHere(rule) {
		return Manner{}
	}
	m := Manner{After: chat.QuietUntil(now, p.Zone())}
	told := max(now, m.After)
	m.Silent = p.Opens(told) > told
	if counts := kind != outbox.Violation && kind != outbox.Escalation; counts && !m.Silent && chat.budget() > 0 {
		m.Noise = &outbox.Noise{Day: p.Day(told), Budget: chat.budget()}
	}
	return m
}

// SeenFrom is the instant at which the reader reads what comes in this manner: texts are written as of then, so that "today"
// and "40 min left" are true when it arrives.
func (h Manner) SeenFrom(now rules.Instant) rules.Instant { return max(now, h.After) }

// TooLate reports whether an alert would come when it is of no use any more: a warning after its deadline. The breach tells.
func (h Manner) TooLate(kind string, expires rules.Instant) bool {
	return kind == outbox.Warning && expires != 0 && h.After >= expires
}

// Apply has a message come in this manner. What waits goes into one group, whatever its rule, and is looked at again before it
// is sent; it does not run out before it may be sent. A warning runs out at its deadline all the same.
func (h Manner) Apply(m *outbox.Message) {
	m.Silent, m.Noise = h.Silent, h.Noise
	if h.After == 0 {
		return
	}
	m.Due = h.After
	if m.Fold != nil {
		m.Fold.Group, m.Fold.Calm, m.Fold.Check = foldQuiet+m.Shop, 0, true
	}
	if m.Kind != outbox.Warning && m.Expires != 0 {
		m.Expires = max(m.Expires, h.After+rules.Instant(fresh.Milliseconds()))
	}
}
