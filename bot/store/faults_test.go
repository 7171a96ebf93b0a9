package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/config"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// deed is one mutating method at work. prepare speaks to the server directly, do through a proxy that loses one reply.
type deed struct {
	method  string
	prepare func(*testing.T, *store.Store)
	do      func(context.Context, *store.Store) (any, error)
}

func nothing(err error) (any, error)              { return nil, err }
func second[T any](_ T, err error) error          { return err }
func anything[T any](v T, err error) (any, error) { return v, err }

func aShop(t *testing.T, s *store.Store) { saved(t, s, "s1") }

func aBoundShop(t *testing.T, s *store.Store) {
	for _, shop := range []string{"s1", "s2"} {
		saved(t, s, shop)
		ok(t, s.Bind(t.Context(), shop, chat(1)))
	}
	ok(t, s.SaveChatPrefs(t.Context(), 1, store.ChatPrefs{Lang: "zh", CurrentShop: "s1"}))
}

// aKnownPerson is somebody of whom everything is kept that can be.
func aKnownPerson(t *testing.T, s *store.Store) {
	ctx := t.Context()
	aBoundShop(t, s)
	must[alarm.Alarm](t)(s.EditAlarm(ctx, "s1", "r|order/1", func(a alarm.Alarm) alarm.Alarm {
		a.Seen = alarm.Mark{Person: 1, Name: "Li Na", At: noon}
		a.Taken = alarm.Mark{Person: 2, Name: "Wang", At: noon}
		return a
	}))
	saved(t, s, "s3") // a shop in whose group the person acted
	must[alarm.Alarm](t)(s.EditAlarm(ctx, "s3", "r|order/1", func(a alarm.Alarm) alarm.Alarm {
		a.Taken = alarm.Mark{Person: 1, Name: "Li Na", At: noon}
		return a
	}))
	ok(t, s.SaveBoards(ctx, "s1", notify.BoardPlan{States: map[int64]notify.BoardState{1: {Key: "board/1", Hash: "h"}, 2: {Key: "board/2"}}}))
	enqueue(t, s, toChat("k1", "s1", 1), toChat("k2", "s1", 8), toChat("reply/1/0", "1", 1), toChat("k3", "s2", 1))
	claimed := must[[]outbox.Claimed](t)(s.Claim(ctx, noon, outbox.LaneAlert, outbox.LaneAlert, 10, lease))
	for _, c := range claimed {
		if c.First().Key == "k3" {
			ok(t, s.Settle(ctx, noon, []outbox.Settlement{{Claimed: c, State: outbox.Failed, Reason: "blocked"}}))
			continue
		}
		ok(t, s.Settle(ctx, noon, []outbox.Settlement{{Claimed: c, State: outbox.Waiting, Next: noon + 1000}}))
	}
	must[bool](t)(s.StoreUpdate(ctx, 5, 1, []byte("{}")))
	_, err := firstUpdate(ctx, s, func(shard int, id string) error { return s.SetAside(ctx, shard, id, "why") })
	ok(t, err)
}

// twoMessages are of two lines.
func twoMessages(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"), toChat("k2", "s1", 8))
}

// claimedKeys is an answer to compare: the ids of claims differ from run to run.
func claimedKeys(list []outbox.Claimed, err error) (any, error) {
	var keys []string
	for _, c := range list {
		keys = append(keys, c.First().Key)
	}
	return keys, err
}

// settled claims both messages and has each come to something.
func settled(ctx context.Context, s *store.Store, first, second outbox.State) (any, error) {
	list, err := s.Claim(ctx, noon, outbox.LaneAlert, outbox.LaneWarning, 10, lease)
	if err != nil || len(list) != 2 {
		return nil, fmt.Errorf("claimed %d: %w", len(list), err)
	}
	return nil, s.Settle(ctx, noon, []outbox.Settlement{{Claimed: list[0], State: first, MessageID: 9, Next: noon + 5, Reason: "flood"},
		{Claimed: list[1], State: second, Next: noon + 5, Reason: "flood"}})
}

func aDeadLetter(t *testing.T, s *store.Store) {
	twoMessages(t, s)
	_, err := settled(t.Context(), s, outbox.Sent, outbox.Failed)
	ok(t, err)
}

var someRequests = []outbox.Request{{ID: "a", Chat: 1, Lane: outbox.LaneAlert}, {ID: "b", Chat: -1, Lane: outbox.LaneDigest}}

