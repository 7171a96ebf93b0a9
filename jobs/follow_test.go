package jobs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// floor is a shop with one order that is late from its beginning on, the alarms of it, and a queue, all in memory.
type floor struct {
	t       *testing.T
	now     time.Time
	shop    config.Shop
	policy  *rules.Policy
	stopped rules.Instant
	chats   []notify.Chat
	kept    map[string]alarm.Alarm
	next    map[string]rules.Instant
	known   map[string]bool
	sent    []string // minutes since the beginning and the key without the shop's part
	killed  string   // the step at which the process dies
	gone    bool
}

var begin = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) // Monday, 10:00 in Shanghai

const late = "ship-on-time|order/1"

var errKilled = errors.New("killed")

func (f *floor) die(step string) error {
	if f.killed == step {
		f.killed = ""
		return errKilled
	}
	return nil
}

func (f *floor) DueAlarms(_ context.Context, now rules.Instant, _ int) (due []alarm.Due, _ error) {
	for id, at := range f.next {
		if at <= now {
			due = append(due, alarm.Due{Shop: "s", ID: id, At: at})
		}
	}
	return due, nil
}

func (f *floor) Alarm(_ context.Context, _, id string) (alarm.Alarm, error) { return f.kept[id], nil }

func (f *floor) EditAlarm(_ context.Context, _, id string, edit func(alarm.Alarm) alarm.Alarm) (alarm.Alarm, error) {
	if err := f.die("edit"); err != nil {
		return alarm.Alarm{}, err
	}
	f.kept[id] = edit(f.kept[id])
	return f.kept[id], nil
}

func (f *floor) Followed(_ context.Context, _, id string, again rules.Instant) error {
	if err := f.die("follow"); err != nil {
		return err
	}
	delete(f.next, id)
	if again != 0 {
		f.next[id] = again
	}
	return nil
}

func (f *floor) view() (notify.View, error) {
	if f.gone {
		return notify.View{}, sla.ErrUnknownShop
	}
	now := rules.InstantOf(f.now)
	return notify.View{Shop: f.shop, Policy: f.policy, Now: now, Heard: now}, nil
}

func (f *floor) order() rules.Case {
	k := rules.Case{Rule: "ship-on-time", Subject: rules.Subject{Kind: rules.Order, ID: "1"}, Start: rules.InstantOf(begin.Add(-48 * time.Hour)),
		Due: rules.InstantOf(begin), Outcome: rules.Breached, Reason: rules.NeverStopped}
	if f.stopped != 0 && f.stopped <= rules.InstantOf(f.now) {
		k.Stop, k.Reason = f.stopped, rules.StoppedLate
	}
	return k
}

func (f *floor) work(ctx context.Context, shop, id string) (notify.FollowView, error) {
	v, err := f.view()
	k := f.order()
	return notify.FollowView{View: v, Ref: k.Ref(), Subject: k.Subject, Case: k, Found: id == late}, err
}

func (f *floor) Handover(context.Context, string) (notify.HandoverView, error) {
	v, err := f.view()
	return notify.HandoverView{View: v, Cases: []rules.Case{f.order()}, Total: 1, Oldest: time.Hour}, err
}

func (f *floor) Chats(context.Context, string) ([]notify.Chat, error) { return f.chats, nil }

func (f *floor) Enqueue(_ context.Context, now rules.Instant, messages []outbox.Message) error {
	for _, m := range messages {
		if !f.known[m.Key] {
			f.known[m.Key] = true
			verb, _, _ := strings.Cut(m.Key, "/")
			f.sent = append(f.sent, verb+m.Key[strings.LastIndexByte(m.Key, '/'):]+" after "+f.now.Sub(begin).String())
		}
	}
	return f.die("queue")
}

// asFloor lets the double be both a store and a floor, whose methods share a name.
type asFloor struct{ *floor }

func (a asFloor) Followed(ctx context.Context, shop, id string) (notify.FollowView, error) {
	return a.work(ctx, shop, id)
}

func newFollow(t *testing.T) (*floor, *jobs.Follow) {
	t.Helper()
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	shop := config.NewShop("s", config.Standard, begin)
	policy, err := shop.Policy(packs)
	if err != nil {
		t.Fatal(err)
	}
	f := &floor{t: t, now: begin, shop: shop, policy: policy, kept: map[string]alarm.Alarm{}, next: map[string]rules.Instant{}, known: map[string]bool{},
		chats: []notify.Chat{{ID: -9, Role: notify.Team, Alerts: true}, {ID: 1, Role: notify.Owner}, {ID: 7, Role: notify.Team, Duty: "mon-fri 09:00-18:00"}}}
	return f, &jobs.Follow{Alarms: f, Floor: asFloor{f}, Team: f, Hours: packs.DutyHours, Say: notify.New(texts, nil), Queue: f,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return f.now }}
}

// told begins the alarm as the queue does when the alert was sent.
func (f *floor) told() { f.next[late] = rules.InstantOf(begin.Add(alarm.DefaultEscalate)) }

// pass runs the job every five minutes.
func (f *floor) pass(job *jobs.Follow, d time.Duration) {
	f.t.Helper()
	for end := f.now.Add(d); f.now.Before(end); {
		f.now = f.now.Add(5 * time.Minute)
		run(f.t, job.Run)
	}
}

