package demo

import (
	"strconv"
	"time"

	"shopwarden/rules"
)

// ware is something on the shelf.
type ware struct {
	sku, name string
	price     int64 // in fen
}

var shelf = []ware{
	{"TEA-GREEN-100", "绿茶 100 g", 6800}, {"TEA-OOLONG-100", "乌龙茶 100 g", 8800}, {"TEA-JASMINE-50", "茉莉花茶 50 g", 3900},
	{"POT-CLAY-200", "紫砂壶 200 ml", 26800}, {"CUP-GLASS-2", "玻璃杯 2 只", 4500}, {"TRAY-BAMBOO", "竹茶盘", 12800},
}

// The slow warehouse, and the two carriers.
const (
	east, west = "east", "west"
	swift      = "swift"
	steady     = "steady"
)

// order is paid, packed, picked up, scanned on its way and delivered. A few are canceled, a few leave late.
func (w *world) order() {
	paid := w.arrival(0, 24)
	item := shelf[w.rng.IntN(len(shelf))]
	house := w.pick(east, east, west)
	o := rules.Data{OrderID: w.id(""), Amount: new(item.price), Currency: "CNY", Warehouse: house, Region: w.pick("zhejiang", "guangdong", "sichuan"),
		DeliverBy: paid.Add(120 * time.Hour).UTC().Format(time.RFC3339), Items: []rules.Item{{SKU: item.sku, Name: item.name, Qty: 1}}}
	w.orders = append(w.orders, o.OrderID)
	w.say(paid, "order.paid", o)
	if w.chance(0.03) {
		w.say(paid.Add(w.between(20*time.Minute, 2*time.Hour)), "order.canceled", rules.Data{OrderID: o.OrderID, By: "buyer"})
		return
	}
	packed := w.open(paid.Add(w.between(time.Hour, 5*time.Hour)), 9, 20)
	late := w.chance(w.lateness(house))
	if late {
		packed = w.open(paid.Add(w.between(42*time.Hour, 46*time.Hour)), 9, 20)
		if w.chance(0.5) {
			w.say(paid.Add(w.between(40*time.Hour, 45*time.Hour)), "notice.sent", rules.Data{OrderID: o.OrderID, Kind: "delay", WithChoice: new(true)})
		}
	}
	w.parcel(o.OrderID, packed, late)
}

// lateness is how likely an order leaves late: the western warehouse falls behind at weekends.
func (w *world) lateness(house string) float64 {
	weekend := w.day.Weekday() == time.Saturday || w.day.Weekday() == time.Sunday
	if house == west && weekend {
		return 0.16
	}
	return 0.02
}

func (w *world) parcel(order string, packed time.Time, late bool) {
	p := rules.Data{OrderID: order, PackageID: "p" + order, Carrier: w.pick(swift, steady), TrackingNo: "SW" + order}
	w.say(packed, "order.label_created", p)
	wait := w.between(time.Hour, 7*time.Hour)
	switch {
	case late:
		wait = w.between(7*time.Hour, 12*time.Hour)
	case w.chance(0.012): // forgotten on the shelf
		wait = w.between(25*time.Hour, 30*time.Hour)
	}
	left := w.open(packed.Add(wait), 9, 21)
	w.say(left, "order.picked_up", p)
	w.say(left.Add(w.between(6*time.Hour, 20*time.Hour)), "parcel.scanned",
		rules.Data{OrderID: order, PackageID: p.PackageID, Place: w.pick("Hangzhou", "Wuhan", "Chengdu", "Guangzhou")})
	road := w.between(28*time.Hour, 70*time.Hour)
	if w.chance(0.03) {
		road = w.between(118*time.Hour, 130*time.Hour)
	}
	w.say(w.open(left.Add(road), 9, 20), "order.delivered", rules.Data{OrderID: order, PackageID: p.PackageID})
}

// chat is a question and its answer, at times a second one, and sometimes stars.
func (w *world) chat() {
	asked := w.arrival(8, 23)
	id, agent := w.id("c"), w.pick("agent-1", "agent-2", "agent-3")
	n := 0
	says := func(at time.Time, from string, substantive *bool) {
		n++
		d := rules.Data{ConversationID: id, From: from, MessageID: id + "-" + strconv.Itoa(n), Substantive: substantive}
		if from == "agent" {
			d.Agent = agent
		}
		w.say(at, "chat.message", d)
	}
	says(asked, "buyer", nil)
	if w.chance(0.6) {
		says(asked.Add(2*time.Second), "bot", new(false))
	}
	end := asked.Add(w.reply(asked))
	says(end, "agent", nil)
	if w.chance(0.5) {
		says(end.Add(40*time.Second), "buyer", nil)
		end = end.Add(40*time.Second + w.between(15*time.Second, 80*time.Second))
		says(end, "agent", nil)
	}
	end = end.Add(w.between(3*time.Minute, 10*time.Minute))
	w.say(end, "chat.closed", rules.Data{ConversationID: id})
	if w.chance(0.15) {
		stars := 5 - min(w.rng.IntN(16)/7, 2) // seven in eight are content
		w.say(end.Add(time.Minute), "chat.rated", rules.Data{ConversationID: id, Stars: new(stars)})
	}
}

