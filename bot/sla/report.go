package sla

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/config"
	"shopwarden/rules"
)

// Desk answers questions about what was committed. It reads one shop at a time and changes nothing, except through the
// settings methods. It is safe for concurrent use.
type Desk struct {
	reader Reader
	policy func(config.Shop) (*rules.Policy, error)
	now    func() time.Time
}

// NewDesk returns a desk. policy is the one the Tracker was given.
func NewDesk(reader Reader, policy func(config.Shop) (*rules.Policy, error), now func() time.Time) *Desk {
	return &Desk{reader: reader, policy: policy, now: now}
}

// Report is a shop over some local days, as the command line prints it. Rate is the share of resolved cases that were in
// time; it and the times are null where nothing was resolved or timed. Times are seconds, exact to the millisecond.
type Report struct {
	Shop       string          `json:"shop"`
	From       string          `json:"from"` // first local day
	To         string          `json:"to"`   // first local day that is not part of it
	Timezone   string          `json:"timezone"`
	Score      ScoreReport     `json:"score"`
	Rules      []RuleReport    `json:"rules"`
	Violations []FindingReport `json:"violations"`
	Consequences
}

// RuleReport is one rule of a report.
type RuleReport struct {
	Rule      string   `json:"rule"`
	Principle string   `json:"principle"`
	Met       int64    `json:"met"`
	Breached  int64    `json:"breached"`
	Open      int64    `json:"open"`
	Void      int64    `json:"void"`
	Rate      *float64 `json:"rate"`
	Mean      *float64 `json:"mean_seconds"`
	P50       *float64 `json:"p50_seconds"`
	P90       *float64 `json:"p90_seconds"`
	Score     *float64 `json:"score"`    // of this rule over these days
	Lost      float64  `json:"lost"`     // points of the total that it costs
	Proof     string   `json:"proof"`    // no-data, provisional, breach, excellent
	MayMiss   *int64   `json:"may_miss"` // on the last day, over the rule's own window, before the good target is lost
}

// FindingReport is one violation of a report.
type FindingReport struct {
	Rule     string `json:"rule"`
	Day      string `json:"day"`
	Breached int64  `json:"breached"`
	Limit    int    `json:"limit"`
}

// MaxReportDays is the longest span of one report.
const MaxReportDays = 3660

// Report adds up the local days from … to (half-open).
func (d *Desk) Report(ctx context.Context, shop string, from, to rules.Date) (Report, error) {
	cfg, policy, err := d.shop(ctx, shop)
	if err != nil {
		return Report{}, err
	}
	if err := checkSpan(from, to); err != nil {
		return Report{}, err
	}
	data, err := d.days(ctx, shop, policy, from, to)
	if err != nil {
		return Report{}, err
	}
	recent, err := d.counts(ctx, notify.View{Shop: cfg, Policy: policy}, to.Next(-1))
	if err != nil {
		return Report{}, err
	}
	r := report(cfg, policy, data, recent, from, to)
	r.Consequences, err = d.followed(ctx, d.asked(cfg, policy), from, to)
	return r, err
}

// UnderPack is the report that the event log gives under another pack as it stands, without the limits and calendars that the
// shop set for its own: what would have been. Nothing is stored.
func (d *Desk) UnderPack(ctx context.Context, shop, pack string, from, to rules.Date) (Report, error) {
	cfg, _, err := d.shop(ctx, shop)
	if err != nil {
		return Report{}, err
	}
	cfg.Pack, cfg.Former = pack, nil
	cfg.Overrides, cfg.Calendar = nil, nil // they were said to the shop's own pack
	policy, err := d.policy(cfg)
	if err != nil {
		return Report{}, fmt.Errorf("%w: shop %s under pack %s: %w", ErrPolicy, shop, pack, err)
	}
	if err := checkSpan(from, to); err != nil {
		return Report{}, err
	}
	data, err := d.count(ctx, shop, policy)
	if err != nil {
		return Report{}, err
	}
	follows, err := d.wouldFollow(ctx, d.asked(cfg, policy), data.Tallies, from, to)
	if err != nil {
		return Report{}, err
	}
	recent := rules.Counts{Days: maps.Clone(data.Tallies)}
	maps.DeleteFunc(data.Tallies, func(day rules.Date, _ rules.DayTallies) bool { return day < from || day >= to })
	maps.DeleteFunc(data.Took, func(rd RuleDay, _ rules.Durations) bool { return rd.Day < from || rd.Day >= to })
	r := report(cfg, policy, data, recent, from, to)
	r.Consequences = follows
	return r, nil
}

func checkSpan(from, to rules.Date) error {
	if to <= from || to-from > MaxReportDays {
		return fmt.Errorf("the report must cover 1 to %d days, not %s to %s", MaxReportDays, from, to)
	}
	return nil
}

// report writes down what was counted; recent holds the days that end with the last one, for windows and allowances.
func report(cfg config.Shop, policy *rules.Policy, data DayData, recent rules.Counts, from, to rules.Date) Report {
	r := Report{Shop: cfg.ID, From: from.String(), To: to.String(), Timezone: cfg.Timezone, Rules: []RuleReport{}, Violations: []FindingReport{}}
	totals := sum(data.Tallies)
	for _, rule := range policy.Rules(to.Next(-1)) {
		r.Rules = append(r.Rules, ruleReport(rule, totals[rule.ID], data.Took))
	}
	for day := from; day < to; day++ {
		for _, f := range policy.Evaluate(day, data.Tallies[day]) {
			r.Violations = append(r.Violations, FindingReport{f.Rule, f.Day.String(), f.Breached, f.Limit})
		}
	}
	r.score(policy, data, recent, from, to)
	return r
}

