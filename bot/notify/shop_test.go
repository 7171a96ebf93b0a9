package notify_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

var update = flag.Bool("update", false, "write what the tests got to testdata")

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// at is a time of day on a day of November 2026 in the shop's zone. The 23rd is a Monday, and today.
func at(day int, clock string) rules.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", fmt.Sprintf("2026-11-%02d %s", day, clock), shanghai)
	if err != nil {
		panic(err)
	}
	return rules.InstantOf(t)
}

func date(day int) rules.Date { return rules.NewDate(2026, 11, day) }

func composer(t testing.TB) *notify.Composer {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	tips, err := config.Tips()
	if err != nil {
		t.Fatal(err)
	}
	return notify.New(texts, tips)
}

var deer = config.Shop{ID: "deer", Name: "小鹿童装", Platform: "doudian", Timezone: "Asia/Shanghai"}

// book is a small pack: enough rules to show every kind of page, with numbers that no change of the real packs moves.
func book() *rules.Rulebook {
	on := func(types ...rules.Type) (list []rules.Match) {
		for _, t := range types {
			list = append(list, rules.Match{Type: t})
		}
		return list
	}
	ship := rules.Rule{ID: "ship-on-time", Name: rules.Text{Zh: "按时发货", En: "Ship on time"}, Principle: rules.Timely, Subject: rules.Order,
		Start: on("order.paid"), Stop: on("order.picked_up"), Void: on("order.canceled"),
		Deadline: rules.Deadline{Within: 48 * time.Hour, Field: "ship_by", ChangedBy: "order.ship_by_changed"}, WarnAt: []rules.Stage{{Share: 0.75}},
		Day: rules.ByDue, Metric: rules.MetRate, Anchors: rules.Anchors{Excellent: 0.995, Good: 0.98, Pass: 0.96, Floor: 0.85},
		MinSample: 30, Weight: 3, AlertAt: 3, Severity: "medium"}
	chat := rules.Rule{ID: "chat-first-response", Name: rules.Text{Zh: "首次响应及时", En: "First human reply"}, Principle: rules.Timely,
		Subject: rules.Conversation, Start: on("chat.message"), Stop: on("chat.message"), Deadline: rules.Deadline{Within: 180 * time.Second},
		Day: rules.ByStart, Metric: rules.MetRate, Anchors: rules.Anchors{Excellent: 0.97, Good: 0.9, Pass: 0.8, Floor: 0.5},
		MinSample: 20, Weight: 2, AlertAt: 3, Severity: "low"}
	review := rules.Rule{ID: "after-sales-review", Name: rules.Text{Zh: "售后审核时长", En: "After-sales review time"}, Principle: rules.Timely,
		Subject: rules.Aftersale, Start: on("aftersale.opened"), Stop: on("aftersale.approved"), Deadline: rules.Deadline{Within: 36 * time.Hour},
		Night: []rules.Block{{From: 0, To: 480}}, WarnAt: []rules.Stage{{Share: 0.5}, {Share: 0.75}}, Day: rules.ByDue, Metric: rules.MeanTime,
		Anchors: rules.Anchors{Excellent: 7200, Good: 21600, Pass: 86400, Floor: 172800}, MinSample: 10, Weight: 2, AlertAt: 3, Severity: "medium"}
	ticket := rules.Rule{ID: "platform-ticket-response", Name: rules.Text{Zh: "平台介入工单", En: "Platform-ticket response"}, Principle: rules.Reliable,
		Subject: rules.Ticket, Start: on("ticket.opened"), Stop: on("ticket.answered"), Deadline: rules.Deadline{Within: 24 * time.Hour},
		Day: rules.ByDue, Metric: rules.MetRate, Anchors: rules.Anchors{Excellent: 1, Good: 0.9, Pass: 0.7, Floor: 0.4},
		MinSample: 5, Weight: 2, AlertAt: 2, Severity: "high"}
	invoice := rules.Rule{ID: "invoice-on-time", Name: rules.Text{Zh: "开票及时", En: "Invoice on time"}, Principle: rules.WorryFree,
		Subject: rules.Order, Start: on("invoice.requested"), Stop: on("invoice.delivered"), Deadline: rules.Deadline{Within: 240 * time.Hour},
		Day: rules.ByDue, Metric: rules.MetRate, Anchors: rules.Anchors{Excellent: 0.995, Good: 0.98, Pass: 0.95, Floor: 0.8},
		MinSample: 5, Weight: 1, AlertAt: 3, Severity: "medium"}
	return &rules.Rulebook{Pack: "test", Zone: "Asia/Shanghai", Editions: []rules.Edition{{Rules: []rules.Rule{ship, chat, review, ticket, invoice}}}}
}

