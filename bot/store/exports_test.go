package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/store"
)

func aChatAsksForOneFileAtATime(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for range 2 { // as when a reply was lost
		if got := must[string](t)(s.AskExport(ctx, 1, 7, "first")); got != "first" {
			t.Errorf("standing %q, want the first", got)
		}
	}
	if got := must[string](t)(s.AskExport(ctx, 1, 7, "second")); got != "first" {
		t.Errorf("standing %q after asking for another, want the first", got)
	}
	must[string](t)(s.AskExport(ctx, 1, -8, "other"))
	if diff := cmp.Diff(map[int64]string{7: "first", -8: "other"}, must[map[int64]string](t)(s.Exports(ctx, 1))); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	if got := must[map[int64]string](t)(s.Exports(ctx, 2)); len(got) != 0 {
		t.Errorf("another line has %v", got)
	}
	ok(t, s.DoneExport(ctx, 1, 7, "first"))
	must[string](t)(s.AskExport(ctx, 1, 7, "second"))
	ok(t, s.DoneExport(ctx, 1, 7, "first")) // the repetition of a reply that was lost
	if got := must[map[int64]string](t)(s.Exports(ctx, 1)); got[7] != "second" {
		t.Errorf("asked for %v, want the second to stand", got)
	}
}
