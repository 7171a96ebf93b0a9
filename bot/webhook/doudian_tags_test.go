package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/webhook"
)

// TestEveryTagBecomesItsEvent: at is 1795334400 (2026-11-22 08:00 UTC) where the data says so, the second of the
// message's id (1795331000) where it does not, and the arrival (12:00) where neither does.
func TestEveryTagBecomesItsEvent(t *testing.T) {
	const (
		stamped = "0428::100:1795331000:6837"
		atData  = `"timestamp":"2026-11-22T08:00:00Z"`
		atID    = `"timestamp":"2026-11-22T07:03:20Z"`
		atNoon  = `"timestamp":"2026-11-22T12:00:00Z"`
		order   = `"order_id":"6912345678901234567"`
		sale    = `"aftersale_id":"7012345678901234567"`
		p       = `"p_id":6912345678901234567,"s_ids":[1],"shop_id":4711,"order_type":0`
		a       = `"p_id":6912345678901234567,"s_id":1,"shop_id":4711,"aftersale_id":7012345678901234567,"aftersale_status":6`
	)
	tests := []struct{ tag, id, data, want string }{
		{"100", stamped, p + `,"create_time":1795334400`, `"type":"order.created",` + atData + `,"data":{` + order + `}`},
		{"101", stamped, p + `,"pay_type":1,"pay_time":1795334400,"pay_amount":2990`, `"type":"order.paid",` + atData + `,"data":{` + order + `,"amount":2990,"currency":"CNY"}`},
		{"101", stamped, p + `,"pay_type":0,"pay_time":0`, `"type":"order.paid",` + atID + `,"data":{` + order + `,"currency":"CNY"}`},
		{"102", stamped, p + `,"update_time":1795334400,"logistics_msg":{"express_company_id":12,"logistics_code":"SF100"}`,
			`"type":"order.shipped",` + atData + `,"data":{` + order + `,"tracking_no":"SF100","carrier":"12"}`},
		{"102", stamped, p + `,"update_time":"2026-11-22T16:00:00+08:00","logistics_msg":"{\"logistics_code\":\"SF100\"}"`,
			`"type":"order.shipped",` + atData + `,"data":{` + order + `,"tracking_no":"SF100"}`},
		{"108", stamped, p + `,"update_time":1795334400,"logistics_msg":{"pack_id":"91","express_company_id":"sf","logistics_code":"SF100","shipped_order_info":[{"sku_num":"2"}]}`,
			`"type":"order.shipped",` + atData + `,"data":{` + order + `,"package_id":"91","tracking_no":"SF100","carrier":"sf","partial":true}`},
		{"103", stamped, p + `,"complete_time":1795334400`, `"type":"order.completed",` + atData + `,"data":{` + order + `}`},
		{"105", stamped, p + `,"update_time":1795334400`, `"type":"order.address_changed",` + atData + `,"data":{` + order + `}`},
		{"106", stamped, p + `,"cancel_time":1795334400,"cancel_reason":""`, `"type":"order.canceled",` + atData + `,"data":{` + order + `,"by":"buyer"}`},
		{"106", stamped, p + `,"cancel_time":1795334400,"cancel_reason":"商品缺货"`, `"type":"order.canceled",` + atData + `,"data":{` + order + `,"reason":"商品缺货","by":"seller"}`},
		{"106", stamped, p + `,"cancel_time":1795334400,"cancel_reason":"超时未支付"`, `"type":"order.canceled",` + atData + `,"data":{` + order + `,"reason":"超时未支付","by":"platform"}`},
		{"112", stamped, p + `,"exp_delivery_time":"2026-11-25"`, `"type":"order.ship_by_changed",` + atID + `,"data":{` + order + `,"ship_by":"2026-11-25T15:59:59Z","reason":"agreed"}`},
		{"126", stamped, p + `,"exp_delivery_time":1795420800`, `"type":"order.ship_by_changed",` + atID + `,"data":{` + order + `,"ship_by":"2026-11-23T08:00:00Z","reason":"platform"}`},
		{"126", "opaque", p + `,"exp_delivery_time":1795420800`, `"type":"order.ship_by_changed",` + atNoon + `,"data":{` + order + `,"ship_by":"2026-11-23T08:00:00Z","reason":"platform"}`},
		{"200", stamped, a + `,"aftersale_type":0,"refund_amount":100,"reason_code":21,"apply_time":1795334400`,
			`"type":"aftersale.opened",` + atData + `,"data":{` + order + `,` + sale + `,"amount":100,"currency":"CNY","reason":"damaged","kind":"return","damage":true}`},
		{"200", stamped, a + `,"aftersale_type":1,"refund_amount":100,"reason_code":8,"apply_time":1795334400`,
			`"type":"aftersale.opened",` + atData + `,"data":{` + order + `,` + sale + `,"amount":100,"currency":"CNY","reason":"malfunction","kind":"refund","quality":true}`},
		{"200", stamped, a + `,"aftersale_type":2,"reason_code":2,"apply_time":1795334400`,
			`"type":"aftersale.opened",` + atData + `,"data":{` + order + `,` + sale + `,"currency":"CNY","reason":"late_shipment","kind":"refund_unshipped"}`},
		{"200", stamped, a + `,"aftersale_type":3,"reason_code":78,"apply_time":1795334400`,
			`"type":"aftersale.opened",` + atData + `,"data":{` + order + `,` + sale + `,"currency":"CNY","reason":"78","kind":"exchange"}`},
		{"201", stamped, a + `,"agree_time":1795334400`, `"type":"aftersale.approved",` + atData + `,"data":{` + sale + `}`},
		{"202", stamped, a + `,"agree_time":1795334400,"addr":{}`, `"type":"aftersale.approved",` + atData + `,"data":{` + sale + `}`},
		{"203", stamped, a + `,"return_time":1795334400`, `"type":"aftersale.return_shipped",` + atData + `,"data":{` + sale + `}`},
		{"204", stamped, a + `,"refuse_time":1795334400`, `"type":"aftersale.rejected",` + atData + `,"data":{` + sale + `}`},
		{"205", stamped, a + `,"refuse_time":1795334400`, `"type":"aftersale.rejected",` + atData + `,"data":{` + sale + `}`},
		{"206", stamped, a + `,"success_time":1795334400`, `"type":"aftersale.refunded",` + atData + `,"data":{` + sale + `}`},
		{"207", stamped, a + `,"close_time":1795334400`, `"type":"aftersale.closed",` + atData + `,"data":{` + sale + `}`},
		{"209", stamped, a + `,"status_deadline":1795420800`, `"type":"aftersale.deadline_changed",` + atID + `,"data":{` + sale + `,"decide_by":"2026-11-23T08:00:00Z"}`},
		{"212", stamped, a + `,"arbitrate_id":"1"`, `"type":"aftersale.escalated",` + atID + `,"data":{` + sale + `}`},
		{"212", stamped, a + `,"arbitrate_id":"1","update_time":1795334400`, `"type":"aftersale.escalated",` + atData + `,"data":{` + sale + `}`},
	}
	for _, tt := range tests {
		d := open(t, webhook.Config{}, shops)
		if got := d.doudian(t, push(tt.tag, tt.id, "{"+tt.data+"}")); got.status != 200 || len(d.ledger.events) != 1 {
			t.Errorf("tag %s: got %d %s and %v", tt.tag, got.status, got.body, d.ledger.events)
			continue
		}
		got, err := json.Marshal(d.ledger.events[0])
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"id":"` + tt.id + `",` + tt.want + `}`; string(got) != want {
			t.Errorf("tag %s:\ngot  %s\nwant %s", tt.tag, got, want)
		}
	}
}

func TestWhatTheTableDoesNotKnowIsUnknownAndNotGuessed(t *testing.T) {
	for name, body := range map[string]string{
		"a judgment":                   push("216", "m", `{"aftersale_id":"A","arbitrate_conclusion":3}`),
		"a judgment without a result":  push("216", "m", `{"aftersale_id":"A"}`),
		"a new kind of after-sale":     push("200", "m", `{"aftersale_id":"A","p_id":1,"aftersale_type":9,"apply_time":1795334400}`),
		"a voucher, which is not sent": push("101", "m", `{"p_id":1,"order_type":4,"pay_time":1795334400}`),
	} {
		d := open(t, webhook.Config{}, shops)
		if got := d.doudian(t, body); got.body != success || fmt.Sprint(d.counts) != "[doudian 0 1]" || d.ledger.calls != 0 {
			t.Errorf("%s: got %d %s, counted %v, want it unknown and acknowledged", name, got.status, got.body, d.counts)
		}
	}
}

func TestATableOfOnesOwnReplacesTheBuiltInOne(t *testing.T) {
	file := writeTable(t, `
tags:
  - {tag: 216, event: aftersale.judged, time: [audit_time], fields: {aftersale_id: aftersale_id}, values: [arbitrate_conclusion]}
  - tag: 601
    event: chat.message
    time: [send_time]
    fields: {conversation_id: talk.id, message_id: talk.no, wants_human: talk.human}
    values: [talk.role]
    set: {substantive: true}
values:
  arbitrate_conclusion:
    - {is: [3], set: {for: buyer}}
  talk.role:
    - {is: [1], set: {from: buyer}}
`)
	tags, err := webhook.LoadDoudianTags(file)
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, webhook.Config{DoudianTags: tags}, shops)
	d.doudian(t, push("216", "m", `{"aftersale_id":"A","arbitrate_conclusion":3,"audit_time":1795334400}`))
	d.doudian(t, push("601", "m", `{"talk":{"id":9,"no":"5","human":1,"role":1},"send_time":1795334400}`))
	if got := d.doudian(t, push("601", "m", `{"talk":{"id":9,"human":"perhaps","role":1},"send_time":1795334400}`)); got.status != 400 {
		t.Errorf("got %d %s, want 400 for a flag that is none", got.status, got.body)
	}
	d.doudian(t, create) // no longer known
	got, _ := json.Marshal(d.ledger.events)
	want := `[{"id":"m","type":"aftersale.judged","timestamp":"2026-11-22T08:00:00Z","data":{"aftersale_id":"A","for":"buyer"}},` +
		`{"id":"m","type":"chat.message","timestamp":"2026-11-22T08:00:00Z","data":{"conversation_id":"9","message_id":"5","from":"buyer","substantive":true,"wants_human":true}}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAFaultyTableIsRefusedWithFileAndLine(t *testing.T) {
	const row = "tags:\n  - tag: 1\n    event: order.paid\n    time: [at]\n"
	tests := []struct{ text, want string }{
		{"", "table.yaml:1: the table is empty"},
		{"tags: []", "table.yaml:1: tags: is missing"},
		{"tags:\n  - tag: [", "table.yaml:2: "},
		{"tags:\n  - tag: 1\n    evnt: order.paid\n", `table.yaml:3: unknown field "evnt"`},
		{"tags:\n  - tag: 1\n    event: order.payed\n    time: [at]\n", `table.yaml:3: tags[0].event: "order.payed" is not in the vocabulary`},
		{"tags:\n  - tag: zero\n    event: order.paid\n", `table.yaml:2: tags[0].tag: "zero" must be a number`},
		{"tags:\n  - tag: 0\n    event: order.paid\n", `table.yaml:2: tags[0].tag: "0" must be`},
		{"tags:\n  - tag: 1\n    event: order.paid\n", "table.yaml:2: tags[0]: needs time"},
		{"tags:\n  - tag: 1\n", "table.yaml:2: tags[0]: needs an event"},
		{row + "    fields:\n      order_id: p_id\n      colour: c\n", "table.yaml:7: tags[0].fields.colour: is not a field"},
		{row + "    fields: {items: i}\n", "table.yaml:5: tags[0].fields.items: is not a field"},
		{row + "    values: [mood]\n", "table.yaml:5: tags[0].values: there is no values.mood"},
		{row + "    set: {partial: maybe}\n", "table.yaml:5: tags[0].set.partial: cannot be set to maybe"},
		{row + "    set: {amount: 5}\n", "table.yaml:5: tags[0].set.amount: cannot be set"},
		{row + "values:\n  mood:\n    - {is: [1], set: {by: buyer}}\n    - {set: {by: buyer}}\n", "table.yaml:8: values.'mood'[1]: needs is or contains"},
		{row + "values:\n  mood:\n    - {contains: [''], set: {by: buyer}}\n", "table.yaml:7: values.'mood'[0].contains: every text"},
		{row + "values:\n  mood:\n    - {is: [1], set: {whim: x}}\n", "table.yaml:7: values.'mood'[0].set.whim: cannot be set"},
	}
	for _, tt := range tests {
		_, err := webhook.LoadDoudianTags(writeTable(t, tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q:\ngot  %v\nwant …%s", tt.text, err, tt.want)
		}
	}
	if _, err := webhook.LoadDoudianTags(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestNoFileIsTheBuiltInTable(t *testing.T) {
	tags, err := webhook.LoadDoudianTags("")
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, webhook.Config{DoudianTags: tags, Now: func() time.Time { return noon }}, shops)
	if got := d.doudian(t, create); got.body != success || len(d.ledger.events) != 1 {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func writeTable(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "table.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
