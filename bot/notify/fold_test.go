package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// partsOf is how what one chat is told reads in rows.
func partsOf(list []outbox.Message, chat int64) (parts []outbox.Fold) {
	for _, m := range list {
		if m.Chat == chat {
			parts = append(parts, *m.Fold)
		}
	}
	return parts
}

// late are broken cases of orders paid on the 21st at 18:00, due at 18:00 today.
func late(t testing.TB, now rules.Instant, n int) (list []rules.Case) {
	for i := range n {
		list = append(list, shipping(t, fmt.Sprint(1201+i), now))
	}
	return list
}

func TestAlertsToldTogetherKeepEveryRowAndTheTotal(t *testing.T) {
	c := composer(t)
	both(t, "fold", func(lang string, s *sheet) {
		chat := []notify.Chat{{ID: 1, Role: notify.Owner, Lang: lang, Alerts: true}}
		fold := func(title string, parts []outbox.Fold) {
			html, buttons := c.Fold(lang, parts)
			s.page(title, html, buttons)
		}
		n := news(t)
		n.Chats = chat
		for _, id := range []string{"7", "8", "9"} {
			n.Warned = append(n.Warned, shipping(t, id, n.Now))
		}
		fold("three due soon", partsOf(c.Alerts(n), 1))

		n = news(t)
		n.Chats, n.Now = chat, at(23, "18:12:00")
		n.Breached = late(t, n.Now, 3)
		n.Breached[1] = shipping(t, "1199", n.Now, fact("order.picked_up", at(23, "18:10:00")))
		n.Breached[2].Due -= 600_000
		parts := partsOf(c.Alerts(n), 1)
		fold("three late, the earliest due first", parts)

		fixed := n
		fixed.Breached = nil
		k := shipping(t, "1201", n.Now, fact("order.picked_up", at(23, "17:50:00")))
		entry := rules.Entry{Rule: k.Rule, Due: k.Due, Day: k.Day, Outcome: rules.Breached}
		fixed.Cleared = []notify.Cleared{{Subject: k.Subject, Entry: entry, Case: k, OK: true}}
		parts[0] = *c.Alerts(fixed)[0].Fold
		parts[0].Group = parts[1].Group
		fold("one taken back", parts)

		n.Breached = late(t, n.Now, 37)
		fold("many", partsOf(c.Alerts(n), 1))

		n.Breached[36].Rule, n.Breached[36].Subject.Kind = "chat-first-response", rules.Conversation
		n.Violations = []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 37, Limit: 3}}
		n.Chats[0].Quiet = "18:00-08:00"
		parts = partsOf(c.Alerts(n), 1)
		parts[0].Gone = 2
		fold("after a quiet evening", parts)
		s.page("again", c.Again(lang, "<b>x</b>\ny"), nil)
	})
}

func TestWhatIsFoldedIsOfOneRuleAndWaitsAMinute(t *testing.T) {
	n := news(t)
	n.Now = at(23, "18:12:00")
	n.Warned, n.Breached = []rules.Case{shipping(t, "1", at(23, "17:00:00"))}, late(t, n.Now, 1)
	n.Warned[0].Due = n.Now + 60_000
	n.Violations = []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}}
	want := map[string]outbox.Fold{
		outbox.Warning:   {Group: "stage/deer/ship-on-time", Case: "ship-on-time|order/1", Calm: 60_000, Shop: "deer", At: n.Warned[0].Due},
		outbox.Breach:    {Group: "breach/deer/ship-on-time", Case: "ship-on-time|order/1201", Calm: 60_000, Shop: "deer", At: n.Breached[0].Due},
		outbox.Violation: {Group: "violation/deer/ship-on-time/2026-11-23", Case: "ship-on-time|day/2026-11-23", Shop: "deer", At: at(23, "00:00:00")},
	}
	list := composer(t).Alerts(n)
	for _, m := range list {
		got := *m.Fold
		if got.About == "" || got.Row == "" || m.Lang == "" {
			t.Errorf("%s: nothing to show in %+v", m.Kind, m)
		}
		got.About, got.Row = "", ""
		if got != want[m.Kind] {
			t.Errorf("%s: got %+v, want %+v", m.Kind, got, want[m.Kind])
		}
	}
	if len(list) != 6 {
		t.Errorf("%d messages, want three for each of two chats", len(list))
	}
}

func TestTwoRetractionsAreNeverOfOneGroup(t *testing.T) {
	n := news(t)
	n.Now = at(23, "20:00:00")
	for _, k := range late(t, n.Now, 2) {
		n.Cleared = append(n.Cleared, notify.Cleared{Subject: k.Subject, Entry: rules.Entry{Rule: k.Rule, Due: k.Due, Day: k.Day, Outcome: rules.Breached}})
	}
	groups := map[string]bool{}
	for _, m := range composer(t).Alerts(n) {
		if m.ReplyOf != "" { // a reply stands alone
			continue
		}
		if !m.Fold.Done || !strings.HasPrefix(m.Fold.Row, "<s>") || groups[m.Fold.Group] {
			t.Errorf("retraction with %+v", m.Fold)
		}
		groups[m.Fold.Group] = true
	}
}

