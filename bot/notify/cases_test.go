package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// casePages writes the list of what was missed, its menus, and all about one case.
func casePages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button), k rules.Case, l notify.LadderView) {
	t.Helper()
	f, unclear := c.FilterWords(v, in.name+" "+in.rule)
	for _, f := range []notify.Filter{{}, f, {Rule: in.rule, Principle: rules.Timely, Rung: rules.Warning, Day: date(3), Offset: 1 << 19}} {
		w := notify.ViolationsView{View: v, Filter: f, Unclear: unclear, From: date(1), To: date(24), Oldest: date(2), Total: 1 << 40, Ladder: l,
			Cases: slices.Repeat([]rules.Case{k}, notify.Listed), Counts: map[string]int{in.rule: 1 << 40, "ship-on-time": 4},
			Corrected: notify.Corrected{Rules: map[string]notify.CorrectedRule{in.rule: {Missed: 1 << 50, Excused: 1 << 50}}}}
		for i := range 80 {
			w.Findings = append(w.Findings, rules.Finding{Rule: in.rule, Day: date(1).Next(i), Breached: 1 << 40, Limit: 3})
		}
		check("violations")(c.Violations(w))
		for m := notify.ByRule; m <= notify.ByDay; m++ {
			w.Filter = f.Asking(m, 1)
			check("which " + m.String())(c.Violations(w))
		}
		w.Total, w.Cases = 0, nil
		check("none under a filter")(c.Violations(w))
	}
	who := alarm.Mark{Person: 1, Name: in.name, At: v.Now}
	why := notify.WhyView{View: v, Case: k, Found: true, From: notify.From{Listed: true, Filter: f}, Plain: k, Said: slices.Repeat([]rules.Fact{k.Begun}, 50),
		Proof: []notify.Evidence{{Fact: k.Begun, Event: in.id, Known: true, Arrived: v.Now}}, Clock: &rules.Clockwork{Opens: []rules.Block{{From: 1, To: 1440}}, Pauses: []rules.Stretch{{From: 1, To: 2}}},
		Steps: l.Ledger.Steps, Owed: l.Owed, Appeals: l.Imposed.Sanctions[:3], Both: notify.CorrectedRule{Missed: 1 << 50, Excused: 1 << 50}}
	why.Plain.Outcome = rules.Breached
	check("all about a case")(c.Why(why))
	why.Case.Outcome, why.Case.Reason = rules.Breached, rules.NeverStopped
	why.Alarm.Record = slices.Repeat([]alarm.Ruling{{Who: who, Cause: in.rule, Back: who}}, 10)
	check("all about a broken case")(c.Why(why))
	w := notify.CorrectionView{AlarmView: caseView(v, k), From: why.From, Cause: in.rule, Counts: true,
		Before: notify.CorrectionSide{Outcome: rules.Breached, Missed: 1 << 50}, After: notify.CorrectionSide{Outcome: rules.Void}}
	check("why correct it")(c.AskCorrection(w))
	check("correct it")(c.ConfirmCorrection(w))
	w.Counts = false
	check("note it")(c.ConfirmCorrection(w))
	for _, act := range []alarm.Act{alarm.Take, alarm.Excuse} {
		check("which to " + act.String())(c.Pick(notify.PickView{View: v, Act: act, Cases: slices.Repeat([]rules.Case{k, why.Case}, 5)}))
		check("none to " + act.String())(c.Pick(notify.PickView{View: v, Act: act}))
	}
}

func TestTheListOfMissesSaysWhatAndHowLong(t *testing.T) {
	c := composer(t)
	both(t, "violations", func(lang string, s *sheet) {
		v := view(t)
		v.Lang, v.Now, v.Heard = lang, at(23, "19:00:00"), at(23, "18:59:00")
		page := func(title string, w notify.ViolationsView) {
			w.View = v
			if w.From == 0 {
				w.From, w.To = w.Filter.Span(date(23))
			}
			w.Oldest = date(23).Next(-400)
			html, buttons := c.Violations(w)
			s.page(title, html, buttons)
		}
		counts := map[string]int{"ship-on-time": 9, "invoice-on-time": 3}
		findings := []rules.Finding{{Rule: "ship-on-time", Day: date(22), Breached: 5, Limit: 3}, {Rule: "invoice-on-time", Day: date(21), Breached: 3, Limit: 3}}
		corrected := notify.Corrected{Rules: map[string]notify.CorrectedRule{"ship-on-time": {Missed: 9, Excused: 2}, "invoice-on-time": {Missed: 3}}}
		late := append(late1(t), rules.Case{Rule: "ship-on-time", Subject: order("1100"), Due: at(1, "18:00:00"), Outcome: rules.Breached})
		week := notify.ViolationsView{Cases: late, Total: 12, Counts: counts, Findings: findings, Corrected: corrected}
		page("a week, corrected twice", week)
		rule := week
		rule.Filter, rule.Total = notify.Filter{Rule: "ship-on-time", Days: 30}, 9
		page("one rule, 30 days", rule)
		rule.Filter, rule.Unclear = notify.Filter{Rule: "ship-on-time", Offset: 3}, "dispach <b>"
		page("its second page, and a word that is none", rule)
		page("a principle and a measure that took nothing", notify.ViolationsView{Filter: notify.Filter{Principle: rules.Delight, Rung: rules.OrderLimit, Yesterday: true}, Counts: counts})
		page("nothing late today", notify.ViolationsView{Filter: notify.Filter{Days: 1}})
		page("a day before lists began", notify.ViolationsView{Filter: notify.Filter{Day: date(23).Next(-500)}})
		for m := notify.ByRule; m <= notify.ByDay; m++ {
			menu := week
			menu.Filter = notify.Filter{Principle: rules.Timely, Days: 30}.Asking(m, 0)
			page("which "+m.String(), menu)
		}
		v.Heard = 0
		page("nothing late that we know of", notify.ViolationsView{Filter: notify.Filter{Yesterday: true}})
	})
}

