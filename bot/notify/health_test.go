package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// rhythm is a shop that hears something every gap from 9 to 23 o'clock, for five days before a view's today and until its
// hour and minute.
func rhythm(v notify.View, gap time.Duration, hour, minute int) (p rules.Pulse) {
	zone := v.Policy.Zone()
	today := v.Policy.Day(v.Now)
	for day := today - 5; day <= today; day++ {
		for at := day.At(9*60, zone); at < day.At(23*60, zone); at += rules.Instant(gap.Milliseconds()) {
			if at > today.At(hour*60+minute, zone) {
				return p
			}
			p, _ = p.Beat(at, zone)
		}
	}
	return p
}

func TestAPageCallsSilentWhatANoticeCallsSilent(t *testing.T) {
	base := view(t)
	c, zone := composer(t), base.Policy.Zone()
	today := base.Policy.Day(base.Now)
	for _, tt := range []struct {
		name           string
		hour, minute   int // of the last event
		gap            time.Duration
		now            rules.Instant
		stale, unknown bool
	}{
		{"20 min without an event, usually 2", 12, 0, 2 * time.Minute, today.At(12*60+20, zone), false, false},
		{"38 min without an event, usually 2", 12, 0, 2 * time.Minute, today.At(12*60+38, zone), true, false},
		{"a night in which nothing is usual", 22, 58, 2 * time.Minute, today.Next(1).At(8*60, zone), false, false},
		{"2 hours without an event, usually 20 min", 12, 0, 20 * time.Minute, today.At(14*60, zone), false, false},
		{"a day without an event, usually 2 hours", 12, 0, 2 * time.Hour, today.Next(1).At(13*60, zone), true, false},
		{"40 min, and no rhythm is known", 12, 0, 0, today.At(12*60+41, zone), true, true},
	} {
		v := base
		v.Lang, v.Now, v.Heard = "en", tt.now, today.At(tt.hour*60+tt.minute, zone)
		if !tt.unknown {
			v.Now = today.At(0, zone)
			v.Pulse = rhythm(v, tt.gap, tt.hour, tt.minute)
			v.Now = tt.now
		}
		html, _ := c.Due(notify.DueView{View: v})
		if got := strings.Contains(html, "Nothing heard from the platform"); got != tt.stale {
			t.Errorf("%s: stale %v, want %v:\n%s", tt.name, got, tt.stale, html)
		}
		if told := v.Pulse.Silent(tt.now, zone); told && !tt.stale {
			t.Errorf("%s: told of, and the page knows nothing", tt.name)
		}
	}
}

func TestASilenceIsToldToTheOwnersOrToEverybodyWhereThereIsNone(t *testing.T) {
	v := view(t)
	last := v.Now - rules.Instant(38*60*1000)
	owner, paused := notify.Chat{ID: 1, Role: notify.Owner, Lang: "en"}, notify.Chat{ID: 2, Role: notify.Owner, Lang: "en", Paused: true}
	team := notify.Chat{ID: -3, Role: notify.Team, Lang: "zh", Thread: 9}
	shop := v.Shop
	shop.Platform = "doudian"
	told := func(chats ...notify.Chat) (list []string) {
		n := notify.News{Shop: shop, Policy: v.Policy, Now: v.Now, Chats: chats, Silent: &notify.Silence{Last: last, Usual: 2 * time.Minute},
			Again: &notify.Silence{Last: last}}
		for _, m := range composer(t).Alerts(n) {
			if m.Kind != outbox.Notice || m.Silent || m.Expires == 0 {
				t.Errorf("%+v", m)
			}
			list = append(list, m.Key+" "+m.HTML)
		}
		return list
	}
	at := fmt.Sprint(int64(last))
	want := []string{
		"silent/" + shop.ID + "/" + at + "/1 ⚠️ <b>No events from Doudian for 38 min</b>, usually one every 2 min at this hour.\n" + shop.Name +
			": until they are back the numbers may look better than they are. Look whether the connection to the platform still works.",
		"heard/" + shop.ID + "/" + at + "/1 ✅ Events from Doudian are back after 38 min (" + shop.Name + "). The numbers are complete once the platform has sent the rest.",
	}
	if diff := cmp.Diff(want, told(team, owner, paused)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := told(team, paused); len(got) != 2 || !strings.Contains(got[0], "抖店已经 38 分钟没有推送") {
		t.Errorf("without an owner: %v", got)
	}
	if got := told(paused); len(got) != 0 {
		t.Errorf("nobody can be told: %v", got)
	}
}

func TestAChatIsNamedWithoutBlame(t *testing.T) {
	v := view(t)
	chats := []notify.Chat{{ID: 1, Role: notify.Owner, Lang: "en", Alerts: true}}
	for _, tt := range []struct {
		chat         notify.Chat
		reason, want string
	}{
		{notify.Chat{ID: -5, Role: notify.Team, Title: "Packers <1>", Alerts: true}, outbox.ReasonKicked, "The chat “Packers &lt;1&gt;” stopped receiving (" + v.Shop.Name + "): the bot was removed there."},
		{notify.Chat{ID: -5, Role: notify.Team, Digest: true}, outbox.ReasonNoRights, "The team's group stopped receiving (" + v.Shop.Name + "): the bot may not write there."},
		{notify.Chat{ID: 5, Role: notify.Team, Title: "Li Lei", Alerts: true}, outbox.ReasonForbidden, "A chat of the team stopped receiving (" + v.Shop.Name + "): nothing can be delivered there."},
	} {
		list := composer(t).ChatGone(notify.Gone{View: v, Chat: tt.chat, Reason: tt.reason}, append(chats, tt.chat))
		if len(list) != 1 || !strings.Contains(list[0].HTML, tt.want) || strings.Contains(list[0].HTML, "Li Lei") {
			t.Errorf("%v, want %s", list, tt.want)
		}
	}
	if list := composer(t).ChatGone(notify.Gone{View: v, Chat: notify.Chat{ID: -5}}, chats); len(list) != 0 {
		t.Errorf("a chat that was to get nothing: %v", list)
	}
}

// TestTheOwnerHearsThatNobodyHearsTheAlerts: people switch alerts off in their own chats because the group hears them; when
// the group is gone, they have to know.
func TestTheOwnerHearsThatNobodyHearsTheAlerts(t *testing.T) {
	c, v := composer(t), view(t)
	group := notify.Chat{ID: -5, Role: notify.Team, Lang: "en", Alerts: true, Title: "Packing"}
	owner, manager := notify.Chat{ID: 1, Role: notify.Owner, Lang: "en"}, notify.Chat{ID: 2, Role: notify.Manager, Lang: "en"}
	list := c.ChatGone(notify.Gone{View: v, Chat: group, Reason: outbox.ReasonKicked}, []notify.Chat{group, owner, manager})
	if len(list) != 1 || list[0].Chat != owner.ID || !strings.Contains(list[0].HTML, "No chat hears the alerts") {
		t.Errorf("told: %+v", list)
	}
	owner.Alerts = true
	list = c.ChatGone(notify.Gone{View: v, Chat: group, Reason: outbox.ReasonKicked}, []notify.Chat{group, owner, manager})
	if len(list) != 1 || !strings.Contains(list[0].HTML, "Alerts go on here") {
		t.Errorf("told: %+v", list)
	}
}
