package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"shopwarden/rules"
)

// key names one number: a span (day, week, 30 days) of one rule in one shop; day is the day, the Monday, or the last of 30.
type key struct {
	span string
	shop int
	rule string
	day  rules.Date
}

// number is a tally, the share that was met and the mean time in milliseconds; rated and meant are false where there is none.
type number struct {
	tally rules.Tally
	rate  float64
	rated bool
	mean  int64
	meant bool
}

type numbers map[key]number

// add sums a tally up, and takes rate and mean anew.
func (all numbers) add(k key, t rules.Tally) {
	n := number{tally: all[k].tally.Plus(t)}
	n.rate, n.rated = n.tally.MetRate()
	mean, ok := n.tally.Mean()
	n.mean, n.meant = mean.Milliseconds(), ok
	all[k] = n
}

// differences lists the keys whose numbers are not the same on both sides: of each rule the days, the weeks, the 30 days.
func differences(a, b numbers) (list []key) {
	for k, n := range a {
		if b[k] != n {
			list = append(list, k)
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b key) int {
		return cmp.Or(strings.Compare(a.rule, b.rule), cmp.Compare(len(a.span), len(b.span)), cmp.Compare(a.shop, b.shop), cmp.Compare(a.day, b.day))
	})
	return list
}

// point is a step that gives points, or a node that they reached; node is 0 in the first.
type point struct {
	shop              int
	day               rules.Date
	rule, line, class string
	points, cut, node rules.PenaltyPoints
}

func (p point) String() string {
	if p.node > 0 {
		return fmt.Sprintf("shop %d, %s: %s %s reaches %s %s points", p.shop, p.day, p.rule, p.line, p.node, p.class)
	}
	return fmt.Sprintf("shop %d, %s: %s %s gives %s %s points, %s cut", p.shop, p.day, p.rule, p.line, p.points, p.class, p.cut)
}

// only lists what one side says and the other does not.
func only(a, b map[string]bool) (list []string) {
	for text := range a {
		if !b[text] {
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return list
}

// caseKey names one case of a rule.
type caseKey struct {
	subject rules.Subject
	part    string
}

// verdict is what a case adds to the counters.
type verdict struct {
	day     rules.Date
	outcome string
	timed   bool
	took    int64
}

func (v verdict) String() string {
	if v.outcome == "" {
		return "no case"
	}
	if !v.timed {
		return fmt.Sprintf("%s on %s", v.outcome, v.day)
	}
	return fmt.Sprintf("%s on %s, took %s", v.outcome, v.day, time.Duration(v.took)*time.Millisecond)
}

// explain prints a difference: both numbers, and a subject on which the sides disagree, with its facts.
func explain(ctx context.Context, out io.Writer, r *reference, s Shop, events []rules.Event, k key, engine, reference number) error {
	fmt.Fprintf(out, "shop %d, %s, %s %s\n  engine    %+v\n  reference %+v\n", k.shop, k.rule, k.span, k.day, engine, reference)
	w, err := live(s, events, last)
	if err != nil {
		return err
	}
	theirs, err := r.cases(ctx, s.Number, k.rule)
	if err != nil {
		return err
	}
	ours := map[caseKey]verdict{}
	for _, c := range w.Cases(rules.InstantOf(last)) {
		if c.Rule == k.rule {
			ours[caseKey{c.Subject, c.Part}] = verdict{c.Day, c.Outcome.String(), c.Timed, c.Took.Milliseconds()}
		}
	}
	if c, ok := disagree(ours, theirs); ok {
		fmt.Fprintf(out, "  %s@%s\n    engine    %s\n    reference %s\n", c.subject, c.part, ours[c], theirs[c])
		zone := w.Policy.Zone()
		for _, f := range w.Dossiers[c.subject].Facts {
			fmt.Fprintf(out, "    %s %s %v\n", f.At.Time().In(zone).Format("2006-01-02 15:04:05.000"), f.Type, f.Attrs)
		}
	}
	return nil
}

// disagree returns a case that the sides see differently: the one of the fewest letters, so that it is always the same.
func disagree(ours, theirs map[caseKey]verdict) (found caseKey, ok bool) {
	look := func(a, b map[caseKey]verdict) {
		for c, v := range a {
			if b[c] != v && (!ok || cmp.Or(strings.Compare(c.subject.String(), found.subject.String()), strings.Compare(c.part, found.part)) < 0) {
				found, ok = c, true
			}
		}
	}
	look(ours, theirs)
	look(theirs, ours)
	return found, ok
}