func TestThePageOfACaseProvesItsVerdict(t *testing.T) {
	c := composer(t)
	both(t, "case", func(lang string, s *sheet) {
		v := view(t)
		v.Lang, v.Now = lang, at(23, "19:30:00")
		page := func(title string, w notify.WhyView) {
			w.View, w.Found, w.Rule, w.Subject = v, true, w.Case.Rule, w.Case.Subject
			html, buttons := c.Why(w)
			s.page(title, html, buttons)
		}
		boss, li := alarm.Mark{Person: 2, Name: "Boss", At: at(23, "19:10:00")}, alarm.Mark{Person: 1, Name: "Li Na", At: at(23, "18:50:00")}
		k := shipping(t, "1201", v.Now)
		listed := notify.From{Listed: true, Filter: notify.Filter{Rule: "ship-on-time", Days: 30, Offset: 10}}
		night := &rules.Clockwork{Night: []rules.Block{{From: 0, To: 480}}, Pauses: []rules.Stretch{{From: at(22, "10:00:00"), To: at(22, "12:30:00")}}}
		late := notify.WhyView{Case: k, From: listed, Clock: night, Both: notify.CorrectedRule{Missed: 5, Excused: 1},
			Proof:   []notify.Evidence{{Fact: k.Begun, Event: "evt_81", Known: true, Arrived: at(21, "18:00:02")}},
			Steps:   []rules.Step{{Day: date(23), Rule: "ship-on-time", Line: "a", Rung: rules.Warning, Cases: 5, Resolved: 40, From: date(23)}},
			Owed:    []notify.Owed{{Rule: k.Rule, Subject: k.Subject, Amount: 500, Currency: "CNY"}},
			Appeals: []rules.Sanction{{ID: "P-7", State: rules.Issued, Rung: rules.GeneralPoints, Points: 200, Rule: "ship-on-time", Issued: at(21, "09:00:00"), Day: date(21), AppealBy: at(29, "00:00:00") - 1}}}
		late.Alarm.Taken = li
		page("overdue, taken, from a list", late)
		done := shipping(t, "1201", v.Now, fact("order.picked_up", at(23, "18:40:30")))
		page("late, its events are not found", notify.WhyView{Case: done, Clock: &rules.Clockwork{}, Proof: []notify.Evidence{{Fact: done.Begun}, {Fact: done.Ended, Event: "evt_99", Known: true}}})
		excused := k
		excused.Outcome, excused.Reason, excused.Ended = rules.Void, rules.Excused, fact("case.excused", at(23, "19:10:00"), rules.Attr{Key: "code", Value: "outage"})
		held := notify.WhyView{Case: excused, Plain: k, Both: notify.CorrectedRule{Missed: 4, Excused: 1}, Clock: &rules.Clockwork{Own: true}}
		held.Alarm = alarm.Alarm{Excused: boss, Cause: "outage", Record: []alarm.Ruling{{Who: li, Cause: "courier", Back: boss}, {Who: boss, Cause: "outage"}}}
		page("corrected, for the second time", held)
		held.Alarm, held.Said = alarm.Alarm{}, []rules.Fact{fact("case.excused", at(23, "19:10:00"), rules.Attr{Key: "code", Value: "lowvalue"})}
		page("corrected by the shop's own system", held)
	})
}

func TestACorrectionShowsWhatItChanges(t *testing.T) {
	c := composer(t)
	both(t, "correction", func(lang string, s *sheet) {
		v := view(t)
		v.Lang, v.Now = lang, at(23, "19:30:00")
		k := shipping(t, "1201", v.Now)
		w := notify.CorrectionView{AlarmView: caseView(v, k), From: notify.From{Listed: true, Filter: notify.Filter{Days: 30}}, Cause: "outage", Counts: true,
			Before: notify.CorrectionSide{Outcome: rules.Breached, Missed: 5, Day: rules.Points{Value: 71.2, Known: true}, Month: rules.Points{Value: 84, Known: true}},
			After:  notify.CorrectionSide{Outcome: rules.Void, Missed: 4, Day: rules.Points{Value: 76.4, Known: true}, Month: rules.Points{Value: 84.3, Known: true}}}
		html, buttons := c.AskCorrection(w)
		s.page("why", html, buttons)
		html, buttons = c.ConfirmCorrection(w)
		s.page("what it changes", html, buttons)
		w.Before.Day, w.After.Day = rules.Points{}, rules.Points{}
		html, buttons = c.ConfirmCorrection(w)
		s.page("no score that day", html, buttons)
		w.Cause, w.Counts = alarm.Courier, false
		html, buttons = c.ConfirmCorrection(w)
		s.page("a note", html, buttons)
		for _, act := range []alarm.Act{alarm.Take, alarm.Excuse} {
			html, buttons = c.Pick(notify.PickView{View: v, Act: act, Cases: append([]rules.Case{shipping(t, "1300", at(23, "17:00:00"))}, late1(t)...)})
			s.page("which to "+act.String(), html, buttons)
			html, buttons = c.Pick(notify.PickView{View: v, Act: act})
			s.page("none to "+act.String(), html, buttons)
		}
	})
}

