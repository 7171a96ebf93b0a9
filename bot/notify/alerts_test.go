package notify_test

import (
	"slices"
	"strings"
	"testing"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

func news(t testing.TB) notify.News {
	v := view(t)
	return notify.News{Shop: v.Shop, Policy: v.Policy, Chats: chats(), Now: v.Now}
}

func TestAlertsSayWhatWhenAndWhatToDo(t *testing.T) {
	c := composer(t)
	n := news(t)
	n.Warned = []rules.Case{shipping(t, "1234", n.Now)}
	s := &sheet{t: t}
	s.messages(c.Alerts(n))

	n = news(t)
	n.Now = at(23, "19:30:00")
	n.Breached = []rules.Case{shipping(t, "1234", n.Now), shipping(t, "1235", n.Now, fact("order.picked_up", at(23, "19:20:00")))}
	n.Violations = []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}}
	s.messages(c.Alerts(n))
	golden(t, "alerts", s.String())
}

func TestATakenBackAlertIsEditedAndSaysWhy(t *testing.T) {
	n := news(t)
	n.Now = at(23, "20:00:00")
	entry := rules.Entry{Rule: "ship-on-time", Day: date(23), Outcome: rules.Breached, Due: at(23, "18:00:00")}
	change := fact("order.ship_by_changed", at(23, "10:00:00"), rules.Attr{Key: "ship_by", Value: "1795705200000"})
	for _, k := range []rules.Case{
		shipping(t, "1", n.Now, fact("order.picked_up", at(23, "14:02:00"))),
		shipping(t, "2", n.Now, fact("order.canceled", at(23, "09:00:00"), rules.Attr{Key: "by", Value: "buyer"})),
		shipping(t, "3", n.Now, change),
	} {
		n.Cleared = append(n.Cleared, notify.Cleared{Subject: k.Subject, Entry: entry, Case: k, OK: true})
	}
	n.Cleared = append(n.Cleared, notify.Cleared{Subject: order("4"), Entry: entry})
	n.Withdrawn = []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}}
	s := &sheet{t: t}
	s.messages(composer(t).Alerts(n))
	golden(t, "retractions", s.String())
}

func TestTheEditOfARetractionNamesTheAlertThatWasSent(t *testing.T) {
	n := news(t)
	n.Now = at(23, "19:30:00")
	k := shipping(t, "1234", n.Now)
	n.Breached = []rules.Case{k}
	sent := composer(t).Alerts(n)
	n.Breached, n.Cleared = nil, []notify.Cleared{{Subject: k.Subject, Entry: rules.Entry{Rule: k.Rule, Due: k.Due, Day: k.Day, Outcome: rules.Breached}}}
	edits := map[string]outbox.Message{}
	for _, m := range composer(t).Alerts(n) {
		edits[m.EditOf] = m
	}
	for _, was := range sent {
		m := edits[was.Key]
		if m.Key != "retract/"+was.Key || m.Chat != was.Chat || m.Kind != outbox.Retraction {
			t.Errorf("sent %q to %d, taken back by %q in %d", was.Key, was.Chat, m.Key, m.Chat)
		}
	}
}

func TestAMutedChatStillHasItsAlertsTakenBack(t *testing.T) {
	n := news(t)
	n.Now = at(23, "19:30:00")
	k := shipping(t, "1234", n.Now)
	n.Cleared = []notify.Cleared{{Subject: k.Subject, Entry: rules.Entry{Rule: k.Rule, Due: k.Due, Day: k.Day, Outcome: rules.Breached}}}
	n.Withdrawn = []rules.Finding{{Rule: k.Rule, Day: date(23), Breached: 3, Limit: 3}}
	n.Warned, n.Breached = []rules.Case{shipping(t, "1", at(23, "17:00:00"))}, []rules.Case{shipping(t, "2", n.Now)}
	n.Chats = []notify.Chat{{ID: 1, Lang: "en"}, {ID: 2, Lang: "en", Alerts: true, Paused: true}}
	list := composer(t).Alerts(n)
	for _, m := range list {
		edit := m.EditOf != "" && m.Kind == outbox.Retraction
		note := m.ReplyOf != "" && m.Kind == outbox.Status && m.Silent
		if m.Chat != 1 || edit == note {
			t.Errorf("%s to %d editing %q, replying to %q", m.Kind, m.Chat, m.EditOf, m.ReplyOf)
		}
	}
	if len(list) != 4 {
		t.Errorf("%d messages, want the two that take back, and a reply each", len(list))
	}
}

