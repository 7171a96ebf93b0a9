package sla_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// accused is a shop with three late parcels and one in time, a late refund, and a penalty of the 23rd that names a rule and
// gives a reason.
func accused(t *testing.T, rule, reason string) (*clock, *sla.Tracker, *sla.Desk) {
	t.Helper()
	_, c, tracker, desk := tracked(t, start)
	var events []rules.Event
	for i := range 4 {
		events = append(events, paid(fmt.Sprint("A-100", i), start.Add(time.Duration(i)*time.Minute)))
	}
	apply(t, tracker, append(events, picked("A-1003", start.Add(time.Hour)),
		rules.Event{ID: "a", Type: "aftersale.opened", At: start, Data: rules.Data{AftersaleID: "B-1", OrderID: "A-1000", Kind: "refund"}})...)
	c.set(start.Add(72 * time.Hour))
	ok(t, tracker.Sweep(t.Context()))
	p := announced("P|1", "penalty.issued", "general_points", "2", start.Add(71*time.Hour))
	p.Data.Rule, p.Data.Reason = rule, reason
	apply(t, tracker, p)
	return c, tracker, desk
}

func TestAnAppealShowsTheRecordOfTheRuleThatTheNoticeNames(t *testing.T) {
	for name, tt := range map[string]struct {
		rule, reason, found   string
		named, records, total int
		tally                 rules.Tally
	}{
		"by its id":        {"ship-on-time", "", "ship-on-time", 0, 3, 3, rules.Tally{Met: 1, Breached: 3}},
		"an unknown rule":  {"发货违规", "", "", 0, 4, 4, rules.Tally{Met: 1, Breached: 4}},
		"no rule":          {"", "late", "", 0, 4, 4, rules.Tally{Met: 1, Breached: 4}},
		"a reason with id": {"ship-on-time", "order A-1003 (and A-1000) was late; A-9999", "ship-on-time", 2, 4, 4, rules.Tally{Met: 1, Breached: 3}},
	} {
		_, _, desk := accused(t, tt.rule, tt.reason)
		a, err := desk.Appeal(t.Context(), "s1", "P|1")
		ok(t, err)
		if a.Rule != tt.found || a.Named != tt.named || len(a.Records) != tt.records || a.Total != tt.total {
			t.Errorf("%s: rule %q, %d named, %d records of %d; want %q, %d, %d of %d", name, a.Rule, a.Named, len(a.Records), a.Total, tt.found, tt.named, tt.records, tt.total)
		}
		if a.Tally.Met != tt.tally.Met || a.Tally.Breached != tt.tally.Breached || len(a.Days) != 7 {
			t.Errorf("%s: %+v over %d days", name, a.Tally, len(a.Days))
		}
		if tt.named > 0 && (a.Records[0].Case.Subject.ID != "A-1003" || a.Records[0].Case.Outcome != rules.Met || len(a.Records[0].Facts) != 2) {
			t.Errorf("%s: the first record is %+v", name, a.Records[0])
		}
	}
}

func TestAnUnknownPenaltyHasNoAppeal(t *testing.T) {
	_, _, desk := accused(t, "", "")
	for _, id := range []string{"P", "", "A-1000"} {
		if _, err := desk.Appeal(t.Context(), "s1", id); !errors.Is(err, sla.ErrNotFound) {
			t.Errorf("%q: %v, want %v", id, err, sla.ErrNotFound)
		}
	}
	if _, err := desk.Appeal(t.Context(), "nobody", "P|1"); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("of an unknown shop: %v", err)
	}
}

func TestWhatPeopleSayOfAnAppealCountsOnceAndOnlyThePlatformUndoesIt(t *testing.T) {
	c, tracker, desk := accused(t, "", "")
	apply(t, tracker, announced("soon", "penalty.issued", "warning", "", start.Add(70*time.Hour)))
	states := func(open, waiting int) {
		t.Helper()
		a, err := desk.Appeals(t.Context(), "s1")
		ok(t, err)
		if len(a.Open) != open || len(a.Waiting) != waiting {
			t.Errorf("%d open and %d waiting, want %d and %d", len(a.Open), len(a.Waiting), open, waiting)
		}
	}
	states(2, 0)
	folder := appeal.Folder{}.FiledBy(alarm.Mark{Person: 11, At: rules.InstantOf(start.Add(72 * time.Hour))})
	e, _ := folder.Event("P|1")
	for range 2 {
		apply(t, tracker, e)
	}
	states(1, 1)
	apply(t, tracker, announced("P|1", "penalty.withdrawn", "", "", start.Add(80*time.Hour)))
	apply(t, tracker, e)
	states(1, 0)
	c.set(start.AddDate(0, 0, 30))
	states(0, 0)
}

func TestTheHoursOfMissesAreThoseOfTheDeadline(t *testing.T) {
	_, _, desk := accused(t, "", "")
	h, err := desk.Heat(t.Context(), "s1")
	ok(t, err)
	// the parcels were due on Sunday at 2, the refund on Saturday at 2
	if h.Read != 4 || h.Total != 4 || h.Counts[6][2] != 3 || h.Counts[5][2] != 1 {
		t.Errorf("read %d of %d: %v", h.Read, h.Total, h.Counts)
	}
}

func TestATrendHasADayForEachDayAndNoScoreWithoutCases(t *testing.T) {
	_, _, desk := accused(t, "", "")
	var trend notify.TrendView
	trend, err := desk.Trend(t.Context(), "s1", 7)
	ok(t, err)
	if len(trend.Days) != 7 || trend.To != rules.NewDate(2026, 11, 24) {
		t.Fatalf("%d days up to %v", len(trend.Days), trend.To)
	}
	for i, want := range []bool{false, false, false, false, true, true, false} {
		if got := trend.Days[i].Total.Known; got != want {
			t.Errorf("%s has a score: %v, want %v", trend.From.Next(i), got, want)
		}
	}
}

func TestTheLedgerOfTodayHasBothSidesAndNoPrices(t *testing.T) {
	_, _, desk := accused(t, "", "")
	l, err := desk.Points(t.Context(), "s1")
	ok(t, err)
	if l.Imposed.General != 200 || l.Ledger.Sum(rules.General).Points != 250 || len(l.Owed) != 0 || l.Day != rules.NewDate(2026, 11, 23) {
		t.Errorf("imposed %s, simulated %s, owed %v, day %s", l.Imposed.General, l.Ledger.Sum(rules.General).Points, l.Owed, l.Day)
	}
}
