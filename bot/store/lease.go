package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrNoToken says that a button's token is unknown or has run out.
var ErrNoToken = errors.New("no such token")

// Lease takes a lease for an owner, or renews it, and reports whether the owner holds it now. It runs out after ttl unless
// renewed: work under it must stop by then.
func (s *Store) Lease(ctx context.Context, name, owner string, ttl time.Duration) (held bool, err error) {
	n, err := s.runOne(ctx, s.scripts.lease, []string{leaseKey(name)}, owner, max(1, ttl.Milliseconds()))
	if err != nil {
		return false, fmt.Errorf("taking lease %s: %w", name, err)
	}
	return n == 1, nil
}

// Release gives a lease back; nothing happens when the owner does not hold it (any more).
func (s *Store) Release(ctx context.Context, name, owner string) error {
	if _, err := s.runOne(ctx, s.scripts.release, []string{leaseKey(name)}, owner); err != nil {
		return fmt.Errorf("releasing lease %s: %w", name, err)
	}
	return nil
}

// SaveToken keeps what a button stands for and returns the 22 characters that fit into it. Equal payloads have equal
// tokens. A token is a name and no right: whoever presses the button may be anyone.
func (s *Store) SaveToken(ctx context.Context, payload string) (string, error) {
	token := digest(payload)
	if err := s.db.Set(ctx, tokenKey(token), payload, s.cfg.Retention).Err(); err != nil {
		return "", fmt.Errorf("saving a token: %w", err)
	}
	return token, nil
}

// Token returns what a button stands for, [ErrNoToken] when nobody knows any more.
func (s *Store) Token(ctx context.Context, token string) (string, error) {
	payload, err := s.db.Get(ctx, tokenKey(token)).Result()
	if errors.Is(err, redis.Nil) {
		return "", ErrNoToken
	}
	if err != nil {
		return "", fmt.Errorf("reading a token: %w", err)
	}
	return payload, nil
}

// SetJobDone marks a job as done for ttl. Repeating it changes nothing.
func (s *Store) SetJobDone(ctx context.Context, key string, ttl time.Duration) error {
	if err := s.db.Set(ctx, jobKey(key), 1, ttl).Err(); err != nil {
		return fmt.Errorf("marking job %s: %w", key, err)
	}
	return nil
}

// JobDone reports whether a job is marked as done.
func (s *Store) JobDone(ctx context.Context, key string) (bool, error) {
	n, err := s.db.Exists(ctx, jobKey(key)).Result()
	if err != nil {
		return false, fmt.Errorf("reading the mark of job %s: %w", key, err)
	}
	return n == 1, nil
}
