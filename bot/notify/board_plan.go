package notify

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// How often boards change. An edit counts towards the limits of Telegram as a message does, 18 a minute for a group, and
// there may be a board for every shop: so nothing is edited that has not changed.
const (
	boardPause  = time.Minute         // between two edits of one board
	boardCalm   = 10 * time.Minute    // between two messages, however much gets worse meanwhile
	boardProof  = time.Hour           // a board with something on it is edited after so long even if only its time changes
	boardRest   = 6 * time.Hour       // the same for one with nothing on it
	boardRenew  = 30 * 24 * time.Hour // an older message is not edited any more: the queue forgets its id after 45 days
	boardFast   = 5 * time.Minute     // a board is looked at so often while something on it is late or close,
	boardSlow   = 30 * time.Minute    // and so often otherwise
	boardUseful = 10 * time.Minute    // a new message that is not sent by then is left to the next edit
)

// BoardState is what is remembered of the board in one chat. The zero value is no board yet.
type BoardState struct {
	Key     string         `json:"key,omitempty"`  // of the present message
	Edit    string         `json:"edit,omitempty"` // of its latest edit; "" = none yet
	Hash    string         `json:"hash,omitempty"` // of what it shows, without the line that says when
	Overdue map[string]int `json:"overdue,omitempty"`
	Sent    rules.Instant  `json:"sent,omitempty"`    // when the present message was queued
	Updated rules.Instant  `json:"updated,omitempty"` // when the message or its latest edit was queued
	Place   int            `json:"place,omitempty"`   // the forum topic of the message, plus one; 0 = not known
}

// Overdue holds the late cases by rule: the fewest there were since the message was sent, so that what gets better and then
// worse again is told.

// Worse reports whether something got worse from one state to another: more is overdue, or a rule has something overdue
// that had nothing.
func Worse(before, after BoardState) bool {
	total := 0
	for rule, n := range after.Overdue {
		if n > 0 && before.Overdue[rule] <= 0 {
			return true
		}
		total += n
	}
	for _, n := range before.Overdue {
		total -= n
	}
	return total > 0
}

// BoardPlan is what is to be done about the boards of one shop: all of it at once, or none.
type BoardPlan struct {
	States   map[int64]BoardState // by chat, those that changed
	Gone     []int64              // chats that have no board any more
	Messages []outbox.Message
	Withdraw []string      // keys of messages that are not to be sent any more if they wait still
	Next     rules.Instant // when to look again; 0 = there is no board to look after
}

// Empty reports whether there is nothing to be written.
func (p BoardPlan) Empty() bool {
	return len(p.States)+len(p.Gone)+len(p.Messages)+len(p.Withdraw) == 0
}

// BoardKey is the key of a message that shows a board. after is when the board before it last changed: two who decide from
// the same state send one.
func BoardKey(shop string, after rules.Instant, chat int64) string {
	return keyFor(fmt.Sprintf("board/%s/%d", shop, after), chat)
}

// Boards decides what becomes of the boards of a shop. states are those that are remembered, by chat. It is pure: the same
// arguments give the same plan, and what it returns as states brings no further message until something changes.
//
// A board is edited when it shows something else, at most once a minute. A new message comes only when something got worse,
// makes no sound (the alerts do), and leaves one line of the old one, or when the board is wanted in another topic. A chat without a board gets its first when there is
// something to show. A board that is switched off says so.
func (c *Composer) Boards(b BoardView, chats []Chat, states map[int64]BoardState) BoardPlan {
	w := boardWork{c: c, board: b.sorted(), plan: BoardPlan{States: map[int64]BoardState{}}, states: states, bound: map[int64]bool{}}
	for _, chat := range chats {
		w.bound[chat.ID] = true
		w.chat(chat)
	}
	for id, s := range states {
		if !w.bound[id] {
			w.forget(id, s)
		}
	}
	return w.plan
}

