package notify_test

import (
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// in is a wall time in a zone.
func in(t *testing.T, zone, clock string) (rules.Instant, *time.Location) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation(time.DateTime, clock, loc)
	if err != nil {
		t.Fatal(err)
	}
	return rules.InstantOf(at), loc
}

func TestQuietHoursEndOnTheLocalClock(t *testing.T) {
	for _, tt := range []struct{ name, zone, quiet, now, want string }{
		{"evening", "Asia/Shanghai", "22:00-08:00", "2026-11-23 23:00:00", "2026-11-24 08:00:00"},
		{"early morning", "Asia/Shanghai", "22:00-08:00", "2026-11-24 03:00:00", "2026-11-24 08:00:00"},
		{"the first instant", "Asia/Shanghai", "22:00-08:00", "2026-11-23 22:00:00", "2026-11-24 08:00:00"},
		{"before", "Asia/Shanghai", "22:00-08:00", "2026-11-23 21:59:59", ""},
		{"the end", "Asia/Shanghai", "22:00-08:00", "2026-11-24 08:00:00", ""},
		{"within a day", "Asia/Shanghai", "12:30-14:00", "2026-11-23 13:00:00", "2026-11-23 14:00:00"},
		{"from midnight", "Asia/Shanghai", "00:00-09:00", "2026-11-23 00:00:00", "2026-11-23 09:00:00"},
		{"to midnight", "Asia/Shanghai", "22:00-24:00", "2026-11-23 23:59:59", "2026-11-24 00:00:00"},
		{"ends at midnight too", "Asia/Shanghai", "22:00-00:00", "2026-11-23 23:00:00", "2026-11-24 00:00:00"},
		{"the night of the longer hour", "Europe/Berlin", "22:00-08:00", "2026-10-24 23:00:00", "2026-10-25 08:00:00"},
		{"the night of the shorter hour", "Europe/Berlin", "22:00-08:00", "2026-03-28 23:00:00", "2026-03-29 08:00:00"},
		{"an end that the clock skips", "Europe/Berlin", "22:00-02:30", "2026-03-28 23:00:00", "2026-03-29 03:00:00"},
		{"hours that fall into the gap", "Europe/Berlin", "02:10-02:50", "2026-03-29 03:00:00", ""},
		{"a midnight that does not exist", "America/Santiago", "20:00-00:00", "2026-09-05 21:00:00", "2026-09-06 01:00:00"},
		{"none", "Asia/Shanghai", "", "2026-11-24 03:00:00", ""},
		{"not readable", "Asia/Shanghai", "night", "2026-11-24 03:00:00", ""},
	} {
		now, loc := in(t, tt.zone, tt.now)
		var want rules.Instant
		if tt.want != "" {
			want, _ = in(t, tt.zone, tt.want)
		}
		if got := (notify.Chat{Quiet: tt.quiet}).QuietUntil(now, loc); got != want {
			t.Errorf("%s: quiet until %s, want %s", tt.name, got.Time().In(loc), want.Time().In(loc))
		}
	}
}

func TestTheNightOfTheLongerHourIsQuietForAllOfIt(t *testing.T) {
	first, loc := in(t, "Europe/Berlin", "2026-10-25 02:30:00")
	end, _ := in(t, "Europe/Berlin", "2026-10-25 08:00:00")
	for _, now := range []rules.Instant{first, first + 3_600_000} { // 02:30 is shown twice
		if got := (notify.Chat{Quiet: "22:00-08:00"}).QuietUntil(now, loc); got != end {
			t.Errorf("quiet until %s", got.Time().In(loc))
		}
	}
}

func TestAMutedChatWaitsAndItsQuietHoursFollow(t *testing.T) {
	for _, tt := range []struct {
		name        string
		muted, want rules.Instant
	}{
		{"over", at(23, "17:00:00"), 0},
		{"for an hour", at(23, "18:15:00"), at(23, "18:15:00")},
		{"until it is quiet anyway", at(23, "23:30:00"), at(24, "08:00:00")},
		{"longer than the night", at(24, "10:00:00"), at(24, "10:00:00")},
	} {
		c := notify.Chat{Quiet: "22:00-08:00", Muted: tt.muted}
		if got := c.QuietUntil(at(23, "17:15:00"), shanghai); got != tt.want {
			t.Errorf("%s: until %s, want %s", tt.name, got.Time().In(shanghai), tt.want.Time().In(shanghai))
		}
	}
}

