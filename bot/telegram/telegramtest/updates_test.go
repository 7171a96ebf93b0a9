package telegramtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

func updatesOf(t *testing.T, a answer) []models.Update {
	t.Helper()
	if !a.OK {
		t.Fatalf("getUpdates: %+v", a)
	}
	var out []models.Update
	must(t, json.Unmarshal(a.Result, &out))
	return out
}

func poll(t *testing.T, s *telegramtest.Server, offset, timeout int, more ...string) []models.Update {
	t.Helper()
	params := url.Values{"offset": {strconv.Itoa(offset)}, "timeout": {strconv.Itoa(timeout)}}
	for i := 0; i+1 < len(more); i += 2 {
		params.Set(more[i], more[i+1])
	}
	return updatesOf(t, call(t, s, "getUpdates", params))
}

// pollBehind polls in the background; the answer comes on the channel.
func pollBehind(t *testing.T, s *telegramtest.Server) <-chan answer {
	t.Helper()
	got := make(chan answer, 1)
	go func() {
		a, err := post(t.Context(), s, "/bot"+s.Token()+"/getUpdates", "application/json", `{"timeout":50}`)
		if err != nil {
			a.Description = err.Error()
		}
		got <- a
	}()
	must(t, s.WaitUntil(t.Context(), s.Polling))
	return got
}

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came within ten seconds")
		panic("unreachable")
	}
}

func TestLongPollWakesAtOnceOnANewUpdate(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	waiting := pollBehind(t, s.Server)
	_, err := s.Say(s.chat, s.owner.ID, "hello")
	must(t, err)
	got := updatesOf(t, receive(t, waiting))
	if len(got) != 1 || got[0].Message.Text != "hello" || got[0].Message.From.LanguageCode != "zh" {
		t.Errorf("got %+v", got)
	}
}

func TestOffsetAcknowledgesAndLimitHolds(t *testing.T) {
	s := newShop(t, telegramtest.Config{FirstUpdateID: 100})
	for i := range 3 {
		_, err := s.Say(s.chat, s.owner.ID, fmt.Sprint("m", i))
		must(t, err)
	}
	if got := poll(t, s.Server, 0, 0, "limit", "2"); len(got) != 2 || got[0].ID != 100 || got[1].ID != 101 {
		t.Fatalf("limit 2: got %+v", got)
	}
	if got := poll(t, s.Server, 0, 0); len(got) != 3 {
		t.Errorf("without an offset nothing is acknowledged: got %d of 3", len(got))
	}
	if got := poll(t, s.Server, 102, 0); len(got) != 1 || got[0].ID != 102 {
		t.Errorf("after ack of 101: got %+v", got)
	}
	if got := poll(t, s.Server, 0, 0); len(got) != 1 {
		t.Errorf("acknowledged updates came back: %+v", got)
	}
	if got := poll(t, s.Server, 103, 0); len(got) != 0 || s.Pending() != 0 {
		t.Errorf("got %+v, %d pending", got, s.Pending())
	}
}

func TestNegativeOffsetKeepsTheLast(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	for range 4 {
		_, err := s.Say(s.chat, s.owner.ID, "m")
		must(t, err)
	}
	if got := poll(t, s.Server, -1, 0); len(got) != 1 || got[0].ID != 4 {
		t.Errorf("got %+v", got)
	}
}

func TestSecondPollerTerminatesTheFirstWith409(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	first := pollBehind(t, s.Server)
	second := pollBehind(t, s.Server)
	if got := receive(t, first); got.Code != 409 || !strings.Contains(got.Description, "terminated by other getUpdates request") {
		t.Errorf("first: %+v", got)
	}
	_, err := s.Say(s.chat, s.owner.ID, "for the second")
	must(t, err)
	if got := updatesOf(t, receive(t, second)); len(got) != 1 {
		t.Errorf("second: %+v", got)
	}
}

func TestPollWithAWebhookSetIs409(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	waiting := pollBehind(t, s.Server)
	_, err := s.bot.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: "http://127.0.0.1:1/hook"})
	must(t, err)
	if got := receive(t, waiting); got.Code != 409 || !strings.Contains(got.Description, "terminated by setWebhook request") {
		t.Errorf("waiting poll: %+v", got)
	}
	if got := call(t, s.Server, "getUpdates", nil); got.Code != 409 || !strings.Contains(got.Description, "webhook is active") {
		t.Errorf("new poll: %+v", got)
	}
	_, err = s.bot.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{})
	must(t, err)
	if got := call(t, s.Server, "getUpdates", nil); !got.OK {
		t.Errorf("after deleteWebhook: %+v", got)
	}
}

