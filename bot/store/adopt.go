package store

import (
	"context"
	"fmt"
	"slices"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// adopted marks that it was done.
const adopted = "messages stand in lines"

// Adopt puts messages into lines that a version before them left on the queue, once. One that was under lease then may have
// been sent. Repeating it changes nothing.
func (s *Store) Adopt(ctx context.Context) (n int, err error) {
	if done, err := s.JobDone(ctx, adopted); err != nil || done {
		return 0, err
	}
	for p := range partitions {
		members, err := s.db.ZRange(ctx, outKey(p), 0, -1).Result()
		if err != nil {
			return n, fmt.Errorf("reading the queue: %w", err)
		}
		for part := range slices.Chunk(members, scanPage) {
			more, err := s.adopt(ctx, p, part)
			if n += more; err != nil {
				return n, fmt.Errorf("putting messages into lines: %w", err)
			}
		}
	}
	return n, s.SetJobDone(ctx, adopted, s.cfg.DayRetention)
}

func (s *Store) adopt(ctx context.Context, p int, members []string) (n int, err error) {
	placed := make([]placedMember, len(members))
	for i, member := range members {
		placed[i] = placedMember{p, member, rules.Instant(0)}
	}
	letters, err := s.readLetters(ctx, placed)
	if err != nil {
		return 0, err
	}
	calls := make([]*call, len(letters))
	for i, m := range letters {
		member, l := messageMember(m.Route, m.Key), linesOf(outbox.Message{Route: m.Route, Chat: m.queuedFor, Kind: m.Kind, Fold: m.Fold}.Line())
		calls[i] = &call{script: s.scripts.adopt, keys: []string{l.lane, l.line, l.held, outKey(p), messageKey(p, member)}, args: []any{l.name, member}}
	}
	if err := s.run(ctx, calls); err != nil {
		return 0, err
	}
	for _, c := range calls {
		done, err := c.result.Int()
		if err != nil {
			return n, err
		}
		n += done
	}
	return n, nil
}
