package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// tipsLive is how long what a shop said to tips is kept after it last said something: longer than any of it holds.
const tipsLive = 400 * 24 * time.Hour

// toldField holds the day on whose scorecard the result of a tip was told. A tip id holds no colon.
func toldField(tip string, accepted rules.Instant) string {
	return "told:" + tip + ":" + score(accepted)
}

// SaveTip keeps what a shop says to a tip in place of what it said before. It returns [sla.ErrUnknownShop] when the shop is
// not set up. Repeating it changes nothing.
func (s *Store) SaveTip(ctx context.Context, shop, tip string, state notify.TipState) error {
	raw, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("encoding tip %s: %w", tip, err)
	}
	k := keysOf(shop)
	b := newBatch(k.p, "")
	b.write("require", k.settings())
	b.write("HSET", k.tips(), tip, raw)
	b.write("PEXPIRE", k.tips(), tipsLive.Milliseconds())
	if err := s.apply(ctx, b); err != nil {
		return fmt.Errorf("saving tip %s of shop %s: %w", tip, shop, err)
	}
	return nil
}

// Tips returns what a shop last said to each tip, by tip id.
func (s *Store) Tips(ctx context.Context, shop string) (map[string]notify.TipState, error) {
	fields, err := s.db.HGetAll(ctx, keysOf(shop).tips()).Result()
	if err != nil {
		return nil, fmt.Errorf("reading tips of shop %s: %w", shop, err)
	}
	states := make(map[string]notify.TipState, len(fields))
	for tip, raw := range fields {
		if strings.HasPrefix(tip, "told:") {
			continue
		}
		var state notify.TipState
		if err := json.Unmarshal([]byte(raw), &state); err != nil {
			return nil, fmt.Errorf("decoding tip %s of shop %s: %w", tip, shop, err)
		}
		states[tip] = state
	}
	return states, nil
}

// TellTip books the result of a tip that was accepted at an instant on the scorecard of a day, and returns the day it is
// booked on: the first one that asked. It returns [sla.ErrUnknownShop] when the shop is not set up. Repeating it changes
// nothing.
func (s *Store) TellTip(ctx context.Context, shop, tip string, accepted rules.Instant, day rules.Date) (rules.Date, error) {
	k, field := keysOf(shop), toldField(tip, accepted)
	b := newBatch(k.p, "")
	b.write("require", k.settings())
	b.write("HSETNX", k.tips(), field, dayField(day))
	b.write("PEXPIRE", k.tips(), tipsLive.Milliseconds())
	if err := s.apply(ctx, b); err != nil {
		return 0, fmt.Errorf("booking the result of tip %s of shop %s: %w", tip, shop, err)
	}
	text, err := s.db.HGet(ctx, k.tips(), field).Result()
	if err != nil {
		return 0, fmt.Errorf("reading the result of tip %s of shop %s: %w", tip, shop, err)
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("reading the result of tip %s of shop %s: %w", tip, shop, err)
	}
	return rules.Date(n), nil
}

// Recent returns the log of a shop in the order of commit when it has at most limit events, no event and false when it has
// more. Events that are appended while it runs may or may not come.
func (s *Store) Recent(ctx context.Context, shop string, limit int) (events []rules.Event, ok bool, err error) {
	n, err := s.db.XLen(ctx, keysOf(shop).log()).Result()
	if err != nil {
		return nil, false, fmt.Errorf("measuring log of shop %s: %w", shop, err)
	}
	if n > int64(limit) {
		return nil, false, nil
	}
	err = s.Log(ctx, shop, func(e rules.Event) error {
		events = append(events, e)
		return nil
	})
	return events, err == nil, err
}