func TestClientThatGoesAwayEndsItsPoll(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, err := post(ctx, s.Server, "/bot"+s.Token()+"/getUpdates", "application/json", `{"timeout":50}`)
		if err == nil {
			t.Error("a cancelled poll must err")
		}
	}()
	must(t, s.WaitUntil(t.Context(), s.Polling))
	cancel()
	receive(t, done)
	must(t, s.WaitUntil(t.Context(), func() bool { return !s.Polling() }))
}

func TestAllowedUpdatesAreRememberedAndHideTheRareKindsByDefault(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	must(t, s.AddBot(group, s.owner.ID, telegramtest.Administrator))
	join := func(id int64) {
		must(t, s.SetMember(group, telegramtest.User{ID: id, FirstName: "Packer"}, telegramtest.Ordinary))
	}
	join(20)
	got := poll(t, s.Server, 0, 0)
	if len(got) != 1 || got[0].MyChatMember == nil {
		t.Fatalf("default kinds: got %+v", got)
	}
	poll(t, s.Server, -0, 0, "allowed_updates", `["chat_member"]`)
	join(21)
	_, err := s.Say(s.chat, s.owner.ID, "not asked for")
	must(t, err)
	got = poll(t, s.Server, int(got[0].ID)+1, 0) // names no kinds: the setting stays
	if len(got) != 1 || got[0].ChatMember == nil || got[0].ChatMember.NewChatMember.Member.User.ID != 21 {
		t.Errorf("chat_member only: got %+v", got)
	}
}

func TestRealClientPollsHandlesAndAcknowledges(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	texts := make(chan string, 10)
	ctx, cancel := context.WithCancel(t.Context())
	b := client(t, s.Server, 20*time.Second)
	b.RegisterHandlerMatchFunc(func(*models.Update) bool { return true },
		func(_ context.Context, _ *bot.Bot, u *models.Update) { texts <- u.Message.Text })
	stopped := make(chan struct{})
	go func() { defer close(stopped); b.Start(ctx) }()
	for _, text := range []string{"one", "two", "three"} {
		_, err := s.Say(s.chat, s.owner.ID, text)
		must(t, err)
		if got := receive(t, texts); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	cancel()
	receive(t, stopped)
	if n := s.Pending(); n > 1 {
		t.Errorf("%d updates were not acknowledged", n)
	}
}

func TestRawUpdateThatNoClientCanDecodeIsServed(t *testing.T) {
	s := newShop(t, telegramtest.Config{FirstUpdateID: 9})
	id, err := s.PushRaw(json.RawMessage(`{"message_reaction":{"new_reaction":[{"type":"hologram"}]}}`))
	must(t, err)
	got := call(t, s.Server, "getUpdates", nil)
	var updates []struct {
		ID       int64           `json:"update_id"`
		Reaction json.RawMessage `json:"message_reaction"`
	}
	must(t, json.Unmarshal(got.Result, &updates))
	if id != 9 || len(updates) != 1 || updates[0].ID != 9 || !strings.Contains(string(updates[0].Reaction), "hologram") {
		t.Errorf("got id %d, %s", id, got.Result)
	}
	var decoded []models.Update
	if json.Unmarshal(got.Result, &decoded) == nil {
		t.Error("the client decodes it; choose another poison")
	}
	for _, bad := range []string{`[]`, `null`, `{`, `7`} {
		if _, err := s.PushRaw(json.RawMessage(bad)); err == nil {
			t.Errorf("PushRaw(%s) must err", bad)
		}
	}
}

func TestUpdateIDsGrowByOne(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	for range 5 {
		_, err := s.Say(s.chat, s.owner.ID, "m")
		must(t, err)
	}
	var ids []int64
	for _, u := range poll(t, s.Server, 0, 0) {
		ids = append(ids, u.ID)
	}
	if !slices.Equal(ids, []int64{1, 2, 3, 4, 5}) {
		t.Errorf("got %v", ids)
	}
}
