package telegram

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
)

// seat is somebody who asks, somewhere.
type seat struct {
	name string
	a    asker
}

// seats are who asks where: private chats by their role, then people in a group.
func seats() []seat {
	private := func(role notify.Role) asker { return asker{bound: true, private: true, role: role, user: 7} }
	group := func(change func(*asker)) asker {
		a := asker{bound: true, role: notify.Team, user: 7}
		change(&a)
		return a
	}
	return []seat{
		{"stranger", asker{private: true, role: notify.Owner, user: 7}},
		{"viewer", private(notify.Viewer)}, {"agent", private(notify.Agent)}, {"team", private(notify.Team)},
		{"manager", private(notify.Manager)}, {"owner", private(notify.Owner)},
		{"elsewhere", asker{standing: "creator", user: 7}},
		{"member", group(func(a *asker) { a.standing = "member" })},
		{"admin", group(func(a *asker) { a.standing = "administrator" })},
		{"hidden", group(func(a *asker) { a.user, a.asGroup = anonymousAdmin, true })},
		{"hidden+button", group(func(a *asker) { a.user, a.button = anonymousAdmin, true })},
		{"member=viewer", group(func(a *asker) { a.person = notify.Viewer })},
		{"member=manager", group(func(a *asker) { a.person = notify.Manager })},
		{"admin=owner", group(func(a *asker) { a.standing, a.person = "administrator", notify.Owner })},
	}
}

func TestRolesTable(t *testing.T) {
	want := strings.TrimSpace(`
needs            nothing   look      act       own       manage    owner
stranger         yes       unknown   unknown   unknown   unknown   unknown
viewer           yes       yes       agents    yes       managers  owner
agent            yes       yes       yes       yes       managers  owner
team             yes       yes       yes       yes       managers  owner
manager          yes       yes       yes       yes       yes       owner
owner            yes       yes       yes       yes       yes       yes
elsewhere        yes       unknown   unknown   unknown   unknown   unknown
member           yes       yes       yes       admins    admins    owner
admin            yes       yes       yes       yes       yes       owner
hidden           yes       yes       yes       yes       yes       owner
hidden+button    yes       yes       yes       nameless  nameless  nameless
member=viewer    yes       yes       yes       admins    admins    owner
member=manager   yes       yes       yes       yes       yes       owner
admin=owner      yes       yes       yes       yes       yes       yes`)
	line := fmt.Sprintf("%-17s", "needs")
	for n := needNothing; n <= needOwner; n++ {
		line += fmt.Sprintf("%-10s", n)
	}
	got := []string{strings.TrimRight(line, " ")}
	for _, p := range seats() {
		line := fmt.Sprintf("%-17s", p.name)
		for n := needNothing; n <= needOwner; n++ {
			line += fmt.Sprintf("%-10s", judge(n, p.a))
		}
		got = append(got, strings.TrimRight(line, " "))
	}
	if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestEveryVerbNeedsWhatItDoes is the other half of the table: what a command or button needs, by what it is about to do.
// Buttons are verb|argument|…; a verb that is not here fails the test.
func TestEveryVerbNeedsWhatItDoes(t *testing.T) {
	want := map[string]string{
		"nothing": "start help help|all bind shops lang lang|zh sample privacy privacy|forget|yes",
		"look": "today due violations tips why why|score alerts alerts|nonsense digest board quiet mute urgent budget duty snoozed alarm|b|r|order/1 " +
			"team team|page|1 points appeal appeal|p1 trend trend|30 whatif whatif|miss|3|r settings settings|zone settings|hours",
		"act": "seen|b|r|order/1 take|b|r|order/1 over|b|r|order/1 snooze|b|hour|r|order/1 undo|b|take|r|order/1 undo|b|snooze|r|order/1 undo " +
			"snoozed|r|order/1 duty|off",
		"own":    "alerts|on digest|off board|on unbind unbind|yes quiet|off mute|off urgent|x budget|6 test export export|7d|csv",
		"manage": "alerts|5 digest|21:30 tip|accept|t|r folder|pack|-|p1 folder|filed|-|p1 folder|drop|f|p1 settings|zone|Asia/Tokyo settings|hours|9-21 excuse|b|outage|r|order/1 undo|b|excuse|r|order/1 team|invite team|invite|agent team|invite|viewer team|invite|team team|invite|nonsense team|chat|5 team|role|5|agent team|set|5|viewer team|out|5 team|out|5|yes",
		"owner":  "team|invite|owner team|invite|manager team|role|5|owner team|set|5|manager team|invite|owner|x",
	}
	seen := map[verb]bool{}
	for n := needNothing; n <= needOwner; n++ {
		for _, text := range strings.Fields(want[n.String()]) {
			name, rest, _ := strings.Cut(text, "|")
			v := buttonVerb(name)
			seen[v] = true
			a := &ask{verb: v, button: true}
			if rest != "" {
				args := plans[v].args
				if plans[v].shop {
					args--
				}
				a.args = strings.SplitN(rest, "|", max(args, 1))
			}
			if got := a.need(); got != n {
				t.Errorf("%s needs %v, want %v", text, got, n)
			}
		}
	}
	for v := verbStart; int(v) < len(plans); v++ {
		if !seen[v] {
			t.Errorf("nobody says here what %v needs", v)
		}
	}
}

func TestTelegramIsAskedOnlyWhereItMatters(t *testing.T) {
	member := asker{bound: true, role: notify.Team, user: 7}
	manager, hidden, private := member, member, member
	manager.person, hidden.asGroup, private.private = notify.Manager, true, true
	for _, tt := range []struct {
		name string
		n    need
		a    asker
		want bool
	}{{"looking", needBound, member, false}, {"acting", needAct, member, false}, {"setting", needSettings, member, true}, {"own", needOwn, member, true},
		{"a known manager", needSettings, manager, false}, {"hidden", needSettings, hidden, false}, {"private", needSettings, private, false}, {"owner's", needOwner, member, false}} {
		if got := standingMatters(tt.n, tt.a); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAForgedNameIsNobody(t *testing.T) {
	a := asker{bound: true, role: notify.Owner, user: anonymousAdmin, person: notify.Owner}
	if got := judge(needSettings, a); got != adminsOnly {
		t.Errorf("the name without the group behind it: %v", got)
	}
}
