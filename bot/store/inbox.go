package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// How long an update id is remembered, and how many updates that were set aside are kept.
const (
	seenFor  = 48 * time.Hour
	deadKept = 1000
)

// Update is one Telegram update as it came.
type Update struct {
	ID       string // its place in the shard
	UpdateID int64
	Chat     int64
	Raw      []byte
}

// Shards returns how many shards the inbox has. The updates of one chat are all in one shard, in the order they came.
func (s *Store) Shards() int { return shards }

// ShardOf returns the shard of a chat.
func (s *Store) ShardOf(chat int64) int { return shardOf(chat) }

func shardOf(chat int64) int { return partitionOf(chatField(chat)) % shards }

// StoreUpdate puts an update into the inbox, unless its id was stored in the last 48 hours; it reports whether it did. The
// chat of one update id must not vary. Once it returns without error the update is kept until it is done or set aside.
func (s *Store) StoreUpdate(ctx context.Context, updateID, chat int64, raw []byte) (fresh bool, err error) {
	shard := shardOf(chat)
	n, err := s.runOne(ctx, s.scripts.receive, []string{seenKey(shard, updateID), inboxKey(shard)},
		updateID, chat, raw, seconds(seenFor), seconds(s.cfg.Retention))
	if err != nil {
		return false, fmt.Errorf("storing update %d: %w", updateID, err)
	}
	return n == 1, nil
}

// NextUpdates returns up to n updates of a shard, the oldest first. They stay until they are done or set aside.
func (s *Store) NextUpdates(ctx context.Context, shard, n int) ([]Update, error) {
	entries, err := s.db.XRangeN(ctx, inboxKey(shard), "-", "+", int64(n)).Result()
	if err != nil {
		return nil, fmt.Errorf("reading inbox %d: %w", shard, err)
	}
	updates := make([]Update, len(entries))
	for i, e := range entries {
		updates[i] = Update{ID: e.ID, UpdateID: number(e, "u"), Chat: number(e, "c"), Raw: []byte(text(e, "r"))}
	}
	return updates, nil
}

// InboxSizes returns how many updates wait in each shard.
func (s *Store) InboxSizes(ctx context.Context) ([]int, error) {
	pipe := s.db.Pipeline()
	cmds := make([]*redis.IntCmd, shards)
	for shard := range shards {
		cmds[shard] = pipe.XLen(ctx, inboxKey(shard))
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, fmt.Errorf("counting updates: %w", err)
	}
	sizes := make([]int, shards)
	for shard, cmd := range cmds {
		sizes[shard] = int(cmd.Val())
	}
	return sizes, nil
}

// DoneUpdate takes a handled update out of a shard. Repeating it changes nothing.
func (s *Store) DoneUpdate(ctx context.Context, shard int, id string) error {
	if err := s.db.XDel(ctx, inboxKey(shard), id).Err(); err != nil {
		return fmt.Errorf("finishing update %s of inbox %d: %w", id, shard, err)
	}
	return nil
}

// SetAside moves an update that cannot be handled out of the way, with the reason; the last thousand or so are kept for
// people to look at. Repeating it changes nothing.
func (s *Store) SetAside(ctx context.Context, shard int, id, reason string) error {
	_, err := s.runOne(ctx, s.scripts.aside, []string{inboxKey(shard), asideKey(shard)}, id, reason, deadKept, seconds(s.cfg.Retention))
	if err != nil {
		return fmt.Errorf("setting aside update %s of inbox %d: %w", id, shard, err)
	}
	return nil
}

// Dead is an update that was set aside.
type Dead struct {
	Update
	Reason string
}

// DeadUpdates returns up to n updates of a shard that were set aside, the latest first.
func (s *Store) DeadUpdates(ctx context.Context, shard, n int) ([]Dead, error) {
	entries, err := s.db.XRevRangeN(ctx, asideKey(shard), "+", "-", int64(n)).Result()
	if err != nil {
		return nil, fmt.Errorf("reading what inbox %d set aside: %w", shard, err)
	}
	list := make([]Dead, len(entries))
	for i, e := range entries {
		list[i] = Dead{Update{ID: e.ID, UpdateID: number(e, "u"), Chat: number(e, "c"), Raw: []byte(text(e, "r"))}, text(e, "reason")}
	}
	return list, nil
}

// DeadSize counts the updates that were set aside and are kept.
func (s *Store) DeadSize(ctx context.Context) (n int, err error) {
	pipe := s.db.Pipeline()
	cmds := make([]*redis.IntCmd, shards)
	for shard := range shards {
		cmds[shard] = pipe.XLen(ctx, asideKey(shard))
	}
	if err := exec(ctx, pipe); err != nil {
		return 0, fmt.Errorf("counting what was set aside: %w", err)
	}
	for _, cmd := range cmds {
		n += int(cmd.Val())
	}
	return n, nil
}

func text(e redis.XMessage, field string) string {
	s, _ := e.Values[field].(string)
	return s
}

func number(e redis.XMessage, field string) int64 {
	n, _ := strconv.ParseInt(text(e, field), 10, 64) // written by receive.lua
	return n
}
