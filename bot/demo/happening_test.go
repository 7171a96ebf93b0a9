package demo

import (
	"errors"
	"testing"
	"time"

	"shopwarden/config"
	"shopwarden/rules"
)

// quietShop is a timeline on which nothing happens by itself, at ten in the morning.
func quietShop(t *testing.T) (*timeline, time.Time) {
	t.Helper()
	now := morning.Add(65 * time.Minute)
	line := newTimeline(1, shanghai, today.Next(1000))
	line.take(now)
	return line, now
}

func policyOf(t testing.TB) *rules.Policy {
	t.Helper()
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	shop := config.NewShop(shopID, config.Standard, morning)
	shop.Timezone = zoneName
	policy, err := shop.Policy(packs)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// cases judges what was sent, by subject and rule, as it stands at an instant.
func cases(t *testing.T, events []rules.Event, now time.Time) map[string]rules.Case {
	t.Helper()
	policy, facts := policyOf(t), map[rules.Subject]rules.Facts{}
	for _, e := range events {
		for _, about := range e.Facts() {
			facts[about.Subject], _ = facts[about.Subject].Add(about.Fact)
		}
	}
	rules.Spread(facts)
	found := map[string]rules.Case{}
	for subject, known := range facts {
		for _, k := range policy.Judge(subject, known, rules.InstantOf(now)) {
			if r := policy.Find(k.Rule, k.Day); !r.Counted() { // what is only counted is told to nobody
				found[subject.String()+" "+k.Rule] = k
			}
		}
	}
	return found
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAParcelThatLeavesLateIsWarnedOfAtOnceAndBreaksOnePromiseOnly(t *testing.T) {
	line, now := quietShop(t)
	order, err := line.cause(ShipLate, now)
	must(t, err)
	name := "order/" + order + " ship-on-time"
	sent := line.take(now)
	if k := cases(t, sent, now)[name]; k.Outcome != rules.Open || k.Passed != 1 {
		t.Errorf("now: %+v", k)
	}
	sent = append(sent, line.take(now.Add(lateDeadline+time.Second))...)
	for about, k := range cases(t, sent, now.Add(lateDeadline+time.Second)) {
		if (k.Outcome == rules.Breached) != (about == name) {
			t.Errorf("after the deadline %s is %v", about, k.Outcome)
		}
	}
}

func TestLateProofTakesABreachBackOnce(t *testing.T) {
	line, now := quietShop(t)
	if _, err := line.cause(LateProof, now); !errors.Is(err, errNothingLate) {
		t.Errorf("with nothing late: %v", err)
	}
	order, err := line.cause(ShipLate, now)
	must(t, err)
	if _, err := line.cause(LateProof, now); !errors.Is(err, errNotLateYet) {
		t.Errorf("before the deadline: %v", err)
	}
	now = now.Add(latePickup + time.Minute)
	got, err := line.cause(LateProof, now)
	must(t, err)
	if got != order {
		t.Errorf("proved %s, want %s", got, order)
	}
	if k := cases(t, line.take(now), now)["order/"+order+" ship-on-time"]; k.Outcome != rules.Met {
		t.Errorf("after the proof: %v", k.Outcome)
	}
	if _, err := line.cause(LateProof, now); !errors.Is(err, errNothingLate) {
		t.Errorf("a second time: %v", err)
	}
}

func TestAnIgnoredChatIsBroken(t *testing.T) {
	line, now := quietShop(t)
	chat, err := line.cause(IgnoreChat, now)
	must(t, err)
	now = now.Add(4 * time.Minute)
	if k := cases(t, line.take(now), now)["conversation/"+chat+" chat-first-response"]; k.Outcome != rules.Breached {
		t.Errorf("after four minutes: %+v", k)
	}
	for _, hour := range []int{23, 2, 7} {
		if _, err := line.cause(IgnoreChat, today.At(hour*60+30, shanghai).Time()); !errors.Is(err, errNight) {
			t.Errorf("at %d:30: %v", hour, err)
		}
	}
}

func TestABadReviewWaitsForAnAnswer(t *testing.T) {
	line, now := quietShop(t)
	review, err := line.cause(BadReview, now)
	must(t, err)
	if k := cases(t, line.take(now), now)["review/"+review+" bad-review-recovery"]; k.Outcome != rules.Open {
		t.Errorf("got %+v", k)
	}
}

func TestSilenceHoldsEverythingBackAndLosesNothing(t *testing.T) {
	line, now := quietShop(t)
	_, err := line.cause(Silence, now)
	must(t, err)
	_, err = line.cause(BadReview, now)
	must(t, err)
	if early := line.take(now.Add(silenceFor - time.Second)); len(early) != 0 {
		t.Errorf("%d events in the silence", len(early))
	}
	if late := line.take(now.Add(silenceFor)); len(late) != 1 {
		t.Errorf("%d events after it, want 1", len(late))
	}
}

func TestUnknownHappeningsAreRefused(t *testing.T) {
	line, now := quietShop(t)
	if _, err := line.cause("earthquake", now); !errors.Is(err, errUnknown) {
		t.Errorf("got %v", err)
	}
}

func TestTheFirstHourIsAsTold(t *testing.T) {
	line := newTimeline(1, shanghai, today.Next(1000))
	line.opening(morning)
	var sent []rules.Event
	at := func(hour, minute, second int) map[string]rules.Case {
		now := today.At(hour*60+minute, shanghai).Time().Add(time.Duration(second) * time.Second)
		sent = append(sent, line.take(now)...)
		return cases(t, sent, now)
	}
	broken := func(all map[string]rules.Case) (n int) {
		for _, k := range all {
			if k.Outcome == rules.Breached {
				n++
			}
		}
		return n
	}
	const order = "order/900001 ship-on-time"
	if k := at(8, 58, 59)[order]; k.Outcome != rules.Open || k.Passed != 0 {
		t.Errorf("before 08:59: %+v", k)
	}
	if k := at(8, 59, 0)[order]; k.Passed != 1 {
		t.Errorf("at 08:59: %+v", k)
	}
	for _, want := range []struct{ minute, second, broken int }{{5, 0, 0}, {5, 1, 1}, {11, 1, 2}, {17, 0, 2}, {17, 1, 3}, {30, 0, 3}, {30, 1, 4}, {46, 1, 3}, {59, 0, 3}} {
		if n := broken(at(9, want.minute, want.second)); n != want.broken {
			t.Errorf("09:%02d:%02d: %d broken promises, want %d", want.minute, want.second, n, want.broken)
		}
	}
	if k := at(9, 59, 1)[order]; k.Outcome != rules.Met {
		t.Errorf("in the end: %+v", k)
	}
}
