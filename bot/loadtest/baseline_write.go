package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

func parseWakes(members []string) (wakes []sla.Wake) {
	for _, member := range members {
		shop, text, _ := strings.Cut(member, "|")
		if subject, ok := rules.ParseSubject(text); ok {
			wakes = append(wakes, sla.Wake{Shop: shop, Subject: subject})
		}
	}
	return wakes
}

// Commit writes what changed, one command after the other.
func (b *baseline) Commit(ctx context.Context, writes []sla.Write) ([]bool, error) {
	applied := make([]bool, len(writes))
	for i, w := range writes {
		for _, shop := range w.Shops {
			if err := b.writeShop(ctx, shop); err != nil {
				return nil, fmt.Errorf("writing shop %s: %w", shop.Shop, err)
			}
		}
		applied[i] = true
	}
	return applied, nil
}

func (b *baseline) writeShop(ctx context.Context, w sla.ShopWrite) error {
	for subject, d := range w.Dossiers {
		raw, err := json.Marshal(d)
		if err != nil {
			return err
		}
		if err := b.db.Set(ctx, dossierKey(w.Shop, subject), raw, retention).Err(); err != nil {
			return err
		}
	}
	for subject, at := range w.Wakes {
		if err := b.place(ctx, wakeKey, wakeMember(w.Shop, subject), at, 0); err != nil {
			return err
		}
	}
	for id, at := range w.Due {
		if err := b.place(ctx, dueKey(w.Shop), caseMember(id), at, dayRetention); err != nil {
			return err
		}
	}
	for id, at := range w.Broken {
		if err := b.place(ctx, brokenKey(w.Shop), caseMember(id), at, dayRetention); err != nil {
			return err
		}
	}
	if err := writeFields(ctx, b.db, daysKey(w.Shop), w.Tallies, rules.Date.String); err != nil {
		return err
	}
	if err := writeFields(ctx, b.db, tookKey(w.Shop), w.Took, tookField); err != nil {
		return err
	}
	if err := b.writeLog(ctx, w); err != nil {
		return err
	}
	return b.writeMessages(ctx, w.Shop, w.Messages)
}

// place puts a member into a sorted set, or takes it out when at is 0.
func (b *baseline) place(ctx context.Context, key, member string, at rules.Instant, ttl time.Duration) error {
	if at == 0 {
		return b.db.ZRem(ctx, key, member).Err()
	}
	if err := b.db.ZAdd(ctx, key, redis.Z{Score: float64(at), Member: member}).Err(); err != nil {
		return err
	}
	if ttl == 0 {
		return nil
	}
	return b.db.Expire(ctx, key, ttl).Err()
}

// writeFields writes fields of a hash in one command.
func writeFields[K comparable, V any](ctx context.Context, db *redis.Client, key string, values map[K]V, name func(K) string) error {
	if len(values) == 0 {
		return nil
	}
	var pairs []any
	for k, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		pairs = append(pairs, name(k), raw)
	}
	if err := db.HSet(ctx, key, pairs...).Err(); err != nil {
		return err
	}
	return db.Expire(ctx, key, dayRetention).Err()
}

// writeLog appends to the log, trims it in the same command, and notes when the shop was heard.
func (b *baseline) writeLog(ctx context.Context, w sla.ShopWrite) error {
	for _, e := range w.Log {
		raw, err := json.Marshal(e)
		if err != nil {
			return err
		}
		oldest := time.Now().Add(-retention).UnixMilli()
		add := &redis.XAddArgs{Stream: logKey(w.Shop), MinID: fmt.Sprint(oldest), Approx: true, Values: []any{"e", raw}}
		if err := b.db.XAdd(ctx, add).Err(); err != nil {
			return err
		}
		if err := b.db.Expire(ctx, logKey(w.Shop), retention).Err(); err != nil {
			return err
		}
	}
	if w.Heard == 0 {
		return nil
	}
	return b.db.Set(ctx, heardKey(w.Shop), int64(w.Heard), dayRetention).Err()
}

// writeMessages enqueues messages whose keys are new.
func (b *baseline) writeMessages(ctx context.Context, shop string, messages []outbox.Message) error {
	for _, m := range messages {
		raw, err := json.Marshal(m)
		if err != nil {
			return err
		}
		member := shop + "|" + m.Key
		fresh, err := b.db.SetNX(ctx, "message:"+member, raw, retention).Result()
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		if err := b.db.ZAdd(ctx, "out", redis.Z{Score: float64(m.Created), Member: member}).Err(); err != nil {
			return err
		}
	}
	return nil
}

// logPage is how many entries of a log are read at a time.
const logPage = 1000

// Log calls f with each event of the shop's log until f fails.
func (b *baseline) Log(ctx context.Context, shop string, f func(rules.Event) error) error {
	from := "-"
	for {
		page, err := b.db.XRangeN(ctx, logKey(shop), from, "+", logPage).Result()
		if err != nil {
			return err
		}
		for _, entry := range page {
			raw, _ := entry.Values["e"].(string)
			e, err := rules.ParseEvent([]byte(raw), "")
			if err != nil {
				return fmt.Errorf("log of shop %s at %s: %w", shop, entry.ID, err)
			}
			if err := f(e); err != nil {
				return err
			}
			from = "(" + entry.ID
		}
		if len(page) < logPage {
			return nil
		}
	}
}
