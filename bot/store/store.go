package store

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// Config tunes a store. The zero value works.
type Config struct {
	Retention    time.Duration    // how long dossiers, the log and the marks of messages are kept; 0 = 45 days
	DayRetention time.Duration    // how long counters and the list of breached cases are kept; 0 = 400 days
	Limits       outbox.Limits    // what all processes together may send; must be the same in all of them
	Now          func() time.Time // nil = time.Now
}

func (c Config) withDefaults() Config {
	const day = 24 * time.Hour
	if c.Retention == 0 {
		c.Retention = 45 * day
	}
	if c.DayRetention == 0 {
		c.DayRetention = 400 * day
	}
	c.Limits = c.Limits.WithDefaults()
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Store is the one way to Redis. All methods are safe for concurrent use and for several processes.
type Store struct {
	db       redis.UniversalClient
	cfg      Config
	scripts  scripts
	embedded bool
	shops    memo[config.Shop]
	chats    memo[notify.Chat]
}

var (
	_ sla.Store    = (*Store)(nil)
	_ sla.Reader   = (*Store)(nil)
	_ outbox.Queue = (*Store)(nil)
)

func newStore(db redis.UniversalClient, cfg Config) *Store {
	return &Store{db: db, cfg: cfg.withDefaults(), scripts: newScripts()}
}

// Close lets go of all connections.
func (s *Store) Close() error { return s.db.Close() }

// Ping asks every server for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	return s.eachMaster(ctx, func(ctx context.Context, db *redis.Client) error { return db.Ping(ctx).Err() })
}

// Partition returns the partition of a shop.
func (s *Store) Partition(shop string) int { return partitionOf(shop) }

// Partitions returns how many partitions there are.
func (s *Store) Partitions() int { return partitions }

func (s *Store) now() rules.Instant { return rules.InstantOf(s.cfg.Now()) }

// eachMaster calls f for every server that holds data, one after the other or at once.
func (s *Store) eachMaster(ctx context.Context, f func(context.Context, *redis.Client) error) error {
	switch db := s.db.(type) {
	case *redis.ClusterClient:
		return db.ForEachMaster(ctx, f)
	case *redis.Client:
		return f(ctx, db)
	}
	panic("store: a client that Connect does not make")
}

// masterOf returns the server that holds a key.
func (s *Store) masterOf(ctx context.Context, key string) (*redis.Client, error) {
	switch db := s.db.(type) {
	case *redis.ClusterClient:
		return db.MasterForKey(ctx, key)
	case *redis.Client:
		return db, nil
	}
	panic("store: a client that Connect does not make")
}

// seconds returns d for EXPIRE, at least one.
func seconds(d time.Duration) int64 { return max(1, int64(d/time.Second)) }
