package outbox

import "time"

// Telegram's limits are sliding windows: some 30 messages a second in all, one a second to a chat with short bursts, 20 a
// minute to a group, edits included (core.telegram.org/bots/faq; grammy.dev on edits). Sending at exact intervals does not
// keep them: 1/30 s apart puts 31 messages into one sliding second. So the pacer slides windows of its own, and dates a
// message when its answer is there, not when it is sent: however long each took on the way, the server never sees more in
// a window than the limit.

// Limits are what a pacer keeps to. A zero field is the default.
type Limits struct {
	PerSecond int // in all; 25. With several replicas, each one's share
	Burst     int // messages to one chat in as many seconds; 3
	PerMinute int // to one group; 18
}

func (l Limits) withDefaults() Limits {
	l.PerSecond = or(l.PerSecond, 25)
	l.Burst = or(l.Burst, 3)
	l.PerMinute = or(l.PerMinute, 18)
	return l
}

// or is n, or the default when n is not set.
func or[T int | time.Duration](n, standard T) T {
	if n <= 0 {
		return standard
	}
	return n
}

// window lets limit messages through in any span of time.
type window struct {
	limit int
	span  time.Duration
	busy  int         // on their way
	taken []time.Time // when those that arrived did, the oldest first
}

// next is when one more message fits, now when it does at once. While the answer depends on messages on their way it is a
// whole span from now; ask again when one has ended.
func (w *window) next(now time.Time) time.Time {
	w.forget(now)
	surplus := w.busy + len(w.taken) - w.limit
	switch {
	case surplus < 0:
		return now
	case surplus < len(w.taken):
		return w.taken[surplus].Add(w.span)
	}
	return now.Add(w.span)
}

func (w *window) forget(now time.Time) {
	for len(w.taken) > 0 && !w.taken[0].Add(w.span).After(now) {
		w.taken = w.taken[1:]
	}
}

func (w *window) begin() { w.busy++ }

func (w *window) end(now time.Time) {
	w.busy--
	w.taken = append(w.taken, now)
}

// chatPace is what one chat may get. The second window is for groups only.
type chatPace struct {
	windows []*window
	until   time.Time // nothing before, Telegram said so
}

// pacer says when a chat may get its next message. It is not safe for concurrent use.
type pacer struct {
	limits Limits
	all    window
	until  time.Time // nothing to anybody before
	chats  map[int64]*chatPace
	floods []flood
}

// flood is one 429, for guessing whether it was meant for the chat or for the bot: Telegram does not say.
type flood struct {
	chat int64
	at   time.Time
}

const (
	// floodSpan and floodChats: so many chats flooded within that time are the bot's fault, not theirs.
	floodSpan  = 5 * time.Second
	floodChats = 3
	// longestGuess bounds a pause for all, because it rests on a guess. The next 429 renews it.
	longestGuess = time.Minute
)

func newPacer(l Limits) *pacer {
	return &pacer{limits: l, all: window{limit: l.PerSecond, span: time.Second}, chats: map[int64]*chatPace{}}
}

func (p *pacer) chat(id int64) *chatPace {
	c := p.chats[id]
	if c == nil {
		c = &chatPace{windows: []*window{{limit: p.limits.Burst, span: time.Duration(p.limits.Burst) * time.Second}}}
		if id < 0 { // Telegram's ids: people above zero, groups and channels below
			c.windows = append(c.windows, &window{limit: p.limits.PerMinute, span: time.Minute})
		}
		p.chats[id] = c
	}
	return c
}

// ready is when the chat may get its next message as far as it alone is concerned.
func (p *pacer) ready(id int64, now time.Time) time.Time {
	c := p.chat(id)
	at := later(now, c.until)
	for _, w := range c.windows {
		at = later(at, w.next(now))
	}
	return at
}

// open is when anybody may get a message.
func (p *pacer) open(now time.Time) time.Time { return later(p.all.next(now), p.until) }

// begin counts a message on its way, end dates it.
func (p *pacer) begin(id int64) {
	p.all.begin()
	for _, w := range p.chat(id).windows {
		w.begin()
	}
}

func (p *pacer) end(id int64, now time.Time) {
	p.all.end(now)
	for _, w := range p.chat(id).windows {
		w.end(now)
	}
}

// flood obeys a 429: the chat rests until then, and everybody does when too many chats got one.
func (p *pacer) flood(id int64, until, now time.Time) {
	c := p.chat(id)
	c.until = later(c.until, until)
	kept := []flood{{id, now}}
	for _, f := range p.floods {
		if f.chat != id && now.Sub(f.at) < floodSpan {
			kept = append(kept, f)
		}
	}
	p.floods = kept
	if len(kept) >= floodChats {
		p.until = later(p.until, earlier(until, now.Add(longestGuess)))
	}
}

// prune forgets chats that may get anything.
func (p *pacer) prune(now time.Time) {
	for id, c := range p.chats {
		idle := !c.until.After(now)
		for _, w := range c.windows {
			w.forget(now)
			idle = idle && w.busy == 0 && len(w.taken) == 0
		}
		if idle {
			delete(p.chats, id)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
