package demo

import (
	"slices"
	"testing"
	"time"

	"shopwarden/rules"
)

// demoDay is a day of the demo's shop: every event, in order.
func demoDay(b testing.TB) []rules.Event {
	b.Helper()
	line := newTimeline(1, shanghai, today)
	line.opening(morning)
	return line.take(morning.Add(24 * time.Hour))
}

// BenchmarkStepAndEvaluate is what the rules cost per event of the demo's day: step the subject with what it knew before,
// book the deltas, look for violations. It reports the median over the events beside the mean.
func BenchmarkStepAndEvaluate(b *testing.B) {
	events := demoDay(b)
	policy := policyOf(b)
	times := make([]time.Duration, 0, len(events))
	b.ReportAllocs()
	for b.Loop() {
		times = times[:0]
		dossiers, days := map[rules.Subject]rules.Dossier{}, map[rules.Date]rules.DayTallies{}
		for _, e := range events {
			about, now := e.Facts()[0], rules.InstantOf(e.At)
			known := dossiers[about.Subject]
			begun := time.Now()
			d, change, _ := policy.Step(about.Subject, known, []rules.Fact{about.Fact}, now)
			for _, x := range change.Deltas {
				day := days[x.Entry.Day]
				if day == nil {
					day = rules.DayTallies{}
					days[x.Entry.Day] = day
				}
				day[x.Entry.Rule] = day[x.Entry.Rule].Apply(x)
			}
			policy.Evaluate(policy.Day(now), days[policy.Day(now)])
			times = append(times, time.Since(begun))
			dossiers[about.Subject] = d
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds()), "ns/event(median)")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event(mean)")
	b.ReportMetric(float64(len(events)), "events/day")
}

// TestAStepAllocatesLittle holds the median of the demo's day to ten allocations, Evaluate included.
func TestAStepAllocatesLittle(t *testing.T) {
	policy := policyOf(t)
	dossiers, tallies := map[rules.Subject]rules.Dossier{}, rules.DayTallies{}
	var counts []float64
	for _, e := range demoDay(t) {
		about, now := e.Facts()[0], rules.InstantOf(e.At)
		known, facts := dossiers[about.Subject], []rules.Fact{about.Fact}
		counts = append(counts, testing.AllocsPerRun(3, func() {
			policy.Step(about.Subject, known, facts, now)
			policy.Evaluate(policy.Day(now), tallies)
		}))
		d, change, _ := policy.Step(about.Subject, known, facts, now)
		dossiers[about.Subject] = d
		for _, x := range change.Deltas {
			tallies[x.Entry.Rule] = tallies[x.Entry.Rule].Apply(x)
		}
	}
	slices.Sort(counts)
	if median := counts[len(counts)/2]; median > 10 {
		t.Errorf("median of %d events: %.0f allocations, want 10 at most", len(counts), median)
	} else {
		t.Logf("median of %d events: %.0f allocations", len(counts), median)
	}
}
