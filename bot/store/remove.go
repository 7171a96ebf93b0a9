package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// scanPage is how many keys or members are looked at, and removed, at a time.
const scanPage = 500

// RemoveShop removes a shop and everything kept of it: settings, subscriptions, cases, counters, log, messages,
// alarms, codes, schedule. From the first step on the shop is unknown and no commit to it applies; repeating the call completes what a
// crash left. What a button stands for and marks of jobs run out by themselves.
func (s *Store) RemoveShop(ctx context.Context, shop string) error {
	for _, step := range []func(context.Context, string) error{s.closeShop, s.leaveChats, s.removeMembers, s.removeScanned, s.removeFixed} {
		if err := step(ctx, shop); err != nil {
			return fmt.Errorf("removing shop %s: %w", shop, err)
		}
	}
	return nil
}

// closeShop makes the shop unknown.
func (s *Store) closeShop(ctx context.Context, shop string) error {
	p := partitionOf(shop)
	b := newBatch(p, "")
	b.write("DEL", keysOf(shop).settings())
	b.write("SREM", shopsKey(p), shop)
	unschedule(b, p, shop)
	b.write("ZREM", boardsKey(p), esc(shop))
	return s.apply(ctx, b)
}

func (s *Store) leaveChats(ctx context.Context, shop string) error {
	fields, err := s.db.HKeys(ctx, keysOf(shop).chats()).Result()
	if err != nil {
		return err
	}
	for _, field := range fields {
		chat, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return fmt.Errorf("chat %q: %w", field, err)
		}
		if err := s.leave(ctx, chat, shop); err != nil {
			return err
		}
	}
	return nil
}

// removeMembers takes the shop out of the sets that it shares with others.
func (s *Store) removeMembers(ctx context.Context, shop string) error {
	p := partitionOf(shop)
	prefixes := map[string]string{wakeKey(p): wakePrefix(shop), alarmsKey(p): alarmMember(shop, "")}
	for _, key := range []string{outKey(p), deadKey(p)} {
		prefixes[key] = messageMember(shop, "")
	}
	for lane := outbox.LaneAlert; int(lane) <= outbox.Lanes; lane++ {
		prefixes[laneKey(p, lane)] = messageMember(shop, "")
		if err := s.removeFields(ctx, heldKey(p, lane), messageMember(shop, "")); err != nil {
			return err
		}
	}
	for key, prefix := range prefixes {
		if err := s.removePrefixed(ctx, key, prefix); err != nil {
			return err
		}
	}
	return nil
}

// removePrefixed takes what begins with a prefix out of a sorted set.
func (s *Store) removePrefixed(ctx context.Context, key, prefix string) error {
	iter := s.db.ZScan(ctx, key, 0, "", scanPage).Iterator()
	var found []any
	for iter.Next(ctx) { // members and scores in turn; no score looks like a prefix
		if strings.HasPrefix(iter.Val(), prefix) {
			found = append(found, iter.Val())
		}
	}
	if err := iter.Err(); err != nil {
		return err
	}
	for part := range slices.Chunk(found, scanPage) {
		if err := s.db.ZRem(ctx, key, part...).Err(); err != nil {
			return err
		}
	}
	return nil
}

// removeFields takes the fields that begin with a prefix out of a hash.
func (s *Store) removeFields(ctx context.Context, key, prefix string) error {
	fields, err := s.db.HKeys(ctx, key).Result()
	if err != nil {
		return err
	}
	fields = slices.DeleteFunc(fields, func(f string) bool { return !strings.HasPrefix(f, prefix) })
	if len(fields) == 0 {
		return nil
	}
	return s.db.HDel(ctx, key, fields...).Err()
}

// removeScanned removes the keys that only a scan can find.
func (s *Store) removeScanned(ctx context.Context, shop string) error {
	return s.scan(ctx, partitionOf(shop), func(db *redis.Client, keys []string) error {
		var found []string
		for _, key := range keys {
			mine, err := s.belongs(ctx, db, shop, key)
			if err != nil {
				return err
			}
			if mine {
				found = append(found, key)
			}
		}
		if len(found) == 0 {
			return nil
		}
		return db.Unlink(ctx, found...).Err()
	})
}

