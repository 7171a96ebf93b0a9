package sla_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// marks is what people did about cases, by id.
type marks map[string]alarm.Alarm

func (m marks) Alarms(_ context.Context, _ string, ids []string) (list []alarm.Alarm, _ error) {
	for _, id := range ids {
		a := m[id]
		a.ID = id
		list = append(list, a)
	}
	return list, nil
}

// exportOf lists the cases of some days of shop s1.
func exportOf(t *testing.T, m *memory, c *clock, book marks, from, to rules.Date, rule string) (notify.ExportView, []notify.ExportRow) {
	t.Helper()
	desk := sla.NewDesk(m, policy, c.now)
	v, err := desk.View(t.Context(), "s1")
	if err != nil {
		t.Fatal(err)
	}
	var rows []notify.ExportRow
	e, err := sla.NewExporter(desk, book).Export(t.Context(), notify.ExportView{View: v, From: from, To: to, Rule: rule},
		func(r notify.ExportRow) error { rows = append(rows, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return e, rows
}

// TestTheRowsOfAFileAddUpToTheCounters compares the cases that are listed with the counters behind /violations and the report.
func TestTheRowsOfAFileAddUpToTheCounters(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start.Add(30*time.Hour))
	tracker := run(t, m, c)
	for _, e := range traffic(1500) {
		deliver(t, tracker, "s1", e)
	}
	c.set(start.Add(90 * time.Hour))
	sweep(t, tracker, 1)
	first := rules.DateOf(rules.InstantOf(start), time.UTC)
	for _, days := range [][2]int{{-30, 30}, {0, 1}, {2, 3}, {1, 4}} {
		from, to := first.Next(days[0]), first.Next(days[1])
		e, rows := exportOf(t, m, c, nil, from, to, "")
		got, want := map[string]rules.Tally{}, map[string]rules.Tally{}
		for _, r := range rows {
			entry := rules.Entry{Rule: r.Case.Rule, Outcome: r.Case.Outcome, Timed: r.Case.Timed, Took: r.Case.Took.Milliseconds()}
			got[r.Case.Rule] = got[r.Case.Rule].Apply(rules.Delta{Sign: 1, Entry: entry})
		}
		for day := from; day < to; day++ {
			for rule, tally := range m.tallies["s1"][day] {
				want[rule] = want[rule].Plus(tally)
			}
		}
		if d := cmp.Diff(want, got); d != "" || e.Rows != len(rows) || e.More {
			t.Errorf("days %v, %d rows (-counters +rows):\n%s", days, len(rows), d)
		}
		if _, only := exportOf(t, m, c, nil, from, to, "ship-on-time"); slices.ContainsFunc(only, func(r notify.ExportRow) bool { return r.Case.Rule != "ship-on-time" }) {
			t.Errorf("days %v: other rules in a file of one", days)
		}
	}
}

func TestARowSaysWhatIsKnownBesideTheVerdict(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start.Add(50*time.Hour))
	tracker := run(t, m, c)
	amount := int64(990)
	order := paid("1", start)
	order.Data.Amount, order.Data.Currency, order.Data.Buyer = &amount, "CNY", "王小明"
	sent := picked("1", start.Add(49*time.Hour))
	sent.Data.Carrier = "SF"
	apply(t, tracker, order, sent)
	day := rules.DateOf(rules.InstantOf(start.Add(48*time.Hour)), time.UTC)
	id := alarm.CaseID("ship-on-time", rules.Subject{Kind: rules.Order, ID: "1"})
	e, rows := exportOf(t, m, c, marks{id: {Taken: alarm.Mark{Name: "Li", At: 1}}}, day, day.Next(1), "")
	if len(rows) != 1 || e.Since != rules.InstantOf(start) {
		t.Fatalf("%d rows since %v", len(rows), e.Since.Time())
	}
	r := rows[0]
	if r.Carrier != "SF" || *r.Amount != 990 || r.Currency != "CNY" || r.Buyer != "王" || r.Alarm.Taken.Name != "Li" || r.Case.Reason != rules.StoppedLate {
		t.Errorf("got %+v", r)
	}
}

func TestAFileThatHasEnoughStopsReading(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	for i := range notify.ExportCap + 700 {
		e := paid(fmt.Sprint(i), start)
		m.log["s1"] = append(m.log["s1"], e)
		facts, _ := rules.Facts{}.Add(e.Facts()[0].Fact)
		m.dossiers["s1"][e.Facts()[0].Subject] = rules.Dossier{Facts: facts}
	}
	day := rules.DateOf(rules.InstantOf(start), time.UTC)
	e, rows := exportOf(t, m, c, nil, day, day.Next(30), "")
	if len(rows) != notify.ExportCap || e.Rows != notify.ExportCap || !e.More {
		t.Errorf("%d rows, more %v", len(rows), e.More)
	}
}

func TestAFileThatCannotBeWrittenIsNotReadOn(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker := run(t, m, c)
	apply(t, tracker, paid("1", start), paid("2", start))
	desk, full := sla.NewDesk(m, policy, c.now), errors.New("full")
	v, err := desk.View(t.Context(), "s1")
	if err != nil {
		t.Fatal(err)
	}
	day, n := v.Policy.Day(v.Now), 0
	_, err = sla.NewExporter(desk, marks{}).Export(t.Context(), notify.ExportView{View: v, From: day, To: day.Next(9)}, func(notify.ExportRow) error { n++; return full })
	if !errors.Is(err, full) || n != 1 {
		t.Errorf("%v after %d rows", err, n)
	}
}
