package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/sla"
	"shopwarden/config"
)

// Results of commit.lua.
const (
	resultApplied = 1
	resultMissing = -1
)

// apply runs a batch that goes with any version and moves the version on, so that a commit that loaded before must load
// again. It returns [sla.ErrUnknownShop] when a required shop is missing.
func (s *Store) apply(ctx context.Context, b *batch) error {
	c := b.call(s.scripts.commit)
	n, err := s.runOne(ctx, c.script, c.keys, c.args...)
	if err != nil {
		return err
	}
	if n == resultMissing {
		return sla.ErrUnknownShop
	}
	return nil
}

// SaveShop sets a shop up or changes its settings. Repeating it changes nothing; of two at once the later one wins.
func (s *Store) SaveShop(ctx context.Context, shop config.Shop) error {
	raw, err := json.Marshal(shop)
	if err != nil {
		return fmt.Errorf("encoding settings of shop %s: %w", shop.ID, err)
	}
	p := partitionOf(shop.ID)
	b := newBatch(p, "")
	b.write("SET", keysOf(shop.ID).settings(), raw)
	b.write("SADD", shopsKey(p), shop.ID)
	if err := s.apply(ctx, b); err != nil {
		return fmt.Errorf("saving shop %s: %w", shop.ID, err)
	}
	return nil
}

// Shops returns the ids of all shops that are set up, in order.
func (s *Store) Shops(ctx context.Context) ([]string, error) {
	pipe := s.db.Pipeline()
	for p := range partitions {
		pipe.SMembers(ctx, shopsKey(p))
	}
	cmds, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing shops: %w", err)
	}
	var shops []string
	for _, cmd := range cmds {
		shops = append(shops, cmd.(*redis.StringSliceCmd).Val()...)
	}
	slices.Sort(shops)
	return shops, nil
}
