package rules_test

import (
	"testing"
	"time"

	"shopwarden/rules"
)

// judge folds events into one subject and returns its case under a rule.
func judge(t *testing.T, p *rules.Policy, rule, now string, events ...rules.Event) (rules.Case, bool) {
	t.Helper()
	var facts rules.Facts
	var subject rules.Subject
	for _, e := range events {
		for _, about := range e.Facts() {
			if subject == (rules.Subject{}) || about.Subject == subject {
				subject = about.Subject
				facts, _ = facts.Add(about.Fact)
			}
		}
	}
	for _, k := range p.Judge(subject, facts, at(t, now)) {
		if k.Rule == rule {
			return k, true
		}
	}
	return rules.Case{}, false
}

func order(t *testing.T, when string, typ rules.Type, shipBy string) rules.Event {
	d := rules.Data{OrderID: "1", By: "buyer", Kind: "delay", WithChoice: yes()}
	if shipBy != "" {
		d.ShipBy = at(t, shipBy).Time().Format(time.RFC3339Nano)
	}
	return event(t, when, typ, d)
}

func TestTheVerdictComparesTheStopWithTheDeadline(t *testing.T) {
	p := testPolicy(t)
	paid := order(t, "2026-11-20 10:00", "order.paid", "")
	for name, c := range map[string]struct {
		now    string
		more   []rules.Event
		want   rules.Outcome
		reason rules.Reason
		took   time.Duration
	}{
		"met at the deadline itself": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-22 10:00", "order.picked_up", "")},
			rules.Met, rules.StoppedInTime, 48 * time.Hour},
		"late one millisecond after": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-22 10:00:00.001", "order.picked_up", "")},
			rules.Breached, rules.StoppedLate, 48*time.Hour + time.Millisecond},
		"open at the deadline itself": {"2026-11-22 10:00", nil, rules.Open, rules.Running, 0},
		"missed when it has passed":   {"2026-11-22 10:00:00.001", nil, rules.Breached, rules.NeverStopped, 0},
		"a stop before the start lasted nothing": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-20 09:00", "order.picked_up", "")},
			rules.Met, rules.StoppedInTime, 0},
		"a cancel before the stop voids": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-21 10:00", "order.canceled", ""),
			order(t, "2026-11-21 11:00", "order.picked_up", "")}, rules.Void, rules.CalledOff, 0},
		"a cancel at the stop changes nothing": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-21 10:00", "order.canceled", ""),
			order(t, "2026-11-21 10:00", "order.picked_up", "")}, rules.Met, rules.StoppedInTime, 24 * time.Hour},
		"a later cancel changes nothing": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-21 10:00", "order.picked_up", ""),
			order(t, "2026-11-21 11:00", "order.canceled", "")}, rules.Met, rules.StoppedInTime, 24 * time.Hour},
		"the ship click counts without a carrier feed": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-21 10:00", "order.shipped", "")},
			rules.Met, rules.StoppedInTime, 24 * time.Hour},
		"a pickup scan outweighs the ship click": {"2026-11-23 10:00", []rules.Event{order(t, "2026-11-21 10:00", "order.shipped", ""),
			order(t, "2026-11-22 11:00", "order.picked_up", "")}, rules.Breached, rules.StoppedLate, 49 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			k, ok := judge(t, p, "ship-on-time", c.now, append(c.more, paid)...)
			if !ok || k.Outcome != c.want || k.Reason != c.reason || k.Took != c.took {
				t.Fatalf("got %v %v %v (case %v), want %v %v %v", k.Outcome, k.Reason, k.Took, ok, c.want, c.reason, c.took)
			}
		})
	}
}

