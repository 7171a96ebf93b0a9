package sla

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// ErrNoTip says that a decision is about a tip or a rule that is not there.
var ErrNoTip = errors.New("no such tip")

// TipBook is what is kept of a shop's advice, and the log it rests on.
type TipBook interface {
	// Recent returns the shop's log, in the order of commit, when it has at most limit events; ok is false, with no event,
	// when it has more.
	Recent(ctx context.Context, shop string, limit int) (events []rules.Event, ok bool, err error)
	// Tips returns what the shop last said to each tip, by tip id.
	Tips(ctx context.Context, shop string) (map[string]notify.TipState, error)
	// SaveTip replaces it. ErrUnknownShop when the shop is not set up; repeating it changes nothing.
	SaveTip(ctx context.Context, shop, tip string, s notify.TipState) error
	// TellTip books the result of a tip accepted at an instant on the scorecard of a day, unless it is booked on another, and
	// returns the day it is booked on.
	TellTip(ctx context.Context, shop, tip string, accepted rules.Instant, day rules.Date) (rules.Date, error)
}

// How far advice looks, and how much of it is read.
const (
	adviceDays   = 30     // local days, today included
	adviceEvents = 20_000 // a shop with more in its log is asked for its broken cases alone
	adviceBroken = 1000   // the latest of them
	adviceCauses = 3      // causes of one rule
)

// Advisor answers what would help a shop, remembers what it said to that, and measures whether it did help. It is safe for
// concurrent use.
//
// It guarantees: the counts of a cause, of what was accepted and of what was measured come from the same query over the same
// log, and asking again later gives the same answer unless late facts changed the past.
type Advisor struct {
	desk *Desk
	book TipBook
	tips []rules.Tip
}

// NewAdvisor returns an advisor that reads through a desk. tips is the catalogue that decisions may be about.
func NewAdvisor(desk *Desk, book TipBook, tips []rules.Tip) *Advisor {
	return &Advisor{desk, book, tips}
}

// Tips is what would help most, by the last 30 local days, today included; rule "" means all rules.
func (a *Advisor) Tips(ctx context.Context, shop, rule string) (notify.TipsView, error) {
	v, err := a.desk.view(ctx, shop)
	if err != nil {
		return notify.TipsView{}, err
	}
	to := v.Policy.Day(v.Now).Next(1)
	t := notify.TipsView{View: v, Rule: rule, From: to.Next(-adviceDays), To: to}
	days, err := a.desk.tallies(ctx, shop, t.From, to)
	if err != nil {
		return t, err
	}
	t.Tallies = sum(days)
	e, err := a.evidence(ctx, v, t.From, to)
	if err != nil {
		return t, err
	}
	t.Causes, t.Read = e.causes(t.From, to), e.read
	if t.States, err = a.book.Tips(ctx, shop); err != nil {
		return t, err
	}
	t.Results, err = a.results(ctx, v, t.States, t.From.Next(-1), to.Next(-1))
	return t, err
}

// DecideTip keeps what a shop says to a tip, with the evidence as it stands now. Repeating it within a day changes nothing
// that matters: the days that are measured follow from the day. ErrNoTip when there is no such tip or rule (any more).
func (a *Advisor) DecideTip(ctx context.Context, shop string, choice notify.TipChoice) error {
	v, err := a.desk.view(ctx, shop)
	if err != nil {
		return err
	}
	to := v.Policy.Day(v.Now).Next(1)
	_, known := v.Policy.Rule(choice.Rule, to.Next(-1))
	if !known || !slices.ContainsFunc(a.tips, func(t rules.Tip) bool { return t.ID == choice.Tip }) {
		return fmt.Errorf("tip %q for rule %q: %w", choice.Tip, choice.Rule, ErrNoTip)
	}
	e, err := a.evidence(ctx, v, to.Next(-adviceDays), to)
	if err != nil {
		return err
	}
	c := e.count(choice.Rule, rules.Trait{Dim: choice.Dim, Value: choice.Value}, to.Next(-adviceDays), to)
	return a.book.SaveTip(ctx, shop, choice.Tip, notify.TipState{Decision: choice.Decision, At: v.Now, Rule: choice.Rule,
		Dim: choice.Dim, Value: choice.Value, Misses: c.Misses, AllMisses: c.AllMisses, Cases: c.Cases, AllCases: c.AllCases})
}

// Told adds to a scorecard what the shop said to tips, and the results that are told on it: of the tips whose days were over
// by then and that no other scorecard told. A scorecard that is composed again tells the same.
func (a *Advisor) Told(ctx context.Context, card notify.ScorecardView) (notify.ScorecardView, error) {
	states, err := a.book.Tips(ctx, card.Shop.ID)
	if err != nil {
		return card, err
	}
	results, err := a.results(ctx, card.View, states, card.Day.Next(-adviceDays), card.Day.Next(1))
	if err != nil {
		return card, err
	}
	card.States, card.Results = states, nil
	for _, r := range results {
		day, err := a.book.TellTip(ctx, card.Shop.ID, r.Tip, r.State.At, card.Day)
		if err != nil {
			return card, err
		}
		if day == card.Day {
			card.Results = append(card.Results, r)
		}
	}
	return card, nil
}

