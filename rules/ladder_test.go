package rules_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
)

// year is a shop's year: breached and met cases of the rule "r" by day.
type year map[rules.Date]rules.DayTallies

func (y year) on(t testing.TB, day string, met, breached int64) year {
	return y.of(t, "r", day, met, breached)
}

func (y year) of(t testing.TB, rule, day string, met, breached int64) year {
	t.Helper()
	d := date(t, day)
	if y[d] == nil {
		y[d] = rules.DayTallies{}
	}
	y[d][rule] = y[d][rule].Plus(rules.Tally{Met: met, Breached: breached})
	return y
}

// nodes are those of the points of 2023: general every 12, severe at 4, 8 and 12.
var nodes = rules.Ladder{Currency: "CNY", Nodes: []rules.Node{
	{Class: rules.General, At: 1200, Every: true, Exam: true, Days: 3, Fine: 200_000},
	{Class: rules.Severe, At: 400, Exam: true, Days: 3},
	{Class: rules.Severe, At: 800, Exam: true, Days: 7, Fine: 500_000},
	{Class: rules.Severe, At: 1200, Removal: true},
}}

// book is one edition with one rule "r" that has these lines.
func book(t testing.TB, lines ...rules.Line) []rules.Edition {
	t.Helper()
	if err := rules.CheckLines(lines); err != nil {
		t.Fatal(err)
	}
	if err := nodes.Check(); err != nil {
		t.Fatal(err)
	}
	return []rules.Edition{{Rules: []rules.Rule{{ID: "r", Lines: lines}}, Ladder: nodes}}
}

// said writes a step as "day line points/cut cases".
func said(l rules.Ledger) (list []string) {
	for _, s := range l.Steps {
		text := s.Day.String() + " " + s.Line
		if s.Points+s.Cut > 0 {
			text += " " + s.Points.String()
		}
		if s.Cut > 0 {
			text += "-" + s.Cut.String()
		}
		list = append(list, text)
	}
	return list
}

func expect(t *testing.T, l rules.Ledger, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, said(l)); diff != "" {
		t.Errorf("steps: %s", diff)
	}
}

// lapse gives half a point for each breached case, at most 8 a week.
var lapse = rules.Line{ID: "lapse", Window: 1, Breached: 1, Rung: rules.GeneralPoints, Points: 50, PerCase: true, Cap: 800, CapWindow: rules.NaturalWeek}

func TestAWeeklyCapBindsFromMondayToSundayOverTheEndOfAMonth(t *testing.T) {
	y := year{}.on(t, "2026-11-29", 0, 20).on(t, "2026-11-30", 0, 10).on(t, "2026-12-02", 0, 10).on(t, "2026-12-06", 0, 1).on(t, "2026-12-07", 0, 1)
	l := rules.Climb(book(t, lapse), date(t, "2026-12-31"), y)
	expect(t, l, "2026-11-29 lapse 8-2", "2026-11-30 lapse 5", "2026-12-02 lapse 3-2", "2026-12-06 lapse 0-0.5", "2026-12-07 lapse 0.5")
	if got := l.Sum(rules.General); got.Points != 1650 || got.Next.At != 2400 || got.Next.Left != 750 || !got.More {
		t.Errorf("got %+v", got)
	}
}

func TestACapOfThirtyDaysMovesWithTheDay(t *testing.T) {
	late := lapse
	late.Points, late.Cap, late.CapWindow = 100, 600, 30
	y := year{}.on(t, "2026-03-01", 0, 4).on(t, "2026-03-30", 0, 4).on(t, "2026-03-31", 0, 4)
	expect(t, rules.Climb(book(t, late), date(t, "2026-04-01"), y), "2026-03-01 lapse 4", "2026-03-30 lapse 2-2", "2026-03-31 lapse 4")
}

func TestNothingOfLastYearCounts(t *testing.T) {
	y := year{}.on(t, "2026-12-31", 0, 16).on(t, "2027-01-01", 0, 16) // one natural week
	expect(t, rules.Climb(book(t, lapse), date(t, "2026-12-31"), y), "2026-12-31 lapse 8")
	l := rules.Climb(book(t, lapse), date(t, "2027-01-01"), y)
	expect(t, l, "2027-01-01 lapse 8")
	if got := l.Sum(rules.General).Points; got != 800 {
		t.Errorf("got %s", got)
	}
	week := rules.Line{ID: "week", Window: rules.NaturalWeek, Breached: 20, Rung: rules.GeneralPoints, Points: 50, PerCase: true}
	expect(t, rules.Climb(book(t, week), date(t, "2027-01-03"), y), "2027-01-01 week 8")
}

