package config

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwarden/rules"
)

// opening is when the days below begin: a Monday, ten in the morning in Shanghai.
const opening = "2026-11-23 10:00"

// story reads what happened: "0h order.paid ship_by=@30h; 20h order.picked_up", each fact some time after the opening, and
// @30h an instant counted the same way.
func story(t *testing.T, text string) (facts []rules.Fact) {
	t.Helper()
	begin := shanghai(t, opening)
	after := func(text string) rules.Instant {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		return begin + rules.Instant(d.Milliseconds())
	}
	for _, line := range strings.Split(text, ";") {
		words := strings.Fields(line)
		f := rules.Fact{At: after(words[0]), Type: rules.Type(words[1])}
		for _, w := range words[2:] {
			k, v, _ := strings.Cut(w, "=")
			if at, ok := strings.CutPrefix(v, "@"); ok {
				v = strconv.FormatInt(int64(after(at)), 10)
			}
			f.Attrs = append(f.Attrs, rules.Attr{Key: k, Value: v})
		}
		facts = append(facts, f)
	}
	return facts
}

// TestDouyinJudgesAsItsRulesSay tells, for rules of the default pack, short stories beside those of testdata/days. The
// judge comes 30 days later unless the row says when; due counts from the opening; "" is: no case.
func TestDouyinJudgesAsItsRulesSay(t *testing.T) {
	const later = "720h"
	rows := []struct{ rule, story, now, want, due string }{
		{"ship-on-time", "0h order.paid; 48h order.picked_up", later, "met", "48h"},
		{"ship-on-time", "0h order.paid; 48h1ms order.picked_up", later, "breached", "48h"},
		{"ship-on-time", "0h order.paid", "47h", "open", "48h"},
		{"ship-on-time", "0h order.paid", later, "breached", "48h"},
		{"ship-on-time", "0h order.paid; 1h order.shipped", later, "met", "48h"},
		{"ship-on-time", "0h order.paid; 1h order.shipped; 60h order.picked_up", later, "breached", "48h"},
		{"ship-on-time", "0h order.paid; 1h order.shipped partial=true", later, "breached", "48h"},
		{"ship-on-time", "0h order.paid; 1h order.picked_up partial=true; 60h order.picked_up", later, "breached", "48h"},
		{"ship-on-time", "0h order.paid ship_by=@24h; 30h order.picked_up", later, "breached", "24h"},
		{"ship-on-time", "0h order.paid; 2h order.ship_by_changed ship_by=@96h; 90h order.picked_up", later, "met", "96h"},
		{"ship-on-time", "0h order.paid; 20h order.canceled by=buyer", later, "void", "48h"},
		{"ship-on-time", "0h order.picked_up; 1h order.paid", later, "met", "49h"},

		{"pickup-after-label", "0h order.label_created; 23h order.picked_up", later, "met", "24h"},
		{"pickup-after-label", "0h order.label_created; 25h order.picked_up", later, "breached", "24h"},
		{"pickup-after-label", "0h order.label_created; 20h parcel.scanned", later, "met", "24h"},
		{"tracking-anomaly", "0h order.label_created; 25h order.picked_up", later, "met", "48h"},
		{"tracking-anomaly", "0h order.label_created", later, "breached", "48h"},

		{"delivery-on-time", "0h order.paid deliver_by=@72h; 5h order.picked_up; 70h order.delivered", later, "met", "72h"},
		{"delivery-on-time", "0h order.paid deliver_by=@72h; 5h order.picked_up", later, "breached", "72h"},
		{"delivery-on-time", "0h order.paid; 5h order.picked_up; 70h order.delivered", later, "", ""},
		{"delivery-on-time", "0h order.paid deliver_by=@72h", later, "", ""},
		{"delivery-on-time", "0h order.paid deliver_by=@72h; 5h order.picked_up; 6h order.canceled by=buyer", later, "void", "72h"},

		{"chat-first-response", "0h chat.message from=buyer; 3m chat.message from=agent", later, "met", "3m"},
		{"chat-first-response", "0h chat.message from=buyer; 1m chat.message from=agent substantive=false", later, "breached", "3m"},
		{"chat-first-response", "0h chat.message from=buyer; 1m chat.message from=bot", later, "", ""},
		{"chat-first-response", "0h chat.message from=buyer; 1m chat.message from=bot; 5m chat.message from=buyer wants_human=true; 7m chat.message from=agent", later, "met", "8m"},
		{"chat-first-response", "13h chat.message from=buyer", later, "", ""},
		{"chat-unserved-session", "0h chat.message from=buyer; 9m chat.message from=agent substantive=false", later, "met", "10m"},
		{"chat-unserved-session", "0h chat.message from=buyer; 1m chat.message from=system", later, "breached", "10m"},

		{"refund-before-ship", "0h aftersale.opened kind=refund_unshipped; 24h aftersale.refunded", later, "met", "24h"},
		{"refund-before-ship", "0h aftersale.opened kind=refund_unshipped", later, "breached", "24h"},
		{"refund-before-ship", "0h aftersale.opened kind=refund_unshipped; 2h aftersale.closed by=buyer", later, "void", "24h"},
		{"refund-before-ship", "0h aftersale.opened kind=return", later, "", ""},

		{"after-sales-review", "0h aftersale.opened kind=return; 36h aftersale.approved", later, "met", "36h"},
		{"after-sales-review", "0h aftersale.opened kind=exchange; 37h aftersale.rejected", later, "breached", "36h"},
		{"after-sales-review", "0h aftersale.opened kind=refund decide_by=@48h; 1h aftersale.deadline_changed decide_by=@60h; 50h aftersale.approved", later, "met", "60h"},
		{"after-sales-review", "14h aftersale.opened kind=refund", "15h", "open", "58h"}, // asked at midnight: the clock starts at eight
		{"after-sales-review", "0h aftersale.opened kind=refund_unshipped", later, "", ""},

		{"return-received-refund", "0h aftersale.opened kind=return; 100h aftersale.return_received; 140h aftersale.refunded", later, "met", "148h"},
		{"return-received-refund", "0h aftersale.return_received", later, "breached", "48h"},
		{"return-received-refund", "0h aftersale.opened kind=exchange; 100h aftersale.return_received", later, "void", "148h"},

		{"platform-ticket-response", "0h ticket.opened; 25h ticket.answered", later, "breached", "24h"},
		{"platform-ticket-response", "0h ticket.opened answer_by=@72h; 25h ticket.answered", later, "met", "72h"},
		{"promise-consistency", "0h promise.published; 5h promise.conflict; 28h promise.fixed", later, "met", "29h"},
		{"promise-consistency", "0h promise.published", later, "met", ""},
		{"invoice-on-time", "0h invoice.requested; 10h order.completed; 249h invoice.delivered", later, "met", "250h"},
		{"invoice-on-time", "0h order.paid", later, "", ""},
		{"guarantee-claim-response", "0h guarantee.claimed; 25h guarantee.decided", later, "breached", "24h"},

		{"proactive-delay-notice", "0h order.paid; 40h notice.sent kind=delay with_choice=true; 60h order.picked_up", later, "met", "46h"},
		{"proactive-delay-notice", "0h order.paid; 47h notice.sent kind=delay with_choice=true; 60h order.picked_up", later, "breached", "46h"},
		{"proactive-delay-notice", "0h order.paid; 40h notice.sent kind=delay; 60h order.picked_up", later, "breached", "46h"},
		{"proactive-delay-notice", "0h order.paid; 40h order.picked_up", later, "", ""},
		{"proactive-delay-notice", "0h order.paid ship_by=@24h; 20h notice.sent kind=delay with_choice=true; 60h order.picked_up", later, "met", "22h"},
		// Its deadline is that of the shipment, whatever became of it after the notice.
		{"proactive-delay-notice", "0h order.paid; 40h notice.sent kind=delay with_choice=true; 45h order.ship_by_changed ship_by=@96h; 100h order.picked_up", later, "met", "94h"},
		{"proactive-delay-notice", "0h order.paid; 40h notice.sent kind=delay with_choice=true; 45h order.ship_by_changed ship_by=@96h; 90h order.picked_up", later, "", ""},
		{"goodwill-extension", "0h goodwill.requested; 5h goodwill.granted kind=gift", later, "met", "24h"},
		{"bad-review-recovery", "0h review.posted stars=3; 5h review.replied", later, "met", "24h"},
		{"bad-review-recovery", "0h review.posted stars=1", later, "breached", "24h"},
		{"bad-review-recovery", "0h review.posted stars=4", later, "", ""},
	}
	p := policyOf(t, Shop{ID: "a"})
	for _, row := range rows {
		r, ok := lastOf(bookOf(t, "douyin-2026"), row.rule)
		if !ok {
			t.Fatalf("no rule %s", row.rule)
		}
		now := story(t, row.now+" order.paid")[0].At
		k, ok := judge(t, p, row.rule, rules.Subject{Kind: r.Subject, ID: "1"}, now, story(t, row.story)...)
		var outcome string
		var due rules.Instant
		if ok {
			outcome = k.Outcome.String()
		}
		if row.due != "" {
			due = story(t, row.due+" order.paid")[0].At
		}
		if outcome != row.want || k.Due != due {
			t.Errorf("%s: %s, judged at %s: got %q due %v, want %q due %v", row.rule, row.story, row.now, outcome, k.Due.Time(), row.want, due.Time())
		}
	}
}

// TestReadingsThatAreKnownScoreAsThePlatformScoredThem holds the targets to the few values of real shops of which the
// platform's own score is known.
func TestReadingsThatAreKnownScoreAsThePlatformScoredThem(t *testing.T) {
	for rule, value := range map[string]float64{"after-sales-review": 1.77 * 3600} {
		r, _ := lastOf(bookOf(t, "douyin-2026"), rule)
		if got := r.Anchors.Score(value); got != 100 {
			t.Errorf("%s at %v scores %v, want 100", rule, value, got)
		}
	}
}
