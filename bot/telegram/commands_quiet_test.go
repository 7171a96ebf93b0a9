package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

func TestAChatSetsItsOwnPeace(t *testing.T) {
	s := newStage(t)
	hour := rules.Instant(time.Hour.Milliseconds())
	now := rules.InstantOf(noon)
	for _, tt := range []struct {
		text string
		want notify.Chat // of the settings alone
		say  string
	}{
		{"/quiet 22:30-07:30", notify.Chat{Quiet: "22:30-07:30"}, "22:30 to 07:30"},
		{"v1:quiet:alpha|22:00-08:00", notify.Chat{Quiet: "22:00-08:00"}, "22:00 to 08:00"},
		{"免打扰 23点到7点", notify.Chat{Quiet: "23:00-07:00"}, "23:00 to 07:00"},
		{"/quiet 22 - 8", notify.Chat{Quiet: "22:00-08:00"}, "22:00 to 08:00"},
		{"/quiet ２２：００－24:00", notify.Chat{Quiet: "22:00-24:00"}, "22:00 to 24:00"},
		{"/quiet off", notify.Chat{}, "No quiet hours"},
		{"/mute 1h", notify.Chat{Muted: now + hour}, "before 13:00 today"},
		{"v1:mute:alpha|1h", notify.Chat{Muted: now + hour}, "before 13:00 today"},
		{"静音 2小时", notify.Chat{Muted: now + 2*hour}, "before 14:00 today"},
		{"/mute 30 min", notify.Chat{Muted: now + hour/2}, "before 12:30 today"},
		{"v1:mute:alpha|today", notify.Chat{Muted: now + 12*hour}, "before 00:00 tomorrow"},
		{"v1:mute:alpha|opening", notify.Chat{Muted: now + 21*hour}, "before 09:00 tomorrow"},
		{"/mute off", notify.Chat{}, "Not muted"},
		{"/urgent ship-on-time", notify.Chat{Urgent: "ship-on-time"}, "Urgent here"},
		{"v1:urgent:alpha|ship-on-time|on", notify.Chat{Urgent: "ship-on-time"}, "Urgent here"},
		{"v1:urgent:alpha|ship-on-time|off", notify.Chat{}, "No rule is urgent"},
		{"/urgent SHIP-on-time on", notify.Chat{Urgent: "ship-on-time"}, "Urgent here"},
		{"/urgent ship-on-time 关", notify.Chat{}, "No rule is urgent"},
		{"/budget 6", notify.Chat{Budget: 6}, "6 alerts a day"},
		{"v1:budget:alpha|off", notify.Chat{Budget: -1}, "Every alert rings"},
		{"/budget on", notify.Chat{}, "12 alerts a day"},
	} {
		var answers []outbox.Message
		if strings.HasPrefix(tt.text, "v1:") {
			answers, _ = s.press(ownerID, ownerID, tt.text)
		} else {
			answers = s.say(ownerID, ownerID, tt.text)
		}
		s.expect(answers, "Alpha Toys", "Saved", tt.say)
		c, _ := s.store.chat("alpha", ownerID)
		if got := (notify.Chat{Quiet: c.Quiet, Muted: c.Muted, Urgent: c.Urgent, Budget: c.Budget}); got != tt.want || !c.Alerts || c.Role != notify.Owner {
			t.Errorf("%s: got %+v, want %+v", tt.text, c, tt.want)
		}
		if c, _ := s.store.chat("alpha", groupID); c.Quiet != "" || c.Muted != 0 || c.Urgent != "" || c.Budget != 0 {
			t.Errorf("%s changed another chat: %+v", tt.text, c)
		}
	}
}

func TestPeaceThatMeansNothingIsSaidAndChangesNothing(t *testing.T) {
	s := newStage(t)
	before := fmt.Sprint(s.store.chats)
	for _, text := range []string{"/quiet 22", "/quiet 22:00-22:00", "/quiet 0-24", "/quiet 25:00-8:00", "/quiet on", "/quiet <b>", "/mute 25h", "/mute 10s", "/mute -1h",
		"/mute for ever", "/mute on", "/urgent lunch", "/urgent off", "/budget 0", "/budget -1", "/budget 1001", "/budget 1e2"} {
		if m := s.expect(s.say(ownerID, ownerID, text), "❓", "Alpha Toys"); strings.Contains(m.HTML, "Saved") {
			t.Errorf("%s was saved", text)
		}
	}
	if after := fmt.Sprint(s.store.chats); after != before {
		t.Errorf("changed: %s", after)
	}
}

func TestThePeaceOfAGroupIsForItsAdministratorsAndLookingIsFree(t *testing.T) {
	for _, verb := range []string{"quiet", "mute", "urgent", "budget"} {
		value := map[string]string{"quiet": "22:00-08:00", "mute": "1h", "urgent": "ship-on-time", "budget": "5"}[verb]
		for user, may := range map[int64]bool{adminID: true, memberID: false} {
			s := newStage(t)
			s.expect(s.say(groupID, user, "/"+verb), "Alpha Toys")
			if s.people.asked != 0 {
				t.Errorf("/%s: Telegram was asked who that is, for a look", verb)
			}
			before := fmt.Sprint(s.store.chats["alpha"][groupID])
			s.press(groupID, user, "v1:"+verb+":alpha|"+value)
			s.say(groupID, user, "/"+verb+" "+value)
			if changed := before != fmt.Sprint(s.store.chats["alpha"][groupID]); changed != may {
				t.Errorf("/%s by %d: changed %v, want %v", verb, user, changed, may)
			}
		}
		s := newStage(t)
		before := fmt.Sprint(s.store.chats)
		answers, notice := s.press(rivalID, rivalID, "v1:"+verb+":alpha|"+value)
		if len(answers) != 0 || !strings.Contains(notice, "no such shop") || before != fmt.Sprint(s.store.chats) {
			t.Errorf("%s from a chat of another shop: %v, %q", verb, answers, notice)
		}
	}
}

func TestAPrivateChatOfTheTeamSetsItsOwnPeace(t *testing.T) {
	s := newStage(t)
	s.store.chats["alpha"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Team, Lang: "en", Alerts: true}
	s.expect(s.say(ownerID, ownerID, "/quiet 22-8"), "Saved")
	s.expect(s.say(ownerID, ownerID, "/budget 3"), "Saved")
}

func TestPagesSayWhatRangToday(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "/alerts"), "Up to 12 alerts a day")
	s.router.cfg.Noise = func(_ context.Context, shop string, day rules.Date) (map[int64]outbox.NoiseCount, error) {
		if shop != "alpha" || day.String() != "2026-11-23" {
			t.Errorf("asked for %s on %s", shop, day)
		}
		return map[int64]outbox.NoiseCount{ownerID: {Rang: 3}, groupID: {Rang: 12, Spared: 4}}, nil
	}
	s.expect(s.say(ownerID, ownerID, "/alerts"), "Rang here today: 3 of 12")
	s.expect(s.say(groupID, memberID, "/budget"), "Rang here today: 12 of 12. Only counted since: 4")
	s.router.cfg.Noise = func(context.Context, string, rules.Date) (map[int64]outbox.NoiseCount, error) {
		return nil, errors.New("secret words of a database")
	}
	s.expect(s.say(ownerID, ownerID, "/alerts"), "Up to 12 alerts a day")
}