func policy(t testing.TB) *rules.Policy {
	t.Helper()
	p, err := rules.NewPolicy(book(), rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// view is a Monday afternoon, four minutes after the last event.
func view(t testing.TB) notify.View {
	return notify.View{Shop: deer, Policy: policy(t), Now: at(23, "17:15:00"), Heard: at(23, "17:11:00")}
}

func order(id string) rules.Subject { return rules.Subject{Kind: rules.Order, ID: id} }

// fact is an event without fields.
func fact(kind rules.Type, when rules.Instant, attrs ...rules.Attr) rules.Fact {
	return rules.Fact{Type: kind, At: when, Attrs: attrs}
}

// shipping is an order paid on the 21st at 18:00, due 48 hours later, as the facts and the instant make it.
func shipping(t testing.TB, id string, now rules.Instant, facts ...rules.Fact) rules.Case {
	t.Helper()
	set := rules.Facts{}
	for _, f := range append(facts, fact("order.paid", at(21, "18:00:00"))) {
		set, _ = set.Add(f)
	}
	for _, k := range policy(t).Judge(order(id), set, now) {
		if k.Rule == "ship-on-time" {
			return k
		}
	}
	t.Fatal("no case")
	return rules.Case{}
}

func chats() []notify.Chat {
	return []notify.Chat{
		{ID: 100, Role: notify.Owner, Lang: "zh", Alerts: true, Digest: true},
		{ID: -200, Thread: 7, Role: notify.Team, Lang: "en", Alerts: true},
		{ID: 300, Role: notify.Owner, Lang: "en", Digest: true},
		{ID: 400, Role: notify.Owner, Lang: "en", Alerts: true, Digest: true, Paused: true},
	}
}

// golden compares with a readable file in testdata; -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// sheet collects pages for one golden file.
type sheet struct {
	strings.Builder
	t *testing.T
}

func (s *sheet) page(title, html string, buttons [][]outbox.Button) {
	s.t.Helper()
	checkHTML(s.t, title, html)
	if strings.Contains(html, "⟨") || strings.Contains(html, "no value") || strings.Contains(html, "{{") {
		s.t.Errorf("%s: a text is missing: %q", title, html)
	}
	s.WriteString("════ " + title + "\n" + html + "\n")
	for _, row := range buttons {
		for _, b := range row {
			s.WriteString("[" + b.Text + " → " + b.Action + "] ")
		}
		s.WriteString("\n")
	}
	s.WriteString("\n")
}

func (s *sheet) messages(list []outbox.Message) {
	for _, m := range list {
		title := fmt.Sprintf("%s to %d", m.Kind, m.Chat)
		if m.Thread != 0 {
			title += fmt.Sprintf(" in topic %d", m.Thread)
		}
		title += "\nkey " + m.Key
		if m.EditOf != "" {
			title += "\nedits " + m.EditOf
		}
		if m.ReplyOf != "" {
			title += "\nsilent reply to " + m.ReplyOf
		}
		if m.Follow != nil {
			title += fmt.Sprintf("\nfollowed as %s after %d min", m.Follow.Alarm, m.Follow.In/60_000)
		}
		if m.Expires != 0 {
			title += "\nuntil " + m.Expires.Time().In(shanghai).Format("2 Jan 15:04:05")
		}
		s.page(title, m.HTML, m.Buttons)
	}
}

// both writes the same pages in both languages.
func both(t *testing.T, name string, write func(lang string, s *sheet)) {
	t.Helper()
	for _, lang := range locale.Languages() {
		s := &sheet{t: t}
		write(lang, s)
		golden(t, name+"."+lang, s.String())
	}
}
