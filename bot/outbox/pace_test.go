package outbox

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 11, 8, 0, 0, 0, time.UTC)

// most is the largest number of times within any span, which includes its end but not its beginning.
func most(times []time.Time, span time.Duration) int {
	slices.SortFunc(times, time.Time.Compare)
	best, from := 0, 0
	for i, t := range times {
		for !times[from].After(t.Add(-span)) {
			from++
		}
		best = max(best, i-from+1)
	}
	return best
}

// TestNoWindowOfTheServerIsEverOverfull sends as early as the window allows over a network that delays each message as it
// likes; the server counts when it sees them.
func TestNoWindowOfTheServerIsEverOverfull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 6).Draw(t, "limit")
		delays := rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 60).Draw(t, "delays")
		w := window{limit: limit, span: time.Second}
		now := start
		var seen, ends []time.Time // ends: messages on their way, by their end
		for _, d := range delays {
			for now.Before(w.next(now)) {
				at := w.next(now)
				if len(ends) > 0 && !ends[0].After(at) {
					at = ends[0]
					w.end(at)
					ends = ends[1:]
				}
				now = later(now, at)
			}
			w.begin()
			arrived := now.Add(time.Duration(d) * time.Millisecond)
			seen = append(seen, arrived.Add(-time.Duration(rand.IntN(d+1))*time.Millisecond))
			ends = append(ends, arrived)
			slices.SortFunc(ends, time.Time.Compare)
		}
		if got := most(seen, time.Second); got > limit {
			t.Fatalf("%d messages in one second, the limit is %d", got, limit)
		}
	})
}

func TestOneFloodedChatStopsOnlyItself(t *testing.T) {
	p := newPacer(Limits{}.withDefaults())
	p.flood(1, start.Add(time.Minute), start)
	p.flood(1, start.Add(time.Minute), start.Add(time.Second))
	p.flood(2, start.Add(time.Minute), start.Add(time.Second))
	if got := p.open(start.Add(2 * time.Second)); got.After(start.Add(2 * time.Second)) {
		t.Errorf("two flooded chats stop everybody until %v", got)
	}
	if got := p.ready(1, start.Add(time.Second)); !got.Equal(start.Add(time.Minute)) {
		t.Errorf("the flooded chat is ready at %v", got)
	}
}

func TestManyFloodedChatsStopEverybodyForAMinuteAtMost(t *testing.T) {
	p := newPacer(Limits{}.withDefaults())
	for chat := range int64(floodChats) {
		p.flood(chat+1, start.Add(3*time.Hour), start.Add(time.Duration(chat)*time.Second))
	}
	want := start.Add((floodChats-1)*time.Second + longestGuess)
	if got := p.open(start.Add(3 * time.Second)); !got.Equal(want) {
		t.Errorf("open at %v, want %v", got, want)
	}
	if got := p.ready(1, start.Add(2*time.Minute)); !got.Equal(start.Add(3 * time.Hour)) {
		t.Errorf("the chat itself is ready at %v", got)
	}
}

func TestAnIdleChatIsForgotten(t *testing.T) {
	p := newPacer(Limits{}.withDefaults())
	p.begin(-1)
	p.prune(start)
	p.end(-1, start)
	p.prune(start.Add(59 * time.Second))
	if len(p.chats) != 1 {
		t.Fatal("a chat with a full window was forgotten")
	}
	p.prune(start.Add(time.Minute))
	if len(p.chats) != 0 {
		t.Error("an idle chat is remembered")
	}
}
