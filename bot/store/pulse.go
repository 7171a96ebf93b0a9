package store

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/redis/go-redis/v9"

	"shopwarden/rules"
)

// Pulse returns the rhythm in which the events of a shop arrive, the zero value when none ever did.
func (s *Store) Pulse(ctx context.Context, shop string) (rules.Pulse, error) {
	raw, err := s.db.Get(ctx, keysOf(shop).pulse()).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return rules.Pulse{}, fmt.Errorf("reading the rhythm of shop %s: %w", shop, err)
	}
	return pulseOf(raw)
}

// pulseOf decodes a stored pulse, "" for none.
func pulseOf(raw string) (p rules.Pulse, err error) {
	if raw == "" {
		return p, nil
	}
	if p, err = decodePulse(raw); err != nil {
		return rules.Pulse{}, fmt.Errorf("decoding the rhythm: %w", err)
	}
	return p, nil
}

// encodePulse packs a pulse: the instants, then how many hours are known, and each with its number.
func encodePulse(p rules.Pulse) []byte {
	out := newPacker(256)
	out.integer(int64(p.Since))
	out.integer(int64(p.Last))
	told := 0
	if p.Told {
		told = 1
	}
	out.count(told)
	for h, b := range p.Hours {
		if b == (rules.Beat{}) {
			continue
		}
		out.count(h)
		out.integer(int64(b.Day))
		out.count(b.Now)
		out.count(b.Days)
		out.count(int(math.Float32bits(float32(b.Usual))))
	}
	return out.buf
}

func decodePulse(raw string) (p rules.Pulse, err error) {
	u := newUnpacker(raw)
	p.Since, p.Last = rules.Instant(u.integer()), rules.Instant(u.integer())
	p.Told = u.unsigned() == 1
	for u.err == nil && u.buf != "" {
		h := u.unsigned()
		if h >= uint64(len(p.Hours)) {
			u.fail(errShort)
			break
		}
		p.Hours[h] = rules.Beat{Day: rules.Date(u.integer()), Now: int(u.unsigned()), Days: int(u.unsigned()),
			Usual: float64(math.Float32frombits(uint32(u.unsigned())))}
	}
	return p, u.end()
}
