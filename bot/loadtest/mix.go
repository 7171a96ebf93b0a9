package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"time"

	"shopwarden/rules"
)

// The mix: what happens in shops, as stories that are told one event at a time. Of 100 stories 55 are orders (paid, shipped,
// picked up, delivered), 35 conversations of two to four messages and 10 after-sales of three to five events; 3 of 100 are
// late. Each shop has some stories on the way, and which shop comes next follows a square-root law: among 1,000 shops the
// busiest has 1.6 % of the events.
const (
	onTheWay   = 4 // stories of a shop that are being told at the same time
	orderShare = 0.55
	chatShare  = 0.35
	lateShare  = 0.03
)

// opened are the rules whose cases are counted, in the order of post.opens. Each has one kind of event that opens exactly
// one case of it.
var opened = [...]string{"ship-on-time", "chat-first-response", "refund-before-ship", "after-sales-review"}

const (
	opensShip = iota
	opensChat
	opensRefund
	opensReview
	opensNothing = -1
)

// scene is one event of a story and the rule of which it opens a case.
type scene struct {
	event rules.Event
	opens int
}

// mix tells the stories of some shops. It gives the same events for the same seed, base and shops.
type mix struct {
	random *rand.Rand
	base   time.Time // the present of the stories
	shops  []shopMix
	upTo   []float64 // upTo[i] is the share of shops 0…i
	serial int64
}

type shopMix struct {
	id      string
	stories [onTheWay][]scene // what is left of each
	order   string            // the last one that was paid
}

// newMix makes the mix of the shops whose number, counted from 0, leaves rest when divided by lanes.
func newMix(seed uint64, base time.Time, shops, lanes, rest int) *mix {
	m := &mix{random: rand.New(rand.NewPCG(seed, uint64(rest))), base: base, serial: int64(rest) << 40}
	sum := 0.0
	for i := rest; i < shops; i += lanes {
		sum += 1 / math.Sqrt(float64(i+1))
		m.upTo = append(m.upTo, sum)
		m.shops = append(m.shops, shopMix{id: shopName(i), order: m.id()})
	}
	return m
}

func shopName(i int) string { return fmt.Sprintf("shop-%05d", i) }

// shop picks the shop that something happens in next.
func (m *mix) shop() *shopMix {
	at := m.random.Float64() * m.upTo[len(m.upTo)-1]
	return &m.shops[min(sort.SearchFloat64s(m.upTo, at), len(m.shops)-1)]
}

// next tells the next scene of one of the shop's stories.
func (m *mix) next(s *shopMix) scene {
	i := m.random.IntN(onTheWay)
	if len(s.stories[i]) == 0 {
		s.stories[i] = m.story(s)
	}
	first := s.stories[i][0]
	s.stories[i] = s.stories[i][1:]
	return first
}

func (m *mix) story(s *shopMix) []scene {
	late := m.random.Float64() < lateShare
	switch share := m.random.Float64(); {
	case share < orderShare:
		return m.order(s, late)
	case share < orderShare+chatShare:
		return m.chat(late)
	default:
		return m.aftersale(s, late)
	}
}

// id returns a number of 18 digits that was not there before, which is how platforms name orders.
func (m *mix) id() string {
	m.serial++
	return strconv.FormatInt(690_000_000_000_000_000+m.serial, 10)
}

// ago returns the instant that long before the present, within a second.
func (m *mix) ago(d time.Duration) time.Time {
	return m.base.Add(-d - time.Duration(m.random.Int64N(1000))*time.Millisecond)
}

func (m *mix) scene(t rules.Type, at time.Time, data rules.Data) scene {
	return scene{rules.Event{ID: "evt_" + m.id(), Type: t, At: at.UTC().Truncate(time.Millisecond), Data: data}, opensNothing}
}

// order is paid yesterday and picked up in the last hours; a late one was paid three days ago.
func (m *mix) order(s *shopMix, late bool) []scene {
	paid := m.ago(26 * time.Hour)
	if late {
		paid = m.ago(72 * time.Hour)
	}
	s.order = m.id()
	amount := int64(1000 + m.random.IntN(90_000))
	by := func(d time.Duration) string { return paid.Add(d).UTC().Format(time.RFC3339) }
	parcel := rules.Data{OrderID: s.order, PackageID: "P" + s.order, Carrier: "sf", TrackingNo: "SF" + s.order[4:]}
	list := []scene{
		m.scene("order.paid", paid, rules.Data{OrderID: s.order, Amount: &amount, Currency: "CNY", ShipBy: by(48 * time.Hour),
			DeliverBy: by(120 * time.Hour), Buyer: "b" + s.order[9:], Region: "330106", Warehouse: "HZ1",
			Items: []rules.Item{{SKU: "SKU-" + s.order[15:], Name: "Cotton towel, 34 × 76 cm", Qty: 2}}}),
		m.scene("order.shipped", m.ago(3*time.Hour), parcel),
		m.scene("order.picked_up", m.ago(2*time.Hour), parcel),
		m.scene("order.delivered", m.ago(0), rules.Data{OrderID: s.order, PackageID: parcel.PackageID}),
	}
	list[0].opens = opensShip
	return list
}

// chat begins just now; a late one began a quarter of an hour ago and gets its answer after five minutes.
func (m *mix) chat(late bool) []scene {
	begin, pause := m.ago(10*time.Second), 5*time.Second
	if late {
		begin, pause = m.ago(15*time.Minute), 5*time.Minute
	}
	id := m.id()
	var list []scene
	for i := range 2 + m.random.IntN(3) {
		said := rules.Data{ConversationID: id, MessageID: "m" + m.id(), From: "buyer"}
		if i%2 == 1 {
			said.From, said.Agent = "agent", "agent-"+id[17:]
		}
		list = append(list, m.scene("chat.message", begin.Add(time.Duration(i)*pause), said))
	}
	list[0].opens = opensChat
	return list
}

// aftersale is opened an hour ago on the shop's last order; a late one two days ago.
func (m *mix) aftersale(s *shopMix, late bool) []scene {
	begin := m.ago(time.Hour)
	if late {
		begin = m.ago(50 * time.Hour)
	}
	id, amount := m.id(), int64(1000+m.random.IntN(90_000))
	kind := []string{"refund_unshipped", "refund", "return"}[m.random.IntN(3)]
	types := []rules.Type{"aftersale.opened", "aftersale.approved", "aftersale.refunded"}
	if kind == "return" {
		types = slices.Insert(types, 2, rules.Type("aftersale.return_shipped"), rules.Type("aftersale.return_received"))
	}
	list := make([]scene, len(types))
	for i, t := range types {
		list[i] = m.scene(t, begin.Add(time.Duration(i)*10*time.Minute), rules.Data{AftersaleID: id})
	}
	opening := &list[0].event.Data
	opening.OrderID, opening.Kind, opening.Reason = s.order, kind, "does not fit"
	opening.Amount, opening.Currency = &amount, "CNY"
	list[0].opens = opensReview
	if kind == "refund_unshipped" {
		list[0].opens = opensRefund
	}
	return list
}