// boardWork collects a plan.
type boardWork struct {
	c      *Composer
	board  board
	plan   BoardPlan
	states map[int64]BoardState
	bound  map[int64]bool
}

func (w *boardWork) chat(chat Chat) {
	s, known := w.states[chat.ID]
	switch {
	case !chat.Board && known:
		if !chat.Paused && s.Key != "" {
			w.stub(chat, s, "board.off")
		}
		w.forget(chat.ID, s)
	case !chat.Board:
	case chat.Paused:
		w.look(w.board.Now + ms(boardSlow))
	default:
		w.show(chat, s)
	}
}

// forget drops what is remembered of a board.
func (w *boardWork) forget(id int64, s BoardState) {
	w.withdraw(s)
	w.plan.Gone = append(w.plan.Gone, id)
}

func (w *boardWork) withdraw(s BoardState) {
	for _, key := range []string{s.Key, s.Edit} {
		if key != "" {
			w.plan.Withdraw = append(w.plan.Withdraw, key)
		}
	}
}

// look has the boards looked at again no later than at an instant.
func (w *boardWork) look(at rules.Instant) {
	if w.plan.Next == 0 || at < w.plan.Next {
		w.plan.Next = at
	}
}

// show brings one board up to date.
func (w *boardWork) show(chat Chat, s BoardState) {
	view := w.board.View
	view.Lang = chat.Lang
	v := w.c.voice(view)
	after := BoardState{Hash: hashOf(v.compose(v.board(w.board)...)), Overdue: w.board.lateBy}
	move, again := s.step(after, w.board.blank(), w.board.Now)
	if s.elsewhere(chat) && !w.board.blank() {
		move = boardPost
	}
	w.look(w.board.refresh())
	if again > 0 {
		w.look(again)
	}
	switch move {
	case boardPost:
		w.post(chat, v, s, after)
	case boardEdit:
		w.edit(chat, v, s, after)
	default:
		if less := fewest(s.Overdue, after.Overdue); s.Key != "" && !maps.Equal(less, s.Overdue) {
			s.Overdue = less
			w.plan.States[chat.ID] = s
		}
	}
}

// boardMove is what becomes of a board.
type boardMove int

// boardKeep: nothing. boardEdit: its message is edited. boardPost: there is a new message.
const (
	boardKeep boardMove = iota + 1
	boardEdit
	boardPost
)

// step decides about one board, and when that may change by time alone (0 = it does not).
func (s BoardState) step(after BoardState, blank bool, now rules.Instant) (move boardMove, again rules.Instant) {
	if s.Key == "" {
		if blank {
			return boardKeep, 0
		}
		return boardPost, now + ms(boardProof)
	}
	calm, renew := s.Sent+ms(boardCalm), !blank && now-s.Sent >= ms(boardRenew)
	worse := Worse(s, after)
	if (worse || renew) && now >= calm {
		return boardPost, now + ms(boardProof)
	}
	proof := boardProof
	if blank {
		proof = boardRest
	}
	old := s.Updated + ms(proof)
	switch {
	case after.Hash == s.Hash && now < old:
		again = old
	case now < s.Updated+ms(boardPause):
		again = s.Updated + ms(boardPause)
	default:
		move, again = boardEdit, now+ms(proof)
	}
	if worse {
		again = min(again, calm)
	}
	return cmp.Or(move, boardKeep), again
}

// elsewhere reports whether the message stands in a topic where the chat does not want its board any more.
func (s BoardState) elsewhere(chat Chat) bool { return s.Place != 0 && s.Place != chat.BoardTopic()+1 }

// fewest is the smaller count of each rule that has one in both.
func fewest(a, b map[string]int) map[string]int {
	out := map[string]int{}
	for rule, n := range a {
		if n = min(n, b[rule]); n > 0 {
			out[rule] = n
		}
	}
	return out
}

