package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// Life times of what the baseline keeps, the same as the store's.
const (
	retention    = 45 * 24 * time.Hour
	dayRetention = 400 * 24 * time.Hour
)

// baseline keeps shops the way one would without thinking of throughput: values in JSON, each Redis command a round trip
// of its own. It keeps the same things under the same life times with the same commands as the store; what it leaves out is
// the version of a partition, so it is right only while one process works on it and one event of a shop after the other.
type baseline struct {
	db       *redis.Client
	settings sync.Map // JSON → config.Shop
}

var _ sla.Store = (*baseline)(nil)

func newBaseline(url string, connections int) (*baseline, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("the Redis URL is not usable")
	}
	opts.PoolSize = connections
	return &baseline{db: redis.NewClient(opts)}, nil
}

// oneByOne applies the events of a post one after the other.
type oneByOne struct{ *sla.Tracker }

func (o oneByOne) Apply(ctx context.Context, shop string, events []rules.Event) error {
	for i := range events {
		if err := o.Tracker.Apply(ctx, shop, events[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// Partition spreads the shops, so that events of different shops do not wait for each other.
func (b *baseline) Partition(shop string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(shop)) // a hash never fails
	return int(h.Sum32() % uint32(b.Partitions()))
}

// Partitions returns how many there are.
func (b *baseline) Partitions() int { return 256 }

func shopKey(shop string) string   { return "shop:" + shop }
func chatsKey(shop string) string  { return "chats:" + shop }
func daysKey(shop string) string   { return "days:" + shop }
func tookKey(shop string) string   { return "took:" + shop }
func dueKey(shop string) string    { return "due:" + shop }
func brokenKey(shop string) string { return "broken:" + shop }
func logKey(shop string) string    { return "log:" + shop }
func heardKey(shop string) string  { return "heard:" + shop }

const wakeKey = "wake"

func dossierKey(shop string, s rules.Subject) string { return "dossier:" + shop + ":" + s.String() }
func wakeMember(shop string, s rules.Subject) string { return shop + "|" + s.String() }
func caseMember(id sla.CaseID) string                { return id.Rule + "|" + id.Subject.String() }
func tookField(rd sla.RuleDay) string                { return rd.Day.String() + "/" + rd.Rule }

// SaveShop sets a shop up.
func (b *baseline) SaveShop(ctx context.Context, shop config.Shop) error {
	raw, err := json.Marshal(shop)
	if err != nil {
		return err
	}
	return b.db.Set(ctx, shopKey(shop.ID), raw, 0).Err()
}

// Bind lets a chat hear of a shop.
func (b *baseline) Bind(ctx context.Context, shop string, chat notify.Chat) error {
	raw, err := json.Marshal(chat)
	if err != nil {
		return err
	}
	return b.db.HSet(ctx, chatsKey(shop), strconv.FormatInt(chat.ID, 10), raw).Err()
}

// Load reads shops, one command at a time.
func (b *baseline) Load(ctx context.Context, asks []sla.Ask) ([]sla.Loaded, error) {
	loaded := make([]sla.Loaded, len(asks))
	for i, ask := range asks {
		for _, shop := range ask.Shops {
			one, err := b.loadShop(ctx, shop)
			if err != nil {
				return nil, fmt.Errorf("loading shop %s: %w", shop.Shop, err)
			}
			loaded[i].Shops = append(loaded[i].Shops, one)
		}
	}
	return loaded, nil
}

func (b *baseline) loadShop(ctx context.Context, ask sla.ShopAsk) (sla.LoadedShop, error) {
	raw, err := b.db.Get(ctx, shopKey(ask.Shop)).Result()
	if errors.Is(err, redis.Nil) {
		return sla.LoadedShop{}, nil
	}
	if err != nil {
		return sla.LoadedShop{}, err
	}
	shop := sla.LoadedShop{Found: true, Raw: raw}
	if shop.Config, err = b.decode(raw); err != nil {
		return sla.LoadedShop{}, err
	}
	if shop.Chats, err = b.chats(ctx, ask.Shop); err != nil {
		return sla.LoadedShop{}, err
	}
	shop.Dossiers = make([]rules.Dossier, len(ask.Subjects))
	for i, subject := range ask.Subjects {
		raw, err := b.db.Get(ctx, dossierKey(ask.Shop, subject)).Bytes()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(raw, &shop.Dossiers[i])
		}
		if err != nil {
			return sla.LoadedShop{}, err
		}
	}
	return shop, nil
}

// decode reads settings, each text once, as the store does.
func (b *baseline) decode(raw string) (shop config.Shop, err error) {
	if known, ok := b.settings.Load(raw); ok {
		return known.(config.Shop), nil
	}
	if err = json.Unmarshal([]byte(raw), &shop); err == nil {
		b.settings.Store(raw, shop)
	}
	return shop, err
}

func (b *baseline) chats(ctx context.Context, shop string) ([]notify.Chat, error) {
	fields, err := b.db.HGetAll(ctx, chatsKey(shop)).Result()
	if err != nil {
		return nil, err
	}
	var list []notify.Chat
	for _, raw := range fields {
		var chat notify.Chat
		if err := json.Unmarshal([]byte(raw), &chat); err != nil {
			return nil, err
		}
		list = append(list, chat)
	}
	slices.SortFunc(list, func(a, b notify.Chat) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// Days reads tallies and times.
func (b *baseline) Days(ctx context.Context, asks []sla.DayAsk) ([]sla.DayData, error) {
	data := make([]sla.DayData, len(asks))
	for i, ask := range asks {
		var err error
		if data[i].Tallies, err = fields[rules.Date, rules.DayTallies](ctx, b.db, daysKey(ask.Shop), ask.Days, rules.Date.String); err != nil {
			return nil, fmt.Errorf("days of shop %s: %w", ask.Shop, err)
		}
		if data[i].Took, err = fields[sla.RuleDay, rules.Durations](ctx, b.db, tookKey(ask.Shop), ask.Took, tookField); err != nil {
			return nil, fmt.Errorf("times of shop %s: %w", ask.Shop, err)
		}
		for _, d := range ask.Days {
			if data[i].Tallies[d] == nil {
				data[i].Tallies[d] = rules.DayTallies{}
			}
		}
	}
	return data, nil
}

// fields reads fields of a hash in one command and decodes those that are there.
func fields[K comparable, V any](ctx context.Context, db *redis.Client, key string, names []K, name func(K) string) (map[K]V, error) {
	values := map[K]V{}
	if len(names) == 0 {
		return values, nil
	}
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = name(n)
	}
	raws, err := db.HMGet(ctx, key, list...).Result()
	if err != nil {
		return nil, err
	}
	for i, raw := range raws {
		text, ok := raw.(string)
		if !ok {
			continue
		}
		var v V
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, err
		}
		values[names[i]] = v
	}
	return values, nil
}

// Wakes returns what is due now. The baseline has one set of wake-ups for all shops.
func (b *baseline) Wakes(ctx context.Context, now rules.Instant, limit int) ([]sla.Wake, error) {
	due := redis.ZRangeArgs{Key: wakeKey, ByScore: true, Start: "-inf", Stop: int64(now), Count: int64(limit)}
	members, err := b.db.ZRangeArgs(ctx, due).Result()
	if err != nil {
		return nil, fmt.Errorf("reading wake-ups: %w", err)
	}
	return parseWakes(members), nil
}
