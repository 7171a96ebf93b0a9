package rules

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func TestPointsOfAPenaltyArePlainDecimals(t *testing.T) {
	issued := func(points string) Event {
		return Event{ID: "e", Type: "penalty.issued", At: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC),
			Data: Data{PenaltyID: "P1", Rung: "general_points", Points: json.Number(points)}}
	}
	for _, good := range []string{"", "0", "2", "0.5", "12.25", "100", "100.00"} {
		if err := issued(good).Check(); err != nil {
			t.Errorf("points %q: %v", good, err)
		}
	}
	for _, bad := range []string{"-1", "100.01", "101", "1e2", "0.333", ".5", "many"} {
		var at *FieldError
		if err := issued(bad).Check(); !errors.As(err, &at) || at.Field != "data.points" {
			t.Errorf("points %q: got %v, want data.points refused", bad, err)
		}
	}
}

func TestClimbAsksForNoDayThatItDoesNotLookAt(t *testing.T) {
	p, err := NewPolicy(&Rulebook{Editions: []Edition{{Rules: []Rule{{ID: "r", Lines: []Line{
		{ID: "month", Window: 30, Breached: 3, Rung: Warning}}}}}}}, Terms{Zone: time.UTC, Hours: AroundTheClock})
	if err != nil {
		t.Fatal(err)
	}
	day, first := NewDate(2026, 1, 1), p.ClimbFrom(NewDate(2026, 1, 1))
	all := map[Date]DayTallies{day: {"r": {Breached: 1}}, day.Next(-29): {"r": {Breached: 2}}}
	if got := p.Climb(day, all); len(got.Steps) != 1 || day.Next(-29) < first {
		t.Errorf("steps %v, first day %s; want one step, of days from %s on", got.Steps, first, first)
	}
}
