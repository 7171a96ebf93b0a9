package store_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/store"
)

// allKeys returns every key on every server.
func allKeys(t *testing.T, s *store.Store) []string {
	t.Helper()
	var mu sync.Mutex
	var keys []string
	ok(t, store.EachMaster(t.Context(), s, func(ctx context.Context, db *redis.Client) error {
		iter := db.Scan(ctx, 0, "*", 1000).Iterator()
		for iter.Next(ctx) {
			mu.Lock()
			keys = append(keys, iter.Val())
			mu.Unlock()
		}
		return iter.Err()
	}))
	return keys
}

// keysWith returns the keys that contain a text.
func keysWith(t *testing.T, s *store.Store, text string) (found []string) {
	t.Helper()
	for _, key := range allKeys(t, s) {
		if strings.Contains(key, text) {
			found = append(found, key)
		}
	}
	return found
}
