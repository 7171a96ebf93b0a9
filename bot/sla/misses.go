package sla

import (
	"context"

	"shopwarden/rules"
)

// How broken cases are read when there may be many: so many at a time, and so many in all, the latest.
const (
	missPage = 2_000
	missMost = 20_000
)

// misses calls visit with the broken cases of a shop due in [from, to), the latest first, each once, until it says that it has
// enough or missMost were read. It returns how many were read and how many there are.
//
// The list has no cursor but the instant, at which many may be due: the next page begins with the last instant of the page
// before, and what was seen of it is left out. A page that is one instant is read again, twice as long.
func (d *Desk) misses(ctx context.Context, shop string, from, to rules.Instant, visit func(Listed) bool) (read, total int, err error) {
	last := map[CaseID]bool{} // seen at the instant the page begins with
	for limit := missPage; ; {
		page, left, err := d.reader.Broken(ctx, shop, from, to, limit)
		if err != nil {
			return read, total, err
		}
		total = max(total, left)
		edge, fresh := to-1, 0
		for _, l := range page {
			if last[l.ID] {
				continue
			}
			if l.Due != edge {
				edge = l.Due
				clear(last)
			}
			last[l.ID] = true
			fresh++
			read++
			if !visit(l) || read >= missMost {
				return read, total, nil
			}
		}
		switch {
		case len(page) < limit:
			return read, total, nil
		case fresh == 0:
			limit *= 2
		}
		to = edge + 1
	}
}
