package sla

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/config"
	"shopwarden/rules"
)

// mostOwed is how many broken cases are looked at for what buyers may be owed: the latest.
const mostOwed = 100

// Ladder is what could follow from a shop's counts since 1 January up to and including a local day, what the platform imposed
// in that year, and what buyers may be owed for the latest cases that broke in the seven days up to it.
func (d *Desk) Ladder(ctx context.Context, shop string, day rules.Date) (notify.LadderView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.LadderView{}, err
	}
	days, err := d.past(ctx, v, day)
	if err != nil {
		return notify.LadderView{}, err
	}
	return d.ladderOwed(ctx, v, day, days)
}

func (d *Desk) ladderOwed(ctx context.Context, v notify.View, day rules.Date, days rules.Days) (notify.LadderView, error) {
	l, err := d.ladder(ctx, v, day, days)
	if err != nil {
		return l, err
	}
	l.Owed, l.Unread, err = d.owed(ctx, v, day.Next(1-weekDays), day.Next(1))
	return l, err
}

// ladder is Ladder without what buyers may be owed, from the days that past reads.
func (d *Desk) ladder(ctx context.Context, v notify.View, day rules.Date, days rules.Days) (notify.LadderView, error) {
	l := notify.LadderView{View: v, Day: day, Ledger: v.Policy.Climb(day, days)}
	penalties, err := d.penalties(ctx, v, day.Year())
	if err != nil {
		return l, err
	}
	zone := v.Policy.Zone()
	l.Imposed = rules.Impose(day.Year(), penalties, zone)
	for _, s := range rules.Impose(day.Year()-1, penalties, zone).Sanctions {
		if _, _, open := s.AppealLeft(v.Now); open || s.ExamDue() {
			l.Earlier = append(l.Earlier, s)
		}
	}
	return l, nil
}

// penalties reads the facts about the penalties of a natural year, by id. What was first heard of a penalty may be older than
// its notice, so that those of the year before are among them.
func (d *Desk) penalties(ctx context.Context, v notify.View, year int) (map[string]rules.Facts, error) {
	zone := v.Policy.Zone()
	from, to := rules.NewDate(year-1, 1, 1).At(0, zone), rules.NewDate(year+1, 1, 1).At(0, zone)
	ids, err := d.reader.Penalties(ctx, v.Shop.ID, from, to)
	if err != nil {
		return nil, err
	}
	penalties := map[string]rules.Facts{}
	if len(ids) > 0 {
		subjects := make([]rules.Subject, len(ids))
		for i, id := range ids {
			subjects[i] = rules.Subject{Kind: rules.Penalty, ID: id}
		}
		dossiers, err := d.reader.Dossiers(ctx, v.Shop.ID, subjects)
		if err != nil {
			return nil, err
		}
		for i, id := range ids {
			penalties[id] = dossiers[i].Facts
		}
	}
	return penalties, nil
}

// owed is what buyers may be owed for the latest cases due in the local days from … to (half-open), and how many broken cases
// there are beyond those that were looked at.
func (d *Desk) owed(ctx context.Context, v notify.View, from, to rules.Date) (list []notify.Owed, unread int, err error) {
	zone := v.Policy.Zone()
	listed, total, err := d.reader.Broken(ctx, v.Shop.ID, from.At(0, zone), to.At(0, zone), mostOwed)
	if err != nil {
		return nil, 0, err
	}
	cases, err := d.cases(ctx, v, listed)
	if err != nil {
		return nil, 0, err
	}
	facts, err := d.factsOf(ctx, v.Shop.ID, cases)
	if err != nil {
		return nil, 0, err
	}
	return owed(v, cases, func(s rules.Subject) rules.Facts { return facts[s] }), total - len(listed), nil
}

