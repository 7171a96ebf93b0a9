package main

import (
	"time"

	"shopwarden/rules"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

var regions = []string{"广东", "浙江", "浙江省", "江苏", "新疆维吾尔自治区", "西藏", "内蒙古", "云南", "海南省", "北京"}

// order tells the life of an order, from its creation to what the buyer asks for later.
func (g *log) order() {
	id := g.id("o")
	t := g.whenever()
	paid := g.edge(g.after(t, time.Minute, hour))
	d := rules.Data{OrderID: id, Amount: new(int64(100 + g.rng.IntN(50000))), Currency: "CNY", Buyer: g.id("b"), SKU: pick(g, "red", "blue")}
	d.Region, d.Warehouse = pick(g, append(regions, "")...), pick(g, "浙江", "广东", "新疆维吾尔自治区", "")
	if g.chance(50) {
		d.DeliverBy = g.text(g.edge(g.after(paid, 3*day, 5*day)))
	}
	if g.chance(30) {
		d.ShipBy = g.text(g.edge(g.after(paid, day, 48*hour, 72*hour)))
	}
	if g.chance(10) {
		d.Presale = new(true)
	}
	if g.chance(40) {
		g.say(t, "order.created", d)
	}
	if g.chance(3) {
		d.Region = pick(g, regions...)
	}
	if g.chance(95) {
		g.say(paid, "order.paid", d)
	}
	if g.chance(2) {
		d.ShipBy = g.text(g.after(paid, 24*hour, 48*hour))
		g.say(g.after(paid, hour), "order.paid", d)
	}
	g.shipBy(id, paid)
	g.parcels(id, paid)
	g.wishes(id, paid)
	for n := pick(g, 0, 0, 0, 0, 1, 1, 2); n > 0; n-- {
		g.aftersale(id, g.after(paid, 24*hour, 3*day, 30*day, 45*day))
	}
	g.excuse(6, "order/"+id, paid, "majeure", "shift", "agreed", "stopship", "buyer", "abuse", "lowvalue", "refunded")
}

// shipBy changes the promised date now and then, before the order has left or after.
func (g *log) shipBy(id string, paid time.Time) {
	for g.chance(9) {
		d := rules.Data{OrderID: id, ShipBy: g.text(g.edge(g.after(paid, 48*hour, 96*hour)))}
		if g.chance(80) {
			d.Reason = pick(g, "agreed", "platform")
		}
		g.say(g.after(paid, 24*hour, 48*hour), "order.ship_by_changed", d)
	}
	if g.chance(2) {
		g.say(g.after(paid, hour), "order.address_changed", rules.Data{OrderID: id})
	}
}

// parcels sends the order in one to three parcels, some without a name.
func (g *log) parcels(id string, paid time.Time) {
	if g.chance(4) {
		return // never leaves
	}
	n := pick(g, 1, 1, 1, 1, 1, 2, 2, 3)
	named, feed := g.chance(75), g.chance(65)
	for i := range n {
		d := rules.Data{OrderID: id, Carrier: pick(g, "SF", "ZTO"), TrackingNo: g.id("t")}
		if named && g.chance(95) {
			d.PackageID = g.id("p")
		}
		g.parcel(d, g.after(paid, 6*hour, 24*hour), i < n-1 && g.chance(90), feed)
	}
}

// parcel follows one parcel from its label to the door.
func (g *log) parcel(d rules.Data, label time.Time, partial, feed bool) {
	if g.chance(85) {
		g.say(label, "order.label_created", d)
	}
	if partial {
		d.Partial = new(true)
	} else if g.chance(20) {
		d.Partial = new(false)
	}
	if g.chance(80) {
		g.say(g.after(label, 2*hour, 24*hour), "order.shipped", d)
	}
	pickup := g.after(label, 6*hour, 24*hour, 48*hour)
	switch g.rng.IntN(40) {
	case 0:
		pickup = label.Add(-g.uniform(2 * day)) // before it was paid, perhaps
	case 1:
		pickup = label.Add(-g.uniform(hour))
	}
	if g.chance(85) {
		g.say(pickup, "order.picked_up", d)
	}
	if g.chance(2) {
		g.say(g.after(pickup, hour), "order.picked_up", d)
	}
	d.Partial = nil
	at := pickup
	for n := g.rng.IntN(5); feed && n > 0; n-- {
		at = g.after(at, 12*hour, 24*hour, 48*hour, 72*hour, 120*hour)
		d.Place = pick(g, "广州", "杭州", "长沙")
		g.say(at, "parcel.scanned", d)
	}
	if d.Place = ""; g.chance(75) {
		delivered := g.after(at, 24*hour, 48*hour, 72*hour, 120*hour)
		if g.chance(15) {
			delivered = g.edge(label.Add(g.uniform(2 * day)))
		}
		g.say(delivered, "order.delivered", d)
	}
}

// wishes is what else happens to an order.
func (g *log) wishes(id string, paid time.Time) {
	d := rules.Data{OrderID: id}
	if g.chance(9) {
		with := d
		with.By = pick(g, "buyer", "buyer", "seller", "platform")
		g.say(g.after(paid, 12*hour, 48*hour, 96*hour), "order.canceled", with)
	}
	for g.chance(12) {
		with := d
		with.Kind, with.WithChoice = pick(g, "delay", "delay", "delay", "stock", "other"), g.maybe(70)
		g.say(g.after(paid, 24*hour, 46*hour, 72*hour), "notice.sent", with)
	}
	done := g.after(paid, 5*day, 10*day)
	if g.chance(20) {
		g.say(done, "order.completed", d)
	}
	if g.chance(12) {
		asked := g.after(paid, 5*day, 10*day)
		g.say(asked, "invoice.requested", d)
		if g.chance(80) {
			g.say(g.after(pick(g, asked, done), 240*hour), "invoice.delivered", d)
		}
	}
	if g.chance(6) {
		d.Kind = pick(g, "extension", "scope", "gift", "upgrade")
		asked := g.after(paid, 5*day)
		g.say(asked, "goodwill.requested", d)
		if g.chance(60) {
			g.say(g.after(asked, 24*hour), "goodwill.granted", d)
		}
	}
}

// looseAftersale is an after-sales case of an order of which nothing else is heard.
func (g *log) looseAftersale() { g.aftersale(g.id("o"), g.whenever()) }

// aftersale tells an after-sales case: opened, perhaps amended, decided, judged, sent back, paid.
func (g *log) aftersale(order string, t time.Time) {
	id := g.id("a")
	opened := g.edge(t)
	d := rules.Data{AftersaleID: id, OrderID: order, Kind: pick(g, "refund_unshipped", "refund", "return", "return", "exchange"),
		Reason: pick(g, "", "size", "empty_parcel", "wrong_goods", "short_goods", "taste"), Quality: g.maybe(25), Damage: g.maybe(20)}
	if g.chance(30) {
		d.DecideBy = g.text(g.edge(g.after(opened, 24*hour, 36*hour, 48*hour)))
	}
	if g.chance(96) {
		g.say(opened, "aftersale.opened", d)
	}
	if g.chance(4) { // said again, with another reason
		d.Reason, d.Quality, d.Kind = pick(g, "size", "wrong_goods"), g.maybe(50), pick(g, d.Kind, "exchange", "refund")
		g.say(g.after(opened, hour), "aftersale.opened", d)
	}
	of := rules.Data{AftersaleID: id}
	for g.chance(8) {
		with := of
		with.DecideBy = g.text(g.edge(g.after(opened, 36*hour, 72*hour)))
		g.say(g.after(opened, 24*hour, 36*hour), "aftersale.deadline_changed", with)
	}
	g.decide(of, opened)
	g.platform(of, opened)
	if g.chance(5) {
		g.say(g.after(opened, 2*hour), "order.shipped", rules.Data{OrderID: order})
	}
	g.excuse(7, "aftersale/"+id, opened, "buyer", "platform", "shift", "agreed", "abuse")
}

// decide is what the shop does with an after-sales case.
func (g *log) decide(of rules.Data, opened time.Time) {
	at := g.after(opened, 12*hour, 24*hour, 36*hour)
	switch g.rng.IntN(10) {
	case 0: // nothing
	case 1, 2, 3:
		for n := pick(g, 1, 1, 2, 3); n > 0; n-- {
			with := of
			with.Reason = pick(g, "", "used")
			if g.chance(45) {
				with.Evidence = rules.Evidence(pick(g, "yes", "photo"))
			}
			g.say(at, "aftersale.rejected", with)
			at = g.after(at, 24*hour)
		}
	default:
		g.say(at, "aftersale.approved", of)
	}
	if g.chance(50) {
		sent := g.after(at, 48*hour)
		g.say(sent, "aftersale.return_shipped", of)
		at = g.after(sent, 48*hour)
		g.say(at, "aftersale.return_received", of)
	}
	if g.chance(60) {
		g.say(g.after(at, 2*hour, 24*hour, 48*hour), "aftersale.refunded", of)
	}
	if g.chance(20) {
		with := of
		with.By = pick(g, "", "buyer", "platform")
		g.say(g.after(opened, 24*hour, 72*hour), "aftersale.closed", with)
	}
}

// platform takes a case to the platform, once or twice, and brings it back mostly.
func (g *log) platform(of rules.Data, opened time.Time) {
	at := g.after(opened, 12*hour, 36*hour, 30*day)
	for p := 30; g.chance(p); p = 20 {
		if g.chance(85) {
			g.say(at, "aftersale.escalated", of)
		}
		at = g.after(at, 12*hour, 48*hour)
		if g.chance(80) {
			with := of
			with.For = pick(g, "buyer", "seller")
			g.say(at, "aftersale.judged", with)
		}
		at = g.after(at, hour, 12*hour)
	}
}
