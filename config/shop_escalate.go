package config

import (
	"fmt"
	"time"
)

// The bounds of [Shop.Escalate]: shorter leaves nobody the time to press a button, longer is as good as off.
const (
	shortestEscalate = time.Minute
	longestEscalate  = 24 * time.Hour
)

// EscalateAfter is how long an alert of the shop may go untaken; standard where the shop says nothing, 0 = for ever. A
// setting that does not validate counts as none.
func (s Shop) EscalateAfter(standard time.Duration) time.Duration {
	if s.Escalate == "off" {
		return 0
	}
	if d, err := parseDuration(s.Escalate); err == nil && s.Escalate != "" {
		return d
	}
	return standard
}

// checkEscalate accepts "", off, or a duration.
func checkEscalate(text string) error {
	if text == "" || text == "off" {
		return nil
	}
	d, err := parseDuration(text)
	switch {
	case err != nil:
		return fmt.Errorf("%w, or off", err)
	case d < shortestEscalate || d > longestEscalate:
		return fmt.Errorf("%q is not from 1m to 24h; write 30m, or off", text)
	}
	return nil
}
