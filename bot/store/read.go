package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// logPage is how many entries of a log are read at a time.
const logPage = 1000

// Shop returns the settings of a shop, [sla.ErrUnknownShop] when it is not set up.
func (s *Store) Shop(ctx context.Context, shop string) (config.Shop, error) {
	raw, err := s.db.Get(ctx, keysOf(shop).settings()).Result()
	if errors.Is(err, redis.Nil) {
		return config.Shop{}, fmt.Errorf("shop %s: %w", shop, sla.ErrUnknownShop)
	}
	if err != nil {
		return config.Shop{}, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	var c config.Shop
	if err := json.Unmarshal([]byte(raw), &c); err != nil {
		return config.Shop{}, fmt.Errorf("decoding settings of shop %s: %w", shop, err)
	}
	return c, nil
}

// Dossiers reads what is known of subjects, in order; the zero dossier for an unknown one.
func (s *Store) Dossiers(ctx context.Context, shop string, subjects []rules.Subject) ([]rules.Dossier, error) {
	pipe := s.db.Pipeline()
	cmd := readDossiers(ctx, pipe, keysOf(shop), subjects)
	if cmd == nil {
		return nil, nil
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, fmt.Errorf("reading dossiers of shop %s: %w", shop, err)
	}
	list, err := decodeDossiers(subjects, cmd.Val())
	if err != nil {
		return nil, fmt.Errorf("dossiers of shop %s: %w", shop, err)
	}
	return list, nil
}

// Due returns up to limit open cases, the earliest due first, and how many there are in all.
func (s *Store) Due(ctx context.Context, shop string, limit int) ([]sla.Listed, int, error) {
	key, pipe := keysOf(shop).due(), s.db.Pipeline()
	all := pipe.ZCard(ctx, key)
	list := pipe.ZRangeByScoreWithScores(ctx, key, &redis.ZRangeBy{Min: "-inf", Max: "+inf", Count: int64(limit)})
	return listed(ctx, pipe, shop, all, list)
}

// Broken returns up to limit breached cases due in [from, to), the latest first, and how many there are in all.
func (s *Store) Broken(ctx context.Context, shop string, from, to rules.Instant, limit int) ([]sla.Listed, int, error) {
	key, pipe := keysOf(shop).broken(), s.db.Pipeline()
	low, high := score(from), "("+score(to)
	all := pipe.ZCount(ctx, key, low, high)
	list := pipe.ZRevRangeByScoreWithScores(ctx, key, &redis.ZRangeBy{Min: low, Max: high, Count: int64(limit)})
	return listed(ctx, pipe, shop, all, list)
}

// Penalties returns the ids of the penalties whose first fact lies in [from, to), the earliest first.
func (s *Store) Penalties(ctx context.Context, shop string, from, to rules.Instant) ([]string, error) {
	list, err := s.db.ZRangeByScore(ctx, keysOf(shop).penalties(), &redis.ZRangeBy{Min: score(from), Max: "(" + score(to)}).Result()
	if err != nil {
		return nil, fmt.Errorf("reading penalties of shop %s: %w", shop, err)
	}
	return list, nil
}

func listed(ctx context.Context, pipe redis.Pipeliner, shop string, all *redis.IntCmd, list *redis.ZSliceCmd) ([]sla.Listed, int, error) {
	if err := exec(ctx, pipe); err != nil {
		return nil, 0, fmt.Errorf("reading cases of shop %s: %w", shop, err)
	}
	cases, err := listedCases(list.Val())
	if err != nil {
		return nil, 0, fmt.Errorf("reading cases of shop %s: %w", shop, err)
	}
	return cases, int(all.Val()), nil
}

func listedCases(list []redis.Z) ([]sla.Listed, error) {
	cases := make([]sla.Listed, 0, len(list))
	for _, z := range list {
		member, _ := z.Member.(string)
		id, ok := parseCase(member)
		if !ok {
			return nil, fmt.Errorf("%q names no case", member)
		}
		cases = append(cases, sla.Listed{ID: id, Due: rules.Instant(z.Score)})
	}
	return cases, nil
}

// Log calls f with each event of the shop's log in the order of commit, until f fails. Events that are appended while it
// runs may or may not come.
func (s *Store) Log(ctx context.Context, shop string, f func(rules.Event) error) error {
	from := "-"
	for {
		page, err := s.db.XRangeN(ctx, keysOf(shop).log(), from, "+", logPage).Result()
		if err != nil {
			return fmt.Errorf("reading log of shop %s: %w", shop, err)
		}
		for _, entry := range page {
			if err := logEntry(entry, f); err != nil {
				return fmt.Errorf("log of shop %s at %s: %w", shop, entry.ID, err)
			}
			from = "(" + entry.ID
		}
		if len(page) < logPage {
			return nil
		}
	}
}

func logEntry(entry redis.XMessage, f func(rules.Event) error) error {
	raw, _ := entry.Values["e"].(string)
	e, err := rules.ParseEvent([]byte(raw), "")
	if err != nil {
		return fmt.Errorf("decoding event: %w", err)
	}
	return f(e)
}

// Heard returns when the last event of the shop arrived, 0 when none ever did.
func (s *Store) Heard(ctx context.Context, shop string) (rules.Instant, error) {
	text, err := s.db.Get(ctx, keysOf(shop).heard()).Result()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading when shop %s was heard: %w", shop, err)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading when shop %s was heard: %w", shop, err)
	}
	return rules.Instant(n), nil
}
