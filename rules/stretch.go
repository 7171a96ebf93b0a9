package rules

// Stretch returns the stretch of open time that t lies in, or else the first one after it: from when it opened to when it
// shuts. Hours that touch are one stretch, over midnight too. ok is false where none comes within the horizon, and for a
// calendar that never shuts: nothing begins there.
func (c *Calendar) Stretch(t Instant) (from, to Instant, ok bool) {
	if c.always {
		return 0, 0, false
	}
	const longest = 8 // days: what is open for longer never shuts
	begin := DateOf(t, c.loc).Next(-longest).At(0, c.loc)
	c.spans(begin, func(open, shut Instant) bool {
		switch {
		case ok && open == to: // goes on
			to = shut
			return to-from < longest*24*3_600_000
		case ok && to > t:
			return false
		}
		from, to, ok = open, shut, true
		return true
	})
	if !ok || to <= t || from == begin {
		return 0, 0, false
	}
	return from, to, true
}
