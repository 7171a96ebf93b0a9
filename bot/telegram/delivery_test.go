package telegram_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/outbox/outboxtest"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/rules"
)

// delivery is the whole way from the queue into a chat.
type delivery struct {
	*booth
	t     *testing.T
	queue *outboxtest.Queue

	mu   sync.Mutex
	told []string
}

func (d *delivery) ChatGone(_ context.Context, chat int64, reason string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, fmt.Sprintf("gone %d %s", chat, reason))
	return nil
}

func (d *delivery) ChatMoved(_ context.Context, from, to int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, fmt.Sprintf("moved %d %d", from, to))
	return nil
}

func (d *delivery) Rerouted(_ context.Context, m outbox.Message, reason string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, fmt.Sprintf("rerouted %d %d %s", m.Chat, m.Thread, reason))
	return nil
}

func newDelivery(t *testing.T, limits telegramtest.Limits) *delivery {
	return &delivery{t: t, booth: newBooth(t, limits), queue: outboxtest.New()}
}

// Fold and Again word what is not tested here.
func (d *delivery) Fold(string, []outbox.Fold) (string, [][]outbox.Button) { return "several", nil }

func (d *delivery) Again(_, html string) string { return html }

// Enough leaves the text as it is.
func (d *delivery) Enough(_, html string, _ int) string { return html }

func (d *delivery) put(messages ...outbox.Message) {
	d.t.Helper()
	for i := range messages {
		messages[i].Route = "S1"
	}
	if err := d.queue.Enqueue(d.t.Context(), rules.InstantOf(time.Now()), messages); err != nil {
		d.t.Fatal(err)
	}
}

// work runs a worker until no message waits any more.
func (d *delivery) work() {
	d.t.Helper()
	ctx, stop := context.WithTimeout(d.t.Context(), 20*time.Second)
	defer stop()
	around := outbox.Around{Queue: d.queue, Limiter: outboxtest.NewLimiter(outbox.Limits{}, time.Now), Sender: d.sender, Hooks: d, Editor: d}
	w := outbox.NewWorker(around, outbox.Config{Poll: 20 * time.Millisecond, Gap: time.Millisecond}, d.log.logger(), time.Now)
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for d.waiting() && ctx.Err() == nil {
		<-tick.C
	}
	if ctx.Err() != nil {
		d.t.Errorf("messages still wait:\n%s", d.log.String())
	}
	stop()
	if err := <-done; err != nil {
		d.t.Error(err)
	}
	if strings.Contains(d.log.String(), d.Token()) {
		d.t.Errorf("the log holds the token:\n%s", d.log.String())
	}
}

func (d *delivery) waiting() bool {
	for _, e := range d.queue.Entries() {
		if e.State == outbox.Waiting || e.State == outbox.Sending {
			return true
		}
	}
	return false
}

func breach(key string, chat int64) outbox.Message {
	return outbox.Message{Key: key, Chat: chat, Kind: outbox.Breach, HTML: "<b>" + key + "</b> is late"}
}

// TestEachMessageArrivesOnceWhateverHappensOnTheWay lets the first call fail in every way there is. Copies is how often an
// alert is seen then: twice only when its answer got lost after it had arrived.
func TestEachMessageArrivesOnceWhateverHappensOnTheWay(t *testing.T) {
	tests := []struct {
		name      string
		fault     telegramtest.Fault
		copies    int
		scorecard int
	}{
		{"flood", telegramtest.Fault{Code: 429, RetryAfter: 1}, 1, 1},
		{"500", telegramtest.Fault{Code: 500}, 1, 1},
		{"HTML 502", telegramtest.Fault{Kind: telegramtest.FaultHTML}, 1, 1},
		{"hang", telegramtest.Fault{Kind: telegramtest.FaultHang}, 1, 0},
		{"cut", telegramtest.Fault{Kind: telegramtest.FaultDrop}, 1, 0},
		{"lost reply", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, 2, 1},
		{"late reply", telegramtest.Fault{Kind: telegramtest.FaultLateReply}, 2, 1},
	}
	for _, tt := range tests {
		for kind, copies := range map[string]int{outbox.Breach: tt.copies, outbox.Scorecard: tt.scorecard} {
			t.Run(tt.name+" "+kind, func(t *testing.T) {
				t.Parallel()
				d := newDelivery(t, telegramtest.Limits{})
				d.FailNext("sendMessage", tt.fault, 1)
				m := breach("A1", d.chat)
				m.Kind = kind
				d.put(m)
				d.work()
				if got := len(d.Sent(d.chat)); got != copies {
					t.Errorf("the chat shows it %d times, want %d\n%s", got, copies, d.log.String())
				}
			})
		}
	}
}

