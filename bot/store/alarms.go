package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/alarm"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// Alarm returns what was done about one thing that was told, as little as its id when nothing was yet.
func (s *Store) Alarm(ctx context.Context, shop, id string) (alarm.Alarm, error) {
	list, err := s.Alarms(ctx, shop, []string{id})
	if err != nil {
		return alarm.Alarm{ID: id}, err
	}
	return list[0], nil
}

// Alarms is [Store.Alarm] for several, in the order of ids.
func (s *Store) Alarms(ctx context.Context, shop string, ids []string) ([]alarm.Alarm, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	values, err := s.db.HMGet(ctx, keysOf(shop).alarm(), ids...).Result()
	if err != nil {
		return nil, fmt.Errorf("reading alarms of shop %s: %w", shop, err)
	}
	list := make([]alarm.Alarm, len(ids))
	for i, id := range ids {
		raw, _ := values[i].(string)
		if list[i], err = readAlarm(id, raw); err != nil {
			return nil, fmt.Errorf("reading alarms of shop %s: %w", shop, err)
		}
	}
	return list, nil
}

// ShopAlarms returns all alarms of a shop in the order of their ids.
func (s *Store) ShopAlarms(ctx context.Context, shop string) ([]alarm.Alarm, error) {
	fields, err := s.db.HGetAll(ctx, keysOf(shop).alarm()).Result()
	if err != nil {
		return nil, fmt.Errorf("reading alarms of shop %s: %w", shop, err)
	}
	list := make([]alarm.Alarm, 0, len(fields))
	for id, raw := range fields {
		a, err := readAlarm(id, raw)
		if err != nil {
			return nil, fmt.Errorf("reading alarms of shop %s: %w", shop, err)
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b alarm.Alarm) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// readAlarm decodes an alarm; "" is one about which nothing was done.
func readAlarm(id, raw string) (a alarm.Alarm, err error) {
	a.ID = id
	if raw == "" {
		return a, nil
	}
	if err := json.Unmarshal([]byte(raw), &a); err != nil {
		return a, fmt.Errorf("decoding alarm %s: %w", id, err)
	}
	return a, nil
}

// EditAlarm changes one alarm and returns it as it stands then. edit gets the alarm as it is, only its id when nothing was
// kept yet, and must be pure: it is called again when others committed meanwhile. Version moves on by one with a change and
// by none without. What edit makes of its own result does not matter: an alarm that reads already as edit wanted it, because
// a reply was lost or another process came to the same, is left as it is. It returns [sla.ErrUnknownShop] when the shop is
// not set up.
func (s *Store) EditAlarm(ctx context.Context, shop, id string, edit func(alarm.Alarm) alarm.Alarm) (alarm.Alarm, error) {
	var wanted *alarm.Alarm
	for range editAttempts {
		version, old, err := s.loadAlarm(ctx, shop, id)
		if err != nil {
			return old, fmt.Errorf("editing alarm %s of shop %s: %w", id, shop, err)
		}
		if wanted != nil && reflect.DeepEqual(*wanted, old) {
			return old, nil
		}
		next := edit(old)
		next.ID, next.Version = old.ID, old.Version
		if reflect.DeepEqual(next, old) {
			return old, nil
		}
		next.Version++
		n, err := s.saveAlarm(ctx, shop, version, next)
		if err != nil || n == resultApplied {
			return next, err
		}
		wanted = &next
	}
	return alarm.Alarm{ID: id}, fmt.Errorf("editing alarm %s of shop %s: %w", id, shop, errBusy)
}

// loadAlarm reads an alarm and the version of its partition, the version first.
func (s *Store) loadAlarm(ctx context.Context, shop, id string) (version string, a alarm.Alarm, err error) {
	pipe := s.db.Pipeline()
	seq := pipe.Get(ctx, seqKey(partitionOf(shop)))
	field := pipe.HGet(ctx, keysOf(shop).alarm(), id)
	if err := exec(ctx, pipe); err != nil {
		return "", alarm.Alarm{ID: id}, err
	}
	a, err = readAlarm(id, field.Val())
	return cmp.Or(seq.Val(), "0"), a, err
}

func (s *Store) saveAlarm(ctx context.Context, shop, version string, a alarm.Alarm) (int64, error) {
	raw, err := json.Marshal(a)
	if err != nil {
		return 0, fmt.Errorf("encoding alarm %s: %w", a.ID, err)
	}
	k := keysOf(shop)
	b := newBatch(k.p, version)
	b.write("require", k.settings())
	b.write("HSET", k.alarm(), a.ID, raw)
	b.write("PEXPIRE", k.alarm(), s.cfg.DayRetention.Milliseconds())
	n, err := s.runOne(ctx, s.scripts.commit, b.keys, b.args...)
	switch {
	case err != nil:
		return n, fmt.Errorf("saving alarm %s of shop %s: %w", a.ID, shop, err)
	case n == resultMissing:
		return n, fmt.Errorf("saving alarm %s of shop %s: %w", a.ID, shop, sla.ErrUnknownShop)
	}
	return n, nil
}

// trimAlarms drops alarms about which nothing was done since oldest. When others commit meanwhile it leaves them to the next
// time, so that no press is lost.
func (s *Store) trimAlarms(ctx context.Context, shop string, oldest rules.Instant) error {
	version, err := s.db.Get(ctx, seqKey(partitionOf(shop))).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	list, err := s.ShopAlarms(ctx, shop)
	if err != nil {
		return err
	}
	var old []any
	for _, a := range list {
		if a.Last() < oldest {
			old = append(old, a.ID)
		}
	}
	b := newBatch(partitionOf(shop), cmp.Or(version, "0"))
	b.writeMany("HDEL", keysOf(shop).alarm(), 1, old)
	if b.empty() {
		return nil
	}
	_, err = s.runOne(ctx, s.scripts.commit, b.keys, b.args...)
	return err
}