func TestTheShortestPromiseBindsUntilItIsChanged(t *testing.T) {
	p := testPolicy(t)
	created := order(t, "2026-11-20 09:00", "order.created", "2026-11-22 09:00")
	paid := order(t, "2026-11-20 10:00", "order.paid", "2026-11-21 18:00")
	change := func(when, to string) rules.Event { return order(t, when, "order.ship_by_changed", to) }
	for name, c := range map[string]struct {
		events []rules.Event
		want   string
		by     rules.DueBy
	}{
		"promise before the rule's own limit": {[]rules.Event{created, paid}, "2026-11-21 18:00", rules.ByPromise},
		"a change replaces it":                {[]rules.Event{created, paid, change("2026-11-21 08:00", "2026-11-24 18:00")}, "2026-11-24 18:00", rules.ByChange},
		"the latest change holds": {[]rules.Event{created, paid, change("2026-11-21 12:00", "2026-11-23 18:00"),
			change("2026-11-21 08:00", "2026-11-24 18:00")}, "2026-11-23 18:00", rules.ByChange},
		"a change after the stop is too late": {[]rules.Event{paid, order(t, "2026-11-22 09:00", "order.picked_up", ""),
			change("2026-11-22 10:00", "2026-11-24 18:00")}, "2026-11-21 18:00", rules.ByPromise},
	} {
		t.Run(name, func(t *testing.T) {
			k, ok := judge(t, p, "ship-on-time", "2026-11-20 11:00", c.events...)
			if !ok || k.Due != at(t, c.want) || k.DueBy != c.by {
				t.Fatalf("due %v by %v, want %v by %v", k.Due.Time().In(shanghai), k.DueBy, c.want, c.by)
			}
		})
	}
}

func chat(t *testing.T, when, from string, flags ...bool) rules.Event {
	d := rules.Data{ConversationID: "c", From: from}
	if len(flags) > 0 && flags[0] {
		d.Substantive = no()
	}
	if len(flags) > 1 && flags[1] {
		d.WantsHuman = yes()
	}
	return event(t, when, "chat.message", d)
}

func TestAConversationCountsFromItsWindowAndItsHandover(t *testing.T) {
	p := testPolicy(t)
	for name, c := range map[string]struct {
		events  []rules.Event
		exists  bool
		outcome rules.Outcome
	}{
		"22:59:59.999 is inside":  {[]rules.Event{chat(t, "2026-11-20 22:59:59.999", "buyer")}, true, rules.Breached},
		"23:00 is outside":        {[]rules.Event{chat(t, "2026-11-20 23:00", "buyer")}, false, 0},
		"07:59:59.999 is outside": {[]rules.Event{chat(t, "2026-11-20 07:59:59.999", "buyer")}, false, 0},
		"08:00 is inside":         {[]rules.Event{chat(t, "2026-11-20 08:00", "buyer")}, true, rules.Breached},
		"answered in 180 s":       {[]rules.Event{chat(t, "2026-11-20 10:00", "buyer"), chat(t, "2026-11-20 10:03", "agent")}, true, rules.Met},
		"an empty phrase is no answer": {[]rules.Event{chat(t, "2026-11-20 10:00", "buyer"), chat(t, "2026-11-20 10:01", "agent", true)},
			true, rules.Breached},
		"an agent who wrote first has not answered": {[]rules.Event{chat(t, "2026-11-20 09:59", "agent"), chat(t, "2026-11-20 10:00", "buyer")},
			true, rules.Breached},
		"a bot alone is no human conversation": {[]rules.Event{chat(t, "2026-11-20 10:00", "buyer"), chat(t, "2026-11-20 10:00", "bot")}, false, 0},
		"the clock starts at the handover": {[]rules.Event{chat(t, "2026-11-20 10:00", "buyer"), chat(t, "2026-11-20 10:00", "bot"),
			chat(t, "2026-11-20 10:10", "buyer", false, true), chat(t, "2026-11-20 10:13", "agent")}, true, rules.Met},
	} {
		t.Run(name, func(t *testing.T) {
			k, ok := judge(t, p, "chat-first-response", "2026-11-21 10:00", c.events...)
			if ok != c.exists || ok && k.Outcome != c.outcome {
				t.Fatalf("case %v %v, want %v %v", ok, k.Outcome, c.exists, c.outcome)
			}
		})
	}
}

func TestANightRequestStartsInTheMorning(t *testing.T) {
	p := testPolicy(t)
	open := func(when string) rules.Event {
		return event(t, when, "aftersale.opened", rules.Data{AftersaleID: "a", OrderID: "1", Kind: "return"})
	}
	for when, want := range map[string]string{
		"2026-11-20 22:59:59.999": "2026-11-20 22:59:59.999",
		"2026-11-20 23:00":        "2026-11-21 08:00",
		"2026-11-21 03:00":        "2026-11-21 08:00",
		"2026-11-21 08:00":        "2026-11-21 08:00",
	} {
		k, ok := judge(t, p, "after-sales-review", "2026-11-21 09:00", open(when))
		if !ok || k.Start != at(t, want) || k.Due != at(t, want)+36*3600_000 {
			t.Errorf("%s: start %v, due %v", when, k.Start.Time().In(shanghai), k.Due.Time().In(shanghai))
		}
	}
}

