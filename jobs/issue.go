package jobs

import (
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// Issue is one edition that is due: what closed before the local day of a slot.
type Issue struct {
	Of   notify.Edition
	Slot Slot
	Late bool // its slot is long past
}

// lookBack is how many days a review whose sending was interrupted is looked for.
const lookBack = 3

// Issues lists what is due of a shop that was claimed for an instant, in the order in which it is sent: the month, the week,
// the day. The longest comes first, so that the last message, which is the one that is seen, is that of the day.
//
// After a downtime each edition comes once, the latest only. A claim at the instant of a slot says that everything before
// that slot was sent. A claim at any other instant is a second one, after a crash or a failure: what the first was for is not
// known then, so that the reviews of some days are looked for once more, and those that were queued die by their key.
func (d Daily) Issues(claimed, now rules.Instant) (list []Issue) {
	last, first := d.Last(now), d.Last(claimed)
	since := first.Day
	if first.At != claimed {
		since = min(since, last.Day.Next(-lookBack))
	}
	for _, of := range []notify.Edition{notify.Monthly, notify.Weekly, notify.Daily} {
		for day := last.Day; day >= since || day == last.Day; day-- {
			if of.Closes(day) {
				slot := d.on(day)
				list = append(list, Issue{of, slot, time.Duration(now-slot.At)*time.Millisecond > lateAfter})
				break
			}
		}
	}
	return list
}
