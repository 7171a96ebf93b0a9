package sla_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/config"
)

func TestAnAlertStaysTrueUntilItsCaseIsSettled(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker := run(t, m, c)
	apply(t, tracker, paid("open", start.Add(47*time.Hour)), paid("broken", start), paid("kept", start), paid("late", start),
		paid("called off", start), paid("a|b", start), paid("c|order/broken", start), picked("c|order/broken", start.Add(time.Hour)),
		paid("d|order/late", start), picked("kept", start.Add(time.Hour)), picked("late", start.Add(49*time.Hour)))
	off := paid("called off", start.Add(time.Hour))
	off.ID, off.Type, off.Data.By = "off", "order.canceled", "buyer"
	apply(t, tracker, off)
	c.set(start.Add(50 * time.Hour))
	cases := []struct {
		id   string
		want bool
	}{
		{"ship-on-time|order/open", true}, {"ship-on-time|order/broken", true}, {"ship-on-time|order/kept", false},
		{"ship-on-time|order/late", false}, {"ship-on-time|order/called off", false},
		{"ship-on-time|order/a|b", true},             // a bar in an id
		{"ship-on-time|order/c|order/broken", false}, // and one that could be read as another order's
		{"ship-on-time|order/d|order/late", true},
		{"chat-first-response|order/broken", false}, // no such case any more
		{"ship-on-time|order/never heard of", true}, // nothing is kept of it
		{"ship-on-time|day/2026-11-20", true}, {"", true}, {"nonsense", true}, {"x|y", true}, {"|/", true}, {"a|order/", true},
	}
	var ids []string
	var want []bool
	for _, k := range cases {
		ids, want = append(ids, k.id), append(want, k.want)
	}
	got, err := sla.NewDesk(m, policy, c.now).Current(t.Context(), "s1", ids)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		if got[i] != want[i] {
			t.Errorf("%q: got %v, want %v", ids[i], got[i], want[i])
		}
	}
	if none, err := sla.NewDesk(m, policy, c.now).Current(t.Context(), "s1", nil); err != nil || len(none) != 0 {
		t.Errorf("of nothing: %v, %v", none, err)
	}
	slices.Reverse(ids)
	back, err := sla.NewDesk(m, policy, c.now).Current(t.Context(), "s1", ids)
	slices.Reverse(back)
	if err != nil || !slices.Equal(back, got) {
		t.Errorf("in another order: %v, %v", back, err)
	}
	if _, err := sla.NewDesk(m, policy, c.now).Current(t.Context(), "s2", ids); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("of a shop that is gone: %v", err)
	}
}
