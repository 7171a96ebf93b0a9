package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// enqueueBatch is how many messages one script call adds.
const enqueueBatch = 100

// editPatience is how long an edit waits before it asks again whether the message it edits has been settled.
const editPatience = time.Second

// States of a record, as the scripts write them.
var stateCodes = map[outbox.State]string{outbox.Waiting: "w", outbox.Sent: "s", outbox.GivenUp: "g", outbox.Withdrawn: "x"}

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
		args, err := s.messageArgs(messages[i], now, i)
		if err != nil {
			return nil, err
		}
		c.keys = append(c.keys, messageKey(p, messageMember(messages[i].Route, messages[i].Key)))
		c.args = append(c.args, args...)
	}
	return c, nil
}

// messageArgs returns what enqueue of messages.lua takes after its keys. A message waits for its due instant, or counts
// from its creation; place is its place among those enqueued with it.
func (s *Store) messageArgs(m outbox.Message, now rules.Instant, place int) ([]any, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encoding message %s: %w", m.Key, err)
	}
	due := cmp.Or(m.Due, m.Created, now)
	target := ""
	if m.EditOf != "" && m.EditOf != m.Key {
		target = messageMember(m.Route, m.EditOf)
	}
	return []any{messageMember(m.Route, m.Key), placed(due, place), seconds(s.cfg.Retention + s.until(due)), target, raw}, nil
}

// placed writes an instant as a score with a fraction of a millisecond that keeps the order of enqueueing. A score has room
// for some thousand places.
func placed(at rules.Instant, place int) string {
	return strconv.FormatFloat(float64(at)+float64(min(place, 1000))/1024, 'f', -1, 64)
}

// candidate is a message that looked due.
type candidate struct {
	partition int
	member    string
	due       float64
	target    string // member of the message it edits
}

// Claim leases up to limit messages, the longest due first. Looking costs one round trip, also over 256 empty queues. An
// edit whose target is still on its way is left for later, so that TargetID is final. What was leased is returned even
// when a server failed for others.
func (s *Store) Claim(ctx context.Context, now rules.Instant, limit int, lease time.Duration) ([]outbox.Claimed, error) {
	due, err := s.dueMessages(ctx, now, limit)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	calls := s.claimCalls(due, now, lease)
	err = s.run(ctx, calls)
	var claimed []outbox.Claimed
	for i, c := range calls {
		m, ok, bad := claimedOf(c.result)
		if bad != nil {
			err = cmp.Or(err, fmt.Errorf("message %s: %w", due[i].member, bad))
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

func (s *Store) claimCalls(due []candidate, now rules.Instant, lease time.Duration) []*call {
	until, later := now+rules.Instant(lease.Milliseconds()), now+rules.Instant(editPatience.Milliseconds())
	id := rand.Text()
	calls := make([]*call, len(due))
	for i, d := range due {
		keys := []string{outKey(d.partition), messageKey(d.partition, d.member)}
		if d.target != "" {
			keys = append(keys, messageKey(d.partition, d.target))
		}
		calls[i] = &call{script: s.scripts.claim, keys: keys, args: []any{d.member, score(now), score(until), id, score(later)}}
	}
	return calls
}

// dueMessages reads what is due in all partitions, the longest due first, and what each of them edits.
func (s *Store) dueMessages(ctx context.Context, now rules.Instant, limit int) ([]candidate, error) {
	pipe := s.db.Pipeline()
	for p := range partitions {
		pipe.ZRangeByScoreWithScores(ctx, outKey(p), &redis.ZRangeBy{Min: "-inf", Max: "(" + score(now+1), Count: int64(limit)})
	}
	cmds, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for due messages: %w", err)
	}
	var due []candidate
	for p, cmd := range cmds {
		for _, z := range cmd.(*redis.ZSliceCmd).Val() {
			member, _ := z.Member.(string)
			due = append(due, candidate{partition: p, member: member, due: z.Score})
		}
	}
	slices.SortStableFunc(due, func(a, b candidate) int { return cmp.Compare(a.due, b.due) })
	due = due[:min(len(due), limit)]
	return due, s.readTargets(ctx, due)
}

func (s *Store) readTargets(ctx context.Context, due []candidate) error {
	pipe := s.db.Pipeline()
	targets := make([]*redis.StringCmd, len(due))
	for i, d := range due {
		targets[i] = pipe.HGet(ctx, messageKey(d.partition, d.member), "e")
	}
	if err := exec(ctx, pipe); err != nil {
		return fmt.Errorf("looking for what messages edit: %w", err)
	}
	for i := range due {
		due[i].target = targets[i].Val()
	}
	return nil
}

// claimedOf reads the answer of claim.lua; ok is false when the message was not to be had.
func claimedOf(cmd *redis.Cmd) (m outbox.Claimed, ok bool, err error) {
	answer, err := cmd.Slice()
	if err != nil || len(answer) != 6 {
		return m, false, nil // run has seen the error
	}
	if err := json.Unmarshal([]byte(textAt(answer, 0)), &m.Message); err != nil {
		return m, false, fmt.Errorf("decoding message: %w", err)
	}
	m.Attempt, m.TargetID = numberAt(answer, 1), numberAt(answer, 5)
	m.Uncertain, m.Unknown = numberAt(answer, 2) == 1, numberAt(answer, 3) == 1
	if chat := textAt(answer, 4); chat != "" {
		if m.Chat, err = strconv.ParseInt(chat, 10, 64); err != nil {
			return m, false, fmt.Errorf("reading the chat a message follows to: %w", err)
		}
	}
	return m, true, nil
}

func textAt(answer []any, i int) string {
	s, _ := answer[i].(string)
	return s
}

func numberAt(answer []any, i int) int {
	n, _ := answer[i].(int64)
	return int(n)
}

// Settle records outcomes in one round trip per server. A message that is sent, given up or withdrawn leaves only the mark
// of its key.
func (s *Store) Settle(ctx context.Context, now rules.Instant, settlements []outbox.Settlement) error {
	calls := make([]*call, len(settlements))
	for i, x := range settlements {
		code, known := stateCodes[x.State]
		if !known {
			return fmt.Errorf("settling message %s: %d is no state", x.Key, int(x.State))
		}
		p, member, chat := partitionOf(x.Route), messageMember(x.Route, x.Key), ""
		if x.Chat != 0 {
			chat = chatField(x.Chat)
		}
		calls[i] = &call{script: s.scripts.settle, keys: []string{outKey(p), messageKey(p, member)},
			args: []any{member, code, x.MessageID, score(cmp.Or(x.Next, now)), x.Reason, seconds(s.cfg.Retention), chat, x.Unknown}}
	}
	if err := s.run(ctx, calls); err != nil {
		return fmt.Errorf("settling %d messages: %w", len(settlements), err)
	}
	return nil
}

// Backlog is what waits in the outbox.
type Backlog struct {
	Waiting int           // messages not settled, those under lease and those for later included
	Oldest  rules.Instant // when the one that waits longest is or was due, 0 when none waits
}

// Backlog counts what waits, for metrics.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	pipe := s.db.Pipeline()
	sizes, heads := make([]*redis.IntCmd, partitions), make([]*redis.ZSliceCmd, partitions)
	for p := range partitions {
		sizes[p] = pipe.ZCard(ctx, outKey(p))
		heads[p] = pipe.ZRangeWithScores(ctx, outKey(p), 0, 0)
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
	}
	return b, nil
}
