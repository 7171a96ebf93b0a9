package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
)

// errBusy says that others kept committing to a partition.
var errBusy = errors.New("the partition is too busy")

// editAttempts is how often an edit of subscriptions is computed anew when others commit in between.
const editAttempts = 100

// Subscriptions stand in the partition of the shop, and what a chat may see is asked there. The index under the chat only
// says where to look: it is written before a subscription and cleaned after it, so that a crash in between leaves an entry
// that leads nowhere, and doing the same again completes it.

// Bind subscribes a chat to a shop, or changes its subscription. It returns [sla.ErrUnknownShop] when the shop is not set
// up. Repeating it changes nothing.
func (s *Store) Bind(ctx context.Context, shop string, chat notify.Chat) error {
	raw, err := json.Marshal(chat)
	if err != nil {
		return fmt.Errorf("encoding chat %d: %w", chat.ID, err)
	}
	if err := s.db.SAdd(ctx, chatShopsKey(chat.ID), shop).Err(); err != nil {
		return fmt.Errorf("binding chat %d to shop %s: %w", chat.ID, shop, err)
	}
	b := newBatch(partitionOf(shop), "")
	b.write("require", keysOf(shop).settings())
	b.write("HSET", keysOf(shop).chats(), chatField(chat.ID), raw)
	lookAtBoards(b, shop, s.now())
	err = s.apply(ctx, b)
	if errors.Is(err, sla.ErrUnknownShop) {
		err = cmp.Or(s.leave(ctx, chat.ID, shop), err)
	}
	if err != nil {
		return fmt.Errorf("binding chat %d to shop %s: %w", chat.ID, shop, err)
	}
	return nil
}

// Unbind ends the subscription of a chat, and takes back what waits to be sent to it about the shop. Repeating it changes
// nothing, and neither does a shop that is not set up.
func (s *Store) Unbind(ctx context.Context, shop string, chat int64) error {
	b := newBatch(partitionOf(shop), "")
	b.write("HDEL", keysOf(shop).chats(), chatField(chat))
	if err := s.apply(ctx, b); err != nil {
		return fmt.Errorf("unbinding chat %d from shop %s: %w", chat, shop, err)
	}
	if err := s.withdrawChat(ctx, shop, chat); err != nil {
		return fmt.Errorf("taking back messages to chat %d about shop %s: %w", chat, shop, err)
	}
	if err := s.leave(ctx, chat, shop); err != nil {
		return fmt.Errorf("unbinding chat %d from shop %s: %w", chat, shop, err)
	}
	return nil
}

// leave makes a chat forget a shop.
func (s *Store) leave(ctx context.Context, chat int64, shop string) error {
	_, err := s.runOne(ctx, s.scripts.leave, []string{chatShopsKey(chat), chatPrefsKey(chat)}, shop)
	return err
}

// Chats returns the subscriptions of a shop in the order of chat ids.
func (s *Store) Chats(ctx context.Context, shop string) ([]notify.Chat, error) {
	fields, err := s.db.HGetAll(ctx, keysOf(shop).chats()).Result()
	if err != nil {
		return nil, fmt.Errorf("reading chats of shop %s: %w", shop, err)
	}
	return s.chatsOf(fields)
}

// ChatShops returns the shops a chat is subscribed to, in order. It is what a chat may see.
func (s *Store) ChatShops(ctx context.Context, chat int64) ([]string, error) {
	shops, err := s.indexed(ctx, chat)
	if err != nil || len(shops) == 0 {
		return nil, err
	}
	pipe := s.db.Pipeline()
	bound, exist := make([]*redis.BoolCmd, len(shops)), make([]*redis.IntCmd, len(shops))
	for i, shop := range shops {
		bound[i] = pipe.HExists(ctx, keysOf(shop).chats(), chatField(chat))
		exist[i] = pipe.Exists(ctx, keysOf(shop).settings())
	}
	if err := exec(ctx, pipe); err != nil {
		return nil, fmt.Errorf("reading shops of chat %d: %w", chat, err)
	}
	var may []string
	for i, shop := range shops {
		if bound[i].Val() && exist[i].Val() == 1 {
			may = append(may, shop)
		}
	}
	return may, nil
}

