package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// Load reads partitions in one round trip. Each version is read before what it stands for, on the same connection, so
// that a commit in between makes the commit of what was read fail. Settings are shared between callers and must not be
// written to.
func (s *Store) Load(ctx context.Context, asks []sla.Ask) ([]sla.Loaded, error) {
	pipe := s.db.Pipeline()
	reads := make([]partRead, len(asks))
	for i, ask := range asks {
		reads[i] = readPart(ctx, pipe, ask)
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, fmt.Errorf("loading %d partitions: %w", len(asks), err)
	}
	loaded := make([]sla.Loaded, len(asks))
	for i, read := range reads {
		var err error
		if loaded[i], err = s.loadedPart(asks[i], read); err != nil {
			return nil, fmt.Errorf("loading partition %d: %w", asks[i].Partition, err)
		}
	}
	return loaded, nil
}

// partRead and shopRead are the commands on their way for an Ask and a ShopAsk.
type partRead struct {
	seq   *redis.StringCmd
	shops []shopRead
}

type shopRead struct {
	settings *redis.StringCmd
	chats    *redis.MapStringStringCmd
	pulse    *redis.StringCmd
	dossiers *redis.SliceCmd // nil when none were asked for
}

func readPart(ctx context.Context, pipe redis.Pipeliner, ask sla.Ask) partRead {
	read := partRead{seq: pipe.Get(ctx, seqKey(ask.Partition)), shops: make([]shopRead, len(ask.Shops))}
	for i, shop := range ask.Shops {
		k := keysOf(shop.Shop)
		read.shops[i] = shopRead{pipe.Get(ctx, k.settings()), pipe.HGetAll(ctx, k.chats()), pipe.Get(ctx, k.pulse()), readDossiers(ctx, pipe, k, shop.Subjects)}
	}
	return read
}

func readDossiers(ctx context.Context, pipe redis.Pipeliner, k shopKeys, subjects []rules.Subject) *redis.SliceCmd {
	if len(subjects) == 0 {
		return nil
	}
	prefix := k.dossiers()
	keys := make([]string, len(subjects))
	for i, subject := range subjects {
		keys[i] = prefix + subject.String()
	}
	return pipe.MGet(ctx, keys...)
}

// exec runs a pipeline of reads; that a key is missing is no error.
func exec(ctx context.Context, pipe redis.Pipeliner) error {
	if pipe.Len() == 0 {
		return nil
	}
	cmds, err := pipe.Exec(ctx)
	if err == nil || !errors.Is(err, redis.Nil) {
		return err
	}
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}

func (s *Store) loadedPart(ask sla.Ask, read partRead) (sla.Loaded, error) {
	version, err := strconv.ParseInt(cmp.Or(read.seq.Val(), "0"), 10, 64)
	if err != nil {
		return sla.Loaded{}, fmt.Errorf("reading version: %w", err)
	}
	loaded := sla.Loaded{Version: version, Shops: make([]sla.LoadedShop, len(read.shops))}
	for i, shop := range read.shops {
		if loaded.Shops[i], err = s.loadedShop(ask.Shops[i], shop); err != nil {
			return sla.Loaded{}, fmt.Errorf("shop %s: %w", ask.Shops[i].Shop, err)
		}
	}
	return loaded, nil
}

func (s *Store) loadedShop(ask sla.ShopAsk, read shopRead) (sla.LoadedShop, error) {
	raw, err := read.settings.Result()
	if errors.Is(err, redis.Nil) {
		return sla.LoadedShop{}, nil
	}
	loaded := sla.LoadedShop{Found: true, Raw: raw}
	if loaded.Config, err = s.shops.decode(raw); err != nil {
		return sla.LoadedShop{}, fmt.Errorf("decoding settings: %w", err)
	}
	if loaded.Chats, err = s.chatsOf(read.chats.Val()); err != nil {
		return sla.LoadedShop{}, err
	}
	if loaded.Pulse, err = pulseOf(read.pulse.Val()); err != nil {
		return sla.LoadedShop{}, err
	}
	if read.dossiers != nil {
		loaded.Dossiers, err = decodeDossiers(ask.Subjects, read.dossiers.Val())
	}
	return loaded, err
}

