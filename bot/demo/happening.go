package demo

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"shopwarden/rules"
)

// serials numbers what the world did not invent, by prefix.
type serials map[string]int

// next is an id no invented thing has: its number is far above theirs.
func (s serials) next(prefix string) string {
	s[prefix]++
	return prefix + strconv.Itoa(900_000+s[prefix])
}

// Happening is something a visitor can make happen in the shop.
type Happening string

// What a visitor can make happen.
const (
	ShipLate   Happening = "ship_late"
	IgnoreChat Happening = "ignore_chat"
	BadReview  Happening = "bad_review"
	LateProof  Happening = "late_proof"
	Silence    Happening = "silence"
)

// Happenings lists them in the order of the page.
func Happenings() []Happening {
	return []Happening{ShipLate, IgnoreChat, BadReview, LateProof, Silence}
}

// Reasons why nothing can be made to happen.
var (
	errNothingLate = errors.New("no parcel is late")
	errNotLateYet  = errors.New("the parcel is not late yet")
	errNight       = errors.New("chats at night do not count")
	errUnknown     = errors.New("no such happening")
)

// How long things take that a visitor makes happen.
const (
	lateDeadline                 = 10 * time.Minute // from now, of an order that was paid a while ago
	latePickup                   = 25 * time.Minute // from now, when it really leaves
	ignoredFor                   = 6 * time.Minute
	reviewFor                    = 20 * time.Hour
	silenceFor                   = 50 * time.Minute
	provenBefore                 = 4 * time.Minute // how long before its deadline the parcel turns out to have left
	chatsCountFrom, chatsCountTo = 8, 23
)

// An order that is to be late is paid so long before its deadline, and the buyer is told so soon after: telling the buyer two
// hours before is a promise of its own, and this story is about the parcel.
const (
	paidBefore = 2*time.Hour + 4*time.Minute
	toldAfter  = 2 * time.Minute
)

// cause makes something happen now and returns what it is about.
func (t *timeline) cause(what Happening, now time.Time) (subject string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch what {
	case ShipLate:
		p := proof{order: t.extra.next(""), due: now.Add(lateDeadline).Truncate(time.Second)}
		t.put(lateOrder(p))
		t.put([]shot{happened(now.Add(latePickup), "order.picked_up", parcelOf(p.order))})
		t.late = append(t.late, p)
		return p.order, nil
	case IgnoreChat:
		if hour := now.In(t.world.zone).Hour(); hour < chatsCountFrom || hour >= chatsCountTo {
			return "", errNight
		}
		chat := t.extra.next("c")
		t.put(ignoredChat(chat, now, ignoredFor))
		return chat, nil
	case BadReview:
		return t.review(now), nil
	case LateProof:
		return t.prove(now)
	case Silence:
		t.hold = now.Add(silenceFor)
		return "", nil
	}
	return "", errUnknown
}

// lateOrder is an order whose deadline is near. Its platform is slow too: what happened before now it sends now.
func lateOrder(p proof) []shot {
	item, paid := shelf[0], p.due.Add(-paidBefore)
	return []shot{
		happened(paid, "order.paid", rules.Data{OrderID: p.order, Amount: new(item.price), Currency: "CNY", Warehouse: east,
			ShipBy: p.due.UTC().Format(time.RFC3339), Items: []rules.Item{{SKU: item.sku, Name: item.name, Qty: 1}}}),
		happened(paid.Add(toldAfter), "notice.sent", rules.Data{OrderID: p.order, Kind: "delay", WithChoice: new(true)}),
	}
}

func parcelOf(order string) rules.Data {
	return rules.Data{OrderID: order, PackageID: "p" + order, Carrier: swift, TrackingNo: "SW" + order}
}

// ignoredChat is a question that nobody answers for a while.
func ignoredChat(chat string, asked time.Time, wait time.Duration) []shot {
	return []shot{
		happened(asked, "chat.message", rules.Data{ConversationID: chat, From: "buyer", MessageID: chat + "-1"}),
		happened(asked.Add(wait), "chat.message", rules.Data{ConversationID: chat, From: "agent", Agent: "agent-2", MessageID: chat + "-2"}),
		happened(asked.Add(wait+5*time.Minute), "chat.closed", rules.Data{ConversationID: chat}),
	}
}

func (t *timeline) review(now time.Time) string {
	id := t.extra.next("r")
	r := rules.Data{ReviewID: id, SKU: shelf[0].sku, Stars: new(1)}
	if n := len(t.world.orders); n > 0 {
		r.OrderID = t.world.orders[n-1]
	}
	t.put([]shot{happened(now, "review.posted", r), happened(now.Add(reviewFor), "review.replied", rules.Data{ReviewID: id})})
	return id
}

// prove sends the carrier's report that the latest late parcel left in time. Each parcel is proven once.
func (t *timeline) prove(now time.Time) (string, error) {
	t.late = slices.DeleteFunc(t.late, func(p proof) bool { return !p.told.IsZero() && !now.Before(p.told) })
	for i, p := range slices.Backward(t.late) {
		if p.due.Before(now) {
			t.late = slices.Delete(t.late, i, i+1)
			t.put([]shot{p.shot(now)})
			return p.order, nil
		}
	}
	if len(t.late) > 0 {
		return t.late[0].order, errNotLateYet
	}
	return "", errNothingLate
}

// shot is the pickup, minutes before the deadline, that the carrier reports only now.
func (p proof) shot(now time.Time) shot {
	s := happened(p.due.Add(-provenBefore), "order.picked_up", parcelOf(p.order))
	s.send = now
	return s
}
