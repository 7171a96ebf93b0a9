package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"shopwarden/bot/chart"
	"shopwarden/bot/outbox"
	"shopwarden/bot/outbox/outboxtest"
	"shopwarden/rules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sent is one attempt as the sender saw it.
type sent struct {
	Key    string
	Chat   int64
	EditID int
	HTML   string
	At     time.Duration // since the scene began
}

// scene is a worker with a queue and a Telegram that does what answer says.
type scene struct {
	t       *testing.T
	queue   *outboxtest.Queue
	limiter outbox.Limiter
	done    map[string]bool // cases that are over
	answer  func(ctx context.Context, m outbox.Message, editID, attempt int) outbox.Outcome
	began   time.Time

	mu       sync.Mutex
	attempts []sent
	tries    map[string]int
	told     []string
	counts   map[string]int
}

func newScene(t *testing.T) *scene {
	s := &scene{t: t, queue: outboxtest.New(), limiter: outboxtest.NewLimiter(outbox.Limits{}, time.Now), done: map[string]bool{}, began: time.Now(), tries: map[string]int{}, counts: map[string]int{}}
	s.answer = func(context.Context, outbox.Message, int, int) outbox.Outcome { return delivered }
	return s
}

var delivered = outbox.Outcome{Verdict: outbox.Delivered, MessageID: 100}

func (s *scene) Send(ctx context.Context, m outbox.Message, editID int) outbox.Outcome {
	s.mu.Lock()
	s.tries[m.Key]++
	n := s.tries[m.Key]
	s.attempts = append(s.attempts, sent{m.Key, m.Chat, editID, m.HTML, time.Since(s.began)})
	s.mu.Unlock()
	return s.answer(ctx, m, editID, n)
}

func (s *scene) ChatGone(_ context.Context, chat int64, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, fmt.Sprintf("gone %d %s", chat, reason))
	return nil
}

func (s *scene) Rerouted(context.Context, outbox.Message, string) error { return nil }

func (s *scene) ChatMoved(_ context.Context, from, to int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, fmt.Sprintf("moved %d %d", from, to))
	return errors.New("the store is away")
}

func (s *scene) Observe(kind, outcome string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[kind+" "+outcome]++
}

// Fold words a group by the rows of its parts.
func (s *scene) Fold(_ string, parts []outbox.Fold) (string, [][]outbox.Button) {
	rows := []string{fmt.Sprint(len(parts))}
	for _, p := range parts {
		rows = append(rows, p.Row)
	}
	return strings.Join(rows, " "), nil
}

func (s *scene) Again(_, html string) string { return "again " + html }

func (s *scene) Enough(_, html string, budget int) string { return fmt.Sprint(html, " was ", budget) }

func (s *scene) Current(_ context.Context, _ string, cases []string) (still []bool, err error) {
	for _, c := range cases {
		still = append(still, !s.done[c])
	}
	return still, nil
}

func (s *scene) Snoozed(_ context.Context, _ rules.Instant, m outbox.Message) (bool, error) {
	return m.Fold.Case == "snoozed", nil
}

// keys lists the attempts in order.
func (s *scene) keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for _, a := range s.attempts {
		keys = append(keys, a.Key)
	}
	return keys
}

func (s *scene) put(messages ...outbox.Message) {
	s.t.Helper()
	now := rules.InstantOf(time.Now())
	for i := range messages {
		m := &messages[i]
		m.Route = fmt.Sprint(m.Chat)
		m.Created = now + rules.Instant(i)
	}
	if err := s.queue.Enqueue(s.t.Context(), now, messages); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) worker(cfg outbox.Config) *outbox.Worker {
	cfg.Metrics = s
	around := outbox.Around{Queue: s.queue, Limiter: s.limiter, Sender: s, Hooks: s, Editor: s, Checker: s}
	return outbox.NewWorker(around, cfg, slog.New(slog.DiscardHandler), time.Now)
}

// run runs a worker for some time and stops it, which must succeed.
func (s *scene) run(d time.Duration, cfg outbox.Config) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), d)
	defer cancel()
	if err := s.worker(cfg).Run(ctx); err != nil {
		s.t.Error(err)
	}
}