// results measures the accepted tips whose last day lies in [from, to), the earliest first.
func (a *Advisor) results(ctx context.Context, v notify.View, states map[string]notify.TipState, from, to rules.Date) ([]notify.TipResult, error) {
	var due []notify.TipResult
	for _, id := range slices.Sorted(maps.Keys(states)) {
		s := states[id]
		if last := s.Measured(v.Policy.Zone()); s.Decision == notify.Accepted && last >= from && last < to {
			due = append(due, notify.TipResult{Tip: id, State: s})
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(due, func(a, b notify.TipResult) int { return cmp.Compare(a.State.At, b.State.At) })
	first := v.Policy.Day(due[0].State.At).Next(-notify.MeasureDays)
	e, err := a.evidence(ctx, v, first, to)
	if err != nil {
		return nil, err
	}
	days, err := a.desk.tallies(ctx, v.Shop.ID, first, to)
	if err != nil {
		return nil, err
	}
	for i := range due {
		measure(&due[i], e, days, v.Policy.Day(due[i].State.At))
	}
	return due, nil
}

// measure compares the seven days before the day of acceptance with the seven after it, by the cause the tip was accepted
// for. Without the whole log the shares of a cause are not known, and those of the whole rule are taken.
func measure(r *notify.TipResult, e *evidence, days map[rules.Date]rules.DayTallies, accepted rules.Date) {
	s := r.State
	r.Whole = !e.based && s.Dim != 0
	share := func(from rules.Date) rules.MissShare {
		to := from.Next(notify.MeasureDays)
		if e.based {
			c := e.count(s.Rule, rules.Trait{Dim: s.Dim, Value: s.Value}, from, to)
			return rules.MissShare{Misses: c.Misses, Cases: c.Cases}
		}
		var t rules.Tally
		for day := from; day < to; day++ {
			t = t.Plus(days[day][s.Rule])
		}
		return rules.MissShare{Misses: t.Breached, Cases: t.Resolved()}
	}
	r.Compare = rules.Compare(share(accepted.Next(-notify.MeasureDays)), share(accepted.Next(1)))
}

// evidence is the cases of some local days, by rule. Without the whole log it holds the broken ones alone.
type evidence struct {
	cases map[string][]dated
	based bool
	read  int // broken cases that were read when there are more; 0 = all
}

type dated struct {
	day rules.Date
	rules.Sample
}

func (e *evidence) add(k rules.Case, facts rules.Facts, zone *time.Location) {
	if s, ok := rules.SampleOf(k, facts, zone); ok {
		e.cases[k.Rule] = append(e.cases[k.Rule], dated{k.Day, s})
	}
}

// of returns the cases of a rule that count on the days from … to (half-open).
func (e *evidence) of(rule string, from, to rules.Date) (list []rules.Sample) {
	for _, d := range e.cases[rule] {
		if d.day >= from && d.day < to {
			list = append(list, d.Sample)
		}
	}
	return list
}

func (e *evidence) causes(from, to rules.Date) map[string][]rules.Pattern {
	out := map[string][]rules.Pattern{}
	for rule := range e.cases {
		if list := rules.Patterns(e.of(rule, from, to), e.based, adviceCauses); len(list) > 0 {
			out[rule] = list
		}
	}
	return out
}

func (e *evidence) count(rule string, t rules.Trait, from, to rules.Date) rules.Pattern {
	return rules.CountTrait(e.of(rule, from, to), t, e.based)
}

// evidence reads the cases of the days from … to (half-open).
func (a *Advisor) evidence(ctx context.Context, v notify.View, from, to rules.Date) (*evidence, error) {
	events, all, err := a.book.Recent(ctx, v.Shop.ID, adviceEvents)
	if err != nil {
		return nil, err
	}
	e := &evidence{cases: map[string][]dated{}, based: all}
	if !all {
		return e, a.broken(ctx, v, e, from, to)
	}
	for s, f := range gather(events) {
		for _, k := range v.Policy.Judge(s, f, v.Now) {
			if k.Day >= from && k.Day < to {
				e.add(k, f, v.Policy.Zone())
			}
		}
	}
	return e, nil
}

// gather sorts events into what is known of each subject.
func gather(events []rules.Event) map[rules.Subject]rules.Facts {
	lists := map[rules.Subject][]rules.Fact{}
	for _, e := range events {
		for _, about := range e.Facts() {
			lists[about.Subject] = append(lists[about.Subject], about.Fact)
		}
	}
	facts := make(map[rules.Subject]rules.Facts, len(lists))
	for s, list := range lists {
		facts[s], _ = rules.Facts{}.AddAll(list)
	}
	rules.Spread(facts)
	return facts
}

// broken reads the latest broken cases of the days from … to.
func (a *Advisor) broken(ctx context.Context, v notify.View, e *evidence, from, to rules.Date) error {
	zone, shop := v.Policy.Zone(), v.Shop.ID
	listed, total, err := a.desk.reader.Broken(ctx, shop, from.At(0, zone), to.At(0, zone), adviceBroken)
	if err != nil {
		return err
	}
	if total > len(listed) {
		e.read = len(listed)
	}
	subjects := make([]rules.Subject, len(listed))
	for i, l := range listed {
		subjects[i] = l.ID.Subject
	}
	dossiers, err := a.desk.reader.Dossiers(ctx, shop, subjects)
	if err != nil {
		return fmt.Errorf("reading the broken cases of shop %s: %w", shop, err)
	}
	for i, l := range listed {
		for _, k := range v.Policy.Judge(l.ID.Subject, dossiers[i].Facts, v.Now) {
			if k.Rule == l.ID.Rule && k.Part == l.ID.Part && k.Outcome == rules.Breached {
				e.add(k, dossiers[i].Facts, zone)
			}
		}
	}
	return nil
}
