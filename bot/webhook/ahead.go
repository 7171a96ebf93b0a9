package webhook

import (
	"fmt"
	"strings"
	"time"

	"shopwarden/rules"
)

// MaxAhead is how far ahead of our clock an event may say that it happened, inclusive: clocks differ a little. Farther
// ahead it would judge cases by something that has not happened.
const MaxAhead = 10 * time.Minute

// Ahead reports an event that says it happened more than [MaxAhead] after now, as a *[rules.FieldError]; nil for all
// others and for an unknown type, which judges nothing.
func Ahead(e rules.Event, now time.Time) error {
	if !rules.Known(e.Type) || !e.At.After(now.Add(MaxAhead)) {
		return nil
	}
	return &rules.FieldError{Field: "timestamp", Problem: fmt.Sprintf("lies %s in the future; clocks may differ by %d minutes",
		span(e.At.Sub(now)), int(MaxAhead.Minutes()))}
}

// span tells a duration with two figures at most, seconds only below an hour and then never too few of them.
func span(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	unit := time.Minute
	if d < time.Hour {
		unit, d = time.Second, d+time.Second-1
	}
	text := d.Truncate(unit).String() // 3h0m0s, 25m0s, 10m1s
	for _, none := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, none) {
			text = text[:len(text)-len("0s")]
		}
	}
	return text
}