// chatsOf decodes the subscriptions of a shop, in the order of their ids.
func (s *Store) chatsOf(fields map[string]string) ([]notify.Chat, error) {
	chats := make([]notify.Chat, 0, len(fields))
	for id, raw := range fields {
		chat, err := s.chats.decode(raw)
		if err != nil {
			return nil, fmt.Errorf("decoding chat %s: %w", id, err)
		}
		chats = append(chats, chat)
	}
	slices.SortFunc(chats, func(a, b notify.Chat) int { return cmp.Compare(a.ID, b.ID) })
	return chats, nil
}

func decodeDossiers(subjects []rules.Subject, raws []any) ([]rules.Dossier, error) {
	list := make([]rules.Dossier, len(subjects))
	for i := range subjects {
		raw, known := raws[i].(string)
		if !known {
			continue
		}
		var err error
		if list[i], err = decodeDossier(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", subjects[i], err)
		}
	}
	return list, nil
}

// Days reads tallies and times of days in one round trip.
func (s *Store) Days(ctx context.Context, asks []sla.DayAsk) ([]sla.DayData, error) {
	pipe := s.db.Pipeline()
	days, took := make([]*redis.SliceCmd, len(asks)), make([]*redis.SliceCmd, len(asks))
	for i, ask := range asks {
		k := keysOf(ask.Shop)
		days[i] = readFields(ctx, pipe, k.days(), ask.Days, dayField)
		took[i] = readFields(ctx, pipe, k.took(), ask.Took, tookField)
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, fmt.Errorf("reading days of %d shops: %w", len(asks), err)
	}
	data := make([]sla.DayData, len(asks))
	for i, ask := range asks {
		var err error
		if data[i].Tallies, err = decodeFields(ask.Days, days[i], decodeTallies); err != nil {
			return nil, fmt.Errorf("days of shop %s: %w", ask.Shop, err)
		}
		for _, d := range ask.Days {
			if data[i].Tallies[d] == nil {
				data[i].Tallies[d] = rules.DayTallies{}
			}
		}
		if data[i].Took, err = decodeFields(ask.Took, took[i], decodeDurations); err != nil {
			return nil, fmt.Errorf("times of shop %s: %w", ask.Shop, err)
		}
	}
	return data, nil
}

func readFields[K any](ctx context.Context, pipe redis.Pipeliner, key string, names []K, field func(K) string) *redis.SliceCmd {
	if len(names) == 0 {
		return nil
	}
	fields := make([]string, len(names))
	for i, name := range names {
		fields[i] = field(name)
	}
	return pipe.HMGet(ctx, key, fields...)
}

func decodeFields[K comparable, V any](names []K, cmd *redis.SliceCmd, decode func(string) (V, error)) (map[K]V, error) {
	values := make(map[K]V, len(names))
	for i, name := range names {
		raw, known := cmd.Val()[i].(string)
		if !known {
			continue
		}
		v, err := decode(raw)
		if err != nil {
			return nil, err
		}
		values[name] = v
	}
	return values, nil
}

// Wakes reads the wake sets of all partitions in one round trip.
func (s *Store) Wakes(ctx context.Context, now rules.Instant, limit int) ([]sla.Wake, error) {
	due, err := s.dueMembers(ctx, now, limit, eachPartition(wakeKey))
	if err != nil {
		return nil, fmt.Errorf("reading wake-ups: %w", err)
	}
	var wakes []sla.Wake
	for _, d := range due {
		if wake, ok := parseWake(d.member); ok {
			wakes = append(wakes, wake)
		}
	}
	return wakes, nil
}

// score writes an instant as a score.
func score(at rules.Instant) string { return strconv.FormatInt(int64(at), 10) }