func TestAFactThatBreaksAPromiseIsNotCalledOverdue(t *testing.T) {
	n := news(t)
	n.Now = at(23, "18:12:00")
	n.Breached = late(t, n.Now, 2)
	for i := range n.Breached {
		n.Breached[i].Reason, n.Breached[i].Ended = rules.Failed, fact("order.canceled", n.Now, rules.Attr{Key: "by", Value: "seller"})
	}
	html, _ := composer(t).Fold("en", partsOf(composer(t).Alerts(n), -200))
	if strings.Contains(html, "overdue") || !strings.Contains(html, "2 orders: promise broken") {
		t.Errorf("got\n%s", html)
	}
}

func TestOnlyOneRuleIsAdvisedOnByItsOwnTips(t *testing.T) {
	c := composer(t)
	one := []outbox.Fold{{Group: "breach/deer/a", About: "A", Row: "1", Case: "a@p|order/1", Shop: "deer"}, {Group: "breach/deer/a", About: "A", Row: "2", Case: "a|order/2", Shop: "deer"}}
	two := slices.Clone(one)
	two[1].Case = "b|order/2"
	for want, parts := range map[string][]outbox.Fold{"tips:deer|a": one, "tips:deer": two} {
		_, buttons := c.Fold("en", parts)
		if got := buttons[2][0].Action; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestEveryFoldedRowIsShownOrCounted(t *testing.T) {
	c := composer(t)
	for _, groups := range []int{1, 2, 7, 300} {
		var parts []outbox.Fold
		for i := range 300 {
			parts = append(parts, outbox.Fold{Group: "quiet/deer", About: fmt.Sprintf("rule %d", i%groups), Row: "a row", Case: "a|order/1", Shop: "deer"})
		}
		html, _ := c.Fold("en", parts)
		checkHTML(t, "folded", html)
		total := strings.Count(html, "a row")
		for _, after := range strings.Split(html, "… and ")[1:] {
			var left int
			if _, err := fmt.Sscanf(after, "%d more", &left); err != nil {
				t.Fatal(err)
			}
			total += left
		}
		if total != 300 || !strings.Contains(html, "300 things") {
			t.Errorf("%d groups: %d rows shown or counted, want 300:\n%s", groups, total, html)
		}
	}
}

func TestATextThatMayHaveComeBeforeSaysSoAndStillFits(t *testing.T) {
	c := composer(t)
	line := "<b>" + strings.Repeat("é", 1000) + "</b>"
	full := strings.Join([]string{line, line, line, line}, "\n")
	for _, lang := range locale.Languages() {
		got := c.Again(lang, full)
		checkHTML(t, lang, got)
		if first, rest, _ := strings.Cut(got, "\n"); !strings.Contains(first, "↻") || rest != full[:strings.LastIndex(full, "\n")] && rest != full {
			t.Errorf("%s: %q…", lang, got[:80])
		}
		if again := c.Again(lang, got); again != got {
			t.Errorf("%s: marked twice", lang)
		}
	}
	if one := strings.Repeat("x", notify.Limit); c.Again("en", one) != one {
		t.Error("one long line lost its words to the mark")
	}
	spread := "<i>a\nb</i>\n" + strings.Repeat("x", notify.Limit-10)
	checkHTML(t, "tag over two lines", c.Again("en", spread))
}

func FuzzAgain(f *testing.F) {
	for i, s := range nasty {
		f.Add(s, nasty[(i+5)%len(nasty)], 60*i)
	}
	c := composer(f)
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		lines := []locale.HTML{locale.Escape(a)}
		for units := lines[0].Units(); len(lines) < n; {
			line := locale.Code(b)
			if units += line.Units() + 1; units > notify.Limit {
				break
			}
			lines = append(lines, line)
		}
		html := c.Again("en", string(locale.Join(lines, "\n")))
		checkHTML(t, "again", html)
		checkHTML(t, "again and enough", c.Enough("zh", html, 1<<40))
	})
}

func FuzzFold(f *testing.F) {
	for i, s := range nasty {
		f.Add(s, nasty[(i+5)%len(nasty)], nasty[(i+9)%len(nasty)], uint8(i*17), uint8(i))
	}
	f.Add("quiet/deer", "a@b|c|order/1|2", "deer", uint8(255), uint8(40))
	c := composer(f)
	f.Fuzz(func(t *testing.T, group, id, foreign string, n, abouts uint8) {
		var parts []outbox.Fold
		for i := range int(n) + 1 {
			about := locale.Escape(foreign) + " · " + locale.Escape(fmt.Sprint(i%(int(abouts)+1)))
			parts = append(parts, outbox.Fold{Group: group, Case: id, Shop: foreign, About: string(about), Done: i%3 == 0, Gone: i,
				Row: string("<b>" + locale.Escape(foreign) + "</b> " + locale.Code(id))})
		}
		for _, lang := range locale.Languages() {
			html, _ := c.Fold(lang, parts)
			checkHTML(t, "folded", html)
			if !strings.Contains(html, fmt.Sprint(len(parts))) {
				t.Errorf("the total %d is not said:\n%s", len(parts), html)
			}
		}
	})
}
