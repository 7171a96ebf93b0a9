package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

// measured is a pack that uses every field of measures, money and ladder.
var measured = strings.Replace(minimal, "    rules:\n", `    ladder:
      currency: CNY
      nodes:
        - {every: G12, exam: true, suspend: 3d, fine: 200000}
        - {at: S4, exam: true, suspend: 3d}
        - {at: S12, removal: true}
    rules:
`, 1) + `        measures:
          - {id: bad-day, rung: warning, window: day, resolved: 30, share: ">4%"}
          - {id: few, rung: notice, window: week, breached: 2, under: 5}
          - {id: again, rung: exam, window: 7d, of: bad-day, times: 3}
          - {id: slow, rung: notice, window: 30d, mean_over: 90s}
          - {id: paid, rung: compensation, window: day, breached: 1, human: true}
          - {id: lapse, rung: general_points, window: day, breached: 1, points: G0.5, per_case: true, cap: G6 in 30d}
          - {id: false-bill, rung: severe_points, window: day, breached: 1, points: S4, cap: S8 a week, if: {zh: 虚假发票, en: the invoice is false}}
          - {id: fifth, rung: order_limit, window: year, of: bad-day, times: 5, each: true, days: 7d}
        money:
          currency: CNY
          round_to: 100
          bands:
            - {promise_to: 48h, late_to: 48h, share: 0%}
            - {below: 1000, share: 100%, min: 500, max: 1000}
            - {share: 2.5%, max: 5000}
`

func TestAPackSaysWhatFollows(t *testing.T) {
	book, err := ParsePack("mine.yaml", []byte(measured))
	if err != nil {
		t.Fatal(err)
	}
	e := book.Editions[0]
	lines := []rules.Line{
		{ID: "bad-day", Rung: rules.Warning, Window: 1, Resolved: 30, Share: 400, Above: true},
		{ID: "few", Rung: rules.Notice, Window: rules.NaturalWeek, Breached: 2, Under: 5},
		{ID: "again", Rung: rules.Exam, Window: 7, Of: "bad-day", Times: 3},
		{ID: "slow", Rung: rules.Notice, Window: 30, MeanOver: 90 * time.Second},
		{ID: "paid", Rung: rules.Compensation, Window: 1, Breached: 1, Human: true},
		{ID: "lapse", Rung: rules.GeneralPoints, Window: 1, Breached: 1, Points: 50, PerCase: true, Cap: 600, CapWindow: 30},
		{ID: "false-bill", Rung: rules.SeverePoints, Window: 1, Breached: 1, Points: 400, Cap: 800, CapWindow: rules.NaturalWeek,
			If: rules.Text{Zh: "虚假发票", En: "the invoice is false"}},
		{ID: "fifth", Rung: rules.OrderLimit, Window: rules.NaturalYear, Of: "bad-day", Times: 5, Each: true, Days: 7},
	}
	if diff := cmp.Diff(lines, e.Rules[0].Lines); diff != "" {
		t.Errorf("measures: %s", diff)
	}
	money := &rules.Money{Currency: "CNY", RoundTo: 100, Bands: []rules.Band{{PromiseTo: 48 * time.Hour, LateTo: 48 * time.Hour},
		{Below: 1000, Share: 10_000, Min: 500, Max: 1000}, {Share: 250, Max: 5000}}}
	if diff := cmp.Diff(money, e.Rules[0].Money); diff != "" {
		t.Errorf("money: %s", diff)
	}
	ladder := rules.Ladder{Currency: "CNY", Nodes: []rules.Node{{Class: rules.General, At: 1200, Every: true, Exam: true, Days: 3, Fine: 200_000},
		{Class: rules.Severe, At: 400, Exam: true, Days: 3}, {Class: rules.Severe, At: 1200, Removal: true}}}
	if diff := cmp.Diff(ladder, e.Ladder); diff != "" {
		t.Errorf("ladder: %s", diff)
	}
}

func TestAPackWithoutMeasuresLoadsAsBefore(t *testing.T) {
	book, err := ParsePack("mine.yaml", []byte(minimal))
	if err != nil || book.Editions[0].Rules[0].Lines != nil || book.Editions[0].Rules[0].Money != nil || len(book.Editions[0].Ladder.Nodes) != 0 {
		t.Errorf("got %+v, %v", book, err)
	}
}