// factsOf reads the facts that cases rest on, and those of the orders that they name.
func (d *Desk) factsOf(ctx context.Context, shop string, cases []rules.Case) (map[rules.Subject]rules.Facts, error) {
	facts := map[rules.Subject]rules.Facts{}
	var subjects []rules.Subject
	for _, k := range cases {
		subjects = append(subjects, k.Subject)
	}
	for len(subjects) > 0 {
		dossiers, err := d.reader.Dossiers(ctx, shop, subjects)
		if err != nil {
			return nil, err
		}
		var further []rules.Subject
		for i, s := range subjects {
			facts[s] = dossiers[i].Facts
			if order, ok := orderOf(s, facts[s]); ok && order != s {
				further = append(further, order)
			}
		}
		subjects = slices.DeleteFunc(further, func(s rules.Subject) bool { _, known := facts[s]; return known })
	}
	return facts, nil
}

// orderOf is the order that a subject is about.
func orderOf(s rules.Subject, facts rules.Facts) (rules.Subject, bool) {
	if s.Kind == rules.Order {
		return s, true
	}
	for i := range facts {
		if id := facts[i].Get("order_id"); id != "" {
			return rules.Subject{Kind: rules.Order, ID: id}, true
		}
	}
	return rules.Subject{}, false
}

// owed is what the tables of the rules say of broken cases. It is proposed, never booked: for most of it a person decides.
// Where the amount of the order is not known, or is in another currency than the table, nothing can be said.
func owed(v notify.View, cases []rules.Case, facts func(rules.Subject) rules.Facts) (list []notify.Owed) {
	for _, k := range cases {
		rule := v.Policy.Find(k.Rule, k.Day)
		if rule == nil || rule.Money == nil || k.Outcome != rules.Breached {
			continue
		}
		order, ok := orderOf(k.Subject, facts(k.Subject))
		if !ok {
			continue
		}
		amount, currency := price(facts(order))
		if !strings.EqualFold(currency, rule.Money.Currency) {
			continue
		}
		if sum := rule.Money.Owed(amount, promised(rule, k, facts(k.Subject)), overrun(k, v.Now)); sum > 0 {
			list = append(list, notify.Owed{Rule: k.Rule, Subject: k.Subject, Amount: sum, Currency: rule.Money.Currency})
		}
	}
	return list
}

// price is the amount of an order in minor units as it was last said, with its currency.
func price(facts rules.Facts) (amount int64, currency string) {
	for i := range facts {
		f := &facts[i]
		if f.Type != "order.paid" && f.Type != "order.created" {
			continue
		}
		if n, err := strconv.ParseInt(f.Get("amount"), 10, 64); err == nil {
			amount, currency = n, f.Get("currency")
		}
	}
	return amount, currency
}

// promised is how long the promise of a broken case was: to its deadline, without what the rule adds to the promise. Where a
// fact broke it at once the deadline is that fact, and the promise is what was said, else the rule's own limit.
func promised(r *rules.Rule, k rules.Case, facts rules.Facts) time.Duration {
	if k.DueBy != rules.ByFail {
		return time.Duration(k.Due-k.Start)*time.Millisecond - r.Deadline.After + r.Deadline.Before
	}
	var by rules.Instant
	for i := range facts {
		if at := facts[i].Instant(r.Deadline.Field); at != 0 && (by == 0 || at < by) {
			by = at
		}
	}
	if by == 0 {
		return r.Deadline.Within
	}
	return time.Duration(by-k.Start) * time.Millisecond
}

// overrun is by how much a broken case missed its deadline so far; one that a fact broke at once missed it by nothing.
func overrun(k rules.Case, now rules.Instant) time.Duration {
	end := k.Stop
	switch {
	case k.DueBy == rules.ByFail:
		return 0
	case end == 0:
		end = now
	}
	return time.Duration(end-k.Due) * time.Millisecond
}