func TestLaterDaysAreNotLookedAt(t *testing.T) {
	y := year{}.on(t, "2026-05-01", 0, 1).on(t, "2026-05-02", 0, 1)
	expect(t, rules.Climb(book(t, lapse), date(t, "2026-05-01"), y), "2026-05-01 lapse 0.5")
}

func TestANodeIsCrossedWhenItsSumIsReached(t *testing.T) {
	y := year{}.on(t, "2026-05-04", 0, 16).on(t, "2026-05-11", 0, 7) // 8 and 3.5
	l := rules.Climb(book(t, lapse), date(t, "2026-05-11"), y)
	if s := l.Sum(rules.General); s.Points != 1150 || s.Next.Left != 50 || len(l.Crossings) != 0 || len(l.Runs) != 0 {
		t.Errorf("at 11.5: %+v, %v", s, l.Crossings)
	}
	l = rules.Climb(book(t, lapse), date(t, "2026-05-18"), y.on(t, "2026-05-18", 0, 1))
	want := []rules.Crossing{{Day: date(t, "2026-05-18"), Rule: "r", Line: "lapse", Node: nodes.Nodes[0], At: 1200}}
	if diff := cmp.Diff(want, l.Crossings); diff != "" {
		t.Error(diff)
	}
	if s := l.Sum(rules.General); s.Next.At != 2400 || s.Next.Left != 1200 {
		t.Errorf("after 12 the next node is %+v", s.Next)
	}
	run := rules.Run{Rung: rules.Suspension, First: date(t, "2026-05-19"), Last: date(t, "2026-05-21"), Exam: true,
		Causes: []rules.Cause{{Rule: "r", Line: "lapse", Class: rules.General, At: 1200}}}
	if diff := cmp.Diff([]rules.Run{run}, l.Runs); diff != "" {
		t.Error(diff)
	}
	if got := len(l.Running(date(t, "2026-05-21"))); got != 1 || len(l.Running(date(t, "2026-05-22"))) != 0 || len(l.Exams) != 1 {
		t.Errorf("running %d, exams %d", got, len(l.Exams))
	}
}

func TestOneStepMayCrossSeveralNodes(t *testing.T) {
	free := lapse
	free.Cap, free.CapWindow = 0, 0
	l := rules.Climb(book(t, free), date(t, "2026-05-18"), year{}.on(t, "2026-05-04", 0, 22).on(t, "2026-05-05", 0, 28)) // 11, then 25
	if len(l.Crossings) != 2 || l.Crossings[0].At != 1200 || l.Crossings[1].At != 2400 || l.Sum(rules.General).Next.Left != 1100 {
		t.Errorf("got %+v", l.Crossings)
	}
	if len(l.Runs) != 1 || len(l.Runs[0].Causes) != 2 || l.Runs[0].Last != date(t, "2026-05-08") {
		t.Errorf("got %+v", l.Runs)
	}
}

func TestABreachTakenBackGivesItsPointsBack(t *testing.T) {
	y := year{}.on(t, "2026-05-04", 0, 16).on(t, "2026-05-11", 0, 8)
	if l := rules.Climb(book(t, lapse), date(t, "2026-05-31"), y); len(l.Crossings) != 1 {
		t.Fatalf("got %v", l.Crossings)
	}
	y.on(t, "2026-05-11", 1, -1) // it was in time after all
	if l := rules.Climb(book(t, lapse), date(t, "2026-05-31"), y); len(l.Crossings) != 0 || l.Sum(rules.General).Points != 1150 {
		t.Errorf("got %v, %s", l.Crossings, l.Sum(rules.General).Points)
	}
}

// strikes are the lines of fraudulent shipping: S4, S8 and S12 for the first three strikes of a year.
func strikes() []rules.Line {
	lines := []rules.Line{{ID: "strike", Window: 1, Breached: 3, Rung: rules.Warning}}
	for i, id := range []string{"strike-1", "strike-2", "strike-3"} {
		lines = append(lines, rules.Line{ID: id, Window: rules.NaturalYear, Of: "strike", Times: i + 1, Rung: rules.SeverePoints, Points: rules.PenaltyPoints(i+1) * 400})
	}
	return append(lines, rules.Line{ID: "limit", Window: rules.NaturalYear, Of: "strike", Times: 2, Each: true, Rung: rules.OrderLimit, Days: 7})
}

