package telegram

import (
	"context"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/config"
	"shopwarden/rules"
)

// straight is an outbox that sends at once.
type straight struct {
	memoryQueue
	sender *Sender
}

func (q *straight) Enqueue(ctx context.Context, now rules.Instant, messages []outbox.Message) error {
	known := len(q.all())
	if err := q.memoryQueue.Enqueue(ctx, now, messages); err != nil {
		return err
	}
	for _, m := range q.all()[known:] {
		q.sender.Send(ctx, m, m.EditID)
	}
	return nil
}

func (m *memoryStore) SaveToken(_ context.Context, payload string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens["long"] = payload
	return "long", nil
}

// TestAPersonAsksPressesAndReads talks to the whole package over a local Telegram: what a person reads is what counts.
func TestAPersonAsksPressesAndReads(t *testing.T) {
	s, stage, inbox := startTelegram(t), newStage(t), newMemoryInbox()
	client, err := NewClient(Config{Token: config.Secret(s.Token()), APIURL: s.URL()})
	must(t, err)
	t.Cleanup(client.Close)
	stage.router.people = client
	stage.router.queue = &straight{sender: NewSender(client, stage.store, SenderConfig{}, quiet())}
	consumer := NewConsumer(inbox, inbox, stage.router, quiet(), ConsumerConfig{Owner: "a", Idle: 5 * time.Millisecond})
	background(t, newTestPoller(t, s, inbox, "a", quiet()).Run)
	background(t, consumer.Run)

	li := telegramtest.User{ID: 500, FirstName: "Li", LanguageCode: "en"}
	s.AddPrivateChat(li)
	_, err = s.OpenLink(li, "ALPHA-CODE")
	must(t, err)
	page := s.ExpectMessage(t, li.ID, "now watches Alpha Toys")

	press := func(label, data string) {
		t.Helper()
		answers := len(s.CallbackAnswers())
		if _, err := s.Press(li.ID, page.ID, li.ID, data); err != nil {
			t.Fatalf("pressing %s: %v", label, err)
		}
		eventually(t, label+" stops waiting", func() bool { return len(s.CallbackAnswers()) > answers })
	}
	shows := func(part string) {
		t.Helper()
		eventually(t, "the page shows "+part, func() bool {
			m, _ := s.Message(li.ID, page.ID)
			return strings.Contains(m.Text, part)
		})
	}
	_, err = s.Say(li.ID, li.ID, "/alerts")
	must(t, err)
	page = s.ExpectMessage(t, li.ID, "On: this chat hears")
	press("Turn off", "v1:alerts:alpha|off")
	shows("Off: this chat hears nothing")
	if c, _ := stage.store.chat("alpha", li.ID); c.Alerts {
		t.Error("the page says off and the binding says on")
	}

	group := s.AddGroup("Packers", false)
	must(t, s.SetMember(group, li, telegramtest.Ordinary))
	stage.store.codes["TEAM-CODE"] = code{shop: "alpha", role: "team"}
	_, err = s.OpenGroupLink(group, li.ID, "TEAM-CODE")
	must(t, err)
	s.ExpectMessage(t, group, "开始在这里盯")
	wu := telegramtest.User{ID: 501, FirstName: "Wu"} // is nobody to the shop beside
	must(t, s.SetMember(group, wu, telegramtest.Ordinary))
	_, err = s.Say(group, wu.ID, "/alerts@shopwarden_bot off")
	must(t, err)
	s.ExpectMessage(t, group, "只有群管理员")
	must(t, s.SetMember(group, wu, telegramtest.Administrator))
	_, err = s.Say(group, wu.ID, "/alerts@shopwarden_bot off")
	must(t, err)
	s.ExpectMessage(t, group, "已保存")
}
