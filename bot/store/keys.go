package store

import (
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"

	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// partitions is how many partitions there are. It is part of every key and can never change.
const partitions = 256

// shards is how many streams the Telegram updates are spread over.
const shards = 16

// partitionOf returns the partition of a shop or of another route.
func partitionOf(route string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(route)) // a hash never fails
	return int(h.Sum32() % partitions)
}

// numbered returns "{name" + n in the given number of digits + "}:".
func numbered(name string, n, digits int) string {
	text := strconv.Itoa(n)
	return "{" + name + strings.Repeat("0", max(0, digits-len(text))) + text + "}:"
}

// esc makes an id safe inside keys, members and glob patterns; ordinary ids stay as they are.
func esc(id string) string { return url.QueryEscape(id) }

// unesc undoes esc. What esc never wrote comes back as it is.
func unesc(text string) string {
	id, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return id
}

// Keys of a partition.

// tags are the hash tags of the partitions. They are read-only.
var tags = func() (list [partitions]string) {
	for p := range list {
		list[p] = numbered("p", p, 3)
	}
	return list
}()

func partKey(p int, name string) string { return tags[p] + name }

func seqKey(p int) string    { return partKey(p, "seq") }
func shopsKey(p int) string  { return partKey(p, "shops") }
func wakeKey(p int) string   { return partKey(p, "wake") }
func outKey(p int) string    { return partKey(p, "out") }
func deadKey(p int) string   { return partKey(p, "dead") }
func digestKey(p int) string { return partKey(p, "digest") }
func slotsKey(p int) string  { return partKey(p, "slots") }
func boardsKey(p int) string { return partKey(p, "boards") }

func codeKey(p int, hash string) string { return partKey(p, "code:"+hash) }

// messageMember names a message in the out set; its record has that name too.
func messageMember(route, key string) string { return esc(route) + ":" + key }

func messageKey(p int, member string) string { return partKey(p, "msg:"+member) }

// lineKeys make the keys of one line of messages.
type lineKeys struct {
	p                int
	name             string // in the lane and in held
	lane, held, line string
	calm, noise      string // noise is what the keys begin with; the day follows
}

func linesOf(l outbox.Line) lineKeys {
	p, name := partitionOf(l.Route), lineName(l)
	return lineKeys{p: p, name: name, lane: laneKey(p, l.Lane), held: heldKey(p, l.Lane), line: laneKey(p, l.Lane) + ":" + name,
		calm: calmKey(l.Route), noise: noiseKey(l.Route, "")}
}

func laneKey(p int, l outbox.Lane) string { return partKey(p, "lane"+strconv.Itoa(int(l))) }

func heldKey(p int, l outbox.Lane) string { return partKey(p, "held"+strconv.Itoa(int(l))) }

// lineName names a line in its lane: the route, then the chat.
func lineName(l outbox.Line) string { return messageMember(l.Route, strconv.FormatInt(l.Chat, 10)) }

func alarmsKey(p int) string { return partKey(p, "alarms") }

// alarmMember names an alarm among those to be looked at.
func alarmMember(shop, id string) string { return esc(shop) + "\x00" + id }

// parseLine undoes lineName.
func parseLine(lane outbox.Lane, name string) (outbox.Line, bool) {
	route, chat, ok := strings.Cut(name, ":")
	id, err := strconv.ParseInt(chat, 10, 64)
	return outbox.Line{Route: unesc(route), Chat: id, Lane: lane}, ok && err == nil
}

func calmKey(route string) string { return partKey(partitionOf(route), "calm:"+esc(route)) }

func noiseKey(shop, day string) string { return partKey(partitionOf(shop), "noise:"+esc(shop)+":"+day) }

// shopKeys makes the keys of one shop.
type shopKeys struct {
	p       int
	tag, id string
}

func keysOf(shop string) shopKeys {
	p := partitionOf(shop)
	return shopKeys{p, tags[p], esc(shop)}
}

