package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/outbox"
)

var _ outbox.Limiter = (*Store)(nil)

// Admit lets messages through as far as the limits of [Config] allow. All its keys lie on one slot: that the limits hold for
// all processes takes one place to ask. It is asked some ten times a second and process at most while it is full.
func (s *Store) Admit(ctx context.Context, requests []outbox.Request) ([]outbox.Grant, error) {
	if len(requests) == 0 {
		return nil, nil
	}
	l := s.cfg.Limits
	c := &call{script: s.scripts.admit, keys: []string{rateKey, wantKey, restKey},
		args: []any{l.PerSecond, l.Second.Microseconds(), outbox.Flying * l.Second.Microseconds(), l.Burst, l.PerMinute}}
	for _, r := range requests {
		c.keys = append(c.keys, rateChatKey(r.Chat), restChatKey(r.Chat))
		c.args = append(c.args, r.ID, int(r.Lane), r.Chat < 0)
	}
	if err := s.run(ctx, []*call{c}); err != nil {
		return nil, fmt.Errorf("asking the limits: %w", err)
	}
	return grantsOf(c.result, len(requests))
}

func grantsOf(cmd *redis.Cmd, n int) ([]outbox.Grant, error) {
	answer, err := cmd.Slice()
	if err != nil || len(answer) != 1+2*n {
		return nil, fmt.Errorf("asking the limits: %d answers to %d questions: %w", len(answer), n, err)
	}
	now, err := strconv.ParseInt(textAt(answer, 0), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("asking the limits: reading the time: %w", err)
	}
	grants := make([]outbox.Grant, n)
	for i := range grants {
		wait := time.Duration(numberAt(answer, 1+2*i)) * time.Microsecond
		grants[i] = outbox.Grant{Wait: wait, All: numberAt(answer, 2+2*i) == 1, At: now}
	}
	return grants, nil
}

// Pass dates messages that were let through.
func (s *Store) Pass(ctx context.Context, passed []outbox.Passed) error {
	if len(passed) == 0 {
		return nil
	}
	c := &call{script: s.scripts.pass, keys: []string{rateKey}}
	for _, x := range passed {
		at := ""
		if x.At != 0 {
			at = strconv.FormatInt(x.At, 10)
		}
		c.keys = append(c.keys, rateChatKey(x.Chat))
		c.args = append(c.args, x.ID, at)
	}
	if err := s.run(ctx, []*call{c}); err != nil {
		return fmt.Errorf("dating messages: %w", err)
	}
	return nil
}

// Flood obeys a 429.
func (s *Store) Flood(ctx context.Context, chat int64, wait time.Duration) error {
	second := s.cfg.Limits.Second
	micros := int64(wait.Seconds() * float64(second.Microseconds()))
	_, err := s.runOne(ctx, s.scripts.flood, []string{restKey, floodsKey, restChatKey(chat)}, chat, micros,
		outbox.FloodSpan*second.Microseconds(), outbox.FloodChats, outbox.LongestGuess*second.Microseconds())
	if err != nil {
		return fmt.Errorf("obeying a flood limit: %w", err)
	}
	return nil
}
