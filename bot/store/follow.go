package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"shopwarden/bot/alarm"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// DueAlarms returns up to limit alarms of each partition that are due to be looked at, the longest due first, in one round
// trip. It changes nothing: whoever has looked sets the next look with [Store.Followed], so that a crash loses none.
func (s *Store) DueAlarms(ctx context.Context, now rules.Instant, limit int) ([]alarm.Due, error) {
	members, err := s.dueMembers(ctx, now, limit, eachPartition(alarmsKey))
	if err != nil {
		return nil, fmt.Errorf("looking for due alarms: %w", err)
	}
	var due []alarm.Due
	for _, m := range members {
		if shop, id, ok := strings.Cut(m.member, "\x00"); ok {
			due = append(due, alarm.Due{Shop: unesc(shop), ID: id, At: rules.Instant(m.at)})
		}
	}
	return due, nil
}

// Followed sets when an alarm is looked at next; 0 ends its following, for a shop that is gone too. It returns
// [sla.ErrUnknownShop] when the shop is not set up. Repeating it changes nothing.
func (s *Store) Followed(ctx context.Context, shop, id string, again rules.Instant) error {
	k := keysOf(shop)
	b := newBatch(k.p, "")
	if again == 0 {
		b.write("ZREM", alarmsKey(k.p), alarmMember(shop, id))
	} else {
		b.write("require", k.settings())
		b.write("ZADD", alarmsKey(k.p), score(again), alarmMember(shop, id))
	}
	err := s.apply(ctx, b)
	if errors.Is(err, sla.ErrUnknownShop) {
		err = fmt.Errorf("shop %s: %w", shop, err)
	}
	if err != nil {
		return fmt.Errorf("following alarm %s: %w", id, err)
	}
	return nil
}
