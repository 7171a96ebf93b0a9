package rules_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
)

// penaltyFacts builds a set from events; data without an id is about penalty P.
func penaltyFacts(t testing.TB, events ...rules.Event) (set rules.Facts) {
	t.Helper()
	for _, e := range events {
		for _, a := range e.Facts() {
			set, _ = set.Add(a.Fact)
		}
	}
	return set
}

func issued(t testing.TB, when, rung, points string) rules.Event {
	return event(t, when, "penalty.issued", rules.Data{PenaltyID: "P", Rung: rung, Points: json.Number(points), Rule: "aJnzyPepnfnA"})
}

func verdict(t testing.TB, when string, typ rules.Type) rules.Event {
	return event(t, when, typ, rules.Data{PenaltyID: "P"})
}

func TestWithoutADeadlineAnAppealEndsWithTheSeventhDayAfterTheNotice(t *testing.T) {
	facts := penaltyFacts(t, issued(t, "2026-11-22 09:30", "general_points", "2"))
	s, ok := rules.FoldSanction("P", facts, shanghai)
	if !ok || s.AppealBy != at(t, "2026-11-29 23:59:59.999") || s.Day != date(t, "2026-11-22") {
		t.Fatalf("got %v, %v", s.AppealBy.Time(), ok)
	}
	end := at(t, "2026-11-30 00:00")
	if left, begun, ok := s.AppealLeft(end - 1); !ok || left != time.Millisecond || begun != 3 || s.Accepted(end-1) {
		t.Errorf("in the last millisecond: got %s, %d, %v", left, begun, ok)
	}
	if _, _, ok := s.AppealLeft(end); ok || !s.Accepted(end) {
		t.Error("after the last millisecond it is still open")
	}
	want := []rules.Instant{at(t, "2026-11-27 00:00"), at(t, "2026-11-29 00:00"), at(t, "2026-11-29 18:00")}
	if diff := cmp.Diff(want, s.AppealStages()); diff != "" {
		t.Error(diff)
	}
}

func TestThePlatformsOwnDeadlineOfAnAppealBinds(t *testing.T) {
	e := issued(t, "2026-11-22 09:30", "general_points", "2")
	e.Data.AppealBy = "2026-11-24T12:00:00+08:00"
	s, _ := rules.FoldSanction("P", penaltyFacts(t, e), shanghai)
	if s.AppealBy != at(t, "2026-11-24 12:00") {
		t.Fatalf("got %v", s.AppealBy.Time())
	}
	if n := len(s.AppealStages()); n != 2 { // three days before the end there was no penalty
		t.Errorf("got %d reminders", n)
	}
}

func TestAnAppealSuspendsNothingAndAWithdrawalGivesThePointsBack(t *testing.T) {
	events := []rules.Event{issued(t, "2026-11-22 09:30", "general_points", "0.5"), verdict(t, "2026-11-23 10:00", "penalty.appealed"),
		verdict(t, "2026-11-25 10:00", "penalty.upheld"), verdict(t, "2026-11-26 10:00", "penalty.appealed"), verdict(t, "2026-11-27 10:00", "penalty.withdrawn"),
		verdict(t, "2026-11-28 10:00", "penalty.appealed")}
	for i, want := range []struct {
		state             rules.SanctionState
		general, returned rules.PenaltyPoints
	}{{rules.Issued, 50, 0}, {rules.Appealed, 50, 0}, {rules.Upheld, 50, 0}, {rules.Appealed, 50, 0}, {rules.Withdrawn, 0, 50}, {rules.Withdrawn, 0, 50}} {
		facts := penaltyFacts(t, events[:i+1]...)
		got := rules.Impose(2026, map[string]rules.Facts{"P": facts}, shanghai)
		if s := got.Sanctions[0]; s.State != want.state || got.General != want.general || got.Returned != want.returned {
			t.Errorf("after %d facts: got %s, %s, %s back", i+1, s.State, got.General, got.Returned)
		}
	}
}

func TestAMissedAppealCountsAsAccepted(t *testing.T) {
	facts := penaltyFacts(t, issued(t, "2026-11-22 09:30", "warning", ""))
	later := at(t, "2026-12-05 00:00")
	if s, _ := rules.FoldSanction("P", facts, shanghai); !s.Accepted(later) {
		t.Error("it is not accepted")
	}
	facts = penaltyFacts(t, issued(t, "2026-11-22 09:30", "warning", ""), verdict(t, "2026-12-01 10:00", "penalty.appealed"))
	if s, _ := rules.FoldSanction("P", facts, shanghai); s.Accepted(later) || s.AppealStages() != nil {
		t.Error("the platform took the appeal, and it is still called accepted")
	}
}

