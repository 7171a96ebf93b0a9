package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Fingerprint writes down everything the counters of a shop consist of: dossiers, days, times, due and breached cases,
// penalties, a line each, in order, the values as they stand in Redis. Two shops that were told the same facts, in whatever order, have
// the same fingerprint. It is for tests and for looking closely; it reads the whole shop.
func (s *Store) Fingerprint(ctx context.Context, shop string) (string, error) {
	lines, err := s.dossierLines(ctx, shop)
	if err != nil {
		return "", fmt.Errorf("fingerprint of shop %s: %w", shop, err)
	}
	k, pipe := keysOf(shop), s.db.Pipeline()
	hashes := map[string]*redis.MapStringStringCmd{"days": pipe.HGetAll(ctx, k.days()), "took": pipe.HGetAll(ctx, k.took())}
	lists := map[string]*redis.ZSliceCmd{"due": pipe.ZRangeWithScores(ctx, k.due(), 0, -1),
		"broken": pipe.ZRangeWithScores(ctx, k.broken(), 0, -1), "penalties": pipe.ZRangeWithScores(ctx, k.penalties(), 0, -1)}
	if err := exec(ctx, pipe); err != nil {
		return "", fmt.Errorf("fingerprint of shop %s: %w", shop, err)
	}
	for name, cmd := range hashes {
		for field, raw := range cmd.Val() {
			lines = append(lines, fmt.Sprintf("%s %s %x", name, field, raw))
		}
	}
	for name, cmd := range lists {
		for _, z := range cmd.Val() {
			lines = append(lines, fmt.Sprintf("%s %s %.0f", name, z.Member, z.Score))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), nil
}

// dossierLines finds the dossiers of a shop with a scan, which may show a key twice.
func (s *Store) dossierLines(ctx context.Context, shop string) ([]string, error) {
	found, prefix := map[string]string{}, keysOf(shop).dossiers()
	err := s.scan(ctx, partitionOf(shop), func(db *redis.Client, keys []string) error {
		for _, key := range keys {
			subject, mine := strings.CutPrefix(key, prefix)
			if !mine {
				continue
			}
			raw, err := db.Get(ctx, key).Result()
			if err != nil {
				return fmt.Errorf("%s: %w", subject, err)
			}
			found[subject] = raw
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	lines := make([]string, 0, len(found))
	for subject, raw := range found {
		d, err := decodeDossier(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", subject, err)
		}
		lines = append(lines, fmt.Sprintf("dossier %s %x %v", subject, raw, d))
	}
	return lines, nil
}