func TestAFilterComesBackFromItsWords(t *testing.T) {
	for _, f := range []notify.Filter{{}, {Rule: "ship-on-time"}, {Principle: rules.WorryFree, Rung: rules.GeneralPoints, Days: 1}, {Yesterday: true, Offset: 20},
		{Day: date(3), Menu: notify.ByDay, Page: 3}, {Rule: "a", Menu: notify.ByRule}} {
		got, unknown := notify.ParseFilter(f.String())
		if diff := cmp.Diff(f, got); diff != "" || len(unknown) > 0 || strings.ContainsAny(f.String(), "|!@") {
			t.Errorf("%q leaves %q (-want +got):\n%s", f, unknown, diff)
		}
		if from, ref := notify.CutFrom(f.At(f.Offset).String() + "!ship-on-time@a!b"); ref != "ship-on-time@a!b" || !from.Listed || from.Filter != f.At(f.Offset) {
			t.Errorf("%q before a case is read as %+v and %q", f, from, ref)
		}
		step := notify.OnCase(notify.From{Listed: true, Filter: f.At(f.Offset)})
		if from, ok := notify.OfCase(step); !ok || !from.Listed || from.Filter != f.At(f.Offset) || !notify.IsStep(string(step)) {
			t.Errorf("step %q is read as %+v, %v", step, from, ok)
		}
	}
	if from, ref := notify.CutFrom("ship-on-time@a!b"); from.Listed || ref != "ship-on-time@a!b" {
		t.Errorf("a mark in the name of a case is read as a list: %+v, %q", from, ref)
	}
	if from, ok := notify.OfCase(notify.OnCase(notify.From{})); !ok || from.Listed {
		t.Errorf("%+v, %v", from, ok)
	}
	for _, step := range []notify.Step{"with", "", "b", "w|x", "wx"} {
		if _, ok := notify.OfCase(step); ok {
			t.Errorf("%q is read as the page of a case", step)
		}
	}
}

func TestPeopleFilterInTheirOwnWords(t *testing.T) {
	c, v := composer(t), view(t)
	for text, want := range map[string]notify.Filter{
		"yesterday": {Yesterday: true}, "dispatch 30": {Rule: "ship-on-time", Days: 30}, "发货 30天": {Rule: "ship-on-time", Days: 30}, "昨天": {Yesterday: true},
		"Timely": {Principle: rules.Timely}, "无忧 今天": {Principle: rules.WorryFree, Days: 1}, "SHIP-ON-TIME": {Rule: "ship-on-time"}, "首次响应": {Rule: "chat-first-response"},
		"order limit": {Rung: rules.OrderLimit}, "警告": {Rung: rules.Warning}, "2026-11-03": {Day: date(3)}, "invoice week": {Rule: "invoice-on-time", Days: 7}, "": {},
		"?day +20 p3": {},
	} {
		if got, left := c.FilterWords(v, text); got != want || left != "" {
			t.Errorf("%q is read as %+v, and %q is left", text, got, left)
		}
	}
	for text, want := range map[string]string{"dispach 30": "dispach", "900": "900", "0": "0", "rule=none": "none", "-5 days": "-5 days", "2026-13-01": "2026-13-01"} {
		if _, left := c.FilterWords(v, text); left != want {
			t.Errorf("of %q %q is not understood, want %q", text, left, want)
		}
	}
}

func TestTheRecordOfCorrectionsKeepsTheLatest(t *testing.T) {
	var a alarm.Alarm
	for i := range 24 {
		who := alarm.Mark{Person: int64(i + 1), At: rules.Instant(i + 1)}
		before := fmt.Sprint(a)
		next, changed := a.Press(alarm.Press{Act: alarm.Excuse, Who: who, Cause: "outage"})
		if i%2 == 1 {
			next, changed = a.Press(alarm.Press{Act: alarm.Undo, Of: alarm.Excuse, Who: who})
		}
		if !changed || fmt.Sprint(a) != before {
			t.Fatalf("press %d: changed %v, and %s became %v", i, changed, before, a)
		}
		a = next
	}
	if n := len(a.Record); n != 10 || a.Record[n-1].Who.Person != 23 || a.Record[n-1].Back.Person != 24 {
		t.Errorf("kept %d: %+v", len(a.Record), a.Record)
	}
}
