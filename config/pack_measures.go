package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"shopwarden/rules"
)

// measureFields are the fields of one line of measures, in the order in which it is best written.
var measureFields = []string{"id", "rung", "window", "resolved", "under", "breached", "share", "mean_over", "of", "times", "each",
	"points", "per_case", "cap", "days", "human", "if"}

// readMeasures reads what may follow from breaches of a rule:
//
//	measures:
//	  - {id: bad-day, rung: warning, window: day, resolved: 30, share: ">4%"}
//	  - {id: again, rung: exam, window: 7d, of: bad-day, times: 3}
//	  - {id: late, rung: general_points, window: day, breached: 1, points: G0.5, per_case: true, cap: G8 a week}
//	  - {id: closed, rung: order_limit, window: day, resolved: 200, share: 30%, days: 7}
func readMeasures(o object) (list []rules.Line) {
	v, ok := o.fields["measures"]
	if !ok {
		return nil
	}
	items, before := v.list(), len(v.src.problems)
	for _, item := range items {
		list = append(list, readLine(item))
	}
	if len(v.src.problems) > before {
		return list
	}
	var bad *rules.LineError // what is left are faults between fields and between lines
	if err := rules.CheckLines(list); errors.As(err, &bad) {
		at := items[bad.Place]
		if bad.Field != "" {
			at = at.field(bad.Field)
		}
		at.fail("%s", bad.Problem)
	}
	return list
}

func readLine(v value) (l rules.Line) {
	o, ok := v.object(measureFields...)
	if !ok {
		return l
	}
	count := wholeNumber(1, 1_000_000)
	l.ID = readNeeded(o, "id", parseID)
	l.Rung = readNeeded(o, "rung", rules.ParseRung)
	l.Window = readNeeded(o, "window", parseLookback)
	l.Resolved, l.Under, l.Breached = read(o, "resolved", count), read(o, "under", count), read(o, "breached", count)
	share := read(o, "share", parseBreachShare)
	l.Share, l.Above = share.points, share.above
	l.MeanOver = read(o, "mean_over", parseDuration)
	l.Of, l.Times, l.Each = read(o, "of", parseID), read(o, "times", count), read(o, "each", parseBool)
	points := read(o, "points", parseClassPoints)
	l.Points, l.PerCase = points.points, read(o, "per_case", parseBool)
	most := read(o, "cap", parseCap)
	l.Cap, l.CapWindow = most.points, most.window
	sameClass(o, "points", points.class, l.Rung)
	sameClass(o, "cap", most.class, l.Rung)
	l.Days = read(o, "days", parseDays)
	l.Human = read(o, "human", parseBool)
	if c, ok := o.fields["if"]; ok {
		l.If = readText(c)
	}
	return l
}

// sameClass reports points of another class than those that the rung gives.
func sameClass(o object, name string, class rules.Class, rung rules.Rung) {
	if want := rung.Class(); class != 0 && want != 0 && class != want {
		o.failField(name, "the rung %s gives %s points", rung, want)
	}
}

// readText reads a short text in both languages.
func readText(v value) (t rules.Text) {
	if n, ok := v.object("zh", "en"); ok {
		t = rules.Text{Zh: readNeeded(n, "zh", parseText), En: readNeeded(n, "en", parseText)}
	}
	return t
}

// parseLookback reads what is summed: day, 7d (the last seven days), week (from Monday) or year (from 1 January).
func parseLookback(text string) (rules.Lookback, error) {
	for _, l := range []rules.Lookback{1, rules.NaturalWeek, rules.NaturalYear} {
		if l.String() == text {
			return l, nil
		}
	}
	days, err := parseDays(text)
	if err != nil || days < 2 {
		return 0, fmt.Errorf("%q is no window; write day, 7d, week (from Monday) or year (from 1 January)", text)
	}
	return rules.Lookback(days), nil
}

// parseDays reads whole days: 7d.
func parseDays(text string) (int, error) {
	number, ok := strings.CutSuffix(text, "d")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || n > 366 {
		return 0, fmt.Errorf("%q is no number of days; write 7d, at most 366d", text)
	}
	return n, nil
}

// breachShare is a least share of breached cases in basis points.
type breachShare struct {
	points int
	above  bool
}

// parseBreachShare reads 30% (that much or more) or >30% (more).
func parseBreachShare(text string) (s breachShare, err error) {
	number, above := strings.CutPrefix(strings.TrimSpace(text), ">")
	s.above = above
	if s.points, err = parseBasisPoints(number); err != nil {
		return s, fmt.Errorf("%q is no share of breached cases; write 30%% (that much or more) or \">30%%\" (more)", text)
	}
	if s.points == 0 && !above {
		return s, fmt.Errorf("%q always holds; write \">0%%\" or leave it out", text)
	}
	return s, nil
}

// parseBasisPoints reads "2.5%" as 250, exactly.
func parseBasisPoints(text string) (int, error) {
	f, err := parseShare(text)
	if err != nil {
		return 0, err
	}
	n := math.Round(f * 10_000)
	if math.Abs(f*10_000-n) > 1e-6 {
		return 0, fmt.Errorf("%q is finer than a hundredth of a percent", text)
	}
	return int(n), nil
}