func (s *scene) want(key string, state outbox.State, reason string) outboxtest.Entry {
	s.t.Helper()
	e, _ := s.queue.Entry(key)
	if e.State != state || e.Reason != reason {
		s.t.Errorf("%s is %v %q, want %v %q", key, e.State, e.Reason, state, reason)
	}
	return e
}

func alert(key string, chat int64) outbox.Message {
	return outbox.Message{Key: key, Chat: chat, Kind: outbox.Breach, HTML: key}
}

func alerts(n int, chat int64) (all []outbox.Message) {
	for i := range n {
		all = append(all, alert(fmt.Sprintf("%d/%03d", chat, i), chat))
	}
	return all
}

func TestAlertsGoBeforeRepliesBeforeWarningsBeforeScorecards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		var all []outbox.Message
		for i, kind := range []string{outbox.Export, outbox.Scorecard, outbox.Warning, outbox.Breach, outbox.Reply, outbox.Violation} {
			all = append(all, outbox.Message{Key: fmt.Sprint(i, kind), Chat: int64(i + 1), Kind: kind})
		}
		s.put(all...)
		time.Sleep(time.Second) // all are due
		s.run(time.Second, outbox.Config{Parallel: 1})
		want := []string{"3breach", "5violation", "4reply", "2warning", "1scorecard", "0export"}
		if diff := cmp.Diff(want, s.keys()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestANudgedReplyDoesNotWaitForTheNextLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		w := s.worker(outbox.Config{Poll: time.Minute})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.Run(ctx) }()
		time.Sleep(10 * time.Second)
		s.put(outbox.Message{Key: "r", Chat: 1, Kind: outbox.Reply})
		for range 5 {
			w.Nudge()
		}
		synctest.Wait()
		s.want("r", outbox.Sent, "")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestAReplyOvertakesAFullBacklog holds back a nudged reply neither by the size of a claim nor by the scorecards in hand.
func TestAReplyOvertakesAFullBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		for chat := range int64(400) {
			s.put(outbox.Message{Key: fmt.Sprint("scorecard/", chat), Chat: chat + 1, Kind: outbox.Scorecard})
		}
		w := s.worker(outbox.Config{Claim: 350})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.Run(ctx) }()
		time.Sleep(2500 * time.Millisecond)
		s.put(outbox.Message{Key: "reply", Chat: 5000, Kind: outbox.Reply})
		w.Nudge()
		time.Sleep(time.Second)
		s.want("reply", outbox.Sent, "")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestOrderIsKeptPerChatWhateverFails(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			dice := rand.New(rand.NewPCG(seed, 0))
			var mu sync.Mutex
			roll := func(n int) int {
				mu.Lock()
				defer mu.Unlock()
				return dice.IntN(n)
			}
			s.answer = func(_ context.Context, m outbox.Message, _, _ int) outbox.Outcome {
				time.Sleep(time.Duration(roll(200)) * time.Millisecond)
				switch roll(4) {
				case 0:
					return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonNetwork}
				case 1:
					return outbox.Outcome{Verdict: outbox.Flooded, RetryAfter: time.Duration(roll(9)) * time.Second}
				}
				return delivered
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- s.worker(outbox.Config{Claim: 8}).Run(ctx) }()
			for i := range 20 {
				s.put(alert(fmt.Sprintf("a%02d", i), 7), alert(fmt.Sprintf("b%02d", i), -7))
				time.Sleep(time.Duration(roll(3000)) * time.Millisecond)
			}
			time.Sleep(30 * time.Minute)
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			s.inOrder()
		})
	}
}

// inOrder checks that every message was sent once, in the order it came for its chat.
func (s *scene) inOrder() {
	s.t.Helper()
	last := map[int64]string{}
	n := 0
	for _, x := range s.queue.History() {
		if x.State != outbox.Sent {
			continue
		}
		n++
		e, _ := s.queue.Entry(x.First().Key)
		if x.First().Key <= last[e.Chat] {
			s.t.Errorf("%s after %s", x.First().Key, last[e.Chat])
		}
		last[e.Chat] = x.First().Key
	}
	if all := len(s.queue.Entries()); n != all {
		s.t.Errorf("%d of %d were sent", n, all)
	}
}

