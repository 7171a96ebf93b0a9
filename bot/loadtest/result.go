package main

import (
	"slices"
	"time"
)

// result is one table: what each service did over all rounds. Times are in milliseconds or microseconds as named.
type result struct {
	Batch       int     `json:"events_per_post"`
	Connections int     `json:"connections"`
	Shops       int     `json:"shops"`
	Rounds      int     `json:"rounds"`
	Seconds     float64 `json:"seconds"`
	Rows        []row   `json:"services"`
	// Shares of the rate of ours in the two others of the same round.
	OfBound    spread `json:"ours_of_bound"`
	OfBaseline spread `json:"ours_of_baseline"`
}

// row is one service.
type row struct {
	Service string  `json:"service"`
	Rate    spread  `json:"events_per_second"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	CPU     float64 `json:"service_cpu_us_per_event"`
	Redis   float64 `json:"redis_cpu_us_per_event"`
	Events  int64   `json:"events"` // acknowledged and accounted for in all rounds
}

// spread is a median with the least and the greatest.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) spread {
	return spread{median(values), slices.Min(values), slices.Max(values)}
}

// median returns the middle value, the mean of the two middle ones for an even count.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// summarize makes a table of rounds.
func summarize(p plan, rounds []map[string]cell) result {
	r := result{Batch: p.batch, Connections: p.connections, Shops: p.shops, Rounds: len(rounds), Seconds: p.span.Seconds()}
	for _, mode := range modes {
		each := func(f func(cell) float64) []float64 {
			values := make([]float64, len(rounds))
			for i, cells := range rounds {
				values[i] = f(cells[mode])
			}
			return values
		}
		one := row{
			Service: mode,
			Rate:    spreadOf(each(func(c cell) float64 { return c.rate() })),
			P50:     median(each(func(c cell) float64 { return c.delay(0.5).Seconds() * 1e3 })),
			P99:     median(each(func(c cell) float64 { return c.delay(0.99).Seconds() * 1e3 })),
			CPU:     median(each(func(c cell) float64 { return micros(c.service) })),
			Redis:   median(each(func(c cell) float64 { return micros(c.redis) })),
		}
		for _, cells := range rounds {
			one.Events += cells[mode].events
		}
		r.Rows = append(r.Rows, one)
	}
	r.OfBound, r.OfBaseline = ratio(rounds, modeBound), ratio(rounds, modeBaseline)
	return r
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// ratio compares ours with another service round by round, so that what slows a whole round down cancels out.
func ratio(rounds []map[string]cell, other string) spread {
	values := make([]float64, len(rounds))
	for i, cells := range rounds {
		ours, theirs := cells[modeOurs], cells[other]
		values[i] = ours.rate() / theirs.rate()
	}
	return spreadOf(values)
}
