package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// boardLeaseSpread tells claims of one instant apart: the end of a lease is its name, and is put off by up to so many
// milliseconds.
const boardLeaseSpread = 1 << 14

// lookAtBoards has the boards of a shop looked at no later than at an instant.
func lookAtBoards(b *batch, shop string, at rules.Instant) {
	b.write("ZADD", boardsKey(partitionOf(shop)), "LT", score(at), esc(shop))
}

// LookAtBoards has the boards of a shop looked at no later than at an instant. It returns [sla.ErrUnknownShop] when the shop
// is not set up. Repeating it changes nothing.
func (s *Store) LookAtBoards(ctx context.Context, shop string, at rules.Instant) error {
	b := newBatch(partitionOf(shop), "")
	b.write("require", keysOf(shop).settings())
	lookAtBoards(b, shop, at)
	if err := s.apply(ctx, b); err != nil {
		return fmt.Errorf("asking for a look at the boards of shop %s: %w", shop, err)
	}
	return nil
}

// ClaimBoards claims up to limit shops whose boards are due to be looked at, the longest due first. The claimer must
// [Store.PlanBoards] within the lease; otherwise the shop becomes due again.
func (s *Store) ClaimBoards(ctx context.Context, now rules.Instant, lease time.Duration, limit int) ([]jobs.BoardDue, error) {
	shops, err := s.dueShops(ctx, now, limit, boardsKey)
	if err != nil {
		return nil, fmt.Errorf("looking for due boards: %w", err)
	}
	until := now + rules.Instant(lease.Milliseconds()+rand.Int64N(boardLeaseSpread))
	calls := make([]*call, len(shops))
	for i, shop := range shops {
		calls[i] = &call{script: s.scripts.look, keys: []string{boardsKey(partitionOf(shop))}, args: []any{esc(shop), score(now), score(until)}}
	}
	if err := s.run(ctx, calls); err != nil {
		return nil, fmt.Errorf("claiming boards: %w", err)
	}
	var claimed []jobs.BoardDue
	for i, c := range calls {
		if n, err := c.result.Int64(); err == nil && n == 1 {
			claimed = append(claimed, jobs.BoardDue{Shop: shops[i], Lease: until})
		}
	}
	return claimed, nil
}

// PlanBoards ends a claim: the boards are looked at next at an instant, or sooner when somebody asked for it since the
// claim; 0 takes the shop off. Repeating it changes nothing.
func (s *Store) PlanBoards(ctx context.Context, due jobs.BoardDue, next rules.Instant) error {
	keys := []string{boardsKey(partitionOf(due.Shop))}
	if _, err := s.runOne(ctx, s.scripts.plan, keys, esc(due.Shop), score(due.Lease), score(next)); err != nil {
		return fmt.Errorf("planning the boards of shop %s: %w", due.Shop, err)
	}
	return nil
}

// Boards returns what is remembered of the boards of a shop, by chat.
func (s *Store) Boards(ctx context.Context, shop string) (map[int64]notify.BoardState, error) {
	fields, err := s.db.HGetAll(ctx, keysOf(shop).board()).Result()
	if err != nil {
		return nil, fmt.Errorf("reading boards of shop %s: %w", shop, err)
	}
	states := make(map[int64]notify.BoardState, len(fields))
	for field, raw := range fields {
		chat, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading boards of shop %s: chat %q", shop, field)
		}
		var state notify.BoardState
		if err := json.Unmarshal([]byte(raw), &state); err != nil {
			return nil, fmt.Errorf("decoding the board of chat %d at shop %s: %w", chat, shop, err)
		}
		states[chat] = state
	}
	return states, nil
}

// SaveBoards carries a plan out as one: what is remembered, the messages and those taken back. It returns
// [sla.ErrUnknownShop] when the shop is not set up. Repeating it changes nothing: messages have keys, the rest is absolute.
func (s *Store) SaveBoards(ctx context.Context, shop string, plan notify.BoardPlan) error {
	k := keysOf(shop)
	b := newBatch(k.p, "")
	b.write("require", k.settings())
	if err := s.writeShop(b, sla.ShopWrite{Shop: shop, Messages: plan.Messages, Withdraw: plan.Withdraw}); err != nil {
		return fmt.Errorf("saving boards of shop %s: %w", shop, err)
	}
	for _, chat := range plan.Gone {
		b.write("HDEL", k.board(), chatField(chat))
	}
	for chat, state := range plan.States {
		raw, err := json.Marshal(state)
		if err != nil {
			return fmt.Errorf("encoding the board of chat %d: %w", chat, err)
		}
		b.write("HSET", k.board(), chatField(chat), raw)
	}
	b.write("EXPIRE", k.board(), seconds(s.cfg.Retention))
	if err := s.apply(ctx, b); err != nil {
		return fmt.Errorf("saving boards of shop %s: %w", shop, err)
	}
	return nil
}
