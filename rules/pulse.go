package rules

import "time"

// Pulse is the rhythm in which the events of a shop arrive: by hour of the local day, in how many minutes something does.
// Whether a source has fallen silent is judged by it, and not by the clock: twenty minutes without an event mean nothing at
// four in the morning and a broken connection at noon.
//
// Minutes are counted rather than events because events come in clumps (paid, labelled, shipped), and a clump says no more
// about the connection than one event. The zero value is a shop that was never heard.
type Pulse struct {
	Since Instant // the first arrival; 0 = none yet
	Last  Instant // the latest
	Told  bool    // that nothing followed Last was told
	Hours [24]Beat
}

// Beat is one hour of the local day.
type Beat struct {
	Day   Date    // the day that Now counts
	Now   int     // minutes of this hour on that day in which something arrived
	Usual float64 // the same on the days before: their mean, after the first few days the newer ones count more
	Days  int     // days in Usual, up to pulseMemory
}

const (
	// pulseMemory is how many days make a habit: each further day counts for a quarter.
	pulseMemory = 4
	// pulseNew is how long a shop is too new to have a rhythm.
	pulseNew = Instant(24 * 60 * 60 * 1000)
	// pulseLeast is the shortest silence that is one, whatever the rhythm.
	pulseLeast = Instant(10 * 60 * 1000)
	// pulseMissing is how many arrivals must be missing. Were they independent, twelve would fail to come by chance once in
	// 160,000 gaps, which for a shop with 400 gaps a day is once a year; eight would be one false alarm a week.
	pulseMissing = 12.0
	// pulseAhead is how far ahead the end of patience is looked for, in hours. A shop so quiet that it lies beyond has no
	// rhythm to speak of.
	pulseAhead = 7 * 24
)

// pulseHour is an hour in ms.
const pulseHour = Instant(60 * 60 * 1000)

// Beat notes an arrival; changed is false when it adds nothing: it falls into the minute of the last one, or before it.
func (p Pulse) Beat(now Instant, zone *time.Location) (next Pulse, changed bool) {
	switch {
	case p.Since == 0:
		p.Since = now
	case now < p.Last, now/60000 == p.Last/60000 && !p.Told:
		return p, false
	}
	local := now.Time().In(zone)
	day := DateOf(now, zone)
	b := p.Hours[local.Hour()]
	if b.Day == 0 {
		b.Day = DateOf(p.Since, zone)
	}
	b = b.on(day)
	b.Now = min(b.Now+1, 60)
	p.Hours[local.Hour()] = b
	p.Last, p.Told = now, false
	return p, true
}

// on is the hour as it stands on a day: days that are over are part of what is usual.
func (b Beat) on(day Date) Beat {
	if b.Day == 0 || day <= b.Day {
		return b
	}
	b = b.over(b.Now)
	for range min(day-b.Day-1, 4*pulseMemory) { // beyond that nothing of it is left
		b = b.over(0)
	}
	b.Day, b.Now = day, 0
	return b
}

// over is the hour after one more day.
func (b Beat) over(minutes int) Beat {
	b.Days = min(b.Days+1, pulseMemory)
	b.Usual += (float64(minutes) - b.Usual) / float64(b.Days)
	return b
}

// Due returns when the silence since the last arrival becomes one to worry about: as many arrivals are missing by then as
// hardly ever fail to come by chance, and it has lasted ten minutes. 0 means never: the shop is new, or has no rhythm. A day
// on which less came than usual, up to the last arrival, is taken for a slow day, and patience grows accordingly.
func (p Pulse) Due(zone *time.Location) Instant {
	if p.Since == 0 {
		return 0
	}
	pace := p.pace(zone)
	missing := 0.0
	for at, n := p.Last, 0; n <= pulseAhead; n++ {
		local := at.Time().In(zone)
		into := Instant(local.Minute())*60000 + Instant(local.Second())*1000 + at%1000
		left := pulseHour - into
		each := pace * p.Hours[local.Hour()].on(DateOf(at, zone)).Usual / float64(pulseHour)
		if missing+each*float64(left) >= pulseMissing {
			at += Instant((pulseMissing - missing) / each)
			return max(at, p.Last+pulseLeast, p.Since+pulseNew)
		}
		missing += each * float64(left)
		at += left
	}
	return 0
}

// pace compares the day of the last arrival, up to it, with what is usual by then; at most 1.
func (p Pulse) pace(zone *time.Location) float64 {
	day, local := DateOf(p.Last, zone), p.Last.Time().In(zone)
	came, usual := 0, 0.0
	for h := range local.Hour() + 1 {
		b := p.Hours[h].on(day)
		if b.Day == day {
			came += b.Now
		}
		part := 1.0
		if h == local.Hour() {
			part = float64(local.Minute()) / 60
		}
		usual += b.Usual * part
	}
	return min(1, (float64(came)+1)/(usual+1))
}

// Knows reports whether the shop was heard for long enough to have a rhythm.
func (p Pulse) Knows(now Instant) bool { return p.Since != 0 && now-p.Since >= pulseNew }

// Silent reports whether the source has fallen silent.
func (p Pulse) Silent(now Instant, zone *time.Location) bool {
	due := p.Due(zone)
	return due != 0 && now >= due
}

// Usual returns the usual time between two arrivals at this hour of the day, at most an hour; 0 when nothing is usual.
func (p Pulse) Usual(now Instant, zone *time.Location) time.Duration {
	b := p.Hours[now.Time().In(zone).Hour()].on(DateOf(now, zone))
	if b.Usual <= 0 {
		return 0
	}
	return min(time.Hour, time.Duration(float64(time.Hour)/b.Usual)).Round(time.Minute)
}