func TestWhatOnlyEarnsExtraAlertsNobody(t *testing.T) {
	pack := book()
	pack.Editions[0].Rules[0].Severity = "bonus"
	p, err := rules.NewPolicy(pack, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	n := news(t)
	n.Policy = p
	n.Warned = []rules.Case{shipping(t, "1", n.Now)}
	n.Breached = []rules.Case{shipping(t, "2", at(23, "19:30:00"))}
	n.Violations = []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}}
	for _, m := range composer(t).Alerts(n) {
		t.Errorf("%s to %d:\n%s", m.Kind, m.Chat, m.HTML)
	}
	v := view(t)
	v.Lang, v.Policy = "en", p
	today, _ := composer(t).Today(notify.TodayView{View: v, Card: p.Score(date(23), date(24), tallies()), Urgent: due(t)[1:2], Soon: 1, Findings: n.Violations})
	if strings.Contains(today, "Act now") || strings.Contains(today, "🟢") || !strings.Contains(today, "2 missed today") {
		t.Errorf("a bonus that is missed:\n%s", today)
	}
	late, _ := composer(t).Violations(notify.ViolationsView{View: v, From: date(17), To: date(24), Cases: late1(t), Total: 2, Counts: map[string]int{"ship-on-time": 2}, Findings: n.Violations})
	if !strings.Contains(late, "Ship on time: 2") || !strings.Contains(late, "1199") {
		t.Errorf("it still counts:\n%s", late)
	}
}

// TestWhatIsOnlyCountedStillWarns: the time to appeal is no promise, and nobody should miss it.
func TestWhatIsOnlyCountedStillWarns(t *testing.T) {
	b := book()
	b.Editions[0].Rules[0].AlertAt = 0
	p, err := rules.NewPolicy(b, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	n := news(t)
	n.Policy = p
	n.Warned = []rules.Case{shipping(t, "1", n.Now)}
	n.Breached = []rules.Case{shipping(t, "2", at(23, "19:30:00"))}
	told := composer(t).Alerts(n)
	if len(told) == 0 {
		t.Fatal("nobody was warned")
	}
	for _, m := range told {
		if m.Kind != outbox.Warning {
			t.Errorf("%s: %s", m.Kind, m.HTML)
		}
	}
}

func TestAViolationNamesOnlyWhatItsPackCanLeadTo(t *testing.T) {
	b := book()
	b.Editions[0].Rules[0].Lines = []rules.Line{{ID: "pay", Rung: rules.Compensation, Window: 1, Breached: 1}, {ID: "seen", Rung: rules.Warning, Window: 1, Breached: 1}}
	p, err := rules.NewPolicy(b, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	n := news(t)
	n.Policy, n.Breached, n.Warned = p, nil, nil
	n.Violations = []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}}
	for _, m := range composer(t).Alerts(n) {
		if m.Kind != outbox.Violation || strings.Contains(m.HTML, "points") || strings.Contains(m.HTML, "积分") {
			t.Errorf("%s", m.HTML)
		}
		if !strings.Contains(m.HTML, "a warning, compensation to the buyer") && !strings.Contains(m.HTML, "警告、赔付消费者") {
			t.Errorf("it does not say what could follow:\n%s", m.HTML)
		}
	}
}

