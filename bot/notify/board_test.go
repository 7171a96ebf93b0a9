package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// openBoard is a Monday evening with one parcel late and two things to do.
func openBoard(t testing.TB) notify.BoardView {
	t.Helper()
	v := view(t)
	v.Now, v.Heard = at(23, "18:40:00"), at(23, "18:36:00")
	ticket := rules.Case{Rule: "platform-ticket-response", Subject: rules.Subject{Kind: rules.Ticket, ID: "T-5"}, Due: at(23, "23:30:00"),
		Outcome: rules.Open, Reason: rules.Running}
	review := rules.Case{Rule: "after-sales-review", Subject: rules.Subject{Kind: rules.Aftersale, ID: "A-9"}, Due: at(23, "19:25:30"),
		Outcome: rules.Open, Reason: rules.Running}
	return notify.BoardView{View: v, Broken: []rules.Case{lateOrder(t, "1199", v.Now)}, Due: []rules.Case{review, ticket}, Total: 9,
		Open: map[string]int{"ship-on-time": 7, "after-sales-review": 1, "platform-ticket-response": 1}, Next: review.Due}
}

// lateOrder was due on the 23rd at 18:00 and is not shipped yet.
func lateOrder(t testing.TB, id string, now rules.Instant) rules.Case { return shipping(t, id, now) }

func TestTheBoardShowsTheWorstFirstAndAlwaysTheTotal(t *testing.T) {
	c := composer(t)
	both(t, "board", func(lang string, s *sheet) {
		page := func(title string, b notify.BoardView) {
			b.Lang = lang
			html, buttons := c.Board(b)
			s.page(title, html, buttons)
		}
		b := openBoard(t)
		page("one late, nine open", b)
		held := b
		held.Alarms = map[string]alarm.Alarm{
			alarm.CaseID("ship-on-time", order("1199")):    {Taken: alarm.Mark{Person: 7, Name: "Li <b>", At: b.Now}},
			alarm.CaseID(b.Due[0].Ref(), b.Due[0].Subject): {Snoozed: alarm.Mark{Name: "Wu", At: b.Now}, Quiet: at(23, "19:00:00"), Hushed: alarm.Warned},
			alarm.CaseID(b.Due[1].Ref(), b.Due[1].Subject): {Excused: alarm.Mark{Name: "Wu", At: b.Now}},
		}
		page("some are in hand", held)
		many := b
		many.More, many.Total, many.Open = true, 260, map[string]int{"ship-on-time": 230, "chat-first-response": 29, "invoice-on-time": 1}
		for i := range 30 {
			many.Broken = append(many.Broken, lateOrder(t, fmt.Sprint(1300+i), b.Now))
		}
		page("more than fits", many)
		far := b
		far.Broken, far.Due, far.Total, far.Next = nil, nil, 4, at(25, "18:00:00")
		far.Open = map[string]int{"ship-on-time": 4}
		page("open, but not soon", far)
		done := far
		done.Total, done.Open, done.Next = 0, nil, 0
		page("nothing due", done)
		done.Heard = at(23, "16:23:00")
		page("nothing due that we know of", done)
		b.Heard = 0
		page("never heard", b)
		html, buttons := c.BoardSettings(notify.SettingsView{View: withLang(b.View, lang), Saved: true, Chat: notify.Chat{Board: true}})
		s.page("switched on", html, buttons)
		html, buttons = c.BoardSettings(notify.SettingsView{View: withLang(b.View, lang), Unclear: "maybe"})
		s.page("off, not understood", html, buttons)
	})
}

func TestTheBoardClaimsNoQuietForWhatGotWorse(t *testing.T) {
	b := openBoard(t)
	b.Lang = "en"
	id := alarm.CaseID("ship-on-time", order("1199"))
	quiet := func(level alarm.Level) string {
		b.Alarms = map[string]alarm.Alarm{id: {Snoozed: alarm.Mark{Person: 7, Name: "Wu", At: b.Now}, Quiet: b.Now + 3_600_000, Hushed: level}}
		html, _ := composer(t).Board(b)
		return html
	}
	if html := quiet(alarm.Warned); strings.Contains(html, "💤") {
		t.Errorf("a snooze from before the deadline is over, and the board says:\n%s", html)
	}
	if html := quiet(alarm.Broken); !strings.Contains(html, "💤") {
		t.Errorf("a snooze from after the deadline holds, and the board says:\n%s", html)
	}
}

