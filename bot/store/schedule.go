package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/jobs"
	"shopwarden/rules"
)

// Schedule sets the next digest of a shop and ends a claim on the one before. It returns [sla.ErrUnknownShop] when the
// shop is not set up. Repeating it changes nothing.
func (s *Store) Schedule(ctx context.Context, shop string, at rules.Instant) error {
	p := partitionOf(shop)
	b := newBatch(p, "")
	b.write("require", keysOf(shop).settings())
	b.write("ZADD", digestKey(p), score(at), esc(shop))
	b.write("HSET", slotsKey(p), esc(shop), score(at))
	return s.scheduled(ctx, shop, b)
}

// ScheduleIfNone does what Schedule does, unless the shop has a next digest: a start of the program must not pass over a
// slot that is still owed.
func (s *Store) ScheduleIfNone(ctx context.Context, shop string, at rules.Instant) error {
	p := partitionOf(shop)
	b := newBatch(p, "")
	b.write("require", keysOf(shop).settings())
	b.write("ZADD", digestKey(p), "NX", score(at), esc(shop))
	b.write("HSETNX", slotsKey(p), esc(shop), score(at))
	return s.scheduled(ctx, shop, b)
}

// Unschedule takes a shop off the schedule. Repeating it changes nothing.
func (s *Store) Unschedule(ctx context.Context, shop string) error {
	p := partitionOf(shop)
	b := newBatch(p, "")
	unschedule(b, p, shop)
	return s.scheduled(ctx, shop, b)
}

func unschedule(b *batch, p int, shop string) {
	b.write("ZREM", digestKey(p), esc(shop))
	b.write("HDEL", slotsKey(p), esc(shop))
}

func (s *Store) scheduled(ctx context.Context, shop string, b *batch) error {
	if err := s.apply(ctx, b); err != nil {
		return fmt.Errorf("scheduling shop %s: %w", shop, err)
	}
	return nil
}

// Scheduled returns the slot a shop waits for, or the one that is being worked on; 0 when it is not on the schedule.
func (s *Store) Scheduled(ctx context.Context, shop string) (rules.Instant, error) {
	text, err := s.db.HGet(ctx, slotsKey(partitionOf(shop)), esc(shop)).Result()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the schedule of shop %s: %w", shop, err)
	}
	slot, _, _ := strings.Cut(text, ":")
	return slotOf(shop, slot)
}

func slotOf(shop, text string) (rules.Instant, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the schedule of shop %s: %w", shop, err)
	}
	return rules.Instant(n), nil
}

// ClaimDue claims up to limit shops whose digest is due at now, the longest due first. The claimer must Schedule the next
// one within the lease; otherwise the shop becomes due again, for the same slot.
func (s *Store) ClaimDue(ctx context.Context, now rules.Instant, lease time.Duration, limit int) ([]jobs.Due, error) {
	due, err := s.dueShops(ctx, now, limit, digestKey)
	if err != nil {
		return nil, fmt.Errorf("looking for due digests: %w", err)
	}
	id, until := rand.Text(), now+rules.Instant(lease.Milliseconds())
	calls := make([]*call, len(due))
	for i, shop := range due {
		p := partitionOf(shop)
		calls[i] = &call{script: s.scripts.due, keys: []string{digestKey(p), slotsKey(p)},
			args: []any{esc(shop), score(now), score(until), id}}
	}
	if err := s.run(ctx, calls); err != nil {
		return nil, fmt.Errorf("claiming digests: %w", err)
	}
	var claimed []jobs.Due
	for i, c := range calls {
		slot, err := c.result.Text()
		if err != nil {
			continue // another claimed it meanwhile; run has seen every other error
		}
		at, err := slotOf(due[i], slot)
		if err != nil {
			return nil, err
		}
		claimed = append(claimed, jobs.Due{Shop: due[i], At: at})
	}
	return claimed, nil
}
