package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/config"
	"shopwarden/rules"
)

// More people of the script.
const (
	bo   int64 = 504        // of the team
	vera int64 = 505        // looks on
	ada  int64 = 506        // of an agency
	anon int64 = 1087968824 // what Telegram shows of an administrator who hides
)

// cast is a group with the people in it.
type cast struct {
	*talk
	packers int64 // a group
	forum   int64 // a forum
	alerts  int   // a topic of it
	reports int   // another
}

// team is a week of a group and the people around a shop.
func (k *talk) team() {
	c := &cast{talk: k}
	c.gather()
	c.groupBegins()
	c.invitations()
	c.rolesRefused()
	c.settingsHub()
	c.noise()
	c.scorecards()
	c.zoneAndHours()
	c.languages()
	c.dutyHours()
	c.warned()
	c.excused()
	c.bundle()
	c.nobodyTakes()
	c.line()
	c.liveBoard()
	c.topics()
	c.silence()
	c.blocked()
	c.severalShops()
	c.files()
	c.roleChanges()
	c.smallTalk()
	c.supergroup()
	c.leaving()
	c.longAgo()
}

// note writes down what people do beside writing and pressing.
func (k *talk) note(en, zh string) {
	fmt.Fprintf(&k.out, "\n— %s —\n", k.say(en, zh))
}

// person opens the private chat of one more person.
func (k *talk) person(id int64, en, zh string) {
	u := telegramtest.User{ID: id, FirstName: k.say(en, zh), LanguageCode: k.lang, IsBot: id == anon}
	k.people[id] = u
	if id != anon {
		k.chats = append(k.chats, k.tg.AddPrivateChat(u))
	}
}

// group makes a group of people, the first of whom founded it and the second of whom administrates it.
func (k *talk) group(title string, forum bool, people ...int64) int64 {
	k.t.Helper()
	chat := k.tg.AddGroup(title, forum)
	for i, id := range people {
		status := telegramtest.Ordinary
		switch {
		case i == 0:
			status = telegramtest.Creator
		case id == anon:
			status = telegramtest.Administrator
		}
		check(k.t, k.tg.SetMember(chat, k.people[id], status))
	}
	k.chats = append(k.chats, chat)
	return chat
}

// saysIn has a person write into a topic of a forum.
func (k *talk) saysIn(who, chat int64, topic int, en, zh string) {
	k.t.Helper()
	text := k.say(en, zh)
	k.hears(who, chat, topic, text)
	_, err := k.tg.Post(telegramtest.Post{ChatID: chat, UserID: who, Text: text, ThreadID: topic})
	check(k.t, err)
	k.settle()
}

func (k *talk) hears(who, chat int64, topic int, text string) {
	fmt.Fprintf(&k.out, "\n🙂 %s · %s: %s\n", k.people[who].FirstName, k.place(chat, topic), k.hide(text))
}

// opensIn has a person open a link with a code and choose a group.
func (k *talk) opensIn(who, chat int64, code string) {
	k.t.Helper()
	k.secret = append(k.secret, code)
	k.heard(who, chat, "t.me/…?startgroup=CODE")
	_, err := k.tg.OpenGroupLink(chat, who, code)
	check(k.t, err)
	k.settle()
}

// hidden has an administrator who hides write into a group, as Telegram passes it on.
func (k *talk) hidden(chat int64, en, zh string) {
	k.t.Helper()
	text := k.say(en, zh)
	fmt.Fprintf(&k.out, "\n🙂 %s · %s: %s\n", k.people[anon].FirstName, k.name(chat), k.hide(text))
	about := map[string]any{"id": chat, "type": "group", "title": k.name(chat)}
	raw, err := json.Marshal(map[string]any{"message": map[string]any{"message_id": 1, "date": k.clock.now().Unix(), "chat": about, "sender_chat": about,
		"from": map[string]any{"id": anon, "is_bot": true, "first_name": "Group"}, "text": text}})
	check(k.t, err)
	_, err = k.tg.PushRaw(raw)
	check(k.t, err)
	k.settle()
}

// touch has a person press the newest button of a chat that does such a thing to an alert, under whichever message it stands.
func (k *talk) touch(who, chat int64, verb string, args ...string) {
	k.t.Helper()
	want := regexp.MustCompile("^" + verb + `:\w+\|` + strings.Join(append([]string{`\w+`}, args...), `\|`) + `\|.*[@/|]`)
	sent := k.tg.Sent(chat)
	for i := len(sent) - 1; i >= 0; i-- {
		for _, row := range sent[i].Keyboard {
			for _, b := range row {
				if got := k.action(b); want.MatchString(got) {
					k.push(who, chat, sent[i].ID, b, got)
					return
				}
			}
		}
	}
	k.t.Fatalf("no button like %s in the chat of %s, after\n%s", want, k.name(chat), last(k.out.String(), 3000))
}

