package rules

// Reopens returns the first instant after t at which the clock starts to run: the next opening, seen from inside hours too.
// Spans that touch, as those of two days around midnight, are one. ok is false when there is none within the horizon.
func (c *Calendar) Reopens(t Instant) (next Instant, ok bool) {
	if c.always {
		return 0, false
	}
	closed := Instant(0) // when the span before ended
	c.spans(t, func(open, shut Instant) bool {
		if open > t && open != closed {
			next, ok = open, true
		}
		closed = shut
		return !ok
	})
	return next, ok
}

// Reopens returns the next opening of the shop after t by hours of its own; ok is false for a shop that has none.
func (p *Policy) Reopens(t Instant) (next Instant, ok bool) {
	if p.own == nil {
		return 0, false
	}
	return p.own.Reopens(t)
}
