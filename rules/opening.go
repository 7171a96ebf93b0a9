package rules

// Opens returns the first instant at or after t at which the shop is open by hours of its own: t itself while it is, and for
// a shop that goes by its platform or works around the clock. Where its hours open no more within the horizon of a clock, it
// is t as well.
func (p *Policy) Opens(t Instant) Instant {
	if p.own == nil {
		return t
	}
	next, ok := p.own.NextOpen(t)
	if !ok {
		return t
	}
	return next
}

// OwnHours reports whether the shop keeps hours of its own.
func (p *Policy) OwnHours() bool { return p.own != nil }
