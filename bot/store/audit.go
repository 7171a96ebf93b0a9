package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"shopwarden/rules"
)

// Subjects lists everything the shop has a dossier of, in order. It scans the server.
func (s *Store) Subjects(ctx context.Context, shop string) ([]rules.Subject, error) {
	p := partitionOf(shop)
	prefix := keysOf(shop).dossiers()
	found := map[rules.Subject]bool{}
	err := s.scan(ctx, p, func(_ *redis.Client, keys []string) error {
		for _, key := range keys {
			if text, mine := strings.CutPrefix(key, prefix); mine {
				if subject, ok := rules.ParseSubject(text); ok {
					found[subject] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("subjects of shop %s: %w", shop, err)
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b rules.Subject) int { return strings.Compare(a.String(), b.String()) }), nil
}

// MessageKeys lists the business keys of all messages ever queued for a shop that are still remembered, whatever became of
// them, in order. It is for tests and for looking closely; it scans the server.
func (s *Store) MessageKeys(ctx context.Context, shop string) ([]string, error) {
	p := partitionOf(shop)
	prefix := keysOf(shop).messages()
	var found []string
	err := s.scan(ctx, p, func(_ *redis.Client, keys []string) error {
		for _, key := range keys {
			if name, mine := strings.CutPrefix(key, prefix); mine && !strings.HasPrefix(name, "bundle/") { // that is where several went
				found = append(found, name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("messages of shop %s: %w", shop, err)
	}
	slices.Sort(found)
	return slices.Compact(found), nil // a scan may show a key twice
}