func TestAnAlarmNobodyTakesIsEscalatedRemindedAndDone(t *testing.T) {
	f, job := newFollow(t)
	f.told()
	f.stopped = rules.InstantOf(begin.Add(4 * time.Hour))
	f.pass(job, 12*time.Hour)
	want := []string{"escalate/7 after 15m0s", "escalate/1 after 30m0s", "remind/-9 after 1h0m0s", "remind/-9 after 3h0m0s",
		"done/-9 after 7h0m0s", "done-note/-9 after 7h0m0s", "done/1 after 7h0m0s", "done-note/1 after 7h0m0s", "done/7 after 7h0m0s", "done-note/7 after 7h0m0s"}
	if diff := cmp.Diff(want, f.sent); diff != "" {
		t.Error(diff)
	}
	if len(f.next) != 0 {
		t.Errorf("still followed: %v", f.next)
	}
}

func TestAShopWithoutAnOwnerInReachEscalatesToItsManagers(t *testing.T) {
	for name, chats := range map[string][]notify.Chat{
		"no owner":           {{ID: -9, Role: notify.Team, Alerts: true}, {ID: 3, Role: notify.Manager}, {ID: 4, Role: notify.Agent}},
		"the owner is away":  {{ID: -9, Role: notify.Team, Alerts: true}, {ID: 1, Role: notify.Owner, Paused: true}, {ID: 3, Role: notify.Manager}},
		"the owner is there": {{ID: -9, Role: notify.Team, Alerts: true}, {ID: 1, Role: notify.Owner}, {ID: 3, Role: notify.Manager}},
	} {
		f, job := newFollow(t)
		f.chats = chats
		f.told()
		f.pass(job, 20*time.Minute)
		want := []string{"escalate/3 after 15m0s"}
		if name == "the owner is there" {
			want = []string{"escalate/1 after 15m0s"}
		}
		if diff := cmp.Diff(want, f.sent); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestACrashAtAnyStepOfALookLosesAndRepeatsNothing(t *testing.T) {
	for _, step := range []string{"queue", "edit", "follow"} {
		f, job := newFollow(t)
		f.told()
		f.killed = step
		f.pass(job, 90*time.Minute)
		var kinds []string
		for _, s := range f.sent {
			kind, _, _ := strings.Cut(s, " ")
			kinds = append(kinds, kind)
		}
		if diff := cmp.Diff([]string{"escalate/7", "escalate/1", "remind/-9"}, kinds); diff != "" {
			t.Errorf("killed at %s: %s", step, diff)
		}
	}
}

func TestTwoProcessesThatLookAtTheSameTimeTellOnce(t *testing.T) {
	f, job := newFollow(t)
	f.told()
	f.now = begin.Add(alarm.DefaultEscalate)
	due, err := f.DueAlarms(t.Context(), rules.InstantOf(f.now), 1)
	if err != nil {
		t.Fatal(err)
	}
	run(t, job.Run)
	f.next[late] = due[0].At // the other one read the same before
	run(t, job.Run)
	if diff := cmp.Diff([]string{"escalate/7 after 15m0s"}, f.sent); diff != "" {
		t.Error(diff)
	}
}

func TestADutyBeginsWithOneHandOverThatSurvivesARestart(t *testing.T) {
	f, job := newFollow(t)
	f.now = begin.Add(-4 * time.Hour) // 06:00
	if err := job.Plan(t.Context(), "s", f.chats[2], f.policy.Zone()); err != nil {
		t.Fatal(err)
	}
	f.pass(job, 2*time.Hour)
	if len(f.sent) != 0 {
		t.Errorf("before it begins: %v", f.sent)
	}
	f.killed = "follow"
	f.pass(job, 50*time.Hour)
	want := []string{"handover/7 after -1h0m0s", "handover/7 after 23h0m0s", "handover/7 after 47h0m0s"}
	if diff := cmp.Diff(want, f.sent); diff != "" {
		t.Error(diff)
	}
	f.sent, f.now = nil, begin.Add(60*time.Hour) // out of service until the evening
	if err := job.Plan(t.Context(), "s", f.chats[2], f.policy.Zone()); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(24 * time.Hour)
	run(t, job.Run)
	if len(f.sent) != 0 {
		t.Errorf("a duty that is over: %v", f.sent)
	}
}

func TestWhoEndsDutyOrLeavesIsForgotten(t *testing.T) {
	for name, change := range map[string]func(*floor){
		"off":  func(f *floor) { f.chats[2].Duty = "" },
		"left": func(f *floor) { f.chats = f.chats[:2] },
		"gone": func(f *floor) { f.gone = true },
	} {
		f, job := newFollow(t)
		f.next[jobs.DutyID(7)], f.next[late] = 1, rules.InstantOf(begin)
		change(f)
		run(t, job.Run)
		if _, left := f.next[jobs.DutyID(7)]; left || len(f.sent) != 0 || name == "gone" && len(f.next) != 0 {
			t.Errorf("%s: next %v, sent %v", name, f.next, f.sent)
		}
	}
}
