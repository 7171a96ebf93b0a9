package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math"
	randv2 "math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// enqueueBatch is how many messages one script call adds.
const enqueueBatch = 100

// editPatience is how long an edit waits before it asks again whether the message it edits has been settled.
const editPatience = time.Second

// Most messages that go out as one, and most dead letters that one partition keeps.
const (
	foldMost = 50
	deadMost = 10_000
)

// States of a record, as the scripts write them.
var stateCodes = map[outbox.State]string{
	outbox.Waiting: "w", outbox.Sending: "l", outbox.Sent: "s", outbox.Failed: "g", outbox.Doubtful: "q", outbox.Withdrawn: "x",
}

// Enqueue adds messages in one round trip per server. Messages of one call with the same due instant are claimed in the
// order of the call.
func (s *Store) Enqueue(ctx context.Context, now rules.Instant, messages []outbox.Message) error {
	byPart := map[int][]int{}
	for i, m := range messages {
		p := partitionOf(m.Route)
		byPart[p] = append(byPart[p], i)
	}
	var calls []*call
	for p, list := range byPart {
		for chunk := range slices.Chunk(list, enqueueBatch) {
			c, err := s.enqueueCall(p, now, messages, chunk)
			if err != nil {
				return err
			}
			calls = append(calls, c)
		}
	}
	if err := s.run(ctx, calls); err != nil {
		return fmt.Errorf("enqueueing %d messages: %w", len(messages), err)
	}
	return nil
}

func (s *Store) enqueueCall(p int, now rules.Instant, messages []outbox.Message, chunk []int) (*call, error) {
	c := &call{script: s.scripts.enqueue, keys: []string{outKey(p)}}
	for _, i := range chunk {
		q, err := s.queued(messages[i], now, i)
		if err != nil {
			return nil, err
		}
		l := linesOf(messages[i].Line())
		c.keys = append(c.keys, l.lane, l.line, l.held, messageKey(p, q.member))
		c.args = append(c.args, q.args()...)
	}
	return c, nil
}

// queued is a message as the scripts take it.
type queued struct {
	member, line, score  string
	ttl                  int64
	target, group, noise string
	body                 []byte
}

// queued prepares a message. It waits for its due instant, or counts from its creation; place is its place among those
// enqueued with it.
func (s *Store) queued(m outbox.Message, now rules.Instant, place int) (q queued, err error) {
	if q.body, err = json.Marshal(m); err != nil {
		return q, fmt.Errorf("encoding message %s: %w", m.Key, err)
	}
	due := cmp.Or(m.Due, m.Created, now)
	q.member, q.line, q.score = messageMember(m.Route, m.Key), lineName(m.Line()), placed(due, place)
	q.ttl = seconds(s.cfg.Retention + s.until(due))
	if of := cmp.Or(m.EditOf, m.ReplyOf); of != "" && of != m.Key {
		q.target = messageMember(m.Route, of)
	}
	if m.Fold != nil && m.EditOf == "" {
		q.group = m.Fold.Group
	}
	if m.Noise != nil {
		q.noise = dayField(m.Noise.Day) + "/" + chatField(m.Chat)
	}
	return q, nil
}

// args are what enqueue of messages.lua takes after its keys.
func (q queued) args() []any {
	return []any{q.member, q.line, q.score, q.ttl, q.target, q.group, q.noise, q.body}
}

// placed writes an instant as a score with a fraction of a millisecond that keeps the order of enqueueing. A score has room
// for some thousand places.
func placed(at rules.Instant, place int) string {
	return strconv.FormatFloat(float64(at)+float64(min(place, 1000))/1024, 'f', -1, 64)
}

// due is a line that looked due.
type due struct {
	line outbox.Line
	at   float64
}

