package store

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/rules"
)

// TimeLeft returns how long a dossier lives.
func TimeLeft(s *Store, shop string, subject rules.Subject) (time.Duration, error) {
	return s.db.PTTL(context.Background(), keysOf(shop).dossiers()+subject.String()).Result()
}

// FlushAll empties every server of a store.
func FlushAll(ctx context.Context, s *Store) error {
	return s.eachMaster(ctx, func(ctx context.Context, db *redis.Client) error { return db.FlushAll(ctx).Err() })
}

// Client gives tests the bare client.
func Client(s *Store) redis.UniversalClient { return s.db }

// EachMaster calls f for every server of a store.
func EachMaster(ctx context.Context, s *Store, f func(context.Context, *redis.Client) error) error {
	return s.eachMaster(ctx, f)
}

// CloseShop does the first step of RemoveShop, as if a crash followed.
func CloseShop(ctx context.Context, s *Store, shop string) error { return s.closeShop(ctx, shop) }

// IndexChat does the first step of Bind, as if a crash followed.
func IndexChat(ctx context.Context, s *Store, chat int64, shop string) error {
	return s.db.SAdd(ctx, chatShopsKey(chat), shop).Err()
}
