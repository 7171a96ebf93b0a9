package sla

import (
	"slices"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// What broke and is not done is urgent for two days, a design choice: an order that is late has to leave now, and after that it
// is one of the misses. So many are read, the latest first.
const (
	lateFor  = 48 * time.Hour
	lateRead = 12
)

// lateFrom is since when what broke and is not done is urgent.
func lateFrom(now rules.Instant) rules.Instant { return now - rules.Instant(lateFor.Milliseconds()) }

// stillLate are those of broken cases, the latest first, that are not done yet; the earliest comes first then. What only earns
// extra is nobody's emergency.
func stillLate(v notify.View, broken []rules.Case) (late []rules.Case) {
	for _, k := range slices.Backward(broken) {
		if k.Reason == rules.NeverStopped && !v.OnlyExtra(k.Rule) {
			late = append(late, k)
		}
	}
	return late
}
