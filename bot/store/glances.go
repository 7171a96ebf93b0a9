package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// glance are the commands on their way for one shop.
type glance struct {
	settings, heard, pulse *redis.StringCmd
	due, late              *redis.ZSliceCmd
	soon                   *redis.IntCmd
	penalties              *redis.StringSliceCmd
}

// Glances reads what a verdict starts from of many shops, in order. It is one round trip.
func (s *Store) Glances(ctx context.Context, shops []string, ask sla.GlanceAsk) ([]sla.Glance, error) {
	pipe := s.db.Pipeline()
	reads := make([]glance, len(shops))
	for i, shop := range shops {
		k := keysOf(shop)
		reads[i] = glance{pipe.Get(ctx, k.settings()), pipe.Get(ctx, k.heard()), pipe.Get(ctx, k.pulse()),
			pipe.ZRangeByScoreWithScores(ctx, k.due(), &redis.ZRangeBy{Min: "-inf", Max: score(ask.Until), Count: int64(ask.Open)}),
			pipe.ZRevRangeByScoreWithScores(ctx, k.broken(), &redis.ZRangeBy{Min: score(ask.LateFrom), Max: score(ask.Now), Count: int64(ask.Late)}),
			pipe.ZCount(ctx, k.due(), "-inf", score(ask.Until)),
			pipe.ZRangeByScore(ctx, k.penalties(), &redis.ZRangeBy{Min: score(ask.Since), Max: "+inf"})}
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, fmt.Errorf("glancing at %d shops: %w", len(shops), err)
	}
	list := make([]sla.Glance, len(shops))
	for i, read := range reads {
		var err error
		if list[i], err = read.decode(); err != nil {
			return nil, fmt.Errorf("glancing at shop %s: %w", shops[i], err)
		}
	}
	return list, nil
}

func (r glance) decode() (g sla.Glance, err error) {
	raw, err := r.settings.Result()
	if errors.Is(err, redis.Nil) {
		return g, nil
	}
	g = sla.Glance{Found: true, Soon: int(r.soon.Val()), Penalties: r.penalties.Val()}
	if err := json.Unmarshal([]byte(raw), &g.Config); err != nil {
		return g, fmt.Errorf("decoding settings: %w", err)
	}
	heard, err := strconv.ParseInt(cmp.Or(r.heard.Val(), "0"), 10, 64)
	if err != nil {
		return g, fmt.Errorf("reading when it was heard: %w", err)
	}
	g.Heard = rules.Instant(heard)
	if g.Pulse, err = pulseOf(r.pulse.Val()); err != nil {
		return g, err
	}
	if g.Late, err = listedCases(r.late.Val()); err != nil {
		return g, err
	}
	g.Due, err = listedCases(r.due.Val())
	return g, err
}

// Gather reads dossiers of several shops: one list per ask, in order, each in the order of its subjects; the zero dossier for an
// unknown one. It is one round trip.
func (s *Store) Gather(ctx context.Context, asks []sla.ShopAsk) ([][]rules.Dossier, error) {
	pipe := s.db.Pipeline()
	reads := make([]*redis.SliceCmd, len(asks))
	for i, ask := range asks {
		reads[i] = readDossiers(ctx, pipe, keysOf(ask.Shop), ask.Subjects)
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, fmt.Errorf("reading dossiers of %d shops: %w", len(asks), err)
	}
	list := make([][]rules.Dossier, len(asks))
	for i, ask := range asks {
		if reads[i] == nil {
			continue
		}
		var err error
		if list[i], err = decodeDossiers(ask.Subjects, reads[i].Val()); err != nil {
			return nil, fmt.Errorf("dossiers of shop %s: %w", ask.Shop, err)
		}
	}
	return list, nil
}
