package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// noiseDays is how many local days of noise may be kept, and one more for zones ahead.
const noiseDays = 11

// SetRole changes what a chat may do with a shop and reports whether it is so now. It is not, and nothing changed, when the
// chat is not bound, or is the last owner and would be none: of two owners who demote each other at once one stays.
// Repeating it changes nothing.
func (s *Store) SetRole(ctx context.Context, shop string, chat int64, role notify.Role) (ok bool, err error) {
	err = s.editChats(ctx, shop, func(chats map[string]notify.Chat) {
		c, bound := chats[chatField(chat)]
		last := role != notify.Owner && notify.LastOwner(slices.Collect(maps.Values(chats)), chat)
		if ok = bound && !last; ok {
			c.Role = role
			chats[chatField(chat)] = c
		}
	})
	if err != nil {
		return false, fmt.Errorf("changing the role of chat %d at shop %s: %w", chat, shop, err)
	}
	return ok, nil
}

// Forget removes what is kept of a chat: subscriptions with all their settings, preferences, boards, counts of noise, what
// waits to be sent to it or was not sent, and updates that were set aside. Of a private chat the person is taken out of all
// alarms and appeals as well, in whatever chat they acted. Everything else stays: counts and events of shops.
//
// It works shop by shop, each in commits of its own partition, and cleans the index of the chat last, so that repeating the
// call completes what a crash left; repeating a complete one changes nothing. Updates that wait in the inbox leave it when
// they are handled, as the one that asks for this will; tokens of buttons name no chat and run out.
func (s *Store) Forget(ctx context.Context, chat int64) error {
	shops, err := s.indexed(ctx, chat)
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return s.forgetPerson(ctx, chat) },
		func() error { return s.forgetAside(ctx, chat) },
		func() error { return s.forgetMessages(ctx, chatField(chat), chat) },
	}
	for _, shop := range shops {
		steps = append(steps, func() error { return s.forgetAt(ctx, shop, chat) })
	}
	steps = append(steps, func() error { return s.db.Unlink(ctx, chatPrefsKey(chat)).Err() })
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("forgetting chat %d: %w", chat, err)
		}
	}
	return nil
}

// forgetAt removes what one shop keeps of a chat.
func (s *Store) forgetAt(ctx context.Context, shop string, chat int64) error {
	k := keysOf(shop)
	b := newBatch(k.p, "")
	b.write("HDEL", k.chats(), chatField(chat))
	b.write("HDEL", k.board(), chatField(chat))
	for day, n := rules.DateOf(s.now(), time.UTC).Next(1), 0; n <= noiseDays; day, n = day.Next(-1), n+1 {
		b.write("HDEL", noiseKey(shop, dayField(day)), chatField(chat), chatField(chat)+"/s")
	}
	if err := s.apply(ctx, b); err != nil {
		return err
	}
	if err := s.forgetMessages(ctx, shop, chat); err != nil {
		return err
	}
	return s.leave(ctx, chat, shop)
}

// forgetMessages takes back what waits to be sent to a chat on a route, and drops what was not sent.
func (s *Store) forgetMessages(ctx context.Context, route string, chat int64) error {
	if err := s.withdrawChat(ctx, route, chat); err != nil {
		return err
	}
	dead, err := s.letterMembers(ctx, LetterQuery{Route: route})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(dead, scanPage) {
		letters, err := s.readLetters(ctx, part)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if l.Chat != chat && l.queuedFor != chat {
				continue
			}
			if _, err := s.DropLetter(ctx, route, l.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// withdrawChat takes back what waits to be sent to one chat on a route. What a worker has in hand is not tried again.
// Repeating it changes nothing.
func (s *Store) withdrawChat(ctx context.Context, route string, chat int64) error {
	p := partitionOf(route)
	pipe := s.db.Pipeline()
	var lines []*redis.StringSliceCmd
	for lane := outbox.LaneAlert; int(lane) <= outbox.Lanes; lane++ {
		line := linesOf(outbox.Line{Route: route, Chat: chat, Lane: lane}).line
		lines = append(lines, pipe.ZRange(ctx, line, 0, -1))
	}
	if err := exec(ctx, pipe); err != nil {
		return err
	}
	b := newBatch(p, "")
	for _, line := range lines {
		for _, member := range line.Val() {
			b.write("withdraw", messageKey(p, member), b.key(outKey(p)), member)
		}
	}
	if b.empty() {
		return nil
	}
	return s.apply(ctx, b)
}

// forgetPerson takes a person out of the alarms and appeals of all shops: what somebody did in a group is kept with the shop, and no
// index leads from the person to it. It reads every shop's alarms, some hundred shops in one round trip.
func (s *Store) forgetPerson(ctx context.Context, person int64) error {
	if person <= 0 {
		return nil
	}
	shops, err := s.Shops(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(shops, scanPage) {
		pipe := s.db.Pipeline()
		cmds := make([]*redis.MapStringStringCmd, len(part))
		for i, shop := range part {
			cmds[i] = pipe.HGetAll(ctx, keysOf(shop).alarm())
		}
		if err := exec(ctx, pipe); err != nil {
			return err
		}
		for i, cmd := range cmds {
			for id, raw := range cmd.Val() {
				if !strings.Contains(raw, mark(person)) {
					continue
				}
				if err := s.forgetIn(ctx, part[i], id, person); err != nil {
					return err
				}
			}
			if err := s.forgetFolders(ctx, part[i], person); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetFolders takes a person out of what a shop collects for appeals: a folder is of a penalty that the shop knows.
func (s *Store) forgetFolders(ctx context.Context, shop string, person int64) error {
	ids, err := s.db.ZRange(ctx, keysOf(shop).penalties(), 0, -1).Result()
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ids, scanPage) {
		keys := make([]string, len(part))
		for i, id := range part {
			keys[i] = keysOf(shop).appeal(id)
		}
		kept, err := s.db.MGet(ctx, keys...).Result()
		if err != nil {
			return err
		}
		for i, raw := range kept {
			if text, _ := raw.(string); !strings.Contains(text, mark(person)) {
				continue
			}
			_, err := s.EditFolder(ctx, shop, part[i], func(f appeal.Folder) appeal.Folder { return f.Forget(person) })
			if err != nil && !errors.Is(err, sla.ErrUnknownShop) {
				return err
			}
		}
	}
	return nil
}

// mark is how the number of a person is written in what people did.
func mark(person int64) string { return `"person":` + strconv.FormatInt(person, 10) }

// forgetIn takes a person out of one alarm, and has the shop's boards, which may name them, looked at again.
func (s *Store) forgetIn(ctx context.Context, shop, id string, person int64) error {
	_, err := s.EditAlarm(ctx, shop, id, func(a alarm.Alarm) alarm.Alarm {
		next, _ := a.Forget(person)
		return next
	})
	if err == nil {
		err = s.LookAtBoards(ctx, shop, s.now())
	}
	if errors.Is(err, sla.ErrUnknownShop) {
		return nil // removed meanwhile, with its alarms
	}
	return err
}

// forgetAside removes the updates of a chat that could not be handled.
func (s *Store) forgetAside(ctx context.Context, chat int64) error {
	key := asideKey(shardOf(chat))
	entries, err := s.db.XRange(ctx, key, "-", "+").Result()
	if err != nil {
		return err
	}
	var ids []string
	for _, e := range entries {
		if number(e, "c") == chat {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.db.XDel(ctx, key, ids...).Err()
}
