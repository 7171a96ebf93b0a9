package notify_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

func caseView(v notify.View, k rules.Case) notify.AlarmView {
	return notify.AlarmView{View: v, Case: k, About: alarm.About{Rule: k.Rule, Ref: k.Ref(), Subject: k.Subject},
		Alarm: alarm.Alarm{ID: alarm.CaseID(k.Ref(), k.Subject)}}
}

func lineView(v notify.View) notify.AlarmView {
	f := rules.Finding{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}
	return notify.AlarmView{View: v, Finding: f, About: alarm.About{Rule: f.Rule, Day: f.Day}, Alarm: alarm.Alarm{ID: alarm.DayID(f.Rule, f.Day)}}
}

// pressed is an alarm after presses.
func pressed(w notify.AlarmView, presses ...alarm.Press) notify.AlarmView {
	for _, p := range presses {
		p.Level = w.Level()
		w.Alarm, _ = w.Alarm.Press(p)
	}
	return w
}

func TestAnAlertShowsWhoHasItAndFittingButtons(t *testing.T) {
	c := composer(t)
	li := alarm.Mark{Person: 1, Name: "Li Na", At: at(23, "17:05:00")}
	both(t, "alarms", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, w notify.AlarmView) {
			html, buttons := c.Alarm(w, w.Step())
			s.page(title, html, buttons)
		}
		warned := caseView(v, shipping(t, "1234", v.Now))
		page("a warning", warned)
		page("seen", pressed(warned, alarm.Press{Act: alarm.Seen, Who: li}))
		taken := pressed(warned, alarm.Press{Act: alarm.Take, Who: li})
		page("taken", taken)
		snooze := alarm.Press{Act: alarm.Snooze, Who: alarm.Mark{At: at(23, "17:06:00")}, Until: at(23, "18:06:00")}
		page("taken, and snoozed by an administrator who hides", pressed(taken, snooze))
		html, buttons := c.AskSnooze(taken, "1")
		s.page("for how long", html, buttons)
		html, buttons = c.AskExcuse(warned, "1")
		s.page("why", html, buttons)

		v.Now = at(23, "19:30:00")
		broken := caseView(v, shipping(t, "1234", v.Now))
		page("a breach", broken)
		page("snoozed while it was only near: the snooze is over", pressed(broken, alarm.Press{Act: alarm.Seen, Who: li}, snooze))
		page("no fault, and no exception", pressed(broken, alarm.Press{Act: alarm.Excuse, Who: li, Cause: alarm.Courier}))
		page("done late", caseView(v, shipping(t, "1235", v.Now, fact("order.picked_up", at(23, "19:20:00")))))
		gone := caseView(v, shipping(t, "1236", v.Now, fact("order.canceled", at(23, "09:00:00"), rules.Attr{Key: "by", Value: "buyer"})))
		page("no fault, and it does not count", pressed(gone, alarm.Press{Act: alarm.Excuse, Who: li, Cause: "outage"}))
		page("settled in time", caseView(v, shipping(t, "1237", v.Now, fact("order.picked_up", at(23, "14:02:00")))))
		page("a line", lineView(v))
		page("a line, taken yesterday by nobody we can name", pressed(lineView(v), alarm.Press{Act: alarm.Take, Who: alarm.Mark{Person: 9, At: at(22, "23:50:00")}}))

		html, buttons = c.Snoozed(notify.SnoozedView{View: v})
		s.page("nothing is snoozed", html, buttons)
		snooze.Who, snooze.Until = li, at(24, "09:00:00")
		html, buttons = c.Snoozed(notify.SnoozedView{View: v, Alarms: []notify.AlarmView{pressed(broken, snooze), pressed(lineView(v), snooze)}})
		s.page("snoozed", html, buttons)
	})
}

