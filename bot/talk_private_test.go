package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/rules"
)

// private is the conversation of an owner in a private chat.
func (k *talk) private() {
	k.clock.set(k.when(23, "08:50"))
	k.twoWeeks()
	k.firstMinute()
	k.morning()
	k.noon()
	k.whatWasMissed()
	k.advice()
	k.looksBack()
	k.days()
	k.plainWords()
	k.leaves()
}

func (k *talk) firstMinute() {
	k.scene(k.say("The first minute", "第一分钟"), 23, "09:30")
	k.says(lin, lin, "/start", "/start")
	k.press(lin, lin, "sample…")
	k.press(lin, lin, "bind:")
	k.press(lin, lin, "help:")
	k.press(lin, lin, "shops:")
	k.press(lin, lin, "lang:")
	k.says(lin, lin, "/today", "今天")
	k.says(lin, lin, "/bind", "绑定")
	for n := range 6 {
		k.says(lin, lin, fmt.Sprintf("/bind WRONG-%d", n), fmt.Sprintf("绑定 WRONG-%d", n))
	}
	k.scene(k.say("After a cup of tea", "喝杯茶回来"), 23, "09:45")
	k.opens(lin, k.code("tea", notify.Owner))
	k.press(lin, lin, "test:tea")
	k.press(lin, lin, "settings:tea")
	k.says(lin, lin, "/lang", "语言")
	for _, lang := range []string{"zh", "en", k.lang} {
		k.press(lin, lin, "lang:"+lang)
	}
	k.says(lin, lin, "/help", "帮助")
	k.press(lin, lin, "help:all")
	k.says(lin, lin, "/start", "开始")
	k.press(lin, lin, "today:tea")
}

// visit is a buyer who asks something a while before an instant and is answered at once: the shop is alive.
func (k *talk) visit(day int, clock string) {
	k.t.Helper()
	at := k.when(day, clock).Add(-12 * time.Minute)
	id, clock := "c"+at.Format("02150405"), at.Format("15:04")
	check(k.t, k.app.tracker.Apply(k.t.Context(), "tea", []rules.Event{ // all at once: nobody waited
		k.event("tea", "chat.message", day, clock, rules.Data{ConversationID: id, From: "buyer", MessageID: id + "-1"}),
		k.event("tea", "chat.message", day, clock+":25", rules.Data{ConversationID: id, From: "agent", Agent: "agent-2", MessageID: id + "-2"}),
		k.event("tea", "chat.closed", day, at.Add(time.Minute).Format("15:04"), rules.Data{ConversationID: id}),
	}))
}

// alive begins a scene at the end of some hours, in each of which a buyer asked something.
func (k *talk) alive(title string, day int, hours ...string) {
	k.t.Helper()
	fmt.Fprintf(&k.out, "\n══════ %s · %s ══════\n", title, k.when(day, hours[len(hours)-1]).Format("01-02 15:04"))
	for _, clock := range hours {
		k.clock.set(k.when(day, clock))
		k.visit(day, clock)
		k.at(day, clock)
	}
}

func (k *talk) morning() {
	for n := range 9 {
		k.happen("tea", "order.paid", 23, fmt.Sprintf("%d:20", 10+n), rules.Data{OrderID: fmt.Sprintf("1123%02d", n+1), Amount: new(int64(8800)), Currency: "CNY",
			Warehouse: "east", Region: "zhejiang", Items: goods[:1]})
	}
	k.happen("tea", "aftersale.opened", 23, "14:00", rules.Data{AftersaleID: "a112301", OrderID: "112101", Kind: "return", Reason: "damaged", Amount: new(int64(6800)), Currency: "CNY"})
	k.happen("tea", "review.posted", 23, "19:00", rules.Data{ReviewID: "r112301", OrderID: "111903", SKU: goods[2].SKU, Stars: new(1)})
	k.visit(23, "21:00")
	k.alive(k.say("A normal morning", "平常的早上"), 24, "08:10", "08:20", "08:30", "08:35", "08:40", "08:45", "08:50", "08:55", "09:00")
	k.press(lin, lin, "seen:tea|f…")
	k.press(lin, lin, "snooze:tea|f…")
	k.press(lin, lin, "take:tea|f…")
	k.says(lin, lin, "/snoozed", "暂停")
	k.press(lin, lin, "snoozed:tea|…")
	k.says(lin, lin, "today", "今天得分")
	k.press(lin, lin, "take:tea|m…")
	k.press(lin, lin, "over:tea|m…")
	k.press(lin, lin, "snooze:tea|m…")
	k.press(lin, lin, "alarm:tea|m…")
	k.press(lin, lin, "excuse:tea|m…")
	k.press(lin, lin, "alarm:tea|m…")
	k.press(lin, lin, "undo:tea|m…")
	k.press(lin, lin, "seen:tea|m…")
	k.says(lin, lin, "/today timely", "今天 timely")
	k.press(lin, lin, "today:tea|reliable")
	k.press(lin, lin, "today:tea|worry-free")
	k.press(lin, lin, "today:tea|delight")
	k.press(lin, lin, "today:tea|timely")
	k.press(lin, lin, "why:tea|score")
	k.press(lin, lin, "tips:tea")
	k.press(lin, lin, "tips:tea|…")
	k.says(lin, lin, "/due", "哪些订单要超时")
	k.press(lin, lin, "due:tea|10")
	k.press(lin, lin, "due:tea|save")
	k.press(lin, lin, "why:tea|…")
	k.says(lin, lin, "what can we still save?", "先救哪些")
	k.press(lin, lin, "due:tea|take|…")
	k.says(lin, lin, "/whatif", "如果")
	k.press(lin, lin, "whatif:tea|rule…")
	k.press(lin, lin, "whatif:tea|miss|3…")
	k.press(lin, lin, "whatif:tea|save…")
	k.press(lin, lin, "whatif:tea")
	k.press(lin, lin, "due:tea|save")
	k.press(lin, lin, "due:tea")
	k.press(lin, lin, "today:tea")
}