var invitation = regexp.MustCompile(`start(?:group)?=([A-Za-z0-9_-]{20,})`)

// invited is the code in the newest message of a chat.
func (k *talk) invited(chat int64) string {
	k.t.Helper()
	sent := k.tg.Sent(chat)
	for i := len(sent) - 1; i >= 0; i-- {
		if m := invitation.FindStringSubmatch(sent[i].Text); m != nil {
			return m[1]
		}
	}
	k.t.Fatalf("no invitation in the chat of %s", k.name(chat))
	return ""
}

// happen brings an event early in the minute, so that what is told of its age later does not lie on the edge of one.
func (c *cast) happen(shop string, typ rules.Type, day int, clock string, d rules.Data) {
	c.t.Helper()
	c.clock.set(c.clock.now().Truncate(time.Minute).Add(10 * time.Second))
	c.talk.happen(shop, typ, day, clock, d)
}

// ordered is an order of the shop with the time by which it has to be picked up, all on one day.
func (c *cast) ordered(shop, id string, day int, paid, by string) {
	c.t.Helper()
	c.happen(shop, "order.paid", day, paid, rules.Data{OrderID: id, ShipBy: c.when(day, by).Format(time.RFC3339)})
}

// buyer is a buyer who writes and waits.
func (c *cast) buyer(shop, id string, day int, at string) {
	c.t.Helper()
	c.happen(shop, "chat.message", day, at, rules.Data{ConversationID: id, From: "buyer"})
}

// gather has everybody there before the script begins.
func (c *cast) gather() {
	c.person(bo, "Bo", "阿波")
	c.person(vera, "Vera", "薇拉")
	c.person(ada, "Ada", "阿达")
	c.person(anon, "Group", "群组")
	c.packers = c.group(c.say("Packing room", "打包间"), false, lin, anon, mei, bo, vera, otto)
	c.forum = c.group(c.say("Tea & Co forum", "茶与茶论坛"), true, lin, anon, mei, bo)
	for i, topic := range []*int{&c.alerts, &c.reports} {
		id, err := c.tg.AddTopic(c.forum, lin, c.say([]string{"Alerts", "Reports"}[i], []string{"提醒", "报表"}[i]))
		check(c.t, err)
		*topic = id
	}
	check(c.t, c.tg.Kick(c.packers, lin))
	c.settle()
}

func (c *cast) groupBegins() {
	c.scene(c.say("The bot comes into the group", "机器人进群"), 23, "09:10")
	c.note("Lin adds the bot to the group", "小林把机器人拉进群")
	check(c.t, c.tg.AddBot(c.packers, lin, telegramtest.Ordinary))
	c.settle()
	c.says(bo, c.packers, "/today", "/today")
	c.opensIn(lin, c.packers, c.code("tea", notify.Owner))
	c.opens(lin, c.code("tea", notify.Owner))
	c.press(bo, c.packers, "test:tea")
	c.press(anon, c.packers, "test:tea")
	c.press(lin, c.packers, "test:tea")
	c.hidden(c.packers, "/alerts on", "/alerts 开")
	c.says(bo, c.packers, "/start", "/start")
	c.says(bo, c.packers, "/help", "/help")
}

func (c *cast) invitations() {
	c.scene(c.say("Lin invites the team", "小林邀请团队"), 23, "09:30")
	c.says(lin, lin, "/team", "团队")
	for _, x := range []struct {
		role notify.Role
		who  int64
	}{{notify.Manager, mei}, {notify.Agent, bo}, {notify.Viewer, vera}} {
		c.press(lin, lin, "team:tea|invite")
		c.press(lin, lin, "team:tea|invite|"+string(x.role))
		c.opens(x.who, c.invited(lin))
	}
	c.opens(otto, c.invited(lin))
	c.press(lin, lin, "team:tea|invite")
	c.press(lin, lin, "team:tea|invite|team")
	code := c.invited(lin)
	c.secret = append(c.secret, code)
	c.saysIn(lin, c.forum, c.alerts, "/bind "+code, "/bind "+code)
	c.saysIn(lin, c.forum, c.alerts, "/alerts off", "/alerts 关")
	c.saysIn(lin, c.forum, c.alerts, "/digest off", "/digest 关")
	c.saysIn(lin, c.forum, c.alerts, "/board off", "/board 关")
	c.press(lin, lin, "team:tea")
	c.says(bo, c.packers, "/team", "/team")
	c.says(lin, c.packers, "/team invite agent", "/team invite agent")
	c.note("The group hears the alerts, so the others switch them off in their own chats", "群里有提醒，其他人把私聊的提醒和日报关掉")
	for _, who := range []int64{lin, mei, bo, vera} {
		c.says(who, who, "/alerts off", "提醒 关")
		c.says(who, who, "/digest off", "日报 关")
	}
}

