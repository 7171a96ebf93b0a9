package store_test

import (
	"fmt"
	"strings"
	"testing"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/rules"
)

func TestNothingOfAPersonIsLeftAndNothingElseIsTaken(t *testing.T) {
	s := open(t, storetest.Redis(t))
	aKnownPerson(t, s)
	ok(t, s.Forget(t.Context(), 1))
	for _, key := range allKeys(t, s) {
		if strings.HasPrefix(key, "{chat:1}") {
			t.Errorf("%s is still there", key)
		}
		value := fmt.Sprint(content(t, store.Client(s), key))
		if strings.Contains(value, "Li Na") || strings.Contains(value, `"person":1,`) || strings.Contains(value, `"chat":1,`) {
			t.Errorf("%s still holds %s", key, value)
		}
	}
	for shop, want := range map[string]alarm.Mark{"s1": {Person: 2, Name: "Wang", At: noon}, "s3": {Person: alarm.Forgotten, At: noon}} {
		if a := must[alarm.Alarm](t)(s.Alarm(t.Context(), shop, "r|order/1")); a.Taken != want {
			t.Errorf("%s: taken by %+v, want %+v", shop, a.Taken, want)
		}
	}
	if boards := must[map[int64]notify.BoardState](t)(s.Boards(t.Context(), "s1")); len(boards) != 1 || boards[2].Key == "" {
		t.Errorf("boards: %v, want that of chat 2", boards)
	}
	wantKeys(t, s, noon+1000, "k2")
	before := dump(t, s)
	ok(t, s.Forget(t.Context(), 1))
	if after := dump(t, s); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("forgetting twice changes something")
	}
}

func TestAGroupThatIsForgottenTakesNobodysName(t *testing.T) {
	s := open(t, storetest.Redis(t))
	aKnownPerson(t, s)
	ok(t, s.Bind(t.Context(), "s1", notify.Chat{ID: -1, Role: notify.Team}))
	ok(t, s.Forget(t.Context(), -1))
	if a := must[alarm.Alarm](t)(s.Alarm(t.Context(), "s1", "r|order/1")); a.Seen.Name != "Li Na" {
		t.Errorf("seen by %+v", a.Seen)
	}
	if chats := must[[]notify.Chat](t)(s.Chats(t.Context(), "s1")); len(chats) != 1 || chats[0].ID != 1 {
		t.Errorf("bound: %v", chats)
	}
}

func TestAChatThatLeavesGetsNothingThatStillWaits(t *testing.T) {
	s := open(t, storetest.Redis(t))
	aBoundShop(t, s)
	board := toChat("k2", "s1", 1)
	board.Kind = outbox.Board
	enqueue(t, s, toChat("k1", "s1", 1), board, toChat("k3", "s1", 8), toChat("k4", "s2", 1))
	ok(t, s.Unbind(t.Context(), "s1", 1))
	wantKeys(t, s, noon, "k3", "k4")
}

func TestTheLastOwnerStaysOne(t *testing.T) {
	ctx, s := t.Context(), open(t, storetest.Redis(t))
	saved(t, s, "s1")
	for id, role := range map[int64]notify.Role{1: notify.Owner, 2: notify.Owner, 3: notify.Agent, -4: notify.Owner} {
		ok(t, s.Bind(ctx, "s1", notify.Chat{ID: id, Role: role}))
	}
	for _, step := range []struct {
		chat int64
		role notify.Role
		want bool
	}{{2, notify.Manager, true}, {2, notify.Manager, true}, {1, notify.Viewer, false}, {1, notify.Owner, true}, {3, notify.Owner, true}, {1, notify.Viewer, true}, {9, notify.Owner, false}} {
		if got := must[bool](t)(s.SetRole(ctx, "s1", step.chat, step.role)); got != step.want {
			t.Errorf("%d becomes %s: %v, want %v", step.chat, step.role, got, step.want)
		}
	}
}

func TestASettingBringsNobodyBackAndRaisesNobody(t *testing.T) {
	ctx, s := t.Context(), open(t, storetest.Redis(t))
	saved(t, s, "s1")
	before := notify.Chat{ID: 1, Role: notify.Manager}
	ok(t, s.Bind(ctx, "s1", before))
	must[bool](t)(s.SetRole(ctx, "s1", 1, notify.Viewer))
	before.Budget = 3
	ok(t, s.SaveChat(ctx, "s1", before)) // read before the role was changed
	if got := must[[]notify.Chat](t)(s.Chats(ctx, "s1")); len(got) != 1 || got[0].Role != notify.Viewer || got[0].Budget != 3 {
		t.Errorf("a setting that was on its way made %+v", got)
	}
	ok(t, s.Unbind(ctx, "s1", 1))
	ok(t, s.SaveChat(ctx, "s1", before))
	if got := must[[]notify.Chat](t)(s.Chats(ctx, "s1")); len(got) != 0 {
		t.Errorf("a setting that was on its way bound %+v again", got)
	}
}

func TestAForgottenPersonLeavesTheAppealsToo(t *testing.T) {
	ctx, s := t.Context(), open(t, storetest.Redis(t))
	li, wang := alarm.Mark{Person: 1, Name: "Li Na", At: noon}, alarm.Mark{Person: 12, Name: "Wang", At: noon}
	for _, shop := range []string{"s1", "s2"} {
		commit(t, s, sla.ShopWrite{Shop: saved(t, s, shop), Penalties: map[string]rules.Instant{"P|1": noon}})
		must[appeal.Folder](t)(s.EditFolder(ctx, shop, "P|1", func(f appeal.Folder) appeal.Folder {
			f, _ = f.Added(appeal.Attachment{ID: "a", By: li})
			f, _ = f.Added(appeal.Attachment{ID: "b", By: wang})
			return f.FiledBy(li)
		}))
	}
	for range 2 {
		ok(t, s.Forget(ctx, 1))
		for _, shop := range []string{"s1", "s2"} {
			f := must[appeal.Folder](t)(s.Folder(ctx, shop, "P|1"))
			nobody := alarm.Mark{Person: alarm.Forgotten, At: noon}
			if len(f.Files) != 2 || f.Files[0].By != nobody || f.Files[1].By != wang || f.Filed != nobody {
				t.Errorf("%s keeps %+v", shop, f)
			}
		}
	}
}
