package store_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
)

// adding adds an attachment.
func adding(a appeal.Attachment) func(appeal.Folder) appeal.Folder {
	return func(f appeal.Folder) appeal.Folder {
		f, _ = f.Added(a)
		return f
	}
}

func whatWasCollectedForAnAppealComesBack(t *testing.T, s *store.Store) {
	ctx := t.Context()
	saved(t, s, "s1")
	saved(t, s, "s2")
	who := alarm.Mark{Person: 7, Name: "李 <b>", At: noon}
	file := appeal.Attachment{ID: "u1", File: "f1", Name: "收据.pdf", Size: 12, By: who, Note: "a|b:c"}
	id := "P/1|x:y {z}"
	for range 2 { // the second time after a lost reply
		must[appeal.Folder](t)(s.EditFolder(ctx, "s1", id, adding(file)))
		must[appeal.Folder](t)(s.EditFolder(ctx, "s1", id, func(f appeal.Folder) appeal.Folder { return f.FiledBy(who) }))
	}
	want := appeal.Folder{Files: []appeal.Attachment{file}, Filed: who}
	if diff := cmp.Diff(want, must[appeal.Folder](t)(s.Folder(ctx, "s1", id))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for shop, penalty := range map[string]string{"s2": id, "s1": "P/1", "nobody": id} {
		if got := must[appeal.Folder](t)(s.Folder(ctx, shop, penalty)); !got.Empty() {
			t.Errorf("%s of %s has %+v", penalty, shop, got)
		}
	}
	must[appeal.Folder](t)(s.EditFolder(ctx, "s1", id, func(appeal.Folder) appeal.Folder { return appeal.Folder{} }))
	if left := keysWith(t, s, ":appeal:"); len(left) != 0 {
		t.Errorf("an empty folder is kept under %v", left)
	}
	if _, err := s.EditFolder(ctx, "nobody", id, adding(file)); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("an appeal of an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
}

func ofTwoWhoAddToAnAppealAtOnceNoneIsLost(t *testing.T, s *store.Store) {
	saved(t, s, "s1")
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			if _, err := s.EditFolder(t.Context(), "s1", "P-1", adding(appeal.Attachment{ID: strconv.Itoa(i)})); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if f := must[appeal.Folder](t)(s.Folder(t.Context(), "s1", "P-1")); len(f.Files) != 10 {
		t.Errorf("%d attachments, want 10", len(f.Files))
	}
}