func (c *cast) rolesRefused() {
	c.scene(c.say("Who may not", "谁不可以"), 23, "10:00")
	c.ordered("tea", "1001", 23, "10:00", "18:00")
	c.says(vera, vera, "/take 1001", "接手 1001")
	c.says(vera, vera, "/export", "导出")
	c.says(bo, bo, "/alerts 3", "提醒 3")
	c.says(bo, bo, "/team invite agent", "团队 invite agent")
	c.says(bo, bo, "/excuse 1001 outage", "不怪我们 1001 outage")
	c.says(mei, mei, "/team invite owner", "团队 invite owner")
	c.says(mei, mei, "/team invite agent", "团队 invite agent")
	c.says(otto, otto, "/today tea", "今天 tea")
	c.says(otto, c.packers, "/alerts off", "/alerts 关")
	c.says(otto, c.packers, "/lang zh", "/lang en")
	c.says(mei, c.packers, "/alerts 3", "/alerts 3")
	c.says(bo, c.packers, "/alerts", "/alerts")
	c.press(bo, c.packers, "alerts:tea|off")
	c.press(anon, c.packers, "alerts:tea|off")
	c.happen("tea", "order.picked_up", 23, "10:05", rules.Data{OrderID: "1001"})
}

func (c *cast) settingsHub() {
	c.scene(c.say("All settings on one page", "所有设置在一页"), 23, "10:30")
	c.says(lin, c.packers, "/settings", "/settings")
	c.says(lin, c.packers, "/settings colours", "/settings 颜色")
	c.press(lin, c.packers, "alerts:tea")
	c.press(lin, c.packers, "alerts:tea|off")
	c.press(lin, c.packers, "alerts:tea|on")
	c.press(lin, c.packers, "alerts:tea|2")
	c.press(lin, c.packers, "alerts:tea|0")
	c.says(lin, c.packers, "/alerts many", "/alerts 很多")
	c.says(lin, c.packers, "/alerts 3", "/alerts 3")
	c.says(lin, c.packers, "/settings", "/settings")
	c.press(lin, c.packers, "board:tea")
	c.press(lin, c.packers, "board:tea|off")
	c.says(lin, c.packers, "/board maybe", "/board 也许")
	c.says(bo, c.packers, "/board", "/board")
}

func (c *cast) noise() {
	c.scene(c.say("How much may ring", "能响多少"), 23, "11:00")
	c.says(lin, c.packers, "/quiet", "/quiet")
	c.says(lin, c.packers, "/quiet 22-8", "/quiet 22点到8点")
	c.says(lin, c.packers, "/quiet later", "/quiet 晚点")
	c.press(lin, c.packers, "quiet:tea|off")
	c.press(lin, c.packers, "mute:tea")
	for _, word := range []string{"1h", "opening", "today", "off"} {
		c.press(lin, c.packers, "mute:tea|"+word)
	}
	c.says(lin, c.packers, "/mute 2 hours", "/mute 2小时")
	c.says(lin, c.packers, "/mute forever", "/mute 永远")
	c.press(lin, c.packers, "mute:tea|off")
	c.press(lin, c.packers, "quiet:tea")
	c.press(lin, c.packers, "urgent:tea")
	c.press(lin, c.packers, "urgent:tea|…")
	c.says(lin, c.packers, "/urgent ship-on-time", "/urgent 按时发货")
	c.says(lin, c.packers, "/urgent ship-on-time off", "/urgent 按时发货 关")
	c.says(lin, c.packers, "/urgent everything", "/urgent 全部")
	c.press(lin, c.packers, "quiet:tea")
	c.press(lin, c.packers, "quiet:tea|23:00-07:00")
	c.press(lin, c.packers, "quiet:tea|off")
	c.press(lin, c.packers, "budget:tea")
	c.press(lin, c.packers, "budget:tea|24")
	c.press(lin, c.packers, "budget:tea|off")
	c.says(lin, c.packers, "/budget 0", "/budget 0")
	c.says(lin, c.packers, "/budget 12", "/budget 12")
}