func TestAChangedDeadlineIsWarnedOfAgainOnlyAtItsOwnTime(t *testing.T) {
	p := testPolicy(t)
	paid := order(t, "2026-11-20 10:00", "order.paid", "")
	k, _ := judge(t, p, "ship-on-time", "2026-11-21 22:00", paid)
	if k.Passed != 1 {
		t.Fatalf("75%% of 48 h have gone by, %d stages passed", k.Passed)
	}
	k, _ = judge(t, p, "ship-on-time", "2026-11-21 22:00", paid, order(t, "2026-11-21 12:00", "order.ship_by_changed", "2026-11-24 10:00"))
	if k.Passed != 0 {
		t.Fatalf("the deadline moved away, still %d stages passed", k.Passed)
	}
}

func TestADelayNoticeIsOwedOnlyForALateOrder(t *testing.T) {
	p := testPolicy(t)
	paid := order(t, "2026-11-20 10:00", "order.paid", "")
	if _, ok := judge(t, p, "proactive-delay-notice", "2026-11-22 09:00", paid); ok {
		t.Fatal("the order is not late yet")
	}
	if k, ok := judge(t, p, "proactive-delay-notice", "2026-11-22 11:00", paid); !ok || k.Outcome != rules.Breached {
		t.Fatalf("late and nobody told: %v %v", ok, k.Outcome)
	}
	k, ok := judge(t, p, "proactive-delay-notice", "2026-11-22 11:00", paid, order(t, "2026-11-22 08:00", "notice.sent", ""))
	if !ok || k.Outcome != rules.Met {
		t.Fatalf("told two hours before: %v %v", ok, k.Outcome)
	}
}

func TestOwnHoursReplaceThePlatformsWindowAndRoundTheClockDropsIt(t *testing.T) {
	blocks, _ := rules.ParseBlocks("09:00-21:00")
	own := testPolicy(t, func(s *rules.Terms) { s.Hours, s.Calendar = rules.OwnHours, rules.Daily(shanghai, blocks) })
	k, ok := judge(t, own, "chat-first-response", "2026-11-20 23:30", chat(t, "2026-11-20 20:58", "buyer"))
	if !ok || k.Due != at(t, "2026-11-21 09:01") || k.Outcome != rules.Open {
		t.Fatalf("own hours: %v due %v %v", ok, k.Due.Time().In(shanghai), k.Outcome)
	}
	always := testPolicy(t, func(s *rules.Terms) { s.Hours = rules.AroundTheClock })
	k, ok = judge(t, always, "chat-first-response", "2026-11-20 23:30", chat(t, "2026-11-20 23:10", "buyer"))
	if !ok || k.Due != at(t, "2026-11-20 23:13") || k.Outcome != rules.Breached {
		t.Fatalf("round the clock: %v due %v %v", ok, k.Due.Time().In(shanghai), k.Outcome)
	}
}

func TestAPromiseMadeUnderOneEditionIsJudgedByIt(t *testing.T) {
	old, next := testRules()[1], testRules()[1]
	next.Deadline.Within = 24 * time.Hour
	from, _ := rules.ParseDate("2026-11-21")
	p, err := rules.NewPolicy(&rules.Rulebook{Editions: []rules.Edition{{Rules: []rules.Rule{old}}, {From: from, Rules: []rules.Rule{next}}}},
		rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	for when, want := range map[string]string{"2026-11-20 23:59:59.999": "2026-11-22 23:59:59.999", "2026-11-21 00:00": "2026-11-22 00:00"} {
		if k, ok := judge(t, p, "ship-on-time", "2026-11-21 01:00", order(t, when, "order.paid", "")); !ok || k.Due != at(t, want) {
			t.Errorf("paid %s: due %v", when, k.Due.Time().In(shanghai))
		}
	}
}
