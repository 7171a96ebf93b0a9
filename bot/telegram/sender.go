package telegram

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"shopwarden/bot/outbox"
)

// probeTimeout is for asking whether Telegram answers at all.
const probeTimeout = 10 * time.Second

// SenderConfig tunes a Sender. The zero value works.
type SenderConfig struct {
	Painter Painter          // nil: no pictures
	Rich    bool             // send rich messages to whom they are written; see TELEGRAM_RICH for why one may not want to
	Paid    bool             // Telegram may take Stars for what goes beyond its free rate
	Now     func() time.Time // nil: time.Now
}

// richPause is for how long rich messages are not tried after a server did not know the method.
const richPause = 6 * time.Hour

// Sender implements outbox.Sender. What can be helped is helped within one call: an edit whose message is gone becomes a new
// message, a text that does not parse goes out without its tags, one that is too long as a file, one for a topic that is gone
// goes to the general one. A message with a File is a document, and is never an edit. An edit in doubt counts as not sent,
// since it may be repeated.
//
// A message with a Picture is a photo with the text as its caption. The text comes first: it goes alone, whole and with its
// buttons, when it is too long for a caption, when the picture cannot be drawn in time, and when Telegram does not take it.
// It does not go beside the picture: two messages ring twice, and what is edited or answered later is one. An edit with a
// picture replaces picture and caption, and gives a text its picture. Where the new picture is not to be had the caption is
// replaced and the old picture stays, but for the answer to a button, which is a message of its own then: the old picture
// shows another page. Where the message is gone it is sent anew. An edit without a picture of a message that has one
// replaces the caption.
//
// A message with Rich and without a picture is a rich message where those are switched on, else its text, and its text also
// where they are refused: at once, and for some hours without asking when the server does not know the method. It is edited
// as a text is, and is a text from then on.
//
// After some calls in a row that nobody answered, messages are held back until Telegram answers a question that changes
// nothing: so a connection that swallows everything puts few messages in doubt instead of all of them. A Sender is safe for
// concurrent use.
type Sender struct {
	client *Client
	tokens Tokens
	cfg    SenderConfig
	studio *studio // nil: no pictures
	log    *slog.Logger

	silent atomic.Int32 // calls in a row that brought no answer
	plain  atomic.Int64 // ms: no rich messages before
	probe  sync.Mutex
}

// NewSender returns a sender.
func NewSender(client *Client, tokens Tokens, cfg SenderConfig, log *slog.Logger) *Sender {
	s := &Sender{client: client, tokens: tokens, cfg: cfg, log: log}
	if cfg.Now == nil {
		s.cfg.Now = time.Now
	}
	if cfg.Painter != nil {
		s.studio = newStudio(cfg.Painter)
	}
	return s
}

// Send implements outbox.Sender.
func (s *Sender) Send(ctx context.Context, m outbox.Message, editID int) outbox.Outcome {
	if m.File != nil && len(m.File.Data) > maxFile {
		s.log.Error("a document is too big to be sent", "key", m.Key, "chat", m.Chat, "bytes", len(m.File.Data))
		return outbox.Outcome{Verdict: outbox.Refused, Reason: outbox.ReasonTooBig}
	}
	if !s.reachable(ctx) {
		return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonUnreachable}
	}
	markup, err := keyboard(ctx, m.Buttons, m.Kind != outbox.Reply, s.tokens)
	if err != nil {
		s.log.Error("composing a message", "key", m.Key, "err", err)
		return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonStore}
	}
	d := s.enrich(m, s.illustrate(ctx, m, newDraft(m, editID, markup)))
	d.paid = s.cfg.Paid
	return s.deliver(ctx, m, d)
}

// deliver tries a draft, and plainer ones while there are any.
func (s *Sender) deliver(ctx context.Context, m outbox.Message, d draft) outbox.Outcome {
	for {
		id, failed := s.try(ctx, d)
		s.heed(failed)
		if failed == nil {
			return outbox.Outcome{Verdict: outbox.Delivered, MessageID: id, Reason: d.note}
		}
		s.learn(d, failed)
		next, ok := d.after(failed)
		if !ok {
			return s.outcome(d, failed)
		}
		if failed.Reason != outbox.ReasonEditGone {
			s.log.Warn("message refused, trying a plainer one", "key", m.Key, "chat", m.Chat, "reason", failed.Reason,
				"form", d.as.String(), "next", next.note, "err", failed)
		}
		d = next
	}
}

// after is the draft to try when one failed. Besides what was refused, a picture and a rich message are given up when a server
// says that it cannot take them: it may be the picture that it stumbles on, and the text must not wait for that. Neither is
// given up in doubt: the text would double it.
func (d draft) after(failed *CallError) (next draft, ok bool) {
	switch failed.Verdict {
	case outbox.Refused:
		return d.revise(failed.Reason)
	case outbox.NotSent:
		if d.as != asPhoto && d.as != asRich {
			return d, false
		}
		switch failed.Reason {
		case outbox.ReasonServerError, outbox.ReasonProxy, outbox.ReasonTimeout, outbox.ReasonNotFound:
			return d.simplify(failed.Reason)
		}
	}
	return d, false
}

// enrich makes a rich message of a text, when there is one and it makes sense to try.
func (s *Sender) enrich(m outbox.Message, d draft) draft {
	if m.Rich == "" || !s.cfg.Rich || d.as != asText || d.edit > 0 || s.cfg.Now().UnixMilli() < s.plain.Load() {
		return d
	}
	d.as, d.rich = asRich, strings.ToValidUTF8(m.Rich, "\uFFFD")
	return d
}

// learn remembers that a server does not know rich messages.
func (s *Sender) learn(d draft, failed *CallError) {
	if d.as == asRich && failed.Reason == outbox.ReasonNotFound {
		s.plain.Store(s.cfg.Now().Add(richPause).UnixMilli())
	}
}

// try makes one call.
func (s *Sender) try(ctx context.Context, d draft) (id int, failed *CallError) {
	method, call := d.call(s.client.api)
	raw, failed := s.client.do(ctx, method, call)
	switch {
	case failed != nil:
		return 0, failed
	case d.edit > 0:
		return d.edit, nil
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
	case d.edit > 0 && failed.Reason == outbox.ReasonOtherKind: // neither a text nor a picture, or not for what is said of it
		out.Reason = outbox.ReasonEditGone
	case d.edit > 0 && failed.Verdict == outbox.Unknown:
		out.Verdict = outbox.NotSent
	case failed.Verdict == outbox.Refused && d.as == asDocument && failed.Reason == outbox.ReasonNoRights:
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
