package demo

import (
	"container/heap"
	"sync"
	"time"

	"shopwarden/rules"
)

// timeline is everything that will happen in the shop, in the order in which its platform sends it. Days are invented as
// they come. It is safe for concurrent use.
type timeline struct {
	mu    sync.Mutex
	world *world
	queue shots
	hold  time.Time // nothing is sent before
	extra serials
	late  []proof // what a late proof could take back, the latest last
}

// proof is a parcel whose deadline passes although it left in time.
type proof struct {
	order string
	due   time.Time
	told  time.Time // when its proof comes by itself; zero = never
}

func newTimeline(seed uint64, zone *time.Location, first rules.Date) *timeline {
	return &timeline{world: newWorld(seed, zone, first), extra: serials{}}
}

// put adds to the timeline. The caller holds t.mu.
func (t *timeline) put(list []shot) {
	for _, s := range list {
		heap.Push(&t.queue, s)
	}
}

// take returns what is to be sent by now and was not taken before.
func (t *timeline) take(now time.Time) (due []rules.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.world.at(0, 0).After(now) {
		t.put(t.world.next())
	}
	if now.Before(t.hold) {
		return nil
	}
	for len(t.queue) > 0 && !t.queue[0].send.After(now) {
		due = append(due, heap.Pop(&t.queue).(shot).event)
	}
	return due
}

// shots is a heap by sending time; ties are broken by id, so that the order never depends on how they came in.
type shots []shot

func (s shots) Len() int      { return len(s) }
func (s shots) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s shots) Less(i, j int) bool {
	if s[i].send.Equal(s[j].send) {
		return s[i].event.ID < s[j].event.ID
	}
	return s[i].send.Before(s[j].send)
}

// Push implements heap.Interface.
func (s *shots) Push(x any) { *s = append(*s, x.(shot)) }

// Pop implements heap.Interface.
func (s *shots) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}
