package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"shopwarden/bot/appeal"
	"shopwarden/bot/sla"
)

// Folder returns what was collected against one penalty of a shop; the empty one when nothing was, or too long ago.
func (s *Store) Folder(ctx context.Context, shop, penalty string) (appeal.Folder, error) {
	_, f, err := s.loadFolder(ctx, shop, penalty)
	if err != nil {
		return f, fmt.Errorf("reading the appeal against %s of shop %s: %w", penalty, shop, err)
	}
	return f, nil
}

// EditFolder changes what is collected against one penalty and returns it as it stands then. edit must be pure, and must not
// change what it has changed already: it is called again when others committed meanwhile, or when a reply was lost. A folder
// lives as long as a case after its last change; one that is empty is not kept. It returns [sla.ErrUnknownShop] when the shop is
// not set up.
func (s *Store) EditFolder(ctx context.Context, shop, penalty string, edit func(appeal.Folder) appeal.Folder) (appeal.Folder, error) {
	for range editAttempts {
		version, old, err := s.loadFolder(ctx, shop, penalty)
		if err != nil {
			return old, fmt.Errorf("editing the appeal against %s of shop %s: %w", penalty, shop, err)
		}
		next := edit(old)
		if reflect.DeepEqual(next, old) {
			return old, nil
		}
		n, err := s.saveFolder(ctx, shop, penalty, version, next)
		if err != nil || n == resultApplied {
			return next, err
		}
	}
	return appeal.Folder{}, fmt.Errorf("editing the appeal against %s of shop %s: %w", penalty, shop, errBusy)
}

// loadFolder reads a folder and the version of its partition, the version first.
func (s *Store) loadFolder(ctx context.Context, shop, penalty string) (version string, f appeal.Folder, err error) {
	pipe := s.db.Pipeline()
	seq := pipe.Get(ctx, seqKey(partitionOf(shop)))
	text := pipe.Get(ctx, keysOf(shop).appeal(penalty))
	if err := exec(ctx, pipe); err != nil {
		return "", f, err
	}
	if raw := text.Val(); raw != "" {
		if err := json.Unmarshal([]byte(raw), &f); err != nil {
			return "", f, fmt.Errorf("decoding: %w", err)
		}
	}
	return cmp.Or(seq.Val(), "0"), f, nil
}

func (s *Store) saveFolder(ctx context.Context, shop, penalty, version string, f appeal.Folder) (int64, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return 0, fmt.Errorf("encoding the appeal against %s: %w", penalty, err)
	}
	k := keysOf(shop)
	b := newBatch(k.p, version)
	b.write("require", k.settings())
	if f.Empty() {
		b.write("DEL", k.appeal(penalty))
	} else {
		b.write("SET", k.appeal(penalty), raw, "EX", seconds(s.cfg.Retention))
	}
	n, err := s.runOne(ctx, s.scripts.commit, b.keys, b.args...)
	switch {
	case err != nil:
		return n, fmt.Errorf("saving the appeal against %s of shop %s: %w", penalty, shop, err)
	case n == resultMissing:
		return n, fmt.Errorf("saving the appeal against %s of shop %s: %w", penalty, shop, sla.ErrUnknownShop)
	}
	return n, nil
}
