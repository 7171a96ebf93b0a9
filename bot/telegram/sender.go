package telegram

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"shopwarden/bot/outbox"
)

// probeTimeout is for asking whether Telegram answers at all.
const probeTimeout = 10 * time.Second

// Sender implements outbox.Sender. What can be helped is helped within one call: an edit whose message is gone becomes a new
// message, a text that does not parse goes out without its tags, one that is too long as a file, one for a topic that is gone
// goes to the general one. A message with a File is a document, and is never an edit. An
// edit in doubt counts as not sent, since it may be repeated.
//
// After some calls in a row that nobody answered, messages are held back until Telegram answers a question that changes
// nothing: so a connection that swallows everything puts few messages in doubt instead of all of them. A Sender is safe for concurrent
// use.
type Sender struct {
	client *Client
	tokens Tokens
	paid   bool
	log    *slog.Logger

	silent atomic.Int32 // calls in a row that brought no answer
	probe  sync.Mutex
}

// NewSender returns a sender. paid allows Telegram to take Stars for what goes beyond its free rate.
func NewSender(client *Client, tokens Tokens, paid bool, log *slog.Logger) *Sender {
	return &Sender{client: client, tokens: tokens, paid: paid, log: log}
}

// Send implements outbox.Sender.
func (s *Sender) Send(ctx context.Context, m outbox.Message, editID int) outbox.Outcome {
	if !s.reachable(ctx) {
		return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonUnreachable}
	}
	markup, err := keyboard(ctx, m.Buttons, m.Kind != outbox.Reply, s.tokens)
	if err != nil {
		s.log.Error("composing a message", "key", m.Key, "err", err)
		return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonStore}
	}
	if m.File != nil {
		editID = 0
	}
	d := newDraft(m, editID, markup)
	d.paid = s.paid
	for {
		id, failed := s.try(ctx, d)
		s.heed(failed)
		if failed == nil {
			return outbox.Outcome{Verdict: outbox.Delivered, MessageID: id, Reason: d.note}
		}
		next, ok := d.revise(failed.Reason)
		if failed.Verdict != outbox.Refused || !ok {
			return s.outcome(d, failed)
		}
		if failed.Reason != outbox.ReasonEditGone {
			s.log.Warn("message refused, trying a plainer one", "key", m.Key, "chat", m.Chat, "reason", failed.Reason,
				"next", next.note, "err", failed)
		}
		d = next
	}
}

// try makes one call.
func (s *Sender) try(ctx context.Context, d draft) (id int, failed *CallError) {
	if d.edit > 0 {
		_, failed = s.client.do(ctx, "editMessageText", func(ctx context.Context) {
			_, _ = s.client.api.EditMessageText(ctx, d.editParams()) // do knows better
		})
		return d.edit, failed
	}
	method, call := "sendMessage", func(ctx context.Context) {
		_, _ = s.client.api.SendMessage(ctx, d.sendParams()) // do knows better
	}
	if d.file != nil {
		method, call = "sendDocument", func(ctx context.Context) {
			_, _ = s.client.api.SendDocument(ctx, d.documentParams())
		}
	}
	raw, failed := s.client.do(ctx, method, call)
	if failed != nil {
		return 0, failed
	}
	var sent struct {
		ID int `json:"message_id"`
	}
	if json.Unmarshal(raw, &sent) != nil || sent.ID == 0 {
		return 0, &CallError{Method: method, Verdict: outbox.Unknown, Reason: outbox.ReasonOddReply, Code: 200}
	}
	return sent.ID, nil
}

// outcome is what a failed try means for the queue.
func (s *Sender) outcome(d draft, failed *CallError) outbox.Outcome {
	out := outbox.Outcome{Verdict: failed.Verdict, Reason: failed.Reason, RetryAfter: failed.RetryAfter, NewChat: failed.NewChat}
	switch {
	case d.edit > 0 && failed.Reason == outbox.ReasonNotModified:
		return outbox.Outcome{Verdict: outbox.Delivered, MessageID: d.edit, Reason: outbox.ReasonNotModified}
	case d.edit > 0 && failed.Verdict == outbox.Unknown:
		out.Verdict = outbox.NotSent
	case failed.Verdict == outbox.Refused && d.file != nil && failed.Reason == outbox.ReasonNoRights:
		out.Reason = outbox.ReasonBadRequest // it takes no files; that says nothing about texts
		fallthrough
	case failed.Verdict == outbox.Refused:
		s.log.Warn("message refused", "chat", d.chat, "reason", failed.Reason, "err", failed)
	}
	return out
}

// silentAfter is how many calls in a row without an answer make Telegram unreachable. One may just have been unlucky.
const silentAfter = 3

// heed counts calls that nobody answered.
func (s *Sender) heed(failed *CallError) {
	if failed != nil && !answered(failed) {
		s.silent.Add(1)
	} else {
		s.silent.Store(0)
	}
}

// answered reports whether Telegram itself said anything.
func answered(failed *CallError) bool {
	switch failed.Reason {
	case outbox.ReasonTimeout, outbox.ReasonNetwork, outbox.ReasonProxy, outbox.ReasonOddReply:
		return false
	}
	return true
}

// reachable reports whether it makes sense to send. One message at a time asks; others are told no meanwhile.
func (s *Sender) reachable(ctx context.Context) bool {
	if s.silent.Load() < silentAfter {
		return true
	}
	if !s.probe.TryLock() {
		return false
	}
	defer s.probe.Unlock()
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	_, failed := s.client.do(ctx, "getMe", func(ctx context.Context) {
		_, _ = s.client.api.GetMe(ctx) // do knows better
	})
	if failed != nil && !answered(failed) {
		return false
	}
	s.silent.Store(0)
	return true
}
