package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"shopwarden/rules"
)

// shot is one event on its way: when the shop's platform sends it, and what it says. Proof that comes late is sent after
// it happened; everything else is sent at once.
type shot struct {
	send  time.Time
	event rules.Event
}

// world invents what happens in the shop, one local day after the other. The same seed invents the same. A day's shots are
// those of everything that begins on it, also where they end days later.
//
// The shop is good, not perfect, and its faults have causes: agents are slow over lunch, the western warehouse falls behind
// at weekends. Advice that looks for causes can find them.
type world struct {
	rng    *rand.Rand
	zone   *time.Location
	day    rules.Date
	serial int // behind every id
	orders []string
	shots  []shot
}

func newWorld(seed uint64, zone *time.Location, first rules.Date) *world {
	return &world{rng: rand.New(rand.NewPCG(seed, 2026)), zone: zone, day: first, serial: 1000}
}

// next invents the next day.
func (w *world) next() []shot {
	w.shots = nil
	w.say(w.at(7, 0), "address.checked", rules.Data{Valid: new(true)})
	w.times(34+w.rng.IntN(9), w.order)
	w.times(40+w.rng.IntN(11), w.chat)
	w.times(4+w.rng.IntN(3), w.aftersale)
	w.times(5+w.rng.IntN(3), w.review)
	w.times(2, w.invoice)
	w.times(w.rng.IntN(2), w.goodwill)
	w.times(w.rng.IntN(2), w.claim)
	w.times(w.rng.IntN(2), w.ticket)
	w.times(w.rng.IntN(5)/4, w.promise)
	w.day = w.day.Next(1)
	return w.shots
}

func (w *world) times(n int, f func()) {
	for range n {
		f()
	}
}

// say adds an event at its instant.
func (w *world) say(at time.Time, kind rules.Type, data rules.Data) {
	w.shots = append(w.shots, happened(at, kind, data))
}

// happened is an event that is sent as it happens. Its id says what it is, so that a delivery is repeated under the id it
// had.
func happened(at time.Time, kind rules.Type, data rules.Data) shot {
	at = at.Truncate(time.Second).UTC()
	e := rules.Event{Type: kind, At: at, Data: data}
	e.ID = fmt.Sprintf("evt_%s_%s_%d", subjectOf(e), kind, at.Unix())
	return shot{send: at, event: e}
}

// subjectOf is the id an event is about, for people; "" when it is about the shop itself.
func subjectOf(e rules.Event) string {
	d := e.Data
	for _, id := range []string{d.AftersaleID, d.ConversationID, d.ReviewID, d.TicketID, d.ClaimID, d.PromiseID, d.PenaltyID, d.OrderID} {
		if id != "" {
			return id
		}
	}
	return ""
}

func (w *world) id(prefix string) string {
	w.serial++
	return prefix + strconv.Itoa(w.serial)
}

// at is a local time of the day in hand.
func (w *world) at(hour, minute int) time.Time {
	return w.day.At(hour*60+minute, w.zone).Time()
}

// between is a random time between two.
func (w *world) between(from, to time.Duration) time.Duration {
	return from + time.Duration(w.rng.Int64N(int64(to-from)))
}

// chance is true in p of all cases.
func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

func (w *world) pick(list ...string) string { return list[w.rng.IntN(len(list))] }

// busy is how people's day goes: when they order and ask, by the hour.
var busy = [24]int{2, 1, 0, 0, 0, 0, 1, 2, 5, 7, 8, 8, 10, 9, 7, 6, 6, 6, 7, 8, 11, 12, 9, 5}

// arrival is a time of the day in hand between two hours, most likely in a busy one.
func (w *world) arrival(from, to int) time.Time {
	sum := 0
	for _, n := range busy[from:to] {
		sum += n
	}
	n := w.rng.IntN(sum)
	for hour := from; ; hour++ {
		if n -= busy[hour]; n < 0 {
			return w.at(hour, 0).Add(w.between(0, time.Hour))
		}
	}
}

// open moves a time at which nobody works to soon after the next opening.
func (w *world) open(t time.Time, from, to int) time.Time {
	day := rules.DateOf(rules.InstantOf(t), w.zone)
	opens, closes := day.At(from*60, w.zone).Time(), day.At(to*60, w.zone).Time()
	switch {
	case t.Before(opens):
		return opens.Add(w.between(2*time.Minute, 50*time.Minute))
	case !t.Before(closes):
		return day.Next(1).At(from*60, w.zone).Time().Add(w.between(2*time.Minute, 50*time.Minute))
	}
	return t
}
