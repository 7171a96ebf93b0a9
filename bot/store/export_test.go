package store

import (
	"context"

	"github.com/redis/go-redis/v9"
)

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
