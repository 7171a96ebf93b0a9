package config

import (
	"cmp"
	"maps"
	"slices"
)

// JudgedLike reports whether the rules make the same cases of both shops: zone, hours, pack, joined calendars
// and overrides are the same. When to alert (alert_at) is no part of that, nor are the words of a value: 36h is 1d12h, and no
// pack is the default one. Where false the cases may still come out the same.
func (s Shop) JudgedLike(other Shop) bool {
	return s.Timezone == other.Timezone && s.pack() == other.pack() && slices.Equal(s.Former, other.Former) &&
		cmp.Or(s.Hours, "platform") == cmp.Or(other.Hours, "platform") &&
		slices.Equal(slices.Sorted(slices.Values(s.Calendar)), slices.Sorted(slices.Values(other.Calendar))) &&
		maps.EqualFunc(judging(s.Overrides), judging(other.Overrides), Override.judgesLike)
}

// judging leaves out of the overrides what judges no case.
func judging(all map[string]Override) map[string]Override {
	out := map[string]Override{}
	for id, o := range all {
		o.AlertAt = 0
		if o.Within != "" || len(o.Targets) > 0 || o.Off {
			out[id] = o
		}
	}
	return out
}

func (o Override) judgesLike(other Override) bool {
	return o.Off == other.Off && slices.Equal(o.Targets, other.Targets) && sameDuration(o.Within, other.Within)
}

func sameDuration(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := parseDuration(a)
	y, errY := parseDuration(b)
	return errX == nil && errY == nil && x == y
}
