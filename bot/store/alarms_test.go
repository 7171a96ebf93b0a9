package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/rules"
)

// does is an edit by a press.
func does(p alarm.Press) func(alarm.Alarm) alarm.Alarm {
	return func(a alarm.Alarm) alarm.Alarm { next, _ := a.Press(p); return next }
}

func whatWasDoneAboutAnAlarmComesBack(t *testing.T, s *store.Store) {
	ctx := t.Context()
	saved(t, s, "s1")
	saved(t, s, "s2")
	one := must[alarm.Alarm](t)
	if got := one(s.Alarm(ctx, "s1", "r|order/1")); !cmp.Equal(got, alarm.Alarm{ID: "r|order/1"}) {
		t.Errorf("before anything: %+v", got)
	}
	li := alarm.Mark{Person: 7, Name: "李娜 <b>", At: noon}
	take := does(alarm.Press{Act: alarm.Take, Who: li, Level: alarm.Broken})
	want := alarm.Alarm{ID: "r|order/1", Level: alarm.Broken, Since: noon, Taken: li, Version: 1}
	for range 2 { // the second press changes nothing
		if diff := cmp.Diff(want, one(s.EditAlarm(ctx, "s1", "r|order/1", take))); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	want.Snoozed, want.Quiet, want.Hushed, want.Version = li, noon+9, alarm.Warned, 2
	snoozed := one(s.EditAlarm(ctx, "s1", "r|order/1", does(alarm.Press{Act: alarm.Snooze, Who: li, Until: noon + 9, Level: alarm.Warned})))
	other := one(s.EditAlarm(ctx, "s1", "r|day/2026-11-23", does(alarm.Press{Act: alarm.Seen, Who: li})))
	many := must[[]alarm.Alarm](t)
	if diff := cmp.Diff([]alarm.Alarm{other, {ID: "no"}, want}, many(s.Alarms(ctx, "s1", []string{other.ID, "no", snoozed.ID}))); diff != "" {
		t.Errorf("several (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]alarm.Alarm{other, want}, many(s.ShopAlarms(ctx, "s1"))); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if got := many(s.ShopAlarms(ctx, "s2")); len(got) != 0 {
		t.Errorf("another shop has %v", got)
	}
	if _, err := s.EditAlarm(ctx, "nobody", "r|order/1", take); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("an alarm of an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
	if got := one(s.Alarm(ctx, "nobody", "r|order/1")); got.Version != 0 {
		t.Errorf("an unknown shop has %+v", got)
	}
}

func ofTwoWhoTakeAnAlarmAtOnceOneIsFirst(t *testing.T, s *store.Store) {
	saved(t, s, "s1")
	const people = 8
	var all sync.WaitGroup
	got := make([]alarm.Alarm, people)
	for i := range people {
		all.Go(func() {
			who := alarm.Mark{Person: int64(i + 1), Name: fmt.Sprint(i), At: noon}
			var err error
			if got[i], err = s.EditAlarm(t.Context(), "s1", "r|order/1", does(alarm.Press{Act: alarm.Take, Who: who})); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, a := range got {
		if a.Taken != got[0].Taken || a.Version != 1 {
			t.Errorf("%v at version %d has it, or %v", a.Taken, a.Version, got[0].Taken)
		}
	}
}

func anAlarmIsForgottenLongAfterTheLastAct(t *testing.T, s *store.Store) {
	ctx := t.Context()
	saved(t, s, "s1")
	day := rules.Instant((24 * time.Hour).Milliseconds())
	now := rules.InstantOf(time.Now())
	for id, since := range map[string]rules.Instant{"old": now - 46*day, "kept": now - 44*day} {
		must[alarm.Alarm](t)(s.EditAlarm(ctx, "s1", id, func(a alarm.Alarm) alarm.Alarm { a.Since = since; return a }))
	}
	must[alarm.Alarm](t)(s.EditAlarm(ctx, "s1", "acted", func(a alarm.Alarm) alarm.Alarm { a.Since, a.Taken.At = now-400*day, now; return a }))
	for range 2 {
		ok(t, s.Trim(ctx, "s1"))
	}
	var ids []string
	for _, a := range must[[]alarm.Alarm](t)(s.ShopAlarms(ctx, "s1")) {
		ids = append(ids, a.ID)
	}
	if diff := cmp.Diff([]string{"acted", "kept"}, ids); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
