package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// brokenChunk is how many ids of broken cases are read at a time.
const brokenChunk = 5000

// BrokenPage returns the cases that the ask picks, the latest first, and how many were due in its span by rule. It reads all
// ids of the span and takes apart only those of the page. Cases that break while it reads may shift what it sees by as many.
func (s *Store) BrokenPage(ctx context.Context, shop string, ask sla.BrokenAsk) ([]sla.Listed, map[string]int, error) {
	key, span := keysOf(shop).broken(), redis.ZRangeBy{Min: score(ask.From), Max: "(" + score(ask.To), Count: brokenChunk}
	page, counts := brokenPage{ask: ask, counts: map[string]int{}, names: map[string]string{}}, 0
	for {
		chunk, err := s.db.ZRevRangeByScoreWithScores(ctx, key, &span).Result()
		if err != nil {
			return nil, nil, fmt.Errorf("reading broken cases of shop %s: %w", shop, err)
		}
		for i := range chunk {
			if err := page.add(&chunk[i]); err != nil {
				return nil, nil, fmt.Errorf("reading broken cases of shop %s: %w", shop, err)
			}
		}
		counts += len(chunk)
		if len(chunk) < brokenChunk {
			return page.list, page.counts, nil
		}
		span.Offset = int64(counts)
	}
}

// brokenPage collects a page from all broken cases of a span.
type brokenPage struct {
	ask    sla.BrokenAsk
	list   []sla.Listed
	passed int
	counts map[string]int
	names  map[string]string // rules by what stands in members
}

func (p *brokenPage) add(z *redis.Z) error {
	member, _ := z.Member.(string)
	name, _, _ := strings.Cut(member, "|")
	name, _, _ = strings.Cut(name, "@")
	rule, known := p.names[name]
	if !known {
		rule = unesc(name)
		p.names[name] = rule
	}
	p.counts[rule]++
	if p.ask.Rules != nil && !slices.Contains(p.ask.Rules, rule) {
		return nil
	}
	p.passed++
	if p.passed <= p.ask.Offset || len(p.list) >= p.ask.Limit {
		return nil
	}
	id, ok := parseCase(member)
	if !ok {
		return fmt.Errorf("%q names no case", member)
	}
	p.list = append(p.list, sla.Listed{ID: id, Due: rules.Instant(z.Score)})
	return nil
}

// KeptDays is how many days lists of broken cases and counters are kept.
func (s *Store) KeptDays() int { return int(s.cfg.DayRetention / (24 * time.Hour)) }

// How far Told looks: from a minute before the fact, as clocks differ, through so many events.
const (
	toldEarly = rules.Instant(time.Minute / time.Millisecond)
	toldMost  = 10 * logPage
)

// Told finds the event of a shop's log that told a fact, and when it was logged. Events are in the order of their arrival, and
// an event arrives at about the instant it tells of or later; toldMost of them are looked at, so that a fact that arrived days
// late may not be found in a big shop.
func (s *Store) Told(ctx context.Context, shop string, about rules.About) (event string, at rules.Instant, ok bool, err error) {
	from, key := score(max(about.Fact.At-toldEarly, 0)), keysOf(shop).log()
	for range toldMost / logPage {
		page, err := s.db.XRangeN(ctx, key, from, "+", logPage).Result()
		if err != nil {
			return "", 0, false, fmt.Errorf("looking through the log of shop %s: %w", shop, err)
		}
		for _, entry := range page {
			if event, ok, err := tells(entry, about); err != nil || ok {
				return event, arrived(entry.ID), ok, err
			}
			from = "(" + entry.ID
		}
		if len(page) < logPage {
			break
		}
	}
	if from != score(max(about.Fact.At-toldEarly, 0)) {
		return "", 0, false, nil
	}
	return s.toldLast(ctx, key, about) // nothing was logged since: the clock of the events is ahead of the server's
}

// toldLast is Told among the latest events.
func (s *Store) toldLast(ctx context.Context, key string, about rules.About) (event string, at rules.Instant, ok bool, err error) {
	page, err := s.db.XRevRangeN(ctx, key, "+", "-", logPage).Result()
	if err != nil {
		return "", 0, false, fmt.Errorf("looking through the end of log %s: %w", key, err)
	}
	for _, entry := range page {
		if event, ok, err := tells(entry, about); err != nil || ok {
			return event, arrived(entry.ID), ok, err
		}
	}
	return "", 0, false, nil
}

// tells reports whether an entry of the log is the event that told a fact. What a subject knows may have been told to another
// one, see [rules.Related]; of one kind only the subject itself is meant.
func tells(entry redis.XMessage, about rules.About) (event string, ok bool, err error) {
	raw, _ := entry.Values["e"].(string)
	if !strings.Contains(raw, string(about.Fact.Type)) {
		return "", false, nil
	}
	err = logEntry(entry, func(e rules.Event) error {
		for _, x := range e.Facts() {
			if x.Fact.Equal(about.Fact) && (x.Subject == about.Subject || x.Subject.Kind != about.Subject.Kind) {
				event, ok = e.ID, true
			}
		}
		return nil
	})
	return event, ok, err
}

// arrived reads the instant in the id of an entry.
func arrived(id string) rules.Instant {
	ms, _, _ := strings.Cut(id, "-")
	var n int64
	if _, err := fmt.Sscan(ms, &n); err != nil {
		return 0
	}
	return rules.Instant(n)
}
