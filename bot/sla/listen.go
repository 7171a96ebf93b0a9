package sla

import (
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// source stands for the shop's source of events among the subjects that wait for a wake-up. The end of patience with a
// silence is a deadline like any other, so the sweep finds it: with 100,000 shops it looks at those whose silence is due and
// at no others, and what it tells is committed with the mark that it was told.
var source = rules.Subject{Kind: "source", ID: "events"}

// grace is how long after its start a process believes no silence: what it missed while it was down is being sent again.
const grace = rules.Instant(10 * 60 * 1000)

// listen notes that events arrived, or looks at a silence whose wake-up has come.
func (w *work) listen(tx *transaction, live bool) {
	zone := w.policy.Zone()
	before := w.loaded.Pulse
	if live {
		next, changed := before.Beat(tx.now, zone)
		if !changed {
			return
		}
		if before.Told {
			w.news.Again = &notify.Silence{Last: before.Last}
		}
		w.write.Pulse, w.write.Wakes[source] = &next, next.Due(zone)
		return
	}
	if w.ticked[source] {
		w.changed = true
		w.write.Wakes[source] = w.patience(tx, before, zone)
	}
}

// patience returns when to look at a silence again, 0 for not before the next event. A silence that is one is told once.
func (w *work) patience(tx *transaction, p rules.Pulse, zone *time.Location) rules.Instant {
	due := p.Due(zone)
	if due == 0 || p.Told {
		return 0
	}
	if next := max(due, tx.t.started+grace, w.policy.Opens(tx.now)); next > tx.now {
		return next
	}
	p.Told = true
	w.write.Pulse = &p
	w.news.Silent = &notify.Silence{Last: p.Last, Usual: p.Usual(tx.now, zone)}
	return 0
}
