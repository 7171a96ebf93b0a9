package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"shopwarden/rules"
)

// Shop is how one generated shop differs from the others.
type Shop struct {
	Number int
	Pack   string
	Zone   string // IANA name of a zone without daylight saving in the range
	Always bool   // hours: always
}

// first and last are the range of the generated log; it is looked at when it ends.
var (
	first = time.Date(2026, 9, 27, 16, 0, 0, 0, time.UTC)
	last  = time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC)
)

// pointsPack is the pack that gives points.
const pointsPack = "douyin-2023-points"

// shops returns n shops: most as Douyin has them, some in other zones, around the clock, or under the points of 2023.
func shops(n int) []Shop {
	list := make([]Shop, n)
	for i := range list {
		s := Shop{Number: i + 1, Pack: "douyin-2026", Zone: "Asia/Shanghai", Always: i%4 == 3}
		if i%3 == 2 {
			s.Pack = pointsPack
		}
		switch i % 5 {
		case 2:
			s.Zone = "UTC"
		case 4:
			s.Zone = "Asia/Kolkata" // half past the hour
		}
		list[i] = s
	}
	return list
}

// log makes up the events of one shop.
type log struct {
	rng    *rand.Rand
	zone   *time.Location
	busy   bool // most of it happens on a few days, so that much goes wrong on one of them
	events []rules.Event
	ids    int
}

// generate returns n events of a shop, in the order of their arrival: shuffled, with about 2 % said twice. The same seed and
// shop give the same events.
func generate(seed uint64, s Shop, n int) ([]rules.Event, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("loading the zone of shop %d: %w", s.Number, err)
	}
	g := &log{rng: rand.New(rand.NewPCG(seed, uint64(s.Number))), zone: zone, busy: s.Pack == pointsPack}
	stories := []struct {
		share int
		tell  func()
	}{
		{40, g.order}, {30, g.conversation}, {4, g.looseAftersale}, {6, g.review}, {3, g.ticket}, {3, g.claim}, {4, g.promise},
		{2, g.address}, {2, g.penalty}, {1, g.guarantee},
	}
	unique := n - n/50
	for len(g.events) < unique {
		k := g.rng.IntN(95)
		for _, story := range stories {
			if k -= story.share; k < 0 {
				story.tell()
				break
			}
		}
	}
	g.events = g.events[:unique]
	for len(g.events) < n { // the same once more, under another id
		again := g.events[g.rng.IntN(unique)]
		again.ID = g.id("again")
		g.events = append(g.events, again)
	}
	g.rng.Shuffle(n, func(i, j int) { g.events[i], g.events[j] = g.events[j], g.events[i] })
	return g.events, nil
}

// say adds an event, unless it would happen after the end of the log.
func (g *log) say(at time.Time, t rules.Type, d rules.Data) {
	if at = at.Truncate(time.Millisecond); at.Before(first) || at.After(last) {
		return
	}
	g.events = append(g.events, rules.Event{ID: g.id("e"), Type: t, At: at, Data: d})
}

func (g *log) id(prefix string) string { g.ids++; return fmt.Sprintf("%s%d", prefix, g.ids) }

// chance is true in p of 100 cases.
func (g *log) chance(p int) bool { return g.rng.IntN(100) < p }

func pick[T any](g *log, list ...T) T { return list[g.rng.IntN(len(list))] }

// maybe is a flag that is often absent.
func (g *log) maybe(p int) *bool {
	switch {
	case g.chance(p):
		return new(true)
	case g.chance(50):
		return nil
	}
	return new(false)
}

// uniform returns a duration below d in whole milliseconds.
func (g *log) uniform(d time.Duration) time.Duration {
	return time.Duration(g.rng.Int64N(max(d.Milliseconds(), 1))) * time.Millisecond
}

// whenever returns an instant of the range, often at an edge of the day.
func (g *log) whenever() time.Time {
	at := first.Add(g.uniform(last.Sub(first)))
	if g.busy && g.chance(60) {
		at = first.Add(time.Duration(pick(g, 5, 6, 20, 40, 55))*day + g.uniform(day))
	}
	return g.edge(at)
}

// edge moves every fourth instant to midnight, to an edge of the service hours or of the night, or one millisecond beside.
func (g *log) edge(t time.Time) time.Time {
	if !g.chance(25) {
		return t
	}
	y, m, d := t.In(g.zone).Date()
	return time.Date(y, m, d, pick(g, 0, 8, 23, 24, 0, 6), 0, 0, 0, g.zone).UTC().Add(g.beside())
}

func (g *log) beside() time.Duration {
	return time.Duration(g.rng.IntN(3)-1) * time.Millisecond
}

// after returns an instant after t that has to do with a limit: inside it, at it to the millisecond, beyond it, at t itself.
func (g *log) after(t time.Time, limits ...time.Duration) time.Time {
	limit := pick(g, limits...)
	switch k := g.rng.IntN(100); {
	case k < 50:
		return t.Add(g.uniform(limit))
	case k < 75:
		return t.Add(limit + g.beside())
	case k < 80:
		return t
	case k < 85:
		return g.edge(t.Add(g.uniform(2 * limit)))
	}
	return t.Add(limit + g.uniform(2*limit))
}

// text writes an instant, now and then with the local offset.
func (g *log) text(t time.Time) string {
	if g.chance(30) {
		t = t.In(g.zone)
	}
	return t.Format("2006-01-02T15:04:05.999Z07:00")
}

// excuse adds exceptions of a subject around t, some with an end, some taken back.
func (g *log) excuse(p int, subject string, t time.Time, codes ...string) {
	for g.chance(p) {
		code := pick(g, codes...)
		if g.chance(20) {
			code = pick(g, rules.Codes()...)
		}
		at := g.after(t.Add(-12*time.Hour), 12*time.Hour, 24*time.Hour, 72*time.Hour)
		d := rules.Data{Subject: subject, Code: code}
		if g.chance(60) {
			d.Until = g.text(g.after(at, time.Hour, 6*time.Hour, 24*time.Hour))
		}
		g.say(at, "case.excused", d)
		if g.chance(25) {
			g.say(g.after(at, time.Hour, 24*time.Hour), "case.reinstated", rules.Data{Subject: subject, Code: code})
		}
	}
}
