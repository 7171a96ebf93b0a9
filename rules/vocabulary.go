package rules

import "slices"

// Kind names what a case is about.
type Kind string

// The kinds of subject. Every event of the vocabulary is a fact about at least one subject.
const (
	Order        Kind = "order"
	Aftersale    Kind = "aftersale"
	Conversation Kind = "conversation"
	Review       Kind = "review"
	Ticket       Kind = "ticket"
	Claim        Kind = "claim"
	Promise      Kind = "promise"
	Penalty      Kind = "penalty"
	Guarantee    Kind = "guarantee"
	Shop         Kind = "shop"
)

// word is one row of the vocabulary: whose fact it is, what it must carry, and which fields a fact keeps.
type word struct {
	kind     Kind   // "" means that the field subject names kind and id
	id       string // field that names the subject; "" means the shop itself
	also     Kind   // another kind of subject that learns the same fact, see Related
	required []string
	keep     []string
	choices  map[string][]string
}

var instantFields = []string{"ship_by", "deliver_by", "decide_by", "answer_by", "appeal_by", "until"}

// Kinds lists what a case can be about.
func Kinds() []Kind {
	return []Kind{Order, Aftersale, Conversation, Review, Ticket, Claim, Promise, Penalty, Guarantee, Shop}
}

func containsKind(kind Kind) bool { return slices.Contains(Kinds(), kind) }

// Codes lists why a case may be excused; what each means stands in the rulebook. They are the words of case.excused.
func Codes() []string {
	return []string{"majeure", "shift", "agreed", "stopship", "buyer", "platform", "abuse", "spam", "outage", "lowvalue", "refunded"}
}

// Known reports whether t belongs to the vocabulary. Unknown types are counted and acknowledged, nothing more.
func Known(t Type) bool { _, ok := vocabulary[t]; return ok }

// vocabulary is read-only.
var vocabulary = buildVocabulary()

func buildVocabulary() map[Type]word {
	v := map[Type]word{}
	about := func(kind Kind, id string, types []Type, keep []string, choices map[string][]string, more ...string) {
		for _, t := range types {
			v[t] = word{kind: kind, id: id, required: append([]string{id}, more...), keep: keep, choices: choices}
		}
	}
	type one = map[string][]string
	orderWords(about)
	aftersaleWords(about)
	for t, kind := range alsoAbout {
		w := v[t]
		w.also = kind
		v[t] = w
	}

	about(Conversation, "conversation_id", []Type{"chat.message"}, []string{"from", "agent", "substantive", "wants_human"},
		one{"from": {"buyer", "agent", "bot", "system"}}, "from")
	about(Conversation, "conversation_id", []Type{"chat.closed"}, nil, nil)
	about(Conversation, "conversation_id", []Type{"chat.rated"}, []string{"stars"}, nil, "stars")
	about(Conversation, "conversation_id", []Type{"chat.flagged"}, []string{"agent", "reason"}, nil)

	about(Review, "review_id", []Type{"review.posted"}, []string{"stars", "sku", "order_id"}, nil, "stars")
	about(Review, "review_id", []Type{"review.replied", "review.resolved"}, nil, nil)

	about(Ticket, "ticket_id", []Type{"ticket.opened"}, []string{"answer_by"}, nil)
	about(Ticket, "ticket_id", []Type{"ticket.answered"}, nil, nil)

	program := one{"program": {"fast_refund", "door_pickup", "freight_insurance", "allergy_refund", "damage_refund"}}
	about(Guarantee, "program", []Type{"guarantee.enabled", "guarantee.disabled"}, nil, program)
	about(Claim, "claim_id", []Type{"guarantee.claimed", "guarantee.decided"}, []string{"program", "order_id"}, program)

	about(Promise, "promise_id", []Type{"promise.published", "promise.conflict", "promise.fixed"}, []string{"sku"}, nil)
	v["address.checked"] = word{kind: Shop, required: []string{"valid"}, keep: []string{"valid"}}

	about(Penalty, "penalty_id", []Type{"penalty.issued"},
		[]string{"rung", "rule", "points", "amount", "currency", "reason", "appeal_by"},
		one{"rung": {"notice", "warning", "exam", "compensation", "general_points", "severe_points", "order_limit", "suspension"}}, "rung")
	about(Penalty, "penalty_id", []Type{"penalty.appealed", "penalty.upheld", "penalty.withdrawn", "exam.passed"}, nil, nil)
	for _, t := range []Type{"case.excused", "case.reinstated"} {
		v[t] = word{required: []string{"subject", "code"}, keep: []string{"code", "until", "reason"}, choices: one{"code": Codes()}}
	}
	return v
}

type adder func(kind Kind, id string, types []Type, keep []string, choices map[string][]string, more ...string)

func orderWords(about adder) {
	type one = map[string][]string
	about(Order, "order_id", []Type{"order.created", "order.paid"},
		[]string{"amount", "currency", "ship_by", "deliver_by", "sku", "region", "warehouse", "presale"}, nil)
	about(Order, "order_id", []Type{"order.ship_by_changed"}, []string{"ship_by", "reason"},
		one{"reason": {"agreed", "platform"}}, "ship_by")
	about(Order, "order_id", []Type{"order.label_created"}, []string{"package_id", "carrier"}, nil)
	about(Order, "order_id", []Type{"order.shipped", "order.picked_up"}, []string{"package_id", "carrier", "partial"}, nil)
	about(Order, "order_id", []Type{"parcel.scanned"}, []string{"package_id", "place"}, nil)
	about(Order, "order_id", []Type{"order.delivered"}, []string{"package_id"}, nil)
	about(Order, "order_id", []Type{"order.completed", "order.address_changed", "invoice.requested", "invoice.delivered"}, nil, nil)
	about(Order, "order_id", []Type{"order.canceled"}, []string{"by", "reason"},
		one{"by": {"buyer", "seller", "platform"}}, "by")
	about(Order, "order_id", []Type{"notice.sent"}, []string{"kind", "with_choice"},
		one{"kind": {"delay", "stock", "other"}}, "kind")
	about(Order, "order_id", []Type{"goodwill.requested", "goodwill.granted"}, []string{"kind"},
		one{"kind": {"extension", "scope", "gift", "upgrade"}})
}

func aftersaleWords(about adder) {
	type one = map[string][]string
	about(Aftersale, "aftersale_id", []Type{"aftersale.opened"},
		[]string{"order_id", "kind", "reason", "quality", "damage", "amount", "currency", "decide_by"},
		one{"kind": {"refund_unshipped", "refund", "return", "exchange"}}, "order_id", "kind")
	about(Aftersale, "aftersale_id", []Type{"aftersale.approved", "aftersale.return_shipped", "aftersale.return_received",
		"aftersale.refunded", "aftersale.escalated"}, nil, nil)
	about(Aftersale, "aftersale_id", []Type{"aftersale.rejected"}, []string{"evidence", "reason"}, nil)
	about(Aftersale, "aftersale_id", []Type{"aftersale.closed"}, []string{"by"}, nil)
	about(Aftersale, "aftersale_id", []Type{"aftersale.deadline_changed"}, []string{"decide_by"}, nil, "decide_by")
	about(Aftersale, "aftersale_id", []Type{"aftersale.judged"}, []string{"for"}, one{"for": {"buyer", "seller"}}, "for")
}
