package store

import (
	"strconv"

	"shopwarden/rules"
)

// The tables below give frequent words a number of one byte. The number is the place in the table, from 1, and stands in
// stored values: append only, never insert, remove or reorder. What has no number is stored as text.

// words is one such table, both ways. It is read-only.
type words struct {
	list  []string
	codes map[string]int
}

func newWords(list []string) words {
	w := words{list, make(map[string]int, len(list))}
	for i, s := range list {
		w.codes[s] = i + 1
	}
	return w
}

// put writes the number of s, or 0 and s itself.
func (w words) put(p *packer, s string) {
	code := w.codes[s]
	p.count(code)
	if code == 0 {
		p.text(s)
	}
}

func (w words) get(u *unpacker) string {
	switch code := u.unsigned(); {
	case code == 0:
		return u.text()
	case code > uint64(len(w.list)):
		u.fail(errWord)
		return ""
	default:
		return w.list[code-1]
	}
}

// How a field's value starts: a number, a word of the table, or a text of the length left when valueText is taken off.
const (
	valueNumber = 0
	valueWord   = 1
	valueText   = 2
)

// putValue writes the value of a field. Instants, flags and choices are most of them and take one to seven bytes.
func putValue(p *packer, s string) {
	if n, ok := plainNumber(s); ok {
		p.count(valueNumber)
		p.integer(n)
		return
	}
	if code := valueWords.codes[s]; code > 0 {
		p.count(valueWord)
		p.count(code)
		return
	}
	p.count(valueText + len(s))
	p.buf = append(p.buf, s...)
}

func getValue(u *unpacker) string {
	switch head := u.unsigned(); head {
	case valueNumber:
		return strconv.FormatInt(u.integer(), 10)
	case valueWord:
		code := u.unsigned()
		if code == 0 || code > uint64(len(valueWords.list)) {
			u.fail(errWord)
			return ""
		}
		return valueWords.list[code-1]
	default:
		if head-valueText > uint64(len(u.buf)) {
			u.fail(errShort)
			return ""
		}
		return u.take(int(head - valueText))
	}
}

// plainNumber reads s when it is written exactly as FormatInt would write it.
func plainNumber(s string) (int64, bool) {
	if s == "" || len(s) > 20 || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s
}

var typeWords = newWords([]string{
	"order.created", "order.paid", "order.ship_by_changed", "order.label_created", "order.shipped", "order.picked_up",
	"parcel.scanned", "order.delivered", "order.completed", "order.canceled", "order.address_changed", "notice.sent",
	"aftersale.opened", "aftersale.approved", "aftersale.return_shipped", "aftersale.return_received",
	"aftersale.refunded", "aftersale.rejected", "aftersale.closed", "aftersale.deadline_changed", "aftersale.escalated",
	"aftersale.judged", "chat.message", "chat.closed", "chat.rated", "review.posted", "review.replied",
	"review.resolved", "ticket.opened", "ticket.answered", "invoice.requested", "invoice.delivered",
	"guarantee.enabled", "guarantee.disabled", "guarantee.claimed", "guarantee.decided", "goodwill.requested",
	"goodwill.granted", "promise.published", "promise.conflict", "promise.fixed", "address.checked", "penalty.issued",
	"penalty.appealed", "penalty.upheld", "penalty.withdrawn", "exam.passed", "chat.flagged", "case.excused",
	"case.reinstated",
})

var attrWords = newWords([]string{
	"amount", "currency", "ship_by", "deliver_by", "sku", "region", "warehouse", "presale", "reason", "package_id",
	"carrier", "partial", "place", "by", "kind", "with_choice", "order_id", "quality", "damage", "decide_by", "evidence",
	"for", "from", "agent", "substantive", "wants_human", "stars", "answer_by", "program", "valid", "rung", "rule",
	"points", "appeal_by", "aftersale_id", "code", "until",
})

// ruleWords are the rules of the built-in packs.
var ruleWords = newWords([]string{
	"ship-on-time", "pickup-after-label", "transit-stall", "delivery-on-time", "out-of-stock", "tracking-anomaly",
	"quality-return", "damage-return", "platform-escalation", "invoice-on-time", "next-day-delivery",
	"proactive-delay-notice", "goodwill-extension", "chat-first-response", "chat-average-response",
	"chat-unserved-session", "chat-dissatisfaction", "respectful-conversation", "refund-before-ship",
	"after-sales-review", "return-received-refund", "unjustified-refusal", "fraud-shipping", "platform-ticket-response",
	"promise-consistency", "return-address-valid", "guarantee-claim-response", "bad-review-recovery", "penalty-appeal", "seller-cancellation",
})

var valueWords = newWords([]string{
	"true", "false", "CNY", "USD", "EUR", "buyer", "seller", "platform", "agent", "bot", "system", "agreed", "delay",
	"stock", "other", "refund_unshipped", "refund", "return", "exchange", "fast_refund", "door_pickup",
	"freight_insurance", "allergy_refund", "damage_refund", "extension", "scope", "gift", "upgrade", "notice", "warning",
	"exam", "compensation", "general_points", "severe_points", "order_limit", "suspension", "yes",
})

func putType(p *packer, t rules.Type)    { typeWords.put(p, string(t)) }
func getType(u *unpacker) rules.Type     { return rules.Type(typeWords.get(u)) }
func putAttr(p *packer, a rules.Attr)    { attrWords.put(p, a.Key); putValue(p, a.Value) }
func getAttr(u *unpacker) (a rules.Attr) { a.Key = attrWords.get(u); a.Value = getValue(u); return a }