func TestOnlySubscribedChatsHearAlerts(t *testing.T) {
	n := news(t)
	n.Warned = []rules.Case{shipping(t, "1", n.Now)}
	var got []int64
	for _, m := range composer(t).Alerts(n) {
		got = append(got, m.Chat)
		if m.Route != "deer" || m.Shop != "deer" || m.Created != n.Now || m.Expires != at(23, "18:00:00") {
			t.Errorf("message %+v", m)
		}
	}
	if want := []int64{100, -200}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWhatIsTooOldIsNoNews(t *testing.T) {
	c := composer(t)
	old := shipping(t, "1", at(30, "18:00:00"))
	for _, tt := range []struct {
		name string
		now  rules.Instant
		news notify.News
		want int
	}{
		{"breach after 24 h", at(24, "18:00:00"), notify.News{Breached: []rules.Case{old}}, 2},
		{"breach after more", at(24, "18:00:00") + 1, notify.News{Breached: []rules.Case{old}}, 0},
		{"warning before the deadline", at(23, "18:00:00") - 1, notify.News{Warned: []rules.Case{shipping(t, "1", at(23, "17:59:59"))}}, 2},
		{"warning at the deadline", at(23, "18:00:00"), notify.News{Warned: []rules.Case{shipping(t, "1", at(23, "18:00:00"))}}, 0},
		{"warning of a case that is closed", at(23, "17:00:00"), notify.News{Warned: []rules.Case{old}}, 0},
		{"violation of yesterday", at(24, "23:59:59"), notify.News{Violations: []rules.Finding{{Rule: "ship-on-time", Day: date(23)}}}, 2},
		{"violation of the day before", at(25, "00:00:00"), notify.News{Violations: []rules.Finding{{Rule: "ship-on-time", Day: date(23)}}}, 0},
	} {
		n := news(t)
		n.Now, n.Breached, n.Warned, n.Violations = tt.now, tt.news.Breached, tt.news.Warned, tt.news.Violations
		if got := len(c.Alerts(n)); got != tt.want {
			t.Errorf("%s: %d messages, want %d", tt.name, got, tt.want)
		}
	}
}

func TestKeysDoNotDependOnHowCasesAreGrouped(t *testing.T) {
	c := composer(t)
	n := news(t)
	n.Now = at(23, "19:00:00")
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		n.Breached = append(n.Breached, shipping(t, id, n.Now))
	}
	keys := map[string]bool{}
	for _, m := range c.Alerts(n) {
		keys[m.Key] = true
	}
	if len(keys) != 14 {
		t.Fatalf("%d keys, want 14", len(keys))
	}
	for _, k := range n.Breached {
		single := n
		single.Breached = []rules.Case{k}
		for _, m := range c.Alerts(single) {
			if !keys[m.Key] {
				t.Errorf("told alone, %s has a key of its own: %s", k.Subject, m.Key)
			}
		}
	}
}

func TestANewDeadlineIsANewAlert(t *testing.T) {
	first := notify.BreachKey("deer", "ship-on-time", order("1"), at(23, "18:00:00"), 100)
	second := notify.BreachKey("deer", "ship-on-time", order("1"), at(24, "18:00:00"), 100)
	if first == second {
		t.Errorf("both are %s", first)
	}
}

func TestLongKeysAreHashedTheSameEveryTime(t *testing.T) {
	id := strings.Repeat("订单<&/|", 60)
	a := notify.StageKey("deer", "ship-on-time", order(id), 1, 2, -1001234567890123)
	b := notify.StageKey("deer", "ship-on-time", order(id), 1, 2, -1001234567890123)
	c := notify.StageKey("deer", "ship-on-time", order(id+"x"), 1, 2, -1001234567890123)
	if a != b || a == c || len(a)+len("retract/") > notify.MaxKey || !strings.HasPrefix(a, "stage/#") {
		t.Errorf("got %q, %q and %q", a, b, c)
	}
	exact := notify.StageKey("deer", "ship-on-time", order("7"), 1795705200000, 2, -100)
	if want := "stage/deer/ship-on-time/order/7/1795705200000/2/-100"; exact != want {
		t.Errorf("got %q, want %q", exact, want)
	}
	if got, want := notify.ViolationKey("deer", "r", date(23), 5), "violation/deer/r/2026-11-23/5"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