func (k *talk) noon() {
	k.happen("tea", "order.label_created", 24, "09:20", rules.Data{OrderID: "112202", PackageID: "p112202", Carrier: "YTO", TrackingNo: "YT112202"})
	k.happen("tea", "order.picked_up", 24, "10:40", rules.Data{OrderID: "112202", PackageID: "p112202", Carrier: "YTO", TrackingNo: "YT112202"})
	k.happen("tea", "chat.message", 24, "11:30", rules.Data{ConversationID: "c112405", From: "buyer", MessageID: "c112405-1"})
	k.happen("tea", "aftersale.approved", 24, "10:30", rules.Data{AftersaleID: "a112301"})
	k.alive(k.say("Things happen", "出事了"), 24, "10:00", "10:30", "11:00", "11:25", "11:45")
	k.press(lin, lin, "seen:tea|#…")
	k.press(lin, lin, "take:tea|#…")
	k.press(lin, lin, "over:tea|#…")
	k.press(lin, lin, "snooze:tea|#…")
	k.press(lin, lin, "alarm:tea|#…")
	k.press(lin, lin, "excuse:tea|#…")
	k.press(lin, lin, "alarm:tea|#…")
	k.press(lin, lin, "undo:tea|#…")
	k.press(lin, lin, "seen:tea|b…")
	k.press(lin, lin, "take:tea|b…")
	k.press(lin, lin, "over:tea|b…")
	k.press(lin, lin, "excuse:tea|b…")
	k.press(lin, lin, "alarm:tea|b…")
	k.press(lin, lin, "snooze:tea|b…")
	k.press(lin, lin, "alarm:tea|b…")
	k.press(lin, lin, "undo:tea|b…")
	k.says(lin, lin, "/why 112302", "为什么 112302")
	k.press(lin, lin, "take:tea|w…")
	k.press(lin, lin, "over:tea|w…")
	k.happen("tea", "order.picked_up", 24, "11:50", rules.Data{OrderID: "112201", PackageID: "p112201", Carrier: "SF Express", TrackingNo: "SF112201"})
	k.happen("tea", "chat.message", 24, "11:40", rules.Data{ConversationID: "c112405", From: "agent", Agent: "agent-1", MessageID: "c112405-2"})
	k.happen("tea", "chat.closed", 24, "11:55", rules.Data{ConversationID: "c112405"})
	k.happen("tea", "penalty.issued", 24, "11:58", rules.Data{PenaltyID: "PN-2026-771", Rung: "warning", Rule: "ship-on-time", Reason: "late shipment", OrderID: "112201", AppealBy: k.iso(27, "18:00")})
	k.alive(k.say("The parcel left, and the platform writes", "补发了，平台来通知了"), 24, "12:10", "12:20", "12:30")
}