func anUpdate(t *testing.T, s *store.Store) {
	must[bool](t)(s.StoreUpdate(t.Context(), 5, 1, []byte("{}")))
	must[bool](t)(s.StoreUpdate(t.Context(), 6, 1, []byte("{}")))
}

// firstUpdate calls f with the oldest update of chat 1, which it learns beside the proxy's counting.
func firstUpdate(ctx context.Context, s *store.Store, f func(shard int, id string) error) (any, error) {
	shard := s.ShardOf(1)
	updates, err := s.NextUpdates(ctx, shard, 10)
	if err != nil {
		return nil, err
	}
	for _, u := range updates {
		if u.UpdateID == 5 {
			return nil, f(shard, u.ID)
		}
	}
	return nil, errors.New("the update is gone")
}

// apply is what a caller of Commit does: load, see whether there is anything to do, commit, start over when refused.
func apply(ctx context.Context, s *store.Store) error {
	for {
		loaded, err := s.Load(ctx, []sla.Ask{{Partition: s.Partition("s1"), Shops: []sla.ShopAsk{{Shop: "s1", Subjects: []rules.Subject{orderA}}}}})
		if err != nil {
			return err
		}
		if len(loaded[0].Shops[0].Dossiers[0].Facts) > 0 {
			return nil
		}
		write := sla.Write{Partition: s.Partition("s1"), Version: loaded[0].Version, Shops: []sla.ShopWrite{full("s1")}}
		if _, err := s.Commit(ctx, []sla.Write{write}); err != nil {
			return err
		}
	}
}

