package demo

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
)

// sse is one Server-Sent Event.
type sse struct{ id, event, data string }

func (s theatre) listen(t *testing.T, lastID string) (<-chan sse, context.CancelFunc) {
	t.Helper()
	return listenTo(t, s.url, lastID)
}

// listenTo reads a stream in the background; pace events, which come at any time, are left out.
func listenTo(t *testing.T, url, lastID string) (<-chan sse, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/demo/stream", http.NoBody)
	must(t, err)
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	answer, err := http.DefaultClient.Do(req)
	must(t, err)
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type %q", kind)
	}
	out := make(chan sse, 100)
	go func() {
		defer answer.Body.Close()
		defer close(out)
		var e sse
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				e.id = value
			case "event":
				e.event = value
			case "data":
				e.data = value
			case "":
				if e.event != "" && e.event != "pace" {
					out <- e
				}
				e = sse{}
			}
		}
	}()
	return out, cancel
}

func expect(t *testing.T, stream <-chan sse, event, holding string) sse {
	t.Helper()
	e, ok := <-stream
	if !ok || e.event != event || !strings.Contains(e.data, holding) {
		t.Fatalf("got %+v (%v), want %s with %q", e, ok, event, holding)
	}
	return e
}

func TestTheStreamBeginsWithEverythingAndGoesOn(t *testing.T) {
	s := newTheatre(t, "en")
	s.hub.message(messageView{Chat: ownerChat, ID: 1, Text: "before"})
	stream, _ := s.listen(t, "")
	expect(t, stream, "snapshot", "before")
	s.hub.message(messageView{Chat: ownerChat, ID: 2, Text: "after"})
	expect(t, stream, "message", "after")
	select {
	case <-s.pages.visited:
	default:
		t.Error("nobody noticed the visitor")
	}
}

func TestAStreamResumesWhereItBroke(t *testing.T) {
	s := newTheatre(t, "en")
	first, cut := s.listen(t, "")
	expect(t, first, "snapshot", "{")
	s.hub.message(messageView{Chat: ownerChat, ID: 1, Text: "seen"})
	last := expect(t, first, "message", "seen")
	cut()
	s.hub.message(messageView{Chat: ownerChat, ID: 2, Text: "missed"})
	s.hub.delivery(Delivery{Type: "order.paid"})
	again, _ := s.listen(t, last.id)
	expect(t, again, "message", "missed")
	expect(t, again, "delivery", "order.paid")
	s.hub.message(messageView{Chat: ownerChat, ID: 3, Text: "live"})
	expect(t, again, "message", "live")
}

func TestAStreamOfAnotherRunBeginsAnew(t *testing.T) {
	s := newTheatre(t, "en")
	s.hub.message(messageView{Chat: ownerChat, ID: 1, Text: "here"})
	for _, id := range []string{"former-1", "run-500", "nonsense"} {
		stream, _ := s.listen(t, id)
		expect(t, stream, "snapshot", "here")
	}
}

func TestStreamsEndWithTheDemo(t *testing.T) {
	s := newTheatre(t, "en")
	stream, _ := s.listen(t, "")
	expect(t, stream, "snapshot", "{")
	s.hub.close()
	if e, open := <-stream; open {
		t.Errorf("got %+v", e)
	}
}
