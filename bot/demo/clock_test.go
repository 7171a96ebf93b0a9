package demo

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

var morning = time.Date(2026, 11, 23, 0, 55, 0, 0, time.UTC)

func TestClockIsContinuousOverEverySpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(morning, time.Now)
		want := morning
		for _, speed := range []float64{0, 60, 1, 300, 0, -5, 60} {
			c.SetSpeed(speed)
			if got := c.Now(); !got.Equal(want) {
				t.Fatalf("setting %v× made the clock jump from %v to %v", speed, want, got)
			}
			time.Sleep(2 * time.Second)
			want = want.Add(time.Duration(max(speed, 0)*2) * time.Second)
		}
		if got := c.Now(); !got.Equal(want) {
			t.Errorf("shows %v, want %v", got, want)
		}
	})
}

func TestRushEndsWhereItShouldAndGoesOnAsBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(morning, time.Now)
		c.SetSpeed(60)
		to := morning.Add(24 * time.Hour)
		c.RushTo(to, 1800)
		time.Sleep(24 * time.Second)
		if p := c.Pace(); !p.Now.Equal(morning.Add(12*time.Hour)) || !p.Rush.Equal(to) || p.Speed != 1800 {
			t.Fatalf("half way: %+v", p)
		}
		c.RushTo(to, 1800) // pressed twice
		time.Sleep(34 * time.Second)
		if p := c.Pace(); !p.Now.Equal(to.Add(10*time.Minute)) || !p.Rush.IsZero() || p.Speed != 60 {
			t.Errorf("ten seconds after the rush: %+v", p)
		}
	})
}

func TestAClockThatStandsDoesNotRush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(morning, time.Now)
		c.RushTo(morning.Add(time.Hour), 1800)
		time.Sleep(time.Second)
		if p := c.Pace(); !p.Now.Equal(morning) || p.Speed != 0 {
			t.Errorf("got %+v", p)
		}
	})
}

func TestUntilFollowsEveryChangeOfSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(morning, time.Now)
		began := time.Now()
		done := make(chan error)
		go func() { done <- c.Until(t.Context(), morning.Add(2*time.Hour)) }()
		time.Sleep(5 * time.Second) // it stands
		c.SetSpeed(60)
		time.Sleep(60 * time.Second) // one hour
		c.SetSpeed(3600)             // the second hour in a second
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began).Round(time.Millisecond); took != 66*time.Second {
			t.Errorf("waited %v, want 66s", took)
		}
	})
}

func TestUntilEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := NewClock(morning, time.Now).Until(ctx, morning.Add(time.Hour)); err == nil {
			t.Error("a clock that stands got there")
		}
	})
}
