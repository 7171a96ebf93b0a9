package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shopwarden/bot/store"
	"shopwarden/config"
)

type checkCmd struct{}

// checkTimeout bounds each look at the outside.
const checkTimeout = 8 * time.Second

// Run lists everything that is wrong, not only the first thing, and ends with exit code 1 when there is any. A note is
// something to know of that keeps nothing from working; it changes no exit code.
func (checkCmd) Run(ctx context.Context, w world, flags *cli) error {
	settings, packs, problems := checkSettings(w, flags)
	var notes []config.Problem
	if packs != nil {
		found, more := checkRedis(ctx, settings, packs)
		problems, notes = append(problems, found...), more
		problems = append(problems, checkTelegram(ctx, settings)...)
	}
	for _, n := range notes {
		fmt.Fprintln(w.out, "note:", n)
	}
	for _, p := range problems {
		fmt.Fprintln(w.out, p)
	}
	if len(problems) > 0 {
		return errFound
	}
	fmt.Fprintln(w.out, "settings, rule packs, Redis and Telegram are in order")
	return nil
}

func checkSettings(w world, flags *cli) (config.Settings, *config.Packs, []config.Problem) {
	settings, err := config.Load(w.env, flags.Config, readFile)
	if err != nil {
		return settings, nil, config.Explain(err)
	}
	packs, err := config.LoadPacks(config.BuiltIn(), settings.RulesDir)
	if err != nil {
		return settings, nil, config.Explain(err)
	}
	return settings, packs, config.Problems(settings, packs)
}

func checkRedis(ctx context.Context, settings config.Settings, packs *config.Packs) (problems, notes []config.Problem) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	s, err := store.Connect(ctx, store.Options{URL: settings.RedisURL.Reveal()})
	if err != nil {
		return []config.Problem{{What: "Redis does not answer: " + reason(err), Where: "REDIS_URL", Remedy: "start Redis, or correct the address"}}, nil
	}
	defer s.Close()
	problems, notes = checkShops(ctx, s, packs, time.Now())
	findings, err := s.Health(ctx)
	if err != nil {
		silent := config.Problem{What: "Redis does not say how it is set up: " + reason(err), Where: "REDIS_URL", Remedy: "allow CONFIG GET and INFO, or ignore this"}
		return append(problems, silent), notes
	}
	for _, f := range findings {
		problems = append(problems, unsafeRedis(f))
	}
	return problems, notes
}

// checkShops looks for shops that cannot be judged, or whose webhooks nobody can sign, and for hours that depend on holidays
// nobody knows yet.
func checkShops(ctx context.Context, s *store.Store, packs *config.Packs, now time.Time) (problems, notes []config.Problem) {
	ids, err := s.Shops(ctx)
	if err != nil {
		return []config.Problem{{What: "the shops cannot be listed: " + reason(err), Where: "Redis", Remedy: "look at Redis"}}, nil
	}
	for _, id := range ids {
		shop, err := s.Shop(ctx, id)
		if err != nil {
			problems = append(problems, config.Problem{What: "cannot be read: " + reason(err), Where: "shop " + id, Remedy: "look at Redis"})
			continue
		}
		problems = append(problems, shop.Problems(packs)...)
		gaps, early := shop.HolidayGaps(packs, now)
		problems, notes = append(problems, gaps...), append(notes, early...)
	}
	return problems, notes
}

// unsafeRedis says what a finding means and what mends it.
func unsafeRedis(f store.Finding) config.Problem {
	p := config.Problem{What: f.Problem.String() + " " + f.Detail, Where: "Redis at " + f.Server}
	switch f.Problem {
	case store.NoAOF:
		p.What, p.Remedy = "forgets what it acknowledged when it is restarted", "set appendonly yes"
	case store.AOFFailing:
		p.What, p.Remedy = "cannot write its log: "+f.Detail, "look at its disk"
	case store.Evicts:
		p.What, p.Remedy = "throws keys away when memory is short: maxmemory-policy is "+f.Detail, "set maxmemory-policy noeviction"
	case store.TooOld:
		p.What, p.Remedy = "is version "+f.Detail, "use Redis 7 or Valkey"
	case store.Silent:
		p.What, p.Remedy = "does not say how it is set up", "allow CONFIG GET and INFO"
	}
	return p
}

func checkTelegram(ctx context.Context, settings config.Settings) []config.Problem {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	client, err := newClient(settings, nil)
	if err != nil {
		return []config.Problem{{What: reason(err), Where: "TELEGRAM_TOKEN", Remedy: "copy the token from @BotFather"}}
	}
	if _, err := client.Me(ctx); err != nil {
		return []config.Problem{{What: "Telegram does not answer: " + reason(err), Where: "TELEGRAM_API_URL",
			Remedy: "check the token, the address and, where Telegram is blocked, HTTPS_PROXY"}}
	}
	return nil
}

// reason is the innermost text of an error: short, and without the addresses that wrap it.
func reason(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}
