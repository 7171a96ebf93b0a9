package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/rules"
)

var base = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

func TestTheSameLoadGivesTheSamePosts(t *testing.T) {
	l := load{shops: 10, batch: 3, posts: 200, seed: 7, base: base, signed: base}
	first, err := l.make()
	if err != nil {
		t.Fatal(err)
	}
	second, err := l.make()
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b post) bool {
		return bytes.Equal(a.wire, b.wire) && a.events == b.events && a.opens == b.opens
	}
	if !slices.EqualFunc(first, second, same) {
		t.Error("they differ")
	}
}

// TestEveryEventOfTheMixIsNews: a repeated fact would be acknowledged and leave no trace in the log.
func TestEveryEventOfTheMixIsNews(t *testing.T) {
	facts := map[string]rules.Facts{}
	kinds := map[rules.Type]int{}
	for lane := range lanes {
		m := newMix(1, base, 10, lanes, lane)
		for range 5000 {
			shop := m.shop()
			e := m.next(shop).event
			kinds[e.Type]++
			if err := e.Check(); err != nil {
				t.Fatalf("%+v: %v", e, err)
			}
			about := e.Facts()[0]
			key, fresh := shop.id+"/"+about.Subject.String(), false
			if facts[key], fresh = facts[key].Add(about.Fact); !fresh {
				t.Fatalf("told twice: %+v", e)
			}
		}
	}
	for _, kind := range []rules.Type{"order.paid", "order.delivered", "chat.message", "aftersale.opened", "aftersale.return_received", "aftersale.refunded"} {
		if kinds[kind] == 0 {
			t.Errorf("the mix has no %s: %v", kind, kinds)
		}
	}
}

func TestTheBaseIsAroundNoonInItsZone(t *testing.T) {
	for hour := range 24 {
		at := base.Add(time.Duration(hour) * time.Hour)
		zone, err := time.LoadLocation(zone(at))
		if err != nil {
			t.Fatal(err)
		}
		if got := at.In(zone).Hour(); got != 12 {
			t.Errorf("%v: %d o'clock in %v, want 12", at, got, zone)
		}
	}
}

// shelf is a reader of one shop.
type shelf struct {
	events int
	open   int64
	timed  int64
	times  rules.Durations
}

func (s shelf) Days(_ context.Context, asks []sla.DayAsk) ([]sla.DayData, error) {
	day := asks[0].Days[0]
	return []sla.DayData{{
		Tallies: map[rules.Date]rules.DayTallies{day: {"ship-on-time": {Open: s.open, Timed: s.timed}}},
		Took:    map[sla.RuleDay]rules.Durations{{Day: day, Rule: "ship-on-time"}: s.times},
	}}, nil
}

func (s shelf) Log(_ context.Context, _ string, f func(rules.Event) error) error {
	for range s.events {
		if err := f(rules.Event{}); err != nil {
			return err
		}
	}
	return nil
}

func TestAnAuditFindsWhatWasLostOrCountedTwice(t *testing.T) {
	sent := sample{events: 3, opens: [len(opened)]int64{opensShip: 2}}
	for name, tt := range map[string]struct {
		shelf
		ok bool
	}{
		"all there":       {shelf{3, 2, 1, rules.Durations{5}}, true},
		"an event lost":   {shelf{2, 2, 1, rules.Durations{5}}, false},
		"a case lost":     {shelf{3, 1, 1, rules.Durations{5}}, false},
		"a case twice":    {shelf{3, 3, 1, rules.Durations{5}}, false},
		"a time lost":     {shelf{3, 2, 1, nil}, false},
		"an event logged": {shelf{4, 2, 1, rules.Durations{5}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := audit(t.Context(), tt.shelf, 1, 20_000, sent)
			if tt.ok != (err == nil) || err != nil && !errors.Is(err, errCount) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnAnswerThatIsNoAcknowledgementIsAnError(t *testing.T) {
	for answer, ok := range map[string]bool{
		"HTTP/1.1 200 OK\r\nContent-Length: 37\r\n\r\n{\"ok\":true,\"accepted\":20,\"unknown\":0}": true,
		"HTTP/1.1 200 OK\r\nContent-Length: 37\r\n\r\n{\"ok\":true,\"accepted\":19,\"unknown\":1}": false,
		"HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\n{}":                                         false,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n":                           false,
		"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{":                                           false,
		"\r\n": false,
	} {
		here, there := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = bufio.NewReader(there).ReadByte()
			_, _ = there.Write([]byte(answer))
			_ = there.Close()
		}()
		l := &line{conn: here, in: bufio.NewReader(here)}
		if err := l.send(&post{wire: []byte("x"), events: 20}); ok != (err == nil) {
			t.Errorf("%q: got %v", answer, err)
		}
		_ = here.Close()
		<-done
	}
}

func TestMediansAndDelays(t *testing.T) {
	if got := spreadOf([]float64{3, 1, 2, 10}); got != (spread{2.5, 1, 10}) {
		t.Errorf("got %v", got)
	}
	s := sample{delays: []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	if s.delay(0.5) != 6 || s.delay(0.99) != 10 || (&sample{}).delay(0.5) != 0 {
		t.Errorf("delays %v %v", s.delay(0.5), s.delay(0.99))
	}
}