var deeds = []deed{
	{"Commit", aShop, func(ctx context.Context, s *store.Store) (any, error) { return nothing(apply(ctx, s)) }},
	{"Enqueue", nil, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.Enqueue(ctx, noon, []outbox.Message{message("k1", "s1"), message("k2", "s2")}))
	}},
	{"Claim", twoMessages, func(ctx context.Context, s *store.Store) (any, error) {
		return claimedKeys(s.Claim(ctx, noon, outbox.LaneAlert, outbox.LaneWarning, 10, lease))
	}},
	{"Settle", twoMessages, func(ctx context.Context, s *store.Store) (any, error) {
		return settled(ctx, s, outbox.Sent, outbox.Waiting)
	}},
	{"RetryLetter", aDeadLetter, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(second(s.RetryLetter(ctx, noon+9, "s1", "k2")))
	}},
	{"Adopt", func(t *testing.T, s *store.Store) {
		twoMessages(t, s)
		for _, key := range keysWith(t, s, ":lane") {
			ok(t, store.Client(s).Del(t.Context(), key).Err())
		}
	}, func(ctx context.Context, s *store.Store) (any, error) { return nothing(second(s.Adopt(ctx))) }},
	{"DropLetter", aDeadLetter, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(second(s.DropLetter(ctx, "s1", "k2")))
	}},
	{"Admit", nil, func(ctx context.Context, s *store.Store) (any, error) {
		grants, err := s.Admit(ctx, someRequests)
		for i := range grants {
			grants[i].At = 0
		}
		return grants, err
	}},
	{"Pass", func(t *testing.T, s *store.Store) { must[[]outbox.Grant](t)(s.Admit(t.Context(), someRequests)) },
		func(ctx context.Context, s *store.Store) (any, error) {
			return nothing(s.Pass(ctx, []outbox.Passed{{ID: "a", Chat: 1, At: 1}, {ID: "b", Chat: -1}}))
		}},
	{"Flood", nil, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Flood(ctx, 1, time.Second)) }},
	{"SaveShop", nil, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.SaveShop(ctx, config.Shop{ID: "s1"}))
	}},
	{"RemoveShop", func(t *testing.T, s *store.Store) { fill(t, s, "s1", 1); saved(t, s, "s2") },
		func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.RemoveShop(ctx, "s1")) }},
	{"Trim", func(t *testing.T, s *store.Store) { aShop(t, s); commit(t, s, full("s1")) },
		func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Trim(ctx, "s1")) }},
	{"Bind", aShop, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Bind(ctx, "s1", chat(1))) }},
	{"Unbind", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Unbind(ctx, "s1", 1)) }},
	{"SetRole", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) {
		return anything(s.SetRole(ctx, "s1", 1, notify.Viewer))
	}},
	{"Forget", aKnownPerson, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Forget(ctx, 1)) }},
	{"SaveChat", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.SaveChat(ctx, "s1", notify.Chat{ID: 1, Budget: 3}))
	}},
	{"PauseChat", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.PauseChat(ctx, 1, true)) }},
	{"MoveThread", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.MoveThread(ctx, 1, 0, 7)) }},
	{"Withdraw", twoMessages, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.Withdraw(ctx, "s1", []string{"k1", "never was"}))
	}},
	{"MigrateChat", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.MigrateChat(ctx, 1, 2)) }},
	{"SaveChatPrefs", nil, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.SaveChatPrefs(ctx, 1, store.ChatPrefs{Lang: "en", CurrentShop: "s1"}))
	}},
	{"NewCode", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		code, err := s.NewCode(ctx, "s1", notify.Owner, time.Hour)
		return len(code), err
	}},
	{"TakeCode", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		code, err := s.NewCode(ctx, "s1", notify.Owner, time.Hour)
		if err != nil {
			return nil, err
		}
		return anything(s.TakeCode(ctx, code, 1))
	}},
	{"Invite", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		code, err := s.Invite(ctx, store.Invite{Shop: "s1", Role: notify.Agent, By: 3}, time.Hour)
		return len(code), err
	}},
	{"SpendCode", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		code, err := s.Invite(ctx, store.Invite{Shop: "s1", Role: notify.Agent, By: 3}, time.Hour)
		if err != nil {
			return nil, err
		}
		if err := s.SpendCode(ctx, code); err != nil {
			return nil, err
		}
		return anything(s.TakeCode(ctx, code, 1))
	}},
	// A reply lost after the update was stored cannot tell whether it was fresh: the answer is not compared.
	{"StoreUpdate", nil, func(ctx context.Context, s *store.Store) (any, error) {
		_, err := s.StoreUpdate(ctx, 5, 1, []byte("{}"))
		return nil, err
	}},
	{"DoneUpdate", anUpdate, func(ctx context.Context, s *store.Store) (any, error) {
		return firstUpdate(ctx, s, func(shard int, id string) error { return s.DoneUpdate(ctx, shard, id) })
	}},
	{"SetAside", anUpdate, func(ctx context.Context, s *store.Store) (any, error) {
		return firstUpdate(ctx, s, func(shard int, id string) error { return s.SetAside(ctx, shard, id, "why") })
	}},
	{"Lease", nil, func(ctx context.Context, s *store.Store) (any, error) {
		return anything(s.Lease(ctx, "l", "me", time.Hour))
	}},
	{"Release", func(t *testing.T, s *store.Store) { must[bool](t)(s.Lease(t.Context(), "l", "me", time.Hour)) },
		func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Release(ctx, "l", "me")) }},
	{"SaveToken", nil, func(ctx context.Context, s *store.Store) (any, error) { return anything(s.SaveToken(ctx, "p")) }},
	{"InstallationSecret", nil, func(ctx context.Context, s *store.Store) (any, error) {
		return anything(s.InstallationSecret(ctx, "fresh"))
	}},
	{"SetJobDone", nil, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.SetJobDone(ctx, "j", time.Hour))
	}},
	{"Schedule", aShop, func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Schedule(ctx, "s1", noon)) }},
	{"ScheduleIfNone", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.ScheduleIfNone(ctx, "s1", noon))
	}},
	{"Unschedule", func(t *testing.T, s *store.Store) { aShop(t, s); ok(t, s.Schedule(t.Context(), "s1", noon)) },
		func(ctx context.Context, s *store.Store) (any, error) { return nothing(s.Unschedule(ctx, "s1")) }},
	{"ClaimDue", func(t *testing.T, s *store.Store) { aShop(t, s); ok(t, s.Schedule(t.Context(), "s1", noon)) },
		func(ctx context.Context, s *store.Store) (any, error) {
			return anything(s.ClaimDue(ctx, noon, lease, 5))
		}},
	{"LookAtBoards", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.LookAtBoards(ctx, "s1", noon))
	}},
	{"ClaimBoards", func(t *testing.T, s *store.Store) { aBoundShop(t, s); ok(t, s.LookAtBoards(t.Context(), "s1", noon)) },
		func(ctx context.Context, s *store.Store) (any, error) {
			due, err := s.ClaimBoards(ctx, noon, lease, 5)
			for i := range due {
				due[i].Lease = 0
			}
			return due, err
		}},
	{"PlanBoards", func(t *testing.T, s *store.Store) { aBoundShop(t, s); ok(t, s.LookAtBoards(t.Context(), "s1", noon)) },
		func(ctx context.Context, s *store.Store) (any, error) {
			return nothing(s.PlanBoards(ctx, jobs.BoardDue{Shop: "s1", Lease: noon}, noon+9))
		}},
	{"SaveBoards", aBoundShop, func(ctx context.Context, s *store.Store) (any, error) {
		state := notify.BoardState{Key: "board/1", Hash: "h"}
		return nothing(s.SaveBoards(ctx, "s1", notify.BoardPlan{States: map[int64]notify.BoardState{1: state},
			Messages: []outbox.Message{message("board/1", "s1")}}))
	}},
	{"SaveTip", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.SaveTip(ctx, "s1", "tip", notify.TipState{Decision: notify.Later, At: noon}))
	}},
	{"TellTip", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		return anything(s.TellTip(ctx, "s1", "tip", noon, 20779))
	}},
	{"Followed", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.Followed(ctx, "s1", "r|order/1", noon))
	}},
	// An edit that is no absolute value: computed anew on its own result it would count twice.
	{"EditAlarm", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		return anything(s.EditAlarm(ctx, "s1", "r|order/1", func(a alarm.Alarm) alarm.Alarm { a.Reminders++; return a }))
	}},
	{"AskExport", nil, func(ctx context.Context, s *store.Store) (any, error) { return s.AskExport(ctx, 1, 7, "wish") }},
	{"DoneExport", aWish, func(ctx context.Context, s *store.Store) (any, error) {
		return nothing(s.DoneExport(ctx, 1, 7, "wish"))
	}},
	{"EditFolder", aShop, func(ctx context.Context, s *store.Store) (any, error) {
		return anything(s.EditFolder(ctx, "s1", "P-1", func(f appeal.Folder) appeal.Folder { return f.FiledBy(alarm.Mark{Person: 1, At: noon}) }))
	}},
}

