package telegram

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
)

type handlerFunc func(ctx context.Context, id int64, u *models.Update) error

func (f handlerFunc) Handle(ctx context.Context, id int64, u *models.Update) error {
	return f(ctx, id, u)
}

// put stores a message of a chat.
func (m *memoryInbox) put(t *testing.T, id, chat int64) {
	t.Helper()
	raw := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"},"text":"/today"}}`, id, id, chat)
	if err := m.StoreUpdate(t.Context(), id, chat, []byte(raw)); err != nil {
		t.Fatal(err)
	}
}

// consume runs a consumer for a while and waits for its end.
func consume(t *testing.T, inbox *memoryInbox, owner string, d time.Duration, f handlerFunc) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := NewConsumer(inbox, inbox, f, quiet(), ConsumerConfig{Owner: owner}).Run(ctx); err != nil {
		t.Errorf("Run = %v", err)
	}
}

func TestUpdatesOfAChatAreHandledInOrderUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		const chats, each = 40, 25
		id := int64(0)
		for range each {
			for chat := range int64(chats) {
				id++
				inbox.put(t, id, chat)
			}
		}
		var mu sync.Mutex
		seen, busy, atOnce := map[int64][]int64{}, map[int64]bool{}, 0
		handle := func(_ context.Context, id int64, u *models.Update) error {
			chat := u.Message.Chat.ID
			mu.Lock()
			if busy[chat] {
				t.Errorf("two updates of chat %d at once", chat)
			}
			busy[chat] = true
			atOnce = max(atOnce, len(busy))
			mu.Unlock()
			time.Sleep(time.Duration(id%7) * time.Millisecond)
			mu.Lock()
			delete(busy, chat)
			seen[chat] = append(seen[chat], id)
			mu.Unlock()
			return nil
		}
		var consumers sync.WaitGroup
		for _, owner := range []string{"a", "b"} {
			consumers.Go(func() { consume(t, inbox, owner, 5*time.Second, handle) })
		}
		consumers.Wait()
		for chat := range int64(chats) {
			if got := seen[chat]; len(got) != each || !slices.IsSorted(got) {
				t.Errorf("chat %d: %d updates, in order: %v", chat, len(got), slices.IsSorted(got))
			}
		}
		if atOnce < 4 {
			t.Errorf("at most %d chats side by side", atOnce)
		}
	})
}

func TestAPoisonUpdateIsSetAsideAndTheNextIsHandled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		poison := `{"update_id":1,"my_chat_member":{"chat":{"id":3},"new_chat_member":{"status":"hologram"}}}`
		if err := inbox.StoreUpdate(t.Context(), 1, 3, []byte(poison)); err != nil {
			t.Fatal(err)
		}
		inbox.put(t, 2, 3) // the handler panics on it
		inbox.put(t, 3, 3) // the handler always fails
		inbox.put(t, 4, 3)
		calls := map[int64]int{}
		consume(t, inbox, "a", 5*time.Minute, func(_ context.Context, id int64, u *models.Update) error {
			calls[id]++
			switch id {
			case 2:
				panic(u.Message.From.ID) // nobody
			case 3:
				return errors.New("never")
			}
			return nil
		})
		done, aside := inbox.settled()
		if !slices.Equal(done, []int64{4}) {
			t.Errorf("done %v, want the last one only", done)
		}
		if aside[1] != "undecodable" || aside[2] != "panic" || aside[3] != "failing" {
			t.Errorf("set aside: %v", aside)
		}
		if calls[1] != 0 || calls[2] != 3 || calls[3] != 20 || calls[4] != 1 {
			t.Errorf("calls: %v", calls)
		}
	})
}

func TestAnOutageOfTheStoreSetsNothingAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		inbox.put(t, 1, 3)
		calls := 0
		time.AfterFunc(time.Hour, func() { inbox.setDown(false) })
		consume(t, inbox, "a", 2*time.Hour, func(context.Context, int64, *models.Update) error {
			calls++
			inbox.mu.Lock()
			defer inbox.mu.Unlock()
			if calls == 1 {
				inbox.down = true
			}
			if inbox.down {
				return errDown
			}
			return nil
		})
		done, aside := inbox.settled()
		if len(done) != 1 || len(aside) != 0 || calls < 2 {
			t.Errorf("done %v, aside %v after %d calls", done, aside, calls)
		}
	})
}

func TestAnUpdateInHandIsFinishedWhenTheProcessStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		inbox.put(t, 1, 3)
		inbox.put(t, 2, 3)
		consume(t, inbox, "a", time.Second, func(ctx context.Context, _ int64, _ *models.Update) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(3 * time.Second):
				return nil
			}
		})
		if done, _ := inbox.settled(); !slices.Equal(done, []int64{1}) || inbox.waiting() != 1 {
			t.Errorf("done %v, %d waiting; want the first done and the second waiting", done, inbox.waiting())
		}
		consume(t, inbox, "b", time.Second, func(context.Context, int64, *models.Update) error { return nil })
		if inbox.waiting() != 0 {
			t.Error("the next process did not take over at once")
		}
	})
}

func TestWakeBringsAnUpdateAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		var took time.Duration
		c := NewConsumer(inbox, inbox, handlerFunc(func(context.Context, int64, *models.Update) error {
			took = time.Since(start)
			cancel()
			return nil
		}), quiet(), ConsumerConfig{Owner: "a", Idle: time.Hour})
		time.AfterFunc(time.Second, func() {
			inbox.put(t, 1, 3)
			start = time.Now()
			c.Wake()
		})
		if err := c.Run(ctx); err != nil || took != 0 {
			t.Errorf("handled after %v, %v", took, err)
		}
	})
}