// reply is how long a buyer waits for a person: over lunch more often too long.
func (w *world) reply(asked time.Time) time.Duration {
	slow := 0.025
	if hour := asked.In(w.zone).Hour(); hour == 12 || hour == 13 {
		slow = 0.2
	}
	switch {
	case w.chance(0.004):
		return w.between(11*time.Minute, 16*time.Minute)
	case w.chance(slow):
		return w.between(185*time.Second, 7*time.Minute)
	case w.chance(0.06):
		return w.between(100*time.Second, 170*time.Second)
	}
	return w.between(12*time.Second, 90*time.Second)
}

// aftersale is decided within hours, rarely within days, and where goods come back the money follows them.
func (w *world) aftersale() {
	if len(w.orders) < 40 {
		return
	}
	order := w.orders[len(w.orders)-1-w.rng.IntN(40)]
	kind := w.pick("refund_unshipped", "refund", "return", "return", "exchange")
	opened := w.arrival(8, 24)
	amount := shelf[w.rng.IntN(len(shelf))].price
	a := rules.Data{AftersaleID: w.id("a"), OrderID: order, Kind: kind, Reason: w.pick("changed_mind", "damaged", "wrong_item"), Amount: new(amount), Currency: "CNY"}
	w.say(opened, "aftersale.opened", a)
	id := rules.Data{AftersaleID: a.AftersaleID}
	decided := w.open(opened.Add(w.between(20*time.Minute, 4*time.Hour)), 9, 21)
	if w.chance(0.03) {
		decided = w.open(opened.Add(w.between(38*time.Hour, 46*time.Hour)), 9, 21)
	}
	w.say(decided, "aftersale.approved", id)
	if kind == "refund_unshipped" || kind == "refund" {
		w.say(decided.Add(w.between(time.Minute, 15*time.Minute)), "aftersale.refunded", id)
		return
	}
	w.say(decided.Add(w.between(10*time.Hour, 24*time.Hour)), "aftersale.return_shipped", id)
	back := w.open(decided.Add(w.between(40*time.Hour, 90*time.Hour)), 9, 20)
	w.say(back, "aftersale.return_received", id)
	w.say(w.open(back.Add(w.between(time.Hour, 20*time.Hour)), 9, 21), "aftersale.refunded", id)
}

// review is good in most cases; a bad one is answered, mostly the same day.
func (w *world) review() {
	if len(w.orders) == 0 {
		return
	}
	posted, stars := w.arrival(8, 24), 5-w.rng.IntN(2)
	if w.chance(0.2) {
		stars = 1 + w.rng.IntN(3)
	}
	item := shelf[w.rng.IntN(len(shelf))]
	r := rules.Data{ReviewID: w.id("r"), OrderID: w.orders[w.rng.IntN(len(w.orders))], SKU: item.sku, Stars: new(stars)}
	w.say(posted, "review.posted", r)
	if stars > 3 {
		return
	}
	wait := w.between(time.Hour, 10*time.Hour)
	if w.chance(0.2) {
		wait = w.between(25*time.Hour, 40*time.Hour)
	}
	w.say(w.open(posted.Add(wait), 9, 21), "review.replied", rules.Data{ReviewID: r.ReviewID})
}

// answered is a question of any kind that is answered in time, save a few.
func (w *world) answered(ask, answer rules.Type, d, id rules.Data, soon, slow time.Duration) {
	asked := w.arrival(8, 23)
	w.say(asked, ask, d)
	wait := w.between(soon/6, soon)
	if w.chance(0.06) {
		wait = slow
	}
	w.say(w.open(asked.Add(wait), 9, 21), answer, id)
}

func (w *world) invoice() {
	if len(w.orders) == 0 {
		return
	}
	id := rules.Data{OrderID: w.orders[w.rng.IntN(len(w.orders))]}
	w.answered("invoice.requested", "invoice.delivered", id, id, 40*time.Hour, 90*time.Hour)
}

func (w *world) goodwill() {
	if len(w.orders) == 0 {
		return
	}
	id := rules.Data{OrderID: w.orders[w.rng.IntN(len(w.orders))], Kind: w.pick("extension", "gift")}
	w.answered("goodwill.requested", "goodwill.granted", id, id, 6*time.Hour, 26*time.Hour)
}

func (w *world) claim() {
	if len(w.orders) == 0 {
		return
	}
	d := rules.Data{ClaimID: w.id("g"), Program: "damage_refund", OrderID: w.orders[w.rng.IntN(len(w.orders))]}
	w.answered("guarantee.claimed", "guarantee.decided", d, rules.Data{ClaimID: d.ClaimID, Program: d.Program}, 8*time.Hour, 28*time.Hour)
}

func (w *world) ticket() {
	id := rules.Data{TicketID: w.id("t")}
	w.answered("ticket.opened", "ticket.answered", id, id, 7*time.Hour, 26*time.Hour)
}

func (w *world) promise() {
	id := rules.Data{PromiseID: w.id("s"), SKU: shelf[w.rng.IntN(len(shelf))].sku}
	w.answered("promise.conflict", "promise.fixed", id, id, 8*time.Hour, 26*time.Hour)
}
