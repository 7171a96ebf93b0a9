package demo

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

var (
	shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)
	today    = rules.NewDate(2026, time.November, 23)
	nextDay  = morning.Add(24 * time.Hour)
)

func days(seed uint64) []rules.Event {
	t := newTimeline(seed, shanghai, today.Next(-pastDays))
	t.opening(morning)
	return t.take(nextDay)
}

func written(t *testing.T, events []rules.Event) string {
	t.Helper()
	raw, err := json.Marshal(events)
	must(t, err)
	return string(raw)
}

func TestTheSameSeedBringsTheSameDays(t *testing.T) {
	one := written(t, days(7))
	if written(t, days(7)) != one {
		t.Error("two runs differ")
	}
	if written(t, days(8)) == one {
		t.Error("another seed brought the same days")
	}
}

func TestWhenItIsTakenDoesNotChangeWhatHappens(t *testing.T) {
	once := newTimeline(3, shanghai, today).take(nextDay)
	often := newTimeline(3, shanghai, today)
	var got []rules.Event
	for now := morning.Add(-24 * time.Hour); !now.After(nextDay); now = now.Add(7 * time.Minute) {
		got = append(got, often.take(now)...)
	}
	got = append(got, often.take(nextDay)...)
	if written(t, once) != written(t, got) {
		t.Error("looking often changed the day")
	}
}

func TestEveryEventIsOfTheVocabulary(t *testing.T) {
	ids := map[string]string{}
	for _, e := range days(1) {
		if err := e.Check(); err != nil || !rules.Known(e.Type) {
			t.Errorf("%s: %v", e.ID, err)
		}
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := rules.ParseEvent(raw, ""); err != nil || !cmp.Equal(back, e) {
			t.Errorf("%s does not survive the wire: %v", raw, err)
		}
		if before, twice := ids[e.ID]; twice && before != string(raw) {
			t.Errorf("the id %s stands for two events", e.ID)
		}
		ids[e.ID] = string(raw)
	}
}

func TestADayIsBusyButNotOverwhelming(t *testing.T) {
	w := newWorld(1, shanghai, today)
	for range 30 {
		if n := len(w.next()); n < 150 || n > 700 {
			t.Errorf("a day of %d events", n)
		}
	}
}

func TestNothingIsSentBeforeItHappened(t *testing.T) {
	line := newTimeline(5, shanghai, today)
	line.opening(morning)
	for range 3 {
		line.put(line.world.next())
	}
	for _, s := range line.queue {
		if s.send.Before(s.event.At) {
			t.Errorf("%s is sent %v early", s.event.ID, s.event.At.Sub(s.send))
		}
	}
}