// aWish is a file that a chat asked for.
func aWish(t *testing.T, s *store.Store) {
	t.Helper()
	if _, err := s.AskExport(t.Context(), 1, 7, "wish"); err != nil {
		t.Fatal(err)
	}
}

// readers are the methods that change nothing.
var readers = []string{"Alarm", "Alarms", "ShopAlarms", "Backlog", "Boards", "Broken", "ChatPrefs", "ChatShops", "Chats", "Close", "Days", "DeadSize", "DeadUpdates", "Dossiers", "DueAlarms", "Due", "Exports", "Gather", "Glances", "Fingerprint", "Folder", "Health", "Heard", "InboxSizes", "JobDone", "Letters", "Load", "Log", "MessageKeys", "NextUpdates", "Noise", "Partition", "BrokenPage", "KeptDays", "Told",
	"Partitions", "Penalties", "Ping", "Pulse", "Recent", "Scheduled", "ShardOf", "Shards", "Shop", "Shops", "Subjects", "Tips", "Token", "Wakes"}

func TestEveryMethodIsADeedOrAReader(t *testing.T) {
	known := slices.Clone(readers)
	for _, d := range deeds {
		known = append(known, d.method)
	}
	methods := reflect.TypeFor[*store.Store]()
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; !slices.Contains(known, name) {
			t.Errorf("%s is neither among the deeds nor among the readers", name)
		}
	}
}

// TestALostReplyDoesNothingTwice loses, for every mutating method, the reply of each of its exchanges in turn; the client
// library then repeats the request. State and answer must be what they are without loss.
func TestALostReplyDoesNothingTwice(t *testing.T) {
	for _, d := range deeds {
		t.Run(d.method, func(t *testing.T) {
			url := storetest.Redis(t)
			proxy := storetest.NewProxy(t, url)
			direct, proxied := open(t, url), open(t, proxy.URL())
			want, answer, _ := d.perform(t, direct, proxied, proxy, -1)
			for n := 0; ; n++ {
				got, again, lost := d.perform(t, direct, proxied, proxy, n)
				if lost == 0 {
					if n == 0 {
						t.Error("no reply was lost")
					}
					return
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("reply %d lost: state (-want +got):\n%s", n, diff)
				}
				if diff := cmp.Diff(answer, again); diff != "" {
					t.Errorf("reply %d lost: answer (-want +got):\n%s", n, diff)
				}
			}
		})
	}
}

// perform does the deed on an empty server while the n-th reply is lost.
func (d deed) perform(t *testing.T, direct, proxied *store.Store, proxy *storetest.Proxy, n int) (state []string, answer any, lost int) {
	t.Helper()
	ok(t, store.FlushAll(t.Context(), direct))
	if d.prepare != nil {
		d.prepare(t, direct)
	}
	proxy.LoseReply(n)
	answer, err := d.do(t.Context(), proxied)
	lost = proxy.Lost()
	proxy.LoseReply(-1)
	if err != nil {
		t.Fatalf("reply %d lost: %v", n, err)
	}
	return dump(t, direct), answer, lost
}

