package notify

import (
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// sampleDay is the day the sample tells of, a Tuesday.
var sampleDay = rules.NewDate(2026, 11, 10)

// SampleView is a made-up day of a shop that does not exist, in the shape of a real one. It is the same whenever it is asked
// for: neither clock nor store has a part in it. A picture of the sample is drawn from it as that of a real day.
func (c *Composer) SampleView(lang string) ScorecardView {
	policy, err := rules.NewPolicy(sampleBook(), rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
	if err != nil {
		panic("the rules of the sample: " + err.Error()) // they are fixed, and a test reads them
	}
	name := c.texts.Printer(lang).Label("sample.shop", nil)
	now := sampleDay.Next(1).At(9*60, time.UTC)
	score := func(day rules.Date, t rules.DayTallies) rules.Scorecard { return policy.Score(day, day.Next(1), t) }
	return ScorecardView{
		View: View{Lang: lang, Shop: config.Shop{ID: "sample", Name: name}, Policy: policy, Now: now, Heard: now - rules.Instant((4 * time.Minute).Milliseconds())},
		Day:  sampleDay,
		Card: score(sampleDay, rules.DayTallies{"ship-on-time": {Met: 118, Breached: 4}, "chat-first-response": {Met: 61, Breached: 9},
			"platform-ticket-response": {Met: 6}, "invoice-on-time": {Met: 24}}),
		Before: score(sampleDay.Next(-1), rules.DayTallies{"ship-on-time": {Met: 96, Breached: 7}, "chat-first-response": {Met: 66, Breached: 5},
			"platform-ticket-response": {Met: 5}, "invoice-on-time": {Met: 48, Breached: 1}}),
		Worst: []rules.Case{sampleMiss("ship-on-time", rules.Order, "10086", 17*60, 5*time.Hour), sampleMiss("chat-first-response", rules.Conversation, "C-204", 20*60+30, 26*time.Minute)},
	}
}

func sampleMiss(rule string, kind rules.Kind, id string, minute int, late time.Duration) rules.Case {
	due := sampleDay.At(minute, time.UTC)
	return rules.Case{Rule: rule, Subject: rules.Subject{Kind: kind, ID: id}, Due: due, Stop: due + rules.Instant(late.Milliseconds()), Day: sampleDay,
		Outcome: rules.Breached, Reason: rules.StoppedLate}
}

// sampleBook is four rules that every pack knows by the same names, so that there is advice about them.
func sampleBook() *rules.Rulebook {
	rule := func(id string, name rules.Text, p rules.Principle, k rules.Kind, start, stop rules.Type, within time.Duration, a rules.Anchors) rules.Rule {
		return rules.Rule{ID: id, Name: name, Principle: p, Subject: k, Start: []rules.Match{{Type: start}}, Stop: []rules.Match{{Type: stop}},
			Deadline: rules.Deadline{Within: within}, Day: rules.ByDue, Metric: rules.MetRate, Anchors: a, MinSample: 5, Weight: 1, AlertAt: 20, Severity: "medium"}
	}
	return &rules.Rulebook{Pack: "sample", Zone: "UTC", Editions: []rules.Edition{{Rules: []rules.Rule{
		rule("ship-on-time", rules.Text{Zh: "按时发货", En: "Ship on time"}, rules.Timely, rules.Order, "order.paid", "order.picked_up", 48*time.Hour,
			rules.Anchors{Excellent: 0.995, Good: 0.98, Pass: 0.96, Floor: 0.85}),
		rule("chat-first-response", rules.Text{Zh: "首次响应及时", En: "First human reply"}, rules.Timely, rules.Conversation, "chat.message", "chat.message", 3*time.Minute,
			rules.Anchors{Excellent: 0.97, Good: 0.9, Pass: 0.8, Floor: 0.5}),
		rule("platform-ticket-response", rules.Text{Zh: "平台介入工单", En: "Platform-ticket response"}, rules.Reliable, rules.Ticket, "ticket.opened", "ticket.answered", 24*time.Hour,
			rules.Anchors{Excellent: 1, Good: 0.9, Pass: 0.7, Floor: 0.4}),
		rule("invoice-on-time", rules.Text{Zh: "开票及时", En: "Invoice on time"}, rules.WorryFree, rules.Order, "invoice.requested", "invoice.delivered", 240*time.Hour,
			rules.Anchors{Excellent: 0.995, Good: 0.98, Pass: 0.95, Floor: 0.8}),
	}}}}
}

// Sample shows what the scorecard of a day looks like, marked above and below as made up.
func (c *Composer) Sample(lang string) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	html, _ := c.Scorecard(c.SampleView(lang))
	mark := section{lines: []locale.HTML{v.T("sample.mark", nil)}}
	card := section{lines: []locale.HTML{locale.HTML(html)}}
	return v.compose(mark, card, section{lines: []locale.HTML{v.T("sample.next", nil)}}), [][]outbox.Button{
		{v.button("begin", "bind"), v.button("help", "help"), v.languageButton()}}
}