func TestTheBoardNamesWhoHidesAsFarAsIsKnown(t *testing.T) {
	b := openBoard(t)
	b.Lang = "en"
	b.Alarms = map[string]alarm.Alarm{alarm.CaseID("ship-on-time", order("1199")): {Taken: alarm.Mark{Person: 7, At: b.Now}}}
	if html, _ := composer(t).Board(b); !strings.Contains(html, "somebody") {
		t.Errorf("taken by a person without a name:\n%s", html)
	}
}

func withLang(v notify.View, lang string) notify.View { v.Lang = lang; return v }

func TestWhatIsDoneOrOnlyEarnsExtraIsNotLateOnTheBoard(t *testing.T) {
	b := openBoard(t)
	b.Lang, b.Due, b.Total, b.Open, b.Next = "en", nil, 0, nil, 0
	b.Broken = []rules.Case{shipping(t, "1", b.Now, fact("order.picked_up", at(23, "18:30:00"))),
		shipping(t, "2", b.Now, fact("order.canceled", at(23, "18:30:00")))}
	if html, _ := composer(t).Board(b); !strings.Contains(html, "Nothing is due. ✅") {
		t.Errorf("done and called off:\n%s", html)
	}
}

func TestWorseIsMoreOrNew(t *testing.T) {
	over := func(list ...int) notify.BoardState {
		s := notify.BoardState{Overdue: map[string]int{}}
		for i, n := range list {
			s.Overdue[fmt.Sprint("rule", i)] = n
		}
		return s
	}
	tests := []struct {
		name          string
		before, after notify.BoardState
		want          bool
	}{
		{"nothing, as before", over(), over(), false},
		{"the first", over(), over(1), true},
		{"as many as before", over(2), over(2), false},
		{"fewer", over(2), over(1), false},
		{"more", over(2), over(3), true},
		{"another rule in place of one", over(2, 0), over(1, 1), true},
		{"all done", over(2, 1), over(0, 0), false},
		{"one rule up, one down", over(2, 3), over(3, 2), false},
		{"never sent", notify.BoardState{}, over(1), true},
	}
	for _, tt := range tests {
		if got := notify.Worse(tt.before, tt.after); got != tt.want {
			t.Errorf("%s: worse %v, want %v", tt.name, got, tt.want)
		}
	}
}

// diary runs a board through an evening and keeps what it did.
type diary struct {
	t      *testing.T
	chats  []notify.Chat
	states map[int64]notify.BoardState
	next   rules.Instant
}

func newDiary(t *testing.T) *diary {
	return &diary{t: t, chats: []notify.Chat{{ID: -200, Thread: 7, Role: notify.Team, Lang: "en", Board: true}}, states: map[int64]notify.BoardState{}}
}

// look plans at an instant and says in words what came of it.
func (d *diary) look(b notify.BoardView) string {
	d.t.Helper()
	plan := composer(d.t).Boards(b, d.chats, d.states)
	again := composer(d.t).Boards(b, d.chats, d.states)
	if diff := cmp.Diff(plan, again); diff != "" {
		d.t.Errorf("asked twice:\n%s", diff)
	}
	for chat, s := range plan.States {
		d.states[chat] = s
	}
	for _, chat := range plan.Gone {
		delete(d.states, chat)
	}
	if d.next = plan.Next; d.next != 0 && d.next <= b.Now {
		d.t.Errorf("look again at %d, and now is %d", d.next, b.Now)
	}
	var did []string
	for _, m := range plan.Messages {
		switch {
		case !m.Silent || m.Route != "deer" || m.Chat != -200 || m.Thread != 7 || m.Lang != "en" || m.Expires <= b.Now:
			d.t.Errorf("message %+v", m)
		case m.EditOf == "":
			did = append(did, "new")
		case m.Kind == outbox.Status:
			did = append(did, "stub "+m.HTML)
		default:
			did = append(did, "edit")
		}
	}
	if n := len(plan.Withdraw); n > 0 {
		did = append(did, fmt.Sprintf("withdraw %d", n))
	}
	return strings.Join(did, ", ")
}

