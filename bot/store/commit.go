package store

import (
	"context"
	"fmt"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// Commit applies each write as one script, all of them in one round trip per server. Repeating a commit applies it once:
// the version has moved on by then.
func (s *Store) Commit(ctx context.Context, writes []sla.Write) ([]bool, error) {
	calls := make([]*call, len(writes))
	for i, w := range writes {
		b, err := s.batchOf(w)
		if err != nil {
			return nil, fmt.Errorf("committing partition %d: %w", w.Partition, err)
		}
		calls[i] = b.call(s.scripts.commit)
	}
	if err := s.run(ctx, calls); err != nil {
		return nil, fmt.Errorf("committing %d partitions: %w", len(writes), err)
	}
	applied := make([]bool, len(writes))
	for i, c := range calls {
		n, err := c.result.Int64()
		if err != nil {
			return nil, fmt.Errorf("committing partition %d: %w", writes[i].Partition, err)
		}
		applied[i] = n == 1
	}
	return applied, nil
}

func (s *Store) batchOf(w sla.Write) (*batch, error) {
	b := newBatch(w.Partition, score(rules.Instant(w.Version)))
	for _, shop := range w.Shops {
		if p := partitionOf(shop.Shop); p != w.Partition {
			return nil, fmt.Errorf("shop %s belongs to partition %d", shop.Shop, p)
		}
		if err := s.writeShop(b, shop); err != nil {
			return nil, fmt.Errorf("shop %s: %w", shop.Shop, err)
		}
	}
	return b, nil
}

func (s *Store) writeShop(b *batch, w sla.ShopWrite) error {
	k := keysOf(w.Shop)
	s.writeDossiers(b, k, w.Dossiers)
	writeScores(b, wakeKey(k.p), w.Wakes, func(subject rules.Subject) string { return wakeMember(w.Shop, subject) })
	writeScores(b, k.due(), w.Due, caseMember)
	writeScores(b, k.broken(), w.Broken, caseMember)
	writeScores(b, k.penalties(), w.Penalties, func(id string) string { return id })
	writeFields(b, k.days(), packFields(w.Tallies, dayField, encodeTallies))
	writeFields(b, k.took(), packFields(w.Took, tookField, encodeDurations))
	if err := s.writeLog(b, k, w.Log); err != nil {
		return err
	}
	if w.Heard != 0 {
		b.write("SET", k.heard(), score(w.Heard), "EX", seconds(s.cfg.DayRetention))
	}
	if w.Pulse != nil {
		b.write("SET", k.pulse(), encodePulse(*w.Pulse), "EX", seconds(s.cfg.DayRetention))
	}
	if w.Board != 0 {
		lookAtBoards(b, w.Shop, w.Board)
	}
	for i, m := range w.Messages {
		if err := s.writeMessage(b, k.p, m, i); err != nil {
			return err
		}
	}
	for key, shelf := range w.Shelve {
		member := messageMember(w.Shop, key)
		to := b.key(messageKey(k.p, messageMember(w.Shop, shelf)))
		b.write("shelve", messageKey(k.p, member), b.key(outKey(k.p)), member, to)
	}
	for _, key := range w.Withdraw {
		member := messageMember(w.Shop, key)
		b.write("withdraw", messageKey(k.p, member), b.key(outKey(k.p)), member)
	}
	return nil
}

// writeDossiers keeps each dossier for the retention of its kind from now, or from the last deadline of an open case in it:
// what the clock is still to judge must not be forgotten before.
func (s *Store) writeDossiers(b *batch, k shopKeys, dossiers map[rules.Subject]rules.Dossier) {
	prefix := k.dossiers()
	for subject, d := range dossiers {
		key := prefix + subject.String()
		if len(d.Facts) == 0 && len(d.Booked) == 0 {
			b.write("DEL", key)
			continue
		}
		b.write("SET", key, encodeDossier(d), "EX", seconds(s.keptFor(subject.Kind)+s.untilDue(d)))
	}
}

// keptFor is how long a dossier is kept. Points of a penalty count until 31 December, and whether a guarantee is on counts
// until it is turned off, so what is known of them lives as long as the counters.
func (s *Store) keptFor(kind rules.Kind) time.Duration {
	if kind == rules.Penalty || kind == rules.Guarantee {
		return s.cfg.DayRetention
	}
	return s.cfg.Retention
}

func (s *Store) untilDue(d rules.Dossier) time.Duration {
	var last rules.Instant
	for _, e := range d.Booked {
		if e.Outcome == rules.Open {
			last = max(last, e.Due)
		}
	}
	return s.until(last)
}

// longest is the most that a deadline may put off forgetting. It also keeps a far one from overflowing a duration.
const longest = 5 * 365 * 24 * time.Hour

// until returns the time from now to an instant, 0 when it has passed, and not more than longest.
func (s *Store) until(at rules.Instant) time.Duration {
	ahead := min(max(0, at-s.now()), rules.Instant(longest.Milliseconds()))
	return time.Duration(ahead) * time.Millisecond
}

// writeScores puts members into a sorted set and takes out those at 0.
func writeScores[K comparable](b *batch, key string, at map[K]rules.Instant, member func(K) string) {
	var in, out []any
	for id, t := range at {
		if t == 0 {
			out = append(out, member(id))
		} else {
			in = append(in, score(t), member(id))
		}
	}
	b.writeMany("ZREM", key, 1, out)
	b.writeMany("ZADD", key, 2, in)
}

// packed is a field of a hash with its value; nil removes it.
type packed struct {
	field string
	value []byte
}

func packFields[K comparable, V any](values map[K]V, field func(K) string, encode func(V) []byte) []packed {
	list := make([]packed, 0, len(values))
	for k, v := range values {
		list = append(list, packed{field(k), encode(v)})
	}
	return list
}

func writeFields(b *batch, key string, list []packed) {
	var in, out []any
	for _, f := range list {
		if f.value == nil {
			out = append(out, f.field)
		} else {
			in = append(in, f.field, f.value)
		}
	}
	b.writeMany("HDEL", key, 1, out)
	b.writeMany("HSET", key, 2, in)
}

func (s *Store) writeLog(b *batch, k shopKeys, events []rules.Event) error {
	if len(events) == 0 {
		return nil
	}
	args := make([]any, 0, 1+len(events))
	args = append(args, s.cfg.Retention.Milliseconds())
	for _, e := range events {
		raw, err := e.MarshalJSON() // json.Marshal would read it once more
		if err != nil {
			return fmt.Errorf("encoding event %s: %w", e.ID, err)
		}
		args = append(args, raw)
	}
	b.write("append", k.log(), args...)
	return nil
}

// writeMessage enqueues one message of the partition, the place-th of its shop.
func (s *Store) writeMessage(b *batch, p int, m outbox.Message, place int) error {
	if q := partitionOf(m.Route); q != p {
		return fmt.Errorf("message %s has route %s, which belongs to partition %d", m.Key, m.Route, q)
	}
	q, err := s.queued(m, s.now(), place)
	if err != nil {
		return err
	}
	l := linesOf(m.Line())
	args := []any{b.key(outKey(p)), b.key(l.lane), b.key(l.line), b.key(l.held)}
	b.write("enqueue", messageKey(p, q.member), append(args, q.args()...)...)
	return nil
}
