package sla_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// crowd reads many shops out of a memory; bad ones cannot be read.
type crowd struct {
	*memory
	bad  []string
	down bool
}

func (c *crowd) Glances(ctx context.Context, shops []string, ask sla.GlanceAsk) (list []sla.Glance, _ error) {
	for _, shop := range shops {
		if c.down || slices.Contains(c.bad, shop) {
			return nil, errors.New("settings that are none")
		}
		cfg, err := c.Shop(ctx, shop)
		if err != nil {
			list = append(list, sla.Glance{})
			continue
		}
		g := sla.Glance{Found: true, Config: cfg, Heard: rules.InstantOf(start), Pulse: c.pulses[shop]}
		due, _, err := c.Due(ctx, shop, 1<<20)
		if err != nil {
			return nil, err
		}
		for _, l := range due {
			if l.Due <= ask.Until {
				g.Due, g.Soon = append(g.Due, l), g.Soon+1
			}
		}
		g.Due = g.Due[:min(ask.Open, len(g.Due))]
		if g.Late, _, err = c.Broken(ctx, shop, ask.LateFrom, ask.Now+1, ask.Late); err != nil {
			return nil, err
		}
		for id := range c.penalties[shop] {
			g.Penalties = append(g.Penalties, id)
		}
		list = append(list, g)
	}
	return list, nil
}

func (c *crowd) Gather(ctx context.Context, asks []sla.ShopAsk) (list [][]rules.Dossier, _ error) {
	for _, ask := range asks {
		dossiers, err := c.Dossiers(ctx, ask.Shop, ask.Subjects)
		if err != nil {
			return nil, err
		}
		list = append(list, dossiers)
	}
	return list, nil
}

// Heard is as Glances says it.
func (c *crowd) Heard(context.Context, string) (rules.Instant, error) {
	return rules.InstantOf(start), nil
}

// busy are twelve shops with traffic of their own, looked at some time after it began.
func busy(t *testing.T, after time.Duration) (*crowd, *clock, []string) {
	t.Helper()
	var ids []string
	var shops []config.Shop
	for i := range 12 {
		ids = append(ids, fmt.Sprintf("s%d", i))
		shops = append(shops, config.Shop{ID: ids[i]})
	}
	m, c := newMemory(shops...), newClock(start)
	tracker := run(t, m, c)
	for i, id := range ids {
		for n := range i * 4 {
			at := start.Add(time.Duration(n*i) * time.Minute)
			deliver(t, tracker, id, paid(fmt.Sprint(n), at))
			if n%3 == 0 {
				deliver(t, tracker, id, picked(fmt.Sprint(n), at.Add(time.Hour)))
			}
		}
	}
	c.set(start.Add(after))
	_ = tracker.Sweep(t.Context())
	return &crowd{memory: m}, c, ids
}

func TestTheVerdictOfManyShopsIsThatOfEach(t *testing.T) {
	seen := map[notify.Verdict]bool{}
	for _, after := range []time.Duration{0, time.Minute, 30 * time.Hour, 45 * time.Hour, 46*time.Hour + 30*time.Minute, 47*time.Hour + 45*time.Minute, 48*time.Hour + time.Millisecond, 50 * time.Hour, 90 * time.Hour} {
		crowd, c, ids := busy(t, after)
		desk := sla.NewDesk(crowd, policy, c.now)
		list, err := sla.NewAgency(desk, crowd).Standings(t.Context(), ids)
		if err != nil || len(list) != len(ids) {
			t.Fatalf("after %v: %d shops, %v", after, len(list), err)
		}
		for i, id := range ids {
			today, err := desk.Today(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			got := list[i].Today
			if got.Shop.ID != id || got.Verdict() != today.Verdict() || got.Soon != today.Soon || got.Card.Total != today.Card.Total || len(got.Findings) != len(today.Findings) {
				t.Errorf("after %v, %s: %v, %d due soon, %v; alone %v, %d, %v", after, id, got.Verdict(), got.Soon, got.Card.Total, today.Verdict(), today.Soon, today.Card.Total)
			}
			seen[got.Verdict()] = true
		}
	}
	if len(seen) < 3 {
		t.Errorf("only the verdicts %v came up", seen)
	}
}

func TestAShopThatCannotBeReadIsALineAndTakesNoOtherWithIt(t *testing.T) {
	crowd, c, ids := busy(t, time.Hour)
	crowd.bad = []string{"s3", "s7"}
	crowd.shops["s5"] = config.Shop{ID: "s5", Pack: "gone"}
	agency := sla.NewAgency(sla.NewDesk(crowd, policy, c.now), crowd)
	list, err := agency.Standings(t.Context(), append(ids, "removed-1"))
	if err != nil || len(list) != len(ids) {
		t.Fatalf("%d shops, %v", len(list), err)
	}
	for i, s := range list {
		unread := slices.Contains([]string{"s3", "s5", "s7"}, ids[i])
		if s.Today.Shop.ID != ids[i] || s.Read == unread || unread && s.Verdict() != notify.Unknown {
			t.Errorf("%s: read %v, %v", s.Today.Shop.ID, s.Read, s.Verdict())
		}
	}
	crowd.down = true
	if _, err := agency.Standings(t.Context(), ids); err == nil {
		t.Error("a store that is down is told as shops that are unknown")
	}
}

func TestAnAppealThatEndsSoonIsSeen(t *testing.T) {
	crowd, c, _ := busy(t, 0)
	facts, _ := rules.Facts{}.Add(rules.Fact{Type: "penalty.issued", At: rules.InstantOf(start.Add(-5 * 24 * time.Hour)), Attrs: []rules.Attr{{Key: "rung", Value: "warning"}}})
	crowd.penalties["s0"]["p1"] = facts[0].At
	crowd.dossiers["s0"][rules.Subject{Kind: rules.Penalty, ID: "p1"}] = rules.Dossier{Facts: facts}
	agency := sla.NewAgency(sla.NewDesk(crowd, policy, c.now), crowd)
	for _, want := range []int{1, 0} {
		list, err := agency.Standings(t.Context(), []string{"s0"})
		if err != nil || list[0].Appeals != want || want == 1 && !list[0].Needs() {
			t.Errorf("%d appeals, want %d; %v", list[0].Appeals, want, err)
		}
		facts, _ = facts.Add(rules.Fact{Type: "penalty.appealed", At: rules.InstantOf(start)})
		crowd.dossiers["s0"][rules.Subject{Kind: rules.Penalty, ID: "p1"}] = rules.Dossier{Facts: facts}
	}
}