// post sends a board below everything else.
func (w *boardWork) post(chat Chat, v voice, s, after BoardState) {
	now := w.board.Now
	m := w.message(chat, v, BoardKey(v.Shop.ID, cmp.Or(s.Updated, now), chat.ID))
	m.Expires = now + ms(boardUseful)
	if s.Key != "" {
		text := "board.moved"
		if s.elsewhere(chat) {
			text = "board.elsewhere"
		}
		w.stub(chat, s, text)
		w.withdraw(s)
	}
	w.plan.Messages = append(w.plan.Messages, m)
	w.plan.States[chat.ID] = BoardState{Key: m.Key, Hash: after.Hash, Overdue: maps.Clone(after.Overdue), Sent: now, Updated: now,
		Place: chat.BoardTopic() + 1}
}

// edit changes the present message. An edit before it that waits still is worth nothing any more; this one stays true until
// the next takes its place, so it may wait long.
func (w *boardWork) edit(chat Chat, v voice, s, after BoardState) {
	now := w.board.Now
	m := w.message(chat, v, EditKey(s.Key, now))
	m.EditOf, m.Expires = s.Key, now+ms(boardProof)
	if s.Edit != "" {
		w.plan.Withdraw = append(w.plan.Withdraw, s.Edit)
	}
	w.plan.Messages = append(w.plan.Messages, m)
	s.Edit, s.Hash, s.Overdue, s.Updated = m.Key, after.Hash, fewest(s.Overdue, after.Overdue), now
	w.plan.States[chat.ID] = s
}

// EditKey is the key of an edit of a message that was made at an instant.
func EditKey(key string, at rules.Instant) string {
	return key + "/" + strconv.FormatInt(int64(at), 10)
}

// stub leaves one line of a board that is shown elsewhere, or not any more. It is of no use where there is no board.
func (w *boardWork) stub(chat Chat, s BoardState, text string) {
	v := w.c.voice(View{Lang: chat.Lang, Shop: w.board.Shop, Policy: w.board.Policy, Now: w.board.Now})
	m := w.message(chat, v, EditKey(s.Key, 0))
	m.Kind, m.EditOf, m.Buttons = outbox.Status, s.Key, nil
	m.HTML = v.compose(section{lines: []locale.HTML{v.T(text, nil)}})
	m.Expires = w.board.Now + ms(boardProof)
	w.plan.Messages = append(w.plan.Messages, m)
}

// message is the board as it is now, without a sound: what got worse has rung as an alert.
func (w *boardWork) message(chat Chat, v voice, key string) outbox.Message {
	view := w.board.BoardView
	view.Lang = chat.Lang
	m := outbox.Message{Key: key, Route: v.Shop.ID, Shop: v.Shop.ID, Chat: chat.ID, Thread: chat.BoardTopic(), Kind: outbox.Board,
		Lang: v.Printer.Lang(), Silent: true, Created: w.board.Now}
	m.HTML, m.Buttons = w.c.Board(view)
	return m
}

// refresh is when time alone will next change what the board shows: at a deadline, an hour before one, when silence becomes
// too long, and every five minutes while minutes are shown.
func (s board) refresh() rules.Instant {
	next := s.Now + ms(boardSlow)
	sooner := func(at rules.Instant) {
		if at > s.Now && at < next {
			next = at
		}
	}
	if len(s.late) > 0 || s.Next > 0 && between(s.Now, s.Next) <= boardClose {
		sooner(s.Now + ms(boardFast))
	}
	deadline := func(due rules.Instant) { sooner(due - ms(boardClose)); sooner(due + 1) }
	deadline(s.Next)
	for _, k := range s.ahead {
		deadline(k.Due)
	}
	if s.Heard > 0 {
		sooner(s.Heard + ms(SilentAfter) + 1)
	}
	return next
}

func ms(d time.Duration) rules.Instant { return rules.Instant(d.Milliseconds()) }

func hashOf(text string) string {
	h := fnv.New64a()
	_, _ = strings.NewReader(text).WriteTo(h) // a hash takes everything
	return strconv.FormatUint(h.Sum64(), 36)
}