func TestAGroupGetsEighteenAMinuteAndAllOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.put(alerts(100, -9)...)
		s.run(10*time.Minute, outbox.Config{})
		s.inOrder()
		if got := s.densest(-9, time.Minute); got != 18 {
			t.Errorf("%d in one minute, want 18", got)
		}
		if got := s.attempts[99].At; got > 6*time.Minute {
			t.Errorf("the last came after %v", got)
		}
	})
}

func TestAPersonGetsOneASecondWithShortBursts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.put(alerts(30, 9)...)
		s.run(time.Minute, outbox.Config{})
		s.inOrder()
		if got := s.densest(9, 3*time.Second); got != 3 {
			t.Errorf("%d in three seconds, want 3", got)
		}
	})
}

func TestEverybodyTogetherGetsThirtyASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		for chat := range int64(500) {
			s.put(alert(fmt.Sprint(chat), chat+1))
		}
		s.run(17*time.Second, outbox.Config{})
		if got := s.densest(0, time.Second); got != 30 {
			t.Errorf("%d in one second, want 30", got)
		}
		if got := len(s.attempts); got != 500 {
			t.Errorf("%d of 500 were sent in 17 seconds", got)
		}
	})
}

// densest is the largest number of attempts in any span, to one chat or, for 0, to all.
func (s *scene) densest(chat int64, span time.Duration) (best int) {
	var at []time.Duration
	for _, a := range s.attempts {
		if chat == 0 || a.Chat == chat {
			at = append(at, a.At)
		}
	}
	slices.Sort(at)
	from := 0
	for i := range at {
		for at[from] <= at[i]-span {
			from++
		}
		best = max(best, i-from+1)
	}
	return best
}

func TestAFloodedChatWaitsAsLongAsTelegramSaysAndOthersDoNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(_ context.Context, m outbox.Message, _, attempt int) outbox.Outcome {
			if m.Chat == 1 && attempt == 1 && m.Key == "1/000" {
				return outbox.Outcome{Verdict: outbox.Flooded, RetryAfter: 37 * time.Second}
			}
			return delivered
		}
		s.put(append(alerts(2, 1), alerts(2, 2)...)...)
		s.run(time.Minute, outbox.Config{})
		s.inOrder()
		flooded := false
		for _, a := range s.attempts {
			if a.Key == "1/000" && !flooded {
				flooded = true
				continue
			}
			if early := a.At < 37*time.Second; early != (a.Chat == 2) {
				t.Errorf("chat %d got %s after %v", a.Chat, a.Key, a.At)
			}
		}
		if s.counts["breach flood"] != 1 || s.counts["breach sent"] != 4 {
			t.Errorf("counted %v", s.counts)
		}
	})
}

func TestAFloodForTheBotStopsEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(context.Context, outbox.Message, int, int) outbox.Outcome {
			if time.Since(s.began) < 20*time.Second {
				return outbox.Outcome{Verdict: outbox.Flooded, RetryAfter: 20 * time.Second}
			}
			return delivered
		}
		for chat := range int64(200) {
			s.put(alert(fmt.Sprint(chat), chat+1))
		}
		s.run(2*time.Minute, outbox.Config{Parallel: 4})
		early := 0
		for _, a := range s.attempts {
			if a.At < 20*time.Second {
				early++
			}
		}
		if early > 8 {
			t.Errorf("%d attempts while Telegram said to wait", early)
		}
		for _, e := range s.queue.Entries() {
			s.want(e.Key, outbox.Sent, "")
		}
	})
}

func TestAnAlertInDoubtIsSentAgainMarkedAndAScorecardIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(context.Context, outbox.Message, int, int) outbox.Outcome {
			return outbox.Outcome{Verdict: outbox.Unknown, Reason: outbox.ReasonTimeout}
		}
		s.put(alert("a", 1), outbox.Message{Key: "s", Chat: 2, Kind: outbox.Scorecard})
		s.run(time.Hour, outbox.Config{})
		s.want("a", outbox.Doubtful, outbox.ReasonUnknown)
		s.want("s", outbox.Doubtful, outbox.ReasonUnknown)
		if s.attempts[0].HTML != "a" || s.attempts[2].HTML != "again a" {
			t.Errorf("sent %+v", s.attempts[:3])
		}
		if s.tries["a"] != 10 || s.tries["s"] != 1 {
			t.Errorf("sent %v", s.tries)
		}
	})
}

