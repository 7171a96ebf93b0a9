package outbox

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

const noon = rules.Instant(1_800_000_000_000)

func settled(s State, reason string) Settlement {
	return Settlement{Key: "k", Route: "r", State: s, Reason: reason}
}

func waiting(after time.Duration, reason string) Settlement {
	s := settled(Waiting, reason)
	s.Next = noon + millis(after)
	return s
}

func with(s Settlement, change func(*Settlement)) Settlement { change(&s); return s }

func TestEveryOutcomeHasOneSettlement(t *testing.T) {
	first := pause(1, "k")
	tests := []struct {
		name    string
		claimed Claimed
		outcome Outcome
		want    decision
	}{
		{"delivered", Claimed{Message: Message{Kind: Breach}}, Outcome{Verdict: Delivered, MessageID: 7},
			decision{Settlement: with(settled(Sent, ""), func(s *Settlement) { s.MessageID = 7 })}},
		{"delivered otherwise", Claimed{Message: Message{Kind: Breach}}, Outcome{Verdict: Delivered, MessageID: 7, Reason: ReasonPlainText},
			decision{Settlement: with(settled(Sent, ""), func(s *Settlement) { s.MessageID = 7 }), note: ReasonPlainText}},
		{"blocked", Claimed{Message: Message{Kind: Breach}}, Outcome{Verdict: Refused, Reason: ReasonBlocked},
			decision{Settlement: settled(GivenUp, ReasonBlocked), gone: true}},
		{"too long", Claimed{Message: Message{Kind: Breach}}, Outcome{Verdict: Refused, Reason: ReasonTooLong},
			decision{Settlement: settled(GivenUp, ReasonTooLong)}},
		{"not sent", Claimed{Message: Message{Kind: Breach}, Attempt: 1}, Outcome{Verdict: NotSent, Reason: ReasonNetwork},
			decision{Settlement: waiting(first, ReasonNetwork)}},
		{"not sent, useless later", Claimed{Message: Message{Kind: Breach, Expires: noon + 500}, Attempt: 1}, Outcome{Verdict: NotSent, Reason: ReasonNetwork},
			decision{Settlement: settled(GivenUp, ReasonExpired)}},
		{"flood", Claimed{Message: Message{Kind: Breach}, Attempt: 9}, Outcome{Verdict: Flooded, RetryAfter: 30 * time.Second},
			decision{Settlement: waiting(30*time.Second, ReasonFlood)}},
		{"flood without a time", Claimed{Message: Message{Kind: Breach}, Attempt: 9}, Outcome{Verdict: Flooded},
			decision{Settlement: waiting(time.Second, ReasonFlood)}},
		{"moved", Claimed{Message: Message{Kind: Breach, Chat: -5}}, Outcome{Verdict: Moved, NewChat: -1005},
			decision{Settlement: with(waiting(0, ReasonMoved), func(s *Settlement) { s.Chat = -1005 }), moved: -1005}},
		{"moved to itself", Claimed{Message: Message{Kind: Breach, Chat: -5}}, Outcome{Verdict: Moved, NewChat: -5},
			decision{Settlement: settled(GivenUp, ReasonMoved)}},
		{"alert in doubt", Claimed{Message: Message{Kind: Violation}, Attempt: 1}, Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			decision{Settlement: with(waiting(first, ReasonTimeout), func(s *Settlement) { s.Unknown = true })}},
		{"alert in doubt again", Claimed{Message: Message{Kind: Violation}, Attempt: 2, Unknown: true}, Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			decision{Settlement: settled(GivenUp, ReasonUnknown)}},
		{"alert in doubt after a crash", Claimed{Message: Message{Kind: Violation}, Attempt: 1, Uncertain: true}, Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			decision{Settlement: with(waiting(first, ReasonTimeout), func(s *Settlement) { s.Unknown = true })}},
		{"scorecard in doubt", Claimed{Message: Message{Kind: Scorecard}, Attempt: 1}, Outcome{Verdict: Unknown, Reason: ReasonTimeout},
			decision{Settlement: settled(GivenUp, ReasonUnknown)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.claimed.Key, tt.claimed.Route = "k", "r"
			got := decide(tt.claimed, tt.outcome, 1, noon)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(decision{})); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestWhatNeedsNoAttemptIsSettledWithoutOne(t *testing.T) {
	tests := []struct {
		name    string
		claimed Claimed
		editID  int
		send    bool
		reason  string
	}{
		{"new", Claimed{Message: Message{Kind: Breach}}, 0, true, ""},
		{"new, crashed before", Claimed{Message: Message{Kind: Scorecard}, Attempt: 2, Uncertain: true}, 0, true, ""},
		{"not expired yet", Claimed{Message: Message{Kind: Breach, Expires: noon + 1}}, 0, true, ""},
		{"expired", Claimed{Message: Message{Kind: Breach, Expires: noon}}, 0, false, ReasonExpired},
		{"answer to a button", Claimed{Message: Message{Kind: Reply, EditID: 4}}, 4, true, ""},
		{"edit", Claimed{Message: Message{Kind: Breach, EditOf: "o"}, TargetID: 9}, 9, true, ""},
		{"edit of what was never sent", Claimed{Message: Message{Kind: Breach, EditOf: "o"}}, 0, true, ""},
		{"retraction", Claimed{Message: Message{Kind: Retraction, EditOf: "o"}, TargetID: 9}, 9, true, ""},
		{"retraction of what was never sent", Claimed{Message: Message{Kind: Retraction, EditOf: "o"}}, 0, false, ReasonNoTarget},
		{"status of what was never sent", Claimed{Message: Message{Kind: Status, EditOf: "o"}}, 0, false, ReasonNoTarget},
		{"retraction of nothing", Claimed{Message: Message{Kind: Retraction}}, 0, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			editID, d, send := prepare(tt.claimed, noon)
			if editID != tt.editID || send != tt.send || d.Reason != tt.reason {
				t.Errorf("got edit %d, send %v, %q; want %d, %v, %q", editID, send, d.Reason, tt.editID, tt.send, tt.reason)
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