func TestABoardIsEditedWhenItChangesAndSentAnewWhenItGetsWorse(t *testing.T) {
	d := newDiary(t)
	calm := openBoard(t)
	calm.Broken = nil
	late := func(clock string, orders ...string) notify.BoardView {
		b := openBoard(t)
		b.Now, b.Heard, b.Broken = at(23, clock), at(23, clock)-1, nil
		for _, id := range orders {
			b.Broken = append(b.Broken, lateOrder(t, id, b.Now))
		}
		return b
	}
	moved := "stub → newer board below, "
	steps := []struct {
		what string
		view notify.BoardView
		want string
	}{
		{"it appears when something is open", calm, "new"},
		{"nothing changed", late("18:40:05"), ""},
		{"time passed, but too little to show", late("18:40:25"), ""},
		{"45 minutes became 40", late("18:42:00"), "edit"},
		{"still 40, in steps of five", late("18:44:00"), ""},
		{"35 minutes are left", late("18:46:00"), "edit, withdraw 1"},
		{"worse, within ten minutes of the message, and within a minute of the edit", late("18:46:30", "1199"), ""},
		{"worse, within ten minutes of the message", late("18:47:00", "1199"), "edit, withdraw 1"},
		{"still worse when the ten minutes are over", late("18:50:00", "1199"), moved + "new, withdraw 2"},
		{"as bad as before", late("18:50:10", "1199"), ""},
		{"one more: worse", late("19:01:00", "1199", "1200"), moved + "new, withdraw 1"},
		{"both shipped: better", late("19:12:00"), "edit"},
		{"one late again: worse than it was at its best", late("19:13:00", "1201"), moved + "new, withdraw 2"},
	}
	for _, s := range steps {
		if got := d.look(s.view); got != s.want {
			t.Fatalf("%s: %q, want %q", s.what, got, s.want)
		}
	}
}

func TestAnEmptyBoardIsNotTheFirstAndRestsWhenItIsThere(t *testing.T) {
	d := newDiary(t)
	empty := openBoard(t)
	empty.Broken, empty.Due, empty.Total, empty.Open, empty.Next = nil, nil, 0, nil, 0
	if got := d.look(empty); got != "" {
		t.Fatalf("an empty board came first: %q", got)
	}
	d.look(openBoard(t))
	later := func(clock string) notify.BoardView {
		b := empty
		b.Now, b.Heard = at(23, clock), at(23, clock)
		return b
	}
	if got := d.look(later("18:45:00")); got != "edit" {
		t.Errorf("all done: %q, want an edit", got)
	}
	if got := d.look(later("22:00:00")); got != "" || d.next != at(23, "22:30:00") {
		t.Errorf("at rest: %q, next look in %d minutes; want none, in 30", got, (d.next-at(23, "22:00:00"))/60_000)
	}
}

func TestABoardThatIsSwitchedOffSaysSoAndIsForgotten(t *testing.T) {
	d := newDiary(t)
	d.look(openBoard(t))
	d.chats[0].Board = false
	if got := d.look(openBoard(t)); got != "stub The board is switched off. → /board on, withdraw 1" || len(d.states) != 0 || d.next != 0 {
		t.Errorf("switched off: %q, %d states, next %d", got, len(d.states), d.next)
	}
	d.chats[0].Board = true
	before := d.states
	if got := d.look(openBoard(t)); got != "new" {
		t.Errorf("on again: %q", got)
	}
	d.chats[0].Paused = true
	if got := d.look(openBoard(t)); got != "" || len(before) != 1 || d.next == 0 {
		t.Errorf("paused: %q, %d states, next %d; want nothing, and another look", got, len(before), d.next)
	}
	d.chats = nil
	if got := d.look(openBoard(t)); got != "withdraw 1" || len(d.states) != 0 || d.next != 0 {
		t.Errorf("unbound: %q, %d states, next %d", got, len(d.states), d.next)
	}
}

func TestABoardIsLookedAtWhenTimeChangesIt(t *testing.T) {
	far := openBoard(t) // next deadline 19:25:30, 45 minutes away
	far.Broken = nil
	quiet := far
	quiet.Due, quiet.Next, quiet.Total = nil, at(24, "12:00:00"), 1
	near := quiet
	near.Next = at(23, "19:50:00")
	tests := []struct {
		name string
		view notify.BoardView
		want string
	}{
		{"minutes are shown", far, "18:45:00"},
		{"nothing close", quiet, "19:10:00"},
		{"something will be close before", near, "18:50:00"},
	}
	for _, tt := range tests {
		d := newDiary(t)
		d.look(tt.view)
		if d.next != at(23, tt.want) {
			t.Errorf("%s: next look at %s, want %s", tt.name, d.next.Time().In(shanghai).Format("15:04:05"), tt.want)
		}
	}
}
