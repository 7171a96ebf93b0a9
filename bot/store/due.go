package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/redis/go-redis/v9"

	"shopwarden/rules"
)

// dueMember is a member of one of several sets that are scored by instants.
type dueMember struct {
	set    int // which of the sets
	member string
	at     float64
}

// dueMembers reads, in one round trip, up to limit members of each set that are due at now: set by set, and of each the
// longest due first. Scores are instants in ms; a fraction of one counts as that one.
func (s *Store) dueMembers(ctx context.Context, now rules.Instant, limit int, sets []string) ([]dueMember, error) {
	pipe := s.db.Pipeline()
	for _, key := range sets {
		pipe.ZRangeByScoreWithScores(ctx, key, &redis.ZRangeBy{Min: "-inf", Max: "(" + score(now+1), Count: int64(limit)})
	}
	cmds, err := pipe.Exec(ctx)
	if err != nil {
		return nil, err
	}
	var due []dueMember
	for i, cmd := range cmds {
		for _, z := range cmd.(*redis.ZSliceCmd).Val() {
			member, _ := z.Member.(string)
			due = append(due, dueMember{i, member, z.Score})
		}
	}
	return due, nil
}

// eachPartition names one key in every partition.
func eachPartition(key func(p int) string) []string {
	keys := make([]string, partitions)
	for p := range keys {
		keys[p] = key(p)
	}
	return keys
}

// dueShops reads up to limit shops that are due in a set of every partition, the longest due first.
func (s *Store) dueShops(ctx context.Context, now rules.Instant, limit int, key func(p int) string) ([]string, error) {
	due, err := s.dueMembers(ctx, now, limit, eachPartition(key))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(due, func(a, b dueMember) int { return cmp.Compare(a.at, b.at) })
	shops := make([]string, 0, limit)
	for _, d := range due[:min(len(due), limit)] {
		shops = append(shops, unesc(d.member))
	}
	return shops, nil
}
