package outbox

import (
	"slices"
	"time"
)

// item is a claim that waits to be let through.
type item struct {
	Claimed
	at    time.Time // when it was claimed
	until time.Time // its chat may get nothing before
	grant Grant
}

// hand is what a worker has claimed and not begun, the earliest lane first and in it in the order of arrival. The zero hand
// is empty. It is not safe for concurrent use.
type hand struct {
	lanes  [Lanes + 1][]*item
	closed [Lanes + 1]time.Time // nothing of the lane is let through before, whoever it is for
}

func (h *hand) add(c Claimed, now time.Time) {
	h.lanes[c.Line.Lane] = append(h.lanes[c.Line.Lane], &item{Claimed: c, at: now})
}

func (h *hand) remove(it *item) {
	list := h.lanes[it.Line.Lane]
	if i := slices.Index(list, it); i >= 0 {
		h.lanes[it.Line.Lane] = slices.Delete(list, i, i+1)
	}
}

// sizes are how many items there are in the urgent and in the bulk lanes.
func (h *hand) sizes() (urgent, bulk int) {
	for l, list := range h.lanes {
		if Lane(l) <= lastUrgent {
			urgent += len(list)
		} else {
			bulk += len(list)
		}
	}
	return urgent, bulk
}

// items are all there are.
func (h *hand) items() []*item { return slices.Concat(h.lanes[:]...) }

// shut keeps a lane and all later ones shut until then.
func (h *hand) shut(first Lane, until time.Time) {
	for l := int(first); l <= Lanes; l++ {
		h.closed[l] = until
	}
}

// ready are the items that may be asked for now, the most urgent first.
func (h *hand) ready(now time.Time) (list []*item) {
	for l, items := range h.lanes {
		if h.closed[l].After(now) {
			continue
		}
		for _, it := range items {
			if !it.until.After(now) {
				list = append(list, it)
			}
		}
	}
	return list
}

// next is when one of the items may be asked for.
func (h *hand) next() (at time.Time, ok bool) {
	for l, items := range h.lanes {
		for _, it := range items {
			t := it.until
			if h.closed[l].After(t) {
				t = h.closed[l]
			}
			if !ok || t.Before(at) {
				at, ok = t, true
			}
		}
	}
	return at, ok
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