func TestAnExamIsDueUntilPassedOrWithdrawn(t *testing.T) {
	due := issued(t, "2026-11-22 09:30", "exam", "")
	for want, list := range map[bool][][]rules.Event{
		true:  {{due}, {due, verdict(t, "2026-11-23 10:00", "penalty.upheld")}},
		false: {{due, verdict(t, "2026-11-23 10:00", "exam.passed")}, {due, verdict(t, "2026-11-23 10:00", "penalty.withdrawn")}},
	} {
		for _, events := range list {
			s, _ := rules.FoldSanction("P", penaltyFacts(t, events...), shanghai)
			if s.ExamDue() != want {
				t.Errorf("%d facts: due %v", len(events), s.ExamDue())
			}
		}
	}
}

func TestImposedPointsBelongToTheYearOfTheirLocalDay(t *testing.T) {
	unread := issued(t, "2027-02-01 00:00", "general_points", "2")
	unread.Data.Points = "1e1" // the door refuses it now; facts that were kept before may hold it
	penalties := map[string]rules.Facts{
		"old":   penaltyFacts(t, issued(t, "2026-12-31 23:59:59.999", "severe_points", "4")),
		"new":   penaltyFacts(t, issued(t, "2027-01-01 00:00", "severe_points", "8")),
		"half":  penaltyFacts(t, issued(t, "2027-02-01 00:00", "general_points", "0.5")),
		"other": penaltyFacts(t, unread),
		"none":  penaltyFacts(t, verdict(t, "2027-02-01 00:00", "penalty.upheld")),
	}
	got := rules.Impose(2027, penalties, shanghai)
	if got.Severe != 800 || got.General != 50 || len(got.Sanctions) != 3 {
		t.Errorf("got %s severe, %s general, %d penalties", got.Severe, got.General, len(got.Sanctions))
	}
	if diff := cmp.Diff([]string{"other"}, got.Unread); diff != "" {
		t.Errorf("points that cannot be read: %s", diff)
	}
	if got := rules.Impose(2026, penalties, shanghai); got.Severe != 400 {
		t.Errorf("2026: got %s", got.Severe)
	}
}

func TestALaterNoticeCorrectsTheFirstAndKeepsItsDay(t *testing.T) {
	first, second := issued(t, "2026-11-22 09:30", "general_points", "2"), issued(t, "2026-11-24 09:30", "general_points", "1.5")
	amount := int64(3000)
	second.Data.Amount, second.Data.Currency = &amount, "CNY"
	got := rules.Impose(2026, map[string]rules.Facts{"P": penaltyFacts(t, second, first)}, shanghai)
	if got.General != 150 || got.Amounts["CNY"] != 3000 || got.Sanctions[0].Issued != at(t, "2026-11-22 09:30") {
		t.Errorf("got %+v", got)
	}
}

func TestNoOrderAndNoRepetitionChangesAPenalty(t *testing.T) {
	types := []rules.Type{"penalty.issued", "penalty.appealed", "penalty.upheld", "penalty.withdrawn", "exam.passed"}
	rapid.Check(t, func(rt *rapid.T) {
		one := rapid.Custom(func(rt *rapid.T) rules.Event {
			e := rules.Event{Type: rapid.SampledFrom(types).Draw(rt, "type"), At: base.Add(time.Duration(rapid.IntRange(0, 5).Draw(rt, "hour")) * time.Hour)}
			e.Data.PenaltyID = "P"
			if e.Type == "penalty.issued" {
				e.Data.Rung = rapid.SampledFrom(rules.Rungs()).Draw(rt, "rung").String()
				e.Data.Points = json.Number(rapid.SampledFrom([]string{"", "0.5", "4", "x"}).Draw(rt, "points"))
			}
			return e
		})
		events := rapid.SliceOfN(one, 1, 8).Draw(rt, "events")
		again := append(rapid.Permutation(events).Draw(rt, "order"), rapid.SampledFrom(events).Draw(rt, "repeated"))
		a, okA := rules.FoldSanction("P", penaltyFacts(t, events...), shanghai)
		b, okB := rules.FoldSanction("P", penaltyFacts(t, again...), shanghai)
		if diff := cmp.Diff(a, b); diff != "" || okA != okB {
			rt.Fatalf("they differ: %s", diff)
		}
	})
}
