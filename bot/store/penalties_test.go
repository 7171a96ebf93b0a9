package store_test

import (
	"slices"
	"testing"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/rules"
)

func penaltiesAreFoundByTheirFirstFact(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	odd := "a|b/c\x00 d"
	commit(t, s, sla.ShopWrite{Shop: shop, Penalties: map[string]rules.Instant{"late": noon + 2, odd: noon + 1, "gone": noon, "next": noon + 3}})
	commit(t, s, sla.ShopWrite{Shop: shop, Penalties: map[string]rules.Instant{"gone": 0, "never": 0}})
	if got := must[[]string](t)(s.Penalties(ctx, shop, noon, noon+3)); !slices.Equal(got, []string{odd, "late"}) {
		t.Errorf("penalties %q, want %q and late", got, odd)
	}
	if got := must[[]string](t)(s.Penalties(ctx, "other", noon, noon+3)); len(got) != 0 {
		t.Errorf("another shop has the penalties %q", got)
	}
}

func penaltiesOutliveCases(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	facts := rules.Dossier{Facts: rules.Facts{{Type: "case.excused", At: noon}}}
	for kind, want := range map[rules.Kind]time.Duration{rules.Order: 45, rules.Penalty: 400, rules.Guarantee: 400} {
		subject := rules.Subject{Kind: kind, ID: "x"}
		commit(t, s, sla.ShopWrite{Shop: shop, Dossiers: map[rules.Subject]rules.Dossier{subject: facts}})
		got := must[time.Duration](t)(store.TimeLeft(s, shop, subject))
		if want *= 24 * time.Hour; got > want || got < want-time.Minute {
			t.Errorf("a dossier about a %s is kept for %s, want %s", kind, got, want)
		}
	}
}