func TestAStatusEditsEveryAlertThatMayHaveBeenSent(t *testing.T) {
	c, v := composer(t), view(t)
	v.Now = at(23, "19:30:00")
	k := shipping(t, "1234", v.Now)
	n := news(t)
	n.Now, n.Breached = v.Now, []rules.Case{k}
	sent := c.Alerts(n)
	was := caseView(v, k)
	taken := pressed(was, alarm.Press{Act: alarm.Take, Who: alarm.Mark{Person: 1, Name: "Li <b>", At: v.Now}})
	list := c.Statuses(was, taken, chats())
	s := &sheet{t: t}
	s.messages(list)
	golden(t, "statuses", s.String())
	for _, m := range list {
		if m.Kind != outbox.Status || !m.Silent || m.Noise != nil || m.Fold == nil || m.Fold.Group != "" || m.Lang == "" ||
			m.Fold.Case != taken.Alarm.ID || !strings.HasSuffix(m.Fold.Row, "🙋 Li &lt;b&gt;") || m.Chat == 400 {
			t.Errorf("%+v", m)
		}
	}
	for _, m := range sent {
		if !slices.ContainsFunc(list, func(e outbox.Message) bool { return e.EditOf == m.Key && e.Chat == m.Chat }) {
			t.Errorf("the alert %s stays as it was", m.Key)
		}
	}
	if again := c.Statuses(was, taken, chats()); !cmp.Equal(list, again) {
		t.Error("asked again it says something else")
	}
}

// TestWhatWasExcusedIsToldWhereItWasTold: a case that fell away has no alert of its own any more, but had one.
func TestWhatWasExcusedIsToldWhereItWasTold(t *testing.T) {
	c, v := composer(t), view(t)
	was := caseView(v, shipping(t, "1", v.Now))
	now := caseView(v, shipping(t, "1", v.Now, fact("order.canceled", at(23, "09:00:00"), rules.Attr{Key: "by", Value: "buyer"})))
	list := c.Statuses(was, now, chats()[:1])
	if len(list) != 1 || list[0].EditOf != notify.StageKey("deer", "ship-on-time", order("1"), was.Case.Due, 1, 100) || !list[0].Fold.Done {
		t.Errorf("%+v", list)
	}
	if list := c.Statuses(now, now, chats()); len(list) != 0 {
		t.Errorf("nothing told of it: %+v", list)
	}
	long := caseView(v, shipping(t, strings.Repeat("9", 256), v.Now))
	long.Shop.ID = strings.Repeat("s", 200)
	if list := c.Statuses(long, long, chats()[:1]); len(list[0].Key) > notify.MaxKey {
		t.Errorf("a key of %d bytes", len(list[0].Key))
	}
}

func TestWhatWasToldTogetherIsTakenTogether(t *testing.T) {
	c, v := composer(t), view(t)
	n := news(t)
	n.Now = at(23, "19:30:00")
	for _, id := range []string{"1", "2|x", "3"} {
		n.Breached = append(n.Breached, shipping(t, id, n.Now))
	}
	var parts []outbox.Fold
	for _, m := range c.Alerts(n) {
		if m.Chat == -200 {
			parts = append(parts, *m.Fold)
		}
	}
	parts[2].Done = true
	_, buttons := c.Fold("en", parts)
	take := strings.TrimPrefix(buttons[0][0].Action, "take:"+v.Shop.ID+"|f|")
	if diff := cmp.Diff([]string{"ship-on-time|order/1", "ship-on-time|order/2|x"}, notify.SplitIDs(take)); diff != "" {
		t.Errorf("taken together (-want +got):\n%s", diff)
	}
	for i := range parts {
		parts[i].Done = true
	}
	if _, buttons := c.Fold("en", parts); strings.HasPrefix(buttons[0][0].Action, "take") {
		t.Error("there is nothing left to take")
	}
	if n := len(notify.SplitIDs(notify.JoinIDs(slices.Repeat([]string{"a"}, 500)))); n != notify.MaxTogether {
		t.Errorf("one button acts on %d", n)
	}
}