func (k *talk) whatWasMissed() {
	k.alive(k.say("What was missed", "哪些没做到"), 24, "14:00", "14:20", "14:30")
	k.says(lin, lin, "/violations", "违规")
	k.press(lin, lin, "violations:tea|?rule")
	k.press(lin, lin, "violations:tea|rule=…")
	k.press(lin, lin, "violations:tea|?principle…")
	k.press(lin, lin, "violations:tea|…")
	k.says(lin, lin, "/violations", "违规")
	k.press(lin, lin, "violations:tea|?principle")
	k.press(lin, lin, "violations:tea|timely")
	k.says(lin, lin, "/violations", "违规")
	k.press(lin, lin, "violations:tea|?rung")
	k.press(lin, lin, "violations:tea|compensation")
	k.says(lin, lin, "/violations", "违规")
	k.press(lin, lin, "violations:tea|?day")
	k.press(lin, lin, "violations:tea|30…")
	k.says(lin, lin, "/violations chats 30 nonsense", "违规 会话 30 乱写")
	k.says(lin, lin, "/violations delight yesterday", "违规 惊喜 昨天")
	k.says(lin, lin, "/why 112201", "为什么 112201")
	k.press(lin, lin, "excuse:tea|…")
	k.press(lin, lin, "excuse:tea|…")
	k.press(lin, lin, "excuse:tea|…")
	k.press(lin, lin, "undo:tea|w…")
	k.says(lin, lin, "/excuse", "不怪我们")
	k.pressGone(lin, lin, k.say("Take it", "我来"), "v1:take:tea|1|ship-on-time|order/404")
	k.pressGone(lin, lin, k.say("Score", "得分"), "v0:score:tea")
}

func (k *talk) advice() {
	k.alive(k.say("What helps", "怎么提分"), 24, "15:00", "15:20", "15:30")
	k.says(lin, lin, "/tips", "建议")
	k.press(lin, lin, "tip:tea|accept…")
	k.press(lin, lin, "tip:tea|later…")
	k.press(lin, lin, "tip:tea|useless…")
	k.says(lin, lin, "why did we lose points?", "为什么丢分了？")
	k.says(lin, lin, "/points", "积分")
	k.press(lin, lin, "appeal:tea|PN-2026-771")
	k.press(lin, lin, "points:tea")
	k.press(lin, lin, "appeal:tea")
	k.press(lin, lin, "appeal:tea|PN-2026-771")
	k.says(lin, lin, "/appeal", "申诉")
	k.press(lin, lin, "appeal:tea|PN-2026-771")
	k.attach(lin, lin, "", k.say("/appeal PN-2026-771 the courier's receipt", "/申诉 PN-2026-771 快递签收单"))
	k.replies(lin, lin, "stock-list.xlsx", k.say("stock of that day", "当天库存"))
	k.press(lin, lin, "appeal:tea|PN-2026-771")
	k.press(lin, lin, "folder:tea|drop…")
	k.press(lin, lin, "folder:tea|pack…")
	k.press(lin, lin, "folder:tea|filed…")
	k.pressOld(lin, lin, "folder:tea|filed…")
	k.says(lin, lin, "/appeal PN-1", "/申诉 PN-1")
}

func (k *talk) looksBack() {
	k.alive(k.say("Looking back", "回头看看"), 24, "16:00", "16:20", "16:30")
	k.says(lin, lin, "/trend", "趋势")
	for _, span := range []string{"7", "90", "hours", "30"} {
		k.press(lin, lin, "trend:tea|"+span)
	}
	k.says(lin, lin, "/export", "导出")
	for _, days := range []string{"7d", "today", "yesterday"} {
		k.press(lin, lin, "export:tea|"+days+"…")
		k.file()
	}
	k.says(lin, lin, "/export 2026-11-10 2026-11-16 csv ship-on-time", "导出 2026-11-10 2026-11-16 csv ship-on-time")
	k.file()
	k.says(lin, lin, "/export 2026-10-01 csv", "导出 2026-10-01 csv")
	k.file()
	k.press(lin, lin, "export:tea")
	k.says(lin, lin, "/export everything", "导出 全部")
}

// parcels has what was open go well: the courier comes, parcels arrive, the bad review is answered.
func (k *talk) parcels() {
	for day := 19; day <= 21; day++ {
		for n := 1; n <= 3; n++ {
			id := fmt.Sprintf("11%02d0%d", day, n)
			k.happen("tea", "order.delivered", 24, "17:30", rules.Data{OrderID: id, PackageID: "p" + id})
		}
	}
	k.happen("tea", "review.replied", 24, "17:40", rules.Data{ReviewID: "r112301"})
	for _, id := range []string{"112201", "112202", "112203", "112301", "112302", "112303", "112304", "112305", "112306", "112307", "112308", "112309"} {
		p := rules.Data{OrderID: id, PackageID: "p" + id, Carrier: "SF Express", TrackingNo: "SF" + id}
		k.happen("tea", "order.label_created", 24, "17:45", p)
		k.happen("tea", "order.picked_up", 24, "17:50", p)
		k.happen("tea", "parcel.scanned", 24, "22:00", rules.Data{OrderID: id, PackageID: p.PackageID, Place: "Hangzhou"})
		k.happen("tea", "order.delivered", 26, "14:00", rules.Data{OrderID: id, PackageID: p.PackageID})
	}
}