func (c *cast) scorecards() {
	c.scene(c.say("What scorecards the group takes", "群里要哪些日报"), 23, "11:30")
	c.says(lin, c.packers, "/settings", "/settings")
	c.press(lin, c.packers, "digest:tea")
	c.press(lin, c.packers, "digest:tea|off")
	c.press(lin, c.packers, "digest:tea|on")
	for _, choice := range notify.Choices()[1:] {
		c.press(lin, c.packers, "digest:tea|"+choice+"|off")
	}
	for _, choice := range []string{notify.PartWorst, notify.PartPoints, "weekly"} {
		c.press(lin, c.packers, "digest:tea|"+choice+"|on")
	}
	for _, how := range []string{"dark", "off", "light"} {
		c.press(lin, c.packers, "digest:tea|pictures|"+how)
	}
	c.press(lin, c.packers, "digest:tea|daily|off")
	c.press(lin, c.packers, "digest:tea|daily|on")
	c.press(lin, c.packers, "digest:tea|mon-fri")
	c.press(lin, c.packers, "digest:tea|mon-sun")
	c.says(lin, c.packers, "/digest mon-fri 8:30", "/digest 工作日 8点")
	c.says(lin, c.packers, "/digest 9", "/digest 9点")
	c.says(lin, c.packers, "/digest sometimes", "/digest 有时候")
	c.says(mei, c.packers, "/digest weekly off", "/digest 周报 关")
}

func (c *cast) zoneAndHours() {
	c.scene(c.say("The shop's clock", "店铺的时间"), 23, "12:00")
	c.says(lin, c.packers, "/settings", "/settings")
	c.press(lin, c.packers, "settings:tea|zone")
	c.says(lin, c.packers, "/settings zone moon", "/settings 时区 月球")
	c.press(lin, c.packers, "settings:tea|zone|Asia/Tokyo")
	c.says(lin, c.packers, "/settings zone shanghai", "/settings 时区 上海")
	c.press(lin, c.packers, "settings:tea")
	c.press(lin, c.packers, "settings:tea|hours")
	c.says(lin, c.packers, "/settings hours sometimes", "/settings 营业时间 有时候")
	c.press(lin, c.packers, "settings:tea|hours|09:00-21:00")
	c.press(lin, c.packers, "settings:tea|hours|platform")
	c.says(lin, c.packers, "/settings hours mon-fri 9-18; sat 10-16", "/settings 营业时间 周一至周五 9点-18点; 周六 10点-16点")
	c.press(lin, c.packers, "settings:tea|hours|always")
	c.press(lin, c.packers, "settings:tea")
}

func (c *cast) languages() {
	c.scene(c.say("The language of the group", "群里的语言"), 23, "12:30")
	other := c.say("zh", "en")
	c.press(bo, c.packers, "lang:")
	c.press(bo, c.packers, "lang:"+other)
	c.press(lin, c.packers, "lang:"+other)
	c.says(bo, c.packers, "/due", "/due")
	c.press(lin, c.packers, "lang:"+c.lang)
	c.says(lin, c.packers, "/lang english", "/lang 中文")
	c.says(lin, c.packers, "/lang klingon", "/lang 火星语")
}

func (c *cast) dutyHours() {
	c.scene(c.say("Who is on duty", "谁值班"), 23, "13:00")
	c.says(bo, bo, "/settings", "设置")
	c.press(bo, bo, "duty:tea")
	c.says(bo, bo, "/duty sometimes", "值班 有时候")
	c.says(bo, bo, "/duty on", "值班 开")
	c.says(bo, bo, "/duty mon-fri 09:00-20:00", "值班 周一至周五 9:00-20:00")
	c.says(vera, vera, "/duty mon 09:00-12:00", "值班 周一 9:00-12:00")
	c.says(mei, c.packers, "/duty", "/duty")
	c.says(mei, c.packers, "/duty mon-fri 09:00-18:00", "/duty 周一至周五 9:00-18:00")
	c.says(mei, mei, "/duty sat 10:00-16:00", "值班 周六 10:00-16:00")
	c.press(mei, mei, "duty:tea|off")
}

