package alarm

import (
	"fmt"
	"slices"
	"strconv"

	"shopwarden/rules"
)

// Causes that no platform knows an exception for: they are kept with the alarm, and the case goes on counting.
const (
	Courier = "courier" // the courier did not come
	Other   = "other"
)

// claimed are the codes of exceptions that a person can claim by a button. What the platform's calendar, the value of an order
// or a refund excuses, the platform excuses by itself.
var claimed = []string{"majeure", "agreed", "stopship", "outage", "platform", "buyer", "spam", "abuse"}

// Causes lists why a case under a rule may be called no fault of the shop, in the order of their buttons: what the rule knows
// as an exception, then what it does not.
func Causes(r rules.Rule) (causes []string) {
	for _, code := range claimed {
		if slices.Contains(r.Excuses, code) {
			causes = append(causes, code)
		}
	}
	if r.Subject == rules.Order || r.Subject == rules.Aftersale {
		causes = append(causes, Courier)
	}
	return append(causes, Other)
}

// Correction is the event that makes the counters agree with the alarm of a case: that the case is excused, or that this was
// taken back at an instant. ok is false when there is nothing to say, as for a cause that is no code of an exception. Saying
// it again changes nothing.
//
// In a conversation an exception holds for the session it was made in, so there it is dated into the session: a little after
// the case began, and later with each version of the alarm. It is in the past then, and who said it when stands in the alarm.
func (a Alarm) Correction(k rules.Case, undone rules.Instant) (e rules.Event, ok bool) {
	if !slices.Contains(rules.Codes(), a.Cause) {
		return rules.Event{}, false
	}
	e = rules.Event{Type: "case.excused", Data: rules.Data{Subject: k.Subject.String(), Code: a.Cause, By: strconv.FormatInt(a.Excused.Person, 10)}}
	at := a.Excused.At
	if a.Excused.Nobody() {
		e.Type, e.Data.By, at = "case.reinstated", "", undone
	}
	if k.Subject.Kind == rules.Conversation {
		at = k.Begun.At + rules.Instant(a.Version)
	}
	e.At, e.ID = at.Time(), fmt.Sprintf("alarm/%s/%s/%d", a.ID, e.Type, at)
	return e, true
}