// indexed returns the shops that a chat may be subscribed to.
func (s *Store) indexed(ctx context.Context, chat int64) ([]string, error) {
	shops, err := s.db.SMembers(ctx, chatShopsKey(chat)).Result()
	if err != nil {
		return nil, fmt.Errorf("reading shops of chat %d: %w", chat, err)
	}
	slices.Sort(shops)
	return shops, nil
}

// PauseChat sets or clears Paused in every subscription of a chat, and since when. Repeating it changes nothing.
func (s *Store) PauseChat(ctx context.Context, chat int64, paused bool) error {
	now := s.now()
	return s.editChat(ctx, chat, "pausing", func(c *notify.Chat) {
		switch {
		case !paused:
			c.PausedAt = 0
		case !c.Paused:
			c.PausedAt = now
		}
		c.Paused = paused
	})
}

// SaveChat keeps what a subscribed chat has chosen. It neither subscribes nor changes what the chat may do or whether it
// rests: these are as others have left them meanwhile, and a chat that was removed stays so. Repeating it changes nothing.
func (s *Store) SaveChat(ctx context.Context, shop string, chat notify.Chat) error {
	found := false
	err := s.editChats(ctx, shop, func(chats map[string]notify.Chat) {
		var known notify.Chat
		if known, found = chats[chatField(chat.ID)]; found {
			next := chat
			next.Role, next.Paused, next.PausedAt = known.Role, known.Paused, known.PausedAt
			chats[chatField(chat.ID)] = next
		}
	})
	if err == nil && found {
		err = s.LookAtBoards(ctx, shop, s.now())
	}
	if err != nil {
		return fmt.Errorf("saving what chat %d chose at shop %s: %w", chat.ID, shop, err)
	}
	return nil
}

// MoveThread has what a chat subscribed to in one forum topic sent to another; 0 is General. Repeating it changes nothing.
func (s *Store) MoveThread(ctx context.Context, chat int64, from, to int) error {
	return s.editChat(ctx, chat, "moving the topic of", func(c *notify.Chat) { *c = c.Moved(from, to) })
}

// editChat changes every subscription of a chat. The edit may be called several times.
func (s *Store) editChat(ctx context.Context, chat int64, doing string, edit func(*notify.Chat)) error {
	shops, err := s.indexed(ctx, chat)
	if err != nil {
		return err
	}
	for _, shop := range shops {
		err := s.editChats(ctx, shop, func(chats map[string]notify.Chat) {
			if c, bound := chats[chatField(chat)]; bound {
				edit(&c)
				chats[chatField(chat)] = c
			}
		})
		if err != nil {
			return fmt.Errorf("%s chat %d at shop %s: %w", doing, chat, shop, err)
		}
	}
	return nil
}

// Withdraw takes messages on the shop's route off the queue that still wait. Those sent, under lease or unknown stay as
// they are. Repeating it changes nothing.
func (s *Store) Withdraw(ctx context.Context, shop string, keys []string) error {
	b := newBatch(partitionOf(shop), "")
	for _, key := range keys {
		member := messageMember(shop, key)
		b.write("withdraw", messageKey(partitionOf(shop), member), b.key(outKey(partitionOf(shop))), member)
	}
	if b.empty() {
		return nil
	}
	if err := s.apply(ctx, b); err != nil {
		return fmt.Errorf("withdrawing messages of shop %s: %w", shop, err)
	}
	return nil
}

// MigrateChat gives the subscriptions and preferences of a chat to its new id, as when a group becomes a supergroup. What
// the new id has already stays as it is. Repeating it changes nothing.
func (s *Store) MigrateChat(ctx context.Context, old, next int64) error {
	shops, err := s.indexed(ctx, old)
	if err != nil {
		return err
	}
	for _, shop := range shops {
		if err := s.migrateAt(ctx, shop, old, next); err != nil {
			return fmt.Errorf("migrating chat %d at shop %s: %w", old, shop, err)
		}
	}
	prefs, err := s.ChatPrefs(ctx, old)
	if err != nil || prefs == (ChatPrefs{}) {
		return err
	}
	known, err := s.ChatPrefs(ctx, next)
	if err != nil {
		return err
	}
	merged := ChatPrefs{Lang: cmp.Or(known.Lang, prefs.Lang), CurrentShop: cmp.Or(known.CurrentShop, prefs.CurrentShop)}
	if err := s.SaveChatPrefs(ctx, next, merged); err != nil {
		return err
	}
	if err := s.db.Del(ctx, chatPrefsKey(old)).Err(); err != nil {
		return fmt.Errorf("dropping preferences of chat %d: %w", old, err)
	}
	return nil
}