func (c *cast) warned() {
	c.scene(c.say("A parcel must leave", "有个包裹要发"), 24, "09:00")
	c.ordered("tea", "2001", 24, "10:00", "18:00")
	c.at(24, "09:40")
	c.at(24, "12:00")
	c.touch(vera, c.packers, "seen")
	c.touch(bo, c.packers, "take")
	c.touch(mei, c.packers, "over")
	c.touch(bo, c.packers, "undo", "take")
	c.touch(bo, c.packers, "excuse", "ask")
	c.touch(lin, c.packers, "excuse", "ask")
	c.touch(lin, c.packers, "alarm")
	c.touch(vera, c.packers, "snooze", "ask")
	c.touch(vera, c.packers, "snooze", "hour")
	c.touch(vera, c.packers, "undo", "snooze")
	c.touch(bo, c.packers, "take")
	c.says(mei, c.packers, "/take 2001", "/take 2001")
	c.touch(mei, c.packers, "over")
	c.touch(bo, c.packers, "undo", "take")
	c.touch(anon, c.packers, "take")
	c.hidden(c.packers, "/take 2001", "/take 2001")
	c.touch(lin, c.packers, "undo", "take")
	c.touch(bo, c.packers, "snooze", "ask")
	c.touch(bo, c.packers, "alarm")
	for _, choice := range []string{"today"} {
		c.touch(bo, c.packers, "snooze", "ask")
		c.touch(bo, c.packers, "snooze", choice)
		c.touch(vera, c.packers, "undo", "snooze")
	}
	c.touch(bo, c.packers, "snooze", "ask")
	c.touch(bo, c.packers, "snooze", "opening")
	c.says(vera, c.packers, "/snoozed", "/snoozed")
	c.press(vera, c.packers, "snoozed:tea|…")
}

func (c *cast) excused() {
	c.scene(c.say("Not our fault", "不怪我们"), 24, "12:20")
	for _, cause := range []string{"majeure", "agreed", "stopship", "abuse", "courier", "other"} {
		c.touch(lin, c.packers, "excuse", "ask")
		c.touch(lin, c.packers, "excuse", cause)
		if cause == "majeure" {
			c.hidden(c.packers, "/excuse 2001 agreed", "/excuse 2001 agreed")
		}
		c.touch(mei, c.packers, "undo", "excuse")
	}
	c.says(lin, c.packers, "/excuse 2001", "/excuse 2001")
	c.ordered("tea", "2002", 24, "12:00", "21:00")
	c.says(lin, c.packers, "/excuse 2002", "/excuse 2002")
	c.press(lin, c.packers, "alarm:tea|m|…")
	c.press(bo, c.packers, "seen:tea|m|…")
	c.happen("tea", "order.picked_up", 24, "12:15", rules.Data{OrderID: "2002"})
	c.says(bo, c.packers, "/take 9999", "/take 9999")
	c.says(bo, c.packers, "/take", "/take")
}

func (c *cast) bundle() {
	c.scene(c.say("Three at once", "一下三个"), 24, "13:00")
	for _, id := range []string{"2101", "2102", "2103"} {
		c.ordered("tea", id, 24, "11:00", "15:00")
	}
	c.at(24, "14:00")
	c.touch(vera, c.packers, "seen")
	c.touch(bo, c.packers, "take")
	c.touch(mei, c.packers, "snooze", "hour")
	c.happen("tea", "order.picked_up", 24, "14:10", rules.Data{OrderID: "2101"})
	c.at(24, "14:30")
	c.touch(bo, c.packers, "take")
	c.says(bo, c.packers, "/take 2101", "/take 2101")
	c.at(24, "15:12")
	c.note("The courier's system says late that 2102 was picked up at 14:50", "快递系统迟到的消息：2102 在 14:50 已揽收")
	c.clock.set(c.when(24, "15:20").Add(30 * time.Second))
	c.happen("tea", "order.picked_up", 24, "14:50", rules.Data{OrderID: "2102"})
	c.settle()
	c.happen("tea", "order.picked_up", 24, "15:20", rules.Data{OrderID: "2103"})
	c.at(24, "15:40")
}

func (c *cast) nobodyTakes() {
	c.scene(c.say("Nobody takes it", "没人接手"), 24, "16:00")
	c.at(24, "18:01")
	c.press(vera, c.packers, "seen:tea|b|…")
	c.press(mei, c.packers, "excuse:tea|b|ask|…")
	c.press(mei, c.packers, "alarm:tea|b|…")
	c.at(24, "18:17")
	c.at(24, "18:33")
	c.at(24, "19:02")
	c.touch(lin, lin, "take")
	c.press(bo, c.packers, "over:tea|b|…")
	c.press(bo, c.packers, "snooze:tea|b|ask|…")
	c.press(bo, c.packers, "snooze:tea|b|hour|…")
	c.press(bo, c.packers, "undo:tea|b|snooze|…")
	c.press(bo, c.packers, "undo:tea|b|take|…")
	c.press(bo, c.packers, "take:tea|b|…")
	c.at(24, "21:05")
	c.happen("tea", "order.picked_up", 24, "21:10", rules.Data{OrderID: "2001"})
	c.at(24, "21:20")
	c.at(25, "09:00")
}

