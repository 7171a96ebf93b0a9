package sla_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// costly is the policy of the other tests with consequences of late parcels.
func costly(shop config.Shop) (*rules.Policy, error) {
	match := func(t rules.Type) []rules.Match { return []rules.Match{{Type: t}} }
	band := rules.Band{Share: 100, Min: 200, Max: 5000}
	ship := rules.Rule{ID: "ship-on-time", Principle: rules.Timely, Subject: rules.Order, Start: match("order.paid"),
		Stop: match("order.picked_up"), EarlyStop: true, Deadline: rules.Deadline{Within: 48 * time.Hour}, Day: rules.ByDue,
		Metric: rules.MetRate, AlertAt: 2, Weight: 1,
		Money: &rules.Money{Currency: "CNY", RoundTo: 100, Bands: []rules.Band{{PromiseTo: time.Hour}, {LateTo: 48 * time.Hour, Share: band.Share, Min: band.Min, Max: band.Max}}},
		Lines: []rules.Line{{ID: "points", Window: 1, Breached: 2, Rung: rules.GeneralPoints, Points: 250}}}
	refund := rules.Rule{ID: "refund", Principle: rules.Timely, Subject: rules.Aftersale, Start: match("aftersale.opened"),
		Stop: match("aftersale.refunded"), Deadline: rules.Deadline{Within: 24 * time.Hour}, Day: rules.ByDue, Metric: rules.MetRate, AlertAt: 2, Weight: 1,
		Money: &rules.Money{Currency: "CNY", RoundTo: 1, Bands: []rules.Band{{Share: 1000}}}}
	book := &rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: []rules.Rule{ship, refund},
		Ladder: rules.Ladder{Nodes: []rules.Node{{Class: rules.General, At: 1200, Every: true, Exam: true}}}}}}
	return rules.NewPolicy(book, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
}

func tracked(t *testing.T, now time.Time) (*memory, *clock, *sla.Tracker, *sla.Desk) {
	t.Helper()
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(now)
	return m, c, runWith(t, m, c, costly), sla.NewDesk(m, costly, c.now)
}

// bought is an order that was paid with an amount in minor units.
func bought(id string, at time.Time, amount int64, currency string) rules.Event {
	e := paid(id, at)
	e.Data.Amount, e.Data.Currency = &amount, currency
	return e
}

func announced(id, typ, rung, points string, at time.Time) rules.Event {
	return rules.Event{ID: id + typ, Type: rules.Type(typ), At: at, Data: rules.Data{PenaltyID: id, Rung: rung, Points: json.Number(points)}}
}

func TestTheDeskClimbsTheLadderFromTheCounters(t *testing.T) {
	_, c, tracker, desk := tracked(t, start)
	ctx := t.Context()
	var events []rules.Event
	for i := range 3 {
		events = append(events, bought(fmt.Sprint(i), start, 100_000, "CNY"))
	}
	events = append(events, bought("usd", start, 100_000, "USD"), paid("free", start), bought("small", start, 100, "CNY"),
		rules.Event{ID: "a", Type: "aftersale.opened", At: start, Data: rules.Data{AftersaleID: "A1", OrderID: "0", Kind: "refund"}})
	apply(t, tracker, events...)
	c.set(start.Add(50 * time.Hour))
	ok(t, tracker.Sweep(ctx))
	l, err := desk.Ladder(ctx, "s1", rules.NewDate(2026, 11, 22))
	ok(t, err)
	if n := len(l.Ledger.Steps); n != 1 || l.Ledger.Sum(rules.General).Points != 250 || l.Ledger.Steps[0].Cases != 6 {
		t.Errorf("steps %+v, want one of 2.5 points for six cases", l.Ledger.Steps)
	}
	if len(l.Imposed.Sanctions) != 0 || l.Imposed.General != 0 {
		t.Errorf("imposed %+v, want nothing", l.Imposed)
	}
	got := map[string]int64{}
	for _, o := range l.Owed {
		got[o.Rule+" "+o.Subject.ID] = o.Amount
	}
	want := map[string]int64{"ship-on-time 0": 1000, "ship-on-time 1": 1000, "ship-on-time 2": 1000, "ship-on-time small": 200, "refund A1": 10_000}
	if diff := cmp.Diff(want, got); diff != "" || l.Unread != 0 {
		t.Errorf("owed (-want +got):\n%s unread %d", diff, l.Unread)
	}
}

func TestOnlyTheLatestBrokenCasesArePricedAndTheRestIsSaid(t *testing.T) {
	_, c, tracker, desk := tracked(t, start)
	var events []rules.Event
	for i := range 130 {
		events = append(events, bought(fmt.Sprint(i), start.Add(time.Duration(i)*time.Second), 100_000, "CNY"))
	}
	apply(t, tracker, events...)
	c.set(start.Add(49 * time.Hour))
	ok(t, tracker.Sweep(t.Context()))
	l, err := desk.Ladder(t.Context(), "s1", rules.NewDate(2026, 11, 22))
	ok(t, err)
	if len(l.Owed) != 100 || l.Unread != 30 || l.Owed[0].Subject.ID != "129" {
		t.Errorf("%d priced, %d not, first %v; want 100, 30 and order 129", len(l.Owed), l.Unread, l.Owed[0])
	}
}

