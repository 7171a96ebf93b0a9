package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Letter is a message as the operator sees it: what waits, what is on its way, and what was not sent.
type Letter struct {
	outbox.Message
	State    outbox.State
	Reason   string        // why it waits or was not sent; "" before the first attempt
	At       rules.Instant // when it is or was due; of what was not sent when that was decided
	Attempts int
	Doubts   int

	queuedFor int64 // the chat whose line it stands in
}

// LetterQuery chooses letters. The zero value chooses the first letters that were not sent.
type LetterQuery struct {
	Waiting bool   // what waits or is on its way, instead of what was not sent
	Route   string // a shop id or, for replies, a chat id; "" = all
	Key     string // "" = all
	Limit   int    // 0 = 100
}

// Letters returns what a query chooses, the longest due first. It reads every partition, so it is for people.
func (s *Store) Letters(ctx context.Context, q LetterQuery) ([]Letter, error) {
	members, err := s.letterMembers(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("listing messages: %w", err)
	}
	limit := cmp.Or(q.Limit, 100)
	var list []Letter
	for part := range slices.Chunk(members, scanPage) {
		more, err := s.readLetters(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("reading messages: %w", err)
		}
		list = append(list, more...)
		if len(list) >= limit {
			return list[:limit], nil
		}
	}
	return list, nil
}

// placedMember is a member of a partition's set with its instant.
type placedMember struct {
	partition int
	member    string
	at        rules.Instant
}

func (s *Store) letterMembers(ctx context.Context, q LetterQuery) (list []placedMember, err error) {
	key := deadKey
	if q.Waiting {
		key = outKey
	}
	pipe := s.db.Pipeline()
	cmds := map[int]*redis.ZSliceCmd{}
	for p := range partitions {
		if q.Route == "" || p == partitionOf(q.Route) {
			cmds[p] = pipe.ZRangeWithScores(ctx, key(p), 0, -1)
		}
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, err
	}
	for p, cmd := range cmds {
		for _, z := range cmd.Val() {
			member, _ := z.Member.(string)
			route, of, _ := strings.Cut(member, ":")
			if (q.Route == "" || unesc(route) == q.Route) && (q.Key == "" || of == q.Key) {
				list = append(list, placedMember{p, member, rules.Instant(math.Floor(z.Score))})
			}
		}
	}
	slices.SortFunc(list, func(a, b placedMember) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.member, b.member)) })
	return list, nil
}

// readLetters reads records. One that ran out or was settled meanwhile is left out.
func (s *Store) readLetters(ctx context.Context, members []placedMember) (list []Letter, err error) {
	pipe := s.db.Pipeline()
	cmds := make([]*redis.SliceCmd, len(members))
	for i, m := range members {
		cmds[i] = pipe.HMGet(ctx, messageKey(m.partition, m.member), "s", "m", "r", "a", "h", "k")
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, err
	}
	for i, cmd := range cmds {
		fields := cmd.Val()
		if textAt(fields, 1) == "" {
			continue
		}
		l := Letter{Reason: textAt(fields, 2), At: members[i].at, State: stateOf(textAt(fields, 0))}
		if err := json.Unmarshal([]byte(textAt(fields, 1)), &l.Message); err != nil {
			return nil, fmt.Errorf("decoding message %s: %w", members[i].member, err)
		}
		l.queuedFor = l.Chat
		l.Attempts, l.Doubts = atoi(textAt(fields, 3)), atoi(textAt(fields, 5))
		if chat, err := strconv.ParseInt(textAt(fields, 4), 10, 64); err == nil {
			l.Chat = chat
		}
		list = append(list, l)
	}
	return list, nil
}

func stateOf(code string) outbox.State {
	for state, c := range stateCodes {
		if c == code {
			return state
		}
	}
	return 0
}

// atoi reads a number that a script wrote; what is missing is 0.
func atoi(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// RetryLetter has a message that was not sent tried again, from now on, however old it is. It returns false when there is
// none of that key; asked twice it does it once.
func (s *Store) RetryLetter(ctx context.Context, now rules.Instant, route, key string) (bool, error) {
	p, member := partitionOf(route), messageMember(route, key)
	raw, err := s.db.HGet(ctx, messageKey(p, member), "m").Result()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	var m outbox.Message
	if err == nil {
		err = json.Unmarshal([]byte(raw), &m)
	}
	if err != nil {
		return false, fmt.Errorf("reading message %s: %w", key, err)
	}
	l := linesOf(m.Line())
	n, err := s.runOne(ctx, s.scripts.retry, []string{l.lane, l.line, l.held, outKey(p), deadKey(p), messageKey(p, member)}, l.name, member, score(now))
	if err != nil {
		return false, fmt.Errorf("retrying message %s: %w", key, err)
	}
	return n == 1, nil
}

// DropLetter forgets a message that is not sent; one that is on its way is not tried again after this attempt. It returns
// false when there is none of that key. Its key stays known.
func (s *Store) DropLetter(ctx context.Context, route, key string) (bool, error) {
	p, member := partitionOf(route), messageMember(route, key)
	n, err := s.runOne(ctx, s.scripts.drop, []string{outKey(p), deadKey(p), messageKey(p, member)}, member)
	if err != nil {
		return false, fmt.Errorf("dropping message %s: %w", key, err)
	}
	return n > 0, nil
}