func (s *Store) migrateAt(ctx context.Context, shop string, old, next int64) error {
	if err := s.db.SAdd(ctx, chatShopsKey(next), shop).Err(); err != nil {
		return err
	}
	err := s.editChats(ctx, shop, func(chats map[string]notify.Chat) {
		moving, bound := chats[chatField(old)]
		if _, taken := chats[chatField(next)]; bound && !taken {
			moving.ID = next
			chats[chatField(next)] = moving
		}
		delete(chats, chatField(old))
	})
	if err != nil {
		return err
	}
	return s.db.SRem(ctx, chatShopsKey(old), shop).Err()
}

// editChats changes the subscriptions of a shop as a whole: it reads them, and commits the difference unless anything else
// was committed meanwhile; then it starts over.
func (s *Store) editChats(ctx context.Context, shop string, edit func(map[string]notify.Chat)) error {
	for range editAttempts {
		version, chats, err := s.readChats(ctx, shop)
		if err != nil {
			return err
		}
		next := make(map[string]notify.Chat, len(chats))
		for id, chat := range chats {
			next[id] = chat
		}
		edit(next)
		b, err := chatsDiff(newBatch(partitionOf(shop), version), shop, chats, next)
		if err != nil || b.empty() {
			return err
		}
		n, err := s.runOne(ctx, s.scripts.commit, b.keys, b.args...)
		if err != nil || n == resultApplied {
			return err
		}
	}
	return errBusy
}

func (s *Store) readChats(ctx context.Context, shop string) (version string, chats map[string]notify.Chat, err error) {
	pipe := s.db.Pipeline()
	seq := pipe.Get(ctx, seqKey(partitionOf(shop)))
	fields := pipe.HGetAll(ctx, keysOf(shop).chats())
	if err := exec(ctx, pipe); err != nil {
		return "", nil, err
	}
	chats = make(map[string]notify.Chat, len(fields.Val()))
	for id, raw := range fields.Val() {
		if chats[id], err = s.chats.decode(raw); err != nil {
			return "", nil, fmt.Errorf("decoding chat %s: %w", id, err)
		}
	}
	return cmp.Or(seq.Val(), "0"), chats, nil
}

func chatsDiff(b *batch, shop string, old, next map[string]notify.Chat) (*batch, error) {
	for id := range old {
		if _, kept := next[id]; !kept {
			b.write("HDEL", keysOf(shop).chats(), id)
		}
	}
	for id, chat := range next {
		if before, known := old[id]; known && before == chat {
			continue
		}
		raw, err := json.Marshal(chat)
		if err != nil {
			return nil, fmt.Errorf("encoding chat %s: %w", id, err)
		}
		b.write("HSET", keysOf(shop).chats(), id, raw)
	}
	return b, nil
}

// ChatPrefs is what a chat has chosen; empty fields are not chosen.
type ChatPrefs struct {
	Lang        string // zh or en
	CurrentShop string // the shop that commands mean; check it against ChatShops before use
}

// ChatPrefs returns what a chat has chosen.
func (s *Store) ChatPrefs(ctx context.Context, chat int64) (ChatPrefs, error) {
	fields, err := s.db.HGetAll(ctx, chatPrefsKey(chat)).Result()
	if err != nil {
		return ChatPrefs{}, fmt.Errorf("reading preferences of chat %d: %w", chat, err)
	}
	return ChatPrefs{Lang: fields["lang"], CurrentShop: fields["shop"]}, nil
}

// SaveChatPrefs keeps what a chat has chosen, all fields. Repeating it changes nothing.
func (s *Store) SaveChatPrefs(ctx context.Context, chat int64, prefs ChatPrefs) error {
	pipe := s.db.Pipeline()
	pipe.HSet(ctx, chatPrefsKey(chat), "lang", prefs.Lang, "shop", prefs.CurrentShop)
	pipe.Expire(ctx, chatPrefsKey(chat), s.cfg.DayRetention)
	if err := exec(ctx, pipe); err != nil {
		return fmt.Errorf("saving preferences of chat %d: %w", chat, err)
	}
	return nil
}

func chatField(chat int64) string { return strconv.FormatInt(chat, 10) }