// MeasureReport is one simulated step of a report: the shop's own count, never a decision of the platform.
type MeasureReport struct {
	Day         string  `json:"day"`
	Rule        string  `json:"rule"`
	Line        string  `json:"line"`
	Rung        string  `json:"rung"`
	Class       string  `json:"class"` // general or severe, "" without points
	Points      float64 `json:"points"`
	Cases       int64   `json:"cases"`       // breached in its window
	Human       bool    `json:"human"`       // a person decides
	Conditional bool    `json:"conditional"` // depends on what the counts cannot show; in no sum
}

// PointsReport is the simulated points since 1 January of the last day of the report that has come.
type PointsReport struct {
	General float64     `json:"general"`
	Severe  float64     `json:"severe"`
	Next    *NodeReport `json:"next"` // of the class that is closest to one, null when none is left
}

// NodeReport is the next sum of simulated points at which more follows.
type NodeReport struct {
	Class   string  `json:"class"`
	At      float64 `json:"at"`
	Missing float64 `json:"missing"`
}

// ImposedReport is one penalty that the platform announced, as it stands now.
type ImposedReport struct {
	Penalty  string  `json:"penalty"`
	Rung     string  `json:"rung"`
	Rule     string  `json:"rule"` // in the platform's words
	Points   float64 `json:"points"`
	Amount   int64   `json:"amount"` // minor units
	Currency string  `json:"currency"`
	Issued   string  `json:"issued"`    // RFC 3339 in the shop's zone
	AppealBy string  `json:"appeal_by"` // the same
	State    string  `json:"state"`     // issued, appealed, upheld or withdrawn
}

// OwedReport is what one buyer may be owed by the table of a rule.
type OwedReport struct {
	Rule     string `json:"rule"`
	Subject  string `json:"subject"`
	Amount   int64  `json:"amount"` // minor units
	Currency string `json:"currency"`
}

// Consequences are what a report says of the ladder. Simulated and imposed are apart, and no number adds the two up.
type Consequences struct {
	Measures     []MeasureReport `json:"measures"`
	Points       PointsReport    `json:"points"`
	Imposed      []ImposedReport `json:"imposed"`
	Compensation []OwedReport    `json:"compensation"`        // of the latest broken cases, the latest first
	Unread       int             `json:"compensation_unread"` // broken cases beyond those
}

// consequences is what follows from the days from … to (half-open). tallies holds every day that Climb looks at.
func (d *Desk) consequences(ctx context.Context, v notify.View, tallies map[rules.Date]rules.DayTallies, from, to rules.Date) (Consequences, error) {
	c := Consequences{Measures: []MeasureReport{}, Imposed: []ImposedReport{}, Compensation: []OwedReport{}}
	last := min(to.Next(-1), v.Policy.Day(v.Now)) // days to come are not judged
	for year := from.Year(); year <= last.Year(); year++ {
		ledger := v.Policy.Climb(min(last, rules.NewDate(year, 12, 31)), tallies)
		for i := range ledger.Steps {
			if s := &ledger.Steps[i]; s.Day >= from && s.Day < to {
				c.Measures = append(c.Measures, measureReport(s))
			}
		}
		c.Points = pointsReport(&ledger) // the last year's stays
		penalties, err := d.penalties(ctx, v, year)
		if err != nil {
			return c, err
		}
		imposed := rules.Impose(year, penalties, v.Policy.Zone())
		for i := range imposed.Sanctions {
			if s := &imposed.Sanctions[i]; s.Day >= from && s.Day < to {
				c.Imposed = append(c.Imposed, imposedReport(s, v))
			}
		}
	}
	return c, nil
}

// pay adds what buyers may be owed.
func (c *Consequences) pay(list []notify.Owed, unread int) {
	for _, o := range list {
		c.Compensation = append(c.Compensation, OwedReport{o.Rule, o.Subject.String(), o.Amount, o.Currency})
	}
	c.Unread = unread
}

