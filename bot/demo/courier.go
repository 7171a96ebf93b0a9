package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"

	"shopwarden/bot/webhook"
	"shopwarden/config"
	"shopwarden/rules"
)

// How the platform pushes: it looks for news this often (real time), keeps so many deliveries in the air, puts at most so
// many events into one, tries again for so long, and repeats one delivery in so many for no reason, as platforms do.
const (
	lookEvery   = 50 * time.Millisecond
	inTheAir    = 4
	perDelivery = 50
	giveUpAfter = 3 * time.Minute
	repeatOne   = 40
)

// courier carries the shop's events to the program's door: signed, over HTTP, again and again until the door says that they
// are committed. The timestamps are of the demo's clock, because that is the clock the door checks them by.
type courier struct {
	client *http.Client
	door   string // https://…/hooks/standard/{shop}
	secret config.Secret
	now    func() time.Time
	told   func(Delivery)
}

// Delivery is what became of one attempt to deliver one event.
type Delivery struct {
	At      time.Time  `json:"at"` // by the demo's clock
	Type    rules.Type `json:"type"`
	Subject string     `json:"subject,omitempty"`
	Status  int        `json:"status,omitempty"` // of HTTP; 0 = no answer
	Attempt int        `json:"attempt"`
	Again   bool       `json:"again,omitempty"` // had been accepted before
}

// run delivers what take hands out until ctx ends.
func (c *courier) run(ctx context.Context, take func(now time.Time) []rules.Event) error {
	var air errgroup.Group
	air.SetLimit(inTheAir)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return air.Wait()
		case <-ticker.C:
		}
		events := take(c.now())
		for len(events) > 0 {
			batch := events[:min(len(events), perDelivery)]
			events = events[len(batch):]
			air.Go(func() error { return c.deliver(ctx, batch) })
		}
	}
}

// deliver brings one delivery to the door, now and then twice. It errs only when the delivery cannot be written.
func (c *courier) deliver(ctx context.Context, batch []rules.Event) error {
	body, err := bodyOf(batch)
	if err != nil {
		return err
	}
	id := "msg_" + batch[0].ID
	c.push(ctx, id, body, batch, false)
	if oddOneOut(id) {
		c.push(ctx, id, body, batch, true)
	}
	return nil
}

// bodyOf is one event as an object, several as an array.
func bodyOf(batch []rules.Event) ([]byte, error) {
	var value any = batch
	if len(batch) == 1 {
		value = batch[0]
	}
	body, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", batch[0].ID, err)
	}
	return body, nil
}

// oddOneOut chooses the deliveries that come twice, always the same ones.
func oddOneOut(id string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return h.Sum32()%repeatOne == 0
}

var errRefused = errors.New("not accepted")

// push tries until the door accepts.
func (c *courier) push(ctx context.Context, id string, body []byte, batch []rules.Event, again bool) {
	attempt := 0
	try := func() (int, error) {
		attempt++
		status := c.post(ctx, id, body)
		if ctx.Err() == nil {
			c.tell(batch, status, attempt, again)
		}
		if status/100 != 2 {
			return status, errRefused
		}
		return status, nil
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 300*time.Millisecond, 10*time.Second
	_, _ = backoff.Retry(ctx, try, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(giveUpAfter)) // every attempt was told
}

func (c *courier) tell(batch []rules.Event, status, attempt int, again bool) {
	for _, e := range batch {
		c.told(Delivery{At: c.now(), Type: e.Type, Subject: subjectOf(e), Status: status, Attempt: attempt, Again: again})
	}
}

// post makes one attempt, signed anew, and returns the status, 0 when there was no answer.
func (c *courier) post(ctx context.Context, id string, body []byte) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.door, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	now := c.now()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(webhook.HeaderID, id)
	req.Header.Set(webhook.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhook.HeaderSignature, webhook.SignStandard(c.secret.Reveal(), id, now, body))
	answer, err := c.client.Do(req)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)) // so that the connection is used again
	return answer.StatusCode
}