func TestABlockedChatIsReportedAndTheOthersGetTheirs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(_ context.Context, m outbox.Message, _, _ int) outbox.Outcome {
			if m.Chat == 1 {
				return outbox.Outcome{Verdict: outbox.Refused, Reason: outbox.ReasonBlocked}
			}
			return delivered
		}
		s.put(alert("a", 1), alert("b", 2))
		s.run(time.Second, outbox.Config{})
		s.want("a", outbox.Failed, outbox.ReasonBlocked)
		s.want("b", outbox.Sent, "")
		if diff := cmp.Diff([]string{"gone 1 blocked"}, s.told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMessagesFollowTheirGroupInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(_ context.Context, m outbox.Message, _, _ int) outbox.Outcome {
			if m.Chat == -5 {
				return outbox.Outcome{Verdict: outbox.Moved, NewChat: -1005}
			}
			return delivered
		}
		s.put(alerts(3, -5)...)
		s.run(10*time.Second, outbox.Config{})
		s.inOrder()
		for _, e := range s.queue.Entries() {
			if e.Chat != -1005 || e.Route != "-5" {
				t.Errorf("%s went to %d on route %s", e.Key, e.Chat, e.Route)
			}
		}
		if len(s.told) == 0 || s.told[0] != "moved -5 -1005" {
			t.Errorf("told %v", s.told)
		}
	})
}

func TestAnExpiredMessageIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(context.Context, outbox.Message, int, int) outbox.Outcome {
			return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonNetwork}
		}
		m := alert("a", 1)
		m.Expires = rules.InstantOf(time.Now().Add(10 * time.Second))
		s.put(m)
		s.run(time.Minute, outbox.Config{})
		s.want("a", outbox.Failed, outbox.ReasonExpired)
		if last := s.attempts[len(s.attempts)-1].At; last >= 10*time.Second {
			t.Errorf("tried after %v", last)
		}
	})
}

func retraction(key, of string, chat int64) outbox.Message {
	return outbox.Message{Key: key, Chat: chat, Kind: outbox.Retraction, EditOf: of}
}

func TestARetractionEditsTheAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.put(alert("a", 1))
		s.run(time.Second, outbox.Config{})
		s.put(retraction("r", "a", 1))
		s.run(time.Second, outbox.Config{})
		s.want("r", outbox.Sent, "")
		if got := s.attempts[1].EditID; got != 100 {
			t.Errorf("edited %d", got)
		}
	})
}

func TestAnAlertTakenBackBeforeItWasSentIsNeverSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.put(alert("a", 1), retraction("r", "a", 1))
		s.queue.Withdraw("a")
		s.run(time.Second, outbox.Config{})
		s.want("r", outbox.Withdrawn, outbox.ReasonNoTarget)
		if len(s.attempts) > 0 {
			t.Errorf("sent %v", s.keys())
		}
	})
}

func TestARetractionWaitsForTheAlertOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(_ context.Context, m outbox.Message, _, attempt int) outbox.Outcome {
			if m.Key == "a" && attempt == 1 {
				time.Sleep(5 * time.Second)
				return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonTimeout}
			}
			return delivered
		}
		s.put(alert("a", 1), retraction("r", "a", 1))
		s.run(time.Minute, outbox.Config{})
		if diff := cmp.Diff([]string{"a", "a", "r"}, s.keys()); diff != "" {
			t.Fatal(diff)
		}
		if got := s.attempts[2].EditID; got != 100 {
			t.Errorf("edited %d", got)
		}
	})
}

func TestAnEditOfWhatWasNeverSentIsSentAsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		m := alert("b", 1)
		m.EditOf = "nothing"
		s.put(m)
		s.run(time.Second, outbox.Config{})
		s.want("b", outbox.Sent, "")
	})
}

