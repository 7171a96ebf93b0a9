package sla_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// source is a shop that gets an order every two minutes, from the start on.
type source struct {
	t       *testing.T
	m       *memory
	c       *clock
	tracker *sla.Tracker
	orders  int
}

func newSource(t *testing.T) *source {
	s := &source{t: t, m: newMemory(config.Shop{ID: "s1"}), c: newClock(start)}
	s.tracker = run(t, s.m, s.c)
	return s
}

func (s *source) order(at time.Time) {
	s.t.Helper()
	s.c.set(at)
	s.orders++
	if err := s.tracker.Apply(s.t.Context(), "s1", []rules.Event{paid(fmt.Sprint(s.orders), at)}); err != nil {
		s.t.Fatal(err)
	}
}

// flow lets orders come until an instant.
func (s *source) flow(from, until time.Time) {
	s.t.Helper()
	for at := from; at.Before(until); at = at.Add(2 * time.Minute) {
		s.order(at)
	}
}

func (s *source) sweep(at time.Time) {
	s.t.Helper()
	s.c.set(at)
	if err := s.tracker.Sweep(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// told lists what was said about the source.
func (s *source) told() (keys []string) {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(s.m.messages)) {
		if strings.HasPrefix(key, "silent/") || strings.HasPrefix(key, "heard/") {
			keys = append(keys, fmt.Sprint(key, " ×", s.m.messages[key]))
		}
	}
	return keys
}

func TestASilentSourceIsToldOnceAndSoIsItsReturn(t *testing.T) {
	s := newSource(t)
	stop := start.Add(36 * time.Hour) // 14:00 of the day after
	s.flow(start, stop)
	for _, minutes := range []int{5, 15, 20} {
		s.sweep(stop.Add(time.Duration(minutes) * time.Minute))
	}
	if told := s.told(); len(told) != 0 {
		t.Errorf("too early: %v", told)
	}
	for _, minutes := range []int{38, 39, 50} {
		s.sweep(stop.Add(time.Duration(minutes) * time.Minute))
	}
	want := []string{"silent/s1/21 13:58/2m0s ×1"}
	if diff := cmp.Diff(want, s.told()); diff != "" {
		t.Errorf("after 38 minutes (-want +got):\n%s", diff)
	}
	s.flow(stop.Add(52*time.Minute), stop.Add(70*time.Minute))
	want = []string{"heard/s1/21 13:58 ×1", "silent/s1/21 13:58/2m0s ×1"}
	if diff := cmp.Diff(want, s.told()); diff != "" {
		t.Errorf("back after 52 minutes (-want +got):\n%s", diff)
	}
}

func TestAProcessThatWasDownBlamesNoSource(t *testing.T) {
	s := newSource(t)
	stop := start.Add(36 * time.Hour)
	s.flow(start, stop)
	s.c.set(stop.Add(2 * time.Hour))
	s.tracker = run(t, s.m, s.c) // another process, after two hours
	s.sweep(stop.Add(2*time.Hour + time.Minute))
	s.order(stop.Add(2*time.Hour + 2*time.Minute))
	if told := s.told(); len(told) != 0 {
		t.Errorf("told %v", told)
	}
	s.sweep(stop.Add(3 * time.Hour))
	if told := s.told(); len(told) != 1 {
		t.Errorf("a source that stays silent: %v", told)
	}
}

func TestHistoryHasNoRhythm(t *testing.T) {
	s := newSource(t)
	for i := range 300 {
		at := start.Add(time.Duration(i) * time.Minute)
		s.c.set(start.Add(time.Duration(i) * 10 * time.Minute))
		if err := s.tracker.ApplyHistory(t.Context(), "s1", []rules.Event{paid(fmt.Sprint(i), at)}); err != nil {
			t.Fatal(err)
		}
	}
	s.sweep(start.Add(100 * time.Hour))
	if told := s.told(); len(told) != 0 || s.m.pulses["s1"] != (rules.Pulse{}) {
		t.Errorf("told %v by %+v", told, s.m.pulses["s1"])
	}
}
