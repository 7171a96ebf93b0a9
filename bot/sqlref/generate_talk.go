package main

import (
	"encoding/json"
	"time"

	"shopwarden/rules"
)

// conversation tells one to three sessions under one id.
func (g *log) conversation() {
	id := g.id("c")
	t := g.whenever()
	for n := pick(g, 1, 1, 1, 2, 3); n > 0; n-- {
		at := g.session(id, t)
		g.excuse(5, "conversation/"+id, at, "spam", "outage", "platform")
		t = g.edge(g.after(at, hour, 24*hour))
	}
}

// session tells messages, the close, a rating and a flag, and returns when it was over.
func (g *log) session(id string, at time.Time) time.Time {
	d := rules.Data{ConversationID: id}
	bot := g.chance(30)
	if g.chance(5) { // the shop speaks first
		g.message(id, at, "agent")
		at = g.after(at, time.Minute)
	}
	for n := 1 + g.rng.IntN(5); n > 0; n-- {
		g.message(id, at, "buyer")
		if g.chance(25) {
			at = g.after(at, time.Minute)
			g.message(id, at, "buyer")
		}
		if bot && g.chance(60) {
			g.message(id, g.after(at, time.Second, time.Minute), "bot")
		}
		if g.chance(3) {
			g.message(id, at, "system")
		}
		if g.chance(75) {
			at = g.after(at, 10*time.Second, time.Minute, 3*time.Minute, 10*time.Minute)
			g.message(id, at, "agent")
		}
		at = g.after(at, time.Minute, 5*time.Minute, 10*time.Minute)
	}
	if g.chance(70) {
		at = g.after(at, time.Minute, 10*time.Minute)
		g.say(at, "chat.closed", d)
	}
	if g.chance(45) {
		for n := pick(g, 1, 1, 1, 2); n > 0; n-- {
			d.Stars = new(1 + g.rng.IntN(5))
			g.say(g.after(at, time.Minute, hour), "chat.rated", d)
		}
		d.Stars = nil
	}
	if g.chance(8) {
		d.Reason = pick(g, "mocking", "")
		g.say(g.after(at, hour, 24*hour, 30*day), "chat.flagged", d)
	}
	return at
}

func (g *log) message(id string, at time.Time, from string) {
	d := rules.Data{ConversationID: id, From: from, MessageID: g.id("m"), Substantive: g.maybe(30)}
	if g.chance(70) {
		d.Substantive = nil
	}
	if from == "agent" {
		d.Agent = pick(g, "li", "wang", "")
	}
	if from == "buyer" && g.chance(12) {
		d.WantsHuman = new(true)
	}
	g.say(at, "chat.message", d)
}

func (g *log) review() {
	d := rules.Data{ReviewID: g.id("r"), OrderID: g.id("o"), SKU: pick(g, "red", "blue", "")}
	at := g.whenever()
	posted := d
	posted.Stars = new(1 + g.rng.IntN(5))
	g.say(at, "review.posted", posted)
	if g.chance(4) {
		posted.Stars = new(1 + g.rng.IntN(5))
		g.say(g.after(at, 24*hour), "review.posted", posted)
	}
	for g.chance(45) {
		g.say(g.after(at, 24*hour), pick[rules.Type](g, "review.replied", "review.resolved"), d)
	}
	g.excuse(5, "review/"+d.ReviewID, at, "spam", "abuse")
}

func (g *log) ticket() {
	d := rules.Data{TicketID: g.id("k")}
	at := g.whenever()
	opened := d
	if g.chance(50) {
		opened.AnswerBy = g.text(g.edge(g.after(at, 6*hour, 24*hour)))
	}
	g.say(at, "ticket.opened", opened)
	if g.chance(80) {
		g.say(g.after(at, 6*hour, 24*hour), "ticket.answered", d)
	}
	g.excuse(6, "ticket/"+d.TicketID, at, "platform", "outage")
}

func (g *log) claim() {
	d := rules.Data{ClaimID: g.id("g"), Program: pick(g, "allergy_refund", "damage_refund", "fast_refund"), OrderID: g.id("o")}
	at := g.whenever()
	g.say(at, "guarantee.claimed", d)
	if g.chance(80) {
		g.say(g.after(at, 24*hour), "guarantee.decided", rules.Data{ClaimID: d.ClaimID})
	}
	g.excuse(6, "claim/"+d.ClaimID, at, "buyer", "platform")
}

func (g *log) promise() {
	d := rules.Data{PromiseID: g.id("v"), SKU: pick(g, "red", "blue")}
	at := g.whenever()
	if g.chance(95) {
		g.say(at, "promise.published", d)
	}
	for g.chance(40) {
		at = g.after(at, 24*hour, 48*hour)
		g.say(at, "promise.conflict", d)
		if g.chance(30) {
			g.say(g.after(at, 2*hour, 24*hour), "promise.conflict", d)
		}
		if g.chance(80) {
			at = g.after(at, 24*hour)
			g.say(at, "promise.fixed", d)
		}
	}
}

func (g *log) address() {
	at := g.whenever()
	g.say(at, "address.checked", rules.Data{Valid: new(g.chance(75))})
	if g.chance(60) {
		g.say(g.after(at, 24*hour), "address.checked", rules.Data{Valid: new(g.chance(75))})
	}
}

// penalty is what the platform imposes; no promise turns on it.
func (g *log) penalty() {
	d := rules.Data{PenaltyID: g.id("n"), Rung: pick(g, "notice", "warning", "exam", "compensation", "general_points", "severe_points", "order_limit", "suspension"),
		Rule: pick(g, "ship-on-time", ""), Points: json.Number(pick(g, "0.5", "2")), AppealBy: g.text(last)}
	at := g.whenever()
	g.say(at, "penalty.issued", d)
	g.say(g.after(at, 3*day), pick[rules.Type](g, "penalty.appealed", "penalty.upheld", "penalty.withdrawn", "exam.passed"), rules.Data{PenaltyID: d.PenaltyID})
}

func (g *log) guarantee() {
	g.say(g.whenever(), pick[rules.Type](g, "guarantee.enabled", "guarantee.disabled"),
		rules.Data{Program: pick(g, "fast_refund", "door_pickup", "freight_insurance", "allergy_refund", "damage_refund")})
	g.say(g.whenever(), "shop.renamed", rules.Data{}) // a type that is not of the vocabulary
}
