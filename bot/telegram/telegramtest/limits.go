package telegramtest

import (
	"fmt"
	"net/http"
	"time"
)

// Limits are Telegram's flood limits as sliding windows over sent messages. A
// zero field is no limit. A refused message counts for none of them.
type Limits struct {
	ChatPerSecond  int // to one chat, in the long run
	ChatBurst      int // seconds' worth of ChatPerSecond that may come at once; 1 when zero
	GroupPerMinute int // to one group or supergroup
	PerSecond      int // to all chats together
	CountEdits     bool
}

// TelegramLimits are the figures of core.telegram.org/bots/faq: one message a
// second to a chat with short bursts, 20 a minute to a group, 30 a second in
// all. The FAQ does not say how short a burst is (3 here), nor whether edits
// count; here they do, which is the careful reading.
func TelegramLimits() Limits {
	return Limits{ChatPerSecond: 1, ChatBurst: 3, GroupPerMinute: 20, PerSecond: 30, CountEdits: true}
}

// Limits are the limits the server keeps to.
func (s *Server) Limits() Limits { return s.cfg.Limits }

// window allows limit events in any span of time.
type window struct {
	limit int
	span  time.Duration
	taken []time.Time
}

// forget drops what has left the window.
func (w *window) forget(now time.Time) {
	for len(w.taken) > 0 && !w.taken[0].After(now.Add(-w.span)) {
		w.taken = w.taken[1:]
	}
}

// wait is how long until one more event fits; zero when it fits now.
func (w *window) wait(now time.Time) time.Duration {
	w.forget(now)
	if w.limit == 0 || len(w.taken) < w.limit {
		return 0
	}
	return w.taken[len(w.taken)-w.limit].Add(w.span).Sub(now)
}

func (w *window) take(now time.Time) {
	if w.limit > 0 {
		w.taken = append(w.taken, now)
	}
}

// pace keeps the windows of all chats.
type pace struct {
	limits Limits
	all    window
	chats  map[int64]*[2]window // by second, by minute
	sweep  int                  // so many chats, and the idle ones are forgotten
}

// fewest is how many chats may have windows before any are forgotten.
const fewest = 1024

func newPace(l Limits) pace {
	return pace{limits: l, all: window{limit: l.PerSecond, span: time.Second}, chats: map[int64]*[2]window{}, sweep: fewest}
}

func (p *pace) windows(c *chat) []*window {
	own, known := p.chats[c.ID]
	if !known {
		burst := max(p.limits.ChatBurst, 1)
		own = &[2]window{{limit: p.limits.ChatPerSecond * burst, span: time.Duration(burst) * time.Second}}
		if !c.private() {
			own[1] = window{limit: p.limits.GroupPerMinute, span: time.Minute}
		}
		p.chats[c.ID] = own
	}
	return []*window{&p.all, &own[0], &own[1]}
}

// prune forgets chats whose windows are empty, each time their number has doubled
// since, so that a message costs the same however many chats there were.
func (p *pace) prune(now time.Time) {
	if len(p.chats) < p.sweep {
		return
	}
	for id, own := range p.chats {
		own[0].forget(now)
		own[1].forget(now)
		if len(own[0].taken)+len(own[1].taken) == 0 {
			delete(p.chats, id)
		}
	}
	p.sweep = max(fewest, 2*len(p.chats))
}

// charge counts one message to a chat, or refuses it with 429 and the whole
// seconds to wait.
func (p *pace) charge(c *chat, now time.Time) error {
	p.prune(now)
	var longest time.Duration
	for _, w := range p.windows(c) {
		longest = max(longest, w.wait(now))
	}
	if longest > 0 {
		after := int((longest + time.Second - 1) / time.Second)
		return &Error{
			Code:        http.StatusTooManyRequests,
			Description: fmt.Sprintf("Too Many Requests: retry after %d", after),
			RetryAfter:  after,
		}
	}
	for _, w := range p.windows(c) {
		w.take(now)
	}
	return nil
}

func (p *pace) chargeEdit(c *chat, now time.Time) error {
	if !p.limits.CountEdits {
		return nil
	}
	return p.charge(c, now)
}
