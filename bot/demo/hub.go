package demo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// How much the hub remembers: updates for a browser that comes back, and what a browser that comes anew is shown.
const (
	keptUpdates  = 2000
	keptMessages = 200 // per chat
	keptNews     = 80
)

// update is one change of what the page shows.
type update struct {
	seq  int64
	kind string
	data []byte // JSON
}

// hub tells browsers what changes. It keeps the state of the page, so that a new browser gets all of it at once, and the
// latest updates, so that one that was away gets what it missed. It is safe for concurrent use; a slow browser holds up
// nobody.
type hub struct {
	run string // tells this process from an earlier one in Last-Event-ID

	mu      sync.Mutex
	seq     int64
	updates []update
	chats   map[string]*transcript
	news    []Delivery
	changed chan struct{}
	closed  bool
}

// transcript is what a chat shows.
type transcript struct {
	order []int
	byID  map[int]messageView
}

// snapshot is all that the page shows.
type snapshot struct {
	Chats map[string][]messageView `json:"chats"`
	News  []Delivery               `json:"news"`
}

func newHub(run string) *hub {
	return &hub{run: run, chats: map[string]*transcript{}, changed: make(chan struct{})}
}

// message records and tells that a message is new or has changed.
func (h *hub) message(m messageView) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t, known := h.chats[m.Chat]
	if !known {
		t = &transcript{byID: map[int]messageView{}}
		h.chats[m.Chat] = t
	}
	t.put(m)
	h.publish("message", m)
}

func (t *transcript) put(m messageView) {
	if _, known := t.byID[m.ID]; !known {
		t.order = append(t.order, m.ID)
	}
	t.byID[m.ID] = m
	if len(t.order) > keptMessages {
		delete(t.byID, t.order[0])
		t.order = t.order[1:]
	}
}

// delivery records and tells what became of a webhook.
func (h *hub) delivery(d Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.news = append(h.news, d)
	if len(h.news) > keptNews {
		h.news = h.news[1:]
	}
	h.publish("delivery", d)
}

// wake makes the readers look again although nothing is new.
func (h *hub) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ring()
}

// ring wakes the readers. The caller holds h.mu.
func (h *hub) ring() {
	if !h.closed {
		close(h.changed)
		h.changed = make(chan struct{})
	}
}

// passing tells something that stays nowhere on the page: the answer to a pressed button, that somebody is typing.
func (h *hub) passing(kind string, v any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.publish(kind, v)
}

// publish appends an update and wakes the readers. The caller holds h.mu. v is of our own making, so it can be written.
func (h *hub) publish(kind string, v any) {
	data, err := json.Marshal(v)
	if err != nil || h.closed {
		return
	}
	h.seq++
	h.updates = append(h.updates, update{h.seq, kind, data})
	if len(h.updates) > keptUpdates {
		h.updates = h.updates[1:]
	}
	h.ring()
}

// close ends all streams.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.changed)
	}
}

// id is what a browser says it has seen last.
func (h *hub) id(seq int64) string { return fmt.Sprintf("%s-%d", h.run, seq) }

// seen reads an id; ok is false for none, and for one of another process.
func (h *hub) seen(id string) (seq int64, ok bool) {
	rest, ours := strings.CutPrefix(id, h.run+"-")
	seq, err := strconv.ParseInt(rest, 10, 64)
	return seq, ours && err == nil && seq >= 0
}

// since returns what came after seq and when to ask again. ok is false when that is more than the hub remembers, or seq is
// of the future: the browser then needs a snapshot. changed is nil when nothing will ever come.
func (h *hub) since(seq int64) (list []update, changed <-chan struct{}, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	missed := h.seq - seq
	if missed < 0 || missed > int64(len(h.updates)) {
		return nil, h.next(), false
	}
	list = append(list, h.updates[len(h.updates)-int(missed):]...)
	return list, h.next(), true
}

func (h *hub) next() <-chan struct{} {
	if h.closed {
		return nil
	}
	return h.changed
}

// all is the state of the page, as an update.
func (h *hub) all() update {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := snapshot{Chats: map[string][]messageView{}, News: append([]Delivery{}, h.news...)}
	for name, t := range h.chats {
		for _, id := range t.order {
			s.Chats[name] = append(s.Chats[name], t.byID[id])
		}
	}
	data, _ := json.Marshal(s) // of our own making
	return update{h.seq, "snapshot", data}
}
