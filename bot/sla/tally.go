package sla

import (
	"context"
	"maps"
	"slices"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// tally books the deltas of every shop on the days they belong to, and lets the composer say what follows.
func (tx *transaction) tally(ctx context.Context) error {
	var asks []DayAsk
	var list []*work
	for _, p := range tx.parts {
		for _, w := range p.shops {
			if len(w.deltas) > 0 {
				asks = append(asks, w.dayAsk())
				list = append(list, w)
			}
		}
	}
	if len(asks) > 0 {
		data, err := tx.t.store.Days(ctx, asks)
		if err != nil {
			return err
		}
		for i, w := range list {
			w.book(data[i])
		}
	}
	for _, p := range tx.parts {
		for _, w := range p.shops {
			if w.failed == nil && w.loud {
				w.write.Messages = tx.t.composer.Alerts(w.news)
			}
		}
	}
	return nil
}

func (w *work) dayAsk() DayAsk {
	days, took := map[rules.Date]bool{}, map[RuleDay]bool{}
	for _, x := range w.deltas {
		days[x.Entry.Day] = true
		if x.Entry.Timed {
			took[RuleDay{x.Entry.Day, x.Entry.Rule}] = true
		}
	}
	ask := DayAsk{Shop: w.shop, Days: slices.Sorted(maps.Keys(days))}
	for rd := range took {
		ask.Took = append(ask.Took, rd)
	}
	return ask
}

// book applies the deltas and compares the violations of each day before and after.
func (w *work) book(data DayData) {
	days := slices.Sorted(maps.Keys(data.Tallies))
	before := make([][]rules.Finding, len(days))
	for i, day := range days {
		before[i] = w.policy.Evaluate(day, data.Tallies[day])
	}
	data.apply(w.deltas)
	w.write.Tallies, w.write.Took = data.Tallies, data.Took
	for i, day := range days {
		after := w.policy.Evaluate(day, data.Tallies[day])
		w.news.Violations = append(w.news.Violations, without(after, before[i])...)
		for _, f := range without(before[i], after) {
			w.withdraw(f)
		}
	}
}

// withdraw takes a violation back, and makes room for it to be told again.
func (w *work) withdraw(f rules.Finding) {
	w.news.Withdrawn = append(w.news.Withdrawn, f)
	for _, chat := range w.loaded.Chats {
		key := notify.ViolationKey(w.shop, f.Rule, f.Day, chat.ID)
		w.write.Shelve[key] = notify.ShelfKey(key, w.news.Now)
	}
}

// apply books deltas on the days and times, which must all be there. A tally that comes to nothing is taken out, so that
// equal counters look equal.
func (d DayData) apply(deltas []rules.Delta) {
	for _, x := range deltas {
		day := d.Tallies[x.Entry.Day]
		if day[x.Entry.Rule] = day[x.Entry.Rule].Apply(x); day[x.Entry.Rule] == (rules.Tally{}) {
			delete(day, x.Entry.Rule)
		}
		if x.Entry.Timed {
			rd := RuleDay{x.Entry.Day, x.Entry.Rule}
			d.Took[rd] = d.Took[rd].Apply(x)
		}
	}
}

// without returns the findings of list whose rule other does not name.
func without(list, other []rules.Finding) []rules.Finding {
	var out []rules.Finding
	for _, f := range list {
		if !slices.ContainsFunc(other, func(g rules.Finding) bool { return g.Rule == f.Rule }) {
			out = append(out, f)
		}
	}
	return out
}