// classPoints are points with their class, as in G0.5 and S4.
type classPoints struct {
	class  rules.Class
	points rules.PenaltyPoints
}

// parseClassPoints reads G0.5 (general points) or S4 (severe points).
func parseClassPoints(text string) (p classPoints, err error) {
	for letter, class := range map[string]rules.Class{"G": rules.General, "S": rules.Severe} {
		if number, ok := strings.CutPrefix(text, letter); ok {
			p.class = class
			p.points, err = rules.ParsePenaltyPoints(number)
		}
	}
	if err != nil || p.points <= 0 {
		return p, fmt.Errorf("%q is no points; write G0.5 (general) or S4 (severe)", text)
	}
	return p, nil
}

// pointsCap is the most that a line gives in a window.
type pointsCap struct {
	classPoints
	window rules.Lookback
}

// parseCap reads "G8 a week", "G6 in 30d", "S12 a year" or "G4 a day".
func parseCap(text string) (c pointsCap, err error) {
	words := strings.Fields(text)
	if len(words) != 3 || words[1] != "a" && words[1] != "in" {
		return c, fmt.Errorf("%q is no limit; write G8 a week or G6 in 30d", text)
	}
	if c.classPoints, err = parseClassPoints(words[0]); err == nil {
		c.window, err = parseLookback(words[2])
	}
	return c, err
}

// readMoney reads what a buyer is paid for one breached case. Amounts are minor units, as everywhere.
//
//	money:
//	  currency: CNY
//	  round_to: 100
//	  bands: # the first that fits
//	    - {promise_to: 48h, late_to: 48h, share: 0%}
//	    - {promise_to: 240h, late_to: 48h, share: 1%, min: 200, max: 5000}
func readMoney(o object) *rules.Money {
	v, ok := o.fields["money"]
	if !ok {
		return nil
	}
	m, ok := v.object("currency", "round_to", "bands")
	if !ok {
		return nil
	}
	before := len(v.src.problems)
	money := &rules.Money{Currency: readNeeded(m, "currency", parseCurrency), RoundTo: readNeeded(m, "round_to", parseMinor)}
	if bands, ok := m.need("bands"); ok {
		for _, item := range bands.list() {
			b := readBand(item)
			money.Bands = append(money.Bands, b)
			if err := (&rules.Money{Currency: money.Currency, RoundTo: money.RoundTo, Bands: []rules.Band{b}}).Check(); err != nil && len(v.src.problems) == before {
				item.fail("%s", err)
			}
		}
	}
	if len(v.src.problems) == before {
		if err := money.Check(); err != nil {
			v.fail("%s", err)
		}
	}
	return money
}

func readBand(v value) (b rules.Band) {
	o, ok := v.object("promise_to", "late_to", "below", "share", "min", "max")
	if !ok {
		return b
	}
	b.PromiseTo, b.LateTo = read(o, "promise_to", parseDuration), read(o, "late_to", parseDuration)
	b.Below = read(o, "below", parseMinor)
	b.Share = int64(readNeeded(o, "share", parseBasisPoints))
	b.Min, b.Max = read(o, "min", parseMinor), read(o, "max", parseMinor)
	return b
}

// parseMinor reads an amount of money in minor units.
func parseMinor(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > 1_000_000_000_000 {
		return 0, fmt.Errorf("%q is no amount; write whole minor units, 200 for 2 yuan", text)
	}
	return n, nil
}

func parseCurrency(text string) (string, error) {
	if len(text) != 3 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", fmt.Errorf("%q is no currency such as CNY", text)
	}
	return text, nil
}

// readLadder reads what follows from sums of points in an edition.
//
//	ladder:
//	  currency: CNY
//	  nodes:
//	    - {every: G12, exam: true, suspend: 3d, fine: 200000}
//	    - {at: S12, removal: true}
func readLadder(o object) (l rules.Ladder) {
	v, ok := o.fields["ladder"]
	if !ok {
		return l
	}
	n, ok := v.object("currency", "nodes")
	if !ok {
		return l
	}
	before := len(v.src.problems)
	l.Currency = read(n, "currency", parseCurrency)
	nodes, ok := n.need("nodes")
	if !ok {
		return l
	}
	for _, item := range nodes.list() {
		l.Nodes = append(l.Nodes, readNode(item))
		if len(v.src.problems) > before {
			continue
		}
		if err := l.Check(); err != nil {
			item.fail("%s", err)
		}
	}
	if len(l.Nodes) == 0 {
		nodes.fail("is empty; leave the ladder out where there are no points")
	}
	return l
}

func readNode(v value) (n rules.Node) {
	o, ok := v.object("at", "every", "exam", "suspend", "fine", "removal")
	if !ok {
		return n
	}
	at, every := read(o, "at", parseClassPoints), read(o, "every", parseClassPoints)
	_, hasAt := o.fields["at"]
	_, hasEvery := o.fields["every"]
	if hasAt == hasEvery {
		o.fail("needs either at or every")
		return n
	}
	if n.Every = hasEvery; hasEvery {
		at = every
	}
	n.Class, n.At = at.class, at.points
	n.Exam, n.Removal = read(o, "exam", parseBool), read(o, "removal", parseBool)
	n.Days, n.Fine = read(o, "suspend", parseDays), read(o, "fine", parseMinor)
	return n
}