func TestNothingIsLostWhenTheWorkerIsKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		for chat := range int64(100) {
			s.put(alert(fmt.Sprint(chat), chat+1))
		}
		// A worker that can record nothing and has no time to hand anything back leaves the queue as a killed one does.
		s.queue.FailSettles(errors.New("killed"), 1000)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.worker(outbox.Config{Drain: time.Millisecond}).Run(ctx); err == nil {
			t.Error("nobody was told that something is left to its lease")
		}
		before := len(s.attempts)
		s.heal()
		s.run(5*time.Minute, outbox.Config{})
		uncertain := 0
		for _, e := range s.queue.Entries() {
			s.want(e.Key, outbox.Sent, "")
			if e.Uncertain {
				uncertain++
			}
		}
		if uncertain < before || before == 0 {
			t.Errorf("%d were sent before the kill, %d came back as uncertain", before, uncertain)
		}
	})
}

// heal has the queue work again.
func (s *scene) heal() {
	for s.queue.Settle(context.Background(), 0, nil) != nil {
		continue
	}
}

func TestARecordThatFailsIsRepeatedAndNothingIsSentTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.queue.FailSettles(errors.New("away"), 5)
		s.queue.FailClaims(errors.New("away"), 3)
		s.put(alerts(3, 1)...)
		s.run(10*time.Minute, outbox.Config{Lease: time.Second})
		s.inOrder()
		if diff := cmp.Diff([]string{"1/000", "1/001", "1/002"}, s.keys()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStoppingWaitsForWhatIsOnItsWayAndHandsBackTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(context.Context, outbox.Message, int, int) outbox.Outcome {
			time.Sleep(3 * time.Second)
			return delivered
		}
		s.put(alerts(3, 1)...)
		s.run(time.Second, outbox.Config{})
		s.want("1/000", outbox.Sent, "")
		for _, key := range []string{"1/001", "1/002"} {
			s.want(key, outbox.Waiting, "")
		}
		s.run(20*time.Second, outbox.Config{})
		s.inOrder()
	})
}

func TestStoppingGivesUpOnATelegramThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.answer = func(ctx context.Context, _ outbox.Message, _, _ int) outbox.Outcome {
			<-ctx.Done()
			return outbox.Outcome{Verdict: outbox.Unknown, Reason: outbox.ReasonTimeout}
		}
		s.put(alert("a", 1))
		s.run(time.Second, outbox.Config{Drain: 5 * time.Second})
		if took := time.Since(s.began); took != 6*time.Second {
			t.Errorf("stopping took until %v", took)
		}
		if e := s.want("a", outbox.Waiting, outbox.ReasonTimeout); e.Doubts != 1 {
			t.Error("the doubt was forgotten")
		}
	})
}

// TestBeingHandedBackDelaysNothing: a message that gave way many times and then meets one failure is tried again at once.
func TestBeingHandedBackDelaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		var failed, again time.Duration
		s.answer = func(_ context.Context, m outbox.Message, _, attempt int) outbox.Outcome {
			if m.Key != "-9/060" {
				return delivered
			}
			if attempt == 1 {
				failed = time.Since(s.began)
				return outbox.Outcome{Verdict: outbox.NotSent, Reason: outbox.ReasonNetwork}
			}
			again = time.Since(s.began)
			return delivered
		}
		s.put(alerts(61, -9)...)
		s.run(10*time.Minute, outbox.Config{})
		if e := s.want("-9/060", outbox.Sent, ""); e.Attempts != 2 || again-failed > 2*time.Second {
			t.Errorf("after %d claims it failed at %v and was tried again at %v", e.Attempts, failed, again)
		}
	})
}

func TestAnIdleWorkerAsksOncePerPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.run(100*time.Second, outbox.Config{})
		if got := s.queue.Claims(); got > 404 { // two kinds of lanes, twice a second
			t.Errorf("%d questions in 100 seconds", got)
		}
	})
}

func TestABusyGroupDoesNotKeepTheWorkerSpinning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.put(alerts(300, -9)...)
		s.run(10*time.Minute, outbox.Config{})
		if got := s.queue.Claims(); got > 2400+4*180 {
			t.Errorf("%d questions in ten minutes", got)
		}
	})
}

