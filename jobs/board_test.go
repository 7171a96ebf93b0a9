package jobs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// wall is where the boards of one shop hang: a store, a clock and what is open, in memory.
type wall struct {
	mu     sync.Mutex
	now    time.Time
	due    map[string]rules.Instant
	chats  []notify.Chat
	states map[int64]notify.BoardState
	known  map[string]bool
	said   []string
	late   int // cases that are overdue
	open   int // and in time
	gone   bool
	fail   error // of the next PlanBoards
	claims rules.Instant
	looks  int
}

func newWall() *wall {
	return &wall{now: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), due: map[string]rules.Instant{"a": 0},
		chats:  []notify.Chat{{ID: -5, Role: notify.Team, Lang: "en", Board: true}, {ID: 6, Role: notify.Owner, Lang: "zh"}},
		states: map[int64]notify.BoardState{}, known: map[string]bool{}}
}

func (w *wall) ClaimBoards(_ context.Context, now rules.Instant, lease time.Duration, _ int) (list []jobs.BoardDue, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for shop, at := range w.due {
		if at <= now {
			w.claims++
			until := now + rules.Instant(lease.Milliseconds()) + w.claims
			list = append(list, jobs.BoardDue{Shop: shop, Lease: until})
			w.due[shop] = until
		}
	}
	return list, nil
}

func (w *wall) PlanBoards(_ context.Context, due jobs.BoardDue, next rules.Instant) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.fail; err != nil {
		w.fail = nil
		return err
	}
	switch {
	case w.due[due.Shop] != due.Lease:
	case next == 0:
		delete(w.due, due.Shop)
	default:
		w.due[due.Shop] = next
	}
	return nil
}

func (w *wall) Chats(context.Context, string) ([]notify.Chat, error) { return w.chats, nil }

func (w *wall) Boards(context.Context, string) (map[int64]notify.BoardState, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[int64]notify.BoardState{}
	for id, s := range w.states {
		out[id] = s
	}
	return out, nil
}

func (w *wall) SaveBoards(_ context.Context, _ string, plan notify.BoardPlan) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, s := range plan.States {
		w.states[id] = s
	}
	for _, id := range plan.Gone {
		delete(w.states, id)
	}
	for _, m := range plan.Messages {
		if w.known[m.Key] {
			continue
		}
		w.known[m.Key] = true
		switch {
		case m.EditOf == "":
			w.said = append(w.said, "new")
		case m.Kind == outbox.Status:
			w.said = append(w.said, "stub")
		default:
			w.said = append(w.said, "edit")
		}
	}
	return nil
}

func (w *wall) view(context.Context, string) (notify.BoardView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	if w.gone {
		return notify.BoardView{}, sla.ErrUnknownShop
	}
	now := rules.InstantOf(w.now)
	b := notify.BoardView{View: notify.View{Shop: config.Shop{ID: "a"}, Now: now, Heard: now}, Total: w.open, Open: map[string]int{"ship": w.open}}
	for range w.late {
		b.Broken = append(b.Broken, rules.Case{Rule: "ship", Subject: rules.Subject{Kind: rules.Order, ID: "1"},
			Due: rules.InstantOf(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)), Outcome: rules.Breached, Reason: rules.NeverStopped})
	}
	return b, nil
}

func newBoard(t *testing.T, w *wall) *jobs.Board {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &jobs.Board{Store: w, View: w.view, Plan: notify.New(texts, nil).Boards, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Now: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }}
}

// later lets time pass, ticking every 15 seconds, and returns what was said meanwhile.
func (w *wall) later(t *testing.T, d time.Duration, replicas ...*jobs.Board) string {
	t.Helper()
	w.said = nil
	for end := w.now.Add(d); !w.now.After(end); w.now = w.now.Add(15 * time.Second) {
		var all sync.WaitGroup
		for _, b := range replicas {
			all.Go(func() {
				if err := b.Run(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	return strings.Join(w.said, ", ")
}

// nudge is what a commit does.
func (w *wall) nudge(late, open int) {
	w.late, w.open = late, open
	w.due["a"] = min(w.due["a"], rules.InstantOf(w.now.Add(20*time.Second)))
}

func TestABoardFollowsTheShopThroughADayWithTwoReplicas(t *testing.T) {
	w := newWall()
	one, two := newBoard(t, w), newBoard(t, w)
	steps := []struct {
		what       string
		late, open int
		lasts      time.Duration
		want       string
	}{
		{"nothing is open yet", 0, 0, 2 * time.Hour, ""},
		{"something opens", 0, 3, 20 * time.Minute, "new"},
		{"it changes", 0, 5, 20 * time.Minute, "edit"},
		{"nothing changes", 0, 5, 30 * time.Minute, ""},
		{"it gets worse", 2, 3, 20 * time.Minute, "stub, new"},
		{"an hour as bad as that: a sign of life", 2, 3, 50 * time.Minute, "edit"},
		{"all is done", 0, 0, 20 * time.Minute, "edit"},
	}
	for _, s := range steps {
		w.nudge(s.late, s.open)
		if got := w.later(t, s.lasts, one, two); got != s.want {
			t.Fatalf("%s: %q, want %q", s.what, got, s.want)
		}
	}
	w.looks = 0
	w.later(t, 4*time.Hour, one, two)
	if w.looks > 9 {
		t.Errorf("looked %d times in four hours of rest, want every half hour", w.looks)
	}
}

func TestABurstOfChangesIsOneEditAMinute(t *testing.T) {
	w := newWall()
	b := newBoard(t, w)
	w.nudge(0, 1)
	w.later(t, 2*time.Minute, b)
	var said []string
	for i := range 40 { // ten minutes
		w.nudge(0, 2+i)
		if got := w.later(t, 0, b); got != "" {
			said = append(said, got)
		}
	}
	if n := len(said); n < 7 || n > 10 {
		t.Errorf("%d edits in ten minutes: %v", n, said)
	}
}

func TestACrashAfterTheBoardWasSentSendsItOnce(t *testing.T) {
	w := newWall()
	b := newBoard(t, w)
	w.nudge(1, 0)
	w.fail = errors.New("killed")
	if got := w.later(t, 5*time.Minute, b); got != "new" {
		t.Errorf("said %q, want one board", got)
	}
}

func TestAShopWithoutBoardsIsLeftAlone(t *testing.T) {
	w := newWall()
	b := newBoard(t, w)
	w.chats[0].Board = false
	w.nudge(1, 1)
	if got := w.later(t, time.Minute, b); got != "" || w.looks != 0 || len(w.due) != 0 {
		t.Errorf("said %q, looked %d times, due %v", got, w.looks, w.due)
	}
	w.chats[0].Board, w.gone = true, true
	w.due["a"] = 0
	w.later(t, time.Minute, b)
	if len(w.due) != 0 {
		t.Errorf("a shop that is gone is still due: %v", w.due)
	}
	if diff := cmp.Diff(map[int64]notify.BoardState{}, w.states); diff != "" {
		t.Error(diff)
	}
}
