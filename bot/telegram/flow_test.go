package telegram

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/rules"
)

// TestFromTelegramToTheOutbox goes the whole way in: people in a local Telegram, poller, inbox, consumer, router, outbox.
func TestFromTelegramToTheOutbox(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	s, stage, inbox := startTelegram(t), newStage(t), newMemoryInbox()
	stage.store.codes["TEAM-CODE"] = code{shop: "alpha", role: "team"}
	li := telegramtest.User{ID: 500, FirstName: "Li", LanguageCode: "en"}
	if private := s.AddPrivateChat(li); private != li.ID {
		t.Fatalf("private chat %d", private)
	}
	group := s.AddGroup("Packers", false)
	must(t, s.SetMember(group, li, telegramtest.Administrator))

	consumer := NewConsumer(inbox, inbox, stage.router, quiet(), ConsumerConfig{Owner: "a", Idle: 5 * time.Millisecond})
	poller := newTestPoller(t, s, inbox, "a", quiet())
	poller.cfg.Stored = consumer.Wake
	background(t, poller.Run)
	background(t, consumer.Run)

	answered := func(n int, part string) {
		t.Helper()
		eventually(t, part, func() bool { return len(stage.queue.all()) >= n })
		if m := stage.queue.all()[n-1]; !strings.Contains(m.HTML, part) {
			t.Fatalf("answer %d lacks %q:\n%s", n, part, m.HTML)
		}
	}
	say := func(chat int64, text string) {
		t.Helper()
		if _, err := s.Say(chat, li.ID, text); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.OpenLink(li, "ALPHA-CODE"); err != nil {
		t.Fatal(err)
	}
	answered(1, "Alpha Toys")
	say(li.ID, "今天")
	answered(2, "Alpha Toys")
	if _, err := s.OpenGroupLink(group, li.ID, "TEAM-CODE"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the group is bound", func() bool { _, ok := stage.store.chat("alpha", group); return ok })
	eventually(t, "the group is told", func() bool {
		return slices.ContainsFunc(stage.queue.all(), func(m outbox.Message) bool { return m.Chat == group && strings.Contains(m.HTML, "Alpha Toys") })
	})
	moved, err := s.Migrate(group)
	must(t, err)
	eventually(t, "the binding moves along", func() bool { c, ok := stage.store.chat("alpha", moved); return ok && !c.Paused })
	must(t, s.Block(li.ID))
	eventually(t, "the private chat rests", func() bool { c, _ := stage.store.chat("alpha", li.ID); return c.Paused })
	must(t, s.Unblock(li.ID))
	eventually(t, "and is back", func() bool { c, _ := stage.store.chat("alpha", li.ID); return !c.Paused })
	push(t, s, `{"my_chat_member":{"chat":{"id":500},"new_chat_member":{"status":"hologram"}}}`)
	before := len(stage.queue.all())
	say(li.ID, "/due")
	answered(before+1, "Alpha Toys")
	if _, aside := inbox.settled(); len(aside) != 1 {
		t.Errorf("set aside: %v", aside)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestACrashAnywhereBringsOneAnswerEach ends the process before any one of its calls to the store and the queue: what was
// said is answered once, and in order, by the process that follows.
func TestACrashAnywhereBringsOneAnswerEach(t *testing.T) {
	said := []string{"/bind ALPHA-CODE", "/today", "/alerts 5", "/digest off", "/lang en", "/unbind", "/today", "/start ALPHA-AGAIN"}
	calls := 0
	for survives := 0; survives <= calls; survives++ {
		stage, inbox := newStage(t), newMemoryInbox()
		stage.store.codes["ALPHA-AGAIN"] = code{shop: "alpha", role: notify.Owner}
		for i, text := range said {
			raw := fmt.Sprintf(`{"update_id":%d,%s`, i+1, saidJSON(500, 500, text)[1:])
			if err := inbox.StoreUpdate(t.Context(), int64(i+1), 500, []byte(raw)); err != nil {
				t.Fatal(err)
			}
		}
		first := &life{left: survives}
		first.work(t, inbox, stage)
		calls = max(calls, first.lived+1)
		(&life{left: 1 << 30}).work(t, inbox, stage)
		var got, want []string
		for _, m := range stage.queue.all() {
			if m.Chat != 500 {
				continue // the owner who stays is told once, too
			}
			got = append(got, m.Key)
			if strings.Contains(m.HTML, "try again") {
				t.Errorf("dead before call %d: %s brought %s", survives, m.Key, m.HTML)
			}
		}
		for i := range said {
			want = append(want, fmt.Sprintf("reply/%d/0", i+1))
		}
		if !slices.Equal(got, want) || inbox.waiting() != 0 {
			t.Errorf("dead before call %d: answers %v, %d waiting", survives, got, inbox.waiting())
		}
		if c, bound := stage.store.chat("alpha", 500); !bound || stage.office.shop("alpha").AlertAt != 5 {
			t.Errorf("dead before call %d: bound %v %+v", survives, bound, c)
		}
	}
	if calls < 30 {
		t.Errorf("only %d places to die at", calls)
	}
}

// life is a process that dies after a number of calls.
type life struct{ left, lived int }

func (l *life) step() {
	l.left--
	if l.left < 0 {
		panic(l)
	}
	l.lived++
}

// work empties the line of chat 500, or dies trying.
func (l *life) work(t *testing.T, inbox *memoryInbox, stage *stage) {
	t.Helper()
	stage.router.store, stage.router.queue = mortalStore{stage.store, l}, mortalQueue{stage.queue, l}
	defer func() {
		if v := recover(); v != nil && v != any(l) {
			panic(v)
		}
	}()
	c := NewConsumer(mortalBacklog{inbox, l}, inbox, stage.router, quiet(), ConsumerConfig{Owner: "a"})
	for work := (line{Consumer: c, shard: shardOf(500)}); inbox.waiting() > 0 && l.left >= 0; {
		_, _ = work.round(t.Context(), t.Context()) // its errors are the death of the process
	}
}

type mortalStore struct {
	Store
	*life
}

func (m mortalStore) TakeCode(ctx context.Context, code string, chat int64) (Invitation, error) {
	m.step()
	return m.Store.TakeCode(ctx, code, chat)
}

func (m mortalStore) SpendCode(ctx context.Context, code string) error {
	m.step()
	return m.Store.SpendCode(ctx, code)
}

func (m mortalStore) Bind(ctx context.Context, shop string, chat notify.Chat) error {
	m.step()
	return m.Store.Bind(ctx, shop, chat)
}

func (m mortalStore) SaveChat(ctx context.Context, shop string, chat notify.Chat) error {
	m.step()
	return m.Store.SaveChat(ctx, shop, chat)
}

func (m mortalStore) Unbind(ctx context.Context, shop string, chat int64) error {
	m.step()
	return m.Store.Unbind(ctx, shop, chat)
}

func (m mortalStore) ChatPrefs(ctx context.Context, chat int64) (lang, shop string, err error) {
	m.step()
	return m.Store.ChatPrefs(ctx, chat)
}

func (m mortalStore) SaveChatPrefs(ctx context.Context, chat int64, lang, shop string) error {
	m.step()
	return m.Store.SaveChatPrefs(ctx, chat, lang, shop)
}

type mortalQueue struct {
	Queue
	*life
}

func (m mortalQueue) Enqueue(ctx context.Context, now rules.Instant, messages []outbox.Message) error {
	m.step()
	return m.Queue.Enqueue(ctx, now, messages)
}

type mortalBacklog struct {
	Backlog
	*life
}

func (m mortalBacklog) DoneUpdate(ctx context.Context, shard int, id string) error {
	m.step()
	return m.Backlog.DoneUpdate(ctx, shard, id)
}