func TestABlockedPersonIsReportedAndAMovedGroupFollowed(t *testing.T) {
	t.Parallel()
	d := newDelivery(t, telegramtest.Limits{})
	group := d.AddGroup("Old", false)
	d.enter(t, group)
	now, err := d.Migrate(group)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Block(owner.ID); err != nil {
		t.Fatal(err)
	}
	d.put(breach("A1", d.chat), breach("A2", group))
	d.work()
	d.ExpectMessage(t, now, "A2", "is late")
	told := strings.Join(d.told, ", ")
	for _, want := range []string{fmt.Sprintf("gone %d blocked", d.chat), fmt.Sprintf("moved %d %d", group, now)} {
		if !strings.Contains(told, want) {
			t.Errorf("told %s, want %s", told, want)
		}
	}
}

func TestAMessageForAClosedTopicIsReportedAsRerouted(t *testing.T) {
	t.Parallel()
	d := newDelivery(t, telegramtest.Limits{})
	m := breach("A1", d.forum)
	m.Thread = 4711
	d.put(m)
	d.work()
	d.ExpectMessage(t, d.forum, "A1", "is late")
	if want := fmt.Sprintf("rerouted %d 4711 general", d.forum); !strings.Contains(strings.Join(d.told, ", "), want) {
		t.Errorf("told %v, want %s", d.told, want)
	}
}

func TestABreachTakenBackIsEditedInTheChat(t *testing.T) {
	t.Parallel()
	d := newDelivery(t, telegramtest.Limits{})
	d.FailNext("editMessageText", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, 1)
	d.put(breach("A1", d.chat), outbox.Message{Key: "A1/back", Chat: d.chat, Kind: outbox.Retraction, EditOf: "A1", HTML: "A1 left in time"})
	d.work()
	if m := d.only(t, d.chat); m.Text != "A1 left in time" || !m.Edited {
		t.Errorf("the chat shows %q", m.Text)
	}
}

func TestBrokenMarkupArrivesAsText(t *testing.T) {
	t.Parallel()
	d := newDelivery(t, telegramtest.Limits{})
	m := breach("A1", d.chat)
	m.HTML = "<b>A1 <late> & more"
	d.put(m)
	d.work()
	if got := d.only(t, d.chat).Text; got != "A1  & more" {
		t.Errorf("the chat shows %q", got)
	}
}

// TestTelegramsLimitsAreNeverTouched sends a burst to a server that counts as Telegram does.
func TestTelegramsLimitsAreNeverTouched(t *testing.T) {
	t.Parallel()
	d := newDelivery(t, telegramtest.TelegramLimits())
	for i := range 8 {
		d.put(breach(fmt.Sprint("P", i), d.chat), breach(fmt.Sprint("G", i), d.forum))
	}
	for i := range int64(60) {
		d.put(breach(fmt.Sprint("X", i), d.AddPrivateChat(telegramtest.User{ID: 100 + i, FirstName: "Somebody"})))
	}
	d.work()
	if strings.Contains(d.log.String(), "reason=flood") {
		t.Errorf("Telegram had to say stop:\n%s", d.log.String())
	}
	for i, m := range d.Sent(d.forum) {
		if want := fmt.Sprint("G", i, " is late"); m.Text != want {
			t.Errorf("message %d is %q, want %q", i, m.Text, want)
		}
	}
}
