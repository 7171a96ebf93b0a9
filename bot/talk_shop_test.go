package main

import (
	"fmt"
	"time"

	"shopwarden/rules"
)

// twoWeeks is what happened in the tea shop from 9 to 22 November: three orders a day, a few chats, after-sales and reviews.
// Most of it goes well. Saturday's orders leave too late, at noon chats wait, and two bad reviews stay without an answer.
func (k *talk) twoWeeks() {
	for day := 9; day <= 22; day++ {
		for n := 1; n <= 3; n++ {
			k.order(day, n)
			k.chat(day, n)
		}
		if day%2 == 0 {
			k.aftersale(day)
		}
		if day%4 == 1 {
			k.review(day)
		}
	}
	k.happen("tea", "guarantee.enabled", 9, "09:00", rules.Data{Program: "fast_refund"})
}

var goods = []rules.Item{{SKU: "TEA-GREEN-100", Name: "绿茶 100 g", Qty: 1}, {SKU: "POT-CLAY-200", Name: "紫砂壶 200 ml", Qty: 1}, {SKU: "CUP-GLASS-2", Name: "玻璃杯 2 只", Qty: 2}}

// order is paid by day and picked up the next afternoon; what is paid on a Saturday leaves on Tuesday morning.
func (k *talk) order(day, n int) {
	k.t.Helper()
	id := fmt.Sprintf("11%02d0%d", day, n)
	house := []string{"east", "west", "east"}[n-1]
	k.happen("tea", "order.paid", day, fmt.Sprintf("%d:10", 9+2*n), rules.Data{OrderID: id, Amount: new(int64(6800 * n)), Currency: "CNY", Warehouse: house,
		Region: []string{"zhejiang", "sichuan", "guangdong"}[n-1], DeliverBy: k.when(day+5, "22:00").UTC().Format(time.RFC3339), Items: goods[n-1 : n]})
	if day >= 22 {
		return // still on the shelf
	}
	left, hour := day+1, "15:00"
	if day%7 == 0 { // Saturdays
		left, hour = day+3, "09:30"
	}
	p := rules.Data{OrderID: id, PackageID: "p" + id, Carrier: []string{"SF Express", "YTO", "SF Express"}[n-1], TrackingNo: "SF" + id}
	k.happen("tea", "order.label_created", left, "09:00", p)
	k.happen("tea", "order.picked_up", left, hour, p)
	k.happen("tea", "parcel.scanned", left, "22:00", rules.Data{OrderID: id, PackageID: p.PackageID, Place: "Hangzhou"})
	if left < 21 {
		k.happen("tea", "order.delivered", left+2, "14:00", rules.Data{OrderID: id, PackageID: p.PackageID})
	}
}

// chat is answered in half a minute; the one at noon waits for six on working days.
func (k *talk) chat(day, n int) {
	k.t.Helper()
	id := fmt.Sprintf("c11%02d0%d", day, n)
	hour := []int{10, 12, 16}[n-1]
	wait := "00"
	if n == 2 && day%3 != 0 {
		wait = "06"
	}
	k.happen("tea", "chat.message", day, fmt.Sprintf("%d:00", hour), rules.Data{ConversationID: id, From: "buyer", MessageID: id + "-1"})
	k.happen("tea", "chat.message", day, fmt.Sprintf("%d:%s", hour, wait), rules.Data{ConversationID: id, From: "agent", Agent: "agent-1", MessageID: id + "-2"})
	k.happen("tea", "chat.closed", day, fmt.Sprintf("%d:30", hour), rules.Data{ConversationID: id})
}

// aftersale is agreed to within hours, and the money is paid back at once.
func (k *talk) aftersale(day int) {
	k.t.Helper()
	id := rules.Data{AftersaleID: fmt.Sprintf("a11%02d01", day)}
	opened := id
	opened.OrderID, opened.Kind, opened.Reason, opened.Amount, opened.Currency = fmt.Sprintf("11%02d01", day), "refund", "changed_mind", new(int64(6800)), "CNY"
	k.happen("tea", "aftersale.opened", day, "13:00", opened)
	k.happen("tea", "aftersale.approved", day, "17:00", id)
	k.happen("tea", "aftersale.refunded", day, "17:05", id)
}

// review is bad and answered the same day, except on the 13th and the 21st.
func (k *talk) review(day int) {
	k.t.Helper()
	id := fmt.Sprintf("r11%02d01", day)
	k.happen("tea", "review.posted", day, "10:00", rules.Data{ReviewID: id, OrderID: fmt.Sprintf("11%02d01", day), SKU: goods[0].SKU, Stars: new(2)})
	if day%8 != 5 {
		k.happen("tea", "review.replied", day, "18:00", rules.Data{ReviewID: id})
	}
}
