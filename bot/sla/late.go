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

// isLate reports whether a case is over its deadline and still to be done. What only earns extra is nobody's emergency.
func isLate(v notify.View, k rules.Case) bool {
	return k.Reason == rules.NeverStopped && !v.OnlyExtra(k.Rule)
}

// stillLate are those of broken cases, the latest first, that are late; the earliest comes first then.
func stillLate(v notify.View, broken []rules.Case) (late []rules.Case) {
	for _, k := range slices.Backward(broken) {
		if isLate(v, k) {
			late = append(late, k)
		}
	}
	return late
}
