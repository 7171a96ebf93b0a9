package telegramtest

import (
	"context"
	"encoding/json"
	"fmt"
)

// EventKind says what happened in a chat.
type EventKind int

// What can happen. EventAnswered and EventAction carry no Message.
const (
	EventSent     EventKind = iota + 1 // a new message, of the bot or of people
	EventEdited                        // text, caption or keyboard changed
	EventDeleted                       // a message was taken away
	EventReacted                       // the bot set or removed a reaction
	EventAnswered                      // the bot answered a pressed button: Event.Answer
	EventAction                        // "typing" and the like: Event.Action
)

// String is the kind in one lower-case word.
func (k EventKind) String() string {
	switch k {
	case EventSent:
		return "sent"
	case EventEdited:
		return "edited"
	case EventDeleted:
		return "deleted"
	case EventReacted:
		return "reacted"
	case EventAnswered:
		return "answered"
	case EventAction:
		return "action"
	}
	return fmt.Sprintf("EventKind(%d)", int(k))
}

// MarshalJSON writes the word.
func (k EventKind) MarshalJSON() ([]byte, error) { return json.Marshal(k.String()) }

// Event is one change of a chat.
type Event struct {
	Kind    EventKind       `json:"kind"`
	ChatID  int64           `json:"chat_id"`
	Message *Message        `json:"message,omitempty"`
	Answer  *CallbackAnswer `json:"answer,omitempty"`
	Action  string          `json:"action,omitempty"`
}

// watcher queues events for a reader who may be slow; nothing is dropped.
type watcher struct {
	queue []Event
	wake  chan struct{} // holds one token when the queue has grown
}

// Watch streams the changes of all chats from now on, in order. The channel
// closes when ctx ends or the server closes. A slow reader misses nothing.
func (s *Server) Watch(ctx context.Context) <-chan Event {
	out := make(chan Event)
	w := &watcher{wake: make(chan struct{}, 1)}
	if !s.enter() {
		close(out)
		return out
	}
	s.mu.Lock()
	s.watchers[w] = struct{}{}
	s.mu.Unlock()
	go func() {
		defer s.work.Done()
		defer close(out)
		defer s.unwatch(w)
		s.stream(ctx, w, out)
	}()
	return out
}

func (s *Server) unwatch(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, w)
}

func (s *Server) stream(ctx context.Context, w *watcher, out chan<- Event) {
	for {
		for _, e := range s.drain(w) {
			select {
			case out <- e:
			case <-ctx.Done():
				return
			case <-s.ctx.Done():
				return
			}
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Server) drain(w *watcher) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := w.queue
	w.queue = nil
	return queue
}

// show tells watchers and waiters about a message. The caller holds s.mu.
func (s *Server) show(kind EventKind, m *message) {
	s.publish(Event{Kind: kind, ChatID: m.ChatID}, m)
}

// publish tells watchers and waiters. The caller holds s.mu.
func (s *Server) publish(e Event, m *message) {
	for w := range s.watchers {
		if m != nil {
			shown := m.copied()
			e.Message = &shown
		}
		w.queue = append(w.queue, e)
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
	s.announce()
}