func row(key, group string, calm time.Duration) outbox.Message {
	m := alert(key, 1)
	m.Fold = &outbox.Fold{Group: group, Row: key, Case: key, Calm: calm.Milliseconds()}
	return m
}

// TestABurstIsTheFirstAtOnceAndTheRestAsOne is one order after the other running late within a minute.
func TestABurstIsTheFirstAtOnceAndTheRestAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.worker(outbox.Config{}).Run(ctx) }()
		for i := range 20 {
			s.put(row(fmt.Sprintf("o%02d", i), "ship", time.Minute), alert(fmt.Sprint("other", i), int64(i+10)))
			time.Sleep(2 * time.Second)
		}
		time.Sleep(5 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		var got []sent
		for _, a := range s.attempts {
			if a.Chat == 1 {
				got = append(got, a)
			}
		}
		if len(got) != 2 || got[0].HTML != "o00" || len(strings.Fields(got[1].HTML)) != 20 { // a count and 19 rows
			t.Fatalf("the chat got %+v", got)
		}
		if gap := got[1].At - got[0].At; gap < time.Minute || gap > time.Minute+2*time.Second {
			t.Errorf("the rest came %v after the first", gap)
		}
		for i := range 20 {
			s.want(fmt.Sprintf("o%02d", i), outbox.Sent, "")
		}
	})
}

// TestAClockThatWasSetBackKeepsNoAlert is a group of which the last was sent by a clock an hour ahead.
func TestAClockThatWasSetBackKeepsNoAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.put(row("a", "ship", time.Minute))
		now := rules.InstantOf(time.Now())
		claimed, err := s.queue.Claim(t.Context(), now, outbox.LaneAlert, outbox.LaneAlert, 1, time.Minute)
		if err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		ahead := now + rules.Instant(time.Hour.Milliseconds())
		if err := s.queue.Settle(t.Context(), ahead, []outbox.Settlement{{Claimed: claimed[0], State: outbox.Sent, MessageID: 5}}); err != nil {
			t.Fatal(err)
		}
		s.put(row("b", "ship", time.Minute))
		s.run(5*time.Minute, outbox.Config{})
		s.want("b", outbox.Sent, "")
	})
}

// bundle sends messages of one group as one.
func (s *scene) bundle(keys ...string) {
	s.t.Helper()
	var rows []outbox.Message
	for _, key := range keys {
		rows = append(rows, row(key, "ship", 0))
	}
	s.put(rows...)
	time.Sleep(time.Second) // all are due
	s.run(time.Second, outbox.Config{})
}

// correct takes one of a bundle back, which must edit its row and nothing else.
func (s *scene) correct(of, with, want string) {
	s.t.Helper()
	back := retraction("r", of, 1)
	back.Fold = &outbox.Fold{Group: "r", Row: with}
	s.put(back)
	s.run(time.Second, outbox.Config{})
	if len(s.attempts) != 2 || s.attempts[1].EditID != 100 || s.attempts[1].HTML != want {
		s.t.Errorf("sent %+v", s.attempts)
	}
}

func TestAnAlertTakenBackOutOfABurstIsEditedInItsRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bundle("a", "b", "c")
		s.correct("b", "b, in time", "3 a b, in time c")
	})
}

// TestAViolationTakenBackOutOfABundleIsEditedInItsRow is one whose record was moved to a shelf since, so that it may be told
// again.
func TestAViolationTakenBackOutOfABundleIsEditedInItsRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bundle("v#", "v", "c")
		s.queue.Shelve("v", "v#123")
		s.correct("v#123", "taken back", "3 v# taken back c")
	})
}

func TestWhatWaitedIsLookedAtOnceMoreAndWhatIsSnoozedIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		late := func(key string) outbox.Message {
			m := row(key, "quiet", 0)
			m.Fold.Check = true
			m.Due = rules.InstantOf(time.Now().Add(time.Hour))
			return m
		}
		asked := row("snoozed", "asked", 0)
		asked.Key, asked.Kind = "asked", outbox.Escalation
		s.put(late("done"), late("open"), late("still"), row("snoozed", "ship", 0), asked)
		s.done["done"] = true
		s.run(2*time.Hour, outbox.Config{})
		if len(s.attempts) != 1 || s.attempts[0].HTML != "2 open still" || s.attempts[0].At < time.Hour {
			t.Errorf("sent %+v", s.attempts)
		}
		s.want("done", outbox.Withdrawn, "")
		s.want("snoozed", outbox.Withdrawn, outbox.ReasonNotCurrent)
		s.want("asked", outbox.Withdrawn, outbox.ReasonNotCurrent)
	})
}

