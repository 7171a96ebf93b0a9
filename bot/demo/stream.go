package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// paceView is the clock as the page shows it.
type paceView struct {
	Now   int64   `json:"now"` // milliseconds
	Speed float64 `json:"speed"`
	Rush  bool    `json:"rush"`
}

func (p *pages) paceNow() paceView {
	pace := p.d.clock.Pace()
	return paceView{pace.Now.UnixMilli(), pace.Speed, !pace.Rush.IsZero()}
}

// beat is how often the stream says what the clock shows, so that pages do not drift and dead connections are noticed.
// comeBack is how soon a browser comes back, in milliseconds.
const (
	beat     = 2 * time.Second
	comeBack = 1000
)

// reader is one browser that listens.
type reader struct {
	w    http.ResponseWriter
	hub  *hub
	seq  int64 // what it has seen
	lost bool  // it has seen nothing, or too long ago
	pace paceView
}

// stream sends what changes until the browser goes away or the demo ends.
func (p *pages) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Time{}) // a server without deadlines does not know how
	fmt.Fprintf(w, "retry: %d\n\n", comeBack)
	p.first.Do(func() { close(p.visited) })
	seq, known := p.d.hub.seen(r.Header.Get("Last-Event-ID"))
	browser := reader{w: w, hub: p.d.hub, seq: seq, lost: !known}
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for late := true; ; {
		browser.tellPace(p.paceNow(), late)
		changed := browser.catchUp()
		if err := out.Flush(); err != nil || changed == nil {
			return
		}
		late = false
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-ticker.C:
			late = true
		}
	}
}

// catchUp sends what the browser has not seen, and returns when to ask again, nil when the demo is over.
func (b *reader) catchUp() <-chan struct{} {
	list, changed, ok := b.hub.since(b.seq)
	if !ok || b.lost {
		list, b.lost = []update{b.hub.all()}, false
	}
	for _, u := range list {
		b.seq = u.seq
		fmt.Fprintf(b.w, "id: %s\nevent: %s\ndata: %s\n\n", b.hub.id(u.seq), u.kind, u.data)
	}
	return changed
}

// tellPace sends the clock, when it is time or its speed has changed. It has no id: there is nothing in it to resume from.
func (b *reader) tellPace(now paceView, late bool) {
	if !late && now.Speed == b.pace.Speed && now.Rush == b.pace.Rush {
		return
	}
	b.pace = now
	data, _ := json.Marshal(now) // three plain values
	fmt.Fprintf(b.w, "event: pace\ndata: %s\n\n", data)
}
