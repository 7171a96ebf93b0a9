package telegramtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	maxBatch   = 100              // updates in one answer
	maxTimeout = 50 * time.Second // Telegram ends a long poll after that
)

// updateQueue holds what the bot has not acknowledged yet, oldest first.
type updateQueue struct {
	next    int64
	waiting []update
	allowed []string // empty means the default set
}

type update struct {
	id   int64
	body json.RawMessage
}

// wants tells whether the bot asked for updates of this kind. The default is
// everything but the three kinds Telegram sends only when they are named.
func (q *updateQueue) wants(kind string) bool {
	if len(q.allowed) > 0 {
		return slices.Contains(q.allowed, kind)
	}
	switch kind {
	case "chat_member", "message_reaction", "message_reaction_count":
		return false
	}
	return true
}

// add queues an update under the next id.
func (q *updateQueue) add(fields map[string]any) (int64, error) {
	id := q.next
	fields["update_id"] = id
	body, err := json.Marshal(fields)
	if err != nil {
		return 0, fmt.Errorf("encode update: %w", err)
	}
	q.next++
	q.waiting = append(q.waiting, update{id: id, body: body})
	return id, nil
}

// seek forgets every update before offset; a negative offset keeps the last
// -offset of them; zero forgets nothing.
func (q *updateQueue) seek(offset int64) {
	switch {
	case offset > 0:
		q.waiting = slices.DeleteFunc(q.waiting, func(u update) bool { return u.id < offset })
	case offset < 0 && int64(len(q.waiting)) > -offset:
		q.waiting = slices.Clone(q.waiting[int64(len(q.waiting))+offset:])
	}
}

// notify queues an update of a kind the bot asked for and drops the others.
// The caller holds s.mu. Marshalling our own types cannot fail.
func (s *Server) notify(kind string, payload any) {
	if s.updates.wants(kind) {
		_, _ = s.updates.add(map[string]any{kind: payload})
	}
	s.announce()
}

// PushRaw queues an arbitrary update, also one that no client can decode, and
// returns the update_id it was given. allowed_updates does not hold it back.
// It errs when raw is not a JSON object.
func (s *Server) PushRaw(raw json.RawMessage) (int64, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return 0, fmt.Errorf("push raw update: %w", err)
	}
	if fields == nil {
		return 0, errors.New("push raw update: want a JSON object, got null")
	}
	values := make(map[string]any, len(fields)+1)
	for key, value := range fields {
		values[key] = value
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.updates.add(values)
	s.announce()
	return id, err
}

// Pending is the number of updates the bot has not acknowledged.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.updates.waiting)
}

// Polling tells whether a getUpdates call waits for updates right now.
func (s *Server) Polling() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.poll != nil
}

// poll is a getUpdates call under way.
type poll struct {
	limit int
	ended error // set when somebody else took over
}

func conflict(reason string) error {
	return &Error{Code: http.StatusConflict, Description: "Conflict: " + reason}
}

// getUpdates answers at once when updates wait, else as soon as one comes or
// the timeout has passed.
func (s *Server) getUpdates(ctx context.Context, r *request) (json.RawMessage, error) {
	p, err := s.beginPoll(r)
	if err != nil {
		return nil, err
	}
	defer s.endPoll(p)
	timeout := min(max(time.Duration(r.number("timeout"))*time.Second, 0), maxTimeout)
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		batch, changed, err := s.batch(p)
		if err != nil || len(batch) > 0 {
			return encodeBatch(batch), err
		}
		select {
		case <-changed:
		case <-timer.C:
			return encodeBatch(nil), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.ctx.Done():
			return nil, &Error{Code: http.StatusServiceUnavailable, Description: "Service Unavailable"}
		}
	}
}

// beginPoll acknowledges, and takes the poll over from whoever holds it.
func (s *Server) beginPoll(r *request) (*poll, error) {
	var allowed []string
	if err := r.object("allowed_updates", &allowed); err != nil {
		return nil, err
	}
	limit := int(r.number("limit"))
	if limit <= 0 || limit > maxBatch {
		limit = maxBatch
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook != nil {
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if r.has("allowed_updates") {
		s.updates.allowed = allowed
	}
	s.updates.seek(r.number("offset"))
	p := &poll{limit: limit}
	s.endPolls("terminated by other getUpdates request; make sure that only one bot instance is running")
	s.poll = p
	s.announce()
	return p, nil
}

// endPolls sends the waiting poller away, if there is one. The caller holds s.mu.
func (s *Server) endPolls(reason string) {
	if s.poll != nil {
		s.poll.ended = conflict(reason)
		s.poll = nil
		s.announce()
	}
}

func (s *Server) endPoll(p *poll) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.poll == p {
		s.poll = nil
		s.announce()
	}
}

// batch is what the poll may take now, and a channel that closes on the next change.
func (s *Server) batch(p *poll) ([]update, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.ended != nil {
		return nil, nil, p.ended
	}
	n := min(p.limit, len(s.updates.waiting))
	return slices.Clone(s.updates.waiting[:n]), s.changed, nil
}

func encodeBatch(batch []update) json.RawMessage {
	body := []byte{'['}
	for i, u := range batch {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, u.body...)
	}
	return append(body, ']')
}
