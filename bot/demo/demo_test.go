package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// output is what a demo prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// start runs a demo with a program until the test ends and returns what the program was given.
func start(t *testing.T, cfg Config, program Program) Parts {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	given, done := make(chan Parts, 1), make(chan error, 1)
	cfg.Listen = "127.0.0.1:0"
	go func() {
		done <- Run(ctx, cfg, func(ctx context.Context, p Parts) error {
			given <- p
			return program(ctx, p)
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	select {
	case p := <-given:
		return p
	case err := <-done:
		done <- nil
		t.Fatalf("the demo did not start: %v", err)
	}
	panic("unreachable")
}

func TestTheDemoRunsWhatItIsGivenAndEndsWithoutALeftover(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		out := &output{}
		p := start(t, Config{Out: out}, understudy)
		url := "http://" + p.Listener.Addr().String()
		if !strings.Contains(out.String(), url) || !strings.Contains(out.String(), "Nothing is kept") {
			t.Errorf("printed %q", out)
		}
		answer, err := http.Get(url)
		must(t, err)
		page, err := io.ReadAll(answer.Body)
		must(t, errors.Join(err, answer.Body.Close()))
		if !strings.Contains(string(page), "nothing is kept") {
			t.Error("the page does not say that nothing is kept")
		}
		http.DefaultClient.CloseIdleConnections()
	})
}

func TestTheProgramFindsAShopWithAPastAndAClockBeforeNine(t *testing.T) {
	p := start(t, Config{}, understudy)
	shop, err := p.Store.Shop(t.Context(), shopID)
	must(t, err)
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	must(t, err)
	must(t, shop.Validate(packs))
	vault, err := config.NewVault(p.Settings.DataSecret)
	must(t, err)
	if secrets, err := shop.ValidSecrets(vault, p.Now()); err != nil || len(secrets) != 1 {
		t.Errorf("%d secrets, %v", len(secrets), err)
	}
	list := slices.DeleteFunc(config.Problems(p.Settings, packs), func(x config.Problem) bool { return x.Where == "PUBLIC_URL" }) // plain http
	if len(list) != 0 {
		t.Errorf("the settings have problems: %v", list)
	}
	zone, err := time.LoadLocation(zoneName)
	must(t, err)
	if now := p.Now().In(zone); now.Hour() != 8 && now.Hour() != 9 {
		t.Errorf("the clock shows %v", now)
	}
	heard, err := p.Store.Heard(t.Context(), shopID)
	must(t, err)
	if heard == 0 {
		t.Error("nothing was heard of the shop")
	}
	queued, err := p.Store.Backlog(t.Context())
	must(t, err)
	if queued.Waiting != 0 {
		t.Errorf("the past put %d messages on the queue", queued.Waiting)
	}
}

func TestTheScorecardOfYesterdayHasSomethingToSay(t *testing.T) {
	p := start(t, Config{}, understudy)
	zone, err := time.LoadLocation(zoneName)
	must(t, err)
	day := rules.DateOf(rules.InstantOf(p.Now()), zone)
	ask := sla.DayAsk{Shop: shopID}
	for d := day.Next(-7); d < day; d = d.Next(1) {
		ask.Days = append(ask.Days, d)
	}
	data, err := p.Store.Days(t.Context(), []sla.DayAsk{ask})
	must(t, err)
	n, breached := 0, int64(0)
	for _, tallies := range data[0].Tallies {
		n += len(tallies)
		for _, x := range tallies {
			breached += x.Breached
		}
	}
	if n < 40 || breached < 10 {
		t.Errorf("a week with %d rule-days and %d breaches", n, breached)
	}
}

func TestBothChatsBindThemselvesByTheirLinks(t *testing.T) {
	p := start(t, Config{Lang: "zh"}, understudy)
	stream, _ := listenTo(t, "http://"+p.Listener.Addr().String(), "")
	seen := map[string]bool{}
	for e := range stream {
		var all snapshot
		switch e.event {
		case "snapshot":
			must(t, json.Unmarshal([]byte(e.data), &all))
		case "message":
			var m messageView
			must(t, json.Unmarshal([]byte(e.data), &m))
			all.Chats = map[string][]messageView{m.Chat: {m}}
		}
		for chat, list := range all.Chats {
			for _, m := range list {
				seen[chat+" "+m.Who+" "+m.Text[:min(6, len(m.Text))]] = true
			}
		}
		if seen["owner me /start"] && seen["team me /start"] && seen["owner bot Bound."] && seen["team bot Bound."] {
			return
		}
	}
	t.Errorf("the stream ended with %v", seen)
}

func TestATakenAddressNamesTheFlag(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	err = Run(t.Context(), Config{Listen: taken.Addr().String()}, understudy)
	if err == nil || !strings.Contains(err.Error(), "--listen") || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("got %v", err)
	}
}

func TestSettingsThatCannotBeAreNamed(t *testing.T) {
	for flag, cfg := range map[string]Config{"--speed": {Speed: -1}, "--lang": {Lang: "fr"}} {
		if err := Run(t.Context(), cfg, understudy); err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%s: %v", flag, err)
		}
	}
	if err := Run(t.Context(), Config{Speed: 1e6}, understudy); err == nil || !strings.Contains(err.Error(), "--speed") {
		t.Errorf("too fast: %v", err)
	}
}

func TestAProgramThatFailsEndsTheDemoWithItsError(t *testing.T) {
	broken := errors.New("broken")
	err := Run(t.Context(), Config{Listen: "127.0.0.1:0"}, func(context.Context, Parts) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestTheTeamGetsInASecondWhatAGroupGetsInAMinute(t *testing.T) {
	p := start(t, Config{}, understudy)
	const group, messages = -7, 40 // more than Telegram lets through to a group in two minutes
	end := time.After(20 * time.Second)
	for i := 0; i < messages; {
		grants, err := p.Store.Admit(t.Context(), []outbox.Request{{ID: fmt.Sprint("edit", i), Chat: group, Lane: outbox.LaneWarning}})
		must(t, err)
		if grants[0].Wait == 0 {
			must(t, p.Store.Pass(t.Context(), []outbox.Passed{{ID: fmt.Sprint("edit", i), Chat: group, At: grants[0].At}}))
			i++
			continue
		}
		select {
		case <-time.After(grants[0].Wait):
		case <-end:
			t.Fatalf("%d of %d edits went to the group in 20 s", i, messages)
		}
	}
}