func (k shopKeys) settings() string  { return k.tag + "shop:" + k.id }
func (k shopKeys) chats() string     { return k.tag + "chats:" + k.id }
func (k shopKeys) days() string      { return k.tag + "days:" + k.id }
func (k shopKeys) took() string      { return k.tag + "took:" + k.id }
func (k shopKeys) due() string       { return k.tag + "due:" + k.id }
func (k shopKeys) broken() string    { return k.tag + "broken:" + k.id }
func (k shopKeys) penalties() string { return k.tag + "penalties:" + k.id }
func (k shopKeys) log() string       { return k.tag + "log:" + k.id }
func (k shopKeys) heard() string     { return k.tag + "heard:" + k.id }
func (k shopKeys) pulse() string     { return k.tag + "pulse:" + k.id }
func (k shopKeys) tips() string      { return k.tag + "tips:" + k.id }
func (k shopKeys) board() string     { return k.tag + "board:" + k.id }
func (k shopKeys) alarm() string     { return k.tag + "alarm:" + k.id }

// dossiers is what the keys of all dossiers start with; the subject follows.
func (k shopKeys) dossiers() string { return k.tag + "dossier:" + k.id + ":" }

// appeals is what the keys of all appeals start with; the penalty follows.
func (k shopKeys) appeals() string { return k.tag + "appeal:" + k.id + ":" }

func (k shopKeys) appeal(penalty string) string { return k.appeals() + esc(penalty) }

// messages is what the keys of all messages on the shop's route start with.
func (k shopKeys) messages() string { return k.tag + "msg:" + k.id + ":" }

// Members and fields.

func wakeMember(shop string, s rules.Subject) string { return wakePrefix(shop) + s.String() }
func wakePrefix(shop string) string                  { return esc(shop) + "\x00" }

func parseWake(member string) (sla.Wake, bool) {
	shop, text, ok := strings.Cut(member, "\x00")
	if !ok {
		return sla.Wake{}, false
	}
	subject, ok := rules.ParseSubject(text)
	return sla.Wake{Shop: unesc(shop), Subject: subject}, ok
}

// caseMember is RULE|K/ID, or RULE@PART|K/ID.
func caseMember(id sla.CaseID) string {
	name := esc(id.Rule)
	if id.Part != "" {
		name += "@" + esc(id.Part)
	}
	return name + "|" + id.Subject.String()
}

func parseCase(member string) (sla.CaseID, bool) {
	name, text, ok := strings.Cut(member, "|")
	if !ok {
		return sla.CaseID{}, false
	}
	rule, part, _ := strings.Cut(name, "@")
	subject, ok := rules.ParseSubject(text)
	return sla.CaseID{Rule: unesc(rule), Part: unesc(part), Subject: subject}, ok
}

func dayField(d rules.Date) string { return strconv.Itoa(int(d)) }

func tookField(rd sla.RuleDay) string { return dayField(rd.Day) + "/" + esc(rd.Rule) }

// fieldDay reads the day that starts a field of days or took.
func fieldDay(field string) (rules.Date, bool) {
	text, _, _ := strings.Cut(field, "/")
	n, err := strconv.ParseInt(text, 10, 32)
	return rules.Date(n), err == nil
}

// Keys beside the partitions.

func chatTag(chat int64) string      { return "{chat:" + strconv.FormatInt(chat, 10) + "}:" }
func chatShopsKey(chat int64) string { return chatTag(chat) + "shops" }
func chatPrefsKey(chat int64) string { return chatTag(chat) + "prefs" }
func inboxKey(shard int) string      { return numbered("tg", shard, 2) + "in" }
func asideKey(shard int) string      { return numbered("tg", shard, 2) + "dead" }
func seenKey(shard int, update int64) string {
	return numbered("tg", shard, 2) + "seen:" + strconv.FormatInt(update, 10)
}

// Keys of the limits that all messages share.

const (
	rateKey   = "{rate}:all"    // window of all
	wantKey   = "{rate}:want"   // lanes that wait for room
	restKey   = "{rate}:rest"   // until when everybody rests
	floodsKey = "{rate}:floods" // chats that got a 429 of late
)

func rateChatKey(chat int64) string { return "{rate}:chat:" + strconv.FormatInt(chat, 10) }
func restChatKey(chat int64) string { return "{rate}:rest:" + strconv.FormatInt(chat, 10) }

const installKey = "install:secret"

func exportsKey(line int) string   { return "exports:" + strconv.Itoa(line) }
func leaseKey(name string) string  { return "lease:" + name }
func tokenKey(token string) string { return "token:" + token }
func jobKey(key string) string     { return "job:" + key }