func TestQuietHoursAreReadAndRefused(t *testing.T) {
	for text, want := range map[string]string{"22:00-08:00": "22:00-08:00", "9:30-10:00": "09:30-10:00", "22:30 - 7:30": "22:30-07:30", "00:00-09:00": "00:00-09:00", "22:00-24:00": "22:00-24:00"} {
		if got, err := notify.ParseQuiet(text); err != nil || got != want {
			t.Errorf("%s: got %q and %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "22:00", "22:00-22:00", "00:00-24:00", "24:00-08:00", "25:00-08:00", "22-8", "22:00-08:00-09:00", "night"} {
		if got, err := notify.ParseQuiet(text); err == nil {
			t.Errorf("%s was read as %q", text, got)
		}
	}
}

// owned is a policy of a shop that is open from nine to nine.
func owned(t *testing.T) *rules.Policy {
	t.Helper()
	blocks, err := rules.ParseBlocks("09:00-21:00")
	if err != nil {
		t.Fatal(err)
	}
	p, err := rules.NewPolicy(book(), rules.Terms{Zone: shanghai, Hours: rules.OwnHours, Calendar: rules.Daily(shanghai, blocks)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheMannerOfAnAlert(t *testing.T) {
	noise := func(day, budget int) *outbox.Noise { return &outbox.Noise{Day: date(day), Budget: budget} }
	night := notify.Chat{Quiet: "22:00-08:00"}
	for _, tt := range []struct {
		name       string
		chat       notify.Chat
		kind, rule string
		now        rules.Instant
		own        bool // the shop is open from nine to nine
		after      rules.Instant
		silent     bool
		noise      *outbox.Noise
	}{
		{"by day", notify.Chat{}, outbox.Breach, "a", at(23, "12:00:00"), true, 0, false, noise(23, 12)},
		{"with a budget of its own", notify.Chat{Budget: 3}, outbox.Warning, "a", at(23, "12:00:00"), true, 0, false, noise(23, 3)},
		{"without a budget", notify.Chat{Budget: -1}, outbox.Breach, "a", at(23, "12:00:00"), true, 0, false, nil},
		{"while the shop is closed", notify.Chat{}, outbox.Breach, "a", at(23, "22:30:00"), true, 0, true, nil},
		{"a shop by the platform has no closing time", notify.Chat{}, outbox.Breach, "a", at(23, "22:30:00"), false, 0, false, noise(23, 12)},
		{"quiet hours of the chat", night, outbox.Breach, "a", at(23, "22:30:00"), false, at(24, "08:00:00"), false, noise(24, 12)},
		{"quiet hours that end before the shop opens", night, outbox.Breach, "a", at(23, "22:30:00"), true, at(24, "08:00:00"), true, nil},
		{"a violation does not count", notify.Chat{}, outbox.Violation, "a", at(23, "12:00:00"), true, 0, false, nil},
		{"and waits all the same", night, outbox.Violation, "a", at(23, "22:30:00"), false, at(24, "08:00:00"), false, nil},
		{"an escalation does not count", notify.Chat{}, outbox.Escalation, "a", at(23, "12:00:00"), true, 0, false, nil},
		{"a reminder does", notify.Chat{}, outbox.Reminder, "a", at(23, "12:00:00"), true, 0, false, noise(23, 12)},
		{"an urgent rule", notify.Chat{Quiet: "22:00-08:00", Urgent: "b,a", Muted: at(25, "00:00:00")}, outbox.Breach, "a", at(23, "22:30:00"), true, 0, false, nil},
		{"another rule is urgent", notify.Chat{Quiet: "22:00-08:00", Urgent: "aa,b"}, outbox.Breach, "a", at(23, "22:30:00"), false, at(24, "08:00:00"), false, noise(24, 12)},
		{"a retraction never waits", night, outbox.Retraction, "a", at(23, "22:30:00"), true, 0, false, nil},
		{"a status never waits", night, outbox.Status, "a", at(23, "22:30:00"), true, 0, false, nil},
		{"a scorecard never waits", night, outbox.Scorecard, "", at(23, "22:30:00"), true, 0, false, nil},
	} {
		p := policy(t)
		if tt.own {
			p = owned(t)
		}
		got := notify.MannerOf(p, tt.chat, tt.kind, tt.rule, tt.now)
		if got.After != tt.after || got.Silent != tt.silent || (got.Noise == nil) != (tt.noise == nil) || tt.noise != nil && *got.Noise != *tt.noise {
			t.Errorf("%s: got %+v (%+v), want %+v, silent %v, %+v", tt.name, got, got.Noise, tt.after, tt.silent, tt.noise)
		}
	}
}

func TestWhatWaitsForTheMorningIsOneBundleThatIsLookedAtAgain(t *testing.T) {
	n := news(t)
	n.Now = at(23, "22:30:00")
	n.Chats = []notify.Chat{{ID: 1, Lang: "en", Alerts: true, Quiet: "22:00-08:00"}, {ID: 2, Lang: "en", Alerts: true}}
	n.Breached = []rules.Case{shipping(t, "1", n.Now)}
	n.Breached[0].Due = at(23, "22:20:00")
	n.Violations = []rules.Finding{{Rule: "invoice-on-time", Day: date(22), Breached: 3, Limit: 3}}
	soon, later := shipping(t, "2", at(23, "17:00:00")), shipping(t, "3", at(23, "17:00:00"))
	soon.Due, later.Due = at(24, "07:59:59"), at(24, "08:40:00")
	n.Warned = []rules.Case{soon, later}
	got := map[int64]int{}
	for _, m := range composer(t).Alerts(n) {
		got[m.Chat]++
		if m.Chat == 2 {
			if m.Due != 0 || m.Fold.Check || m.Fold.Group == "quiet/deer" {
				t.Errorf("the other chat waits: %+v", m)
			}
			continue
		}
		if m.Due != at(24, "08:00:00") || m.Fold.Group != "quiet/deer" || !m.Fold.Check || m.Fold.Calm != 0 || m.Expires <= m.Due {
			t.Errorf("%s: due %s, expires %s, %+v", m.Kind, m.Due.Time(), m.Expires.Time(), m.Fold)
		}
		if m.Kind == outbox.Warning && m.Expires != later.Due {
			t.Errorf("a warning lives until %s", m.Expires.Time())
		}
	}
	if got[1] != 3 || got[2] != 4 {
		t.Errorf("%v messages; want 3 in the quiet chat, whose warning for 07:59 comes to nothing, and 4", got)
	}
}

func TestWhatIsReadInTheMorningIsWrittenAsOfTheMorning(t *testing.T) {
	n := news(t)
	n.Now = at(23, "22:30:00")
	n.Chats = []notify.Chat{{ID: 1, Lang: "en", Alerts: true, Quiet: "22:00-08:00"}}
	k := shipping(t, "1", n.Now)
	k.Due = at(23, "22:20:00")
	w := shipping(t, "2", at(23, "17:00:00"))
	w.Due = at(24, "08:40:00")
	n.Breached, n.Warned = []rules.Case{k}, []rules.Case{w}
	want := []string{"order <code>1</code> · due 22:20 yesterday, 9 h 40 min ago", "order <code>2</code> · 40 min left, due 08:40 today"}
	for i, m := range composer(t).Alerts(n) {
		if m.Fold.Row != want[i] {
			t.Errorf("got %q, want %q", m.Fold.Row, want[i])
		}
	}
}

func TestUrgentRulesAreKeptInOneOrder(t *testing.T) {
	c := notify.Chat{}.WithUrgent("b", true).WithUrgent("a", true).WithUrgent("b", true)
	if c.Urgent != "a,b" || !c.UrgentHere("a") || c.UrgentHere("") || c.UrgentHere("a,b") {
		t.Errorf("got %q", c.Urgent)
	}
	if c = c.WithUrgent("a", false).WithUrgent("b", false); c.Urgent != "" || c.UrgentHere("a") {
		t.Errorf("got %q", c.Urgent)
	}
}