// asked is a view of a report: as of now, without when the shop was heard.
func (d *Desk) asked(cfg config.Shop, policy *rules.Policy) notify.View {
	return notify.View{Shop: cfg, Policy: policy, Now: rules.InstantOf(d.now())}
}

// followed is the consequences by the counters, for the days from … to (half-open).
func (d *Desk) followed(ctx context.Context, v notify.View, from, to rules.Date) (Consequences, error) {
	tallies, err := d.tallies(ctx, v.Shop.ID, v.Policy.ClimbFrom(from), to)
	if err != nil {
		return Consequences{}, err
	}
	c, err := d.consequences(ctx, v, tallies, from, to)
	if err != nil {
		return c, err
	}
	list, unread, err := d.owed(ctx, v, from, to)
	c.pay(list, unread)
	return c, err
}

// wouldFollow is the same by the event log, under the policy of v and the days it gave. What the platform imposed is what
// it is under any pack.
func (d *Desk) wouldFollow(ctx context.Context, v notify.View, days map[rules.Date]rules.DayTallies, from, to rules.Date) (Consequences, error) {
	c, err := d.consequences(ctx, v, days, from, to)
	if err != nil {
		return c, err
	}
	list, unread, err := d.owedByLog(ctx, v, from, to)
	c.pay(list, unread)
	return c, err
}

// owedByLog is owed from the event log, under any policy. Cases that are only counted are in no list of broken cases, and
// so not here.
func (d *Desk) owedByLog(ctx context.Context, v notify.View, from, to rules.Date) ([]notify.Owed, int, error) {
	facts, err := d.logged(ctx, v.Shop.ID)
	if err != nil {
		return nil, 0, err
	}
	var broken []rules.Case
	for s, f := range facts {
		for _, k := range v.Policy.Judge(s, f, v.Now) {
			r, day := v.Policy.Find(k.Rule, k.Day), v.Policy.Day(k.Due)
			if k.Outcome == rules.Breached && day >= from && day < to && (r == nil || !r.Counted()) {
				broken = append(broken, k)
			}
		}
	}
	name := func(k rules.Case) string { return k.Ref() + "|" + k.Subject.String() }
	slices.SortFunc(broken, func(a, b rules.Case) int { // as the list of broken cases is sorted
		return cmp.Or(cmp.Compare(b.Due, a.Due), cmp.Compare(name(b), name(a)))
	})
	n := min(len(broken), mostOwed)
	return owed(v, broken[:n], func(s rules.Subject) rules.Facts { return facts[s] }), len(broken) - n, nil
}

func measureReport(s *rules.Step) MeasureReport {
	m := MeasureReport{Day: s.Day.String(), Rule: s.Rule, Line: s.Line, Rung: s.Rung.String(), Points: number(s.Points),
		Cases: s.Cases, Human: s.Human, Conditional: !s.Booked()}
	if s.Class != 0 {
		m.Class = s.Class.String()
	}
	return m
}

func pointsReport(l *rules.Ledger) PointsReport {
	p := PointsReport{General: number(l.Sum(rules.General).Points), Severe: number(l.Sum(rules.Severe).Points)}
	var least rules.PenaltyPoints
	for _, sum := range l.Sums {
		if sum.More && (p.Next == nil || sum.Next.Left < least) {
			least = sum.Next.Left
			p.Next = &NodeReport{sum.Class.String(), number(sum.Next.At), number(sum.Next.Left)}
		}
	}
	return p
}

func imposedReport(s *rules.Sanction, v notify.View) ImposedReport {
	at := func(i rules.Instant) string { return i.Time().In(v.Policy.Zone()).Format(time.RFC3339) }
	return ImposedReport{s.ID, s.Rung.String(), s.Rule, number(s.Points), s.Amount, s.Currency, at(s.Issued), at(s.AppealBy), s.State.String()}
}

// number is points as a number of JSON; hundredths survive the way.
func number(p rules.PenaltyPoints) float64 { return float64(p) / 100 }
