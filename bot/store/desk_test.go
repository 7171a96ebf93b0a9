package store_test

import (
	"fmt"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/bot/store/storetest"
	"shopwarden/config"
	"shopwarden/rules"
)

// TestTenThousandMissesAnswerWellWithinASecond reads the hours of misses, a trend and an appeal of a shop in trouble from a
// server. The limit is ten times what it takes, so that a slow machine passes and a read without bounds does not.
func TestTenThousandMissesAnswerWellWithinASecond(t *testing.T) {
	s := open(t, storetest.Redis(t))
	shop, ctx := saved(t, s, "s1"), t.Context()
	const misses, minute = 10_000, rules.Instant(60_000)
	now := noon
	for from := 0; from < misses; from += 1000 {
		w := sla.ShopWrite{Shop: shop, Broken: map[sla.CaseID]rules.Instant{}, Dossiers: map[rules.Subject]rules.Dossier{}}
		for i := from; i < from+1000; i++ {
			subject := rules.Subject{Kind: rules.Order, ID: fmt.Sprint(i)}
			due := now - rules.Instant(i/5)*minute // five at a time
			w.Broken[sla.CaseID{Rule: "ship", Subject: subject}] = due
			facts, _ := rules.Facts{}.Add(rules.Fact{Type: "order.paid", At: due - 48*60*minute})
			w.Dossiers[subject] = rules.Dossier{Facts: facts}
		}
		w.Tallies = map[rules.Date]rules.DayTallies{rules.DateOf(now, time.UTC).Next(-from / 1000): {"ship": {Met: 50, Breached: 1000}}}
		if from == 0 {
			id := rules.Subject{Kind: rules.Penalty, ID: "P-1"}
			facts, _ := rules.Facts{}.Add(rules.Fact{Type: "penalty.issued", At: now - minute, Attrs: []rules.Attr{{Key: "rung", Value: "general_points"}, {Key: "points", Value: "2"}}})
			w.Dossiers[id], w.Penalties = rules.Dossier{Facts: facts}, map[string]rules.Instant{"P-1": now - minute}
		}
		commit(t, s, w)
	}
	desk := sla.NewDesk(s, shipping, func() time.Time { return now.Time() })
	within := func(name string, read func() error) {
		t.Helper()
		begun := time.Now()
		ok(t, read())
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s took %v", name, took)
		}
	}
	var heat notify.HeatView
	within("the hours of misses", func() (err error) { heat, err = desk.Heat(ctx, shop); return err })
	sum := 0
	for _, hours := range heat.Counts {
		for _, n := range hours {
			sum += n
		}
	}
	if heat.Read != misses || heat.Total != misses || sum != misses {
		t.Errorf("read %d, there are %d, counted %d; want %d", heat.Read, heat.Total, sum, misses)
	}
	var trend notify.TrendView
	within("a trend of 90 days", func() (err error) { trend, err = desk.Trend(ctx, shop, 90); return err })
	if len(trend.Days) != 90 {
		t.Errorf("%d days, want 90", len(trend.Days))
	}
	var appeal notify.AppealView
	within("an appeal", func() (err error) { appeal, err = desk.Appeal(ctx, shop, "P-1"); return err })
	if len(appeal.Records) != 100 || appeal.Total != misses || appeal.Tally.Breached != 7000 {
		t.Errorf("%d cases of %d, %d missed; want 100 of %d, 7000", len(appeal.Records), appeal.Total, appeal.Tally.Breached, misses)
	}
	within("the ledger", func() error { _, err := desk.Points(ctx, shop); return err })
	within("what can be appealed", func() error { _, err := desk.Appeals(ctx, shop); return err })
}

// TestMissesOfOneInstantAreAllCounted has more due at once than are read at a time, as when a whole sale was promised for midnight.
func TestMissesOfOneInstantAreAllCounted(t *testing.T) {
	s := open(t, storetest.Redis(t))
	shop := saved(t, s, "s1")
	const misses = 5_000
	w := sla.ShopWrite{Shop: shop, Broken: map[sla.CaseID]rules.Instant{}}
	for i := range misses {
		w.Broken[sla.CaseID{Rule: "ship", Subject: rules.Subject{Kind: rules.Order, ID: fmt.Sprint(i)}}] = noon - 1
	}
	w.Broken[sla.CaseID{Rule: "ship", Subject: rules.Subject{Kind: rules.Order, ID: "earlier"}}] = noon - 2
	commit(t, s, w)
	heat, err := sla.NewDesk(s, shipping, noon.Time).Heat(t.Context(), shop)
	if err != nil || heat.Read != misses+1 || heat.Total != misses+1 {
		t.Errorf("read %d of %d, %v; want %d", heat.Read, heat.Total, err, misses+1)
	}
}

// shipping is a policy with one promise.
func shipping(config.Shop) (*rules.Policy, error) {
	ship := rules.Rule{ID: "ship", Principle: rules.Timely, Subject: rules.Order, Start: []rules.Match{{Type: "order.paid"}}, Stop: []rules.Match{{Type: "order.picked_up"}},
		Deadline: rules.Deadline{Within: 48 * time.Hour}, Day: rules.ByDue, Metric: rules.MetRate, AlertAt: 2, Weight: 1,
		Anchors: rules.Anchors{Excellent: 1, Good: 0.9, Pass: 0.8, Floor: 0.5}}
	return rules.NewPolicy(&rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: []rules.Rule{ship}}}}, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
}