// TestWhatWasDoneOvernightIsNotWrittenOverWhatIsOpen is the edit that a case is done, whose alert was left out of a bundle.
func TestWhatWasDoneOvernightIsNotWrittenOverWhatIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		late := func(key string) outbox.Message {
			m := row(key, "quiet", 0)
			m.Fold.Check = true
			m.Due = rules.InstantOf(time.Now().Add(time.Hour))
			return m
		}
		s.put(late("done"), late("open"))
		s.done["done"] = true
		s.put(retraction("edit", "done", 1))
		s.run(2*time.Hour, outbox.Config{})
		if len(s.attempts) != 1 || s.attempts[0].HTML != "open" {
			t.Errorf("sent %+v", s.attempts)
		}
		s.want("edit", outbox.Withdrawn, outbox.ReasonNoTarget)
	})
}

// TestABundleIsNotSparedForTheSakeOfOne is a bundle after quiet hours: violations and escalations in it do not count towards
// the budget, so the budget must not keep them back.
func TestABundleIsNotSparedForTheSakeOfOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		counts, free := row("breach", "quiet", 0), row("escalation", "quiet", 0)
		rang := alert("rang", 1)
		rang.Noise, counts.Noise, free.Kind = &outbox.Noise{Day: 1, Budget: 1}, &outbox.Noise{Day: 1, Budget: 1}, outbox.Escalation
		s.put(rang, counts, free)
		s.run(time.Minute, outbox.Config{})
		s.want("breach", outbox.Sent, "")
		s.want("escalation", outbox.Sent, "")
	})
}

func TestAChatRingsSoOftenADayAndTheRestIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		list := alerts(6, 1)
		for i := range list {
			list[i].Noise = &outbox.Noise{Day: 1, Budget: 4}
		}
		s.put(list...)
		s.run(time.Minute, outbox.Config{})
		if len(s.attempts) != 4 {
			t.Errorf("it rang %d times", len(s.attempts))
		}
		if s.attempts[2].HTML != "1/002" || s.attempts[3].HTML != "1/003 was 4" {
			t.Errorf("the last that rings does not say so: %+v", s.attempts)
		}
		s.want("1/005", outbox.Withdrawn, outbox.ReasonBudget)
	})
}

// TestWhatIsSentAsOneOrWithMoreWordsHasNoPictureOrTableOfItsParts is about texts that say something else than they did when
// the picture and the rich form were made.
func TestWhatIsSentAsOneOrWithMoreWordsHasNoPictureOrTableOfItsParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		got := map[string]outbox.Message{}
		deliver := s.answer
		s.answer = func(ctx context.Context, m outbox.Message, editID, n int) outbox.Outcome {
			got[m.HTML] = m
			if m.Key == "doubt" && n == 1 {
				return outbox.Outcome{Verdict: outbox.Unknown, Reason: outbox.ReasonTimeout}
			}
			return deliver(ctx, m, editID, n)
		}
		with := func(m outbox.Message) outbox.Message {
			m.Picture, m.Rich = &chart.Picture{Ladder: &chart.Ladder{Title: "points"}}, "<p>points</p>"
			return m
		}
		s.put(with(alert("alone", 2)), with(alert("doubt", 3)), with(row("a", "g", 0)), with(row("b", "g", 0)))
		s.run(time.Minute, outbox.Config{})
		for html, want := range map[string][2]bool{"alone": {true, true}, "doubt": {true, true}, "again doubt": {true, false}, "2 a b": {false, false}} {
			m, sent := got[html]
			if !sent || (m.Picture != nil) != want[0] || (m.Rich != "") != want[1] {
				t.Errorf("%q was sent %v as %+v", html, sent, m)
			}
		}
	})
}