// dump writes down every key with its value and whether it expires. What differs from run to run is left out: versions,
// ids of claims and of stream entries, the random part of codes.
func dump(t *testing.T, s *store.Store) []string {
	t.Helper()
	ctx, db := t.Context(), store.Client(s)
	var lines []string
	for _, key := range allKeys(t, s) {
		if strings.HasSuffix(key, ":seq") {
			continue
		}
		expires := must[time.Duration](t)(db.TTL(ctx, key).Result()) > 0
		name := key
		if before, _, isCode := strings.Cut(key, ":code:"); isCode {
			name = before + ":code:"
		}
		lines = append(lines, fmt.Sprintf("%s expires %v: %v", name, expires, content(t, db, key)))
	}
	slices.Sort(lines)
	return lines
}

// pausedAt is the store's own clock.
var pausedAt = regexp.MustCompile(`"paused_at":\d+`)

func content(t *testing.T, db redis.UniversalClient, key string) any {
	t.Helper()
	ctx := t.Context()
	switch kind := must[string](t)(db.Type(ctx, key).Result()); kind {
	case "string":
		if strings.HasPrefix(key, "{rate}:") { // the server's time
			return ""
		}
		return must[string](t)(db.Get(ctx, key).Result())
	case "hash":
		fields := must[map[string]string](t)(db.HGetAll(ctx, key).Result())
		delete(fields, "c")
		for field, value := range fields {
			switch {
			case strings.HasSuffix(key, ":slots"):
				fields[field], _, _ = strings.Cut(value, ":")
			case strings.Contains(key, ":held"):
				_, fields[field], _ = strings.Cut(value, "/")
			case strings.Contains(key, ":chats:"):
				fields[field] = pausedAt.ReplaceAllString(value, `"paused_at":0`)
			}
		}
		return fields
	case "set":
		members := must[[]string](t)(db.SMembers(ctx, key).Result())
		slices.Sort(members)
		return members
	case "zset":
		if strings.HasPrefix(key, "{rate}:") || strings.HasSuffix(key, ":boards") { // by the clock
			return must[[]string](t)(db.ZRange(ctx, key, 0, -1).Result())
		}
		return must[[]redis.Z](t)(db.ZRangeWithScores(ctx, key, 0, -1).Result())
	case "stream":
		var values []map[string]any
		for _, entry := range must[[]redis.XMessage](t)(db.XRange(ctx, key, "-", "+").Result()) {
			values = append(values, entry.Values)
		}
		return values
	default:
		t.Fatalf("%s is a %s", key, kind)
		return nil
	}
}

// TestTheProxyDoesMakeTheClientRepeat is the test of the test above: a plain INCR counts twice.
func TestTheProxyDoesMakeTheClientRepeat(t *testing.T) {
	url := storetest.Redis(t)
	proxy := storetest.NewProxy(t, url)
	db := store.Client(open(t, proxy.URL()))
	proxy.LoseReply(0)
	if n, err := db.Incr(t.Context(), "n").Result(); n != 2 || err != nil || proxy.Lost() != 1 {
		t.Errorf("INCR gives %d (%v) with %d replies lost, want 2 with 1", n, err, proxy.Lost())
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	proxy := storetest.NewProxy(t, storetest.Redis(t))
	s := open(t, proxy.URL())
	proxy.Delay(5 * time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if err := s.SaveShop(ctx, config.Shop{ID: "s1"}); err == nil {
		t.Error("a call without a reply succeeded")
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("it took %v to give up after 50ms", took)
	}
	proxy.Delay(0)
}

func TestCallsGoOnAfterACut(t *testing.T) {
	proxy := storetest.NewProxy(t, storetest.Redis(t))
	s := open(t, proxy.URL())
	saved(t, s, "s1")
	proxy.Cut()
	commit(t, s, full("s1"))
}

// TestAServerThatForgotTheScriptsIsTaught stands for a restart and for a replica that took over.
func TestAServerThatForgotTheScriptsIsTaught(t *testing.T) {
	s := open(t, storetest.Redis(t))
	saved(t, s, "s1")
	ok(t, store.Client(s).ScriptFlush(t.Context()).Err())
	commit(t, s, full("s1"))
	ok(t, store.Client(s).ScriptFlush(t.Context()).Err())
	wantKeys(t, s, noon, "breach/1")
}