func TestASnoozeEndsWhenItSays(t *testing.T) {
	for _, tt := range []struct {
		choice string
		hours  rules.Hours
		now    rules.Instant
		want   rules.Instant
	}{
		{notify.UntilHour, rules.ByPlatform, at(23, "17:15:00"), at(23, "18:15:00")},
		{notify.UntilTonight, rules.ByPlatform, at(23, "17:15:00"), at(24, "00:00:00")},
		{notify.UntilOpening, rules.OwnHours, at(23, "17:15:00"), at(24, "10:00:00")},
		{notify.UntilOpening, rules.OwnHours, at(23, "23:15:00"), at(24, "10:00:00")},
		{notify.UntilOpening, rules.OwnHours, at(23, "06:00:00"), at(23, "10:00:00")},
		{notify.UntilOpening, rules.ByPlatform, at(23, "17:15:00"), at(24, "09:00:00")},
		{notify.UntilOpening, rules.AroundTheClock, at(23, "06:00:00"), at(23, "09:00:00")},
		{"forever", rules.ByPlatform, at(23, "06:00:00"), 0},
	} {
		w := lineView(view(t))
		w.Now = tt.now
		var err error
		terms := rules.Terms{Zone: shanghai, Hours: tt.hours, Calendar: rules.Daily(shanghai, []rules.Block{{From: 600, To: 1320}})}
		if w.Policy, err = rules.NewPolicy(book(), terms); err != nil {
			t.Fatal(err)
		}
		if got, ok := w.SnoozeUntil(tt.choice); got != tt.want || ok != (tt.want != 0) {
			t.Errorf("%s at %v: until %v (%v), want %v", tt.choice, tt.now.Time(), got.Time(), ok, tt.want.Time())
		}
	}
}

func TestTheAnswerToAPressSaysWhoWasFirst(t *testing.T) {
	c := composer(t)
	li, wang := alarm.Mark{Person: 1, Name: "Li & Na", At: at(23, "17:05:00")}, alarm.Mark{Person: 2, Name: "Wang", At: at(23, "17:10:00")}
	both(t, "pressed", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		w := caseView(v, shipping(t, "1234", v.Now))
		say := func(title string, w notify.AlarmView, p notify.Pressed) {
			t.Helper()
			text := c.Pressed(w, p)
			if text == "" || utf8.RuneCountInString(text) > 200 || strings.Contains(text, "&amp;") || strings.Contains(text, "⟨") {
				t.Errorf("%s: %q", title, text)
			}
			s.WriteString(title + ": " + text + "\n")
		}
		for _, act := range []alarm.Act{alarm.Seen, alarm.Take, alarm.Excuse} {
			after := pressed(w, alarm.Press{Act: act, Who: li, Cause: "outage"})
			say(act.String(), after, notify.Pressed{Act: act, Who: li, Changed: true})
			say(act.String()+" by a second", after, notify.Pressed{Act: act, Who: wang})
		}
		gone := caseView(v, shipping(t, "1", v.Now, fact("order.canceled", at(23, "09:00:00"))))
		say("excuse that helps", pressed(gone, alarm.Press{Act: alarm.Excuse, Who: li}), notify.Pressed{Act: alarm.Excuse, Who: li, Changed: true})
		say("snooze", pressed(w, alarm.Press{Act: alarm.Snooze, Who: li, Until: at(24, "09:00:00")}), notify.Pressed{Act: alarm.Snooze, Who: li, Changed: true})
		for _, of := range []alarm.Act{alarm.Seen, alarm.Take, alarm.TakeOver, alarm.Snooze, alarm.Excuse} {
			say("undo "+of.String(), w, notify.Pressed{Act: alarm.Undo, Of: of, Who: li, Changed: true})
		}
		say("undo nothing", w, notify.Pressed{Act: alarm.Undo, Of: alarm.Take, Who: li})
		for _, act := range []alarm.Act{alarm.Seen, alarm.Take, alarm.Snooze} {
			s.WriteString(c.PressedMany(lang, act, 3) + "\n")
		}
	})
}

// TestARowSaysWhoHasACaseThatIsSnoozed: that somebody else silenced it does not change who has it.
func TestARowSaysWhoHasACaseThatIsSnoozed(t *testing.T) {
	c, v := composer(t), view(t)
	v.Now = at(23, "19:30:00")
	was := caseView(v, shipping(t, "1234", v.Now))
	li, wu := alarm.Mark{Person: 1, Name: "Li", At: v.Now}, alarm.Mark{Person: 2, Name: "Wu", At: v.Now}
	now := pressed(was, alarm.Press{Act: alarm.Take, Who: li}, alarm.Press{Act: alarm.Snooze, Who: wu, Until: at(23, "20:30:00"), Level: alarm.Broken})
	list := c.Statuses(was, now, chats()[:1])
	if len(list) == 0 || !strings.Contains(list[0].Fold.Row, "🙋 Li · 💤") {
		t.Errorf("%+v", list)
	}
}
