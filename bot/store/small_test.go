package store_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/jobs"
	"shopwarden/rules"
)

func aCodeBindsOneChatOnly(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	code := must[string](t)(s.NewCode(ctx, shop, notify.Owner, time.Hour))
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{22,64}$`).MatchString(code) {
		t.Errorf("code %q", code)
	}
	if left := keysWith(t, s, code); len(left) != 0 {
		t.Errorf("the code itself is stored: %v", left)
	}
	want := store.Invite{Shop: shop, Role: notify.Owner}
	for range 2 { // the second time after a lost reply
		if got := must[store.Invite](t)(s.TakeCode(ctx, code, 1)); got != want {
			t.Errorf("invite %+v, want %+v", got, want)
		}
	}
	for _, bad := range []string{code, code + "A", code[1:], "", "####", strings.Repeat("A", 23)} {
		if _, err := s.TakeCode(ctx, bad, 2); !errors.Is(err, store.ErrNoCode) {
			t.Errorf("another chat took %q: %v, want %v", bad, err, store.ErrNoCode)
		}
	}
	ok(t, s.SpendCode(ctx, code))
	ok(t, s.SpendCode(ctx, "never was"))
	want.Spent = true
	if got := must[store.Invite](t)(s.TakeCode(ctx, code, 1)); got != want {
		t.Errorf("after it bound its chat it is %+v, want %+v", got, want)
	}
	if _, err := s.NewCode(ctx, "nobody", notify.Team, time.Hour); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("a code for an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
}

func updatesAreKeptInOrderUntilTheyAreDone(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for i := range int64(5) {
		for _, want := range []bool{true, false} {
			if fresh := must[bool](t)(s.StoreUpdate(ctx, 100+i, -77, fmt.Appendf(nil, "{%d}", i))); fresh != want {
				t.Errorf("update %d: fresh %v, want %v", i, fresh, want)
			}
		}
	}
	shard := s.ShardOf(-77)
	updates := must[[]store.Update](t)(s.NextUpdates(ctx, shard, 3))
	for i, u := range updates {
		if u.UpdateID != 100+int64(i) || u.Chat != -77 || string(u.Raw) != fmt.Sprintf("{%d}", i) {
			t.Errorf("update %d is %+v", i, u)
		}
	}
	if again := must[[]store.Update](t)(s.NextUpdates(ctx, shard, 3)); len(updates) != 3 || !cmp.Equal(updates, again) {
		t.Errorf("%d updates, and then others: reading must not remove", len(updates))
	}
	for range 2 {
		ok(t, s.DoneUpdate(ctx, shard, updates[0].ID))
		ok(t, s.SetAside(ctx, shard, updates[1].ID, "unknown_type"))
	}
	left := must[[]store.Update](t)(s.NextUpdates(ctx, shard, 10))
	dead := must[[]store.Dead](t)(s.DeadUpdates(ctx, shard, 10))
	if len(left) != 3 || left[0].UpdateID != 102 {
		t.Errorf("left %+v, want 102 to 104", left)
	}
	if len(dead) != 1 || dead[0].UpdateID != 101 || dead[0].Reason != "unknown_type" || string(dead[0].Raw) != "{1}" {
		t.Errorf("set aside %+v, want 101 with its reason", dead)
	}
	if n := must[int](t)(s.DeadSize(ctx)); n != 1 {
		t.Errorf("%d set aside, want 1", n)
	}
	sizes := must[[]int](t)(s.InboxSizes(ctx))
	if want := slices.Insert(make([]int, s.Shards()-1), shard, 3); !slices.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}

func aLeaseHasOneOwner(t *testing.T, s *store.Store) {
	ctx := t.Context()
	held := func(owner string) bool {
		t.Helper()
		return must[bool](t)(s.Lease(ctx, "poller", owner, time.Hour))
	}
	for _, owner := range []string{"a", "b", "a"} {
		if got := held(owner); got != (owner == "a") {
			t.Errorf("%s holds the lease: %v; a must get and renew it, b must not", owner, got)
		}
	}
	ok(t, s.Release(ctx, "poller", "b"))
	if held("b") {
		t.Error("b gave a's lease back")
	}
	ok(t, s.Release(ctx, "poller", "a"))
	if !held("b") {
		t.Error("b must get what a gave back")
	}
}

func aTokenStandsForItsPayload(t *testing.T, s *store.Store) {
	ctx := t.Context()
	payload := "why:" + strings.Repeat("x", 200)
	token := must[string](t)(s.SaveToken(ctx, payload))
	if again := must[string](t)(s.SaveToken(ctx, payload)); again != token || len(token) != 22 {
		t.Errorf("tokens %q and %q, want one of 22 characters", token, again)
	}
	if got := must[string](t)(s.Token(ctx, token)); got != payload {
		t.Errorf("payload %q", got)
	}
	if _, err := s.Token(ctx, "unknown"); !errors.Is(err, store.ErrNoToken) {
		t.Errorf("an unknown token: %v, want %v", err, store.ErrNoToken)
	}
}

func aJobIsDoneOnce(t *testing.T, s *store.Store) {
	ctx := t.Context()
	if must[bool](t)(s.JobDone(ctx, "weekly/s1/2026-W47")) {
		t.Error("done before it was done")
	}
	ok(t, s.SetJobDone(ctx, "weekly/s1/2026-W47", time.Hour))
	if !must[bool](t)(s.JobDone(ctx, "weekly/s1/2026-W47")) {
		t.Error("not done after it was done")
	}
}

func aDigestIsClaimedOnceForItsSlot(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for i, shop := range []string{"a", "b", "c"} {
		saved(t, s, shop)
		ok(t, s.Schedule(ctx, shop, noon+rules.Instant(i)))
	}
	claim := func(now rules.Instant, want ...jobs.Due) {
		t.Helper()
		got := must[[]jobs.Due](t)(s.ClaimDue(ctx, now, lease, 2))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("claimed at +%d (-want +got):\n%s", now-noon, diff)
		}
	}
	claim(noon - 1)
	claim(noon+9, jobs.Due{Shop: "a", At: noon}, jobs.Due{Shop: "b", At: noon + 1})
	claim(noon+9, jobs.Due{Shop: "c", At: noon + 2})
	claim(noon + 9)
	ok(t, s.ScheduleIfNone(ctx, "a", noon+5)) // a restart in between must not touch what is claimed
	ok(t, s.Schedule(ctx, "b", noon+1000))
	ok(t, s.Unschedule(ctx, "c"))
	if at := must[rules.Instant](t)(s.Scheduled(ctx, "a")); at != noon {
		t.Errorf("a is scheduled for +%d, want +0", at-noon)
	}
	claim(noon + 100)
	end := noon + 9 + rules.Instant(lease.Milliseconds())
	claim(end, jobs.Due{Shop: "b", At: noon + 1000}, jobs.Due{Shop: "a", At: noon})
	if at := must[rules.Instant](t)(s.Scheduled(ctx, "c")); at != 0 {
		t.Errorf("c is scheduled for +%d, want never", at-noon)
	}
	if err := s.Schedule(ctx, "nobody", noon); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("scheduling an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
}
