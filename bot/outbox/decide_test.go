package outbox

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

const noon = rules.Instant(1_800_000_000_000)

// held is a claim of one message.
func held(m Message, change func(*Held)) Claimed {
	m.Key, m.Route = "k", "r"
	h := Held{Message: m, Attempt: 1}
	if change != nil {
		change(&h)
	}
	return Claimed{Line: m.Line(), Claim: "c", Messages: []Held{h}}
}

// verdict is the part of a decision that differs from case to case.
type verdict struct {
	State    State
	Reason   string
	After    time.Duration
	Moved    int64
	Gone     bool
	Note     string
	ID       int
	Failures int
	Doubts   int
	Move     bool
}

func verdictOf(d decision) verdict {
	v := verdict{State: d.State, Reason: d.Reason, Moved: d.moved, Gone: d.gone, Note: d.note, ID: d.MessageID,
		Failures: d.Failures, Doubts: d.Doubts, Move: d.Move}
	if d.State == Waiting {
		v.After = time.Duration(d.Next-noon) * time.Millisecond
	}
	return v
}

func TestEveryOutcomeHasOneSettlement(t *testing.T) {
	first := pause(1, "k").Truncate(time.Millisecond)
	doubted := func(n int) func(*Held) { return func(h *Held) { h.Doubts = n } }
	tests := []struct {
		name    string
		claimed Claimed
		outcome Outcome
		want    verdict
	}{
		{"delivered", held(Message{Kind: Breach}, nil), Outcome{Verdict: Delivered, MessageID: 7}, verdict{State: Sent, ID: 7}},
		{"delivered otherwise", held(Message{Kind: Breach}, nil), Outcome{Verdict: Delivered, MessageID: 7, Reason: ReasonPlainText},
			verdict{State: Sent, ID: 7, Note: ReasonPlainText}},
		{"blocked", held(Message{Kind: Breach}, nil), Outcome{Verdict: Refused, Reason: ReasonBlocked},
			verdict{State: Failed, Reason: ReasonBlocked, Gone: true}},
		{"too long", held(Message{Kind: Breach}, nil), Outcome{Verdict: Refused, Reason: ReasonTooLong}, verdict{State: Failed, Reason: ReasonTooLong}},
		{"not sent", held(Message{Kind: Breach}, nil), Outcome{Verdict: NotSent, Reason: ReasonNetwork},
			verdict{State: Waiting, Reason: ReasonNetwork, After: first, Failures: 1}},
		{"not tried", held(Message{Kind: Breach}, func(h *Held) { h.Failures = 9 }), Outcome{Verdict: NotSent, Reason: ReasonUnreachable},
			verdict{State: Waiting, Reason: ReasonUnreachable, After: first, Failures: 9}},
		{"not sent, useless later", held(Message{Kind: Breach, Expires: noon + 500}, nil), Outcome{Verdict: NotSent, Reason: ReasonNetwork},
			verdict{State: Failed, Reason: ReasonExpired}},
		{"flood", held(Message{Kind: Breach}, nil), Outcome{Verdict: Flooded, RetryAfter: 30 * time.Second},
			verdict{State: Waiting, Reason: ReasonFlood, After: 30 * time.Second}},
		{"flood without a time", held(Message{Kind: Breach}, nil), Outcome{Verdict: Flooded}, verdict{State: Waiting, Reason: ReasonFlood, After: time.Second}},
		{"moved", held(Message{Kind: Breach, Chat: -5}, nil), Outcome{Verdict: Moved, NewChat: -1005},
			verdict{State: Waiting, Reason: ReasonMoved, Moved: -1005}},
		{"moved to itself", held(Message{Kind: Breach, Chat: -5}, nil), Outcome{Verdict: Moved, NewChat: -5}, verdict{State: Failed, Reason: ReasonMoved}},
		{"alert in doubt", held(Message{Kind: Violation}, nil), Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			verdict{State: Waiting, Reason: ReasonTimeout, After: first, Failures: 1, Doubts: 1}},
		{"alert in doubt again", held(Message{Kind: Violation}, doubted(1)), Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			verdict{State: Waiting, Reason: ReasonTimeout, After: first, Failures: 1, Doubts: 2}},
		{"alert in doubt too often", held(Message{Kind: Violation}, doubted(mostDoubts-1)), Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			verdict{State: Doubtful, Reason: ReasonUnknown}},
		{"alert in doubt, useless later", held(Message{Kind: Breach, Expires: noon + 500}, nil), Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			verdict{State: Doubtful, Reason: ReasonUnknown}},
		{"scorecard in doubt", held(Message{Kind: Scorecard}, nil), Outcome{Verdict: Unknown, Reason: ReasonTimeout}, verdict{State: Doubtful, Reason: ReasonUnknown}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, verdictOf(decide(tt.claimed, tt.outcome, noon))); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestWhatNeedsNoAttemptIsSettledWithoutOne(t *testing.T) {
	calm := &Fold{Group: "g", Calm: 60_000}
	target := func(c Claimed) Claimed { c.Target.ID = 9; return c }
	since := func(c Claimed, at rules.Instant) Claimed { c.Since = at; return c }
	rang := func(c Claimed, n int) Claimed { c.Rang = n; return c }
	tests := []struct {
		name    string
		claimed Claimed
		send    bool
		want    verdict
	}{
		{"new", held(Message{Kind: Breach}, nil), true, verdict{}},
		{"new, crashed before", held(Message{Kind: Scorecard}, func(h *Held) { h.Uncertain = true }), true, verdict{}},
		{"not expired yet", held(Message{Kind: Breach, Expires: noon + 1}, nil), true, verdict{}},
		{"expired", held(Message{Kind: Breach, Expires: noon}, nil), false, verdict{State: Failed, Reason: ReasonExpired}},
		{"expired, but an operator wants it", held(Message{Kind: Breach, Expires: noon}, func(h *Held) { h.Retried = true }), true, verdict{}},
		{"edit", target(held(Message{Kind: Breach, EditOf: "o"}, nil)), true, verdict{}},
		{"edit of what was never sent", held(Message{Kind: Board, EditOf: "o"}, nil), true, verdict{}},
		{"retraction", target(held(Message{Kind: Retraction, EditOf: "o"}, nil)), true, verdict{}},
		{"retraction of what was never sent", held(Message{Kind: Retraction, EditOf: "o"}, nil), false, verdict{State: Withdrawn, Reason: ReasonNoTarget}},
		{"status of what was never sent", held(Message{Kind: Status, EditOf: "o"}, nil), false, verdict{State: Withdrawn, Reason: ReasonNoTarget}},
		{"answer to what was never sent", held(Message{Kind: Status, ReplyOf: "o"}, nil), false, verdict{State: Withdrawn, Reason: ReasonNoTarget}},
		{"first of a group", held(Message{Kind: Breach, Fold: calm}, nil), true, verdict{}},
		{"soon after another of its group", since(held(Message{Kind: Breach, Fold: calm}, nil), noon-10_000), false,
			verdict{State: Waiting, Reason: ReasonCalm, After: 50 * time.Second, Move: true}},
		{"soon after another of its group, useless later", since(held(Message{Kind: Warning, Fold: calm, Expires: noon + 30_000}, nil), noon-10_000), true, verdict{}},
		{"a minute after another of its group", since(held(Message{Kind: Breach, Fold: calm}, nil), noon-60_000), true, verdict{}},
		{"the chat heard enough", rang(held(Message{Kind: Breach, Noise: &Noise{Budget: 5}}, nil), 5), false, verdict{State: Withdrawn, Reason: ReasonBudget}},
		{"the chat may hear one more", rang(held(Message{Kind: Breach, Noise: &Noise{Budget: 5}}, nil), 4), true, verdict{}},
		{"silent ones do not count", rang(held(Message{Kind: Breach, Silent: true, Noise: &Noise{Budget: 5}}, nil), 5), true, verdict{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, send := prepare(tt.claimed, noon)
			if send != tt.send {
				t.Errorf("send %v, want %v", send, tt.send)
			}
			if diff := cmp.Diff(tt.want, verdictOf(d)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestPausesGrowToTwoMinutesAndAreTheSameEachTime(t *testing.T) {
	last := time.Duration(0)
	for attempt := 1; attempt < 100; attempt++ {
		d := pause(attempt, "breach/1")
		if d < last || d > longestPause*5/4 {
			t.Fatalf("attempt %d waits %v after %v", attempt, d, last)
		}
		if again := pause(attempt, "breach/1"); again != d {
			t.Fatalf("attempt %d waits %v, then %v", attempt, d, again)
		}
		last = d
	}
	if last < longestPause {
		t.Errorf("the longest pause is %v", last)
	}
	if pause(3, "a") == pause(3, "b") {
		t.Error("two messages that failed together come back together")
	}
}

func TestEveryReasonOfAChatIsKnownAsSuch(t *testing.T) {
	for _, r := range []string{ReasonBlocked, ReasonKicked, ReasonChatNotFound, ReasonDeactivated, ReasonNotStarted, ReasonNoRights, ReasonForbidden} {
		if !gone(r) {
			t.Errorf("%s does not concern the chat", r)
		}
	}
	for _, r := range []string{"", ReasonTooLong, ReasonBadRequest, ReasonFlood, ReasonUnknown} {
		if gone(r) {
			t.Errorf("%s concerns the chat", r)
		}
	}
}

func TestAnEditChangesARowAndNotTheWhole(t *testing.T) {
	target := Target{Parts: []Part{{"a", Fold{Group: "quiet/deer", Row: "a", Gone: 2}}, {"b", Fold{Group: "quiet/deer", Row: "b"}}}}
	edit := Message{EditOf: "a", Fold: &Fold{Group: "retract/a", Row: "no a", Done: true}}
	got := partsOf([]Held{{Message: edit}}, target)
	want := []Part{{"a", Fold{Group: "quiet/deer", Row: "no a", Gone: 2, Done: true}}, {"b", Fold{Group: "quiet/deer", Row: "b"}}}
	if !slices.Equal(got, want) || target.Parts[0].Fold.Row != "a" {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