func (c *cast) line() {
	c.scene(c.say("The line is reached", "到线了"), 25, "10:00")
	for _, id := range []string{"c1", "c2", "c3"} {
		c.buyer("tea", id, 25, "10:00")
	}
	c.at(25, "10:21")
	c.touch(bo, c.packers, "seen")
	c.press(vera, c.packers, "seen:tea|v|…")
	c.press(mei, c.packers, "take:tea|v|…")
	c.press(mei, c.packers, "over:tea|v|…")
	c.press(mei, c.packers, "snooze:tea|v|ask|…")
	c.press(mei, c.packers, "alarm:tea|v|…")
	c.press(mei, c.packers, "undo:tea|v|take|…")
	c.note("The platform says late that c1 was answered at 10:02", "平台迟到的消息：c1 在 10:02 已回复")
	c.happen("tea", "chat.message", 25, "10:02", rules.Data{ConversationID: "c1", From: "agent", Agent: "a7"})
	c.settle()
	c.press(bo, c.packers, "take:tea|f|chat-first-response…")
	c.happen("tea", "chat.message", 25, "10:24", rules.Data{ConversationID: "c3", From: "agent", Agent: "a7"})
	c.at(25, "10:38")
	c.at(25, "10:54")
	c.happen("tea", "chat.message", 25, "10:55", rules.Data{ConversationID: "c2", From: "agent", Agent: "a7"})
	c.at(25, "11:10")
}

func (c *cast) liveBoard() {
	c.scene(c.say("The board", "看板"), 25, "11:20")
	c.says(lin, c.packers, "/board", "/board")
	c.press(lin, c.packers, "board:tea|on")
	c.ordered("tea", "3001", 25, "11:20", "15:00")
	c.ordered("tea", "3002", 25, "11:20", "19:00")
	c.at(25, "11:40")
	c.touch(bo, c.packers, "take") // under the reminder of yesterday
	c.at(25, "14:05")
	c.touch(bo, c.packers, "take")
	c.at(25, "14:07")
	c.happen("tea", "order.picked_up", 25, "14:10", rules.Data{OrderID: "3001"})
	c.at(25, "14:20")
	c.happen("tea", "order.picked_up", 25, "14:25", rules.Data{OrderID: "3002"})
	c.at(25, "14:40")
	c.says(lin, c.packers, "/board off", "/board 关")
	c.at(25, "14:50")
}

func (c *cast) topics() {
	c.scene(c.say("Topics of a forum", "论坛的话题"), 25, "15:00")
	c.saysIn(lin, c.forum, c.reports, "/digest", "/digest")
	c.press(lin, c.forum, "digest:tea|here")
	c.saysIn(lin, c.forum, c.reports, "/board here", "/board 发这里")
	c.saysIn(lin, c.forum, c.alerts, "/alerts on", "/alerts 开")
	c.saysIn(lin, c.forum, c.reports, "/alerts", "/alerts")
	c.saysIn(lin, c.forum, c.reports, "/alerts here", "/alerts 发这里")
	c.saysIn(bo, c.forum, c.alerts, "/start", "/start")
	c.saysIn(lin, c.forum, c.alerts, "/start", "/start")
	c.ordered("tea", "3101", 25, "11:00", "17:00")
	c.at(25, "15:31")
	c.note("Lin deletes the topic Alerts", "小林删掉了话题“提醒”")
	check(c.t, c.tg.CloseTopic(c.forum, c.alerts))
	c.at(25, "17:01")
	c.happen("tea", "order.picked_up", 25, "17:10", rules.Data{OrderID: "3101"})
	c.at(25, "17:20")
	c.saysIn(lin, c.forum, 0, "/settings", "/settings")
	c.saysIn(lin, c.forum, 0, "/alerts", "/alerts")
	c.press(lin, c.forum, "unbind:tea")
	c.press(lin, c.forum, "unbind:tea|yes")
}