func TestEveryProblemOfMeasuresIsReportedInItsPlace(t *testing.T) {
	rule := "editions[0].rules[0]."
	for _, c := range []struct{ old, broken, want string }{
		{"rung: exam", "rung: quiz", `:29: ` + rule + `measures[2].rung: "quiz" is no rung: notice, warning, exam, compensation, general_points, severe_points, order_limit, suspension`},
		{"of: bad-day, times: 3", "of: bad, times: 3", `:29: ` + rule + `measures[2].of: "bad" is no earlier line of this rule`},
		{"of: bad-day, times: 3", "of: lapse, times: 3", `:29: ` + rule + `measures[2].of: "lapse" is no earlier line of this rule`},
		{"of: bad-day, times: 3", "of: bad-day", `:29: ` + rule + `measures[2].times: is missing`},
		{"window: 7d", "window: 1w", `:29: ` + rule + `measures[2].window: "1w" is no window; write day, 7d, week (from Monday) or year (from 1 January)`},
		{"window: 7d, ", "", `:29: ` + rule + `measures[2].window: is missing`},
		{"id: again", "id: few", `:29: ` + rule + `measures[2].id: "few" is already the id of another line`},
		{`share: ">4%"`, `share: 0%`, `:27: ` + rule + `measures[0].share: "0%" always holds; write ">0%" or leave it out`},
		{`share: ">4%"`, `share: 4`, `:27: ` + rule + `measures[0].share: "4" is no share of breached cases; write 30% (that much or more) or ">30%" (more)`},
		{`share: ">4%"`, `share: 0.001%`, `:27: ` + rule + `measures[0].share: "0.001%" is no share of breached cases; write 30% (that much or more) or ">30%" (more)`},
		{"breached: 2, under: 5", "under: 5", `:28: ` + rule + `measures[1]: needs a condition: resolved, breached, share, mean or of`},
		{"points: G0.5", "points: 0.5", `:32: ` + rule + `measures[5].points: "0.5" is no points; write G0.5 (general) or S4 (severe)`},
		{"points: G0.5", "points: S0.5", `:32: ` + rule + `measures[5].points: the rung general_points gives general points`},
		{"cap: G6 in 30d", "cap: S6 in 30d", `:32: ` + rule + `measures[5].cap: the rung general_points gives general points`},
		{"cap: G6 in 30d", "cap: G6", `:32: ` + rule + `measures[5].cap: "G6" is no limit; write G8 a week or G6 in 30d`},
		{"rung: general_points", "rung: exam", `:32: ` + rule + `measures[5].points: belong to the rungs general_points and severe_points, and those need them`},
		{"each: true, days: 7d", "each: true", `:34: ` + rule + `measures[7].days: belong to the rungs order_limit and suspension, and those need them`},
		{"days: 7d", "days: 7", `:34: ` + rule + `measures[7].days: "7" is no number of days; write 7d, at most 366d`},
		{"per_case: true", "percase: true", `:32: ` + rule + `measures[5].percase: unknown field; did you mean per_case?`},
		{"zh: 虚假发票, ", "", `:33: ` + rule + `measures[6].if.zh: is missing`},
		{"round_to: 100", "round_to: 1.00", `:37: ` + rule + `money.round_to: "1.00" is no amount; write whole minor units, 200 for 2 yuan`},
		{"min: 500, max: 1000", "min: 550, max: 1000", `:40: ` + rule + `money.bands[1]: min and max must be multiples of round_to`},
		{"min: 500, max: 1000", "min: 2000, max: 1000", `:40: ` + rule + `money.bands[1]: min must be from 0 to max`},
		{"share: 2.5%", "share: 250%", `:41: ` + rule + `money.bands[2].share: "250%" is no share from 0% to 100%; write 97%`},
		{"every: G12", "at: G4, every: G12", `:8: editions[0].ladder.nodes[0]: needs either at or every`},
		{"at: S4, ", "at: S12, ", `:10: editions[0].ladder.nodes[2]: severe 12 is given twice`},
		{"at: S12, removal: true", "at: S12", `:10: editions[0].ladder.nodes[2]: nothing follows at severe 12`},
		{"at: S4, ", "at: 4, ", `:9: editions[0].ladder.nodes[1].at: "4" is no points; write G0.5 (general) or S4 (severe)`},
		{"      currency: CNY\n      nodes", "      nodes", `:7: editions[0].ladder.nodes[0]: currency is missing; a fine needs one`},
		{"      currency: CNY\n      nodes", "      currency: yuan\n      nodes", `:6: editions[0].ladder.currency: "yuan" is no currency such as CNY`},
	} {
		text := strings.Replace(measured, c.old, c.broken, 1)
		if text == measured {
			t.Fatalf("%q is not in the pack", c.old)
		}
		book, err := ParsePack("mine.yaml", []byte(text))
		if want := "mine.yaml" + c.want; err == nil || book != nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", c.broken, err, want)
		}
	}
}