func (k *talk) days() {
	k.at(24, "18:00")
	k.parcels()
	k.alive(k.say("The next morning", "第二天早上"), 25, "08:30", "08:40", "08:50", "09:00")
	k.alive(k.say("Thursday", "周四"), 26, "08:30", "08:45", "09:00")
	k.alive(k.say("Friday", "周五"), 27, "08:30", "08:45", "09:00")
	k.alive(k.say("Saturday", "周六"), 28, "09:00")
	k.at(28, "12:00")
	k.happen("tea", "review.posted", 28, "11:30", rules.Data{ReviewID: "r112801", OrderID: "112301", SKU: goods[0].SKU, Stars: new(5)})
	k.scene(k.say("Sunday, after a quiet day", "周日，昨天没什么事"), 29, "09:00")
	k.alive(k.say("Monday: the week", "周一：上周回顾"), 30, "08:30", "08:40", "08:50", "09:00")
	k.alive(k.say("The first of the month", "一号：上月回顾"), 31, "08:30", "08:40", "08:50", "09:00")
}

func (k *talk) plainWords() {
	k.alive(k.say("In plain words", "随便说"), 31, "09:30", "09:40", "10:00")
	k.says(lin, lin, "what next?", "接下来做什么")
	k.says(lin, lin, "the weather is nice", "天气真好")
	k.says(lin, lin, "/tooday", "/tooday")
	k.says(lin, lin, "violatons", "违归")
	k.press(lin, lin, "violations:tea")
	k.says(lin, lin, "/today nowhere", "今天 别的店")
	k.says(lin, lin, "/why 999999", "为什么 999999")
	k.says(lin, lin, "/take 999999", "接手 999999")
}

func (k *talk) leaves() {
	k.scene(k.say("Leaving", "不用了"), 31, "11:00")
	k.says(lin, lin, "/privacy", "隐私")
	k.press(lin, lin, "privacy:forget")
	k.press(lin, lin, "privacy:")
	k.says(lin, lin, "/unbind", "解绑")
	k.press(lin, lin, "unbind:tea…")
	k.says(lin, lin, "/today", "/today")
	k.opens(lin, k.code("tea", notify.Owner))
	k.opens(lin, k.code("fan", notify.Owner))
	k.says(lin, lin, "/shops", "店铺")
	k.press(lin, lin, "shops:#…")
	k.says(lin, lin, "/unbind", "解绑")
	k.press(lin, lin, "unbind:fan")
	k.press(lin, lin, "unbind:fan|…")
	k.says(lin, lin, "delete my data", "删除我的数据")
	k.press(lin, lin, "privacy:forget")
	k.press(lin, lin, "privacy:forget|yes")
	k.says(lin, lin, "/start", "/start")
}

// file waits for a file that is made beside the conversation.
func (k *talk) file() {
	k.t.Helper()
	k.until("the file is made", func() bool {
		for line := range 4 {
			list, err := k.app.store.Exports(k.t.Context(), line)
			check(k.t, err)
			if len(list) > 0 {
				return false
			}
		}
		return true
	})
	k.settle()
}

// replies has a person answer the last message of a chat with a document.
func (k *talk) replies(who, chat int64, name, caption string) {
	k.t.Helper()
	sent := k.tg.Sent(chat)
	k.heard(who, chat, fmt.Sprintf("[%s %s] %s ↩ #%d", k.say("file", "文件"), name, caption, sent[len(sent)-1].ID))
	_, err := k.tg.Post(telegramtest.Post{ChatID: chat, UserID: who, ReplyTo: sent[len(sent)-1].ID, FileName: name, Document: []byte("proof"), Text: caption})
	check(k.t, err)
	k.settle()
}

// attach has a person send a photo or, with a name, a document.
func (k *talk) attach(who, chat int64, name, caption string) {
	k.t.Helper()
	k.heard(who, chat, strings.TrimSpace(fmt.Sprintf("[%s %s] %s", k.say("file", "文件"), name, caption)))
	var err error
	if name == "" {
		_, err = k.tg.SayPhoto(chat, who, photo(k.t), caption)
	} else {
		_, err = k.tg.SayDocument(chat, who, name, []byte("proof"), caption)
	}
	check(k.t, err)
	k.settle()
}

// photo is a small picture.
func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))))
	return b.Bytes()
}

// iso is an instant of the shop's day as platforms write it.
func (k *talk) iso(day int, clock string) string {
	return k.when(day, clock).UTC().Format(time.RFC3339)
}