// Claim leases what is due. Looking costs one round trip per lane, also over 256 empty ones; in the bulk lanes, which may
// be long, it begins anywhere and ends when there is enough, so what waits longest goes first only about. What was leased is
// returned even when a server failed for others.
func (s *Store) Claim(ctx context.Context, now rules.Instant, first, last outbox.Lane, limit int, lease time.Duration) ([]outbox.Claimed, error) {
	list, err := s.dueLines(ctx, now, first, last, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	calls := s.claimCalls(list, now, lease)
	err = s.run(ctx, calls)
	var claimed []outbox.Claimed
	for i, c := range calls {
		m, ok, bad := claimedOf(list[i].line, c)
		if bad != nil {
			err = cmp.Or(err, fmt.Errorf("a message of line %s: %w", lineName(list[i].line), bad))
		}
		if ok {
			claimed = append(claimed, m)
		}
	}
	if err != nil && len(claimed) == 0 {
		return nil, fmt.Errorf("claiming messages: %w", err)
	}
	return claimed, nil
}

func (s *Store) claimCalls(list []due, now rules.Instant, lease time.Duration) []*call {
	until, later := now+rules.Instant(lease.Milliseconds()), now+rules.Instant(editPatience.Milliseconds())
	calls := make([]*call, len(list))
	for i, d := range list {
		l := linesOf(d.line)
		calls[i] = &call{script: s.scripts.claim, keys: []string{l.lane, l.line, l.held, outKey(l.p), l.calm},
			args: []any{l.name, score(now), score(until), rand.Text(), score(later), messageKey(l.p, ""), l.noise, foldMost}}
	}
	return calls
}

// chunk is how many partitions of a bulk lane are looked at in one round trip.
const chunk = 32

// dueLines finds up to limit lines that are due.
func (s *Store) dueLines(ctx context.Context, now rules.Instant, first, last outbox.Lane, limit int) (list []due, err error) {
	if first <= outbox.LaneWarning {
		list, err = s.dueIn(ctx, now, first, last, 0, partitions, limit)
		slices.SortStableFunc(list, func(a, b due) int {
			return cmp.Or(cmp.Compare(a.line.Lane, b.line.Lane), cmp.Compare(a.at, b.at))
		})
		return list[:min(len(list), limit)], err
	}
	for lane := first; lane <= last; lane++ {
		begin := randv2.IntN(partitions / chunk)
		for i := 0; i < partitions/chunk && len(list) < limit; i++ {
			from := (begin + i) % (partitions / chunk) * chunk
			more, err := s.dueIn(ctx, now, lane, lane, from, from+chunk, (limit+7)/8)
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
	}
	return list[:min(len(list), limit)], nil
}

// dueIn looks at some lanes of some partitions, each as deep as limit.
func (s *Store) dueIn(ctx context.Context, now rules.Instant, first, last outbox.Lane, from, to, limit int) (list []due, err error) {
	var sets []string
	for p := from; p < to; p++ {
		for lane := first; lane <= last; lane++ {
			sets = append(sets, laneKey(p, lane))
		}
	}
	members, err := s.dueMembers(ctx, now, limit, sets)
	if err != nil {
		return nil, fmt.Errorf("looking for due messages: %w", err)
	}
	lanes := int(last-first) + 1
	for _, m := range members {
		if line, ok := parseLine(first+outbox.Lane(m.set%lanes), m.member); ok {
			list = append(list, due{line, m.at})
		}
	}
	return list, nil
}

// claimedOf reads the answer of claim.lua; ok is false when there was nothing to be had.
func claimedOf(line outbox.Line, c *call) (m outbox.Claimed, ok bool, err error) {
	answer, err := c.result.Slice()
	if err != nil || len(answer) < 13 {
		return m, false, nil // run has seen the error
	}
	claim, _ := c.args[3].(string)
	m = outbox.Claimed{Line: line, Claim: claim, Since: rules.Instant(numberAt(answer, 0)), Rang: numberAt(answer, 1), More: numberAt(answer, 5) == 1}
	m.Target = outbox.Target{ID: numberAt(answer, 2), Key: keyOfMember(textAt(answer, 3))}
	if parts := textAt(answer, 4); parts != "" {
		if err := json.Unmarshal([]byte(parts), &m.Target.Parts); err != nil {
			return m, false, fmt.Errorf("decoding parts: %w", err)
		}
	}
	for at := 6; at+7 <= len(answer); at += 7 {
		held, err := heldOf(answer[at : at+7])
		if err != nil {
			return m, false, err
		}
		m.Messages = append(m.Messages, held)
	}
	return m, true, nil
}

func heldOf(answer []any) (h outbox.Held, err error) {
	if err := json.Unmarshal([]byte(textAt(answer, 0)), &h.Message); err != nil {
		return h, fmt.Errorf("decoding message: %w", err)
	}
	h.Attempt, h.Failures, h.Doubts = numberAt(answer, 1), numberAt(answer, 2), numberAt(answer, 4)
	h.Uncertain, h.Retried = numberAt(answer, 3) == 1, numberAt(answer, 6) == 1
	if chat := textAt(answer, 5); chat != "" {
		if h.Chat, err = strconv.ParseInt(chat, 10, 64); err != nil {
			return h, fmt.Errorf("reading the chat a message follows to: %w", err)
		}
	}
	return h, nil
}

// keyOfMember undoes messageMember, for the key.
func keyOfMember(member string) string {
	_, key, _ := strings.Cut(member, ":")
	return key
}

func textAt(answer []any, i int) string {
	s, _ := answer[i].(string)
	return s
}

func numberAt(answer []any, i int) int {
	n, _ := answer[i].(int64)
	return int(n)
}

// Settle records outcomes in one round trip per server. A message that is sent or withdrawn leaves only the mark of its key.
func (s *Store) Settle(ctx context.Context, now rules.Instant, settlements []outbox.Settlement) error {
	calls := make([]*call, len(settlements))
	for i, x := range settlements {
		c, err := s.settleCall(x, now)
		if err != nil {
			return err
		}
		calls[i] = c
	}
	if err := s.run(ctx, calls); err != nil {
		return fmt.Errorf("settling %d claims: %w", len(settlements), err)
	}
	return nil
}

func (s *Store) settleCall(x outbox.Settlement, now rules.Instant) (*call, error) {
	l, first := linesOf(x.Line), x.First()
	code, known := stateCodes[x.State]
	if !known || x.State == outbox.Sending {
		return nil, fmt.Errorf("settling %s: %v is no state to end in", first.Key, x.State)
	}
	chat, parts, target := "", "", ""
	if x.Chat != 0 {
		chat = chatField(x.Chat)
	}
	if len(x.Parts) > 1 {
		raw, err := json.Marshal(x.Parts)
		if err != nil {
			return nil, fmt.Errorf("encoding parts of %s: %w", first.Key, err)
		}
		parts = string(raw)
	}
	if first.EditOf != "" && x.Target.Key != "" {
		target = messageMember(first.Route, x.Target.Key)
	}
	c := &call{script: s.scripts.settle, keys: []string{l.lane, l.line, l.held, outKey(l.p), deadKey(l.p), l.calm, alarmsKey(l.p)},
		args: []any{l.name, x.Claim, score(now), code, x.MessageID, score(cmp.Or(x.Next, now)), x.Move, x.Reason, seconds(s.cfg.Retention),
			chat, x.Doubts, x.Failures, messageKey(l.p, ""), target, parts, l.noise, counted(x), deadMost}}
	for _, m := range x.Messages {
		member := messageMember(m.Route, m.Key)
		alarm, look := "", ""
		if m.Follow != nil {
			alarm, look = alarmMember(m.Shop, m.Follow.Alarm), score(now+rules.Instant(m.Follow.In))
		}
		c.keys = append(c.keys, messageKey(l.p, member))
		c.args = append(c.args, member, slices.Contains(x.Dropped, m.Key), alarm, look)
	}
	return c, nil
}

// counted says what a settlement adds to the noise of its chat.
func counted(x outbox.Settlement) string {
	switch {
	case x.State == outbox.Withdrawn && x.Reason == outbox.ReasonBudget:
		return "spared"
	case x.State == outbox.Sent && !x.First().Silent:
		return "rang"
	}
	return ""
}

// Noise returns what the chats of a shop heard on a local day. It is kept for ten days.
func (s *Store) Noise(ctx context.Context, shop string, day rules.Date) (map[int64]outbox.NoiseCount, error) {
	fields, err := s.db.HGetAll(ctx, noiseKey(shop, dayField(day))).Result()
	if err != nil {
		return nil, fmt.Errorf("reading the noise of shop %s: %w", shop, err)
	}
	noise := map[int64]outbox.NoiseCount{}
	for field, value := range fields {
		text, spared := strings.CutSuffix(field, "/s")
		chat, err := strconv.ParseInt(text, 10, 64)
		n, bad := strconv.Atoi(value)
		if err != nil || bad != nil {
			return nil, fmt.Errorf("reading the noise of shop %s: field %q is %q", shop, field, value)
		}
		count := noise[chat]
		if spared {
			count.Spared = n
		} else {
			count.Rang = n
		}
		noise[chat] = count
	}
	return noise, nil
}

// Backlog is what waits in the outbox.
type Backlog struct {
	Waiting int                   // messages not settled, those under lease and those for later included
	Oldest  rules.Instant         // when the one that waits longest is or was due, 0 when none waits
	Lines   [outbox.Lanes + 1]int // lines by lane
}

// Backlog counts what waits, for metrics.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	pipe := s.db.Pipeline()
	sizes, heads := make([]*redis.IntCmd, partitions), make([]*redis.ZSliceCmd, partitions)
	var lanes [outbox.Lanes + 1][partitions]*redis.IntCmd
	for p := range partitions {
		sizes[p] = pipe.ZCard(ctx, outKey(p))
		heads[p] = pipe.ZRangeWithScores(ctx, outKey(p), 0, 0)
		for lane := 1; lane <= outbox.Lanes; lane++ {
			lanes[lane][p] = pipe.ZCard(ctx, laneKey(p, outbox.Lane(lane)))
		}
	}
	if err := exec(ctx, pipe); err != nil {
		return Backlog{}, fmt.Errorf("counting messages: %w", err)
	}
	var b Backlog
	for p := range partitions {
		b.Waiting += int(sizes[p].Val())
		for _, z := range heads[p].Val() {
			if at := rules.Instant(math.Floor(z.Score)); b.Oldest == 0 || at < b.Oldest {
				b.Oldest = at
			}
		}
		for lane := 1; lane <= outbox.Lanes; lane++ {
			b.Lines[lane] += int(lanes[lane][p].Val())
		}
	}
	return b, nil
}
