package demo

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/webhook"
	"shopwarden/config"
	"shopwarden/rules"
)

// door is the program's real door with nothing behind it.
type door struct {
	secret config.Secret

	mu     sync.Mutex
	fail   int // so many deliveries more
	events []rules.Event
	told   []Delivery
	wake   chan struct{}
}

func (d *door) Keyring(context.Context, string) (webhook.Keyring, error) {
	return webhook.Keyring{Platform: webhook.Standard, Secrets: []string{d.secret.Reveal()}}, nil
}

func (d *door) Apply(_ context.Context, _ string, events []rules.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail > 0 {
		d.fail--
		return errors.New("the store is away")
	}
	d.events = append(d.events, events...)
	return nil
}

func (d *door) hear(x Delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, x)
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// openDoor serves a door by the demo's clock and returns a courier to it.
func openDoor(t *testing.T, clock *Clock) (*door, *courier) {
	t.Helper()
	d := &door{secret: config.NewWebhookSecret(), wake: make(chan struct{}, 1)}
	server := httptest.NewServer(webhook.New(webhook.Config{Now: clock.Now}, d, d, slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	return d, &courier{client: server.Client(), door: server.URL + "/hooks/standard/" + shopID, secret: d.secret, now: clock.Now, told: d.hear}
}

func someEvents(n int) []rules.Event {
	return newTimeline(1, shanghai, today.Next(-7)).take(morning)[:n]
}

func TestTheRealDoorAcceptsWhatIsSignedByTheDemosClock(t *testing.T) {
	d, c := openDoor(t, NewClock(morning.AddDate(1, 0, 0), time.Now)) // a year off real time
	events := someEvents(3)
	must(t, c.deliver(t.Context(), events[:1])) // an object
	must(t, c.deliver(t.Context(), events))     // an array
	if want := slices.Concat(events[:1], events); !cmp.Equal(d.events, want) {
		t.Errorf("committed:\n%s", cmp.Diff(want, d.events))
	}
	for _, x := range d.told {
		if x.Status != http.StatusOK || x.Attempt != 1 {
			t.Errorf("told %+v", x)
		}
	}
}

func TestADeliveryIsRepeatedUntilItIsCommitted(t *testing.T) {
	d, c := openDoor(t, NewClock(morning, time.Now))
	d.fail = 2
	must(t, c.deliver(t.Context(), someEvents(1)))
	var got []int
	for _, x := range d.told {
		got = append(got, x.Status)
	}
	if want := []int{503, 503, 200}; !cmp.Equal(got, want) || len(d.events) != 1 {
		t.Errorf("answers %v and %d events, want %v and 1", got, len(d.events), want)
	}
}

func TestAWrongSecretIsRefusedAndTold(t *testing.T) {
	d, c := openDoor(t, NewClock(morning, time.Now))
	c.secret = config.NewWebhookSecret()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.deliver(ctx, someEvents(1)) }()
	<-d.wake
	cancel()
	must(t, <-done)
	if len(d.events) != 0 || d.told[0].Status != http.StatusUnauthorized {
		t.Errorf("%d events, told %+v", len(d.events), d.told)
	}
}

func TestSomeDeliveriesComeTwice(t *testing.T) {
	d, c := openDoor(t, NewClock(morning, time.Now))
	for _, e := range someEvents(120) {
		must(t, c.deliver(t.Context(), []rules.Event{e}))
	}
	again := 0
	for _, x := range d.told {
		if x.Again {
			again++
		}
	}
	if again == 0 || again > 20 || len(d.events) != 120+again {
		t.Errorf("%d of 120 came twice, %d events in all", again, len(d.events))
	}
}

func TestTheCourierEndsWithItsContextAndDeliversAllBefore(t *testing.T) {
	d, c := openDoor(t, NewClock(morning, time.Now))
	events := someEvents(130)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	handed := false
	go func() {
		done <- c.run(ctx, func(time.Time) []rules.Event {
			if handed {
				return nil
			}
			handed = true
			return events
		})
	}()
	for delivered := 0; delivered < len(events); {
		<-d.wake
		d.mu.Lock()
		delivered = len(d.events)
		d.mu.Unlock()
	}
	cancel()
	must(t, <-done)
}