// belongs reports whether a scanned key is one of the shop's: a dossier, an appeal, a message, a line, noise or a code.
func (s *Store) belongs(ctx context.Context, db *redis.Client, shop, key string) (bool, error) {
	k := keysOf(shop)
	for _, prefix := range []string{k.dossiers(), k.appeals(), k.messages(), noiseKey(shop, "")} {
		if strings.HasPrefix(key, prefix) {
			return true, nil
		}
	}
	for lane := outbox.LaneAlert; int(lane) <= outbox.Lanes; lane++ {
		if strings.HasPrefix(key, laneKey(k.p, lane)+":"+messageMember(shop, "")) {
			return true, nil
		}
	}
	if !strings.HasPrefix(key, codeKey(k.p, "")) {
		return false, nil
	}
	of, err := db.HGet(ctx, key, "shop").Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return false, err
	}
	return of == shop, nil
}

// scan calls f with the keys of a partition, some at a time, on the server that holds them.
func (s *Store) scan(ctx context.Context, p int, f func(*redis.Client, []string) error) error {
	db, err := s.masterOf(ctx, seqKey(p))
	if err != nil {
		return err
	}
	var cursor uint64
	for {
		keys, next, err := db.Scan(ctx, cursor, partKey(p, "*"), scanPage).Result()
		if err != nil {
			return err
		}
		if err := f(db, keys); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// removeFixed removes the keys whose names are known. The chats come last: they say where to clean up when the call is
// repeated.
func (s *Store) removeFixed(ctx context.Context, shop string) error {
	k := keysOf(shop)
	return s.db.Unlink(ctx, k.days(), k.took(), k.due(), k.broken(), k.penalties(), k.log(), k.heard(), k.pulse(), k.tips(), k.board(), k.alarm(), calmKey(shop), k.chats()).Err()
}

// Trim drops what a shop keeps beyond its time: counters, breached cases and penalties older than the day retention, events
// and alarms older than the retention. It is for a daily job. Repeating it changes nothing.
func (s *Store) Trim(ctx context.Context, shop string) error {
	now := s.now()
	cutoff := now - rules.Instant(s.cfg.DayRetention.Milliseconds())
	k, pipe := keysOf(shop), s.db.Pipeline()
	pipe.ZRemRangeByScore(ctx, k.broken(), "-inf", "("+score(cutoff))
	pipe.ZRemRangeByScore(ctx, k.due(), "-inf", "("+score(cutoff))
	pipe.ZRemRangeByScore(ctx, k.penalties(), "-inf", "("+score(cutoff))
	pipe.XTrimMinID(ctx, k.log(), score(now-rules.Instant(s.cfg.Retention.Milliseconds())))
	if err := exec(ctx, pipe); err != nil {
		return fmt.Errorf("trimming shop %s: %w", shop, err)
	}
	if err := s.trimAlarms(ctx, shop, now-rules.Instant(s.cfg.Retention.Milliseconds())); err != nil {
		return fmt.Errorf("trimming alarms of shop %s: %w", shop, err)
	}
	oldest := rules.DateOf(cutoff, time.UTC)
	for _, key := range []string{k.days(), k.took()} {
		if err := s.trimFields(ctx, key, oldest); err != nil {
			return fmt.Errorf("trimming shop %s: %w", shop, err)
		}
	}
	return nil
}

// trimFields removes the fields of days before oldest.
func (s *Store) trimFields(ctx context.Context, key string, oldest rules.Date) error {
	fields, err := s.db.HKeys(ctx, key).Result()
	if err != nil {
		return err
	}
	var old []string
	for _, field := range fields {
		if day, ok := fieldDay(field); ok && day < oldest {
			old = append(old, field)
		}
	}
	for len(old) > 0 {
		n := min(scanPage, len(old))
		if err := s.db.HDel(ctx, key, old[:n]...).Err(); err != nil {
			return err
		}
		old = old[n:]
	}
	return nil
}