func (c *cast) silence() {
	c.scene(c.say("The shop falls silent", "店铺没声音了"), 26, "09:59")
	beat := func(day, minute int) {
		c.clock.set(c.when(day, "10:00").Add(time.Duration(minute) * time.Minute))
		c.happen("tea", "order.created", day, fmt.Sprintf("10:%02d", minute), rules.Data{OrderID: fmt.Sprintf("b%d-%d", day, minute)})
	}
	for minute := range 60 {
		beat(26, minute)
	}
	c.at(26, "11:05")
	for minute := range 10 {
		beat(27, minute)
	}
	c.at(27, "10:20")
	c.at(27, "11:05")
	c.at(27, "11:07")
	c.says(bo, c.packers, "/today", "/today")
	c.says(bo, c.packers, "/due", "/due")
	c.says(bo, c.packers, "/take", "/take")
	c.clock.set(c.when(27, "11:08"))
	c.happen("tea", "order.created", 27, "11:08", rules.Data{OrderID: "b51"})
	c.at(27, "11:20")
}

func (c *cast) blocked() {
	c.scene(c.say("Somebody cannot be reached", "联系不上的人"), 27, "11:30")
	c.note("Bo blocks the bot", "阿波拉黑了机器人")
	check(c.t, c.tg.Block(bo))
	c.settle()
	c.at(27, "11:40")
	c.says(lin, lin, "/team", "团队")
	c.note("Bo unblocks the bot", "阿波取消拉黑")
	check(c.t, c.tg.Unblock(bo))
	c.settle()
	c.note("Lin removes the bot from the group", "小林把机器人移出群")
	check(c.t, c.tg.Kick(c.packers, lin))
	c.settle()
	c.buyer("tea", "c9", 27, "11:40")
	c.at(27, "12:00")
	c.note("Lin adds it again", "小林又把它拉回来")
	check(c.t, c.tg.AddBot(c.packers, lin, telegramtest.Ordinary))
	c.settle()
	c.at(27, "12:05")
	c.happen("tea", "chat.message", 27, "12:06", rules.Data{ConversationID: "c9", From: "agent", Agent: "a7"})
	c.at(27, "12:20")
}

func (c *cast) severalShops() {
	c.scene(c.say("An agency's chat", "代运营的聊天"), 27, "14:00")
	for i := range 12 {
		id := fmt.Sprintf("s%02d", i+1)
		check(c.t, c.app.store.SaveShop(c.t.Context(), config.Shop{ID: id, Name: fmt.Sprintf(c.say("Shop %d", "%d 号店"), i+1), Platform: "standard",
			Timezone: "Asia/Shanghai", Hours: "always", Pack: config.DefaultPack, Lang: c.lang}))
		check(c.t, c.app.store.Bind(c.t.Context(), id, notify.Chat{ID: ada, Role: notify.Manager, Lang: c.lang, Title: c.people[ada].FirstName}))
	}
	c.ordered("s07", "7001", 27, "12:00", "13:00")
	c.ordered("s05", "5001", 27, "12:00", "15:30")
	c.at(27, "14:15")
	c.says(ada, ada, "/today", "今天")
	c.press(ada, ada, "today:s05")
	c.press(ada, ada, "shops:…")
	c.press(ada, ada, "shops:1|…")
	c.press(ada, ada, "shops:0|mine")
	c.press(ada, ada, "shops:0|all")
	c.press(ada, ada, "today:s07")
	c.says(ada, ada, "/due", "待办")
	c.says(ada, ada, "/due s05", "待办 s05")
	c.says(ada, ada, "/today nowhere", "今天 nowhere")
	c.says(ada, ada, "/unbind", "解绑")
	c.says(ada, ada, "/shops", "店铺")
	c.opens(lin, c.code("fan", notify.Owner))
	c.says(lin, lin, "/shops", "店铺")
	c.says(lin, lin, "/today tea", "今天 tea")
	c.says(lin, lin, "/unbind fan", "解绑 fan")
	c.press(lin, lin, "unbind:fan|…")
}

func (c *cast) files() {
	c.scene(c.say("A file for a spreadsheet", "导出表格"), 27, "15:00")
	c.says(bo, c.packers, "/export", "/export")
	c.says(lin, c.packers, "/export", "/export")
	c.says(lin, c.packers, "/settings", "/settings")
	c.press(lin, c.packers, "privacy:")
	c.says(lin, c.packers, "/export someday", "/export 某天")
	files := func() (n int) {
		for _, m := range c.tg.Sent(c.packers) {
			if len(m.Document) > 0 {
				n++
			}
		}
		return n
	}
	had := files()
	c.press(lin, c.packers, "export:tea|7d|csv")
	c.until("the file is there", func() bool { return files() > had })
	c.settle()
	c.says(lin, c.packers, "/export 2026-11-01", "/export 2026-11-01")
	c.until("there is no file", func() bool { return strings.Contains(c.tg.Transcript(c.packers), c.say("Nothing to export", "没有")) })
	c.settle()
}