func (d *Desk) shop(ctx context.Context, id string) (config.Shop, *rules.Policy, error) {
	cfg, err := d.reader.Shop(ctx, id)
	if err != nil {
		return config.Shop{}, nil, err
	}
	policy, err := d.policy(cfg)
	if err != nil {
		return config.Shop{}, nil, fmt.Errorf("%w: shop %s: %w", ErrPolicy, id, err)
	}
	return cfg, policy, nil
}

// days reads the tallies and times of every rule on every day.
func (d *Desk) days(ctx context.Context, shop string, policy *rules.Policy, from, to rules.Date) (DayData, error) {
	ask := DayAsk{Shop: shop}
	for day := from; day < to; day++ {
		ask.Days = append(ask.Days, day)
		for _, r := range policy.Rules(day) {
			ask.Took = append(ask.Took, RuleDay{day, r.ID})
		}
	}
	data, err := d.reader.Days(ctx, []DayAsk{ask})
	if err != nil {
		return DayData{}, err
	}
	return data[0], nil
}

func ruleReport(rule rules.Rule, t rules.Tally, took map[RuleDay]rules.Durations) RuleReport {
	r := RuleReport{Rule: rule.ID, Principle: rule.Principle.String(), Met: t.Met, Breached: t.Breached, Open: t.Open, Void: t.Void}
	if rate, ok := t.MetRate(); ok {
		r.Rate = &rate
	}
	if t.Timed > 0 {
		mean := math.Round(float64(t.TookMS)/float64(t.Timed)) / 1000
		r.Mean = &mean
	}
	var all rules.Durations
	for rd, times := range took {
		if rd.Rule == rule.ID {
			all = append(all, times...)
		}
	}
	slices.Sort(all)
	r.P50, r.P90 = quantile(all, 0.5), quantile(all, 0.9)
	return r
}

func quantile(times rules.Durations, q float64) *float64 {
	v, ok := times.Quantile(q)
	if !ok {
		return nil
	}
	s := v.Seconds()
	return &s
}

// Difference is one number of the counters that the event log does not bear out.
type Difference struct {
	Day     rules.Date
	Rule    string
	Stored  rules.Tally
	Counted rules.Tally
	Times   bool // the tallies agree but the times behind them do not
}

func (d Difference) String() string {
	if d.Times {
		return fmt.Sprintf("%s %s: the times differ", d.Day, d.Rule)
	}
	return fmt.Sprintf("%s %s: stored %+v, counted %+v", d.Day, d.Rule, d.Stored, d.Counted)
}

// Recount judges the whole event log anew and compares every day in from … to (half-open) with the counters. No
// difference is an empty list. It asks for a shop at rest: while events arrive in between, days still moving may differ,
// so the caller sweeps first and tries again when there is a difference.
func (d *Desk) Recount(ctx context.Context, shop string, from, to rules.Date) ([]Difference, error) {
	_, policy, err := d.shop(ctx, shop)
	if err != nil {
		return nil, err
	}
	counted, err := d.count(ctx, shop, policy)
	if err != nil {
		return nil, err
	}
	stored, err := d.days(ctx, shop, policy, from, to)
	if err != nil {
		return nil, err
	}
	var list []Difference
	for day := from; day < to; day++ {
		list = append(list, differences(day, stored, counted)...)
	}
	return list, nil
}

// count folds the event log into tallies and times.
func (d *Desk) count(ctx context.Context, shop string, policy *rules.Policy) (DayData, error) {
	facts, err := d.logged(ctx, shop)
	if err != nil {
		return DayData{}, err
	}
	now := rules.InstantOf(d.now())
	data := DayData{Tallies: map[rules.Date]rules.DayTallies{}, Took: map[RuleDay]rules.Durations{}}
	for s, f := range facts {
		_, change := policy.Tick(s, rules.Dossier{Facts: f}, now)
		for _, x := range change.Deltas {
			if data.Tallies[x.Entry.Day] == nil {
				data.Tallies[x.Entry.Day] = rules.DayTallies{}
			}
		}
		data.apply(change.Deltas)
	}
	return data, nil
}

// logged is all that the event log says, by subject.
func (d *Desk) logged(ctx context.Context, shop string) (map[rules.Subject]rules.Facts, error) {
	facts := map[rules.Subject]rules.Facts{}
	err := d.reader.Log(ctx, shop, func(e rules.Event) error {
		for _, about := range e.Facts() {
			facts[about.Subject], _ = facts[about.Subject].Add(about.Fact)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rules.Spread(facts)
	return facts, nil
}

func differences(day rules.Date, stored, counted DayData) []Difference {
	names := map[string]bool{}
	for rule := range stored.Tallies[day] {
		names[rule] = true
	}
	for rule := range counted.Tallies[day] {
		names[rule] = true
	}
	var list []Difference
	for _, rule := range slices.Sorted(maps.Keys(names)) {
		a, b := stored.Tallies[day][rule], counted.Tallies[day][rule]
		rd := RuleDay{day, rule}
		switch {
		case a != b:
			list = append(list, Difference{Day: day, Rule: rule, Stored: a, Counted: b})
		case !slices.Equal(stored.Took[rd], counted.Took[rd]):
			list = append(list, Difference{Day: day, Rule: rule, Stored: a, Counted: b, Times: true})
		}
	}
	return list
}
