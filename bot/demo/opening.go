package demo

import "time"

// The opening, counted from 08:55. At sixty times real time a minute is a second, so that all of it happens within the
// first minute in front of the screen:
//
//	08:55     an order that was paid at 07:26 has to leave by 09:30
//	08:59     it has a quarter of its time left: a warning
//	09:00     the scorecard of yesterday (the program's doing, not ours)
//	09:02     a chat that waits five minutes: a warning at 09:03:39, a breach at 09:05
//	09:08     a second one
//	09:14     a third one: its breach at 09:17 is the violation
//	09:30     the deadline of the order passes: a breach
//	09:46     the carrier reports that the parcel left at 09:26: the breach is taken back
const (
	openingDue   = 35 * time.Minute
	openingProof = 51 * time.Minute
	openingWait  = 5 * time.Minute
)

var openingChats = [...]time.Duration{7 * time.Minute, 13 * time.Minute, 19 * time.Minute}

// opening puts the script of the first hour on the timeline.
func (t *timeline) opening(start time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	late := proof{order: t.extra.next(""), due: start.Add(openingDue), told: start.Add(openingProof)}
	t.put(lateOrder(late))
	t.put([]shot{late.shot(late.told)})
	t.late = append(t.late, late)
	for _, after := range openingChats {
		t.put(ignoredChat(t.extra.next("c"), start.Add(after), openingWait))
	}
}