func (c *cast) roleChanges() {
	c.scene(c.say("Roles change", "角色变了"), 27, "16:00")
	member := func(id int64) string { return fmt.Sprintf("team:tea|chat|%d", id) }
	c.says(lin, lin, "/team tea", "团队 tea")
	c.press(lin, lin, member(vera))
	c.press(lin, lin, fmt.Sprintf("team:tea|role|%d|agent", vera))
	c.press(lin, lin, fmt.Sprintf("team:tea|set|%d|agent", vera))
	c.press(lin, lin, fmt.Sprintf("team:tea|role|%d|owner", vera))
	c.press(lin, lin, fmt.Sprintf("team:tea|set|%d|owner", vera))
	c.says(vera, vera, "/team", "团队")
	c.press(vera, vera, member(bo))
	c.press(vera, vera, fmt.Sprintf("team:tea|out|%d", bo))
	c.press(vera, vera, fmt.Sprintf("team:tea|out|%d|yes", bo))
	c.says(bo, bo, "/today", "今天")
	c.touch(bo, bo, "take")
	c.says(mei, mei, "/team", "团队")
	c.says(vera, vera, "/unbind", "解绑")
	c.says(lin, lin, "/unbind tea", "解绑 tea")
	c.press(lin, lin, "today:tea")
}

func (c *cast) smallTalk() {
	c.scene(c.say("Talk in the group", "群里闲聊"), 27, "17:00")
	c.says(bo, c.packers, "Shall we order tea?", "中午点奶茶吗？")
	c.says(bo, c.packers, "today was long", "今天真累")
	c.says(otto, c.packers, "/today@another_bot", "/today@another_bot")
	c.says(bo, c.packers, "/dance", "/dance")
	c.note("Telegram passes a group's messages on to the bot when they are commands in Latin letters, answers to it, or when it may read along",
		"群里的话，Telegram 只把英文字母的命令、对机器人的回复转给机器人，除非允许它读全部消息")
	c.says(bo, c.packers, "/今天", "/今天")
	c.answers(bo, c.packers, "what is due?", "还有哪些要处理？")
	c.answers(bo, c.packers, "how are we today?", "今天得分怎么样")
	c.answers(bo, c.packers, "thank you", "谢谢")
}

func (c *cast) supergroup() {
	c.scene(c.say("The group becomes a supergroup", "群升级为超级群"), 28, "10:00")
	c.ordered("tea", "4001", 28, "10:00", "14:00")
	to, err := c.tg.Migrate(c.packers)
	check(c.t, err)
	c.packers = to
	c.chats = append(c.chats, to)
	c.settle()
	c.at(28, "13:01")
	c.touch(mei, c.packers, "take")
	c.at(28, "14:01")
	c.happen("tea", "order.picked_up", 28, "14:20", rules.Data{OrderID: "4001"})
	c.at(28, "14:40")
}

func (c *cast) leaving() {
	c.scene(c.say("The group says goodbye", "群里道别"), 28, "15:00")
	c.says(bo, c.packers, "/privacy", "/privacy")
	c.press(bo, c.packers, "privacy:forget")
	c.press(lin, c.packers, "privacy:forget")
	c.press(bo, c.packers, "privacy:forget|yes")
	c.says(bo, c.packers, "/unbind", "/unbind")
	c.says(lin, c.packers, "/alerts", "/alerts")
	c.press(lin, c.packers, "unbind:tea")
	c.press(lin, c.packers, "privacy:forget|yes")
	c.says(bo, c.packers, "/today", "/today")
}

// longAgo presses a button of a message that is older than what is kept.
func (c *cast) longAgo() {
	c.note("Months later", "几个月以后")
	c.clock.set(time.Date(2027, 4, 1, 10, 0, 30, 0, c.zone))
	check(c.t, c.app.trim(context.WithoutCancel(c.t.Context())))
	c.says(ada, ada, "/take 7001", "接手 7001")
	c.touch(lin, lin, "over")
	c.says(lin, lin, "/excuse 2001", "不怪我们 2001")
	c.note("Whoever runs the bot replaces the rules of the shop", "机器人的管理员换了店铺的规则")
	shop, err := c.app.store.Shop(c.t.Context(), "tea")
	check(c.t, err)
	shop.Pack = "amazon-style"
	check(c.t, c.app.store.SaveShop(c.t.Context(), shop))
	c.press(lin, lin, "excuse:tea|m|stopship|…")
	c.touch(lin, lin, "take")
}
