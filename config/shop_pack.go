package config

import (
	"cmp"
	"fmt"
	"slices"

	"shopwarden/rules"
)

// KeepPack makes a change of the pack hold from a local day on: what began before stays judged by the pack of before, which
// is the shop as it was. Closed days are so never rewritten. Without a change of the pack it does nothing.
func (s *Shop) KeepPack(before Shop, today rules.Date) {
	if s.pack() == before.pack() {
		return
	}
	former := slices.Clone(before.Former)
	if n := len(former); n == 0 || former[n-1].Until != today.String() {
		former = append(former, FormerPack{before.pack(), today.String()})
	}
	if n := len(former); former[n-1].Pack == s.pack() { // back on the same day
		former = former[:n-1]
	}
	s.Former = former
}

// book returns the editions that bind the shop: those of each former pack up to its last day, then those of its own.
func (s Shop) book(packs *Packs) (*rules.Rulebook, error) {
	own, err := packs.Get(s.pack())
	if err != nil || len(s.Former) == 0 {
		return own, err
	}
	joined := &rules.Rulebook{Pack: own.Pack, Zone: own.Zone}
	var from rules.Date
	for i, f := range s.Former {
		book, err := packs.Get(f.Pack)
		if err != nil {
			return nil, err
		}
		until, err := rules.ParseDate(f.Until)
		if err != nil {
			return nil, fmt.Errorf("former pack %s: %w", f.Pack, err)
		}
		joined.Editions = append(joined.Editions, between(book, from, until, i == 0)...)
		from = until
	}
	joined.Editions = append(joined.Editions, between(own, from, 1<<30, false)...)
	return joined, nil
}

// between returns the editions in force on the days from … until (half-open), the first of them from that day on. With first
// they reach back for ever.
func between(book *rules.Rulebook, from, until rules.Date, first bool) (list []rules.Edition) {
	if !first {
		e := *book.On(from)
		e.From = from
		list = append(list, e)
	}
	for _, e := range book.Editions {
		if e.From < until && (first || e.From > from) {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		list = append(list, *book.On(from))
	}
	slices.SortFunc(list, func(a, b rules.Edition) int { return cmp.Compare(a.From, b.From) })
	return list
}
