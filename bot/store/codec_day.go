package store

import (
	"fmt"
	"maps"
	"slices"

	"shopwarden/rules"
)

// encodeTallies packs the tallies of one day, rules in order. A rule whose tally is zero has no cases and is left out; nil
// means that nothing is left to store.
func encodeTallies(day rules.DayTallies) []byte {
	kept := make([]string, 0, len(day))
	for _, rule := range slices.Sorted(maps.Keys(day)) {
		if day[rule] != (rules.Tally{}) {
			kept = append(kept, rule)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	p := newPacker(2 + 28*len(kept))
	p.count(len(kept))
	for _, rule := range kept {
		t := day[rule]
		ruleWords.put(p, rule)
		for _, n := range [...]int64{t.Open, t.Met, t.Breached, t.Void, t.Timed, t.TookMS} {
			p.integer(n)
		}
	}
	putExcused(p, kept, day)
	return p.buf
}

func decodeTallies(raw string) (rules.DayTallies, error) {
	u := newUnpacker(raw)
	n := u.count()
	day := make(rules.DayTallies, n)
	for range n {
		rule := getRule(u)
		day[rule] = rules.Tally{Open: u.integer(), Met: u.integer(), Breached: u.integer(), Void: u.integer(),
			Timed: u.integer(), TookMS: u.integer()}
	}
	getExcused(u, day)
	if err := u.end(); err != nil {
		return nil, fmt.Errorf("decoding tallies: %w", err)
	}
	return day, nil
}

// putExcused appends what people corrected, where they did: rules without it are left out, and a day without it is packed as
// it was before corrections were counted.
func putExcused(p *packer, kept []string, day rules.DayTallies) {
	kept = slices.DeleteFunc(slices.Clone(kept), func(rule string) bool { return day[rule].Excused == 0 })
	if len(kept) == 0 {
		return
	}
	p.count(len(kept))
	for _, rule := range kept {
		ruleWords.put(p, rule)
		p.integer(day[rule].Excused)
	}
}

func getExcused(u *unpacker, day rules.DayTallies) {
	if u.err != nil || u.buf == "" {
		return
	}
	for range u.count() {
		rule := getRule(u)
		t := day[rule]
		t.Excused = u.integer()
		day[rule] = t
	}
}

// encodeDurations packs a sorted multiset as steps from one to the next; nil means that nothing is left to store.
func encodeDurations(d rules.Durations) []byte {
	if len(d) == 0 {
		return nil
	}
	p := newPacker(8 + 4*len(d))
	p.count(len(d))
	var last int64
	for _, ms := range d {
		p.integer(ms - last)
		last = ms
	}
	return p.buf
}

func decodeDurations(raw string) (rules.Durations, error) {
	u := newUnpacker(raw)
	n := u.count()
	d := make(rules.Durations, 0, n)
	var last int64
	for range n {
		last += u.integer()
		d = append(d, last)
	}
	if err := u.end(); err != nil {
		return nil, fmt.Errorf("decoding times: %w", err)
	}
	return d, nil
}
