package rules

// Finding is a violation: one rule broken so often on one local day that the shop must hear of it.
type Finding struct {
	Rule     string
	Day      Date
	Breached int64
	Limit    int
}

// Evaluate returns the violations of one day at its present tallies, in the order of the pack. It looks at the level, not
// at the change, so asking twice gives the same answer.
func (p *Policy) Evaluate(day Date, tallies DayTallies) []Finding {
	var list []Finding
	rules := p.on(day).rules
	for i := range rules { // by index: a rule is a large value, and this runs on every commit
		r := &rules[i]
		if t := tallies[r.ID]; r.AlertAt > 0 && t.Breached >= int64(r.AlertAt) {
			list = append(list, Finding{Rule: r.ID, Day: day, Breached: t.Breached, Limit: r.AlertAt})
		}
	}
	return list
}