func TestStrikesOfAYearClimbOneByOne(t *testing.T) {
	y := year{}.on(t, "2025-12-31", 0, 9).on(t, "2026-02-01", 0, 3).on(t, "2026-02-10", 0, 2).on(t, "2026-06-01", 0, 5).on(t, "2026-06-04", 0, 3).on(t, "2026-06-11", 0, 3)
	l := rules.Climb(book(t, strikes()...), date(t, "2026-06-30"), y)
	expect(t, l, "2026-02-01 strike", "2026-02-01 strike-1 4",
		"2026-06-01 limit", "2026-06-01 strike", "2026-06-01 strike-2 8",
		"2026-06-04 limit", "2026-06-04 strike", "2026-06-04 strike-3 12",
		"2026-06-11 limit", "2026-06-11 strike")
	s := l.Sum(rules.Severe)
	if s.Points != 2400 || s.Human != 2400 || s.More {
		t.Errorf("got %+v", s)
	}
	var at []string
	for _, c := range l.Crossings {
		at = append(at, c.Day.String()+" "+c.At.String())
	}
	if diff := cmp.Diff([]string{"2026-02-01 4", "2026-06-01 8", "2026-06-01 12"}, at); diff != "" {
		t.Error(diff)
	}
}

func TestOverlappingMeasuresRunSideBySide(t *testing.T) {
	y := year{}.on(t, "2026-02-01", 0, 3).on(t, "2026-06-01", 0, 5).on(t, "2026-06-04", 0, 3).on(t, "2026-06-12", 0, 3)
	l := rules.Climb(book(t, strikes()...), date(t, "2026-06-30"), y)
	var got []string
	for _, r := range l.Runs {
		got = append(got, r.Rung.String()+" "+r.First.String()+" "+r.Last.String())
	}
	want := []string{"order_limit 2026-06-02 2026-06-11", "order_limit 2026-06-13 2026-06-19", "suspension 2026-02-02 2026-02-04", "suspension 2026-06-02 2026-06-08"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	both := rules.Ladder{Nodes: []rules.Node{{Class: rules.Severe, At: 400, Days: 3}, {Class: rules.Severe, At: 800, Days: 7}}}
	twice := rules.Line{ID: "a", Window: 1, Breached: 1, Rung: rules.SeverePoints, Points: 800}
	l = rules.Climb([]rules.Edition{{Rules: []rules.Rule{{ID: "r", Lines: []rules.Line{twice}}}, Ladder: both}}, date(t, "2026-03-31"), year{}.on(t, "2026-03-01", 0, 1))
	if len(l.Runs) != 1 || l.Runs[0].Last != date(t, "2026-03-08") || len(l.Runs[0].Causes) != 2 {
		t.Errorf("3 and 7 days of one day: got %+v", l.Runs)
	}
}

func TestABadDayAsksForAShareAndACount(t *testing.T) {
	over := rules.Line{ID: "over", Window: 1, Resolved: 30, Share: 3000, Above: true, Rung: rules.Warning}
	least := rules.Line{ID: "least", Window: 1, Resolved: 30, Share: 3000, Rung: rules.Warning}
	few := rules.Line{ID: "few", Window: 1, Under: 5, Breached: 2, Rung: rules.Notice}
	y := year{}.on(t, "2026-03-01", 70, 30).on(t, "2026-03-02", 69, 31).on(t, "2026-03-03", 20, 9).on(t, "2026-03-04", 0, 29).on(t, "2026-03-05", 2, 2).on(t, "2026-03-06", 3, 2)
	expect(t, rules.Climb(book(t, over, least, few), date(t, "2026-03-07"), y), "2026-03-01 least", "2026-03-02 least", "2026-03-02 over", "2026-03-05 few")
}

func TestAMeanIsHeldAgainstTheTimedCases(t *testing.T) {
	slow := rules.Line{ID: "slow", Window: 1, Resolved: 1, MeanOver: 90e9, Rung: rules.Warning}
	y := year{}
	for day, ms := range map[string]int64{"2026-03-01": 90_000 * 3, "2026-03-02": 90_000*3 + 1, "2026-03-03": 0} {
		y[date(t, day)] = rules.DayTallies{"r": {Met: 3, Timed: 3, TookMS: ms}}
	}
	y[date(t, "2026-03-04")] = rules.DayTallies{"r": {Met: 3}}
	expect(t, rules.Climb(book(t, slow), date(t, "2026-03-07"), y), "2026-03-02 slow")
}

func TestThreeBadDaysInSevenMakeOneExam(t *testing.T) {
	lines := []rules.Line{{ID: "bad", Window: 1, Breached: 1, Rung: rules.Warning}, {ID: "again", Window: 7, Of: "bad", Times: 3, Rung: rules.Exam}}
	y := year{}
	for _, day := range []string{"2026-03-01", "2026-03-04", "2026-03-07", "2026-03-08", "2026-03-20", "2026-03-21", "2026-03-27"} {
		y.on(t, day, 0, 1)
	}
	l := rules.Climb(book(t, lines...), date(t, "2026-03-31"), y)
	if len(l.Exams) != 1 || l.Exams[0].Day != date(t, "2026-03-07") {
		t.Errorf("got %+v", l.Exams)
	}
}

func TestAWindowOfDaysThatBeganLastYearIsNotSaidAgain(t *testing.T) {
	lines := []rules.Line{{ID: "bad", Window: 1, Breached: 1, Rung: rules.Warning}, {ID: "again", Window: 7, Of: "bad", Times: 3, Rung: rules.Exam}}
	y := year{}.on(t, "2026-12-29", 0, 1).on(t, "2026-12-30", 0, 1).on(t, "2026-12-31", 0, 1)
	if l := rules.Climb(book(t, lines...), date(t, "2027-01-03"), y); len(l.Steps) != 0 {
		t.Errorf("said again: %v", said(l))
	}
	delete(y, date(t, "2026-12-29"))
	y.on(t, "2027-01-02", 0, 1)
	expect(t, rules.Climb(book(t, lines...), date(t, "2027-01-03"), y), "2027-01-02 again", "2027-01-02 bad")
}

func TestAWeekSaysWhatItSaysOnItsLastDay(t *testing.T) {
	lines := []rules.Line{{ID: "share", Window: rules.NaturalWeek, Resolved: 5, Share: 3000, Rung: rules.Warning},
		{ID: "count", Window: rules.NaturalWeek, Breached: 3, Rung: rules.Notice}}
	y := year{}.on(t, "2026-03-02", 1, 4)
	expect(t, rules.Climb(book(t, lines...), date(t, "2026-03-03"), y), "2026-03-02 count", "2026-03-02 share")
	y.on(t, "2026-03-04", 20, 0) // the rate is good again, the count is not
	expect(t, rules.Climb(book(t, lines...), date(t, "2026-03-08"), y), "2026-03-02 count")
	y.on(t, "2026-03-07", 0, 10)
	l := rules.Climb(book(t, lines...), date(t, "2026-03-15"), y)
	expect(t, l, "2026-03-02 count", "2026-03-07 share")
	if s := l.Steps[1]; s.Cases != 14 || s.Resolved != 35 || s.From != date(t, "2026-03-02") {
		t.Errorf("got %+v", s)
	}
}

func TestWhatTheCountsCannotShowIsSaidAndNotSummed(t *testing.T) {
	claimed := lapse
	claimed.If = rules.Text{Zh: "投诉成立", En: "a complaint is upheld"}
	l := rules.Climb(book(t, claimed), date(t, "2026-03-31"), year{}.on(t, "2026-03-02", 0, 30))
	if len(l.Steps) != 1 || l.Steps[0].Points != 800 || l.Sum(rules.General).Points != 0 || len(l.Crossings) != 0 {
		t.Errorf("got %+v", l)
	}
}

func TestAnEditionJudgesItsOwnDays(t *testing.T) {
	before, after := book(t, lapse), book(t, rules.Line{ID: "week", Window: rules.NaturalWeek, Breached: 2, Rung: rules.Warning})
	after[0].From = date(t, "2026-09-08") // a Tuesday
	editions := slices.Concat(before, after)
	y := year{}.on(t, "2026-09-07", 0, 1).on(t, "2026-09-08", 0, 1).on(t, "2026-09-14", 0, 2)
	expect(t, rules.Climb(editions, date(t, "2026-09-20"), y), "2026-09-07 lapse 0.5", "2026-09-08 week", "2026-09-14 week")
	y.on(t, "2026-09-07", 0, 1) // the week held before the edition began
	expect(t, rules.Climb(editions, date(t, "2026-09-20"), y), "2026-09-07 lapse 1", "2026-09-14 week")
}

func TestARuleTheShopSwitchedOffGivesNothing(t *testing.T) {
	editions := book(t, lapse)
	y := year{}.on(t, "2026-03-02", 0, 2)
	for off, want := range map[bool]int{false: 1, true: 0} {
		p, err := rules.NewPolicy(&rules.Rulebook{Pack: "test", Editions: editions}, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform,
			Overrides: map[string]rules.Override{"r": {Off: off}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Climb(date(t, "2026-03-31"), y); len(got.Steps) != want {
			t.Errorf("off %v: got %v", off, said(got))
		}
	}
	if got := rules.Climb(nil, date(t, "2026-03-31"), y); len(got.Steps) != 0 || got.Sum(rules.Severe).More {
		t.Errorf("without an edition: got %+v", got)
	}
}

func TestClimbDependsOnTheTalliesAlone(t *testing.T) {
	lines := append(strikes(), lapse, rules.Line{ID: "again", Window: 7, Of: "strike", Times: 2, Rung: rules.Exam},
		rules.Line{ID: "week", Window: rules.NaturalWeek, Resolved: 5, Share: 3000, Rung: rules.GeneralPoints, Points: 100, PerCase: true, Cap: 300, CapWindow: 30})
	editions := book(t, lines...)
	rapid.Check(t, func(rt *rapid.T) {
		type entry struct {
			day           rules.Date
			met, breached int64
		}
		list := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) entry {
			return entry{date(t, "2025-12-20").Next(rapid.IntRange(0, 40).Draw(rt, "day")), int64(rapid.IntRange(0, 6).Draw(rt, "met")), int64(rapid.IntRange(0, 6).Draw(rt, "breached"))}
		}), 0, 40).Draw(rt, "days")
		fill := func(list []entry) year {
			y := year{}
			for _, e := range list {
				y.on(t, e.day.String(), e.met, e.breached)
			}
			return y
		}
		y, day := fill(list), date(t, "2026-01-31")
		first := rules.Climb(editions, day, y)
		for _, other := range []rules.Ledger{rules.Climb(editions, day, y), rules.Climb(editions, day, fill(rapid.Permutation(list).Draw(rt, "order")))} {
			if diff := cmp.Diff(first, other); diff != "" {
				rt.Fatalf("they differ: %s", diff)
			}
		}
		var sum [3]rules.PenaltyPoints
		for i, s := range first.Steps {
			if s.Day < date(t, "2026-01-01") || i > 0 && s.Day < first.Steps[i-1].Day || s.Points < 0 || s.Cut < 0 {
				rt.Fatalf("step %d: %+v", i, s)
			}
			sum[s.Class] += s.Points
		}
		if first.Sum(rules.General).Points != sum[rules.General] || first.Sum(rules.Severe).Points != sum[rules.Severe] {
			rt.Fatalf("the sums are not those of the steps: %+v", first.Sums)
		}
	})
}

// BenchmarkClimb judges a full year of 28 rules with four lines each, a tenth of the days bad.
func BenchmarkClimb(b *testing.B) {
	lines := []rules.Line{{ID: "bad", Window: 1, Resolved: 20, Share: 1000, Above: true, Rung: rules.Warning}, {ID: "again", Window: 7, Of: "bad", Times: 3, Rung: rules.Exam}, lapse,
		{ID: "fifth", Window: rules.NaturalYear, Of: "bad", Times: 5, Each: true, Rung: rules.OrderLimit, Days: 7}}
	y, e := year{}, rules.Edition{Ladder: nodes}
	for i := range 28 {
		id := "rule-" + string(rune('a'+i))
		e.Rules = append(e.Rules, rules.Rule{ID: id, Lines: lines})
		for d := range 365 {
			bad := int64(0)
			if (d*7+i)%10 == 0 {
				bad = 9
			}
			y.of(b, id, date(b, "2026-01-01").Next(d).String(), 60, bad)
		}
	}
	day := date(b, "2026-12-31")
	b.ReportAllocs()
	for b.Loop() {
		rules.Climb([]rules.Edition{e}, day, y)
	}
}
