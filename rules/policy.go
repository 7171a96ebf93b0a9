package rules

import (
	"fmt"
	"slices"
	"time"
)

// Edition is the set of rules in force from a date on, and how they add up to a score.
type Edition struct {
	From    Date
	Hours   string // business hours of the platform as the pack writes them, "" = round the clock
	Rules   []Rule
	Scoring Scoring
	Ladder  Ladder
}

// Rulebook is a pack of rules by effective date, oldest edition first. A case is judged by the edition in force on the
// local day it started. Read-only.
type Rulebook struct {
	Pack     string
	Zone     string // IANA zone of the platform
	Editions []Edition
}

// On returns the edition in force on a day: the last one that began by then, else the first of all.
func (b *Rulebook) On(day Date) *Edition {
	for i := len(b.Editions) - 1; i > 0; i-- {
		if b.Editions[i].From <= day {
			return &b.Editions[i]
		}
	}
	return &b.Editions[0]
}

// Hours says which clock a shop is judged by.
type Hours int

// ByPlatform keeps windows and night rules of the pack; AroundTheClock drops them; OwnHours puts the shop's calendar in
// their place.
const (
	ByPlatform Hours = iota + 1
	AroundTheClock
	OwnHours
)

// Override changes one rule for one shop. Zero fields change nothing.
type Override struct {
	Within  time.Duration // deadline
	Anchors Anchors       // targets
	AlertAt int
	Off     bool
}

// Terms are what one shop sets for itself.
type Terms struct {
	Zone      *time.Location
	Hours     Hours
	Calendar  *Calendar            // with OwnHours
	Overrides map[string]Override  // by rule id
	AlertAt   int                  // violation threshold of every rule without an override; 0 = the pack's
	Business  map[string]*Calendar // with ByPlatform: the clock of rules on business hours, by what an edition's Hours say
	Shifts    []DatedShift         // what the shop joined of the platform's dated changes
}

// Policy is a rulebook as it binds one shop. It is read-only and safe for concurrent use.
type Policy struct {
	zone     *time.Location
	editions []compiled
	measured []Edition // what Climb needs of the rules that are on
	shifts   []DatedShift
	own      *Calendar // hours of the shop's own, nil = it has none
}

type compiled struct {
	from  Date
	rules []clocked
	about map[Kind][]int // places in rules, by subject
	plan  plan
}

// clocked is a rule with the calendar its clock runs on.
type clocked struct {
	Rule
	calendar *Calendar
}

// NewPolicy binds a rulebook to a shop. It fails when an override names no rule, or the shop's calendar never opens.
func NewPolicy(book *Rulebook, terms Terms) (*Policy, error) {
	if len(book.Editions) == 0 {
		return nil, fmt.Errorf("pack %s has no edition", book.Pack)
	}
	if terms.Hours == OwnHours {
		if _, ok := terms.Calendar.NextOpen(0); !ok {
			return nil, fmt.Errorf("the shop's business hours never open")
		}
	}
	for id := range terms.Overrides {
		if !slices.ContainsFunc(book.Editions, func(e Edition) bool { return slices.ContainsFunc(e.Rules, func(r Rule) bool { return r.ID == id }) }) {
			return nil, fmt.Errorf("pack %s has no rule %q to override", book.Pack, id)
		}
	}
	p := &Policy{zone: terms.Zone, shifts: slices.Clone(terms.Shifts)}
	if terms.Hours == OwnHours {
		p.own = terms.Calendar
	}
	for _, e := range book.Editions {
		p.editions = append(p.editions, newCompiled(e, terms))
		p.measured = append(p.measured, measured(e, terms))
	}
	return p, nil
}

func newCompiled(e Edition, terms Terms) compiled {
	c := compiled{from: e.From, rules: bind(e, terms), about: map[Kind][]int{}}
	for i := range c.rules {
		kind := c.rules[i].Subject
		c.about[kind] = append(c.about[kind], i)
	}
	c.plan = newPlan(c.rules, e.Scoring)
	return c
}

// bind applies the shop's terms; rules that depend on another come after it.
func bind(e Edition, terms Terms) []clocked {
	var first, then []clocked
	business := terms.Business[e.Hours]
	for _, r := range e.Rules {
		o := terms.Overrides[r.ID]
		if o.Off {
			continue
		}
		c := clocked{override(r, o, terms.AlertAt), Always(terms.Zone)}
		timed := c.Window != nil || c.Night != nil || c.Business
		if timed && terms.Hours != ByPlatform {
			c.Window, c.Night = nil, nil
			if terms.Hours == OwnHours {
				c.calendar = terms.Calendar
			}
		}
		if c.Business && terms.Hours == ByPlatform && business != nil {
			c.calendar = business
		}
		if c.dependsOn() == "" {
			first = append(first, c)
		} else {
			then = append(then, c)
		}
	}
	return append(first, then...)
}

func override(r Rule, o Override, alertAt int) Rule {
	if o.Within > 0 {
		r.Deadline.Within = o.Within
	}
	if o.Anchors != (Anchors{}) {
		r.Anchors = o.Anchors
	}
	if alertAt > 0 && r.AlertAt > 0 {
		r.AlertAt = alertAt
	}
	if o.AlertAt > 0 {
		r.AlertAt = o.AlertAt
	}
	return r
}

// Zone returns the shop's time zone, which decides local days.
func (p *Policy) Zone() *time.Location { return p.zone }

// Day returns the shop's local day of an instant.
func (p *Policy) Day(t Instant) Date { return DateOf(t, p.zone) }

// Rules returns the rules in force on a day, in the order of the pack (dependent rules last).
func (p *Policy) Rules(day Date) []Rule {
	e := p.on(day)
	list := make([]Rule, len(e.rules))
	for i := range e.rules {
		list[i] = e.rules[i].Rule
	}
	return list
}

// Rule returns one rule as in force on a day.
func (p *Policy) Rule(id string, day Date) (Rule, bool) {
	if r := p.Find(id, day); r != nil {
		return *r, true
	}
	return Rule{}, false
}

// Find returns one rule as in force on a day without copying it, nil when there is none. It is read-only.
func (p *Policy) Find(id string, day Date) *Rule {
	e := p.on(day)
	for i := range e.rules {
		if e.rules[i].ID == id {
			return &e.rules[i].Rule
		}
	}
	return nil
}

func (p *Policy) on(day Date) *compiled {
	for i := len(p.editions) - 1; i > 0; i-- {
		if p.editions[i].from <= day {
			return &p.editions[i]
		}
	}
	return &p.editions[0]
}

// inForce reports whether edition i is the one in force on a day.
func (p *Policy) inForce(i int, day Date) bool { return p.on(day) == &p.editions[i] }
