package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// claimBoards claims what is due and compares the shops.
func claimBoards(t *testing.T, s *store.Store, now rules.Instant, want ...string) []jobs.BoardDue {
	t.Helper()
	due := must[[]jobs.BoardDue](t)(s.ClaimBoards(t.Context(), now, lease, 2))
	var got []string
	for _, d := range due {
		got = append(got, d.Shop)
	}
	slices.Sort(got) // leases that run out do so in any order
	if !slices.Equal(got, want) {
		t.Fatalf("claimed %v at +%d, want %v", got, now-noon, want)
	}
	return due
}

// farOff is after every lease that began at noon.
const farOff = noon + 3_600_000

func boardsAreClaimedOnce(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for i, shop := range []string{"a", "b:x", "c"} {
		saved(t, s, shop)
		ok(t, s.LookAtBoards(ctx, shop, noon+rules.Instant(i)))
		ok(t, s.LookAtBoards(ctx, shop, noon+500)) // the sooner look holds
	}
	claimBoards(t, s, noon-1)
	first := claimBoards(t, s, noon+9, "a", "b:x")
	claimBoards(t, s, noon+9, "c")
	claimBoards(t, s, noon+9) // another replica at the same instant
	ok(t, s.PlanBoards(ctx, first[0], noon+700))
	ok(t, s.PlanBoards(ctx, first[0], noon+700))
	ok(t, s.PlanBoards(ctx, first[1], 0))
	claimBoards(t, s, noon+699)
	claimBoards(t, s, noon+700, "a")
	claimBoards(t, s, farOff, "a", "c") // the leases ran out
	if err := s.LookAtBoards(ctx, "nobody", noon); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("a look at an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
}

func aLookThatWasAskedForDuringAClaimIsNotLost(t *testing.T, s *store.Store) {
	ctx := t.Context()
	shop := saved(t, s, "s1")
	ok(t, s.Bind(ctx, shop, chat(7))) // a change of a subscription asks for a look
	due := must[[]jobs.BoardDue](t)(s.ClaimBoards(ctx, 1<<52, lease, 2))
	if len(due) != 1 {
		t.Fatalf("claimed %v, want the shop", due)
	}
	w := full(shop)
	w.Board = noon + 20_000
	commit(t, s, w)
	ok(t, s.PlanBoards(ctx, due[0], noon+300_000))
	claimBoards(t, s, noon+19_999)
	due = claimBoards(t, s, noon+20_000, shop)
	commit(t, s, w)
	ok(t, s.PlanBoards(ctx, due[0], 0))
	claimBoards(t, s, noon+20_000, shop)
}

func aPlanOfBoardsIsCarriedOutAsOne(t *testing.T, s *store.Store) {
	ctx := t.Context()
	shop := saved(t, s, "s1")
	message := func(key, editOf string) outbox.Message {
		return outbox.Message{Key: key, EditOf: editOf, Route: shop, Shop: shop, Chat: 7, Kind: outbox.Board, HTML: key, Created: noon}
	}
	one := notify.BoardState{Key: "board/1", Hash: "h", Overdue: map[string]int{"ship": 2}, Sent: noon, Updated: noon}
	first := notify.BoardPlan{States: map[int64]notify.BoardState{7: one, -8: {Key: "other"}}, Messages: []outbox.Message{message("board/1", "")}}
	two := one
	two.Edit, two.Hash = "board/1/5", "i"
	second := notify.BoardPlan{States: map[int64]notify.BoardState{7: two}, Gone: []int64{-8}, Messages: []outbox.Message{message("board/1/5", "board/1")}}
	three := two
	three.Edit = "board/1/9"
	third := notify.BoardPlan{States: map[int64]notify.BoardState{7: three}, Messages: []outbox.Message{message("board/1/9", "board/1")}, Withdraw: []string{"board/1/5"}}
	for _, plan := range []notify.BoardPlan{first, first} {
		ok(t, s.SaveBoards(ctx, shop, plan))
	}
	settle(t, s, sent(wantKeys(t, s, noon+1, "board/1")[0], 33))
	for _, plan := range []notify.BoardPlan{second, third, third} {
		ok(t, s.SaveBoards(ctx, shop, plan))
	}
	edits := wantKeys(t, s, noon+2, "board/1/9") // the edit before it was taken back
	if edits[0].Target.ID != 33 {
		t.Errorf("edits %+v", edits)
	}
	if diff := cmp.Diff(map[int64]notify.BoardState{7: three}, must[map[int64]notify.BoardState](t)(s.Boards(ctx, shop))); diff != "" {
		t.Errorf("remembered (-want +got):\n%s", diff)
	}
	if err := s.SaveBoards(ctx, "nobody", notify.BoardPlan{Gone: []int64{7}}); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("boards of an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
}