func TestPenaltiesAreOfTheirYearWhateverTheOrderOfTheirFacts(t *testing.T) {
	now := time.Date(2027, 1, 3, 0, 0, 0, 0, time.UTC)
	m, _, tracker, desk := tracked(t, now)
	at := func(year, month, day int) time.Time {
		return time.Date(year, time.Month(month), day, 1, 0, 0, 0, time.UTC)
	}
	apply(t, tracker, announced("back", "penalty.withdrawn", "", "", at(2027, 1, 2)))
	apply(t, tracker,
		announced("early", "penalty.appealed", "", "", at(2026, 12, 31)), // heard of before its notice
		announced("early", "penalty.issued", "severe_points", "4", at(2027, 1, 1)),
		announced("back", "penalty.issued", "general_points", "2", at(2027, 1, 1)),
		announced("open", "penalty.issued", "general_points", "1", at(2026, 12, 30)),
		announced("done", "penalty.issued", "general_points", "1", at(2026, 6, 1)))
	if got, want := m.penalties["s1"]["back"], rules.InstantOf(at(2027, 1, 1)); got != want {
		t.Errorf("the index has the instant %d, want that of the first fact, %d", got, want)
	}
	l, err := desk.Ladder(t.Context(), "s1", rules.NewDate(2027, 1, 3))
	ok(t, err)
	if l.Imposed.Severe != 400 || l.Imposed.General != 0 || l.Imposed.Returned != 200 {
		t.Errorf("severe %s, general %s, returned %s; want 4, 0 and 2", l.Imposed.Severe, l.Imposed.General, l.Imposed.Returned)
	}
	if len(l.Earlier) != 1 || l.Earlier[0].ID != "open" {
		t.Errorf("of last year %+v, want the one that can still be appealed", l.Earlier)
	}
	today, err := desk.Today(t.Context(), "s1")
	ok(t, err)
	card, err := desk.Scorecard(t.Context(), "s1", rules.NewDate(2027, 1, 2), false)
	ok(t, err)
	for name, l := range map[string]notify.LadderView{"today": today.Ladder, "scorecard": card.Ladder} {
		if l.Imposed.Severe != 400 || len(l.Owed) != 0 {
			t.Errorf("%s: severe %s, owed %v; want 4, and no prices", name, l.Imposed.Severe, l.Owed)
		}
	}
}

func TestAReportSaysStepsOfItsDaysOnlyAndPointsOfTheYear(t *testing.T) {
	_, c, tracker, desk := tracked(t, start)
	ctx := t.Context()
	for day := range 2 {
		at := start.AddDate(0, 0, day)
		apply(t, tracker, bought(fmt.Sprint(day, "a"), at, 1000, "CNY"), bought(fmt.Sprint(day, "b"), at, 1000, "CNY"))
	}
	apply(t, tracker, announced("P", "penalty.issued", "severe_points", "1.5", start), announced("old", "penalty.issued", "notice", "", start.AddDate(0, -1, 0)))
	c.set(start.AddDate(0, 0, 6))
	ok(t, tracker.Sweep(ctx))
	for name, ask := range map[string]func(from, to rules.Date) (sla.Report, error){
		"stored":  func(from, to rules.Date) (sla.Report, error) { return desk.Report(ctx, "s1", from, to) },
		"counted": func(from, to rules.Date) (sla.Report, error) { return desk.UnderPack(ctx, "s1", "any", from, to) },
	} {
		r, err := ask(rules.NewDate(2026, 11, 23), rules.NewDate(2026, 11, 25))
		ok(t, err)
		want := sla.Consequences{
			Measures:     []sla.MeasureReport{{Day: "2026-11-23", Rule: "ship-on-time", Line: "points", Rung: "general_points", Class: "general", Points: 2.5, Cases: 2}},
			Points:       sla.PointsReport{General: 5, Next: &sla.NodeReport{Class: "general", At: 12, Missing: 7}},
			Imposed:      []sla.ImposedReport{},
			Compensation: []sla.OwedReport{}, // later than 48 h
		}
		if diff := cmp.Diff(want, r.Consequences); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		r, err = ask(rules.NewDate(2026, 11, 1), rules.NewDate(2026, 11, 23))
		ok(t, err)
		imposed := []sla.ImposedReport{{Penalty: "P", Rung: "severe_points", Points: 1.5, Issued: "2026-11-20T02:00:00Z", AppealBy: "2026-11-27T23:59:59Z", State: "issued"}}
		if diff := cmp.Diff(imposed, r.Imposed); diff != "" || r.Points.General != 2.5 {
			t.Errorf("%s: %g points; imposed (-want +got):\n%s", name, r.Points.General, diff)
		}
	}
}
