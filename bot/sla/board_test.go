package sla_test

import (
	"slices"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

func TestAChangeOfWhatIsOpenAsksForALookAtTheBoardOnlyWhereThereIsOne(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}, config.Shop{ID: "s2"}), newClock(start)
	m.chats["s1"] = []notify.Chat{{ID: 7}, {ID: -8, Board: true}}
	m.chats["s2"] = []notify.Chat{{ID: 7}}
	tracker := run(t, m, c)
	for _, shop := range []string{"s1", "s2"} {
		ok(t, tracker.Apply(t.Context(), shop, []rules.Event{paid("1", start)}))
		ok(t, tracker.Apply(t.Context(), shop, []rules.Event{paid("1", start)})) // nothing new
	}
	if want := []rules.Instant{rules.InstantOf(start.Add(20 * time.Second))}; !slices.Equal(m.boards, want) {
		t.Errorf("looks asked for at %v, want %v", m.boards, want)
	}
}

func TestTheBoardSeesWhatIsOpenAndWhatIsBroken(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker := run(t, m, c)
	desk := sla.NewDesk(m, policy, c.now)
	apply(t, tracker, paid("1", start), paid("2", start), paid("3", start.Add(24*time.Hour)))
	c.set(start.Add(49 * time.Hour))
	sweep(t, tracker, 2)
	apply(t, tracker, picked("1", start.Add(49*time.Hour)))
	b, err := desk.Board(t.Context(), "s1")
	ok(t, err)
	if b.Total != 1 || len(b.Due) != 1 || b.Due[0].Subject.ID != "3" || b.Next != rules.InstantOf(start.Add(72*time.Hour)) || b.Open["ship-on-time"] != 1 {
		t.Errorf("open: %d in all, %+v, next %d, by rule %v", b.Total, b.Due, b.Next, b.Open)
	}
	reasons := map[string]rules.Reason{}
	for _, k := range b.Broken {
		reasons[k.Subject.ID] = k.Reason
	}
	if len(reasons) != 2 || reasons["1"] != rules.StoppedLate || reasons["2"] != rules.NeverStopped || b.More {
		t.Errorf("broken: %v, more %v", reasons, b.More)
	}
}
