package rules

import (
	"strings"
	"time"
)

// DatedShift is a dated change of what some rules demand: a promotion, a holiday season, a typhoon. It holds for cases that
// began in [From, To). Of its three effects one or more are set. A shop has only the shifts it joined ([Terms.Shifts]).
type DatedShift struct {
	ID       string   // of the calendar it stands in; several shifts may share one
	Rules    []string // ids
	Regions  []string // beginnings of region names: 新疆 fits 新疆维吾尔自治区; nil = everywhere
	From, To Instant

	Until   Instant       // a case is due at this instant or at its own deadline, whichever is later; 0 = no effect
	Within  time.Duration // a case is due this long after the start of its clock, round the clock, unless it is due later; 0 = no effect
	Exclude bool          // a case is left out of the metric
}

// shift returns the deadline of a case after every shift that holds for it, whether it is left out of the metric, and the
// id of the shift that did so, "" when none changed anything. begun is when the fact that began the case happened, region
// the order's region ("" when nobody said: a shift for some regions then does not hold), due its deadline without shifts
// (0 = it has none, and gets none), start the start of its clock.
//
// Shifts only give more time: the latest deadline of all that hold wins, and of equal ones the first in the list. Leaving
// out wins over every deadline; the deadline is still moved, so that a case that is shown is shown with what holds. It does
// not allocate.
func (p *Policy) shift(rule string, begun Instant, region string, due, start Instant) (newDue Instant, excluded bool, id string) {
	if len(p.shifts) == 0 {
		return due, false, ""
	}
	newDue = due
	for i := range p.shifts {
		s := &p.shifts[i]
		if !s.holds(rule, begun, region) {
			continue
		}
		if later := s.due(due, start); later > newDue {
			newDue = later
			if !excluded {
				id = s.ID
			}
		}
		if s.Exclude && !excluded {
			excluded, id = true, s.ID
		}
	}
	return newDue, excluded, id
}

func (s *DatedShift) holds(rule string, begun Instant, region string) bool {
	return s.From <= begun && begun < s.To && contains(s.Rules, rule) && s.in(region)
}

func (s *DatedShift) in(region string) bool {
	for _, beginning := range s.Regions {
		if strings.HasPrefix(region, beginning) {
			return true
		}
	}
	return len(s.Regions) == 0
}

// due returns the deadline under this shift alone.
func (s *DatedShift) due(due, start Instant) Instant {
	if due == 0 {
		return 0
	}
	if s.Until > 0 {
		due = max(due, s.Until)
	}
	if s.Within > 0 {
		due = max(due, start+Instant(s.Within.Milliseconds()))
	}
	return due
}
