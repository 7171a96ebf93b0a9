package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// TestALateOrderIsFollowedUntilItIsDone goes all the way: a deadline passes, nobody takes the alert, the person on duty and
// the owner are asked, it is told again, somebody hands over, and the parcel leaves late.
func TestALateOrderIsFollowedUntilItIsDone(t *testing.T) {
	ctx := t.Context()
	late := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // a Monday
	now := late.Add(-48 * time.Hour)
	a := assembled(t, &now)
	s := a.store
	check(t, s.SaveShop(ctx, config.Shop{ID: "tea", Platform: "standard", Timezone: "UTC", Hours: "always", Pack: config.DefaultPack}))
	person := notify.Chat{ID: 7, Role: notify.Team, Lang: "en", Title: "Li"}
	for _, chat := range []notify.Chat{{ID: -5, Role: notify.Team, Lang: "zh", Alerts: true}, {ID: 1, Role: notify.Owner, Lang: "en"}, person} {
		check(t, s.Bind(ctx, "tea", chat))
	}
	counter := office{a.desk, a.advisor, a}
	for hours, want := range map[string]bool{"9 to 5": false, "00:00-24:00": false, "mon-fri 10:20-18:00": true} {
		ok, err := counter.SetDuty(ctx, "tea", person, hours)
		check(t, err)
		if ok != want {
			t.Errorf("hours %q are taken: %v, want %v", hours, ok, want)
		}
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.tracker.Run(running) }()
	t.Cleanup(func() { stop(); check(t, <-done) })
	order := rules.Subject{Kind: rules.Order, ID: "1"}
	apply := func(typ rules.Type, id string) {
		t.Helper()
		check(t, a.tracker.Apply(ctx, "tea", []rules.Event{{ID: id, Type: typ, At: now, Data: rules.Data{OrderID: "1"}}}))
	}
	apply("order.paid", "p")
	now = late.Add(time.Second)
	check(t, a.tracker.Tick(ctx, "tea", []rules.Subject{order}, false))
	id := alarm.CaseID("ship-on-time", order)
	check(t, s.Followed(ctx, "tea", id, rules.InstantOf(now.Add(alarm.DefaultEscalate)))) // as the queue does when the alert was sent

	var seen []string
	step := func(d time.Duration, want ...string) {
		t.Helper()
		now = now.Add(d)
		check(t, a.follow().Run(ctx))
		keys, err := s.MessageKeys(ctx, "tea")
		check(t, err)
		var fresh []string
		for _, key := range keys {
			verb, _, _ := strings.Cut(key, "/")
			if key = verb + key[strings.LastIndexByte(key, '/'):]; slices.Contains([]string{"escalate", "remind", "handover", "done", "done-note"}, verb) && !slices.Contains(seen, key) {
				fresh = append(fresh, key)
			}
		}
		seen = append(seen, fresh...)
		slices.Sort(fresh)
		if !slices.Equal(fresh, want) {
			t.Errorf("at %s: %v, want %v", now.Format("15:04"), fresh, want)
		}
	}
	step(5 * time.Minute)
	step(10*time.Minute, "escalate/1") // 10:15, nobody is on duty yet
	step(6*time.Minute, "handover/7")
	step(40*time.Minute, "remind/-5")
	roster, err := counter.Roster(ctx, "tea")
	check(t, err)
	if len(roster.People) != 1 || !roster.People[0].Now || roster.People[0].Until != rules.InstantOf(late.Add(8*time.Hour)) {
		t.Errorf("roster %+v", roster.People)
	}
	apply("order.picked_up", "s")
	step(0, "done-note/-5", "done-note/1", "done-note/7", "done/-5", "done/1", "done/7")
	step(3 * time.Hour)
	due, err := s.DueAlarms(ctx, rules.InstantOf(now.AddDate(1, 0, 0)), 10)
	check(t, err)
	if len(due) != 1 || !strings.HasPrefix(due[0].ID, "duty|") {
		t.Errorf("still followed: %+v", due)
	}
}

func TestAQuestionThatWaitedIsNotAskedWhenItWasAnsweredMeanwhile(t *testing.T) {
	s := assembled(t, new(time.Time)).store
	check(t, s.SaveShop(t.Context(), config.Shop{ID: "tea", Platform: "standard", Timezone: "UTC", Hours: "always", Pack: config.DefaultPack}))
	now := rules.InstantOf(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC))
	li := alarm.Mark{Person: 7, Name: "Li", At: now - 60*60*1000}
	old := li
	old.At = now - 9*60*60*1000
	for i, tt := range []struct {
		name string
		kept alarm.Alarm
		drop map[string]bool
	}{
		{"nobody did anything", alarm.Alarm{}, nil},
		{"taken", alarm.Alarm{Taken: li}, map[string]bool{outbox.Escalation: true}},
		{"taken long ago", alarm.Alarm{Taken: old}, nil},
		{"no fault", alarm.Alarm{Excused: li, Cause: alarm.Other}, map[string]bool{outbox.Escalation: true, outbox.Reminder: true}},
		{"snoozed", alarm.Alarm{Snoozed: li, Quiet: now + 1, Hushed: alarm.Broken},
			map[string]bool{outbox.Escalation: true, outbox.Reminder: true, outbox.Breach: true, outbox.Warning: true}},
		{"snoozed before it was late", alarm.Alarm{Snoozed: li, Quiet: now + 1, Hushed: alarm.Warned}, map[string]bool{outbox.Warning: true}},
	} {
		id := alarm.CaseID("ship-on-time", rules.Subject{Kind: rules.Order, ID: fmt.Sprint(i)})
		tt.kept.ID = id
		if _, err := s.EditAlarm(t.Context(), "tea", id, func(alarm.Alarm) alarm.Alarm { return tt.kept }); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{outbox.Escalation, outbox.Reminder, outbox.Breach, outbox.Warning} {
			got, err := checker{store: s}.Snoozed(t.Context(), now, outbox.Message{Kind: kind, Shop: "tea", Fold: &outbox.Fold{Case: id}})
			if err != nil || got != tt.drop[kind] {
				t.Errorf("%s: %s is dropped: %v (%v), want %v", tt.name, kind, got, err, tt.drop[kind])
			}
		}
	}
}
